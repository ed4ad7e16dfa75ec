/* An error on one rank is an error on all, and no rank waits for ever: damaged states, counts that are too
 * large together, and a rank that passes on the failure of its own computation. */
#include "checks.h"

#define ERROR_WORD (PAREXACT_STATE_MAX_FIRST + PAREXACT_STATE_MAX_COUNT - 1)

static MPI_Op op;
static MPI_Datatype type;

/* BAD_STATE from everything that reads the state, with a message. */
static void is_bad(const parexact_state *state, const char *how, const char *what)
{
    parexact_state other;
    parexact_stats stats;
    uint64_t fingerprint[2];
    double norm;
    must(parexact_state_init(&other));
    check(parexact_state_result(state, 0, 0, &stats) == PAREXACT_ERROR_BAD_STATE, how, what);
    check(strstr(parexact_last_error(), "state") != NULL, how, "the message");
    check(parexact_state_norm(state, &norm) == PAREXACT_ERROR_BAD_STATE, how, "norm");
    check(parexact_state_fingerprint(state, fingerprint) == PAREXACT_ERROR_BAD_STATE, how, "fingerprint");
    check(parexact_state_merge(&other, state) == PAREXACT_ERROR_BAD_STATE, how, "merge");
}

/* All ranks but one have a good state. */
static void one_culprit(int culprit, const char *how)
{
    const parexact_state good = state_of(slice("even", VALUES, rank), slice("even", VALUES, rank + 1));
    parexact_state mine = good, out = untouched();
    const int root = (culprit + 1) % ranks;

    if (rank == culprit) {
        if (strcmp(how, "zeros") == 0)
            memset(&mine, 0, sizeof mine);
        else if (strcmp(how, "negative squares") == 0)
            mine.words[PAREXACT_STATE_MAX_FIRST - 1] = -1; /* the highest digit of the sum of squares */
        else if (strcmp(how, "negative count") == 0)
            mine.words[PAREXACT_STATE_ADDITIVE_FIRST] = -1;
        else
            mine.words[ERROR_WORD] = PAREXACT_ERROR_NO_MEMORY; /* "own failure" */
    }
    MPI_Allreduce(&mine, &out, 1, type, op, MPI_COMM_WORLD);
    is_bad(&out, how, "Allreduce");

    MPI_Reduce(&mine, &out, 1, type, op, root, MPI_COMM_WORLD);
    if (rank == root)
        is_bad(&out, how, "Reduce");

    /* Ranks below the culprit do not get its values, and must not get its error. */
    MPI_Scan(&mine, &out, 1, type, op, MPI_COMM_WORLD);
    if (rank >= culprit) {
        is_bad(&out, how, "Scan");
    } else {
        const parexact_state prefix = state_of(0, slice("even", VALUES, rank + 1));
        check(equal(&out, &prefix), how, "Scan below the culprit");
    }

    /* The same state in the middle of others: they stay good. */
    parexact_state three[3] = {good, mine, good};
    const parexact_state whole = state_of(0, VALUES);
    MPI_Allreduce(MPI_IN_PLACE, three, 3, type, op, MPI_COMM_WORLD);
    check(equal(&three[0], &whole) && equal(&three[2], &whole), how, "the neighbours in an array");
    is_bad(&three[1], how, "in an array");
}

/* By MPI's integer reductions the error word travels as well. */
static void own_failure_by_words(int culprit)
{
    parexact_state mine = state_of(0, 10), all;
    if (rank == culprit)
        mine.words[ERROR_WORD] = PAREXACT_ERROR_NO_MEMORY;
    must(parexact_state_init(&all));
    MPI_Allreduce(&mine.words[PAREXACT_STATE_ADDITIVE_FIRST], &all.words[PAREXACT_STATE_ADDITIVE_FIRST],
                  PAREXACT_STATE_ADDITIVE_COUNT, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
    MPI_Allreduce(&mine.words[PAREXACT_STATE_MAX_FIRST], &all.words[PAREXACT_STATE_MAX_FIRST],
                  PAREXACT_STATE_MAX_COUNT, MPI_INT64_T, MPI_MAX, MPI_COMM_WORLD);
    is_bad(&all, "own failure", "words by SUM and MAX");
}

/* Every rank has 2^62 values: two ranks have more than 2^63 - 1 together, one has not. */
static void too_many_values(void)
{
    parexact_state one = state_of(0, 1), all;
    for (int i = 0; i < 62; i++)
        must(parexact_state_merge(&one, &one));
    MPI_Allreduce(&one, &all, 1, type, op, MPI_COMM_WORLD);
    if (ranks == 1)
        check(equal(&all, &one), "too many values", "one rank");
    else
        is_bad(&all, "too many values", "Allreduce");
}

int main(int argc, char **argv)
{
    static const char *const ways[] = {"zeros", "negative squares", "negative count", "own failure"};
    begin(&argc, &argv);
    make_pair(&op, &type);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        one_culprit(0, ways[i]);
        one_culprit(ranks - 1, ways[i]);
    }
    own_failure_by_words(0);
    own_failure_by_words(ranks - 1);
    too_many_values();
    MPI_Op_free(&op);
    MPI_Type_free(&type);
    return end();
}
