/* Rank 0 sends a vector to rank 1, which answers with its state: 2 KiB without pointers, sent as words.
 *
 *     mpicc send_state.c $(pkg-config --cflags --libs parexact) -o send_state
 *     mpiexec -n 2 ./send_state
 */
#include <inttypes.h>
#include <mpi.h>
#include <stdio.h>

#include "parexact.h"

#define N 1000
#define DATA 77 /* tags */
#define STATE 11

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
    double data[N];
    const int64_t length = N;
    const parexact_array view = {data, PAREXACT_DTYPE_F64, 1, &length, NULL};
    int rank, ranks;
    parexact_state state;
    parexact_stats stats;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    if (ranks < 2) {
        fprintf(stderr, "send_state needs two ranks: mpiexec -n 2 ./send_state\n");
        MPI_Abort(MPI_COMM_WORLD, 1);
    }

    if (rank == 0) {
        for (int i = 0; i < N; i++)
            data[i] = i;
        printf("Master, sending: %d numbers\n", N);
        MPI_Send(data, N, MPI_DOUBLE, 1, DATA, MPI_COMM_WORLD);
        MPI_Recv(state.words, PAREXACT_STATE_WORDS, MPI_INT64_T, 1, STATE, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        check(parexact_state_result(&state, 0, PAREXACT_NAN_PROPAGATE, &stats));
        printf("Master, received: a state of %" PRIu64 " numbers, mean %g, std %g\n", stats.count, stats.mean,
               stats.std);
    } else if (rank == 1) {
        MPI_Recv(data, N, MPI_DOUBLE, 0, DATA, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        check(parexact_state_init(&state));
        check(parexact_state_update(&state, &view));
        MPI_Send(state.words, PAREXACT_STATE_WORDS, MPI_INT64_T, 0, STATE, MPI_COMM_WORLD);
    }
    MPI_Finalize();
    return 0;
}
