/* Summaries: what is refused, with its status and message, and that it leaves everything as it was. */
#include "parallel.h"
#include "summary.h"

static const int32_t null = PAREXACT_ERROR_NULL_POINTER, invalid = PAREXACT_ERROR_INVALID_ARGUMENT;
static const int32_t bad = PAREXACT_ERROR_BAD_STATE, overflow = PAREXACT_ERROR_SIZE_OVERFLOW;
static const int32_t unsupported = PAREXACT_ERROR_UNSUPPORTED, nan_found = PAREXACT_ERROR_NAN_FOUND;

static parexact_summary s, before;
static double out[8];
static uint64_t print[2];

static void prepare(int32_t kind)
{
    before = s = summary_of(kind, X, Y, 5);
    fill_with_pattern(out, sizeof out);
    fill_with_pattern(print, sizeof print);
}

/* The call answers this status, its message has this text, and nothing was written. */
#define REFUSED(call, status, text)                                                                          \
    do {                                                                                                     \
        CHECK_STATUS(call, status);                                                                          \
        CHECK(last_error_has(text));                                                                         \
        CHECK(same(&s, &before) && has_pattern(out, sizeof out) && has_pattern(print, sizeof print));        \
    } while (0)

#define UPDATE(x, y, where) parexact_summary_update(&s, x, y, where)

static void updates(void)
{
    const parexact_array x = vector_view(X, FIVE), y = vector_view(Y, FIVE);
    const int32_t bad_kinds[] = {0, -1, 4, INT32_MAX, INT32_MIN};
    prepare(PAREXACT_SUMMARY_PAIR);
    REFUSED(parexact_summary_init(NULL, PAREXACT_SUMMARY_PAIR), null, "s must not be NULL");
    for (size_t i = 0; i < LENGTH(bad_kinds); i++)
        REFUSED(parexact_summary_init(&s, bad_kinds[i]), invalid, "it must be 1 (shape), 2 (pair)");

    REFUSED(parexact_summary_update(NULL, &x, &y, NULL), null, "s must not be NULL");
    REFUSED(UPDATE(NULL, &y, NULL), null, "x must not be NULL");
    REFUSED(UPDATE(&x, NULL, NULL), null, "y must not be NULL, as a summary of kind PAIR");
    parexact_array other = y;
    other.shape = (const int64_t[]){4};
    REFUSED(UPDATE(&x, &other, NULL), invalid, "x and y must have the same shape");
    REFUSED(UPDATE(&x, &y, &y), invalid, "dtype of where");
    other.dtype = PAREXACT_DTYPE_BOOL;
    REFUSED(UPDATE(&x, &y, &other), invalid, "where must have the shape of x");
    other = y;
    other.data = NULL;
    REFUSED(UPDATE(&x, &other, NULL), null, "data of y");
    REFUSED(UPDATE(&other, &y, NULL), null, "data of x");
    other.dtype = PAREXACT_DTYPE_I8;
    REFUSED(UPDATE(&x, &y, &other), null, "data of where");
    const int32_t bad_dtypes[] = {-1, 13, 63, 64 + 13, 128, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < LENGTH(bad_dtypes); i++) {
        other = x;
        other.dtype = bad_dtypes[i];
        REFUSED(UPDATE(&other, &y, NULL), invalid, "dtype of x is");
        REFUSED(UPDATE(&x, &other, NULL), invalid, "dtype of y is");
        REFUSED(UPDATE(&x, &y, &other), invalid, "dtype of where is");
    }
    other = x;
    other.ndim = 65;
    REFUSED(UPDATE(&x, &other, NULL), invalid, "ndim of y");
    other = x;
    other.shape = (const int64_t[]){INT64_MAX};
    REFUSED(UPDATE(&x, &other, NULL), overflow, "y");

    prepare(PAREXACT_SUMMARY_WEIGHTED);
    REFUSED(UPDATE(&x, NULL, NULL), null, "y must not be NULL, as a summary of kind WEIGHTED");
    prepare(PAREXACT_SUMMARY_SHAPE);
    REFUSED(UPDATE(&x, &y, NULL), invalid, "y must be NULL, as a summary of kind SHAPE has one variable");
}

