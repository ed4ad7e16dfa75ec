/* The mergeable state: any split and any order gives the same 256 words and the same results as one call over
 * everything. */
#include <math.h>

#include "check.h"

enum { N = 20011 };
static double X[N];

static parexact_state state_of(const double *x, size_t n)
{
    parexact_state s;
    const int64_t shape[1] = {(int64_t)n};
    const parexact_array view = vector_view(x, shape);
    fill_with_pattern(&s, sizeof s); /* init writes every word */
    CHECK_STATUS(parexact_state_init(&s), PAREXACT_OK);
    CHECK_STATUS(parexact_state_update(&s, &view), PAREXACT_OK);
    return s;
}

static int equal(const parexact_state *a, const parexact_state *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static void layout(void)
{
    parexact_state s;
    CHECK(parexact_state_words() == PAREXACT_STATE_WORDS);
    fill_with_pattern(&s, sizeof s);
    CHECK_STATUS(parexact_state_init(&s), PAREXACT_OK);
    for (int i = 0; i < PAREXACT_STATE_ADDITIVE_COUNT; i++)
        CHECK(s.words[PAREXACT_STATE_ADDITIVE_FIRST + i] == 0);

    const double x[4] = {1, NAN, INFINITY, -INFINITY};
    s = state_of(x, 4);
    CHECK(s.words[0] > 0);    /* version */
    CHECK(s.words[1] == 4);   /* count */
    CHECK(s.words[2] == 1);   /* NaNs */
    CHECK(s.words[3] == 1);   /* +inf */
    CHECK(s.words[4] == 1);   /* -inf */
    /* min and max as keys; the error word is clear; what is spare is 0 */
    CHECK(s.words[PAREXACT_STATE_MAX_FIRST] == ~((int64_t)MINUS_INFINITY ^ INT64_MAX));
    CHECK(s.words[PAREXACT_STATE_MAX_FIRST + 1] == (int64_t)PLUS_INFINITY);
    CHECK(s.words[PAREXACT_STATE_MAX_FIRST + 2] == 0);
    for (int i = PAREXACT_STATE_MAX_FIRST + PAREXACT_STATE_MAX_COUNT; i < PAREXACT_STATE_WORDS; i++)
        CHECK(s.words[i] == 0);
}

static void results_equal_describe(void)
{
    const struct { const double *x; size_t n; } inputs[] = {
        {X, N}, {X, 1}, {X, 0}, {(const double[]){NAN, 1, 2}, 3}, {(const double[]){NAN}, 1},
        {(const double[]){INFINITY, 1}, 2}, {(const double[]){INFINITY, -INFINITY, NAN}, 3},
        {(const double[]){-0x1p-1074, 0, 0}, 3},
        {(const double[]){1e308, 1.7e308}, 2},
        {(const double[]){-0.0, 0.0}, 2}};
    for (size_t i = 0; i < LENGTH(inputs); i++) {
        const int64_t shape[1] = {(int64_t)inputs[i].n};
        const parexact_array view = vector_view(inputs[i].x, shape);
        const parexact_state s = state_of(inputs[i].x, inputs[i].n);
        for (int64_t ddof = 0; ddof < 4; ddof++)
            for (int32_t policy = PAREXACT_NAN_PROPAGATE; policy <= PAREXACT_NAN_RAISE; policy++) {
                parexact_stats direct, from_state;
                fill_with_pattern(&direct, sizeof direct);
                fill_with_pattern(&from_state, sizeof from_state);
                const parexact_status expected = parexact_describe(&view, ddof, policy, &direct);
                CHECK_STATUS(parexact_state_result(&s, ddof, policy, &from_state), expected);
                CHECK(memcmp(&direct, &from_state, sizeof direct) == 0);
            }
        double direct = 0, from_state = 1;
        CHECK_STATUS(parexact_norm(&view, &direct), PAREXACT_OK);
        CHECK_STATUS(parexact_state_norm(&s, &from_state), PAREXACT_OK);
        CHECK_DOUBLE(from_state, direct);
    }
}

static void merging_is_concatenation(void)
{
    const parexact_state whole = state_of(X, N);
    const size_t splits[] = {0, 1, 2, 1000, N / 2, N - 1, N};
    for (size_t i = 0; i < LENGTH(splits); i++) {
        const size_t k = splits[i];
        const parexact_state left = state_of(X, k), right = state_of(X + k, N - k);

        parexact_state updated = left;
        const int64_t rest[1] = {(int64_t)(N - k)};
        const parexact_array view = vector_view(X + k, rest);
        CHECK_STATUS(parexact_state_update(&updated, &view), PAREXACT_OK);
        CHECK(equal(&updated, &whole));

        parexact_state merged = left, kept = right;
        CHECK_STATUS(parexact_state_merge(&merged, &kept), PAREXACT_OK);
        CHECK(equal(&merged, &whole));
        CHECK(equal(&kept, &right)); /* the other one is only read */

        merged = right;
        CHECK_STATUS(parexact_state_merge(&merged, &left), PAREXACT_OK);
        CHECK(equal(&merged, &whole));

        merged = left;
        parexact_state in = right;
        int one = 1;
        parexact_mpi_merge(&in, &merged, &one, NULL);
        CHECK(equal(&merged, &whole));
        CHECK(equal(&in, &right));
    }

    /* A state merged into itself holds everything twice. */
    parexact_state twice = whole, doubled = whole;
    CHECK_STATUS(parexact_state_merge(&twice, &whole), PAREXACT_OK);
    CHECK_STATUS(parexact_state_merge(&doubled, &doubled), PAREXACT_OK);
    CHECK(equal(&doubled, &twice));
}

/* What MPI_SUM and MPI_MAX over the words do. */
static void add_words(parexact_state *into, const parexact_state *from)
{
    for (int i = 0; i < PAREXACT_STATE_ADDITIVE_COUNT; i++)
        into->words[PAREXACT_STATE_ADDITIVE_FIRST + i] += from->words[PAREXACT_STATE_ADDITIVE_FIRST + i];
    for (int i = 0; i < PAREXACT_STATE_MAX_COUNT; i++)
        if (from->words[PAREXACT_STATE_MAX_FIRST + i] > into->words[PAREXACT_STATE_MAX_FIRST + i])
            into->words[PAREXACT_STATE_MAX_FIRST + i] = from->words[PAREXACT_STATE_MAX_FIRST + i];
}

static void check_same_meaning(const parexact_state *a, const parexact_state *b)
{
    uint64_t fa[2] = {0, 0}, fb[2] = {1, 1};
    parexact_stats ra, rb;
    double na = 0, nb = 1;
    memset(&ra, 0, sizeof ra);
    memset(&rb, 1, sizeof rb);
    CHECK_STATUS(parexact_state_fingerprint(a, fa), PAREXACT_OK);
    CHECK_STATUS(parexact_state_fingerprint(b, fb), PAREXACT_OK);
    CHECK(fa[0] == fb[0] && fa[1] == fb[1]);
    CHECK_STATUS(parexact_state_result(a, 1, PAREXACT_NAN_PROPAGATE, &ra), PAREXACT_OK);
    CHECK_STATUS(parexact_state_result(b, 1, PAREXACT_NAN_PROPAGATE, &rb), PAREXACT_OK);
    CHECK(memcmp(&ra, &rb, sizeof ra) == 0);
    CHECK_STATUS(parexact_state_norm(a, &na), PAREXACT_OK);
    CHECK_STATUS(parexact_state_norm(b, &nb), PAREXACT_OK);
    CHECK_DOUBLE(na, nb);
}

static void integer_addition_merges(void)
{
    enum { PARTS = 97 };
    parexact_state added, merged;
    CHECK_STATUS(parexact_state_init(&added), PAREXACT_OK);
    merged = added;
    for (size_t p = 0; p < PARTS; p++) {
        const size_t first = p * N / PARTS, last = (p + 1) * N / PARTS;
        const parexact_state part = state_of(X + first, last - first);
        add_words(&added, &part);
        CHECK_STATUS(parexact_state_merge(&merged, &part), PAREXACT_OK);
    }
    const parexact_state whole = state_of(X, N);
    CHECK(equal(&merged, &whole));
    check_same_meaning(&added, &merged);

    /* Merging an empty state brings the words into canonical form; so does an update by nothing or by
     * something. */
    parexact_state empty, normalised = added;
    CHECK_STATUS(parexact_state_init(&empty), PAREXACT_OK);
    CHECK_STATUS(parexact_state_merge(&normalised, &empty), PAREXACT_OK);
    CHECK(equal(&normalised, &whole));
    normalised = empty;
    CHECK_STATUS(parexact_state_merge(&normalised, &added), PAREXACT_OK);
    CHECK(equal(&normalised, &whole));

    const int64_t shape[1] = {N};
    const parexact_array view = vector_view(X, shape);
    parexact_state more = added, more_whole = whole;
    CHECK_STATUS(parexact_state_update(&more, &view), PAREXACT_OK);
    CHECK_STATUS(parexact_state_update(&more_whole, &view), PAREXACT_OK);
    check_same_meaning(&more, &more_whole);

    /* Many doublings by plain addition: 2^31 copies of one canonical state. */
    const parexact_state some = state_of(X, 100);
    added = merged = some;
    for (int i = 0; i < 31; i++) {
        const parexact_state a = added, m = merged;
        add_words(&added, &a);
        CHECK_STATUS(parexact_state_merge(&merged, &m), PAREXACT_OK);
    }
    check_same_meaning(&added, &merged);
}

static void fingerprints(void)
{
    const double a[3] = {1, 2, 3}, reordered[3] = {3, 1, 2}, other[3] = {1, 2, 4}, same_sum[3] = {0, 3, 3};
    uint64_t f[4][2];
    const parexact_state s[4] = {state_of(a, 3), state_of(reordered, 3), state_of(other, 3),
                                 state_of(same_sum, 3)};
    for (int i = 0; i < 4; i++)
        CHECK_STATUS(parexact_state_fingerprint(&s[i], f[i]), PAREXACT_OK);
    CHECK(memcmp(f[0], f[1], sizeof f[0]) == 0);
    CHECK(memcmp(f[0], f[2], sizeof f[0]) != 0);
    CHECK(memcmp(f[0], f[3], sizeof f[0]) != 0);
    /* min and max belong to it: same count, sum and sum of squares */
    const double p[4] = {0, 0, 0x1p-1074, -0x1p-1074}, q[4] = {-0.0, -0.0, -0x1p-1074, 0x1p-1074};
    const double z[1] = {0.0}, mz[1] = {-0.0};
    const parexact_state zeros[4] = {state_of(p, 4), state_of(q, 4), state_of(z, 1), state_of(mz, 1)};
    for (int i = 0; i < 4; i++)
        CHECK_STATUS(parexact_state_fingerprint(&zeros[i], f[i]), PAREXACT_OK);
    CHECK(memcmp(f[0], f[1], sizeof f[0]) == 0);
    CHECK(memcmp(f[2], f[3], sizeof f[0]) != 0);
}

static void mpi_merge_of_several(void)
{
    enum { LEN = 5 };
    parexact_state in[LEN], inout[LEN], expected[LEN];
    int len = LEN;
    for (int i = 0; i < LEN; i++) {
        in[i] = state_of(X + 100 * i, 77);
        inout[i] = state_of(X + 1000 + 10 * i, 5 + (size_t)i);
        expected[i] = inout[i];
        CHECK_STATUS(parexact_state_merge(&expected[i], &in[i]), PAREXACT_OK);
    }
    parexact_mpi_merge(in, inout, &len, NULL);
    for (int i = 0; i < LEN; i++)
        CHECK(equal(&inout[i], &expected[i]));

    /* A length of 0, a negative one and no length at all leave `inout` as it is. */
    const int none[] = {0, -1, -2147483647 - 1};
    for (size_t k = 0; k < LENGTH(none); k++) {
        len = none[k];
        parexact_mpi_merge(in, inout, &len, NULL);
        CHECK(equal(&inout[0], &expected[0]));
    }
    parexact_mpi_merge(in, inout, NULL, NULL);
    CHECK(equal(&inout[0], &expected[0]));
}

int main(void)
{
    fill_random(X, N, 600, 42);
    X[17] = 0x1.8p-1060; /* and the far ends of the range */
    X[18] = -0x1.8p1023;
    X[N - 1] = -0x1p-1074;
    layout();
    results_equal_describe();
    merging_is_concatenation();
    integer_addition_merges();
    fingerprints();
    mpi_merge_of_several();
    return checks_done();
}
