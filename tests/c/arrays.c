/* Arrays of every type and layout, dot products, and reductions over axes: values that are known by hand. */
#include <float.h>
#include <math.h>

#include "check.h"

static const double TINY = 0x1p-1074; /* the smallest subnormal */

static double sum_of(const parexact_array *a)
{
    double out = 0;
    CHECK_STATUS(parexact_sum(a, &out), PAREXACT_OK);
    return out;
}

static double norm_of(const parexact_array *a)
{
    double out = 0;
    CHECK_STATUS(parexact_norm(a, &out), PAREXACT_OK);
    return out;
}

static parexact_stats describe(const parexact_array *a)
{
    parexact_stats stats;
    memset(&stats, 0, sizeof stats);
    CHECK_STATUS(parexact_describe(a, 0, PAREXACT_NAN_PROPAGATE, &stats), PAREXACT_OK);
    return stats;
}

/* 1, 2, ... n in any type that holds them. */
#define CHECK_COUNTING(type, dtype, n)                                                                       \
    do {                                                                                                     \
        type x[2 * (n)];                                                                                     \
        for (int i = 0; i < (n); i++) {                                                                      \
            x[2 * i] = (type)(i + 1);                                                                        \
            x[2 * i + 1] = (type)77;                                                                         \
        }                                                                                                    \
        check_counting(x, dtype, n, (int64_t)(2 * sizeof x[0]));                                             \
        check_counting(&x[2 * (n) - 2], dtype, n, -(int64_t)(2 * sizeof x[0]));                              \
        for (int i = 0; i < (n); i++) x[i] = (type)(i + 1);                                                  \
        check_counting(x, dtype, n, (int64_t)sizeof x[0]);                                                   \
        check_counting(x, dtype, n, 0);                                                                      \
    } while (0)

/* Stride 0 stands for none given. */
static void check_counting(const void *x, int32_t dtype, int64_t n, int64_t stride)
{
    const parexact_array view = {x, dtype, 1, &n, stride ? &stride : NULL};
    const double d = (double)n, squares = d * (d + 1) * (2 * d + 1) / 6;
    double dot = 0;
    CHECK_DOUBLE(sum_of(&view), d * (d + 1) / 2);
    CHECK_DOUBLE(norm_of(&view), sqrt(squares));
    const parexact_stats s = describe(&view);
    CHECK((int64_t)s.count == n);
    CHECK_DOUBLE(s.mean, (d + 1) / 2);
    CHECK_DOUBLE(s.variance, (d * d - 1) / 12);
    CHECK_DOUBLE(s.min, 1.0);
    CHECK_DOUBLE(s.max, d);
    CHECK_STATUS(parexact_dot(&view, &view, &dot), PAREXACT_OK);
    CHECK_DOUBLE(dot, squares);

    parexact_state state;
    parexact_stats from_state;
    CHECK_STATUS(parexact_state_init(&state), PAREXACT_OK);
    CHECK_STATUS(parexact_state_update(&state, &view), PAREXACT_OK);
    CHECK_STATUS(parexact_state_result(&state, 0, PAREXACT_NAN_RAISE, &from_state), PAREXACT_OK);
    CHECK(memcmp(&from_state, &s, sizeof s) == 0);
}

