/* Dot products along axes: values, policies for NaNs, and what is refused. */
#include <math.h>

#include "check.h"

static const int32_t null = PAREXACT_ERROR_NULL_POINTER, invalid = PAREXACT_ERROR_INVALID_ARGUMENT;

static int last_error_has(const char *text)
{
    if (strstr(parexact_last_error(), text))
        return 1;
    fprintf(stderr, "the last error is: %s\n", parexact_last_error());
    return 0;
}

/* A matrix product: strides of 0 repeat the rows of one factor and the columns of the other. */
static void matrix_product(int64_t m, int64_t k, int64_t n, int32_t dtype)
{
    enum { MOST = 40 * 300 };
    static double a[MOST], b[MOST], out[MOST], column[MOST];
    static int64_t integers[MOST];
    fill_random(a, (size_t)(m * k), 100, 1);
    fill_random(b, (size_t)(k * n), 100, 2);
    for (int64_t i = 0; i < m * k && dtype == PAREXACT_DTYPE_I64; i++) {
        uint64_t seed = (uint64_t)i;
        integers[i] = (int64_t)next_random(&seed);
    }
    const void *first = dtype == PAREXACT_DTYPE_I64 ? (const void *)integers : a;
    const int64_t shape[] = {m, n, k}, x_strides[] = {8 * k, 0, 8}, y_strides[] = {0, 8, 8 * n};
    const parexact_array x = {first, dtype, 3, shape, x_strides};
    const parexact_array y = {b, PAREXACT_DTYPE_F64, 3, shape, y_strides};
    const int32_t axis = -1;
    CHECK_STATUS(parexact_dot_axes(&x, &y, &axis, 1, PAREXACT_NAN_PROPAGATE, out, (size_t)(m * n)),
                 PAREXACT_OK);
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++) {
            double expected;
            for (int64_t l = 0; l < k; l++)
                column[l] = b[l * n + j];
            const parexact_array row = {(const char *)first + 8 * i * k, dtype, 1, &k, NULL};
            const parexact_array other = vector_view(column, &k);
            CHECK_STATUS(parexact_dot(&row, &other, &expected), PAREXACT_OK);
            CHECK_DOUBLE(out[i * n + j], expected);
        }
}

/* Any set of axes, in C order of those that stay. */
static void sets_of_axes(void)
{
    const int64_t shape[] = {2, 3, 4};
    double x[24], y[24], out[24];
    for (int i = 0; i < 24; i++) {
        x[i] = i + 1;
        y[i] = 0.5 * i - 3;
    }
    const parexact_array a = {x, PAREXACT_DTYPE_F64, 3, shape, NULL}, b = {y, PAREXACT_DTYPE_F64, 3, shape,
                                                                           NULL};
    for (int marks = 1; marks < 8; marks++) {
        int32_t axes[3], count = 0;
        double expected[24] = {0};
        size_t kept = 1;
        for (int32_t axis = 2; axis >= 0; axis--) { /* in any order */
            if (marks & 1 << axis)
                axes[count++] = axis;
            else
                kept *= (size_t)shape[axis];
        }
        for (int i = 0; i < 24; i++) {
            const int64_t at[] = {i / 12, i / 4 % 3, i % 4};
            int64_t place = 0;
            for (int axis = 0; axis < 3; axis++)
                if (!(marks & 1 << axis))
                    place = place * shape[axis] + at[axis];
            expected[place] += x[i] * y[i];
        }
        fill_with_pattern(out, sizeof out);
        CHECK_STATUS(parexact_dot_axes(&a, &b, axes, count, 0, out, kept), PAREXACT_OK);
        for (size_t i = 0; i < kept; i++)
            CHECK_DOUBLE(out[i], expected[i]);
        CHECK(has_pattern(out + kept, sizeof out - kept * sizeof *out));
    }
    double whole;
    CHECK_STATUS(parexact_dot(&a, &b, &whole), PAREXACT_OK);
    CHECK_STATUS(parexact_dot_axes(&a, &b, NULL, 0, 0, out, 1), PAREXACT_OK);
    CHECK_DOUBLE(out[0], whole);
    unsigned char odd[3 * 8 + 1];
    const int32_t axes[] = {0, 2};
    CHECK_STATUS(parexact_dot_axes(&a, &b, axes, 2, 0, (double *)(void *)(odd + 1), 3), PAREXACT_OK);
}

