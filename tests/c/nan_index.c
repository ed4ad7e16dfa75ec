/* Under PAREXACT_NAN_RAISE the message names the first result in C order that has a NaN, in whatever order
 * the array lies in memory, on any number of threads. */

#include <math.h>
#include <string.h>

#include "check.h"

enum { ROWS = 40, COLUMNS = 50, MOST = 3000 };

static double values[ROWS * COLUMNS * MOST];
static double out[ROWS * COLUMNS];
static parexact_stats stats[ROWS * COLUMNS];

/* Has the last message this index, and only this one? */
static int named(const char *index)
{
    return strncmp(parexact_last_error(), index, strlen(index)) == 0;
}

/* Reduces `samples` values a result, whose axis has the given place among the strides in memory. */
static void check_all(int64_t samples, const int64_t strides[3])
{
    const int64_t shape[] = {ROWS, COLUMNS, samples};
    const parexact_array a = {values, PAREXACT_DTYPE_F64, 3, shape, strides};
    const int32_t last = 2, policy = PAREXACT_NAN_RAISE;
    const size_t n = ROWS * COLUMNS;
    for (size_t i = 0; i < n * (size_t)samples; i++)
        values[i] = (double)(i % 7);
    /* Of these results the first lies last in memory if rows are its innermost axis, and the last one first
     * if columns are. */
    const int64_t place[3][2] = {{3, 40}, {30, 2}, {39, 0}};
    for (int i = 0; i < 3; i++) {
        const int64_t byte = place[i][0] * strides[0] + place[i][1] * strides[1] + samples / 2 * strides[2];
        values[byte / 8] = NAN;
    }
    const char *first = "out[190]: 1 of ";
    for (size_t threads = 1; threads <= 2; threads++) {
        parexact_set_num_threads_local(threads);
        for (int32_t op = PAREXACT_OP_SUM; op <= PAREXACT_OP_NORM; op++) {
            CHECK_STATUS(parexact_reduce(&a, op, &last, 1, 0, policy, out, n), PAREXACT_ERROR_NAN_FOUND);
            CHECK(named(first));
        }
        CHECK_STATUS(parexact_describe_axes(&a, NULL, &last, 1, 0, policy, stats, n),
                     PAREXACT_ERROR_NAN_FOUND);
        CHECK(named(first));
        CHECK_STATUS(parexact_dot_axes(&a, &a, &last, 1, policy, out, n), PAREXACT_ERROR_NAN_FOUND);
        CHECK(named(first));
        CHECK_STATUS(parexact_summarize(PAREXACT_SUMMARY_SHAPE, PAREXACT_RESULT_SKEWNESS, &a, NULL, NULL,
                                        &last, 1, 0, policy, out, n),
                     PAREXACT_ERROR_NAN_FOUND);
        CHECK(named(first));
        CHECK_STATUS(parexact_summarize(PAREXACT_SUMMARY_PAIR, PAREXACT_RESULT_SLOPE, &a, &a, NULL, &last, 1,
                                        0, policy, out, n),
                     PAREXACT_ERROR_NAN_FOUND);
        CHECK(named(first));
        CHECK_STATUS(parexact_summarize(0, PAREXACT_RESULT_COUNT, &a, NULL, NULL, &last, 1, 0, policy, out,
                                        n),
                     PAREXACT_ERROR_NAN_FOUND);
        CHECK(named(first));
    }
}

/* A call with one result has no index to name. */
static void check_one_result(void)
{
    const double x[] = {1, NAN, 3};
    const int64_t shape[] = {3};
    const parexact_array a = {x, PAREXACT_DTYPE_F64, 1, shape, NULL};
    CHECK_STATUS(parexact_reduce(&a, PAREXACT_OP_SUM, NULL, 0, 0, PAREXACT_NAN_RAISE, out, 1),
                 PAREXACT_ERROR_NAN_FOUND);
    CHECK(named("1 of 3 values are NaN"));
    CHECK_STATUS(parexact_dot_axes(&a, &a, NULL, 0, PAREXACT_NAN_RAISE, out, 1), PAREXACT_ERROR_NAN_FOUND);
    CHECK(named("1 of 3 values are NaN"));
}

int main(void)
{
    const int64_t samples[] = {1, 4, 100, MOST};
    for (int i = 0; i < 4; i++) {
        const int64_t m = samples[i];
        check_all(m, (const int64_t[]){8 * COLUMNS * m, 8 * m, 8});
        check_all(m, (const int64_t[]){8, 8 * ROWS, 8 * ROWS * COLUMNS});
        check_all(m, (const int64_t[]){8 * m, 8 * ROWS * m, 8});
        check_all(m, (const int64_t[]){8 * COLUMNS, 8, 8 * ROWS * COLUMNS});
    }
    check_one_result();
    return checks_done();
}