static void every_type(void)
{
    CHECK_COUNTING(double, PAREXACT_DTYPE_F64, 5000);
    CHECK_COUNTING(float, PAREXACT_DTYPE_F32, 5000);
    CHECK_COUNTING(int64_t, PAREXACT_DTYPE_I64, 5000);
    CHECK_COUNTING(int32_t, PAREXACT_DTYPE_I32, 5000);
    CHECK_COUNTING(int16_t, PAREXACT_DTYPE_I16, 5000);
    CHECK_COUNTING(int8_t, PAREXACT_DTYPE_I8, 127);
    CHECK_COUNTING(uint64_t, PAREXACT_DTYPE_U64, 5000);
    CHECK_COUNTING(uint32_t, PAREXACT_DTYPE_U32, 5000);
    CHECK_COUNTING(uint16_t, PAREXACT_DTYPE_U16, 5000);
    CHECK_COUNTING(uint8_t, PAREXACT_DTYPE_U8, 255);

    /* Any byte but 0 counts as true. */
    unsigned char bytes[256];
    const int64_t n[1] = {256};
    for (int i = 0; i < 256; i++)
        bytes[i] = (unsigned char)i;
    const parexact_array view = {bytes, PAREXACT_DTYPE_BOOL, 1, n, NULL};
    CHECK_DOUBLE(sum_of(&view), 255.0);
    CHECK_DOUBLE(norm_of(&view), sqrt(255.0));
    const parexact_stats s = describe(&view);
    CHECK_DOUBLE(s.min, 0.0);
    CHECK_DOUBLE(s.max, 1.0);
    CHECK_DOUBLE(s.variance, 255.0 / 65536);
}

static void ends_of_the_types(void)
{
    const int64_t three[1] = {3};
    const int64_t i64[3] = {INT64_MAX, INT64_MAX, INT64_MIN};
    const uint64_t u64[3] = {UINT64_MAX, UINT64_MAX, UINT64_MAX};
    const int64_t beyond_53[3] = {(INT64_C(1) << 53) + 1, -(INT64_C(1) << 53), 0};
    const float f32[3] = {FLT_MAX, FLT_MAX, 0x1p-149F};
    parexact_array view = {i64, PAREXACT_DTYPE_I64, 1, three, NULL};
    CHECK_DOUBLE(sum_of(&view), 0x1p63); /* 2^63 - 2 */
    parexact_stats s = describe(&view);
    CHECK_DOUBLE(s.min, -0x1p63);
    CHECK_DOUBLE(s.max, 0x1p63);
    CHECK_DOUBLE(s.mean, 0x1p63 / 3);
    view.data = beyond_53;
    CHECK_DOUBLE(sum_of(&view), 1.0);
    CHECK_DOUBLE(describe(&view).max, 0x1p53);
    view.data = u64;
    view.dtype = PAREXACT_DTYPE_U64;
    s = describe(&view);
    CHECK_DOUBLE(s.sum, 3 * 0x1p64);
    CHECK_BITS(s.variance, PLUS_ZERO);
    CHECK_DOUBLE(norm_of(&view), sqrt(3.0) * 0x1p64);
    view.dtype = PAREXACT_DTYPE_I64; /* the same bytes are -1 */
    CHECK_DOUBLE(sum_of(&view), -3.0);
    view.data = f32;
    view.dtype = PAREXACT_DTYPE_F32;
    s = describe(&view);
    CHECK_DOUBLE(s.sum, 2 * (double)FLT_MAX);
    CHECK_DOUBLE(s.min, 0x1p-149);
    CHECK_DOUBLE(norm_of(&view), sqrt(2 * (double)FLT_MAX * FLT_MAX));
}

