/* States whose words were damaged on their way: BAD_STATE, nothing written, and no words at all may crash. */
#include <math.h>

#include "check.h"

static const double X[2] = {1, 2};
static const int64_t TWO[1] = {2};
static parexact_array two_values;
static parexact_state good, empty;

static int equal(const parexact_state *a, const parexact_state *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static parexact_state state_of(const double *x, int64_t n)
{
    parexact_state s;
    const parexact_array view = vector_view(x, &n);
    CHECK_STATUS(parexact_state_init(&s), PAREXACT_OK);
    CHECK_STATUS(parexact_state_update(&s, &view), PAREXACT_OK);
    return s;
}

/* Every function that reads a state refuses it. */
static void check_bad(parexact_state bad, const char *what)
{
    const int failed_before = checks_failed;
    const parexact_state before = bad;
    parexact_state into = good;
    parexact_stats stats;
    double norm;
    uint64_t fingerprint[2];

    fill_with_pattern(&stats, sizeof stats);
    CHECK_STATUS(parexact_state_result(&bad, 0, PAREXACT_NAN_PROPAGATE, &stats), PAREXACT_ERROR_BAD_STATE);
    CHECK(has_pattern(&stats, sizeof stats));
    fill_with_pattern(&norm, sizeof norm);
    CHECK_STATUS(parexact_state_norm(&bad, &norm), PAREXACT_ERROR_BAD_STATE);
    CHECK(has_pattern(&norm, sizeof norm));
    fill_with_pattern(fingerprint, sizeof fingerprint);
    CHECK_STATUS(parexact_state_fingerprint(&bad, fingerprint), PAREXACT_ERROR_BAD_STATE);
    CHECK(has_pattern(fingerprint, sizeof fingerprint));
    CHECK_STATUS(parexact_state_update(&bad, &two_values), PAREXACT_ERROR_BAD_STATE);
    CHECK(equal(&bad, &before));
    CHECK_STATUS(parexact_state_merge(&bad, &good), PAREXACT_ERROR_BAD_STATE);
    CHECK(equal(&bad, &before));
    CHECK_STATUS(parexact_state_merge(&into, &bad), PAREXACT_ERROR_BAD_STATE);
    CHECK(equal(&into, &good));

    /* mpi_merge has no status: its result answers BAD_STATE, on whichever side the damage was, and goes on
     * doing so. */
    int one = 1;
    parexact_state in = bad, inout = good;
    parexact_mpi_merge(&in, &inout, &one, NULL);
    CHECK_STATUS(parexact_state_result(&inout, 0, 0, &stats), PAREXACT_ERROR_BAD_STATE);
    in = good;
    parexact_mpi_merge(&in, &inout, &one, NULL);
    CHECK_STATUS(parexact_state_result(&inout, 0, 0, &stats), PAREXACT_ERROR_BAD_STATE);
    in = good;
    inout = bad;
    parexact_mpi_merge(&in, &inout, &one, NULL);
    CHECK_STATUS(parexact_state_result(&inout, 0, 0, &stats), PAREXACT_ERROR_BAD_STATE);

    if (checks_failed != failed_before)
        fprintf(stderr, "  (with damage: %s)\n", what);
}

static void check_bad_word(int index, int64_t value, const char *what)
{
    parexact_state s = good;
    s.words[index] = value;
    check_bad(s, what);
}

static void damaged_words(void)
{
    check_bad_word(0, 0, "version 0");
    check_bad_word(0, good.words[0] + 1, "next version");
    check_bad_word(0, INT64_MIN, "version INT64_MIN");
    for (int i = 1; i <= 4; i++) {
        check_bad_word(i, -1, "negative counter");
        check_bad_word(i, INT64_MIN, "counter INT64_MIN");
    }
    for (int i = 3; i <= 4; i++) {
        check_bad_word(i, 3, "more infinities than values");
        check_bad_word(i, INT64_MAX, "INT64_MAX infinities among two values");
    }
    check_bad_word(PAREXACT_STATE_MAX_FIRST + 2, 1, "error word");
    for (int i = PAREXACT_STATE_MAX_FIRST + PAREXACT_STATE_MAX_COUNT; i < PAREXACT_STATE_WORDS; i++) {
        check_bad_word(i, 1, "spare word 1");
        check_bad_word(i, INT64_MIN, "spare word INT64_MIN");
    }
    parexact_state s;
    memset(&s, 0, sizeof s);
    check_bad(s, "all bytes 0");
    memset(&s, 0xff, sizeof s);
    check_bad(s, "all bytes 0xff");
}

/* Digits that no values have: n times the sum of squares below the square of the sum. */
static void impossible_digits(void)
{
    const double negated[2] = {-1, -2};
    const parexact_state opposite = state_of(negated, 2);
    const int first = PAREXACT_STATE_ADDITIVE_FIRST + 4; /* the counters come before the digits */
    const int end = PAREXACT_STATE_ADDITIVE_FIRST + PAREXACT_STATE_ADDITIVE_COUNT;

    /* good - opposite: the squares cancel, the sums double. Added ten times: sum 63, squares 5, n 2. */
    parexact_state s = good;
    for (int i = first; i < end; i++)
        s.words[i] += 10 * (good.words[i] - opposite.words[i]);
    check_bad(s, "sum too large for its squares");

    s = good;
    for (int i = first; i < end; i++)
        s.words[i] = -s.words[i];
    check_bad(s, "negative sum of squares");

    s = empty;
    for (int i = first; i < end; i++)
        s.words[i] = good.words[i];
    check_bad(s, "digits without values");

    /* The same digits with one value: 5 < 3^2. */
    s = good;
    s.words[1] = 1;
    check_bad(s, "count too small for its digits");
}

/* The order key of a positive number is its bits. */
static int64_t key_of(double x)
{
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static void check_bad_extremes(double min, double max, const char *what)
{
    parexact_state s = good;
    s.words[PAREXACT_STATE_MAX_FIRST] = ~key_of(min);
    s.words[PAREXACT_STATE_MAX_FIRST + 1] = key_of(max);
    check_bad(s, what);
}

/* Of 1 and 2: the mean is 1.5, the sum of squares 5. */
static void impossible_extremes(void)
{
    check_bad_extremes(0.5, 1.25, "mean above the maximum");
    check_bad_extremes(1.75, 2.0, "mean below the minimum");
    check_bad_extremes(0.5, 1.5, "sum of squares too large for the extremes");
    check_bad_extremes(1.0, 2.25, "sum of squares too small for the maximum");
    check_bad_extremes(1.5, 1.5, "two values that are equal, and squares of others");

    /* With other extremes the same sums are accepted. */
    parexact_stats stats;
    parexact_state s = good;
    s.words[PAREXACT_STATE_MAX_FIRST] = ~key_of(0.5);
    CHECK_STATUS(parexact_state_result(&s, 0, PAREXACT_NAN_PROPAGATE, &stats), PAREXACT_OK);

    const double three[1] = {3};
    s = state_of(three, 1);
    s.words[PAREXACT_STATE_MAX_FIRST] += 1;
    check_bad(s, "two extremes of one value");
}

/* Integers are summed as they are, but their extremes are rounded: the mean may lie outside of them. */
static void rounded_extremes(void)
{
    const int64_t integers[] = {(INT64_C(1) << 53) + 1, -(INT64_C(1) << 53) - 1, INT64_MAX, INT64_MIN + 1};
    for (size_t i = 0; i < LENGTH(integers); i++) {
        const int64_t three[3] = {integers[i], integers[i], integers[i]};
        const int64_t shape[1] = {3};
        const parexact_array view = {three, PAREXACT_DTYPE_I64, 1, shape, NULL};
        parexact_state s = empty, twice;
        parexact_stats stats;
        CHECK_STATUS(parexact_state_update(&s, &view), PAREXACT_OK);
        twice = s;
        CHECK_STATUS(parexact_state_merge(&twice, &s), PAREXACT_OK);
        CHECK_STATUS(parexact_state_result(&twice, 0, PAREXACT_NAN_PROPAGATE, &stats), PAREXACT_OK);
        CHECK(stats.count == 6);
        CHECK_DOUBLE(stats.max, (double)integers[i]);
    }
}

/* Whatever the words are: a status, and outputs untouched unless it is OK. */
static void check_any(parexact_state s)
{
    const parexact_state before = s;
    parexact_stats stats;
    double norm;
    uint64_t fingerprint[2];
    fill_with_pattern(&stats, sizeof stats);
    fill_with_pattern(&norm, sizeof norm);
    fill_with_pattern(fingerprint, sizeof fingerprint);
    if (parexact_state_result(&s, 1, PAREXACT_NAN_OMIT, &stats) != PAREXACT_OK)
        CHECK(has_pattern(&stats, sizeof stats));
    if (parexact_state_norm(&s, &norm) != PAREXACT_OK)
        CHECK(has_pattern(&norm, sizeof norm));
    if (parexact_state_fingerprint(&s, fingerprint) != PAREXACT_OK)
        CHECK(has_pattern(fingerprint, sizeof fingerprint));
    CHECK(equal(&s, &before));
    if (parexact_state_update(&s, &two_values) != PAREXACT_OK)
        CHECK(equal(&s, &before));
    s = before;
    if (parexact_state_merge(&s, &good) != PAREXACT_OK)
        CHECK(equal(&s, &before));
    parexact_state into = good;
    if (parexact_state_merge(&into, &before) != PAREXACT_OK)
        CHECK(equal(&into, &good));
    s = before;
    if (parexact_state_merge(&s, &s) != PAREXACT_OK)
        CHECK(equal(&s, &before));
}

static void hostile_words(void)
{
    const int64_t extremes[] = {INT64_MAX,        INT64_MIN,        -1,
                                INT64_C(1) << 32, INT64_C(1) << 62, -(INT64_C(1) << 62)};
    uint64_t seed = 7;
    for (size_t e = 0; e < LENGTH(extremes); e++) {
        parexact_state all = good;
        for (int i = PAREXACT_STATE_ADDITIVE_FIRST + 4; i < PAREXACT_STATE_MAX_FIRST; i++)
            all.words[i] = extremes[e];
        check_any(all);
        all.words[1] = INT64_MAX;
        check_any(all);
        for (int i = 0; i < PAREXACT_STATE_WORDS; i++) {
            parexact_state s = good;
            s.words[i] = extremes[e];
            check_any(s);
        }
    }
    for (int round = 0; round < 2000; round++) {
        parexact_state s = good;
        const uint64_t changes = 1 + next_random(&seed) % 40;
        s.words[1] = (int64_t)(next_random(&seed) >> (1 + next_random(&seed) % 62));
        for (uint64_t k = 0; k < changes; k++) {
            const uint64_t at =
                PAREXACT_STATE_ADDITIVE_FIRST + 1 +
                next_random(&seed) % (PAREXACT_STATE_ADDITIVE_COUNT + PAREXACT_STATE_MAX_COUNT);
            const int64_t value = (int64_t)next_random(&seed);
            s.words[at] = value >> (next_random(&seed) % 64);
        }
        check_any(s);
    }
}

/* Counts end at 2^63 - 1; a step beyond is refused. */
static void count_overflow(void)
{
    const double infinity[1] = {INFINITY};
    parexact_state almost = state_of(infinity, 1);
    CHECK(almost.words[1] == 1 && almost.words[3] == 1);
    almost.words[1] = almost.words[3] = INT64_MAX - 1;

    parexact_stats stats;
    memset(&stats, 0, sizeof stats);
    CHECK_STATUS(parexact_state_result(&almost, 0, PAREXACT_NAN_PROPAGATE, &stats), PAREXACT_OK);
    CHECK(stats.count == (uint64_t)INT64_MAX - 1);
    CHECK_BITS(stats.mean, PLUS_INFINITY);

    parexact_state s = almost;
    CHECK_STATUS(parexact_state_update(&s, &two_values), PAREXACT_ERROR_SIZE_OVERFLOW);
    CHECK(equal(&s, &almost));
    CHECK_STATUS(parexact_state_merge(&s, &good), PAREXACT_ERROR_SIZE_OVERFLOW);
    CHECK(equal(&s, &almost));
    CHECK_STATUS(parexact_state_merge(&s, &s), PAREXACT_ERROR_SIZE_OVERFLOW);
    CHECK(equal(&s, &almost));
    parexact_state into = good;
    CHECK_STATUS(parexact_state_merge(&into, &almost), PAREXACT_ERROR_SIZE_OVERFLOW);
    CHECK(equal(&into, &good));

    int one = 1;
    parexact_state in = almost;
    into = good;
    parexact_mpi_merge(&in, &into, &one, NULL);
    CHECK_STATUS(parexact_state_result(&into, 0, 0, &stats), PAREXACT_ERROR_BAD_STATE);

    /* The last value that fits, and nothing more after it. */
    const parexact_array last = vector_view(X, (const int64_t[]){1});
    const parexact_array nothing = vector_view(X, (const int64_t[]){0});
    CHECK_STATUS(parexact_state_update(&s, &last), PAREXACT_OK);
    CHECK(s.words[1] == INT64_MAX);
    CHECK_STATUS(parexact_state_update(&s, &nothing), PAREXACT_OK);
    CHECK_STATUS(parexact_state_merge(&s, &empty), PAREXACT_OK);
    const parexact_state full = s;
    CHECK_STATUS(parexact_state_update(&s, &last), PAREXACT_ERROR_SIZE_OVERFLOW);
    CHECK(equal(&s, &full));
    CHECK_STATUS(parexact_state_result(&s, 0, PAREXACT_NAN_PROPAGATE, &stats), PAREXACT_OK);
    CHECK(stats.count == (uint64_t)INT64_MAX);
    CHECK_DOUBLE(stats.min, 1.0);
}

static void damage_stays_with_its_state(void)
{
    parexact_state in[3], inout[3], expected = good;
    int len = 3;
    for (int i = 0; i < 3; i++)
        in[i] = inout[i] = good;
    in[1].words[1] = -5;
    CHECK_STATUS(parexact_state_merge(&expected, &good), PAREXACT_OK);
    parexact_mpi_merge(in, inout, &len, NULL);
    CHECK(equal(&inout[0], &expected));
    CHECK(equal(&inout[2], &expected));
    parexact_stats stats;
    fill_with_pattern(&stats, sizeof stats);
    CHECK_STATUS(parexact_state_result(&inout[1], 0, 0, &stats), PAREXACT_ERROR_BAD_STATE);
    CHECK(has_pattern(&stats, sizeof stats));

    /* Adding words and taking maxima carries the error word along. */
    CHECK(inout[1].words[PAREXACT_STATE_MAX_FIRST + 2] > 0);
}

static void arguments(void)
{
    parexact_state s = good;
    parexact_stats stats;
    double d;
    uint64_t fingerprint[2];
    int one = 1;
    CHECK_STATUS(parexact_state_init(NULL), PAREXACT_ERROR_NULL_POINTER);
    CHECK_STATUS(parexact_state_update(NULL, &two_values), PAREXACT_ERROR_NULL_POINTER);
    CHECK_STATUS(parexact_state_update(&s, NULL), PAREXACT_ERROR_NULL_POINTER);
    CHECK_STATUS(parexact_state_merge(NULL, &good), PAREXACT_ERROR_NULL_POINTER);
    CHECK_STATUS(parexact_state_merge(&s, NULL), PAREXACT_ERROR_NULL_POINTER);
    CHECK_STATUS(parexact_state_result(&s, 0, 0, NULL), PAREXACT_ERROR_NULL_POINTER);
    CHECK_STATUS(parexact_state_norm(&s, NULL), PAREXACT_ERROR_NULL_POINTER);
    CHECK_STATUS(parexact_state_fingerprint(&s, NULL), PAREXACT_ERROR_NULL_POINTER);
    fill_with_pattern(&stats, sizeof stats);
    fill_with_pattern(&d, sizeof d);
    fill_with_pattern(fingerprint, sizeof fingerprint);
    CHECK_STATUS(parexact_state_result(NULL, 0, 0, &stats), PAREXACT_ERROR_NULL_POINTER);
    CHECK_STATUS(parexact_state_norm(NULL, &d), PAREXACT_ERROR_NULL_POINTER);
    CHECK_STATUS(parexact_state_fingerprint(NULL, fingerprint), PAREXACT_ERROR_NULL_POINTER);
    CHECK_STATUS(parexact_state_result(&s, -1, 0, &stats), PAREXACT_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(parexact_state_result(&s, INT64_MIN, 0, &stats), PAREXACT_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(parexact_state_result(&s, 0, -1, &stats), PAREXACT_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(parexact_state_result(&s, 0, 3, &stats), PAREXACT_ERROR_INVALID_ARGUMENT);
    CHECK(has_pattern(&stats, sizeof stats) && has_pattern(&d, sizeof d) &&
          has_pattern(fingerprint, sizeof fingerprint));
    CHECK(equal(&s, &good));

    parexact_mpi_merge(NULL, NULL, &one, NULL);
    parexact_mpi_merge(NULL, NULL, NULL, NULL);
    parexact_state in = good;
    parexact_mpi_merge(&in, NULL, &one, NULL);
    CHECK(equal(&in, &good));
    /* A NULL partner would lose data unnoticed: the other state is marked as damaged. */
    parexact_mpi_merge(NULL, &s, &one, NULL);
    CHECK_STATUS(parexact_state_result(&s, 0, 0, &stats), PAREXACT_ERROR_BAD_STATE);
}

int main(void)
{
    two_values = vector_view(X, TWO);
    good = state_of(X, 2);
    empty = state_of(X, 0);
    damaged_words();
    impossible_digits();
    impossible_extremes();
    rounded_extremes();
    hostile_words();
    count_overflow();
    damage_stays_with_its_state();
    arguments();
    return checks_done();
}