/* Arrays without elements, and masks that select none, add nothing. */
static void nothing(void)
{
    for (int32_t kind = PAREXACT_SUMMARY_SHAPE; kind <= PAREXACT_SUMMARY_WEIGHTED; kind++) {
        const int one = kind == PAREXACT_SUMMARY_SHAPE;
        const int64_t none[] = {3, 0};
        const parexact_array empty = {NULL, PAREXACT_DTYPE_F64, 2, none, NULL};
        const parexact_array x = vector_view(X, FIVE);
        const uint8_t zero = 0;
        const int64_t no_stride[] = {0};
        const parexact_array where = {&zero, PAREXACT_DTYPE_BOOL, 1, FIVE, no_stride};
        prepare(kind);
        CHECK_STATUS(UPDATE(&empty, one ? NULL : &empty, NULL), PAREXACT_OK);
        CHECK_STATUS(UPDATE(&x, one ? NULL : &x, &where), PAREXACT_OK);
        CHECK(same(&s, &before));
        /* Slices without elements have a result, and no results need no memory. */
        const int32_t axes[] = {0, 1};
        double sums[3] = {1, 1, 1};
        CHECK_STATUS(parexact_summarize(kind, PAREXACT_RESULT_SUM, &empty, one ? NULL : &empty, NULL,
                                        axes + 1, 1,
                                        0, 0, sums, 3), PAREXACT_OK);
        for (int i = 0; i < 3; i++)
            CHECK_BITS(sums[i], PLUS_ZERO);
        CHECK_STATUS(parexact_summarize(kind, PAREXACT_RESULT_MEAN, &empty, one ? NULL : &empty, NULL, axes,
                                        1, 0,
                                        0, NULL, 0), PAREXACT_OK);
        CHECK_STATUS(parexact_summary_results(&s, NULL, 0, 0, 0, NULL), PAREXACT_OK);
    }
}

static void results(void)
{
    const int32_t numbers[] = {-1, 33, INT32_MAX, INT32_MIN}, policies[] = {-1, 3, INT32_MAX, INT32_MIN};
    const int64_t ddofs[] = {-1, INT64_MIN};
    prepare(PAREXACT_SUMMARY_PAIR);
    REFUSED(parexact_summary_result(NULL, 0, 0, 0, out), null, "s must not be NULL");
    REFUSED(parexact_summary_result(&s, 0, 0, 0, NULL), null, "out must not be NULL");
    for (size_t i = 0; i < LENGTH(numbers); i++)
        REFUSED(parexact_summary_result(&s, numbers[i], 0, 0, out), invalid, "result is");
    for (size_t i = 0; i < LENGTH(policies); i++)
        REFUSED(parexact_summary_result(&s, 0, 0, policies[i], out), invalid, "nan_policy is");
    /* ddof is looked at even where the result has no use for it. */
    for (size_t i = 0; i < LENGTH(ddofs); i++)
        REFUSED(parexact_summary_result(&s, PAREXACT_RESULT_SUM, ddofs[i], 0, out), invalid, "ddof is");
    REFUSED(parexact_summary_result(&s, PAREXACT_RESULT_SKEWNESS, 0, 0, out), unsupported,
            "result is PAREXACT_RESULT_SKEWNESS, which a summary of kind PAIR does not have");

    const int32_t wanted[] = {PAREXACT_RESULT_SUM, PAREXACT_RESULT_KURTOSIS, 99};
    REFUSED(parexact_summary_results(NULL, wanted, 1, 0, 0, out), null, "s must not be NULL");
    REFUSED(parexact_summary_results(&s, NULL, 1, 0, 0, out), null, "results must not be NULL");
    REFUSED(parexact_summary_results(&s, wanted, 1, 0, 0, NULL), null, "out must not be NULL");
    REFUSED(parexact_summary_results(&s, wanted, 2, 0, 0, out), unsupported,
            "results[1] is PAREXACT_RESULT_KURTOSIS, which a summary of kind PAIR does not have");
    REFUSED(parexact_summary_results(&s, wanted + 2, 1, 0, 0, out), invalid, "results[0] is 99");
    REFUSED(parexact_summary_results(&s, wanted, 1, -1, 0, out), invalid, "ddof is -1");
    REFUSED(parexact_summary_results(&s, wanted, 1, 0, 3, out), invalid, "nan_policy is 3");
    REFUSED(parexact_summary_results(&s, wanted, SIZE_MAX, 0, 0, out), overflow, "result_count");
    REFUSED(parexact_summary_fingerprint(NULL, print), null, "s must not be NULL");
    REFUSED(parexact_summary_fingerprint(&s, NULL), null, "out must not be NULL");
}

