/* What the numbers mean: every row of the contract, through every entry that computes it. */
#include <float.h>
#include <math.h>

#include "check.h"

static const double TINY = 0x1p-1074; /* the smallest subnormal */

static parexact_stats describe(const double *x, size_t n, int64_t ddof, int32_t nan_policy)
{
    parexact_stats stats;
    const int64_t shape[1] = {(int64_t)n};
    const parexact_array view = vector_view(x, shape);
    memset(&stats, 0, sizeof stats);
    CHECK_STATUS(parexact_describe(&view, ddof, nan_policy, &stats), PAREXACT_OK);
    if (ddof == 0 && nan_policy == PAREXACT_NAN_PROPAGATE) {
        parexact_stats same;
        memset(&same, 0, sizeof same);
        CHECK_STATUS(parallel_stats(x, n, &same), PAREXACT_OK);
        CHECK(memcmp(&same, &stats, sizeof same) == 0);
    }
    return stats;
}

/* The sum, by all four ways that compute it. */
static double sum(const double *x, size_t n)
{
    double vector = 0, view_sum = 0, workshop;
    const int64_t shape[1] = {(int64_t)n};
    const parexact_array view = vector_view(x, shape);
    CHECK_STATUS(parexact_sum_f64(x, n, &vector), PAREXACT_OK);
    CHECK_STATUS(parexact_sum(&view, &view_sum), PAREXACT_OK);
    CHECK_DOUBLE(view_sum, vector);
    CHECK_DOUBLE(describe(x, n, 0, PAREXACT_NAN_PROPAGATE).sum, vector);

    double *copy = malloc((n ? n : 1) * sizeof *copy);
    if (!copy)
        abort();
    if (n)
        memcpy(copy, x, n * sizeof *copy);
    workshop = sum_my_numbers(copy, n);
    CHECK_DOUBLE(workshop, vector);
    for (size_t i = 0; i < n; i++) /* one element has changed its sign bit, the others nothing */
        CHECK(bits_of(copy[i]) == (bits_of(x[i]) ^ (i == n / 2 ? MINUS_ZERO : PLUS_ZERO)));
    free(copy);
    return vector;
}

static double norm(const double *x, size_t n)
{
    double vector = 0, view_norm = 0;
    const int64_t shape[1] = {(int64_t)n};
    const parexact_array view = vector_view(x, shape);
    CHECK_STATUS(parexact_norm_f64(x, n, &vector), PAREXACT_OK);
    CHECK_STATUS(parexact_norm(&view, &view_norm), PAREXACT_OK);
    CHECK_DOUBLE(view_norm, vector);
    return vector;
}

#define SUM(...) sum((const double[]){__VA_ARGS__}, LENGTH(((const double[]){__VA_ARGS__})))
#define NORM(...) norm((const double[]){__VA_ARGS__}, LENGTH(((const double[]){__VA_ARGS__})))
#define DESCRIBE(ddof, nan_policy, ...) \
    describe((const double[]){__VA_ARGS__}, LENGTH(((const double[]){__VA_ARGS__})), ddof, nan_policy)
#define STATS(...) DESCRIBE(0, PAREXACT_NAN_PROPAGATE, __VA_ARGS__)

