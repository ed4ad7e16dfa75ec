/* The midpoint rule for any function: against exact evaluations, for special values, and which points make a
 * block. */
#include <math.h>

#include "parallel.h"

static double integrate(parexact_block_fn f, void *user_data, double a, double b, uint64_t n)
{
    double out = 0;
    CHECK_STATUS(parexact_integrate(f, user_data, a, b, n, &out), PAREXACT_OK);
    return out;
}

/* x to the power that user_data points to. */
static int32_t power(const double *x, double *y, size_t count, void *exponent)
{
    for (size_t i = 0; i < count; i++) {
        y[i] = 1;
        for (int k = 0; k < *(const int *)exponent; k++)
            y[i] *= x[i];
    }
    return 0;
}

/* With n a power of two all points and values are doubles, and the sum is known: over [0,1], x² gives 1/3 -
 * 1/(12n²), x³ gives 1/4 - 1/(8n²). Fused or not, each of those is rounded once. */
static void powers(void)
{
    int one = 1, two = 2, three = 3, zero = 0;
    for (uint64_t n = 1; n <= usually(1 << 16, 1 << 12); n *= 2) {
        const double m = (double)n;
        CHECK_DOUBLE(integrate(power, &zero, 0, 1, n), 1.0);
        CHECK_DOUBLE(integrate(power, &one, 0, 1, n), 0.5);
        CHECK_DOUBLE(integrate(power, &two, 0, 1, n), (4 * m * m - 1) / (12 * m * m));
        CHECK_DOUBLE(integrate(power, &three, 0, 1, n), (2 * m * m - 1) / (8 * m * m));
        /* Backwards the sign changes, and around zero the odd powers vanish: to +0.0. */
        CHECK_DOUBLE(integrate(power, &two, 1, 0, n), -(4 * m * m - 1) / (12 * m * m));
        CHECK_BITS(integrate(power, &three, -1, 1, n), PLUS_ZERO);
        CHECK_BITS(integrate(power, &one, 3, -3, n), PLUS_ZERO);
    }
    /* One point is the middle, two are the quarters; and no width is no integral. */
    CHECK_DOUBLE(integrate(power, &two, 0, 1, 1), 0.25);
    CHECK_DOUBLE(integrate(power, &one, -3, 7, 1), 20.0);
    CHECK_DOUBLE(integrate(power, &two, 0, 1, 2), 0.3125);
    CHECK_BITS(integrate(power, &two, 5, 5, 1000), PLUS_ZERO);
}

/* The points are rounded once: (i-1/2)·h + a by one fused operation. */
typedef struct {
    double a, b;
    uint64_t n;
    atomic_size_t wrong_points, wrong_blocks, points;
    atomic_uchar *seen;
} survey;

static int32_t check_points(const double *x, double *y, size_t count, void *user_data)
{
    survey *s = user_data;
    const double h = (s->b - s->a) / (double)s->n;
    /* Which block it is follows from its first point. */
    const uint64_t first = (uint64_t)llround((x[0] - s->a) / h - 0.5);
    const uint64_t block = first / 1024, blocks = (s->n + 1023) / 1024;
    if (first % 1024 != 0 || block >= blocks || count != (block + 1 < blocks ? 1024 : s->n - first))
        s->wrong_blocks++;
    else
        s->seen[block]++;
    for (size_t i = 0; i < count; i++) {
        if (bits_of(x[i]) != bits_of(fma((double)(first + i) + 0.5, h, s->a)))
            s->wrong_points++;
        y[i] = 1;
    }
    s->points += count;
    return 0;
}

