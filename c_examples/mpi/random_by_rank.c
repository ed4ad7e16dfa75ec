/* Ten million normals, of which each rank draws its slice and stores none: the same numbers, and in the end
 * the same bits, for any number of ranks. MPI may merge the first half while the ranks draw the second one.
 *
 *     mpicc random_by_rank.c $(pkg-config --cflags --libs parexact) -o random_by_rank
 *     mpiexec -n 4 ./random_by_rank
 */
#include <inttypes.h>
#include <mpi.h>
#include <stdio.h>

#include "parexact.h"

#define N UINT64_C(10000000)
#define HALF (N / 2)
#define SEED 2017
#define STREAM 0

/* Ends all ranks, with the library's message, if a call of the library has failed. */
static void check(parexact_status status)
{
    if (status != PAREXACT_OK) {
        fprintf(stderr, "parexact: %s\n", parexact_last_error());
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
}

/* The state of this rank's slice of HALF normals, which begin at number `begin` of the stream. */
static parexact_state draw(uint64_t begin, uint64_t rank, uint64_t ranks)
{
    const parexact_distribution normal = {PAREXACT_DIST_NORMAL, 0, {0.0, 1.0, 0.0}}; /* mean, sd */
    const uint64_t first = HALF * rank / ranks, last = HALF * (rank + 1) / ranks;
    parexact_state state;

    check(parexact_state_init(&state));
    check(parexact_random_state(&normal, SEED, STREAM, begin + first, last - first, &state));
    return state;
}

int main(int argc, char **argv)
{
    int rank, ranks;
    parexact_state mine[2], halves[2];
    parexact_stats stats;
    uint64_t fingerprint[2];
    MPI_Request requests[2];
    MPI_Datatype type;
    MPI_Op op;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);

    /* Operation and datatype belong together: one element is one state. */
    MPI_Type_contiguous(PAREXACT_STATE_WORDS, MPI_INT64_T, &type);
    MPI_Type_commit(&type);
    MPI_Op_create((MPI_User_function *)parexact_mpi_merge, 1, &op);

    for (int i = 0; i < 2; i++) {
        mine[i] = draw((uint64_t)i * HALF, (uint64_t)rank, (uint64_t)ranks);
        MPI_Iallreduce(&mine[i], &halves[i], 1, type, op, MPI_COMM_WORLD, &requests[i]);
    }
    for (int i = 0; i < 2; i++)
        MPI_Wait(&requests[i], MPI_STATUS_IGNORE);
    check(parexact_state_merge(&halves[0], &halves[1]));

    if (rank == 0) {
        check(parexact_state_result(&halves[0], 0, PAREXACT_NAN_PROPAGATE, &stats));
        check(parexact_state_fingerprint(&halves[0], fingerprint));
        printf("%" PRIu64 " values, mean %9.6f, std %9.6f, ", stats.count, stats.mean, stats.std);
        printf("fingerprint %016" PRIX64 "%016" PRIX64 "\n", fingerprint[0], fingerprint[1]);
    }
    MPI_Op_free(&op);
    MPI_Type_free(&type);
    MPI_Finalize();
    return 0;
}
