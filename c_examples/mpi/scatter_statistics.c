/* Rank 0 scatters a vector; each rank makes a state of its part; rank 0 gets the statistics of the whole.
 * The bits are the same for any number of ranks.
 *
 *     mpicc scatter_statistics.c $(pkg-config --cflags --libs parexact) -o scatter_statistics
 *     mpiexec -n 4 ./scatter_statistics
 *
 * The library must be where the loader looks: see LD_LIBRARY_PATH in README.
 */
#include <inttypes.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

#include "parexact.h"

#define N 1000

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
    int rank, ranks;
    double *data = NULL, *part;
    parexact_state mine, everybody;
    parexact_stats stats;
    MPI_Datatype type;
    MPI_Op op;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);

    /* N need not be a multiple of the number of ranks, and some ranks may get nothing. */
    int *counts = malloc((size_t)ranks * sizeof *counts), *offsets = malloc((size_t)ranks * sizeof *offsets);
    part = malloc(N * sizeof *part);
    if (rank == 0)
        data = malloc(N * sizeof *data);
    if (counts == NULL || offsets == NULL || part == NULL || (rank == 0 && data == NULL))
        MPI_Abort(MPI_COMM_WORLD, 1);
    for (int r = 0; r < ranks; r++) {
        offsets[r] = (int)((int64_t)N * r / ranks);
        counts[r] = (int)((int64_t)N * (r + 1) / ranks) - offsets[r];
    }
    for (int i = 0; rank == 0 && i < N; i++)
        data[i] = i;
    MPI_Scatterv(data, counts, offsets, MPI_DOUBLE, part, counts[rank], MPI_DOUBLE, 0, MPI_COMM_WORLD);

    const int64_t length = counts[rank];
    const parexact_array view = {part, PAREXACT_DTYPE_F64, 1, &length, NULL};
    check(parexact_state_init(&mine));
    check(parexact_state_update(&mine, &view));

    /* Operation and datatype belong together: one element is one state. */
    MPI_Type_contiguous(PAREXACT_STATE_WORDS, MPI_INT64_T, &type);
    MPI_Type_commit(&type);
    MPI_Op_create((MPI_User_function *)parexact_mpi_merge, 1, &op);

    MPI_Reduce(&mine, &everybody, 1, type, op, 0, MPI_COMM_WORLD);
    if (rank == 0) {
        check(parexact_state_result(&everybody, 0, PAREXACT_NAN_PROPAGATE, &stats));
        printf("%" PRIu64 " values, sum %g, mean %g, std %.17g, min %g, max %g\n", stats.count, stats.sum,
               stats.mean, stats.std, stats.min, stats.max);
    }

    /* If every rank wants to know, to standardise its part for instance: in place, and on all of them. */
    MPI_Allreduce(MPI_IN_PLACE, &mine, 1, type, op, MPI_COMM_WORLD);
    check(parexact_state_result(&mine, 0, PAREXACT_NAN_PROPAGATE, &stats));
    for (int i = 0; i < counts[rank]; i++)
        part[i] = (part[i] - stats.mean) / stats.std;
    MPI_Gatherv(part, counts[rank], MPI_DOUBLE, data, counts, offsets, MPI_DOUBLE, 0, MPI_COMM_WORLD);
    if (rank == 0)
        printf("standardised, the first is %.17g and the last %.17g\n", data[0], data[N - 1]);

    MPI_Op_free(&op);
    MPI_Type_free(&type);
    free(data);
    free(part);
    free(counts);
    free(offsets);
    MPI_Finalize();
    return 0;
}
