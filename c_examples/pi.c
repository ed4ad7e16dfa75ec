/* Pi by the midpoint rule. The terms are summed exactly, so that more points never add rounding errors, and
 * any number of threads gives the same bits.
 *
 *     cc c_examples/pi.c -Iinclude -Ltarget/release -lparexact -lm -o pi
 *     LD_LIBRARY_PATH=target/release ./pi
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "parexact.h"

static double pi(uint64_t n)
{
    double value;
    if (parexact_pi(n, &value) != PAREXACT_OK) {
        fprintf(stderr, "parexact_pi: %s\n", parexact_last_error());
        exit(1);
    }
    return value;
}

int main(void)
{
    const double exact = acos(-1.0);
    const uint64_t points[] = {1, 2, 10, 50, 100, 500};
    uint64_t n = 1;

    printf("    n  pi(n)         error\n");
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++)
        printf("%5" PRIu64 "  %.10f  %.3e\n", points[i], pi(points[i]), pi(points[i]) - exact);
    while (fabs(pi(n) - exact) >= 1e-6)
        n++;
    printf("n = %" PRIu64 " is the first with an error below 1e-6\n", n);
    return 0;
}