static void special_values(void)
{
    const double nan = NAN, inf = INFINITY;
    const int64_t shape[] = {6, 2};
    const double x[6][2] = {{1, 2}, {nan, 2}, {1, 0}, {inf, 1}, {inf, 1}, {1e308, -1e308}};
    const double y[6][2] = {{3, 4}, {3, 4}, {nan, inf}, {2, 3}, {2, -inf}, {1e308, 1e308}};
    const double propagate[6] = {11, nan, nan, inf, nan, 0};
    const double omit[6] = {11, 8, nan, inf, nan, 0};
    const parexact_array a = {x, PAREXACT_DTYPE_F64, 2, shape, NULL}, b = {y, PAREXACT_DTYPE_F64, 2, shape,
                                                                           NULL};
    const int32_t last = 1;
    double out[6];
    CHECK_STATUS(parexact_dot_axes(&a, &b, &last, 1, PAREXACT_NAN_PROPAGATE, out, 6), PAREXACT_OK);
    for (int i = 0; i < 6; i++)
        CHECK_DOUBLE(out[i], propagate[i]);
    CHECK_STATUS(parexact_dot_axes(&a, &b, &last, 1, PAREXACT_NAN_OMIT, out, 6), PAREXACT_OK);
    for (int i = 0; i < 6; i++)
        CHECK_DOUBLE(out[i], omit[i]);
    CHECK_STATUS(parexact_dot_axes(&a, &b, &last, 1, PAREXACT_NAN_RAISE, out, 6), PAREXACT_ERROR_NAN_FOUND);
    CHECK(last_error_has("1 of 2 values are NaN"));
    /* A product that is NaN has no NaN factor: RAISE does not mind. */
    const parexact_array infinite_x = {x + 3, PAREXACT_DTYPE_F64, 2, (const int64_t[]){3, 2}, NULL};
    const parexact_array infinite_y = {y + 3, PAREXACT_DTYPE_F64, 2, (const int64_t[]){3, 2}, NULL};
    CHECK_STATUS(parexact_dot_axes(&infinite_x, &infinite_y, &last, 1, PAREXACT_NAN_RAISE, out, 3),
                 PAREXACT_OK);
    for (int i = 0; i < 3; i++)
        CHECK_DOUBLE(out[i], propagate[i + 3]);
}

static void nothing(void)
{
    const int64_t none[] = {3, 0};
    const parexact_array empty = {NULL, PAREXACT_DTYPE_F64, 2, none, NULL};
    const int32_t axes[] = {0, 1};
    double out[3] = {1, 1, 1};
    for (int32_t policy = PAREXACT_NAN_PROPAGATE; policy <= PAREXACT_NAN_RAISE; policy++) {
        CHECK_STATUS(parexact_dot_axes(&empty, &empty, axes + 1, 1, policy, out, 3), PAREXACT_OK);
        for (int i = 0; i < 3; i++)
            CHECK_BITS(out[i], PLUS_ZERO);
        CHECK_STATUS(parexact_dot_axes(&empty, &empty, axes, 1, policy, NULL, 0), PAREXACT_OK);
    }
}

#define REFUSED(call, status, text)                                                                          \
    do {                                                                                                     \
        fill_with_pattern(out, sizeof out);                                                                  \
        CHECK_STATUS(call, status);                                                                          \
        CHECK(last_error_has(text) && has_pattern(out, sizeof out));                                         \
    } while (0)

static void arguments(void)
{
    const int64_t shape[] = {2, 3}, turned[] = {3, 2};
    double x[6] = {1, 2, 3, 4, 5, 6}, out[6];
    const parexact_array a = {x, PAREXACT_DTYPE_F64, 2, shape, NULL}, b = {x, PAREXACT_DTYPE_F64, 2, turned,
                                                                           NULL};
    const int32_t first = 0, wrong = -3, twice[] = {1, -1};
    REFUSED(parexact_dot_axes(NULL, &a, &first, 1, 0, out, 3), null, "x must not be NULL");
    REFUSED(parexact_dot_axes(&a, NULL, &first, 1, 0, out, 3), null, "y must not be NULL");
    REFUSED(parexact_dot_axes(&a, &a, NULL, 1, 0, out, 3), null, "axes must not be NULL");
    REFUSED(parexact_dot_axes(&a, &a, &first, 1, 0, NULL, 3), null, "out must not be NULL");
    REFUSED(parexact_dot_axes(&a, &b, &first, 1, 0, out, 3), invalid, "x and y must have the same shape");
    REFUSED(parexact_dot_axes(&a, &a, &wrong, 1, 0, out, 3), invalid, "axes[0] is -3");
    REFUSED(parexact_dot_axes(&a, &a, twice, 2, 0, out, 2), invalid, "axes[1] is -1");
    REFUSED(parexact_dot_axes(&a, &a, &first, 3, 0, out, 3), invalid, "axis_count is 3; it must be 0 to 2");
    REFUSED(parexact_dot_axes(&a, &a, &first, INT32_MIN, 0, out, 3), invalid, "axis_count is");
    REFUSED(parexact_dot_axes(&a, &a, &first, 1, 3, out, 3), invalid, "nan_policy is 3");
    REFUSED(parexact_dot_axes(&a, &a, &first, 1, 0, out, 2), invalid, "out_len is 2; it must be 3");
    REFUSED(parexact_dot_axes(&a, &a, &first, 1, 0, out, SIZE_MAX), invalid, "out_len is");
    parexact_array odd = a;
    odd.dtype = 77;
    REFUSED(parexact_dot_axes(&a, &odd, &first, 1, 0, out, 3), invalid, "dtype of y is 77");
    const double copy[6] = {1, 2, 3, 4, 5, 6};
    const parexact_array c = {copy, PAREXACT_DTYPE_F64, 2, shape, NULL};
    REFUSED(parexact_dot_axes(&a, &c, &first, 1, 0, x + 5, 3), invalid, "out must not overlap x or y");
    REFUSED(parexact_dot_axes(&c, &a, &first, 1, 0, x, 3), invalid, "out must not overlap x or y");
    CHECK(memcmp(x, copy, sizeof x) == 0);
}

int main(void)
{
    matrix_product(1, 1, 1, PAREXACT_DTYPE_F64);
    matrix_product(5, 300, 7, PAREXACT_DTYPE_F64);
    matrix_product(40, 17, 40, PAREXACT_DTYPE_F64);
    matrix_product(5, 300, 7, PAREXACT_DTYPE_I64);
    sets_of_axes();
    special_values();
    nothing();
    arguments();
    return checks_done();
}
