/* What the MPI test programs share: numbers, how ranks share them out, and the count of failed checks. */
#ifndef CHECKS_H
#define CHECKS_H

#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parexact.h"

#define VALUES 10007

static int rank, ranks, checks, failures;

/* One check of this rank; what fails is named on the standard error. */
static inline void check(int holds, const char *how, const char *what)
{
    checks++;
    if (!holds) {
        failures++;
        fprintf(stderr, "rank %d of %d: failed: %s, %s\n", rank, ranks, how, what);
    }
}

/* A call of the library that must succeed. */
static inline void must(parexact_status status)
{
    if (status != PAREXACT_OK) {
        fprintf(stderr, "rank %d of %d: %s\n", rank, ranks, parexact_last_error());
        MPI_Abort(MPI_COMM_WORLD, 3);
    }
}

static inline void begin(int *argc, char ***argv)
{
    MPI_Init(argc, argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
}

/* Ends the program: rank 0 says how many checks all ranks made and how many of these failed. */
static inline int end(void)
{
    int mine[2] = {checks, failures}, all[2];
    MPI_Reduce(mine, all, 2, MPI_INT, MPI_SUM, 0, MPI_COMM_WORLD);
    if (rank == 0)
        printf("%d ranks, %d checks, %d failed\n", ranks, all[0], all[1]);
    MPI_Finalize();
    return failures > 0;
}

/* Value i of the vector that all programs reduce; rational.py has the same formula. Exponents are far apart,
 * so that the order of a plain sum would matter. */
static inline double value(int i)
{
    return ldexp((double)((int64_t)i * 7919 % 2003 - 1001), i % 801 - 400);
}

/* Where the slice of a rank begins in a vector of n values. Even: as equal as possible. Uneven: as the cube
 * of the rank. Empty: the last rank has all, the others nothing. */
static inline int slice(const char *how, int n, int r)
{
    const double part = (double)r / ranks;
    if (strcmp(how, "even") == 0)
        return (int)((int64_t)n * r / ranks);
    if (strcmp(how, "uneven") == 0)
        return (int)(n * part * part * part);
    return r < ranks ? 0 : n;
}

/* The state of values first to last - 1, by one call. */
static inline parexact_state state_of(int first, int last)
{
    double *x = malloc(((size_t)(last - first) + 1) * sizeof *x);
    const int64_t length = last - first;
    const parexact_array view = {x, PAREXACT_DTYPE_F64, 1, &length, NULL};
    parexact_state state;
    if (x == NULL)
        MPI_Abort(MPI_COMM_WORLD, 3);
    for (int i = first; i < last; i++)
        x[i - first] = value(i);
    must(parexact_state_init(&state));
    must(parexact_state_update(&state, &view));
    free(x);
    return state;
}

static inline int equal(const parexact_state *a, const parexact_state *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* What no reduction leaves there: a result that MPI did not write is found. */
static inline parexact_state untouched(void)
{
    parexact_state state;
    memset(&state, 0x5a, sizeof state);
    return state;
}

/* The operation and its datatype, as the header shows. */
static inline void make_pair(MPI_Op *op, MPI_Datatype *type)
{
    MPI_Type_contiguous(PAREXACT_STATE_WORDS, MPI_INT64_T, type);
    MPI_Type_commit(type);
    MPI_Op_create((MPI_User_function *)parexact_mpi_merge, 1, op);
}

#endif
