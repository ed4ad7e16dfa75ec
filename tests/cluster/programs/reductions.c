/* Every kind of MPI reduction gives the words of the state that one process makes of all values. Rank 0
 * prints the statistics, which test_mpi_c.py compares with exact ones. */
#include "checks.h"

static MPI_Op op;
static MPI_Datatype type;

/* MPI's own integer reductions; the sums are not canonical, and the library accepts them as they are. */
static parexact_state by_words(const parexact_state *mine)
{
    parexact_state all;
    must(parexact_state_init(&all));
    MPI_Allreduce(&mine->words[PAREXACT_STATE_ADDITIVE_FIRST], &all.words[PAREXACT_STATE_ADDITIVE_FIRST],
                  PAREXACT_STATE_ADDITIVE_COUNT, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
    MPI_Allreduce(&mine->words[PAREXACT_STATE_MAX_FIRST], &all.words[PAREXACT_STATE_MAX_FIRST],
                  PAREXACT_STATE_MAX_COUNT, MPI_INT64_T, MPI_MAX, MPI_COMM_WORLD);
    return all;
}

/* One vector, split among the ranks in one way. */
static void one_state(const char *how, const parexact_state *whole)
{
    const int first = slice(how, VALUES, rank), last = slice(how, VALUES, rank + 1), root = ranks - 1;
    const parexact_state mine = state_of(first, last);
    const parexact_state prefix = state_of(0, last), before = state_of(0, first);
    parexact_state out, empty;
    uint64_t fingerprint[2], expected[2];
    MPI_Request request;

    out = by_words(&mine);
    must(parexact_state_fingerprint(&out, fingerprint));
    must(parexact_state_fingerprint(whole, expected));
    check(memcmp(fingerprint, expected, sizeof expected) == 0, how, "words by SUM and MAX, fingerprint");
    must(parexact_state_init(&empty));
    must(parexact_state_merge(&empty, &out));
    check(equal(&empty, whole), how, "words by SUM and MAX, made canonical");

    out = untouched();
    MPI_Allreduce(&mine, &out, 1, type, op, MPI_COMM_WORLD);
    check(equal(&out, whole), how, "Allreduce");

    out = mine;
    MPI_Allreduce(MPI_IN_PLACE, &out, 1, type, op, MPI_COMM_WORLD);
    check(equal(&out, whole), how, "Allreduce in place");

    out = untouched();
    MPI_Iallreduce(&mine, &out, 1, type, op, MPI_COMM_WORLD, &request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    check(equal(&out, whole), how, "Iallreduce");

    out = mine;
    MPI_Iallreduce(MPI_IN_PLACE, &out, 1, type, op, MPI_COMM_WORLD, &request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    check(equal(&out, whole), how, "Iallreduce in place");

    out = untouched();
    MPI_Reduce(&mine, &out, 1, type, op, root, MPI_COMM_WORLD);
    check(rank != root || equal(&out, whole), how, "Reduce");

    out = mine;
    if (rank == root)
        MPI_Reduce(MPI_IN_PLACE, &out, 1, type, op, root, MPI_COMM_WORLD);
    else
        MPI_Reduce(&out, NULL, 1, type, op, root, MPI_COMM_WORLD);
    check(equal(&out, rank == root ? whole : &mine), how, "Reduce in place");

    out = untouched();
    MPI_Ireduce(&mine, &out, 1, type, op, root, MPI_COMM_WORLD, &request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    check(rank != root || equal(&out, whole), how, "Ireduce");

    out = untouched();
    MPI_Scan(&mine, &out, 1, type, op, MPI_COMM_WORLD);
    check(equal(&out, &prefix), how, "Scan");

    out = untouched();
    MPI_Exscan(&mine, &out, 1, type, op, MPI_COMM_WORLD);
    check(rank == 0 || equal(&out, &before), how, "Exscan");
}

/* As many states as Reduce_scatter has results: r + 1 for rank r, and 3 for each rank. State i is that of
 * another slice on every rank, and of another vector for every i. */
static void many_states(void)
{
    const int uneven = ranks * (ranks + 1) / 2, even = 3 * ranks, most = uneven > even ? uneven : even;
    parexact_state *mine = malloc((size_t)most * sizeof *mine), *all = malloc((size_t)most * sizeof *all),
                   *out = malloc((size_t)most * sizeof *out);
    int *counts = malloc((size_t)ranks * sizeof *counts);
    if (mine == NULL || all == NULL || out == NULL || counts == NULL)
        MPI_Abort(MPI_COMM_WORLD, 3);
    for (int i = 0; i < most; i++) {
        const int n = 100 + 7 * i;
        mine[i] = state_of(slice("uneven", n, rank), slice("uneven", n, rank + 1));
        all[i] = state_of(0, n);
    }
    for (int r = 0; r < ranks; r++)
        counts[r] = r + 1;

    MPI_Allreduce(mine, out, most, type, op, MPI_COMM_WORLD);
    for (int i = 0; i < most; i++)
        check(equal(&out[i], &all[i]), "many states", "Allreduce");

    MPI_Reduce_scatter(mine, out, counts, type, op, MPI_COMM_WORLD);
    for (int i = 0; i < counts[rank]; i++)
        check(equal(&out[i], &all[rank * (rank + 1) / 2 + i]), "many states", "Reduce_scatter");

    MPI_Reduce_scatter_block(mine, out, 3, type, op, MPI_COMM_WORLD);
    for (int i = 0; i < 3; i++)
        check(equal(&out[i], &all[3 * rank + i]), "many states", "Reduce_scatter_block");

    free(mine);
    free(all);
    free(out);
    free(counts);
}

int main(int argc, char **argv)
{
    begin(&argc, &argv);
    make_pair(&op, &type);
    const parexact_state whole = state_of(0, VALUES);
    one_state("even", &whole);
    one_state("uneven", &whole);
    one_state("empty", &whole);
    many_states();

    parexact_state all = state_of(slice("uneven", VALUES, rank), slice("uneven", VALUES, rank + 1));
    parexact_stats stats;
    MPI_Allreduce(MPI_IN_PLACE, &all, 1, type, op, MPI_COMM_WORLD);
    must(parexact_state_result(&all, 1, PAREXACT_NAN_PROPAGATE, &stats));
    if (rank == 0)
        printf("%a %a %a %a %a\n", stats.sum, stats.mean, stats.variance, stats.min, stats.max);

    MPI_Op_free(&op);
    MPI_Type_free(&type);
    return end();
}
