/* Summaries: every result of every kind, merging in each of its ways, and what NaNs, infinities, masks and
 * types of elements do to them. */
#include <math.h>

#include "summary.h"

enum { N = sizeof X / sizeof X[0] };
static const int32_t KINDS[] = {PAREXACT_SUMMARY_SHAPE, PAREXACT_SUMMARY_PAIR, PAREXACT_SUMMARY_WEIGHTED};

/* The results with ddof 1 of each kind; NO is one that the kind does not have. */
#define NO (-12345.0)
static const double EXPECTED[][LAST_RESULT + 1] = {
    {5, 0, 20, 4, 12.5, 3.5355339059327378, 1, 10, 11.40175425099138, 1.1384199576606167, -0.212,
     1.697056274847714, 3.152, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
     NO},
    {5, 0, 20, 4, 12.5, 3.5355339059327378, 1, 10, 11.40175425099138, NO, NO, NO, NO, 17, 3.4, 5.3,
     2.3021728866442674, 98, 7.5, 0.9214426752509268, 0.6, 1, NO, NO, NO, 1, 7, 8.888194417315589,
     0.8490566037735849, 1.0327955589886446, 0.1460593486680443, 0.7447594690010102, 0.7538461538461538},
    {5, 0, 98, 5.764705882352941, 14.066176470588236, 3.750490164043659, 1, 10, NO, NO, NO, NO, NO, NO, NO,
     NO,
     NO, NO, NO, NO, NO, NO, 17, 18.21904761904762, 4.268377633135056, NO, NO, NO, NO, NO, NO, NO, NO},
};

static double result(const parexact_summary *s, int32_t which, int64_t ddof, int32_t nan_policy)
{
    double out = NO;
    CHECK_STATUS(parexact_summary_result(s, which, ddof, nan_policy, &out), PAREXACT_OK);
    return out;
}

static void every_result(void)
{
    const parexact_array x = vector_view(X, FIVE), y = vector_view(Y, FIVE);
    for (size_t k = 0; k < LENGTH(KINDS); k++) {
        const int32_t kind = KINDS[k];
        const parexact_array *second = kind == PAREXACT_SUMMARY_SHAPE ? NULL : &y;
        const parexact_summary s = summary_of(kind, X, Y, N);
        int32_t wanted[LAST_RESULT + 1];
        double all[LAST_RESULT + 1], out;
        size_t count = 0;
        for (int32_t which = FIRST_RESULT; which <= LAST_RESULT; which++) {
            const double expected = EXPECTED[k][which];
            const int has = expected != NO;
            const parexact_status status = has ? PAREXACT_OK : PAREXACT_ERROR_UNSUPPORTED;
            fill_with_pattern(&out, sizeof out);
            CHECK_STATUS(parexact_summary_result(&s, which, 1, PAREXACT_NAN_RAISE, &out), status);
            if (has) {
                CHECK_DOUBLE(out, expected);
                wanted[count++] = which;
            } else {
                CHECK(has_pattern(&out, sizeof out) && last_error_has("does not have"));
            }
            /* Without keeping a summary. */
            fill_with_pattern(&out, sizeof out);
            CHECK_STATUS(parexact_summarize(kind, which, &x, second, NULL, NULL, 0, 1, PAREXACT_NAN_RAISE,
                                            &out, 1), status);
            if (has)
                CHECK_DOUBLE(out, expected);
            else
                CHECK(has_pattern(&out, sizeof out) && last_error_has("does not have"));
        }
        CHECK_STATUS(parexact_summary_results(&s, wanted, count, 1, PAREXACT_NAN_RAISE, all), PAREXACT_OK);
        for (size_t i = 0; i < count; i++)
            CHECK_DOUBLE(all[i], EXPECTED[k][wanted[i]]);
    }
    /* Kind 0 of parexact_summarize has the results of a state. */
    for (int32_t which = FIRST_RESULT; which <= LAST_RESULT; which++) {
        double out = NO;
        const int has = which <= PAREXACT_RESULT_NORM;
        CHECK_STATUS(parexact_summarize(0, which, &x, NULL, NULL, NULL, 0, 1, PAREXACT_NAN_RAISE, &out, 1),
                     has ? PAREXACT_OK : PAREXACT_ERROR_UNSUPPORTED);
        CHECK_DOUBLE(out, has ? EXPECTED[0][which] : NO);
    }
    CHECK(parexact_summary_words() == PAREXACT_SUMMARY_WORDS);
}

