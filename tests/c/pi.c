/* parexact_pi(n): the workshop's numbers, an exact evaluation beside it, the same bits on any threads. */
#include <math.h>

#include "parallel.h"

static const double PI = 3.14159265358979323846;

static double pi(uint64_t n)
{
    double out = 0;
    CHECK_STATUS(parexact_pi(n, &out), PAREXACT_OK);
    return out;
}

static void known_values(void)
{
    CHECK_DOUBLE(pi(1), 3.2);
    CHECK(fabs(pi(2) - 3.1623529412) < 5e-11);
    CHECK(fabs(pi(10) - 3.1424259850) < 5e-11);
    CHECK(fabs(pi(50) - 3.1416259869) < 5e-11);
    CHECK(fabs(pi(100) - 3.1416009869) < 5e-11);
    CHECK(fabs(pi(500) - 3.1415929869) < 5e-11);
    uint64_t n = 1;
    while (fabs(pi(n) - PI) >= 1e-6)
        n++;
    CHECK(n == 289);
}

/* The error falls as 1/(12 n²), as long as it is far above the rounding of the terms. */
static void convergence(void)
{
    for (uint64_t n = 10; n <= 100000; n *= 3) {
        const double error = pi(n) - PI;
        CHECK(fabs(error * 12 * (double)n * (double)n - 1) < 0.01 + 1e-15 * 12 * (double)n * (double)n);
    }
    CHECK(fabs(pi(usually(100000000, 300000)) - PI) < 2e-12);
}

/* Every term is a multiple of 2^-53: integers add exactly. The rounding of the quotient is that of long
 * division. */
static double exact_pi(uint64_t n)
{
    __extension__ unsigned __int128 sum = 0;
    for (uint64_t i = 1; i <= n; i++) {
        /* volatile: each step rounded by itself. */
        const volatile double x = ((double)i - 0.5) / (double)n, square = x * x, y = 1 + square, term = 1 / y;
        sum += (uint64_t)(term * 0x1p53);
    }
    /* sum · 2^-51 / n lies between 2 and 4: 53 bits from 2^1 down to 2^-51 are the whole quotient. */
    uint64_t quotient = (uint64_t)(sum / n);
    const uint64_t rest = (uint64_t)(sum % n);
    if (rest > n - rest || (rest == n - rest && quotient % 2))
        quotient++;
    return (double)quotient * 0x1p-51;
}

static void exact_sums(void)
{
    uint64_t seed = 6;
    for (uint64_t n = 1; n <= usually(2000, 200); n++)
        CHECK_DOUBLE(pi(n), exact_pi(n));
    /* Around the chunks and the blocks of vectors, and anywhere. */
    const uint64_t edges[] = {32767, 32768, 32769, 65536, 131071, 131072, 131073, 1000003};
    for (size_t i = 0; i < LENGTH(edges) - usually(0, 5); i++)
        CHECK_DOUBLE(pi(edges[i]), exact_pi(edges[i]));
    for (size_t i = 0; i < usually(100, 3); i++) {
        const uint64_t n = 1 + next_random(&seed) % 200000;
        CHECK_DOUBLE(pi(n), exact_pi(n));
    }
}

static void same_bits(void)
{
    const uint64_t n = usually(3000017, 300017);
    parexact_set_num_threads_local(1);
    const double expected = pi(n);
    for (size_t threads = 2; threads <= 16; threads++) {
        parexact_set_num_threads_local(threads);
        CHECK_DOUBLE(pi(n), expected);
    }
    parexact_set_num_threads_local(0);
}

int main(void)
{
    known_values();
    convergence();
    exact_sums();
    same_bits();
    return checks_done();
}