static void rounded_once(void)
{
    CHECK_DOUBLE(SUM(1, 2, 3), 6.0);
    CHECK_DOUBLE(SUM(0.1, 0.2, 0.3), 0.6); /* left to right gives 0.6000000000000001 */
    CHECK_DOUBLE(SUM(1, 1e100, 1, -1e100), 2.0);
    CHECK_DOUBLE(SUM(1, 0x1p-53), 1.0); /* ties to even, down and up */
    CHECK_DOUBLE(SUM(1, 0x1p-52, 0x1p-53), 1 + 0x1p-51);
    CHECK_DOUBLE(SUM(1, 0x1p-53, TINY), 1 + 0x1p-52); /* one subnormal breaks the tie */
    CHECK_DOUBLE(SUM(1, 0x1p-53, -TINY), 1.0);
    CHECK_DOUBLE(SUM(0x1p1000, 0x1p947, 0x1p-1000, -0x1p1000), 0x1p947);

    parexact_stats s = STATS(0.1, 0.1, 0.1);
    CHECK_DOUBLE(s.mean, 0.1);
    CHECK_BITS(s.variance, PLUS_ZERO);
    CHECK_BITS(s.std, PLUS_ZERO);

    s = STATS(1, 2, 3, 4);
    CHECK(s.count == 4 && s.nan_count == 0);
    CHECK_DOUBLE(s.sum, 10.0);
    CHECK_DOUBLE(s.mean, 2.5);
    CHECK_DOUBLE(s.variance, 1.25);
    CHECK_DOUBLE(s.std, sqrt(1.25)); /* 1.25 is exact: one rounding */
    CHECK_DOUBLE(s.min, 1.0);
    CHECK_DOUBLE(s.max, 4.0);

    /* A large offset destroys the textbook formula: 1e9 + {4, 7, 13, 16}. */
    s = DESCRIBE(1, PAREXACT_NAN_PROPAGATE, 1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16);
    CHECK_DOUBLE(s.variance, 30.0);
    CHECK_DOUBLE(s.std, sqrt(30.0));

    CHECK_DOUBLE(NORM(3, 4), 5.0);
    CHECK_DOUBLE(NORM(-3, -4), 5.0);
    CHECK_DOUBLE(NORM(1, 1, 1), sqrt(3.0));
}

static void overflow(void)
{
    CHECK_DOUBLE(SUM(1e308, 1e308, -1e308), 1e308);
    CHECK_DOUBLE(STATS(1e308, 1.7e308).mean, 1.35e308);
    CHECK_BITS(STATS(1e308, 1.7e308).sum, PLUS_INFINITY);
    CHECK_BITS(SUM(-1e308, -1.7e308), MINUS_INFINITY);
    /* The greatest double plus half an ulp rounds to infinity, plus any less does not. */
    CHECK_BITS(SUM(DBL_MAX, 0x1p970), PLUS_INFINITY);
    CHECK_DOUBLE(SUM(DBL_MAX, 0x1p970, -TINY), DBL_MAX);
    CHECK_DOUBLE(STATS(DBL_MAX, DBL_MAX).mean, DBL_MAX);
    CHECK_BITS(STATS(DBL_MAX, DBL_MAX).variance, PLUS_ZERO);
    /* The variance overflows, its root does not. */
    CHECK_BITS(STATS(1e308, -1e308).variance, PLUS_INFINITY);
    CHECK_DOUBLE(STATS(1e308, -1e308).std, 1e308);
    CHECK_DOUBLE(NORM(3e307, 4e307), 5e307);
    CHECK_BITS(NORM(DBL_MAX, DBL_MAX), PLUS_INFINITY);
}

static void underflow(void)
{
    const parexact_stats s = DESCRIBE(1, PAREXACT_NAN_PROPAGATE, TINY, 0.0);
    CHECK_DOUBLE(s.std, TINY); /* TINY/sqrt(2) rounds up */
    CHECK_BITS(s.variance, PLUS_ZERO);
    CHECK_DOUBLE(SUM(TINY, TINY, TINY), 3 * 0x1p-1074);
    CHECK_DOUBLE(SUM(0x1p-1022, -TINY), 0x0.fffffffffffffp-1022);
    CHECK_DOUBLE(NORM(3 * 0x1p-1074, 4 * 0x1p-1074), 5 * 0x1p-1074);
    CHECK_DOUBLE(NORM(0x1p-600, 0x1p-600), sqrt(2.0) * 0x1p-600); /* the squares underflow */

    /* A nonzero result that rounds to zero keeps its sign; half a TINY is a tie and goes to zero. */
    CHECK_BITS(STATS(-TINY, 0, 0).mean, MINUS_ZERO);
    CHECK_BITS(STATS(TINY, 0, 0).mean, PLUS_ZERO);
    CHECK_BITS(STATS(-TINY, 0).mean, MINUS_ZERO);
    CHECK_DOUBLE(STATS(-TINY, -TINY, 0).mean, -TINY);
}