/* Parts merged by the library, by plain integer arithmetic and by MPI's function are the whole. */
static void merging(void)
{
    /* Sums of either sign: digits of plain sums are then not canonical. */
    const double x[N] = {-1, 2, -3, 0.5, 10}, y[N] = {2, -1, 4, 3, -7};
    for (size_t k = 0; k < LENGTH(KINDS); k++)
        for (int64_t cut = 0; cut <= N; cut++) {
            const parexact_summary whole = summary_of(KINDS[k], x, y, N);
            const parexact_summary rest = summary_of(KINDS[k], x + cut, y + cut, N - cut);
            const parexact_summary part = summary_of(KINDS[k], x, y, cut);
            parexact_summary merged = part, plain = part;
            uint64_t print[2], same_print[2];
            CHECK_STATUS(parexact_summary_merge(&merged, &rest), PAREXACT_OK);
            CHECK(same(&merged, &whole));

            for (size_t i = 0; i < PAREXACT_SUMMARY_ADDITIVE_COUNT; i++)
                plain.words[PAREXACT_SUMMARY_ADDITIVE_FIRST + i] +=
                    rest.words[PAREXACT_SUMMARY_ADDITIVE_FIRST + i];
            for (size_t i = PAREXACT_SUMMARY_MAX_FIRST;
                 i < PAREXACT_SUMMARY_MAX_FIRST + PAREXACT_SUMMARY_MAX_COUNT; i++)
                if (rest.words[i] > plain.words[i])
                    plain.words[i] = rest.words[i];
            CHECK_STATUS(parexact_summary_fingerprint(&plain, print), PAREXACT_OK);
            CHECK_STATUS(parexact_summary_fingerprint(&whole, same_print), PAREXACT_OK);
            CHECK(memcmp(print, same_print, sizeof print) == 0);
            CHECK_DOUBLE(result(&plain, PAREXACT_RESULT_MEAN, 0, 0),
                         result(&whole, PAREXACT_RESULT_MEAN, 0, 0));

            parexact_summary in[2] = {rest, part}, inout[2] = {part, rest};
            int len = 2;
            parexact_summary_mpi_merge(in, inout, &len, NULL);
            CHECK(same(&inout[0], &whole) && same(&inout[1], &whole) && same(&in[0], &rest));

            /* A summary with itself. */
            merged = part;
            CHECK_STATUS(parexact_summary_merge(&merged, &merged), PAREXACT_OK);
            CHECK(merged.words[COUNT_WORD] == 2 * cut);
        }
}

