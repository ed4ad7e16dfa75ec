/* Nothing that a caller passes to the reductions may crash or corrupt: NULL, zero and impossible lengths,
 * misaligned pointers, values outside the enumerations. A failure is a status, a message, and outputs as they
 * were. */
#include <math.h>

#include "check.h"

static const double X[4] = {1, 2, 3, 4};
static const int64_t FOUR[1] = {4};

/* `call` writes `out`: it must answer `expected` and leave it alone. */
#define CHECK_REFUSED(call, out, expected)            \
    do {                                              \
        fill_with_pattern(&(out), sizeof(out));       \
        CHECK_STATUS(call, expected);                 \
        CHECK(has_pattern(&(out), sizeof(out)));      \
    } while (0)

static double d;
static parexact_stats stats;

/* A view that every function taking one must refuse in the same way. */
static void check_view_refused(const parexact_array *view, parexact_status expected)
{
    CHECK_REFUSED(parexact_sum(view, &d), d, expected);
    CHECK_REFUSED(parexact_norm(view, &d), d, expected);
    CHECK_REFUSED(parexact_describe(view, 0, PAREXACT_NAN_PROPAGATE, &stats), stats, expected);
    const parexact_array good = vector_view(X, FOUR);
    CHECK_REFUSED(parexact_dot(view, &good, &d), d, expected);
    CHECK_REFUSED(parexact_dot(&good, view, &d), d, expected);
    CHECK_REFUSED(parexact_dot(view, view, &d), d, expected);
    CHECK_STATUS(parexact_reduce(view, PAREXACT_OP_SUM, NULL, 0, 0, PAREXACT_NAN_PROPAGATE, &d, 1), expected);
    CHECK_REFUSED(parexact_dot_axes(view, &good, NULL, 0, PAREXACT_NAN_PROPAGATE, &d, 1), d, expected);
    CHECK_REFUSED(parexact_dot_axes(&good, view, NULL, 0, PAREXACT_NAN_PROPAGATE, &d, 1), d, expected);
    CHECK_REFUSED(parexact_summarize(0, PAREXACT_RESULT_SUM, view, NULL, NULL, NULL, 0, 0,
                                     PAREXACT_NAN_PROPAGATE, &d, 1),
                  d, expected);

    parexact_state before, state;
    CHECK_STATUS(parexact_state_init(&before), PAREXACT_OK);
    state = before;
    CHECK_STATUS(parexact_state_update(&state, view), expected);
    CHECK(memcmp(&state, &before, sizeof state) == 0);

    parexact_summary empty, summary;
    CHECK_STATUS(parexact_summary_init(&empty, PAREXACT_SUMMARY_PAIR), PAREXACT_OK);
    summary = empty;
    CHECK_STATUS(parexact_summary_update(&summary, view, &good, NULL), expected);
    CHECK_STATUS(parexact_summary_update(&summary, &good, view, NULL), expected);
    CHECK(memcmp(&summary, &empty, sizeof summary) == 0);
}

