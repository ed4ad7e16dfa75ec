/* A function for each of many structs, in parallel, the results in order: pool.map with tuples or
 * dictionaries, in C.
 *
 *     cc c_examples/map_structs.c -Iinclude -Ltarget/release -lparexact -lm -o map_structs
 *     LD_LIBRARY_PATH=target/release ./map_structs
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "parexact.h"

typedef struct {
    const char *name;
    double base;
    int exponent;
} task;

typedef struct {
    double power;
    double root;
} answer;

/* Runs on any thread, several at once: it reads its item and writes its result, and nothing else. */
static int32_t compute(const void *item, void *result, void *user_data)
{
    const task *in = item;
    answer *out = result;
    const double scale = *(const double *)user_data; /* what all items share */

    if (in->base < 0)
        return 1; /* has no root: the map fails, and says for which item */
    out->power = scale * pow(in->base, in->exponent);
    out->root = scale * sqrt(in->base);
    return 0;
}

static void check(parexact_status status)
{
    if (status != PAREXACT_OK) {
        fprintf(stderr, "parexact: %s\n", parexact_last_error());
        exit(1);
    }
}

int main(void)
{
    task tasks[] = {{"two", 2, 10}, {"three", 3, 4}, {"nine", 9, 2}, {"sixteen", 16, 1}, {"ten", 10, 3}};
    const size_t count = sizeof tasks / sizeof tasks[0];
    answer answers[sizeof tasks / sizeof tasks[0]];
    double scale = 10;
    parexact_pool *pool;

    check(parexact_pool_new(4, &pool)); /* NULL in place of a pool: the library's own */
    check(parexact_map(pool, compute, &scale, tasks, sizeof tasks[0], answers, sizeof answers[0], count, 0));
    for (size_t i = 0; i < count; i++)
        printf("%-8s %7.0f %5.2f\n", tasks[i].name, answers[i].power, answers[i].root);

    tasks[3].base = -16;
    if (parexact_map(pool, compute, &scale, tasks, sizeof tasks[0], answers, sizeof answers[0], count, 0) !=
        PAREXACT_OK)
        printf("%s\n", parexact_last_error());
    parexact_pool_free(pool);
    return 0;
}