/* At any address, in any layout, of any type of elements, the same numbers make the same words. */
static void layouts(void)
{
    for (size_t k = 0; k < LENGTH(KINDS); k++) {
        const int32_t kind = KINDS[k];
        const int one = kind == PAREXACT_SUMMARY_SHAPE;
        const parexact_summary whole = summary_of(kind, X, Y, N);
        for (size_t offset = 1; offset < 8; offset++) {
            unsigned char x[sizeof X + 8], y[sizeof Y + 8], memory[sizeof whole + 8];
            memcpy(x + offset, X, sizeof X);
            memcpy(y + offset, Y, sizeof Y);
            const parexact_array a = vector_view(x + offset, FIVE), b = vector_view(y + offset, FIVE);
            parexact_summary *odd = (parexact_summary *)(void *)(memory + offset);
            CHECK_STATUS(parexact_summary_init(odd, kind), PAREXACT_OK);
            CHECK_STATUS(parexact_summary_update(odd, &a, one ? NULL : &b, NULL), PAREXACT_OK);
            CHECK(memcmp(odd, &whole, sizeof whole) == 0);
            CHECK_STATUS(parexact_summary_merge(odd, odd), PAREXACT_OK);
            double out[1 + 1];
            CHECK_STATUS(parexact_summary_result(odd, PAREXACT_RESULT_MEAN, 0, 0,
                                                 (double *)(void *)((char *)out + offset)), PAREXACT_OK);
        }
        /* Backwards; and as IEEE binary16, bfloat16, and in the other byte order. */
        const int64_t back[] = {-8};
        const parexact_array a = {X + N - 1, PAREXACT_DTYPE_F64, 1, FIVE, back};
        const parexact_array b = {Y + N - 1, PAREXACT_DTYPE_F64, 1, FIVE, back};
        parexact_summary s;
        CHECK_STATUS(parexact_summary_init(&s, kind), PAREXACT_OK);
        CHECK_STATUS(parexact_summary_update(&s, &a, one ? NULL : &b, NULL), PAREXACT_OK);
        CHECK(same(&s, &whole));
        const uint16_t x16[] = {0x3c00, 0x4000, 0x4200, 0x4400, 0x4900};
        const uint16_t y16[] = {0x4000, 0x3f80, 0x4080, 0x4040, 0x40e0};
        uint16_t x_swapped[N], y_swapped[N];
        for (int i = 0; i < N; i++) {
            x_swapped[i] = (uint16_t)(x16[i] << 8 | x16[i] >> 8);
            y_swapped[i] = (uint16_t)(y16[i] << 8 | y16[i] >> 8);
        }
        for (int swapped = 0; swapped < 2; swapped++) {
            const int32_t order = swapped ? PAREXACT_DTYPE_SWAPPED : 0;
            const parexact_array half = {swapped ? x_swapped : x16, PAREXACT_DTYPE_F16 + order, 1, FIVE,
                                         NULL};
            const parexact_array brain = {swapped ? y_swapped : y16, PAREXACT_DTYPE_BF16 + order, 1, FIVE,
                                          NULL};
            CHECK_STATUS(parexact_summary_init(&s, kind), PAREXACT_OK);
            CHECK_STATUS(parexact_summary_update(&s, &half, one ? NULL : &brain, NULL), PAREXACT_OK);
            CHECK(same(&s, &whole));
        }
    }
    /* 64-bit integers are exact in products and powers. */
    const int64_t big[] = {(INT64_C(1) << 62) + 1, -(INT64_C(1) << 62)}, two[] = {2};
    const uint64_t unsigned_big[] = {UINT64_MAX, UINT64_MAX};
    const parexact_array x = {big, PAREXACT_DTYPE_I64, 1, two, NULL};
    const parexact_array y = {unsigned_big, PAREXACT_DTYPE_U64, 1, two, NULL};
    double out;
    CHECK_STATUS(parexact_summarize(PAREXACT_SUMMARY_PAIR, PAREXACT_RESULT_DOT, &x, &y, NULL, NULL, 0, 0, 0,
                                    &out, 1), PAREXACT_OK);
    CHECK_DOUBLE(out, 18446744073709551615.0);
}