static void null_pointers(void)
{
    const parexact_array view = vector_view(X, FOUR);
    const parexact_status null = PAREXACT_ERROR_NULL_POINTER;

    CHECK_REFUSED(parexact_sum_f64(NULL, 4, &d), d, null);
    CHECK_REFUSED(parexact_norm_f64(NULL, 4, &d), d, null);
    CHECK_REFUSED(parallel_stats(NULL, 4, &stats), stats, null);
    CHECK_STATUS(parexact_sum_f64(X, 4, NULL), null);
    CHECK_STATUS(parexact_norm_f64(X, 4, NULL), null);
    CHECK_STATUS(parallel_stats(X, 4, NULL), null);
    CHECK_STATUS(parexact_sum_f64(NULL, 0, NULL), null);
    CHECK_STATUS(parexact_sum(&view, NULL), null);
    CHECK_STATUS(parexact_norm(&view, NULL), null);
    CHECK_STATUS(parexact_describe(&view, 0, PAREXACT_NAN_PROPAGATE, NULL), null);
    CHECK_STATUS(parexact_state_update(NULL, &view), null);
    CHECK_REFUSED(parexact_dot_f64(NULL, X, 4, &d), d, null);
    CHECK_REFUSED(parexact_dot_f64(X, NULL, 4, &d), d, null);
    CHECK_STATUS(parexact_dot_f64(X, X, 4, NULL), null);
    CHECK_STATUS(parexact_dot_f64(NULL, NULL, 0, NULL), null);
    CHECK_STATUS(parexact_dot(&view, &view, NULL), null);
    CHECK_STATUS(parexact_reduce(&view, PAREXACT_OP_SUM, NULL, 0, 0, PAREXACT_NAN_PROPAGATE, NULL, 1), null);
    CHECK_STATUS(parexact_reduce(&view, PAREXACT_OP_SUM, NULL, 1, 0, PAREXACT_NAN_PROPAGATE, &d, 1), null);
    CHECK_BITS(sum_my_numbers(NULL, 4), CANONICAL_NAN);

    check_view_refused(NULL, null);
    const parexact_array no_data = vector_view(NULL, FOUR);
    check_view_refused(&no_data, null);
    const parexact_array no_shape = vector_view(X, NULL);
    check_view_refused(&no_shape, null);
    parexact_array no_scalar = vector_view(NULL, NULL);
    no_scalar.ndim = 0;
    check_view_refused(&no_scalar, null);
}

static void check_empty(const double *x)
{
    const int64_t none[1] = {0};
    const int64_t none_of_many[3] = {3, 0, 5};
    parexact_array view = vector_view(x, none);

    CHECK_STATUS(parexact_sum_f64(x, 0, &d), PAREXACT_OK);
    CHECK_BITS(d, PLUS_ZERO);
    CHECK_STATUS(parexact_norm_f64(x, 0, &d), PAREXACT_OK);
    CHECK_BITS(d, PLUS_ZERO);
    CHECK_STATUS(parexact_dot_f64(x, x, 0, &d), PAREXACT_OK);
    CHECK_BITS(d, PLUS_ZERO);
    CHECK_STATUS(parallel_stats(x, 0, &stats), PAREXACT_OK);
    CHECK(stats.count == 0);
    CHECK_BITS(stats.mean, CANONICAL_NAN);
    for (int k = 0; k < 2; k++) {
        d = 1;
        CHECK_STATUS(parexact_sum(&view, &d), PAREXACT_OK);
        CHECK_BITS(d, PLUS_ZERO);
        d = 1;
        CHECK_STATUS(parexact_norm(&view, &d), PAREXACT_OK);
        CHECK_BITS(d, PLUS_ZERO);
        d = 1;
        CHECK_STATUS(parexact_dot(&view, &view, &d), PAREXACT_OK);
        CHECK_BITS(d, PLUS_ZERO);
        CHECK_STATUS(parexact_reduce(&view, PAREXACT_OP_MIN, NULL, 0, 0, PAREXACT_NAN_RAISE, &d, 1),
                     PAREXACT_OK);
        CHECK_BITS(d, CANONICAL_NAN);
        CHECK_STATUS(parexact_describe(&view, 1, PAREXACT_NAN_RAISE, &stats), PAREXACT_OK);
        CHECK(stats.count == 0 && stats.nan_count == 0);
        view.ndim = 3;
        view.shape = none_of_many;
    }
    CHECK_BITS(sum_my_numbers((double *)(uintptr_t)x, 0), PLUS_ZERO);
}

static void zero_lengths(void)
{
    check_empty(NULL);
    check_empty((const double *)(uintptr_t)1); /* never dereferenced */
    check_empty(X);
}

