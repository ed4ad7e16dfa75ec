/* The header needs nothing before it, stands being included twice, and its structs have the layout that other
 * languages declare by hand. Compiled as C99, C11 and C++17. */
#include "parexact.h"
#include "parexact.h"

/* An array of negative length is an error in every one of the three languages. */
#define STATIC_CHECK(name, condition) typedef char name[(condition) ? 1 : -1]

STATIC_CHECK(status_is_int32, sizeof(parexact_status) == 4 && (parexact_status)-1 < 0);
STATIC_CHECK(stats_size, sizeof(parexact_stats) == 64);
STATIC_CHECK(stats_std, offsetof(parexact_stats, nan_count) == 8 && offsetof(parexact_stats, sum) == 16 &&
                            offsetof(parexact_stats, mean) == 24 &&
                            offsetof(parexact_stats, variance) == 32 && offsetof(parexact_stats, std) == 40 &&
                            offsetof(parexact_stats, min) == 48 && offsetof(parexact_stats, max) == 56);
STATIC_CHECK(array_size, sizeof(parexact_array) == 16 + 2 * sizeof(void *));
STATIC_CHECK(array_members, offsetof(parexact_array, dtype) == 8 && offsetof(parexact_array, ndim) == 12 &&
                                offsetof(parexact_array, shape) == 16 &&
                                offsetof(parexact_array, strides) == 24);
STATIC_CHECK(state_size, sizeof(parexact_state) == 256 * 8 && PAREXACT_STATE_WORDS == 256);
STATIC_CHECK(summary_size, sizeof(parexact_summary) == 768 * 8 && PAREXACT_SUMMARY_WORDS == 768);

/* The numbers are frozen: programs that were compiled long ago carry them. */
STATIC_CHECK(statuses, PAREXACT_OK == 0 && PAREXACT_ERROR_NULL_POINTER == 1 &&
                           PAREXACT_ERROR_INVALID_ARGUMENT == 2 && PAREXACT_ERROR_SIZE_OVERFLOW == 3 &&
                           PAREXACT_ERROR_NO_MEMORY == 4 && PAREXACT_ERROR_NAN_FOUND == 5 &&
                           PAREXACT_ERROR_BAD_STATE == 6 && PAREXACT_ERROR_CALLBACK_FAILED == 7 &&
                           PAREXACT_ERROR_CANCELLED == 8 && PAREXACT_ERROR_TIMEOUT == 9 &&
                           PAREXACT_ERROR_CLOSED == 10 && PAREXACT_ERROR_NOT_OWNER == 11 &&
                           PAREXACT_ERROR_DEADLOCK == 12 && PAREXACT_ERROR_FORKED == 13 &&
                           PAREXACT_ERROR_UNSUPPORTED == 14 && PAREXACT_ERROR_INTERNAL == 15);
STATIC_CHECK(dtypes, PAREXACT_DTYPE_F64 == 0 && PAREXACT_DTYPE_F32 == 1 && PAREXACT_DTYPE_I64 == 2 &&
                         PAREXACT_DTYPE_I32 == 3 && PAREXACT_DTYPE_I16 == 4 && PAREXACT_DTYPE_I8 == 5 &&
                         PAREXACT_DTYPE_U64 == 6 && PAREXACT_DTYPE_U32 == 7 && PAREXACT_DTYPE_U16 == 8 &&
                         PAREXACT_DTYPE_U8 == 9 && PAREXACT_DTYPE_BOOL == 10 && PAREXACT_DTYPE_F16 == 11 &&
                         PAREXACT_DTYPE_BF16 == 12 && PAREXACT_DTYPE_SWAPPED == 64);
STATIC_CHECK(nan_policies, PAREXACT_NAN_PROPAGATE == 0 && PAREXACT_NAN_OMIT == 1 && PAREXACT_NAN_RAISE == 2);
STATIC_CHECK(operations, PAREXACT_OP_SUM == 0 && PAREXACT_OP_MEAN == 1 && PAREXACT_OP_VAR == 2 &&
                             PAREXACT_OP_STD == 3 && PAREXACT_OP_MIN == 4 && PAREXACT_OP_MAX == 5 &&
                             PAREXACT_OP_NORM == 6);