static void masks(void)
{
    const parexact_array x = vector_view(X, FIVE), y = vector_view(Y, FIVE);
    const int32_t selected[] = {1, 0, -1, 0, 0x10000};
    const parexact_array where = {selected, PAREXACT_DTYPE_I32, 1, FIVE, NULL};
    const double some_x[] = {1, 3, 10}, some_y[] = {2, 4, 7};
    for (size_t k = 0; k < LENGTH(KINDS); k++) {
        const parexact_array *second = KINDS[k] == PAREXACT_SUMMARY_SHAPE ? NULL : &y;
        const parexact_summary expected = summary_of(KINDS[k], some_x, some_y, 3);
        parexact_summary s;
        double out;
        CHECK_STATUS(parexact_summary_init(&s, KINDS[k]), PAREXACT_OK);
        CHECK_STATUS(parexact_summary_update(&s, &x, second, &where), PAREXACT_OK);
        CHECK(same(&s, &expected));
        CHECK_STATUS(parexact_summarize(KINDS[k], PAREXACT_RESULT_MEAN, &x, second, &where, NULL, 0, 0, 0,
                                        &out,
                                        1), PAREXACT_OK);
        CHECK_DOUBLE(out, result(&expected, PAREXACT_RESULT_MEAN, 0, 0));
    }
    double out;
    CHECK_STATUS(parexact_summarize(0, PAREXACT_RESULT_SUM, &x, NULL, &where, NULL, 0, 0, 0, &out, 1),
                 PAREXACT_OK);
    CHECK_DOUBLE(out, 14);
}

/* A pair with a NaN enters the counts alone. */
static void nans(void)
{
    const double x[] = {1, NAN, 2, 3, 4, 10}, y[] = {2, 1, NAN, 4, 3, 7};
    const double some_x[] = {1, 3, 4, 10}, some_y[] = {2, 4, 3, 7};
    for (size_t k = 1; k < LENGTH(KINDS); k++) {
        const parexact_summary s = summary_of(KINDS[k], x, y, 6), rest = summary_of(KINDS[k], some_x,
                                                                                    some_y, 4);
        for (int32_t which = FIRST_RESULT; which <= LAST_RESULT; which++) {
            if (EXPECTED[k][which] == NO)
                continue;
            double out;
            fill_with_pattern(&out, sizeof out);
            CHECK_STATUS(parexact_summary_result(&s, which, 1, PAREXACT_NAN_RAISE, &out),
                         PAREXACT_ERROR_NAN_FOUND);
            CHECK(has_pattern(&out, sizeof out));
            const double all = result(&s, which, 1, PAREXACT_NAN_PROPAGATE);
            const double some = result(&s, which, 1, PAREXACT_NAN_OMIT);
            if (which == PAREXACT_RESULT_COUNT) {
                CHECK_DOUBLE(all, 6);
                CHECK_DOUBLE(some, 4);
            } else if (which == PAREXACT_RESULT_NAN_COUNT) {
                CHECK_DOUBLE(all, 2);
                CHECK_DOUBLE(some, 2);
            } else {
                CHECK_BITS(all, CANONICAL_NAN);
                CHECK_DOUBLE(some, result(&rest, which, 1, PAREXACT_NAN_RAISE));
            }
        }
    }
}