static void impossible_lengths(void)
{
    /* Bytes that overflow size_t, that overflow to a small number, and that no object can have. */
    const size_t lengths[] = {SIZE_MAX, SIZE_MAX / 2 + 1, SIZE_MAX / 8 + 1, SIZE_MAX / 8 + 2,
                              SIZE_MAX / 16 + 1};
    double numbers[1] = {5.0};
    for (size_t i = 0; i < LENGTH(lengths); i++) {
        CHECK_REFUSED(parexact_sum_f64(X, lengths[i], &d), d, PAREXACT_ERROR_SIZE_OVERFLOW);
        CHECK_REFUSED(parexact_norm_f64(X, lengths[i], &d), d, PAREXACT_ERROR_SIZE_OVERFLOW);
        CHECK_REFUSED(parexact_dot_f64(X, X, lengths[i], &d), d, PAREXACT_ERROR_SIZE_OVERFLOW);
        CHECK_REFUSED(parallel_stats(X, lengths[i], &stats), stats, PAREXACT_ERROR_SIZE_OVERFLOW);
        CHECK_BITS(sum_my_numbers(numbers, lengths[i]), CANONICAL_NAN);
        CHECK_DOUBLE(numbers[0], 5.0);
    }
    const int64_t shapes[][3] = {{INT64_MAX, 1, 1},
                                 {INT64_C(1) << 60, 1, 1},
                                 {INT64_C(1) << 32, INT64_C(1) << 32, 1},
                                 {INT64_C(1) << 22, INT64_C(1) << 21, INT64_C(1) << 21},
                                 {INT64_MAX, INT64_MAX, INT64_MAX}};
    for (size_t i = 0; i < LENGTH(shapes); i++) {
        parexact_array view = vector_view(X, shapes[i]);
        view.ndim = 3;
        check_view_refused(&view, PAREXACT_ERROR_SIZE_OVERFLOW);
    }
    parexact_array negative = vector_view(X, (const int64_t[]){-1});
    check_view_refused(&negative, PAREXACT_ERROR_INVALID_ARGUMENT);
    negative.shape = (const int64_t[]){INT64_MIN};
    check_view_refused(&negative, PAREXACT_ERROR_INVALID_ARGUMENT);
    negative.ndim = 2;
    negative.shape = (const int64_t[]){-2, -2};
    check_view_refused(&negative, PAREXACT_ERROR_INVALID_ARGUMENT);

    /* Strides that reach beyond all addresses, in either direction. */
    const int64_t far[][2] = {
        {INT64_MAX, 8}, {INT64_MIN, 8}, {INT64_C(1) << 62, INT64_C(1) << 62}, {INT64_MIN, INT64_MIN}};
    for (size_t i = 0; i < LENGTH(far); i++) {
        const parexact_array view = {X, PAREXACT_DTYPE_F64, 2, (const int64_t[]){3, 3}, far[i]};
        check_view_refused(&view, PAREXACT_ERROR_SIZE_OVERFLOW);
    }
    const parexact_array repeated = {X, PAREXACT_DTYPE_U8, 2,
                                     (const int64_t[]){INT64_C(1) << 32, INT64_C(1) << 31},
                                     (const int64_t[]){0, 0}};
    check_view_refused(&repeated, PAREXACT_ERROR_SIZE_OVERFLOW);
}

static void bad_values(void)
{
    parexact_array view = vector_view(X, FOUR);
    const int32_t bad[] = {-1, 13, 63, 64 + 13, 99, 128, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < LENGTH(bad); i++) {
        view.dtype = bad[i];
        check_view_refused(&view, PAREXACT_ERROR_INVALID_ARGUMENT);
    }
    view.dtype = PAREXACT_DTYPE_F64;

    static const int64_t ones[65] = {1};
    const int32_t bad_ndim[] = {-1, 65, INT32_MAX, INT32_MIN};
    view.shape = ones;
    for (size_t i = 0; i < LENGTH(bad_ndim); i++) {
        view.ndim = bad_ndim[i];
        check_view_refused(&view, PAREXACT_ERROR_INVALID_ARGUMENT);
    }
    view = vector_view(X, FOUR);

    const int32_t bad_policy[] = {-1, 3, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < LENGTH(bad_policy); i++)
        CHECK_REFUSED(parexact_describe(&view, 0, bad_policy[i], &stats), stats,
                      PAREXACT_ERROR_INVALID_ARGUMENT);
    CHECK_REFUSED(parexact_describe(&view, -1, PAREXACT_NAN_OMIT, &stats), stats,
                  PAREXACT_ERROR_INVALID_ARGUMENT);
    CHECK_REFUSED(parexact_describe(&view, INT64_MIN, 0, &stats), stats, PAREXACT_ERROR_INVALID_ARGUMENT);

    /* Refused for an empty array as well: the arguments decide, not the data. */
    const parexact_array empty = vector_view(NULL, (const int64_t[]){0});
    CHECK_REFUSED(parexact_describe(&empty, -1, 0, &stats), stats, PAREXACT_ERROR_INVALID_ARGUMENT);
    CHECK_REFUSED(parexact_describe(&empty, 0, 7, &stats), stats, PAREXACT_ERROR_INVALID_ARGUMENT);
}