STATIC_CHECK(state_words, PAREXACT_STATE_ADDITIVE_FIRST == 1 &&
                              PAREXACT_STATE_MAX_FIRST >=
                                  PAREXACT_STATE_ADDITIVE_FIRST + PAREXACT_STATE_ADDITIVE_COUNT &&
                              PAREXACT_STATE_MAX_FIRST + PAREXACT_STATE_MAX_COUNT <= PAREXACT_STATE_WORDS);
STATIC_CHECK(summary_words, PAREXACT_SUMMARY_ADDITIVE_FIRST == 1 && PAREXACT_SUMMARY_ADDITIVE_COUNT == 760 &&
                                PAREXACT_SUMMARY_MAX_FIRST == 761 && PAREXACT_SUMMARY_MAX_COUNT == 7);
STATIC_CHECK(summary_kinds, PAREXACT_SUMMARY_SHAPE == 1 && PAREXACT_SUMMARY_PAIR == 2 &&
                                PAREXACT_SUMMARY_WEIGHTED == 3);
STATIC_CHECK(results, PAREXACT_RESULT_COUNT == 0 && PAREXACT_RESULT_NAN_COUNT == 1 &&
                          PAREXACT_RESULT_SUM == 2 && PAREXACT_RESULT_MEAN == 3 &&
                          PAREXACT_RESULT_VARIANCE == 4 && PAREXACT_RESULT_STD == 5 &&
                          PAREXACT_RESULT_MIN == 6 && PAREXACT_RESULT_MAX == 7 &&
                          PAREXACT_RESULT_NORM == 8 && PAREXACT_RESULT_SKEWNESS == 9 &&
                          PAREXACT_RESULT_KURTOSIS == 10 && PAREXACT_RESULT_SKEWNESS_UNBIASED == 11 &&
                          PAREXACT_RESULT_KURTOSIS_UNBIASED == 12);
STATIC_CHECK(results_of_pairs, PAREXACT_RESULT_SUM_Y == 13 && PAREXACT_RESULT_MEAN_Y == 14 &&
                                   PAREXACT_RESULT_VARIANCE_Y == 15 && PAREXACT_RESULT_STD_Y == 16 &&
                                   PAREXACT_RESULT_DOT == 17 && PAREXACT_RESULT_COVARIANCE == 18 &&
                                   PAREXACT_RESULT_CORRELATION == 19 && PAREXACT_RESULT_SLOPE == 20 &&
                                   PAREXACT_RESULT_INTERCEPT == 21 && PAREXACT_RESULT_MIN_Y == 25 &&
                                   PAREXACT_RESULT_MAX_Y == 26 && PAREXACT_RESULT_NORM_Y == 27 &&
                                   PAREXACT_RESULT_R_SQUARED == 28 && PAREXACT_RESULT_RESIDUAL_STD == 29 &&
                                   PAREXACT_RESULT_SLOPE_STDERR == 30 &&
                                   PAREXACT_RESULT_INTERCEPT_STDERR == 31 &&
                                   PAREXACT_RESULT_SLOPE_ORIGIN == 32);
STATIC_CHECK(results_of_weighted_values, PAREXACT_RESULT_SUM_WEIGHTS == 22 &&
                                             PAREXACT_RESULT_RELIABILITY_VARIANCE == 23 &&
                                             PAREXACT_RESULT_RELIABILITY_STD == 24);

int main(void)
{
    const double numbers[3] = {1e308, 1e308, -1e308};
    double total = 0.0;
    if (parexact_sum_f64(numbers, 3, &total) != PAREXACT_OK)
        return 1;
    return total >= 1e308 && total <= 1e308 ? 0 : 1;
}
