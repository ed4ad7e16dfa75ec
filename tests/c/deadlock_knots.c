/* Circles through a job that any worker could begin: each worker waits for a lock of a thread that waits for
 * such a job. All waits are for ever: a knot that nobody sees hangs, which the time limit of run.sh reports.
 * In whatever order the threads come to wait, somebody learns it, and then all the others go on. */
#include "parallel.h"

enum { MOST = 3 };

static size_t sides; /* threads that hold a lock, and workers that want one */
static parexact_lock *locks[MOST];
static parexact_pool *pools[MOST];  /* of the job that wants the lock of a side */
static parexact_pool *behind[MOST]; /* of the job that this side waits for */
static atomic_int held, wanting, told;
static double before_wanting, before_waiting;

static int32_t nothing(void *unused)
{
    (void)unused;
    return 0;
}

static int32_t want(void *lock)
{
    atomic_fetch_add(&wanting, 1);
    WAIT_UNTIL(wanting == (int)sides);
    pause_for(before_wanting);
    const parexact_status status = parexact_lock_acquire(lock, FOR_EVER);
    CHECK(status == PAREXACT_OK || status == PAREXACT_ERROR_DEADLOCK);
    if (status == PAREXACT_OK)
        CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
    else
        atomic_fetch_add(&told, 1);
    return 0;
}

static void *be_a_side(void *number)
{
    const size_t i = *(size_t *)number;
    CHECK_STATUS(parexact_lock_acquire(locks[i], FOR_EVER), PAREXACT_OK);
    atomic_fetch_add(&held, 1);
    WAIT_UNTIL(held == (int)sides);
    parexact_job *wants = submit(pools[i], want, locks[i]);
    WAIT_UNTIL(wanting == (int)sides);
    pause_for(before_waiting);
    parexact_job *unbegun = submit(behind[i], nothing, NULL);
    const parexact_status status = parexact_job_wait(unbegun, FOR_EVER);
    CHECK(status == PAREXACT_OK || status == PAREXACT_ERROR_DEADLOCK);
    if (status == PAREXACT_ERROR_DEADLOCK)
        atomic_fetch_add(&told, 1);
    CHECK_STATUS(parexact_lock_release(locks[i]), PAREXACT_OK);
    CHECK_STATUS(finish(wants), PAREXACT_OK);
    CHECK_STATUS(finish(unbegun), PAREXACT_OK);
    return NULL;
}

static int run(void)
{
    size_t numbers[MOST];
    pthread_t threads[MOST];
    held = wanting = told = 0;
    for (size_t i = 0; i < sides; i++) {
        numbers[i] = i;
        locks[i] = new_lock();
        threads[i] = start(be_a_side, &numbers[i]);
    }
    for (size_t i = 0; i < sides; i++) {
        join(threads[i]);
        parexact_lock_free(locks[i]);
    }
    return told;
}

/* Workers first, holders first, or all at once. */
static void in_all_orders(void)
{
    const double pauses[][2] = {{0, 0.05}, {0.05, 0}, {0, 0}, {0.02, 0.02}};
    for (size_t i = 0; i < usually(LENGTH(pauses), 2); i++) {
        before_wanting = pauses[i][0];
        before_waiting = pauses[i][1];
        const int answers = run();
        CHECK(answers >= 1 && answers <= (int)sides);
    }
}

static void one_pool_for_all(parexact_pool *pool)
{
    for (size_t i = 0; i < sides; i++)
        pools[i] = behind[i] = pool;
    in_all_orders();
}

/* The job of one side waits behind the worker that wants the lock of the next. */
static void a_pool_for_each(void)
{
    parexact_pool *own[MOST];
    for (size_t i = 0; i < sides; i++)
        own[i] = new_pool(1);
    for (size_t i = 0; i < sides; i++) {
        pools[i] = own[(i + 1) % sides];
        behind[i] = own[i];
    }
    in_all_orders();
    for (size_t i = 0; i < sides; i++)
        parexact_pool_free(own[i]);
}

/* A worker that is merely busy will begin the job: nobody is answered DEADLOCK. */
static int32_t be_busy(void *unused)
{
    (void)unused;
    pause_for(0.2);
    return 0;
}

static void a_busy_worker_is_a_way_out(void)
{
    parexact_pool *pool = new_pool(sides + 1);
    parexact_job *busy = submit(pool, be_busy, NULL);
    for (size_t i = 0; i < sides; i++)
        pools[i] = behind[i] = pool;
    before_wanting = before_waiting = 0;
    CHECK(run() == 0);
    CHECK_STATUS(finish(busy), PAREXACT_OK);
    parexact_pool_free(pool);
}

int main(void)
{
    parexact_set_num_threads(MOST);
    for (sides = 1; sides <= MOST; sides++) {
        parexact_pool *pool = new_pool(sides);
        one_pool_for_all(pool);
        parexact_pool_free(pool);
        a_pool_for_each();
        a_busy_worker_is_a_way_out();
    }
    sides = MOST;
    one_pool_for_all(NULL);
    return checks_done();
}
