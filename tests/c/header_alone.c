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
                         PAREXACT_DTYPE_U8 == 9 && PAREXACT_DTYPE_BOOL == 10);
STATIC_CHECK(nan_policies, PAREXACT_NAN_PROPAGATE == 0 && PAREXACT_NAN_OMIT == 1 && PAREXACT_NAN_RAISE == 2);
STATIC_CHECK(operations, PAREXACT_OP_SUM == 0 && PAREXACT_OP_MEAN == 1 && PAREXACT_OP_VAR == 2 &&
                             PAREXACT_OP_STD == 3 && PAREXACT_OP_MIN == 4 && PAREXACT_OP_MAX == 5 &&
                             PAREXACT_OP_NORM == 6);
STATIC_CHECK(state_words, PAREXACT_STATE_ADDITIVE_FIRST == 1 &&
                              PAREXACT_STATE_MAX_FIRST >=
                                  PAREXACT_STATE_ADDITIVE_FIRST + PAREXACT_STATE_ADDITIVE_COUNT &&
                              PAREXACT_STATE_MAX_FIRST + PAREXACT_STATE_MAX_COUNT <= PAREXACT_STATE_WORDS);

int main(void)
{
    const double numbers[3] = {1e308, 1e308, -1e308};
    double total = 0.0;
    if (parexact_sum_f64(numbers, 3, &total) != PAREXACT_OK)
        return 1;
    return total >= 1e308 && total <= 1e308 ? 0 : 1;
}
