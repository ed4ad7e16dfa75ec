/* Waits that a pool's workers come between: for a pool to be freed, for jobs not begun, for a pool to be
 * made. */
#include "parallel.h"

static parexact_lock *lock;

static int32_t want_the_lock(void *unused)
{
    const parexact_status status = parexact_lock_acquire(lock, FOR_EVER);
    (void)unused;
    if (status == PAREXACT_OK)
        parexact_lock_release(lock);
    return status;
}

static int32_t sleep_a_while(void *unused)
{
    (void)unused;
    pause_for(0.1);
    return 0;
}

/* -- Circles --------------------------------------------------------------------------------------- */

/* The job on the only worker is answered DEADLOCK, and parexact_pool_free returns. */
static void lock_held_while_a_pool_is_freed(void)
{
    parexact_pool *pool = new_pool(1);
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    parexact_job *job = submit(pool, want_the_lock, NULL);
    parexact_pool_free(pool);
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
    CHECK_STATUS(finish(job), PAREXACT_ERROR_CALLBACK_FAILED);
    CHECK(strstr(parexact_last_error(), "returned 12")); /* DEADLOCK */
}

/* All workers wait for the caller's lock: the caller's wait for a job behind them is answered DEADLOCK. */
static void lock_held_while_a_job_has_not_begun(void)
{
    parexact_pool *pool = new_pool(2);
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    parexact_job *blocked[2] = {submit(pool, want_the_lock, NULL), submit(pool, want_the_lock, NULL)};
    pause_for(0.1); /* both have begun */
    parexact_job *behind = submit(pool, sleep_a_while, NULL);
    CHECK_STATUS(parexact_job_wait(behind, FOR_EVER), PAREXACT_ERROR_DEADLOCK);
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
    for (size_t i = 0; i < LENGTH(blocked); i++)
        CHECK_STATUS(finish(blocked[i]), PAREXACT_OK);
    CHECK_STATUS(finish(behind), PAREXACT_OK);
    parexact_pool_free(pool);
}

static pthread_t caller;

static int32_t only_helpers_want_the_lock(const void *item, void *result, void *unused)
{
    (void)item;
    (void)unused;
    *(int32_t *)result = PAREXACT_OK;
    if (pthread_equal(pthread_self(), caller))
        pause_for(0.1); /* the helpers wait first, and find the circle later */
    else
        *(int32_t *)result = want_the_lock(NULL);
    return 0;
}

/* A wait that was answered DEADLOCK is over: it plays no part in the next wait. */
static void an_answered_circle_is_over(void)
{
    parexact_pool *pool = new_pool(2);
    int32_t statuses[2];
    caller = pthread_self();
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    CHECK_STATUS(
        parexact_map(pool, only_helpers_want_the_lock, NULL, NULL, 0, statuses, sizeof *statuses, 2, 1),
        PAREXACT_OK);
    CHECK(statuses[0] + statuses[1] == PAREXACT_ERROR_DEADLOCK); /* one of them, the other is the caller's */
    parexact_job *jobs[2] = {submit(pool, sleep_a_while, NULL), submit(pool, sleep_a_while, NULL)};
    for (size_t i = 0; i < LENGTH(jobs); i++)
        CHECK_STATUS(finish(jobs[i]), PAREXACT_OK);
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
    parexact_pool_free(pool);
}

/* A wait that was cancelled is over in the same way. */
static void a_cancelled_wait_is_over(void)
{
    parexact_pool *pool = new_pool(1);
    parexact_control *control = new_control();
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    parexact_control_attach(control);
    parexact_job *job = submit(pool, want_the_lock, NULL);
    parexact_control_attach(NULL);
    pause_for(0.1); /* by now the job waits, and the library has noted it */
    parexact_control_cancel(control);
    /* A timeout of 0 only looks: a wait would close the circle. */
    WAIT_UNTIL(parexact_job_wait(job, 0) != PAREXACT_ERROR_TIMEOUT);
    CHECK_STATUS(finish(job), PAREXACT_ERROR_CALLBACK_FAILED);
    CHECK(strstr(parexact_last_error(), "returned 8")); /* CANCELLED */
    CHECK_STATUS(finish(submit(pool, sleep_a_while, NULL)), PAREXACT_OK);
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
    parexact_control_free(control);
    parexact_pool_free(pool);
}

/* -- Pools made by workers ------------------------------------------------------------------------- */

static _Thread_local int inside;
static atomic_int nested, begun;

static int32_t make_a_pool(void *unused)
{
    (void)unused;
    atomic_fetch_add(&nested, inside);
    inside = 1;
    atomic_fetch_add(&begun, 1);
    parexact_pool_free(new_pool(2));
    inside = 0;
    return 0;
}

static int32_t use_the_library_pool(void *unused)
{
    (void)unused;
    atomic_fetch_add(&nested, inside);
    inside = 1;
    parexact_job *job = submit(NULL, sleep_a_while, NULL);
    parexact_job_free(job);
    inside = 0;
    return 0;
}