/* A reduction of 2 by 3 numbers, over the first axis unless told otherwise; nothing beyond `out_len` may be
 * written. */
static parexact_status reduce_with(int32_t op, const int32_t *axes, int32_t axis_count, int64_t ddof,
                                   int32_t nan_policy, size_t out_len)
{
    static const double x[6] = {1, 2, 3, 4, 5, 6};
    const parexact_array view = {x, PAREXACT_DTYPE_F64, 2, (const int64_t[]){2, 3}, NULL};
    double out[8];
    fill_with_pattern(out, sizeof out);
    const parexact_status status =
        parexact_reduce(&view, op, axes, axis_count, ddof, nan_policy, out, out_len);
    const size_t offered = out_len < LENGTH(out) ? out_len : 3;
    CHECK(has_pattern(out + offered, sizeof out - offered * sizeof out[0]));
    return status;
}

static void bad_reductions(void)
{
    const parexact_status bad = PAREXACT_ERROR_INVALID_ARGUMENT;
    const int32_t values[] = {-1, 7, INT32_MAX, INT32_MIN};
    const int32_t none[] = {-3, 2, INT32_MAX, INT32_MIN};
    const int32_t twice[][2] = {{0, 0}, {1, 1}, {0, -2}, {-1, 1}};
    const int32_t first[] = {0}, both[] = {1, 0, 1};
    const size_t lengths[] = {0, 1, 2, 4, 6, SIZE_MAX, SIZE_MAX / 8 + 4};
    CHECK_STATUS(reduce_with(0, first, 1, 0, 0, 3), PAREXACT_OK);
    CHECK_STATUS(reduce_with(0, both, 2, 0, 0, 1), PAREXACT_OK);
    CHECK_STATUS(reduce_with(0, NULL, 0, 0, 0, 1), PAREXACT_OK);
    for (size_t i = 0; i < LENGTH(values); i++) {
        CHECK_STATUS(reduce_with(values[i], first, 1, 0, 0, 3), bad);
        CHECK_STATUS(reduce_with(0, first, 1, 0, values[i], 3), bad);
        CHECK_STATUS(reduce_with(0, &none[i], 1, 0, 0, 3), bad);
        CHECK(strstr(parexact_last_error(), "axes") != NULL);
        CHECK_STATUS(reduce_with(0, twice[i], 2, 0, 0, 1), bad);
        CHECK(strstr(parexact_last_error(), "axes") != NULL);
    }
    for (size_t i = 0; i < LENGTH(lengths); i++) {
        CHECK_STATUS(reduce_with(0, first, 1, 0, 0, lengths[i]), bad);
        CHECK(strstr(parexact_last_error(), "out_len") != NULL);
    }
    CHECK_STATUS(reduce_with(0, both, 3, 0, 0, 1), bad);
    CHECK_STATUS(reduce_with(0, first, -1, 0, 0, 3), bad);
    CHECK_STATUS(reduce_with(0, first, INT32_MIN, 0, 0, 3), bad);
    CHECK_STATUS(reduce_with(0, first, INT32_MAX, 0, 0, 3), bad);
    CHECK_STATUS(reduce_with(PAREXACT_OP_VAR, first, 1, -1, 0, 3), bad);
    CHECK_STATUS(reduce_with(PAREXACT_OP_STD, first, 1, INT64_MIN, 0, 3), bad);

    /* The output may lie beside the array, and not in it. */
    double memory[12] = {0, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0, 0};
    const parexact_array view = {memory + 3, PAREXACT_DTYPE_F64, 2, (const int64_t[]){2, 3}, NULL};
    const int64_t backwards[] = {-24, -8};
    const parexact_array reversed = {memory + 8, PAREXACT_DTYPE_F64, 2, view.shape, backwards};
    for (size_t at = 0; at <= 9; at++) {
        const parexact_status expected = at == 0 || at == 9 ? PAREXACT_OK : bad;
        CHECK_STATUS(parexact_reduce(&view, 0, first, 1, 0, 0, memory + at, 3), expected);
        CHECK_STATUS(parexact_reduce(&reversed, 0, first, 1, 0, 0, memory + at, 3), expected);
        for (int i = 0; i < 6; i++)
            CHECK_DOUBLE(memory[3 + i], i + 1.0);
    }
    for (int i = 0; i < 3; i++)
        CHECK_DOUBLE(memory[i], 9.0 - 2 * i); /* of the reversed array */

    /* A reduction without outputs needs no memory for them. An array without elements may have more outputs
     * than memory can hold, which is refused. */
    const parexact_array empty = {NULL, PAREXACT_DTYPE_F64, 2, (const int64_t[]){2, 0}, NULL};
    CHECK_STATUS(parexact_reduce(&empty, 0, first, 1, 0, 0, NULL, 0), PAREXACT_OK);
    const parexact_array vast = {NULL, PAREXACT_DTYPE_F64, 3, (const int64_t[]){0, INT64_C(1) << 61, 8},
                                 NULL};
    CHECK(parexact_reduce(&vast, 0, first, 1, 0, 0, memory, 0) != PAREXACT_OK);
    CHECK(parexact_reduce(&vast, 0, first, 1, 0, 0, memory, SIZE_MAX) != PAREXACT_OK);
}

