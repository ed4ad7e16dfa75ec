/* Every rank draws its slice of one sequence of normals. Rank 0 prints, as one line of JSON, the number of
 * ranks, the fingerprint and the sum of the merged state, and what each rank's library says of its threads.
 *
 *     slurm_ranks N [FAILING_RANK]      that rank ends with status 3 before the others' reduction
 */
#include <inttypes.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

#include "parexact.h"

#define SEED 12
#define ACCOUNT 4096 /* bytes of a rank's account of itself */

static void check(parexact_status status)
{
    if (status != PAREXACT_OK) {
        fprintf(stderr, "parexact: %s\n", parexact_last_error());
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
}

int main(int argc, char **argv)
{
    const parexact_distribution normal = {PAREXACT_DIST_NORMAL, 0, {0.0, 1.0, 0.0}};
    const uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    int rank, size;
    parexact_state state, merged;
    MPI_Datatype state_type;
    MPI_Op merge;
    char account[ACCOUNT];
    char *accounts = NULL;
    size_t needed;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (argc > 2 && atoi(argv[2]) == rank)
        exit(3);

    const uint64_t first = n * (uint64_t)rank / (uint64_t)size;
    const uint64_t last = n * ((uint64_t)rank + 1) / (uint64_t)size;
    check(parexact_state_init(&state));
    check(parexact_random_state(&normal, SEED, 0, first, last - first, &state));

    MPI_Type_contiguous(PAREXACT_STATE_WORDS, MPI_INT64_T, &state_type);
    MPI_Type_commit(&state_type);
    MPI_Op_create((MPI_User_function *)parexact_mpi_merge, 1, &merge);
    MPI_Reduce(&state, &merged, 1, state_type, merge, 0, MPI_COMM_WORLD);
    MPI_Op_free(&merge);
    MPI_Type_free(&state_type);

    check(parexact_explain(account, sizeof account, &needed));
    if (rank == 0 && (accounts = malloc((size_t)size * ACCOUNT)) == NULL)
        MPI_Abort(MPI_COMM_WORLD, 1);
    MPI_Gather(account, ACCOUNT, MPI_CHAR, accounts, ACCOUNT, MPI_CHAR, 0, MPI_COMM_WORLD);
    if (rank == 0) {
        parexact_stats stats;
        uint64_t halves[2];
        check(parexact_state_result(&merged, 0, PAREXACT_NAN_PROPAGATE, &stats));
        check(parexact_state_fingerprint(&merged, halves));
        printf("{\"size\": %d, ", size);
        printf("\"fingerprint\": \"%016" PRIx64 "%016" PRIx64 "\", ", halves[1], halves[0]);
        printf("\"sum\": %.17g, \"explain\": [", stats.sum);
        for (int i = 0; i < size; i++)
            printf("%s%s", i == 0 ? "" : ", ", accounts + (size_t)i * ACCOUNT);
        printf("]}\n");
        free(accounts);
    }
    MPI_Finalize();
    return 0;
}