/* Whatever takes a summary refuses a damaged one. */
static void check_damaged(const char *text)
{
    const parexact_array x = vector_view(X, FIVE);
    parexact_summary good = summary_of(PAREXACT_SUMMARY_PAIR, X, Y, 5), into = good;
    before = s;
    REFUSED(UPDATE(&x, &x, NULL), bad, text);
    REFUSED(parexact_summary_result(&s, PAREXACT_RESULT_COUNT, 0, 0, out), bad, text);
    REFUSED(parexact_summary_results(&s, (const int32_t[]){0}, 1, 0, 0, out), bad, text);
    REFUSED(parexact_summary_fingerprint(&s, print), bad, text);
    REFUSED(parexact_summary_merge(&s, &good), bad, text);
    REFUSED(parexact_summary_merge(&good, &s), bad, text);
    CHECK(same(&good, &into));
    int one = 1;
    parexact_summary_mpi_merge(&s, &into, &one, NULL);
    CHECK(into.words[ERROR_WORD] >= PAREXACT_ERROR_BAD_STATE);
    CHECK_STATUS(parexact_summary_result(&into, 0, 0, 0, out), bad);
    CHECK(last_error_has("an earlier update or merge of this summary failed"));
    into.words[ERROR_WORD] = 0;
    CHECK(same(&good, &into));
    into = s;
    parexact_summary_mpi_merge(&good, &into, &one, NULL);
    CHECK(into.words[ERROR_WORD] >= PAREXACT_ERROR_BAD_STATE);
}