static void different_shapes(void)
{
    const int64_t shapes[][2] = {{4, 1}, {3, 1}, {5, 1}, {2, 2}, {1, 4}, {0, 4}};
    const parexact_array four = vector_view(X, FOUR);
    for (size_t i = 0; i < LENGTH(shapes); i++)
        for (int32_t ndim = i == 0 ? 2 : 0; ndim <= 2; ndim++) {
            const parexact_array other = {X, PAREXACT_DTYPE_F64, ndim, shapes[i], NULL};
            CHECK_REFUSED(parexact_dot(&four, &other, &d), d, PAREXACT_ERROR_INVALID_ARGUMENT);
            CHECK(strstr(parexact_last_error(), "shape") != NULL);
            CHECK_REFUSED(parexact_dot(&other, &four, &d), d, PAREXACT_ERROR_INVALID_ARGUMENT);
        }
}

static void dimensions(void)
{
    /* ndim 0 is a scalar, and 64 dimensions are allowed. */
    parexact_array view = vector_view(X + 2, NULL);
    view.ndim = 0;
    CHECK_STATUS(parexact_sum(&view, &d), PAREXACT_OK);
    CHECK_DOUBLE(d, 3.0);
    CHECK_STATUS(parexact_describe(&view, 0, PAREXACT_NAN_PROPAGATE, &stats), PAREXACT_OK);
    CHECK(stats.count == 1);
    CHECK_DOUBLE(stats.max, 3.0);

    int64_t shape[64];
    for (size_t i = 0; i < LENGTH(shape); i++)
        shape[i] = 1;
    shape[0] = shape[63] = 2;
    view = vector_view(X, shape);
    view.ndim = 64;
    CHECK_STATUS(parexact_sum(&view, &d), PAREXACT_OK);
    CHECK_DOUBLE(d, 10.0);
}