static void blocks(void)
{
    const uint64_t numbers[] = {1, 2, 1023, 1024, 1025, 4096, 5000, 100003};
    const double bounds[][2] = {{0, 1}, {-1, 2.5}, {1e6, -3}, {0.1, 0.3}};
    for (size_t i = 0; i < LENGTH(numbers); i++)
        for (size_t j = 0; j < LENGTH(bounds); j++)
            for (size_t threads = 1; threads <= 4; threads += 3) {
                survey s = {.a = bounds[j][0], .b = bounds[j][1], .n = numbers[i]};
                const uint64_t number = (s.n + 1023) / 1024;
                const double h = (s.b - s.a) / (double)s.n;
                s.seen = calloc(number, sizeof *s.seen);
                if (!s.seen)
                    abort();
                parexact_set_num_threads_local(threads);
                CHECK_DOUBLE(integrate(check_points, &s, s.a, s.b, s.n), h * (double)s.n);
                CHECK(s.wrong_points == 0 && s.wrong_blocks == 0 && s.points == s.n);
                size_t wrong = 0;
                for (uint64_t block = 0; block < number; block++)
                    wrong += s.seen[block] != 1;
                CHECK(wrong == 0);
                free(s.seen);
            }
    parexact_set_num_threads_local(0);
}

/* Values that cancel, but for a rest far below their ulp in the first and the last of the points. */
static int32_t cancelling(const double *x, double *y, size_t count, void *unused)
{
    (void)unused;
    for (size_t i = 0; i < count; i++)
        y[i] = x[i] < 0.5 ? 1e300 : -1e300;
    return 0;
}

static int32_t cancelling_but_for_a_rest(const double *x, double *y, size_t count, void *n)
{
    const double h = 1 / *(const double *)n;
    cancelling(x, y, count, n);
    if (x[0] < h)
        y[0] = 0x1p-30;
    if (x[count - 1] > 1 - h)
        y[count - 1] = 0x1p-31;
    return 0;
}

static int32_t sine(const double *x, double *y, size_t count, void *unused)
{
    (void)unused;
    for (size_t i = 0; i < count; i++)
        y[i] = sin(x[i]);
    return 0;
}

static void exact_and_reproducible(void)
{
    double n = 65536;
    CHECK_BITS(integrate(cancelling, NULL, 0, 1, 65536), PLUS_ZERO);
    CHECK_DOUBLE(integrate(cancelling_but_for_a_rest, &n, 0, 1, 65536), 0x1.8p-30 / n);

    const uint64_t points = usually(1000003, 50003);
    parexact_set_num_threads_local(1);
    const double expected = integrate(sine, NULL, 0, 3, points);
    CHECK(fabs(expected - (1 - cos(3))) < 1e-8);
    for (size_t threads = 2; threads <= 16; threads++) {
        parexact_set_num_threads_local(threads);
        CHECK_DOUBLE(integrate(sine, NULL, 0, 3, points), expected);
    }
    parexact_set_num_threads_local(0);
}

/* Puts values into some places of a function that is 1 elsewhere. */
typedef struct {
    double at, value, other_at, other_value;
} spikes;

static int32_t spiked(const double *x, double *y, size_t count, void *user_data)
{
    const spikes *s = user_data;
    for (size_t i = 0; i < count; i++)
        y[i] = fabs(x[i] - s->at) < 1e-5 ? s->value : fabs(x[i] - s->other_at) < 1e-5 ? s->other_value : 1;
    return 0;
}

static void special_values(void)
{
    const uint64_t n = 50000; /* one point in 2e-5 */
    spikes s = {0.30001, NAN, 0.70001, 1};
    CHECK_BITS(integrate(spiked, &s, 0, 1, n), CANONICAL_NAN);
    s.value = -double_of(UINT64_C(0x7ff0000000000123)); /* a signalling one, negative, with a payload */
    CHECK_BITS(integrate(spiked, &s, 0, 1, n), CANONICAL_NAN);
    s.value = INFINITY;
    CHECK_BITS(integrate(spiked, &s, 0, 1, n), PLUS_INFINITY);
    CHECK_BITS(integrate(spiked, &s, 1, 0, n), MINUS_INFINITY);
    s.other_value = INFINITY;
    CHECK_BITS(integrate(spiked, &s, 0, 1, n), PLUS_INFINITY);
    s.other_value = -INFINITY;
    CHECK_BITS(integrate(spiked, &s, 0, 1, n), CANONICAL_NAN);
    s.value = 1;
    CHECK_BITS(integrate(spiked, &s, 0, 1, n), MINUS_INFINITY);
    /* Sums beyond the doubles whose integral is not. */
    s = (spikes){0.30001, 1.7e308, 0.70001, 1.7e308};
    const double large = integrate(spiked, &s, 0, 1, n);
    CHECK(large > 6.7e303 && large < 6.9e303);
}

