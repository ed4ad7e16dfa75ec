/* Large arrays of states, all of them different, under algorithms that reduce them in segments: no state is
 * ever split or shifted. Rank 0 also prints how often MPI called the operation there: test_mpi_c.py concludes
 * from it that there were segments. */
#include "checks.h"

#define STATES 1001

static int calls;

static void counted(void *in, void *inout, int *len, MPI_Datatype *type)
{
    calls++;
    parexact_mpi_merge(in, inout, len, type);
}

/* Value j of state i. */
static parexact_state state_of_one(int i, int j)
{
    const int at = (i * 31 + j * 17) % VALUES;
    return state_of(at, at + 1);
}

static void compare(const parexact_state *out, const parexact_state *all, int count, const char *what)
{
    int wrong = 0;
    for (int i = 0; i < count; i++)
        wrong += !equal(&out[i], &all[i]);
    check(wrong == 0, "large array", what);
}

int main(int argc, char **argv)
{
    MPI_Op op;
    MPI_Datatype type;
    MPI_Request request;

    begin(&argc, &argv);
    make_pair(&op, &type);
    MPI_Op_free(&op);
    MPI_Op_create(counted, 1, &op);

    const int block = STATES / ranks;
    parexact_state *mine = malloc(STATES * sizeof *mine), *all = malloc(STATES * sizeof *all),
                   *out = malloc(STATES * sizeof *out);
    if (mine == NULL || all == NULL || out == NULL)
        MPI_Abort(MPI_COMM_WORLD, 3);
    for (int i = 0; i < STATES; i++) {
        mine[i] = state_of_one(i, rank);
        must(parexact_state_init(&all[i]));
        for (int j = 0; j < ranks; j++) {
            const parexact_state one = state_of_one(i, j);
            must(parexact_state_merge(&all[i], &one));
        }
    }

    memset(out, 0x5a, STATES * sizeof *out);
    MPI_Allreduce(mine, out, STATES, type, op, MPI_COMM_WORLD);
    compare(out, all, STATES, "Allreduce");

    memcpy(out, mine, STATES * sizeof *out);
    MPI_Allreduce(MPI_IN_PLACE, out, STATES, type, op, MPI_COMM_WORLD);
    compare(out, all, STATES, "Allreduce in place");

    memset(out, 0x5a, STATES * sizeof *out);
    MPI_Reduce(mine, out, STATES, type, op, 0, MPI_COMM_WORLD);
    if (rank == 0)
        compare(out, all, STATES, "Reduce");

    memset(out, 0x5a, STATES * sizeof *out);
    MPI_Iallreduce(mine, out, STATES, type, op, MPI_COMM_WORLD, &request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    compare(out, all, STATES, "Iallreduce");

    memset(out, 0x5a, STATES * sizeof *out);
    MPI_Ireduce(mine, out, STATES, type, op, 0, MPI_COMM_WORLD, &request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    if (rank == 0)
        compare(out, all, STATES, "Ireduce");

    memset(out, 0x5a, STATES * sizeof *out);
    MPI_Reduce_scatter_block(mine, out, block, type, op, MPI_COMM_WORLD);
    compare(out, &all[(ptrdiff_t)rank * block], block, "Reduce_scatter_block");

    if (rank == 0)
        printf("calls %d\n", calls);
    free(mine);
    free(all);
    free(out);
    MPI_Op_free(&op);
    MPI_Type_free(&type);
    return end();
}