static void misaligned_pointers(void)
{
    enum { N = 70003 };
    static double x[N];
    static unsigned char raw[sizeof x + 16];
    double sum, norm, dot;
    parexact_stats described;
    const int64_t shape[1] = {N};
    fill_random(x, N, 300, 1);
    CHECK_STATUS(parexact_sum_f64(x, N, &sum), PAREXACT_OK);
    CHECK_STATUS(parexact_norm_f64(x, N, &norm), PAREXACT_OK);
    CHECK_STATUS(parexact_dot_f64(x, x, N, &dot), PAREXACT_OK);
    CHECK_STATUS(parallel_stats(x, N, &described), PAREXACT_OK);

    for (size_t offset = 1; offset < 8; offset++) {
        memcpy(raw + offset, x, sizeof x);
        double *shifted = (double *)(void *)(raw + offset);
        const parexact_array view = vector_view(shifted, shape);
        parexact_state from_shifted, from_x;
        const parexact_array aligned_view = vector_view(x, shape);
        CHECK_STATUS(parexact_sum_f64(shifted, N, &d), PAREXACT_OK);
        CHECK_DOUBLE(d, sum);
        CHECK_STATUS(parexact_norm_f64(shifted, N, &d), PAREXACT_OK);
        CHECK_DOUBLE(d, norm);
        CHECK_STATUS(parexact_dot_f64(shifted, x, N, &d), PAREXACT_OK);
        CHECK_DOUBLE(d, dot);
        CHECK_STATUS(parexact_dot(&aligned_view, &view, &d), PAREXACT_OK);
        CHECK_DOUBLE(d, dot);
        CHECK_STATUS(parexact_sum(&view, &d), PAREXACT_OK);
        CHECK_DOUBLE(d, sum);
        CHECK_STATUS(parexact_norm(&view, &d), PAREXACT_OK);
        CHECK_DOUBLE(d, norm);
        CHECK_STATUS(parallel_stats(shifted, N, &stats), PAREXACT_OK);
        CHECK(memcmp(&stats, &described, sizeof stats) == 0);
        CHECK_STATUS(parexact_describe(&view, 0, PAREXACT_NAN_PROPAGATE, &stats), PAREXACT_OK);
        CHECK(memcmp(&stats, &described, sizeof stats) == 0);
        CHECK_STATUS(parexact_state_init(&from_x), PAREXACT_OK);
        CHECK_STATUS(parexact_state_init(&from_shifted), PAREXACT_OK);
        CHECK_STATUS(parexact_state_update(&from_x, &aligned_view), PAREXACT_OK);
        CHECK_STATUS(parexact_state_update(&from_shifted, &view), PAREXACT_OK);
        CHECK(memcmp(&from_x, &from_shifted, sizeof from_x) == 0);

        CHECK_DOUBLE(sum_my_numbers(shifted, N), sum);
        double changed;
        memcpy(&changed, raw + offset + N / 2 * sizeof changed, sizeof changed);
        CHECK_DOUBLE(changed, -x[N / 2]);
    }

    /* Outputs and structs at odd addresses: the right answer, or a refusal that writes nothing. */
    fill_with_pattern(raw, sizeof raw);
    parexact_status status = parexact_sum_f64(x, N, (double *)(void *)(raw + 1));
    if (status == PAREXACT_OK) {
        memcpy(&d, raw + 1, sizeof d);
        CHECK_DOUBLE(d, sum);
    } else {
        CHECK(status == PAREXACT_ERROR_INVALID_ARGUMENT && has_pattern(raw, sizeof raw));
    }
    fill_with_pattern(raw, sizeof raw);
    status = parallel_stats(x, N, (parexact_stats *)(void *)(raw + 3));
    if (status == PAREXACT_OK)
        CHECK(memcmp(raw + 3, &described, sizeof described) == 0);
    else
        CHECK(status == PAREXACT_ERROR_INVALID_ARGUMENT && has_pattern(raw, sizeof raw));
    unsigned char odd_shape[sizeof shape + 1], odd_view[sizeof(parexact_array) + 1];
    memcpy(odd_shape + 1, shape, sizeof shape);
    const parexact_array view = vector_view(x, (const int64_t *)(const void *)(odd_shape + 1));
    memcpy(odd_view + 1, &view, sizeof view);
    d = 0;
    status = parexact_sum((const parexact_array *)(const void *)(odd_view + 1), &d);
    if (status == PAREXACT_OK)
        CHECK_DOUBLE(d, sum);
    else
        CHECK(status == PAREXACT_ERROR_INVALID_ARGUMENT);
}

int main(void)
{
    null_pointers();
    zero_lengths();
    impossible_lengths();
    bad_values();
    bad_reductions();
    different_shapes();
    dimensions();
    misaligned_pointers();
    return checks_done();
}