static void any_strides(void)
{
    /* Records with a double at an odd offset: 3 by 4 of them. */
    enum { SIZE = 13, OFFSET = 3 };
    unsigned char records[12 * SIZE];
    memset(records, 0x5b, sizeof records);
    for (int i = 0; i < 12; i++) {
        const double value = i + 1;
        memcpy(records + i * SIZE + OFFSET, &value, sizeof value);
    }
    const int64_t shape[2] = {3, 4}, transposed[2] = {4, 3};
    const struct {
        int first;
        const int64_t *shape;
        int64_t strides[2];
        double sum, min, max;
    } cases[] = {
        {0, shape, {4 * SIZE, SIZE}, 78, 1, 12},        {0, transposed, {SIZE, 4 * SIZE}, 78, 1, 12},
        {11, shape, {-4 * SIZE, -SIZE}, 78, 1, 12},     {3, shape, {4 * SIZE, -SIZE}, 78, 1, 12},
        {0, shape, {0, SIZE}, 30, 1, 4},                {4, shape, {0, 0}, 60, 5, 5},
        {0, transposed, {SIZE, SIZE}, 42, 1, 6},        {10, shape, {-3 * SIZE, -SIZE}, 78, 2, 11},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const parexact_array view = {records + cases[i].first * SIZE + OFFSET, PAREXACT_DTYPE_F64, 2,
                                     cases[i].shape, cases[i].strides};
        const parexact_stats s = describe(&view);
        CHECK(s.count == 12);
        CHECK_DOUBLE(s.sum, cases[i].sum);
        CHECK_DOUBLE(s.min, cases[i].min);
        CHECK_DOUBLE(s.max, cases[i].max);
        CHECK_DOUBLE(sum_of(&view), cases[i].sum);
    }

    /* Where there is one index only, or none, strides are not looked at. */
    const double x[3] = {1, 2, 3};
    const int64_t extremes[][3] = {{INT64_MIN, 8, INT64_MAX}, {INT64_MAX, 8, INT64_MIN}, {0, 8, -1}};
    for (size_t i = 0; i < LENGTH(extremes); i++) {
        parexact_array view = {x, PAREXACT_DTYPE_F64, 3, (const int64_t[]){1, 3, 1}, extremes[i]};
        CHECK_DOUBLE(sum_of(&view), 6.0);
        view.shape = (const int64_t[]){5, 0, 7};
        CHECK_BITS(sum_of(&view), PLUS_ZERO);
        double out[35];
        CHECK_STATUS(parexact_reduce(&view, PAREXACT_OP_NORM, (const int32_t[]){1}, 1, 0, 0, out, 35),
                     PAREXACT_OK);
        CHECK_BITS(out[34], PLUS_ZERO);
    }
}

static double dot(const double *x, const double *y, size_t n)
{
    double out = 0, swapped = 1, of_views = 2;
    const int64_t shape[1] = {(int64_t)n};
    const parexact_array left = vector_view(x, shape), right = vector_view(y, shape);
    CHECK_STATUS(parexact_dot_f64(x, y, n, &out), PAREXACT_OK);
    CHECK_STATUS(parexact_dot_f64(y, x, n, &swapped), PAREXACT_OK);
    CHECK_STATUS(parexact_dot(&left, &right, &of_views), PAREXACT_OK);
    CHECK_DOUBLE(swapped, out);
    CHECK_DOUBLE(of_views, out);
    return out;
}

#define DOT2(a, b, c, d) dot((const double[]){a, b}, (const double[]){c, d}, 2)

