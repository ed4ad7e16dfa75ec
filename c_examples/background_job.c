/* A map in the background, with a display of its progress; then one that is cancelled.
 *
 *     cc c_examples/background_job.c -Iinclude -Ltarget/release -lparexact -o background_job
 *     LD_LIBRARY_PATH=target/release ./background_job
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "parexact.h"

#define ITEMS 400

static void check(parexact_status status)
{
    if (status != PAREXACT_OK) {
        fprintf(stderr, "parexact: %s\n", parexact_last_error());
        exit(1);
    }
}

/* Some work: the iterations of a chaotic map. */
static int32_t simulate(const void *item, void *result, void *user_data)
{
    double x = 0.5;
    (void)user_data;
    for (int step = 0; step < 300000; step++)
        x = 3.7 * x * (1 - x);
    *(double *)result = x + *(const int *)item;
    return 0;
}

/* The control that is attached when a job is started governs that job: detached again, it governs nothing
 * else. */
static parexact_job *start(parexact_pool *pool, parexact_control *control, int *items, double *results)
{
    parexact_job *job;
    parexact_control *before = parexact_control_attach(control);
    check(parexact_map_async(pool, simulate, NULL, items, sizeof *items, results, sizeof *results, ITEMS, 0,
                             &job));
    parexact_control_attach(before);
    return job;
}

int main(void)
{
    static int items[ITEMS];
    static double results[ITEMS];
    parexact_pool *pool;
    parexact_control *control;
    parexact_job *job;
    parexact_status status;
    uint64_t done, total;

    for (int i = 0; i < ITEMS; i++)
        items[i] = i;
    check(parexact_pool_new(2, &pool));
    check(parexact_control_new(&control));

    /* Between its looks this thread is free for other things. The display goes to the standard error. */
    job = start(pool, control, items, results);
    while ((status = parexact_job_wait(job, 0.05)) == PAREXACT_ERROR_TIMEOUT) {
        parexact_control_progress(control, &done, &total);
        fprintf(stderr, "\r%3" PRIu64 " of %" PRIu64, done, total);
    }
    fprintf(stderr, "\n");
    check(status);
    parexact_job_free(job);
    parexact_control_progress(control, &done, &total);
    printf("%" PRIu64 " of %" PRIu64 " done\n", done, total);

    /* The next one is not wanted after all. The arrays must stay until it has ended. */
    job = start(pool, control, items, results);
    parexact_job_wait(job, 0.02);
    parexact_control_cancel(control);
    status = parexact_job_wait(job, -1);
    printf("%s\n", parexact_status_name(status));
    parexact_job_free(job);
    parexact_control_free(control);
    parexact_pool_free(pool);
    return 0;
}
