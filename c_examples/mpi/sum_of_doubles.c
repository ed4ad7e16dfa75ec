/* The sum of a million doubles twice: by MPI_SUM of each rank's sum, and by states. With another number of
 * ranks the first one has other digits, and the second one has not.
 *
 *     mpicc sum_of_doubles.c $(pkg-config --cflags --libs parexact) -o sum_of_doubles
 *     for n in 1 2 3 4; do mpiexec -n $n ./sum_of_doubles; done
 */
#include <inttypes.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

#include "parexact.h"

#define N UINT64_C(1000000)

/* Ends all ranks, with the library's message, if a call of the library has failed. */
static void check(parexact_status status)
{
    if (status != PAREXACT_OK) {
        fprintf(stderr, "parexact: %s\n", parexact_last_error());
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
}

int main(int argc, char **argv)
{
    /* Small numbers and very large ones: median 0, scale 1. */
    const parexact_distribution cauchy = {PAREXACT_DIST_CAUCHY, 0, {0.0, 1.0, 0.0}};
    int rank, ranks;
    double mine = 0, everybody;
    parexact_state state;
    parexact_stats stats;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);

    const uint64_t first = N * (uint64_t)rank / (uint64_t)ranks;
    const uint64_t last = N * ((uint64_t)rank + 1) / (uint64_t)ranks;
    double *x = malloc(N * sizeof *x);
    if (x == NULL)
        MPI_Abort(MPI_COMM_WORLD, 1);
    check(parexact_random_fill(&cauchy, 1, 0, first, x, (size_t)(last - first)));

    /* As it is usually done. */
    for (uint64_t i = 0; i < last - first; i++)
        mine += x[i];
    MPI_Reduce(&mine, &everybody, 1, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);

    /* By states. MPI's own integer operations merge them here, in two calls and without a datatype. */
    const int64_t length = (int64_t)(last - first);
    const parexact_array view = {x, PAREXACT_DTYPE_F64, 1, &length, NULL};
    check(parexact_state_init(&state));
    check(parexact_state_update(&state, &view));
    MPI_Allreduce(MPI_IN_PLACE, &state.words[PAREXACT_STATE_ADDITIVE_FIRST], PAREXACT_STATE_ADDITIVE_COUNT,
                  MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
    MPI_Allreduce(MPI_IN_PLACE, &state.words[PAREXACT_STATE_MAX_FIRST], PAREXACT_STATE_MAX_COUNT, MPI_INT64_T,
                  MPI_MAX, MPI_COMM_WORLD);
    check(parexact_state_result(&state, 0, PAREXACT_NAN_PROPAGATE, &stats));

    if (rank == 0)
        printf("%d ranks: sum of doubles %.17g, of states %.17g\n", ranks, everybody, stats.sum);
    free(x);
    MPI_Finalize();
    return 0;
}