static void exact_zero(void)
{
    const double minus = double_of(MINUS_ZERO);
    CHECK_BITS(SUM(1, -1), PLUS_ZERO);
    CHECK_BITS(SUM(minus, minus), PLUS_ZERO);
    CHECK_BITS(STATS(minus, minus).mean, PLUS_ZERO);
    CHECK_BITS(NORM(minus), PLUS_ZERO);
    CHECK_BITS(SUM(1e308, TINY, -1e308, -TINY), PLUS_ZERO);
}

static void least_and_greatest(void)
{
    const double minus = double_of(MINUS_ZERO);
    /* -0.0 orders below +0.0, whichever comes first. */
    CHECK_BITS(STATS(0.0, minus).min, MINUS_ZERO);
    CHECK_BITS(STATS(minus, 0.0).min, MINUS_ZERO);
    CHECK_BITS(STATS(0.0, minus).max, PLUS_ZERO);
    CHECK_BITS(STATS(minus, 0.0).max, PLUS_ZERO);
    CHECK_BITS(STATS(minus, minus).max, MINUS_ZERO);
    CHECK_DOUBLE(STATS(-TINY, minus, 0.0, TINY).min, -TINY);
    CHECK_DOUBLE(STATS(-TINY, minus, 0.0, TINY).max, TINY);
    CHECK_DOUBLE(STATS(-3, -1, -2).min, -3.0);
    CHECK_DOUBLE(STATS(-3, -1, -2).max, -1.0);

    /* The extreme value is found at every place of a vector, the blocks' ends and tails included. */
    double x[300];
    for (size_t n = 1; n <= LENGTH(x); n += n < 40 ? 1 : 13)
        for (size_t at = 0; at < n; at++) {
            for (size_t i = 0; i < n; i++)
                x[i] = 0.0;
            x[at] = minus;
            const parexact_stats s = describe(x, n, 0, PAREXACT_NAN_PROPAGATE);
            CHECK_BITS(s.min, MINUS_ZERO);
            CHECK_BITS(s.max, n == 1 ? MINUS_ZERO : PLUS_ZERO);
        }
}

static void check_all_nan(parexact_stats s)
{
    CHECK_BITS(s.sum, CANONICAL_NAN);
    CHECK_BITS(s.mean, CANONICAL_NAN);
    CHECK_BITS(s.variance, CANONICAL_NAN);
    CHECK_BITS(s.std, CANONICAL_NAN);
    CHECK_BITS(s.min, CANONICAL_NAN);
    CHECK_BITS(s.max, CANONICAL_NAN);
}