static void infinities(void)
{
    const double inf = INFINITY;
    const struct {
        double x[2], y[2];
        double sum, mean, norm, dot, sum_y, weighted_mean;
    } cases[] = {
        {{1, inf}, {2, 3}, inf, inf, inf, inf, 5, inf},
        {{1, inf}, {2, -3}, inf, inf, inf, -inf, -1, inf}, /* the weights add up to -1 */
        {{1, inf}, {2, 0}, inf, inf, inf, NAN, 2, NAN},
        {{-inf, inf}, {2, 3}, NAN, NAN, inf, NAN, 5, NAN},
        {{1, 2}, {2, inf}, 3, 1.5, sqrt(5), inf, inf, NAN},
        {{inf, 2}, {-inf, 1}, inf, inf, inf, -inf, -inf, NAN},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const parexact_summary p = summary_of(PAREXACT_SUMMARY_PAIR, cases[i].x, cases[i].y, 2);
        const parexact_summary w = summary_of(PAREXACT_SUMMARY_WEIGHTED, cases[i].x, cases[i].y, 2);
        const parexact_summary s = summary_of(PAREXACT_SUMMARY_SHAPE, cases[i].x, NULL, 2);
        const int x_finite = isfinite(cases[i].x[0]) && isfinite(cases[i].x[1]);
        CHECK_DOUBLE(result(&p, PAREXACT_RESULT_SUM, 0, 2), cases[i].sum);
        CHECK_DOUBLE(result(&s, PAREXACT_RESULT_SUM, 0, 2), cases[i].sum);
        CHECK_DOUBLE(result(&p, PAREXACT_RESULT_MEAN, 0, 2), cases[i].mean);
        CHECK_DOUBLE(result(&p, PAREXACT_RESULT_NORM, 0, 2), cases[i].norm);
        CHECK_DOUBLE(result(&p, PAREXACT_RESULT_DOT, 0, 2), cases[i].dot);
        CHECK_DOUBLE(result(&w, PAREXACT_RESULT_SUM, 0, 2), cases[i].dot);
        CHECK_DOUBLE(result(&p, PAREXACT_RESULT_SUM_Y, 0, 2), cases[i].sum_y);
        CHECK_DOUBLE(result(&w, PAREXACT_RESULT_SUM_WEIGHTS, 0, 2), cases[i].sum_y);
        CHECK_DOUBLE(result(&w, PAREXACT_RESULT_MEAN, 0, 2), cases[i].weighted_mean);
        for (int32_t which = PAREXACT_RESULT_COVARIANCE; which <= PAREXACT_RESULT_INTERCEPT; which++)
            CHECK_BITS(result(&p, which, 0, 2), CANONICAL_NAN);
        for (int32_t which = PAREXACT_RESULT_R_SQUARED; which <= LAST_RESULT; which++)
            CHECK_BITS(result(&p, which, 0, 2), CANONICAL_NAN);
        CHECK_BITS(result(&w, PAREXACT_RESULT_VARIANCE, 0, 2), CANONICAL_NAN);
        CHECK_BITS(result(&w, PAREXACT_RESULT_RELIABILITY_STD, 0, 2), CANONICAL_NAN);
        CHECK(x_finite || isnan(result(&s, PAREXACT_RESULT_SKEWNESS, 0, 2)));
    }
}