static void dot_products(void)
{
    CHECK_DOUBLE(DOT2(1, 2, 3, 4), 11.0);
    CHECK_BITS(DOT2(1e200, 1e200, 1e200, -1e200), PLUS_ZERO);
    CHECK_BITS(DOT2(1e200, 1, 1e200, 1), PLUS_INFINITY);
    CHECK_BITS(DOT2(-1e200, 1, 1e200, 1), MINUS_INFINITY);
    CHECK_DOUBLE(DOT2(DBL_MAX, DBL_MAX, 1, -0.5), DBL_MAX / 2);
    CHECK_BITS(DOT2(TINY, 0, TINY, 1), PLUS_ZERO);
    CHECK_BITS(DOT2(TINY, 0, -TINY, 1), MINUS_ZERO);
    CHECK_BITS(DOT2(TINY, TINY, TINY, -TINY), PLUS_ZERO);
    CHECK_DOUBLE(DOT2(TINY, TINY, 0.5, TINY), TINY); /* 2^-2148 breaks a tie */
    CHECK_BITS(DOT2(TINY, 0, 0.5, 0), PLUS_ZERO);
    CHECK_DOUBLE(DOT2(0x1p52 + 1, 0, TINY, 0), 0x1p-1022 + TINY);
    CHECK_DOUBLE(DOT2(1 + 0x1p-52, -1, 1 - 0x1p-52, 1), -0x1p-104);

    CHECK_BITS(DOT2(NAN, 1, 1, 1), CANONICAL_NAN);
    CHECK_BITS(DOT2(NAN, 1, 0, 1), CANONICAL_NAN);
    CHECK_BITS(DOT2(INFINITY, 1, 0, 1), CANONICAL_NAN);
    CHECK_BITS(DOT2(INFINITY, 1, 2, 1), PLUS_INFINITY);
    CHECK_BITS(DOT2(INFINITY, 1, -TINY, 1), MINUS_INFINITY);
    CHECK_BITS(DOT2(INFINITY, INFINITY, 1, -1), CANONICAL_NAN);
    CHECK_BITS(DOT2(-INFINITY, INFINITY, -1, 3), PLUS_INFINITY);
    CHECK_BITS(DOT2(-INFINITY, 1e300, 1, 1e300), MINUS_INFINITY);

    /* Long vectors, in which everything cancels but one small term. */
    static double x[30011], y[30011];
    fill_random(x, LENGTH(x), 2000, 1);
    fill_random(y, LENGTH(y), 2000, 2);
    for (size_t i = 0; i < LENGTH(x) / 2; i++) {
        x[LENGTH(x) - 1 - i] = -y[i];
        y[LENGTH(x) - 1 - i] = x[i];
    }
    x[LENGTH(x) / 2] = 3;
    y[LENGTH(x) / 2] = TINY;
    CHECK_DOUBLE(dot(x, y, LENGTH(x)), 3 * TINY);

    /* Two types and two layouts of one shape. */
    const int32_t integers[6] = {1, 2, 3, 4, 5, 6};
    const float floats[6] = {0.5F, 1.5F, 2.5F, 3.5F, 4.5F, 5.5F};
    const int64_t shape[2] = {2, 3}, columns[2] = {4, 8};
    const parexact_array left = {integers, PAREXACT_DTYPE_I32, 2, shape, NULL};
    const parexact_array right = {floats, PAREXACT_DTYPE_F32, 2, shape, columns};
    double product = 0;
    CHECK_STATUS(parexact_dot(&left, &right, &product), PAREXACT_OK);
    /* 1·0.5 + 2·2.5 + 3·4.5 + 4·1.5 + 5·3.5 + 6·5.5 */
    CHECK_DOUBLE(product, 75.5);
}

