/* Locks: one holder at a time, who alone can release; timeouts. */
#include "parallel.h"

enum { THREADS = 8 };

static parexact_lock *lock;
static size_t counter; /* plain: only the lock protects it */
static double state[4];

static void increment(void)
{
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    const size_t seen = counter;
    if (seen % 64 == 0)
        sched_yield(); /* for the others to run into it */
    counter = seen + 1;
    for (size_t i = 0; i < LENGTH(state); i++)
        state[i] += 1;
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
}

static void *increment_often(void *times)
{
    for (size_t i = 0; i < *(const size_t *)times; i++)
        increment();
    return NULL;
}

static int32_t increment_in_a_map(const void *item, void *result, void *unused)
{
    (void)item;
    (void)result;
    (void)unused;
    increment();
    return 0;
}

static int32_t increment_in_a_job(void *times)
{
    increment_often(times);
    return 0;
}

/* Threads of the program, workers of two pools, and the calling thread at the same time. */
static void mutual_exclusion(void)
{
    const size_t times = usually(20000, 300);
    pthread_t threads[THREADS];
    parexact_pool *pool = new_pool(3);
    parexact_job *jobs[3];
    for (size_t i = 0; i < THREADS; i++)
        threads[i] = start(increment_often, (void *)(uintptr_t)&times);
    for (size_t i = 0; i < LENGTH(jobs); i++)
        jobs[i] = submit(i ? pool : NULL, increment_in_a_job, (void *)(uintptr_t)&times);
    CHECK_STATUS(parexact_map(pool, increment_in_a_map, NULL, NULL, 0, NULL, 0, times, 0), PAREXACT_OK);
    for (size_t i = 0; i < THREADS; i++)
        join(threads[i]);
    for (size_t i = 0; i < LENGTH(jobs); i++)
        CHECK_STATUS(finish(jobs[i]), PAREXACT_OK);
    const size_t expected = (THREADS + LENGTH(jobs) + 1) * times;
    CHECK(counter == expected);
    for (size_t i = 0; i < LENGTH(state); i++)
        CHECK_DOUBLE(state[i], (double)expected);
    parexact_pool_free(pool);
}

static atomic_int stage;

static void *hold(void *unused)
{
    (void)unused;
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    stage = 1;
    WAIT_UNTIL(stage == 2);
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
    return NULL;
}

static void *want(void *unused)
{
    (void)unused;
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
    return NULL;
}

static void held_elsewhere(void)
{
    const double seconds[] = {1e-9, 0.003, 0.045, 0.11};
    stage = 0;
    pthread_t holder = start(hold, NULL);
    WAIT_UNTIL(stage == 1);
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_ERROR_NOT_OWNER);
    CHECK_STATUS(parexact_lock_acquire(lock, 0), PAREXACT_ERROR_TIMEOUT);
    for (size_t i = 0; i < LENGTH(seconds); i++) {
        double best = GENEROUS;
        for (int attempt = 0; attempt < 5; attempt++) {
            const double begin = now();
            CHECK_STATUS(parexact_lock_acquire(lock, seconds[i]), PAREXACT_ERROR_TIMEOUT);
            const double took = now() - begin;
            CHECK(took >= seconds[i]);
            best = took < best ? took : best;
        }
        CHECK(best < seconds[i] + usually(50, 1000) * 1e-3);
    }
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_ERROR_NOT_OWNER); /* another thread still holds it */

    pthread_t wanting[4];
    for (size_t i = 0; i < LENGTH(wanting); i++)
        wanting[i] = start(want, NULL);
    pause_for(0.05);
    stage = 2;
    CHECK_STATUS(parexact_lock_acquire(lock, 20), PAREXACT_OK);
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_ERROR_NOT_OWNER);
    join(holder);
    for (size_t i = 0; i < LENGTH(wanting); i++)
        join(wanting[i]);
    CHECK_STATUS(parexact_lock_acquire(lock, 0), PAREXACT_OK); /* all of them have released it */
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
}

/* The library may be called with the lock held. */
static int32_t sum_under_the_lock(const void *item, void *result, void *user_data)
{
    parexact_state part;
    const double *x = item;
    (void)result;
    if (parexact_state_init(&part) != PAREXACT_OK || parexact_lock_acquire(lock, FOR_EVER) != PAREXACT_OK)
        return 1;
    const int64_t shape[1] = {3};
    const parexact_array view = vector_view(x, shape);
    int32_t failed = parexact_state_update(&part, &view);
    failed |= parexact_state_merge(user_data, &part);
    failed |= parexact_lock_release(lock);
    return failed;
}

static void nested_calls(void)
{
    enum { N = 999 };
    static double x[N];
    const int64_t shape[1] = {N};
    const parexact_array view = vector_view(x, shape);
    parexact_state total;
    parexact_stats stats, expected;
    parexact_pool *pool = new_pool(4);
    fill_random(x, N, 100, 8);
    CHECK_STATUS(parexact_state_init(&total), PAREXACT_OK);
    CHECK_STATUS(parexact_map(pool, sum_under_the_lock, &total, x, 3 * sizeof *x, NULL, 0, N / 3, 1),
                 PAREXACT_OK);
    CHECK_STATUS(parexact_state_result(&total, 0, PAREXACT_NAN_RAISE, &stats), PAREXACT_OK);
    CHECK_STATUS(parexact_describe(&view, 0, PAREXACT_NAN_RAISE, &expected), PAREXACT_OK);
    CHECK(memcmp(&stats, &expected, sizeof stats) == 0);
    parexact_pool_free(pool);
}

int main(void)
{
    lock = new_lock();
    mutual_exclusion();
    held_elsewhere();
    nested_calls();
    parexact_lock_free(lock);
    return checks_done();
}
