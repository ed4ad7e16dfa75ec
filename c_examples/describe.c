/* Count, sum, mean, variance, standard deviation, minimum and maximum of a table with a missing value, in one
 * pass.
 *
 *     cc c_examples/describe.c -Iinclude -Ltarget/release -lparexact -o describe
 *     LD_LIBRARY_PATH=target/release ./describe
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "parexact.h"

int main(void)
{
    /* Temperatures in kelvin: 3 stations, 4 hours. */
    const double table[3][4] = {
        {281.1, 281.4, NAN, 282.0}, {279.9, 280.2, 280.4, 280.3}, {284.0, 284.5, 285.1, 285.2}};
    const int64_t shape[2] = {3, 4};
    const parexact_array view = {table, PAREXACT_DTYPE_F64, 2, shape, NULL}; /* NULL strides: row after row */
    parexact_stats stats;

    /* ddof 1: the sample variance; a missing value is left out. */
    if (parexact_describe(&view, 1, PAREXACT_NAN_OMIT, &stats) != PAREXACT_OK) {
        fprintf(stderr, "parexact_describe: %s\n", parexact_last_error());
        return 1;
    }
    printf("values   %" PRIu64 " and %" PRIu64 " missing\n", stats.count, stats.nan_count);
    printf("mean     %.17g\n", stats.mean);
    printf("std      %.17g\n", stats.std);
    printf("min, max %g, %g\n", stats.min, stats.max);

    /* Whoever wants to hear about missing values asks for an error. */
    if (parexact_describe(&view, 1, PAREXACT_NAN_RAISE, &stats) == PAREXACT_ERROR_NAN_FOUND)
        printf("raised   %s\n", parexact_last_error());
    return 0;
}