static void axes(void)
{
    static const double x[24] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12,
                                 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24};
    const parexact_array view = {x, PAREXACT_DTYPE_F64, 3, (const int64_t[]){2, 3, 4}, NULL};
    const struct {
        int32_t op, axes[3], axis_count;
        size_t out_len;
        double first, last;
    } cases[] = {
        {PAREXACT_OP_SUM, {0}, 0, 1, 300, 300},
        {PAREXACT_OP_SUM, {0, 1, 2}, 3, 1, 300, 300},
        {PAREXACT_OP_SUM, {0}, 1, 12, 14, 36},
        {PAREXACT_OP_SUM, {-3}, 1, 12, 14, 36},
        {PAREXACT_OP_SUM, {1}, 1, 8, 15, 60},
        {PAREXACT_OP_MEAN, {2}, 1, 6, 2.5, 22.5},
        {PAREXACT_OP_MEAN, {-1, 0}, 2, 3, 8.5, 16.5},
        {PAREXACT_OP_MEAN, {0, 2}, 2, 3, 8.5, 16.5},
        {PAREXACT_OP_VAR, {2}, 1, 6, 1.25, 1.25},
        {PAREXACT_OP_VAR, {0}, 1, 12, 36, 36},
        {PAREXACT_OP_STD, {0}, 1, 12, 6, 6},
        {PAREXACT_OP_MIN, {1, 2}, 2, 2, 1, 13},
        {PAREXACT_OP_MAX, {2, 1}, 2, 2, 12, 24},
        {PAREXACT_OP_NORM, {0}, 1, 12, 13.038404810405298, 26.832815729997478},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        double out[12];
        CHECK_STATUS(parexact_reduce(&view, cases[i].op, cases[i].axes, cases[i].axis_count, 0,
                                     PAREXACT_NAN_PROPAGATE, out, cases[i].out_len),
                     PAREXACT_OK);
        CHECK_DOUBLE(out[0], cases[i].first);
        CHECK_DOUBLE(out[cases[i].out_len - 1], cases[i].last);
    }

    /* NaNs stay in their outputs. */
    const double rows[6] = {1, NAN, INFINITY, 2, 4, 9};
    const parexact_array odd = {rows, PAREXACT_DTYPE_F64, 2, (const int64_t[]){2, 3}, NULL};
    const int32_t first[1] = {0};
    double out[3];
    CHECK_STATUS(parexact_reduce(&odd, PAREXACT_OP_SUM, first, 1, 0, PAREXACT_NAN_PROPAGATE, out, 3),
                 PAREXACT_OK);
    CHECK_DOUBLE(out[0], 3.0);
    CHECK_BITS(out[1], CANONICAL_NAN);
    CHECK_BITS(out[2], PLUS_INFINITY);
    CHECK_STATUS(parexact_reduce(&odd, PAREXACT_OP_NORM, first, 1, 0, PAREXACT_NAN_OMIT, out, 3),
                 PAREXACT_OK);
    CHECK_DOUBLE(out[0], sqrt(5.0));
    CHECK_DOUBLE(out[1], 4.0);
    CHECK_BITS(out[2], PLUS_INFINITY);
    CHECK_STATUS(parexact_reduce(&odd, PAREXACT_OP_VAR, first, 1, 1, PAREXACT_NAN_OMIT, out, 3), PAREXACT_OK);
    CHECK_DOUBLE(out[0], 0.5);
    CHECK_BITS(out[1], CANONICAL_NAN); /* one value is left, ddof 1 */
    CHECK_BITS(out[2], CANONICAL_NAN);
    for (int32_t op = PAREXACT_OP_SUM; op <= PAREXACT_OP_NORM; op++)
        CHECK_STATUS(parexact_reduce(&odd, op, first, 1, 0, PAREXACT_NAN_RAISE, out, 3),
                     PAREXACT_ERROR_NAN_FOUND);

    /* Long axes, first or last: arrays of 3 by 40000 and of 40000 by 3 with the values 1, 2, ... */
    enum { N = 120000 };
    static double counting[N], results[N / 3];
    for (int i = 0; i < N; i++)
        counting[i] = i + 1;
    const parexact_array wide = {counting, PAREXACT_DTYPE_F64, 2, (const int64_t[]){3, N / 3}, NULL};
    const parexact_array tall = {counting, PAREXACT_DTYPE_F64, 2, (const int64_t[]){N / 3, 3}, NULL};
    CHECK_STATUS(parexact_reduce(&wide, PAREXACT_OP_SUM, first, 1, 0, 0, results, N / 3), PAREXACT_OK);
    for (int i = 0; i < N / 3; i++)
        CHECK_DOUBLE(results[i], 3.0 * (i + 1) + N);
    CHECK_STATUS(parexact_reduce(&tall, PAREXACT_OP_SUM, (const int32_t[]){1}, 1, 0, 0, results, N / 3),
                 PAREXACT_OK);
    for (int i = 0; i < N / 3; i++)
        CHECK_DOUBLE(results[i], 9.0 * i + 6);
    CHECK_STATUS(parexact_reduce(&tall, PAREXACT_OP_MEAN, first, 1, 0, 0, out, 3), PAREXACT_OK);
    for (int i = 0; i < 3; i++)
        CHECK_DOUBLE(out[i], N / 2.0 - 0.5 + i);
    CHECK_STATUS(parexact_reduce(&wide, PAREXACT_OP_MAX, (const int32_t[]){1}, 1, 0, 0, out, 3), PAREXACT_OK);
    for (int i = 0; i < 3; i++)
        CHECK_DOUBLE(out[i], N / 3.0 * (i + 1));
}

int main(void)
{
    every_type();
    ends_of_the_types();
    any_strides();
    dot_products();
    axes();
    return checks_done();
}