static void nan_present(void)
{
    /* Whatever NaN goes in (signs, payloads, signalling), the canonical one comes out. */
    const uint64_t nans[] = {CANONICAL_NAN, UINT64_C(0xfff8000000000000), UINT64_C(0x7ff8000000000123),
                             UINT64_C(0x7ff0000000000001), UINT64_C(0xffffffffffffffff)};
    for (size_t i = 0; i < LENGTH(nans); i++) {
        double x[3] = {1.0, 0.0, 3.0};
        memcpy(&x[1], &nans[i], sizeof x[1]);
        parexact_stats s = describe(x, 3, 0, PAREXACT_NAN_PROPAGATE);
        CHECK(s.count == 3 && s.nan_count == 1);
        check_all_nan(s);
        CHECK_BITS(sum(x, 3), CANONICAL_NAN);
        CHECK_BITS(norm(x, 3), CANONICAL_NAN);

        s = describe(x, 3, 0, PAREXACT_NAN_OMIT);
        CHECK(s.count == 2 && s.nan_count == 1);
        CHECK_DOUBLE(s.sum, 4.0);
        CHECK_DOUBLE(s.mean, 2.0);
        CHECK_DOUBLE(s.variance, 1.0);
        CHECK_DOUBLE(s.std, 1.0);
        CHECK_DOUBLE(s.min, 1.0);
        CHECK_DOUBLE(s.max, 3.0);

        const int64_t shape[1] = {3};
        const parexact_array view = vector_view(x, shape);
        fill_with_pattern(&s, sizeof s);
        CHECK_STATUS(parexact_describe(&view, 0, PAREXACT_NAN_RAISE, &s), PAREXACT_ERROR_NAN_FOUND);
        CHECK(has_pattern(&s, sizeof s));
    }

    parexact_stats s = DESCRIBE(0, PAREXACT_NAN_OMIT, NAN, NAN);
    CHECK(s.count == 0 && s.nan_count == 2);
    CHECK_BITS(s.sum, PLUS_ZERO);
    CHECK_BITS(s.mean, CANONICAL_NAN);
    CHECK_BITS(s.variance, CANONICAL_NAN);
    CHECK_BITS(s.std, CANONICAL_NAN);
    CHECK_BITS(s.min, CANONICAL_NAN);
    CHECK_BITS(s.max, CANONICAL_NAN);

    s = DESCRIBE(1, PAREXACT_NAN_OMIT, NAN, 7.0); /* one value is left, ddof 1 */
    CHECK(s.count == 1 && s.nan_count == 1);
    CHECK_DOUBLE(s.mean, 7.0);
    CHECK_BITS(s.variance, CANONICAL_NAN);
    CHECK_BITS(s.std, CANONICAL_NAN);

    s = DESCRIBE(0, PAREXACT_NAN_RAISE, 1.0, 2.0);
    CHECK(s.count == 2 && s.nan_count == 0);
    CHECK_DOUBLE(s.mean, 1.5);

    check_all_nan(STATS(NAN, INFINITY, 1.0));
    CHECK_BITS(NORM(NAN, INFINITY), CANONICAL_NAN);
    s = DESCRIBE(0, PAREXACT_NAN_OMIT, NAN, INFINITY, 1.0);
    CHECK_BITS(s.sum, PLUS_INFINITY);
    CHECK_DOUBLE(s.min, 1.0);
}

static void infinity_present(void)
{
    parexact_stats s = STATS(1.0, INFINITY, -2.0);
    CHECK_BITS(s.sum, PLUS_INFINITY);
    CHECK_BITS(s.mean, PLUS_INFINITY);
    CHECK_BITS(s.variance, CANONICAL_NAN);
    CHECK_BITS(s.std, CANONICAL_NAN);
    CHECK_DOUBLE(s.min, -2.0);
    CHECK_BITS(s.max, PLUS_INFINITY);

    s = STATS(1.0, -INFINITY);
    CHECK_BITS(s.sum, MINUS_INFINITY);
    CHECK_BITS(s.mean, MINUS_INFINITY);
    CHECK_BITS(s.min, MINUS_INFINITY);
    CHECK_DOUBLE(s.max, 1.0);

    s = STATS(INFINITY, -INFINITY);
    CHECK(s.count == 2 && s.nan_count == 0); /* the result is NaN, no input was */
    CHECK_BITS(s.sum, CANONICAL_NAN);
    CHECK_BITS(s.mean, CANONICAL_NAN);
    CHECK_BITS(s.min, MINUS_INFINITY);
    CHECK_BITS(s.max, PLUS_INFINITY);

    /* Finite values whose sum overflows are no infinity: the given one decides. */
    CHECK_BITS(SUM(DBL_MAX, DBL_MAX, -INFINITY), MINUS_INFINITY);
    CHECK_BITS(SUM(INFINITY, INFINITY), PLUS_INFINITY);
    CHECK_BITS(NORM(1.0, -INFINITY), PLUS_INFINITY);
    CHECK_BITS(NORM(INFINITY, -INFINITY), PLUS_INFINITY);
}