/* A worker that makes a pool, or makes the library's grow, takes up nothing else meanwhile. */
static void a_worker_that_makes_a_pool_steals_nothing(void)
{
    parexact_pool *pool = new_pool(1);
    parexact_job *jobs[8];
    for (size_t i = 0; i < LENGTH(jobs); i++)
        jobs[i] = submit(pool, i < 4 ? make_a_pool : use_the_library_pool, NULL);
    for (size_t i = 0; i < LENGTH(jobs); i++)
        CHECK_STATUS(finish(jobs[i]), PAREXACT_OK);
    CHECK(begun == 4 && nested == 0);
    parexact_pool_free(pool);
}

static int32_t nothing(const void *item, void *result, void *unused)
{
    (void)item;
    (void)result;
    (void)unused;
    return 0;
}

static void maps_in_the_background_may_make_the_pool_grow(void)
{
    parexact_job *jobs[8];
    parexact_set_num_threads(2);
    parexact_set_num_threads_local(16);
    for (size_t i = 0; i < LENGTH(jobs); i++)
        CHECK_STATUS(parexact_map_async(NULL, nothing, NULL, NULL, 0, NULL, 0, 1000, 1, &jobs[i]),
                     PAREXACT_OK);
    for (size_t i = 0; i < LENGTH(jobs); i++)
        CHECK_STATUS(finish(jobs[i]), PAREXACT_OK);
    parexact_set_num_threads_local(0);
    parexact_set_num_threads(0);
}

/* -- Freeing --------------------------------------------------------------------------------------- */

static int32_t no_task(void *unused)
{
    (void)unused;
    return 0;
}

static void jobs_are_done_when_their_pool_is_freed(void)
{
    for (size_t round = 0; round < usually(300, 20); round++) {
        parexact_pool *pool = new_pool(2);
        parexact_job *jobs[4];
        for (size_t i = 0; i < LENGTH(jobs); i++)
            jobs[i] = submit(pool, no_task, NULL);
        parexact_pool_free(pool);
        for (size_t i = 0; i < LENGTH(jobs); i++) {
            CHECK_STATUS(parexact_job_wait(jobs[i], 0), PAREXACT_OK);
            parexact_job_free(jobs[i]);
        }
    }
}

static int32_t free_the_pool(const void *item, void *result, void *user_data)
{
    (void)item;
    (void)result;
    parexact_pool_free(*(parexact_pool **)user_data);
    return 0;
}

/* On whatever thread, the caller's included: it cannot wait for itself. */
static void a_callback_may_free_its_pool(void)
{
    for (size_t workers = 1; workers <= 2; workers++) {
        parexact_pool *pool = new_pool(workers);
        CHECK_STATUS(parexact_map(pool, free_the_pool, &pool, NULL, 0, NULL, 0, 1, 0), PAREXACT_OK);
        pool = new_pool(workers);
        parexact_job *job = NULL;
        CHECK_STATUS(parexact_map_async(pool, free_the_pool, &pool, NULL, 0, NULL, 0, 1, 0, &job),
                     PAREXACT_OK);
        CHECK_STATUS(finish(job), PAREXACT_OK);
    }
}

/* -- Cancellation ---------------------------------------------------------------------------------- */

static int32_t get_for_ever(const void *item, void *result, void *queue)
{
    (void)item;
    (void)result;
    return parexact_queue_get(queue, FOR_EVER, NULL);
}

static void waits_are_cancelled(void)
{
    parexact_control *control = new_control();
    parexact_queue *queue = new_queue(0, 0);
    parexact_pool *pool = new_pool(1);
    parexact_job *job = NULL;
    parexact_control_attach(control);
    CHECK_STATUS(parexact_map_async(pool, get_for_ever, queue, NULL, 0, NULL, 0, 8, 1, &job), PAREXACT_OK);
    parexact_job *behind = submit(pool, sleep_a_while, NULL), *last = submit(pool, sleep_a_while, NULL);
    CHECK_STATUS(parexact_job_wait(job, 0.05), PAREXACT_ERROR_TIMEOUT);
    parexact_control_cancel(control);
    CHECK_STATUS(parexact_queue_get(queue, FOR_EVER, NULL), PAREXACT_ERROR_CANCELLED);
    CHECK_STATUS(parexact_queue_put(queue, NULL, FOR_EVER), PAREXACT_ERROR_CANCELLED);
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_ERROR_CANCELLED);
    CHECK_STATUS(finish(last), PAREXACT_ERROR_CANCELLED); /* the map has the only worker */
    CHECK_STATUS(finish(behind), PAREXACT_ERROR_CANCELLED);
    /* A callback failed, or the map found out first. */
    const parexact_status status = finish(job);
    CHECK(status == PAREXACT_ERROR_CANCELLED || status == PAREXACT_ERROR_CALLBACK_FAILED);
    parexact_control_attach(NULL);
    CHECK(parexact_queue_length(queue) == 0);
    parexact_control_free(control);
    parexact_queue_free(queue);
    parexact_pool_free(pool);
}

int main(void)
{
    lock = new_lock();
    lock_held_while_a_pool_is_freed();
    lock_held_while_a_job_has_not_begun();
    an_answered_circle_is_over();
    a_cancelled_wait_is_over();
    a_worker_that_makes_a_pool_steals_nothing();
    maps_in_the_background_may_make_the_pool_grow();
    jobs_are_done_when_their_pool_is_freed();
    a_callback_may_free_its_pool();
    waits_are_cancelled();
    parexact_lock_free(lock);
    return checks_done();
}
