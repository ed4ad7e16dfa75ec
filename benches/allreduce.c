/* How long an MPI_Allreduce takes: of doubles, of as many states by the library's operation, and of states by
 * MPI's own integer operations. parts/mpi.py compiles and runs it:
 *
 *     mpiexec -n 2 ./allreduce ROUNDS SECONDS
 *
 * In each round each contender has SECONDS of calls, in turn. It prints a line for each round and contender,
 * tabs between its fields: number of fields, name, seconds of a call.
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parexact.h"

#define MOST 100 /* fields */
#define MOST_CALLS 200000
#define FIRST_SUM PAREXACT_STATE_ADDITIVE_FIRST
#define SUMS PAREXACT_STATE_ADDITIVE_COUNT
#define FIRST_MAX PAREXACT_STATE_MAX_FIRST
#define MAXIMA PAREXACT_STATE_MAX_COUNT

static double doubles[MOST], sums_of_doubles[MOST];
static parexact_state states[MOST], merged[MOST];
static int64_t packed[MOST * (SUMS + MAXIMA)], reduced[MOST * (SUMS + MAXIMA)];
static MPI_Op op;
static MPI_Datatype type;

static void check(parexact_status status)
{
    if (status != PAREXACT_OK) {
        fprintf(stderr, "parexact: %s\n", parexact_last_error());
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
}

static void of_doubles(int fields)
{
    MPI_Allreduce(doubles, sums_of_doubles, fields, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
}

static void of_states(int fields)
{
    MPI_Allreduce(states, merged, fields, type, op, MPI_COMM_WORLD);
}

/* Two calls whatever the number of fields, so that words are gathered before and put back afterwards. */
static void of_words(int fields)
{
    int64_t *maxima = packed + fields * SUMS, *reduced_maxima = reduced + fields * SUMS;
    for (int i = 0; i < fields; i++) {
        memcpy(packed + i * SUMS, states[i].words + FIRST_SUM, SUMS * sizeof *packed);
        memcpy(maxima + i * MAXIMA, states[i].words + FIRST_MAX, MAXIMA * sizeof *packed);
    }
    MPI_Allreduce(packed, reduced, fields * SUMS, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
    MPI_Allreduce(maxima, reduced_maxima, fields * MAXIMA, MPI_INT64_T, MPI_MAX, MPI_COMM_WORLD);
    for (int i = 0; i < fields; i++) {
        memcpy(merged[i].words + FIRST_SUM, reduced + i * SUMS, SUMS * sizeof *packed);
        memcpy(merged[i].words + FIRST_MAX, reduced_maxima + i * MAXIMA, MAXIMA * sizeof *packed);
    }
}

static const struct {
    const char *name;
    void (*call)(int fields);
} contenders[] = {
    {"doubles by MPI_SUM", of_doubles},
    {"states", of_states},
    {"states' words by SUM, MAX", of_words},
};

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Seconds of a call, the median of many: a rank that loses its processor for a moment keeps both waiting. */
static double measure(void (*call)(int), int fields, int calls)
{
    static double times[MOST_CALLS];
    MPI_Barrier(MPI_COMM_WORLD);
    for (int i = 0; i < calls; i++) {
        const double begin = MPI_Wtime();
        call(fields);
        times[i] = MPI_Wtime() - begin;
    }
    qsort(times, (size_t)calls, sizeof *times, ascending);
    return times[calls / 2];
}

/* As many calls as fill a time, the same number on both ranks. */
static int calls_in(double seconds, void (*call)(int), int fields)
{
    double calls = seconds / measure(call, fields, 100);
    MPI_Bcast(&calls, 1, MPI_DOUBLE, 0, MPI_COMM_WORLD);
    return calls < MOST_CALLS ? (int)calls + 1 : MOST_CALLS;
}

int main(int argc, char **argv)
{
    static const int sizes[] = {1, 10, 100};
    const size_t count = sizeof contenders / sizeof contenders[0];
    int rank, ranks;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    if (argc != 3 || ranks != 2) {
        fprintf(stderr, "usage: mpiexec -n 2 ./allreduce ROUNDS SECONDS\n");
        MPI_Abort(MPI_COMM_WORLD, 2);
    }
    const int rounds = atoi(argv[1]);
    const double seconds = atof(argv[2]);

    MPI_Type_contiguous(PAREXACT_STATE_WORDS, MPI_INT64_T, &type);
    MPI_Type_commit(&type);
    MPI_Op_create((MPI_User_function *)parexact_mpi_merge, 1, &op);
    for (int i = 0; i < MOST; i++) {
        const parexact_distribution normal = {PAREXACT_DIST_NORMAL, 0, {0.0, 1.0, 0.0}};
        check(parexact_state_init(&states[i]));
        check(parexact_state_init(&merged[i]));
        check(parexact_random_state(&normal, 1, (uint64_t)rank, (uint64_t)i * 1000, 1000, &states[i]));
        doubles[i] = 1.0 / (i + 1 + rank);
    }

    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        int calls[sizeof contenders / sizeof contenders[0]];
        for (size_t c = 0; c < count; c++)
            calls[c] = calls_in(seconds, contenders[c].call, sizes[s]);
        for (int round = 0; round < rounds; round++)
            for (size_t c = 0; c < count; c++) {
                const double each = measure(contenders[c].call, sizes[s], calls[c]);
                if (rank == 0)
                    printf("%d\t%s\t%.9e\n", sizes[s], contenders[c].name, each);
            }
    }
    MPI_Op_free(&op);
    MPI_Type_free(&type);
    MPI_Finalize();
    return 0;
}