static int32_t constant(const double *x, double *y, size_t count, void *value)
{
    (void)x;
    for (size_t i = 0; i < count; i++)
        y[i] = *(const double *)value;
    return 0;
}

/* The product of sum and h is rounded once, at either end of the range of doubles. */
static void extremes(void)
{
    double value = 1e308;
    CHECK_BITS(integrate(constant, &value, 0, 1000, 10), PLUS_INFINITY);
    CHECK_BITS(integrate(constant, &value, 1000, 0, 10), MINUS_INFINITY);
    CHECK_DOUBLE(integrate(constant, &value, 0, 0.5, 1 << 20), 5e307);
    value = 0x1p-1074;
    CHECK_BITS(integrate(constant, &value, 0, 0.5, 1), PLUS_ZERO); /* a tie goes to even */
    CHECK_BITS(integrate(constant, &value, 0, 0.75, 1), 1);
    CHECK_BITS(integrate(constant, &value, 0, 0.75, 3 << 10), 1);
    CHECK_BITS(integrate(constant, &value, 0, 3, 3 << 10), 3);
    value = 1;
    CHECK_BITS(integrate(constant, &value, 0, 0x1p-1074, 1), 1);
    CHECK_BITS(integrate(constant, &value, 0, 0x1p-1074, 1000), PLUS_ZERO); /* h is 0 */
    CHECK_DOUBLE(integrate(constant, &value, -0x1p1023, 0x1p1022, 1024), 0x1.8p1023);
}

/* Fails in the block that has this point. */
static int32_t failing(const double *x, double *y, size_t count, void *point)
{
    const double p = *(const double *)point;
    for (size_t i = 0; i < count; i++)
        y[i] = 1;
    return x[0] <= p && p <= x[count - 1] ? -11 : 0;
}

static void failures(void)
{
    uint64_t seed = 3;
    const uint64_t n = 100000;
    for (size_t round = 0; round < usually(50, 5); round++) {
        const uint64_t index = next_random(&seed) % n;
        double out, point = ((double)index + 0.5) / (double)n;
        char expected[64];
        fill_with_pattern(&out, sizeof out);
        CHECK_STATUS(parexact_integrate(failing, &point, 0, 1, n, &out), PAREXACT_ERROR_CALLBACK_FAILED);
        CHECK(has_pattern(&out, sizeof out));
        CHECK(strstr(parexact_last_error(), "returned -11") != NULL);
        snprintf(expected, sizeof expected, "points %" PRIu64 " to ", index / 1024 * 1024);
        CHECK(strstr(parexact_last_error(), expected) != NULL);
    }
}

/* As many threads as there are in force, also where points are few but slow. */
static atomic_int took_part[8];

static int32_t slow(const double *x, double *y, size_t count, void *unused)
{
    (void)x;
    (void)unused;
    took_part[thread_number() % LENGTH(took_part)] = 1;
    pause_for(5e-3);
    for (size_t i = 0; i < count; i++)
        y[i] = 1;
    return 0;
}

static void slow_functions_are_shared(void)
{
    const uint64_t blocks_of[] = {40, 4};
    parexact_set_num_threads_local(2);
    for (size_t i = 0; i < LENGTH(blocks_of); i++) {
        int threads = 0;
        for (size_t t = 0; t < LENGTH(took_part); t++)
            took_part[t] = 0;
        CHECK_DOUBLE(integrate(slow, NULL, 0, 1, blocks_of[i] * 1024), 1.0);
        for (size_t t = 0; t < LENGTH(took_part); t++)
            threads += took_part[t];
        CHECK(threads == 2);
    }
    parexact_set_num_threads_local(0);
}

int main(void)
{
    powers();
    blocks();
    exact_and_reproducible();
    special_values();
    extremes();
    failures();
    slow_functions_are_shared();
    return checks_done();
}
