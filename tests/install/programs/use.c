#include <parexact.h>
#include <stdio.h>

/* Enough values for two threads. */
#define COUNT 1000000
static double x[COUNT];

int main(void) {
    double sum = 0;
    x[0] = 1e100;
    x[COUNT / 2] = 1.0;
    x[COUNT - 1] = -1e100;
    if (parexact_set_num_threads(2) != PAREXACT_OK || parexact_sum_f64(x, COUNT, &sum) != PAREXACT_OK)
        return 1;
    printf("%s %g\n", parexact_version(), sum);
    return 0;
}