/* Where a result is not defined it is NaN. */
static void undefined(void)
{
    const double zeros[] = {0, 0, 0}, equal[] = {2, 2, 2}, some[] = {1, 2, 4};
    const parexact_summary none = summary_of(PAREXACT_SUMMARY_PAIR, X, Y, 0);
    const parexact_summary one = summary_of(PAREXACT_SUMMARY_PAIR, some, some, 1);
    const parexact_summary two = summary_of(PAREXACT_SUMMARY_PAIR, some, some, 2);
    const parexact_summary flat = summary_of(PAREXACT_SUMMARY_PAIR, equal, some, 3);
    const parexact_summary level = summary_of(PAREXACT_SUMMARY_PAIR, some, equal, 3);
    const parexact_summary origin = summary_of(PAREXACT_SUMMARY_PAIR, zeros, some, 3);
    CHECK_BITS(result(&none, PAREXACT_RESULT_DOT, 0, 0), PLUS_ZERO);
    CHECK_BITS(result(&none, PAREXACT_RESULT_MEAN_Y, 0, 0), CANONICAL_NAN);
    CHECK_BITS(result(&none, PAREXACT_RESULT_COVARIANCE, 0, 0), CANONICAL_NAN);
    CHECK_BITS(result(&one, PAREXACT_RESULT_COVARIANCE, 0, 0), PLUS_ZERO);
    CHECK_BITS(result(&one, PAREXACT_RESULT_COVARIANCE, 1, 0), CANONICAL_NAN);
    CHECK_BITS(result(&two, PAREXACT_RESULT_R_SQUARED, 0, 0), CANONICAL_NAN);
    CHECK_BITS(result(&two, PAREXACT_RESULT_SLOPE_STDERR, 0, 0), CANONICAL_NAN);
    CHECK_DOUBLE(result(&two, PAREXACT_RESULT_CORRELATION, 0, 0), 1);
    CHECK_BITS(result(&flat, PAREXACT_RESULT_SLOPE, 0, 0), CANONICAL_NAN);
    CHECK_BITS(result(&flat, PAREXACT_RESULT_INTERCEPT, 0, 0), CANONICAL_NAN);
    CHECK_BITS(result(&flat, PAREXACT_RESULT_CORRELATION, 0, 0), CANONICAL_NAN);
    CHECK_BITS(result(&level, PAREXACT_RESULT_CORRELATION, 0, 0), CANONICAL_NAN);
    CHECK_BITS(result(&level, PAREXACT_RESULT_SLOPE, 0, 0), PLUS_ZERO);
    CHECK_DOUBLE(result(&level, PAREXACT_RESULT_INTERCEPT, 0, 0), 2);
    CHECK_BITS(result(&origin, PAREXACT_RESULT_SLOPE_ORIGIN, 0, 0), CANONICAL_NAN);

    const parexact_summary flat_shape = summary_of(PAREXACT_SUMMARY_SHAPE, equal, NULL, 3);
    const parexact_summary three = summary_of(PAREXACT_SUMMARY_SHAPE, some, NULL, 3);
    const parexact_summary pair = summary_of(PAREXACT_SUMMARY_SHAPE, some, NULL, 2);
    CHECK_BITS(result(&flat_shape, PAREXACT_RESULT_SKEWNESS, 0, 0), CANONICAL_NAN);
    CHECK_BITS(result(&flat_shape, PAREXACT_RESULT_KURTOSIS, 0, 0), CANONICAL_NAN);
    CHECK_BITS(result(&pair, PAREXACT_RESULT_SKEWNESS_UNBIASED, 0, 0), CANONICAL_NAN);
    CHECK_BITS(result(&pair, PAREXACT_RESULT_SKEWNESS, 0, 0), PLUS_ZERO);
    CHECK_DOUBLE(result(&pair, PAREXACT_RESULT_KURTOSIS, 0, 0), -2);
    CHECK_BITS(result(&three, PAREXACT_RESULT_KURTOSIS_UNBIASED, 0, 0), CANONICAL_NAN);

    const double balanced[] = {1, 1, -2}, negative[] = {2, -1, 0.5};
    const parexact_summary no_weight = summary_of(PAREXACT_SUMMARY_WEIGHTED, some, balanced, 3);
    const parexact_summary odd_weights = summary_of(PAREXACT_SUMMARY_WEIGHTED, some, negative, 3);
    const parexact_summary one_weight = summary_of(PAREXACT_SUMMARY_WEIGHTED, some, some, 1);
    CHECK_DOUBLE(result(&no_weight, PAREXACT_RESULT_SUM, 0, 0), -5);
    CHECK_BITS(result(&no_weight, PAREXACT_RESULT_MEAN, 0, 0), CANONICAL_NAN);
    CHECK_BITS(result(&no_weight, PAREXACT_RESULT_VARIANCE, 0, 0), CANONICAL_NAN);
    CHECK_BITS(result(&no_weight, PAREXACT_RESULT_RELIABILITY_VARIANCE, 0, 0), CANONICAL_NAN);
    CHECK_BITS(result(&one_weight, PAREXACT_RESULT_VARIANCE, 1, 0), CANONICAL_NAN);
    CHECK_BITS(result(&one_weight, PAREXACT_RESULT_RELIABILITY_VARIANCE, 0, 0), CANONICAL_NAN);
    CHECK_DOUBLE(result(&odd_weights, PAREXACT_RESULT_VARIANCE, 0, 0), 20 / 9.0);
    CHECK_BITS(result(&odd_weights, PAREXACT_RESULT_VARIANCE, 2, 0), CANONICAL_NAN);
    /* Σw·Σwx² - (Σwx)² = 5, and (Σw)² - Σ(w²) = -3. */
    CHECK_DOUBLE(result(&odd_weights, PAREXACT_RESULT_RELIABILITY_VARIANCE, 0, 0), -5 / 3.0);
    CHECK_BITS(result(&odd_weights, PAREXACT_RESULT_RELIABILITY_STD, 0, 0), CANONICAL_NAN);
}