static void damage(void)
{
    const struct {
        int word;
        int64_t value;
        const char *text;
    } cases[] = {
        {0, 0, "kind 0, version 0"},
        {0, 1, "kind 0, version 1"},
        {0, INT64_C(2) << 32 | 2, "kind 2, version 2"},
        {0, INT64_C(4) << 32 | 1, "kind 4, version 1"},
        {COUNT_WORD, -1, "negative"},
        {COUNT_WORD, 2, "no set of values has the sums of x"},
        {COUNT_WORD + 1, 6, "contradict each other"},
        {COUNT_WORD + 6, 1, "contradict each other"},
        {77, 1, "no set of values has the sums of x"}, /* the highest digit of Σx */
        {211, INT64_C(1) << 31, "beyond any sum"}, /* and of Σx² */
        {548, INT64_MAX, "does not use"},
        {760, 1, "does not use"},
        {PAREXACT_SUMMARY_MAX_FIRST, INT64_MIN, "the extremes of x"},
        {PAREXACT_SUMMARY_MAX_FIRST + 3, 0, "the extremes of y"},
        {ERROR_WORD, 3, "status 3"},
        {ERROR_WORD, 8, "status 8"},
        {766, 1, "does not use"},
        {767, -1, "does not use"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        prepare(PAREXACT_SUMMARY_PAIR);
        s.words[cases[i].word] = cases[i].value;
        check_damaged(cases[i].text);
    }
}

static void kinds(void)
{
    prepare(PAREXACT_SUMMARY_SHAPE);
    const parexact_summary pair = summary_of(PAREXACT_SUMMARY_PAIR, X, Y, 5);
    REFUSED(parexact_summary_merge(&s, &pair), invalid,
            "into is a summary of kind SHAPE, and from one of kind PAIR; they must be of the same kind");
    REFUSED(parexact_summary_merge(NULL, &pair), null, "into must not be NULL");
    REFUSED(parexact_summary_merge(&s, NULL), null, "from must not be NULL");
    /* Relabelled, the words mean nothing. */
    before = s = pair;
    before.words[0] = s.words[0] = INT64_C(1) << 32 | 1;
    REFUSED(parexact_summary_result(&s, 0, 0, 0, out), bad, "");
}

/* MPI's function cannot answer: what fails is in the error word. */
static void mpi(void)
{
    const parexact_summary shape = summary_of(PAREXACT_SUMMARY_SHAPE, X, Y, 5);
    parexact_summary into[3], in[3];
    int len = 3;
    for (int i = 0; i < 3; i++)
        into[i] = in[i] = summary_of(PAREXACT_SUMMARY_PAIR, X, Y, 5);
    in[1] = shape;
    in[2].words[ERROR_WORD] = PAREXACT_ERROR_CANCELLED;
    parexact_summary_mpi_merge(in, into, &len, NULL);
    CHECK(into[0].words[COUNT_WORD] == 10 && into[0].words[ERROR_WORD] == 0);
    CHECK(into[1].words[COUNT_WORD] == 5 && into[1].words[ERROR_WORD] == invalid);
    CHECK(into[2].words[COUNT_WORD] == 5 && into[2].words[ERROR_WORD] == PAREXACT_ERROR_CANCELLED);

    const parexact_summary kept = into[0];
    parexact_summary_mpi_merge(NULL, into, &len, NULL);
    CHECK(into[0].words[ERROR_WORD] == null && into[1].words[ERROR_WORD] == invalid);
    into[0].words[ERROR_WORD] = 0;
    CHECK(same(&into[0], &kept));
    parexact_summary_mpi_merge(in, NULL, &len, NULL);
    CHECK(last_error_has("inout must not be NULL"));
    parexact_summary_mpi_merge(in, into, NULL, NULL);
    CHECK(last_error_has("len must not be NULL"));
    len = -1;
    parexact_summary_mpi_merge(in, into, &len, NULL);
    CHECK(last_error_has("len is -1"));
    len = 0;
    parexact_summary_mpi_merge(NULL, NULL, &len, NULL);
    CHECK(same(&into[0], &kept));
}

/* The count has room for two more. */
static void counts(void)
{
    const double zeros[3] = {0};
    const int64_t three[] = {3}, two[] = {2};
    const parexact_array more = vector_view(zeros, three), fewer = vector_view(zeros, two);
    for (int32_t kind = PAREXACT_SUMMARY_SHAPE; kind <= PAREXACT_SUMMARY_WEIGHTED; kind++) {
        const int one = kind == PAREXACT_SUMMARY_SHAPE;
        prepare(kind);
        s = summary_of(kind, zeros, zeros, 2);
        s.words[COUNT_WORD] = INT64_MAX - 2;
        before = s;
        const parexact_summary from = summary_of(kind, zeros, zeros, 3);
        REFUSED(UPDATE(&more, one ? NULL : &more, NULL), overflow, "the number of values to add is 3");
        REFUSED(parexact_summary_merge(&s, &from), overflow, "3");
        int len = 1;
        parexact_summary into = s;
        parexact_summary_mpi_merge((void *)(uintptr_t)&from, &into, &len, NULL);
        CHECK(into.words[ERROR_WORD] == overflow);
        CHECK_STATUS(UPDATE(&fewer, one ? NULL : &fewer, NULL), PAREXACT_OK);
        CHECK(s.words[COUNT_WORD] == INT64_MAX);
    }
}

#define SUMMARIZE(kind, result, x, y, where, axes, count, ddof, policy, out, n)                              \
    parexact_summarize(kind, result, x, y, where, axes, count, ddof, policy, out, n)

static void summarize(void)
{
    const int64_t shape[] = {2, 3}, turned[] = {3, 2};
    const double values[6] = {1, 2, 3, 4, 5, 6};
    const parexact_array x = {values, PAREXACT_DTYPE_F64, 2, shape, NULL};
    const parexact_array other = {values, PAREXACT_DTYPE_F64, 2, turned, NULL};
    const int32_t first[] = {0}, twice[] = {0, -2}, none[] = {2};
    const int32_t pair = PAREXACT_SUMMARY_PAIR, shapes = PAREXACT_SUMMARY_SHAPE, dot = PAREXACT_RESULT_DOT;
    prepare(pair);
    CHECK_STATUS(SUMMARIZE(pair, dot, &x, &x, NULL, first, 1, 0, 0, out, 3), PAREXACT_OK);
    CHECK_DOUBLE(out[0], 17);
    CHECK_DOUBLE(out[2], 45);
    CHECK(has_pattern(out + 3, sizeof out - 3 * sizeof *out));
    prepare(pair);
    REFUSED(SUMMARIZE(pair, dot, NULL, &x, NULL, first, 1, 0, 0, out, 3), null, "x must not be NULL");
    REFUSED(SUMMARIZE(pair, dot, &x, NULL, NULL, first, 1, 0, 0, out, 3), null, "y must not be NULL");
    REFUSED(SUMMARIZE(pair, dot, &x, &x, NULL, NULL, 1, 0, 0, out, 3), null, "axes must not be NULL");
    REFUSED(SUMMARIZE(pair, dot, &x, &x, NULL, first, 1, 0, 0, NULL, 3), null, "out must not be NULL");
    REFUSED(SUMMARIZE(4, dot, &x, &x, NULL, first, 1, 0, 0, out, 3), invalid, "kind is 4");
    REFUSED(SUMMARIZE(-1, dot, &x, &x, NULL, first, 1, 0, 0, out, 3), invalid, "kind is -1");
    REFUSED(SUMMARIZE(pair, 33, &x, &x, NULL, first, 1, 0, 0, out, 3), invalid, "result is 33");
    REFUSED(SUMMARIZE(0, dot, &x, NULL, NULL, first, 1, 0, 0, out, 3), unsupported,
            "result is PAREXACT_RESULT_DOT, which a state does not have");
    REFUSED(SUMMARIZE(0, 2, &x, &x, NULL, first, 1, 0, 0, out, 3), invalid, "y must be NULL, as kind is 0");
    REFUSED(SUMMARIZE(shapes, 2, &x, &x, NULL, first, 1, 0, 0, out, 3), invalid, "y must be NULL");
    REFUSED(SUMMARIZE(pair, dot, &x, &other, NULL, first, 1, 0, 0, out, 3), invalid, "the same shape");
    REFUSED(SUMMARIZE(pair, dot, &x, &x, &x, first, 1, 0, 0, out, 3), invalid, "dtype of where");
    REFUSED(SUMMARIZE(pair, dot, &x, &x, NULL, none, 1, 0, 0, out, 3), invalid, "axes[0] is 2");
    REFUSED(SUMMARIZE(pair, dot, &x, &x, NULL, twice, 2, 0, 0, out, 1), invalid, "axes[1] is -2");
    REFUSED(SUMMARIZE(pair, dot, &x, &x, NULL, first, 3, 0, 0, out, 3), invalid, "axis_count is 3");
    REFUSED(SUMMARIZE(pair, dot, &x, &x, NULL, first, -1, 0, 0, out, 3), invalid, "axis_count is -1");
    REFUSED(SUMMARIZE(pair, dot, &x, &x, NULL, first, 1, -1, 0, out, 3), invalid, "ddof is -1");
    REFUSED(SUMMARIZE(pair, dot, &x, &x, NULL, first, 1, 0, 3, out, 3), invalid, "nan_policy is 3");
    const size_t lengths[] = {0, 1, 2, 4, SIZE_MAX};
    for (size_t i = 0; i < LENGTH(lengths); i++)
        REFUSED(SUMMARIZE(pair, dot, &x, &x, NULL, first, 1, 0, 0, out, lengths[i]), invalid, "out_len is");

    /* Results in any of the arrays, with either way of computing them. */
    double memory[6];
    uint8_t marks[64] = {1};
    memcpy(memory, values, sizeof memory);
    const parexact_array inside = {memory, PAREXACT_DTYPE_F64, 2, shape, NULL};
    const parexact_array where = {marks, PAREXACT_DTYPE_BOOL, 2, shape, NULL};
    REFUSED(SUMMARIZE(pair, dot, &inside, &x, NULL, first, 1, 0, 0, memory + 3, 3), invalid, "overlap");
    REFUSED(SUMMARIZE(pair, dot, &x, &inside, NULL, first, 1, 0, 0, memory, 3), invalid, "overlap");
    REFUSED(SUMMARIZE(pair, dot, &x, &x, &where, first, 1, 0, 0, (double *)(void *)marks, 3), invalid,
            "overlap");
    REFUSED(SUMMARIZE(0, 2, &inside, NULL, NULL, first, 1, 0, 0, memory, 3), invalid, "overlap");
    REFUSED(SUMMARIZE(0, 2, &x, NULL, &where, first, 1, 0, 0, (double *)(void *)marks, 3), invalid,
            "overlap");
    CHECK(memcmp(memory, values, sizeof memory) == 0);

    memory[4] = double_of(CANONICAL_NAN);
    CHECK_STATUS(SUMMARIZE(pair, dot, &x, &inside, NULL, first, 1, 0, PAREXACT_NAN_RAISE, out, 3), nan_found);
    CHECK_STATUS(SUMMARIZE(shapes, 9, &inside, NULL, NULL, first, 1, 0, PAREXACT_NAN_RAISE, out, 3),
                 nan_found);
    CHECK_STATUS(SUMMARIZE(0, 0, &inside, NULL, NULL, first, 1, 0, PAREXACT_NAN_RAISE, out, 3), nan_found);
    for (int32_t kind = 0; kind <= PAREXACT_SUMMARY_WEIGHTED; kind++) {
        const parexact_array *y = kind > PAREXACT_SUMMARY_SHAPE ? &x : NULL;
        const double omitted[] = {2, 1, 2};
        CHECK_STATUS(SUMMARIZE(kind, 0, &inside, y, NULL, first, 1, 0, PAREXACT_NAN_OMIT, out, 3),
                     PAREXACT_OK);
        for (int i = 0; i < 3; i++)
            CHECK_DOUBLE(out[i], omitted[i]);
        CHECK_STATUS(SUMMARIZE(kind, 1, &inside, y, NULL, first, 1, 0, PAREXACT_NAN_PROPAGATE, out, 3),
                     PAREXACT_OK);
        CHECK_DOUBLE(out[1], 1);
        CHECK_STATUS(SUMMARIZE(kind, 3, &inside, y, NULL, first, 1, 0, PAREXACT_NAN_PROPAGATE, out, 3),
                     PAREXACT_OK);
        CHECK(out[0] > 1);
        CHECK_BITS(out[1], CANONICAL_NAN);
    }
}

typedef struct {
    parexact_control *control;
    double cancelled_at;
} stopper;

static void *cancel_later(void *argument)
{
    stopper *stop = argument;
    pause_for(0.1);
    stop->cancelled_at = now();
    parexact_control_cancel(stop->control);
    return NULL;
}

/* A call that is cancelled ends soon, and a summary is then as it was. */
static void cancelled(void)
{
    static const double one = 1;
    const int64_t no_strides[] = {0, 0}, lengths[] = {4, INT64_C(1) << 50};
    const int32_t last[] = {1};
    const parexact_array years = {&one, PAREXACT_DTYPE_F64, 2, lengths, no_strides};
    for (int32_t kind = PAREXACT_SUMMARY_SHAPE; kind <= PAREXACT_SUMMARY_WEIGHTED; kind++)
        for (int axes = 0; axes < 2; axes++) {
            const parexact_array *y = kind == PAREXACT_SUMMARY_SHAPE ? NULL : &years;
            stopper stop = {new_control(), 0};
            prepare(kind);
            parexact_control_attach(stop.control);
            pthread_t thread = start(cancel_later, &stop);
            if (axes)
                CHECK_STATUS(SUMMARIZE(kind, kind == 1 ? 9 : 4, &years, y, NULL, last, 1, 0, 0, out, 4),
                             PAREXACT_ERROR_CANCELLED);
            else
                REFUSED(UPDATE(&years, y, NULL), PAREXACT_ERROR_CANCELLED, "cancel");
            const double took = now() - stop.cancelled_at;
            parexact_control_attach(NULL);
            join(thread);
            CHECK(took < GENEROUS);
            parexact_control_free(stop.control);
        }
}

int main(void)
{
    updates();
    nothing();
    results();
    damage();
    kinds();
    mpi();
    counts();
    summarize();
    cancelled();
    return checks_done();
}