static void few_values(void)
{
    double x[1] = {42.0};
    parexact_stats s = describe(x, 0, 0, PAREXACT_NAN_PROPAGATE);
    CHECK(s.count == 0 && s.nan_count == 0);
    CHECK_BITS(s.sum, PLUS_ZERO);
    CHECK_BITS(s.mean, CANONICAL_NAN);
    CHECK_BITS(s.variance, CANONICAL_NAN);
    CHECK_BITS(s.std, CANONICAL_NAN);
    CHECK_BITS(s.min, CANONICAL_NAN);
    CHECK_BITS(s.max, CANONICAL_NAN);
    CHECK_BITS(norm(x, 0), PLUS_ZERO);
    CHECK_BITS(sum_my_numbers(x, 0), PLUS_ZERO);
    CHECK_DOUBLE(x[0], 42.0);

    /* 0 < n <= ddof: only variance and std are NaN. */
    for (int64_t ddof = 0; ddof <= 4; ddof++) {
        s = DESCRIBE(ddof, PAREXACT_NAN_PROPAGATE, 1, 2, 3);
        CHECK_DOUBLE(s.sum, 6.0);
        CHECK_DOUBLE(s.mean, 2.0);
        CHECK_DOUBLE(s.min, 1.0);
        CHECK_DOUBLE(s.max, 3.0);
        if (ddof < 3) {
            CHECK_DOUBLE(s.variance, 2.0 / (double)(3 - ddof));
            CHECK_DOUBLE(s.std, ddof == 0 ? 0.816496580927726 : ddof == 1 ? 1.0 : sqrt(2.0));
        } else {
            CHECK_BITS(s.variance, CANONICAL_NAN);
            CHECK_BITS(s.std, CANONICAL_NAN);
        }
    }
    s = DESCRIBE(INT64_MAX, PAREXACT_NAN_PROPAGATE, 1, 2, 3);
    CHECK_DOUBLE(s.mean, 2.0);
    CHECK_BITS(s.variance, CANONICAL_NAN);
}

/* Vectors long enough for blocks, threads and tails, whose exact results are known in closed form. */
static void long_vectors(void)
{
    static double x[300007];
    const size_t lengths[] = {7, 64, 1023, 1024, 1025, 4099, 65536, 300007};
    for (size_t k = 0; k < LENGTH(lengths); k++) {
        const size_t n = lengths[k];
        for (size_t i = 0; i < n; i++)
            x[i] = (double)(i + 1);
        const double d = (double)n;
        parexact_stats s = describe(x, n, 0, PAREXACT_NAN_PROPAGATE);
        CHECK_DOUBLE(s.sum, d * (d + 1) / 2);
        CHECK_DOUBLE(s.mean, (d + 1) / 2);
        CHECK_DOUBLE(s.variance, (d * d - 1) / 12);
        CHECK_DOUBLE(s.max, d);

        for (size_t i = 0; i < n; i++)
            x[i] *= TINY;
        s = describe(x, n, 0, PAREXACT_NAN_PROPAGATE);
        CHECK_DOUBLE(s.sum, d * (d + 1) / 2 * TINY);
        CHECK_DOUBLE(s.max, d * TINY);

        /* Everything cancels but one subnormal in the middle. */
        fill_random(x, n, 2000, n);
        for (size_t i = 0; i < n / 2; i++)
            x[n - 1 - i] = -x[i];
        x[n / 2] = n % 2 ? TINY : x[n / 2];
        CHECK_DOUBLE(sum(x, n), n % 2 ? TINY : 0.0);
    }
}

int main(void)
{
    rounded_once();
    overflow();
    underflow();
    exact_zero();
    least_and_greatest();
    nan_present();
    infinity_present();
    few_values();
    long_vectors();
    return checks_done();
}