/* Nothing overflows or underflows on the way. */
static void the_whole_range(void)
{
    const double big[] = {1e308, -1e308, 1.5e308}, small[] = {5e-324, 1e-323, 2e-323};
    const parexact_summary s = summary_of(PAREXACT_SUMMARY_PAIR, big, small, 3);
    const parexact_summary t = summary_of(PAREXACT_SUMMARY_PAIR, small, small, 3);
    CHECK_DOUBLE(result(&t, PAREXACT_RESULT_CORRELATION, 0, 0), 1);
    CHECK_DOUBLE(result(&t, PAREXACT_RESULT_SLOPE, 0, 0), 1);
    CHECK_BITS(result(&t, PAREXACT_RESULT_DOT, 0, 0), PLUS_ZERO);
    const double correlation = result(&s, PAREXACT_RESULT_CORRELATION, 0, 0);
    CHECK(correlation > 0.371 && correlation < 0.372);
    const double many[] = {1e308, 1e308, 1e308, -1e308}, few[] = {5e-324, 5e-324, 5e-324, 0};
    const parexact_summary large = summary_of(PAREXACT_SUMMARY_SHAPE, many, NULL, 4);
    const parexact_summary tiny = summary_of(PAREXACT_SUMMARY_SHAPE, few, NULL, 4);
    const parexact_summary plain = summary_of(PAREXACT_SUMMARY_SHAPE, (const double[]){1, 1, 1, 0}, NULL, 4);
    for (int32_t which = PAREXACT_RESULT_SKEWNESS; which <= PAREXACT_RESULT_KURTOSIS_UNBIASED; which++) {
        CHECK_DOUBLE(result(&large, which, 0, 0), result(&plain, which, 0, 0));
        CHECK_DOUBLE(result(&tiny, which, 0, 0), result(&plain, which, 0, 0));
    }
}

/* Along the axes of a matrix, each result is that of its slice. */
static void axes(void)
{
    enum { ROWS = 40, COLUMNS = 7 };
    static double x[ROWS][COLUMNS], y[ROWS][COLUMNS], out[ROWS];
    fill_random(x[0], ROWS * COLUMNS, 60, 1);
    fill_random(y[0], ROWS * COLUMNS, 60, 2);
    const int64_t shape[] = {ROWS, COLUMNS};
    const parexact_array a = {x, PAREXACT_DTYPE_F64, 2, shape, NULL}, b = {y, PAREXACT_DTYPE_F64, 2, shape,
                                                                           NULL};
    for (size_t k = 0; k < LENGTH(KINDS); k++)
        for (int32_t which = FIRST_RESULT; which <= LAST_RESULT; which++)
            for (int32_t axis = 0; axis < 2 && EXPECTED[k][which] != NO; axis++) {
                const size_t kept = axis ? ROWS : COLUMNS;
                CHECK_STATUS(parexact_summarize(KINDS[k], which, &a, k ? &b : NULL, NULL, &axis, 1, 1, 0, out,
                                                kept), PAREXACT_OK);
                for (size_t i = 0; i < kept; i++) {
                    double u[ROWS], v[ROWS];
                    const int64_t n = axis ? COLUMNS : ROWS;
                    for (size_t j = 0; j < (size_t)n; j++) {
                        u[j] = axis ? x[i][j] : x[j][i];
                        v[j] = axis ? y[i][j] : y[j][i];
                    }
                    const parexact_summary s = summary_of(KINDS[k], u, v, n);
                    CHECK_DOUBLE(out[i], result(&s, which, 1, 0));
                }
            }
}

int main(void)
{
    every_result();
    merging();
    layouts();
    masks();
    nans();
    infinities();
    undefined();
    the_whole_range();
    axes();
    return checks_done();
}
