/* Workers that put results into a queue as they come, a master that gets them; and a lock around a total they
 * all share.
 *
 *     cc c_examples/lock_and_queue.c -Iinclude -Ltarget/release -lparexact -o lock_and_queue
 *     LD_LIBRARY_PATH=target/release ./lock_and_queue
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "parexact.h"

#define NUMBERS 5000

typedef struct {
    uint64_t number;
    int divisors;
} finding;

/* What everybody shares, by way of user_data. The counts are only touched with the lock held. */
typedef struct {
    parexact_queue *findings;
    parexact_lock *lock;
    uint64_t divisors;
    int remaining;
} shared;

static void check(parexact_status status)
{
    if (status != PAREXACT_OK) {
        fprintf(stderr, "parexact: %s\n", parexact_last_error());
        exit(1);
    }
}

/* A worker: counts the divisors of a number, and reports a number that has many. */
static int32_t count_divisors(const void *item, void *result, void *user_data)
{
    shared *all = user_data;
    finding f = {*(const uint64_t *)item, 0};
    int last;
    (void)result;

    for (uint64_t d = 1; d <= f.number; d++)
        f.divisors += f.number % d == 0;
    /* Waits while the queue is full. */
    if (f.divisors >= 48 && parexact_queue_put(all->findings, &f, -1) != PAREXACT_OK)
        return 1;

    if (parexact_lock_acquire(all->lock, -1) != PAREXACT_OK)
        return 1;
    all->divisors += (uint64_t)f.divisors;
    last = --all->remaining == 0;
    if (parexact_lock_release(all->lock) != PAREXACT_OK)
        return 1;
    return last ? parexact_queue_close(all->findings) : 0;
}

int main(void)
{
    static uint64_t numbers[NUMBERS];
    shared all = {NULL, NULL, 0, NUMBERS};
    finding f, best = {0, 0};
    int findings = 0;
    parexact_job *job;

    for (uint64_t i = 0; i < NUMBERS; i++)
        numbers[i] = i + 1;
    check(parexact_queue_new(8, sizeof(finding), &all.findings));
    check(parexact_lock_new(&all.lock));
    check(parexact_map_async(NULL, count_divisors, &all, numbers, sizeof numbers[0], NULL, 0, NUMBERS, 0,
                             &job));

    /* The master: gets what the workers find, in whatever order, until the queue is closed and nothing is
     * left in it. */
    while (parexact_queue_get(all.findings, -1, &f) == PAREXACT_OK) {
        findings++;
        if (f.divisors > best.divisors || (f.divisors == best.divisors && f.number < best.number))
            best = f;
    }
    check(parexact_job_wait(job, -1));

    printf("%d numbers have 48 divisors or more, %" PRIu64 " has the most: %d\n", findings, best.number,
           best.divisors);
    printf("%" PRIu64 " divisors in all\n", all.divisors);
    parexact_job_free(job);
    parexact_lock_free(all.lock);
    parexact_queue_free(all.findings);
    return 0;
}
