/* How long a call takes that has few values to work on, beside plain C for the same. parts/small.py compiles
 * and runs it:
 *
 *     ./small ROUNDS SECONDS
 *
 * In each round each contender has SECONDS of calls, in turn, once for values that have others behind them
 * and once for values at the end of the memory that is mapped. It prints a line for each round, contender and
 * place, tabs between its fields: number of values, name and place, seconds of a call.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "parexact.h"

#define REGION ((size_t)1 << 18) /* bytes */
#define REGION_VALUES (REGION / sizeof(double))
#define GUARD ((size_t)1 << 16)

/* Where the values of a call begin. */
static const double *x, *y;

static void check(parexact_status status)
{
    if (status != PAREXACT_OK) {
        fprintf(stderr, "parexact: %s\n", parexact_last_error());
        exit(1);
    }
}

static double exact_sum(size_t n)
{
    double sum;
    check(parexact_sum_f64(x, n, &sum));
    return sum;
}

static double exact_statistics(size_t n)
{
    parexact_stats stats;
    check(parallel_stats(x, n, &stats));
    return stats.variance;
}

static double exact_dot(size_t n)
{
    double dot;
    check(parexact_dot_f64(x, y, n, &dot));
    return dot;
}

/* A call into the library that does nothing. */
static double empty(size_t n)
{
    (void)n;
    return (double)parexact_state_words();
}

/* One addition after the other: a compiler may not change their order, and so not use vectors. */
static double plain_sum(size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

static double plain_dot(size_t n)
{
    double dot = 0.0;
    for (size_t i = 0; i < n; i++)
        dot += x[i] * y[i];
    return dot;
}

/* All that parallel_stats computes, in two passes; volatile, or a compiler leaves out what nobody reads. */
static double plain_statistics(size_t n)
{
    static volatile parexact_stats kept;
    double sum = 0.0, squares = 0.0, min = INFINITY, max = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        sum += x[i];
        min = x[i] < min ? x[i] : min;
        max = x[i] > max ? x[i] : max;
    }
    const double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (x[i] - mean) * (x[i] - mean);
    kept.count = n;
    kept.sum = sum;
    kept.mean = mean;
    kept.variance = squares / (double)n;
    kept.std = sqrt(squares / (double)n);
    kept.min = min;
    kept.max = max;
    return kept.variance;
}

static const struct {
    const char *name;
    double (*call)(size_t n);
} contenders[] = {
    {"parexact_sum_f64", exact_sum},
    {"parallel_stats", exact_statistics},
    {"parexact_dot_f64", exact_dot},
    {"plain C sum", plain_sum},
    {"plain C statistics in two passes", plain_statistics},
    {"plain C dot product", plain_dot},
    {"an empty call", empty},
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds of a call. */
static double measure(double (*call)(size_t), size_t n, long calls)
{
    const double begin = now();
    for (long i = 0; i < calls; i++)
        call(n);
    return (now() - begin) / (double)calls;
}

static void turn(size_t contender, const char *place, size_t n, double seconds)
{
    double (*call)(size_t) = contenders[contender].call;
    const long calls = (long)(seconds / measure(call, n, 1000)) + 1;
    printf("%zu\t%s%s\t%.9e\n", n, contenders[contender].name, place, measure(call, n, calls));
}

/* A region full of normals behind which nothing is mapped. */
static const double *normals(uint64_t stream)
{
    const parexact_distribution normal = {PAREXACT_DIST_NORMAL, 0, {0.0, 1.0, 0.0}};
    const int private = MAP_PRIVATE | MAP_ANONYMOUS;
    double *region = mmap(NULL, REGION + GUARD, PROT_NONE, private, -1, 0);
    if (region == MAP_FAILED || mprotect(region, REGION, PROT_READ | PROT_WRITE) != 0) {
        perror("mmap");
        exit(1);
    }
    check(parexact_random_fill(&normal, 1, stream, 0, region, REGION_VALUES));
    return region;
}

int main(int argc, char **argv)
{
    static const size_t sizes[] = {0, 10, 100, 1000};

    if (argc != 3) {
        fprintf(stderr, "usage: ./small ROUNDS SECONDS\n");
        return 2;
    }
    const int rounds = atoi(argv[1]);
    const double seconds = atof(argv[2]);

    const double *first = normals(0), *second = normals(1);
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (int round = 0; round < rounds; round++)
            for (size_t c = 0; c < sizeof contenders / sizeof contenders[0]; c++) {
                x = first, y = second;
                turn(c, "", sizes[s], seconds);
                x = first + REGION_VALUES - sizes[s], y = second + REGION_VALUES - sizes[s];
                turn(c, ", at the end", sizes[s], seconds);
            }
    return 0;
}
