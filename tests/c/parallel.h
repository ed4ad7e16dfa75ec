/* What the tests of pools, jobs, locks and queues share: time, threads, and sizes that memcheck can bear.
 *
 * Times are checked from below strictly, since a wait that ends too early is wrong on any machine; from above
 * generously, since other processes may hold the processors. */
#ifndef PARALLEL_H
#define PARALLEL_H

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define FOR_EVER (-1.0)

/* What a wait may take beyond its due on a machine that is busy with other things. */
#define GENEROUS 5.0

static inline double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static inline void pause_for(double seconds)
{
    const double end = now() + seconds;
    for (double left = seconds; left > 0; left = end - now()) {
        const struct timespec time = {(time_t)left, (long)(1e9 * (left - (double)(time_t)left))};
        nanosleep(&time, NULL);
    }
}

/* Waits for another thread; gives up, with a failed check, where it would hang. */
#define WAIT_UNTIL(condition)                                        \
    do {                                                             \
        const double limit = now() + 20;                             \
        while (!(condition) && now() < limit)                        \
            pause_for(1e-4);                                         \
        CHECK(condition);                                            \
    } while (0)

/* The size for a usual run, or a smaller one where PAREXACT_TEST_SMALL is set: memcheck takes thirty times as
 * long. */
static inline size_t usually(size_t size, size_t small)
{
    return getenv("PAREXACT_TEST_SMALL") ? small : size;
}

static inline pthread_t start(void *(*function)(void *), void *argument)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, function, argument) != 0)
        abort();
    return thread;
}

static inline void join(pthread_t thread)
{
    CHECK(pthread_join(thread, NULL) == 0);
}

/* Which threads took part in something: each gets a number of its own. */
static atomic_size_t participants;
static _Thread_local size_t participant;

static inline size_t thread_number(void)
{
    if (participant == 0)
        participant = atomic_fetch_add(&participants, 1) + 1;
    return participant;
}

static inline parexact_pool *new_pool(size_t workers)
{
    parexact_pool *pool = NULL;
    CHECK_STATUS(parexact_pool_new(workers, &pool), PAREXACT_OK);
    if (!pool)
        abort();
    return pool;
}

static inline parexact_job *submit(parexact_pool *pool, parexact_task_fn task, void *user_data)
{
    parexact_job *job = NULL;
    CHECK_STATUS(parexact_submit(pool, task, user_data, &job), PAREXACT_OK);
    if (!job)
        abort();
    return job;
}

static inline parexact_lock *new_lock(void)
{
    parexact_lock *lock = NULL;
    CHECK_STATUS(parexact_lock_new(&lock), PAREXACT_OK);
    if (!lock)
        abort();
    return lock;
}

static inline parexact_queue *new_queue(size_t capacity, size_t item_size)
{
    parexact_queue *queue = NULL;
    CHECK_STATUS(parexact_queue_new(capacity, item_size, &queue), PAREXACT_OK);
    if (!queue)
        abort();
    return queue;
}

static inline parexact_control *new_control(void)
{
    parexact_control *control = NULL;
    CHECK_STATUS(parexact_control_new(&control), PAREXACT_OK);
    if (!control)
        abort();
    return control;
}

/* A task that stays until it is let go. */
typedef struct {
    atomic_int running;
    atomic_int let_go;
    int32_t answer;
    atomic_int ended;
} held_task;

static inline int32_t stay_until_let_go(void *user_data)
{
    held_task *s = user_data;
    s->running = 1;
    WAIT_UNTIL(s->let_go);
    s->ended = 1;
    return s->answer;
}

/* Waits for the job, answers what came of it, and frees it. */
static inline parexact_status finish(parexact_job *job)
{
    const parexact_status status = parexact_job_wait(job, FOR_EVER);
    parexact_job_free(job);
    return status;
}

/* A task that gives its own pool more to do: as much as a map, and a task that does the same, so many
 * times. */
typedef struct {
    parexact_pool *pool;
    atomic_int left;
    atomic_int begun;
    atomic_int let_go;
    atomic_size_t items;
} growing_work;

static inline int32_t count_item(const void *item, void *result, void *work)
{
    (void)item;
    (void)result;
    atomic_fetch_add(&((growing_work *)work)->items, 1);
    return 0;
}

static inline int32_t give_more(void *user_data)
{
    growing_work *work = user_data;
    parexact_job *job = NULL, *mapping = NULL;
    work->begun = 1;
    WAIT_UNTIL(work->let_go);
    pause_for(2e-3); /* the pool's end is waiting */
    CHECK_STATUS(parexact_map(work->pool, count_item, work, NULL, 0, NULL, 0, 10, 1), PAREXACT_OK);
    CHECK_STATUS(parexact_map_async(work->pool, count_item, work, NULL, 0, NULL, 0, 10, 1, &mapping),
                 PAREXACT_OK);
    if (atomic_fetch_sub(&work->left, 1) > 1) {
        CHECK_STATUS(parexact_submit(work->pool, give_more, work, &job), PAREXACT_OK);
        parexact_job_free(job);
    }
    return finish(mapping);
}

static inline int32_t free_its_pool(void *work)
{
    parexact_pool_free(((growing_work *)work)->pool);
    return give_more(work);
}

#endif
