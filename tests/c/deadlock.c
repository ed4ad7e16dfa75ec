/* Waits that could never end answer DEADLOCK, soon; waits that look alike but do end do not. Every wait here
 * is for ever: a circle that goes unseen hangs, which the time limit of run.sh reports. */
#include "parallel.h"

/* How soon: the header says some 50 ms. */
#define SOON (0.1 + usually(0, 1))

static parexact_pool *pool;
static parexact_lock *lock;

/* -- One thread ------------------------------------------------------------------------------------ */

typedef struct {
    parexact_job *job;
    atomic_int known;
    atomic_int status;
} known_job;

static int32_t wait_for_known(void *user_data)
{
    known_job *k = user_data;
    WAIT_UNTIL(k->known);
    /* A timeout of 0 only looks at the job, which can be no deadlock. */
    if (parexact_job_wait(k->job, 0) == PAREXACT_ERROR_TIMEOUT)
        k->status = parexact_job_wait(k->job, FOR_EVER);
    return 0;
}

static void job_waits_for_itself(void)
{
    known_job k = {.status = -1};
    k.job = submit(pool, wait_for_known, &k);
    k.known = 1;
    CHECK_STATUS(finish(k.job), PAREXACT_OK);
    CHECK(k.status == PAREXACT_ERROR_DEADLOCK);
}

static void lock_twice(void)
{
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_ERROR_DEADLOCK);
    CHECK_STATUS(parexact_lock_acquire(lock, 100), PAREXACT_ERROR_DEADLOCK);
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK); /* it was acquired only once */
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_ERROR_NOT_OWNER);
}

/* -- Two jobs -------------------------------------------------------------------------------------- */

typedef struct {
    parexact_job *other;
    atomic_int known;
    atomic_int status;
} partner;

static int32_t wait_for_partner(void *user_data)
{
    partner *p = user_data;
    WAIT_UNTIL(p->known);
    p->status = parexact_job_wait(p->other, FOR_EVER);
    return 0;
}

/* One of the two jobs is answered DEADLOCK; then the other's wait ends well. On one worker the second job
 * runs inside the first. */
static void jobs_wait_for_each_other(parexact_pool *workers)
{
    partner a = {.status = -1}, b = {.status = -1};
    parexact_job *job_a = submit(workers, wait_for_partner, &a),
                 *job_b = submit(workers, wait_for_partner, &b);
    a.other = job_b;
    b.other = job_a;
    a.known = b.known = 1;
    /* Neither is freed while the other may wait for it. */
    CHECK_STATUS(parexact_job_wait(job_a, FOR_EVER), PAREXACT_OK);
    CHECK_STATUS(parexact_job_wait(job_b, FOR_EVER), PAREXACT_OK);
    parexact_job_free(job_a);
    parexact_job_free(job_b);
    CHECK((a.status == PAREXACT_ERROR_DEADLOCK && b.status == PAREXACT_OK) ||
          (b.status == PAREXACT_ERROR_DEADLOCK && a.status == PAREXACT_OK));
}

/* -- Two locks, in different orders ---------------------------------------------------------------- */

typedef struct {
    parexact_lock *first, *second;
    atomic_int *holding;
    parexact_status status;
} philosopher;

static void *eat(void *user_data)
{
    philosopher *p = user_data;
    CHECK_STATUS(parexact_lock_acquire(p->first, FOR_EVER), PAREXACT_OK);
    atomic_fetch_add(p->holding, 1);
    WAIT_UNTIL(*p->holding == 3);
    p->status = parexact_lock_acquire(p->second, FOR_EVER);
    if (p->status == PAREXACT_OK)
        CHECK_STATUS(parexact_lock_release(p->second), PAREXACT_OK);
    CHECK_STATUS(parexact_lock_release(p->first), PAREXACT_OK);
    return NULL;
}

static void three_philosophers(void)
{
    parexact_lock *forks[3] = {new_lock(), new_lock(), new_lock()};
    philosopher philosophers[3];
    pthread_t threads[3];
    atomic_int holding = 0;
    int hungry = 0;
    for (int i = 0; i < 3; i++) {
        philosophers[i] = (philosopher){forks[i], forks[(i + 1) % 3], &holding, -1};
        threads[i] = start(eat, &philosophers[i]);
    }
    for (int i = 0; i < 3; i++) {
        join(threads[i]);
        CHECK(philosophers[i].status == PAREXACT_OK || philosophers[i].status == PAREXACT_ERROR_DEADLOCK);
        hungry += philosophers[i].status == PAREXACT_ERROR_DEADLOCK;
    }
    CHECK(hungry >= 1 && hungry < 3);
    for (int i = 0; i < 3; i++)
        parexact_lock_free(forks[i]);
}

/* -- A lock held around what wants it -------------------------------------------------------------- */

static double longest;
static pthread_mutex_t longest_mutex = PTHREAD_MUTEX_INITIALIZER;

static int32_t want_the_lock(void *unused)
{
    const double begin = now();
    const parexact_status status = parexact_lock_acquire(lock, FOR_EVER);
    const double took = now() - begin;
    (void)unused;
    pthread_mutex_lock(&longest_mutex);
    longest = took > longest ? took : longest;
    pthread_mutex_unlock(&longest_mutex);
    if (status == PAREXACT_OK)
        parexact_lock_release(lock);
    return status;
}

static int32_t want_the_lock_in_a_map(const void *item, void *result, void *unused)
{
    (void)item;
    *(int32_t *)result = want_the_lock(unused);
    return 0; /* goes on, to see what every callback gets */
}

/* The best of some tries, as the machine may be busy. */
static void lock_around_a_map(parexact_pool *workers)
{
    int32_t statuses[8];
    double best = GENEROUS;
    for (int attempt = 0; attempt < 4; attempt++) {
        longest = 0;
        CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
        CHECK_STATUS(parexact_map(workers, want_the_lock_in_a_map, NULL, NULL, 0, statuses, sizeof *statuses,
                                  LENGTH(statuses), 1),
                     PAREXACT_OK);
        CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
        for (size_t i = 0; i < LENGTH(statuses); i++)
            CHECK(statuses[i] == PAREXACT_ERROR_DEADLOCK);
        best = longest < best ? longest : best;
    }
    CHECK(best < SOON);
}

static void lock_around_a_job(void)
{
    double best = GENEROUS;
    for (int attempt = 0; attempt < 4; attempt++) {
        longest = 0;
        CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
        parexact_job *job = submit(pool, want_the_lock, NULL);
        /* Whoever closes the circle is answered DEADLOCK: the job, or this thread, which then must release
         * the lock. */
        const parexact_status status = parexact_job_wait(job, FOR_EVER);
        CHECK(status == PAREXACT_ERROR_CALLBACK_FAILED || status == PAREXACT_ERROR_DEADLOCK);
        CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
        CHECK_STATUS(finish(job),
                     status == PAREXACT_ERROR_DEADLOCK ? PAREXACT_OK : PAREXACT_ERROR_CALLBACK_FAILED);
        best = longest < best ? longest : best;
    }
    CHECK(best < SOON);
}

/* A wait with a timeout makes no deadlock: the job gets the lock when its holder gives up waiting. */
static void a_timeout_ends_the_circle(void)
{
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    parexact_job *job = submit(pool, want_the_lock, NULL);
    const parexact_status status = parexact_job_wait(job, 0.1);
    CHECK(status == PAREXACT_ERROR_TIMEOUT || status == PAREXACT_ERROR_DEADLOCK);
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
    CHECK_STATUS(finish(job), PAREXACT_OK);
}

/* -- Jobs that cannot begin ------------------------------------------------------------------------ */

static int32_t nothing(void *unused)
{
    (void)unused;
    pause_for(0.05);
    return 0;
}

/* The only worker wants the lock, whose holder waits for a job that this worker alone could begin. */
static void a_job_that_cannot_begin(parexact_pool *workers)
{
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    parexact_job *wanting = submit(workers, want_the_lock, NULL);
    pause_for(0.03);
    parexact_job *unbegun = submit(workers, nothing, NULL);
    const parexact_status status = parexact_job_wait(unbegun, FOR_EVER);
    CHECK(status == PAREXACT_OK || status == PAREXACT_ERROR_DEADLOCK);
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
    /* One of the two waits was answered DEADLOCK. */
    CHECK_STATUS(finish(wanting), status == PAREXACT_OK ? PAREXACT_ERROR_CALLBACK_FAILED : PAREXACT_OK);
    CHECK_STATUS(finish(unbegun), PAREXACT_OK);
}

/* -- No circle ------------------------------------------------------------------------------------- */

static int32_t hold_for_a_while(const void *item, void *result, void *unused)
{
    (void)item;
    (void)result;
    (void)unused;
    /* Longer than a slice of a wait, so that the others look for circles. */
    parexact_status status = parexact_lock_acquire(lock, FOR_EVER);
    if (status == PAREXACT_OK) {
        pause_for(0.025);
        status = parexact_lock_release(lock);
    }
    return status;
}

static pthread_t main_thread;
static atomic_int refused;

/* On the worker: refused while the calling thread waits for it, but not before that thread's own item is
 * done. */
static int32_t want_in_vain(const void *item, void *result, void *unused)
{
    (void)item;
    (void)result;
    (void)unused;
    if (pthread_equal(pthread_self(), main_thread))
        pause_for(0.1);
    else
        refused = parexact_lock_acquire(lock, FOR_EVER);
    return 0;
}

/* A wait that was refused is over: the worker then waits for nobody, and may be waited for. */
static void a_refused_wait_leaves_no_trace(void)
{
    parexact_pool *workers = new_pool(2);
    main_thread = pthread_self();
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    CHECK_STATUS(parexact_map(workers, want_in_vain, NULL, NULL, 0, NULL, 0, 2, 1), PAREXACT_OK);
    CHECK(refused == PAREXACT_ERROR_DEADLOCK);
    parexact_job *jobs[2] = {submit(workers, nothing, NULL), submit(workers, nothing, NULL)};
    pause_for(0.01); /* for both to begin: one of them on that worker */
    CHECK_STATUS(parexact_job_wait(jobs[0], FOR_EVER), PAREXACT_OK);
    CHECK_STATUS(parexact_job_wait(jobs[1], FOR_EVER), PAREXACT_OK);
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
    parexact_pool_free(workers);
    parexact_job_free(jobs[0]);
    parexact_job_free(jobs[1]);
}

/* Workers that wait for each other's lock while the caller of the map waits for all of them. */
static void contention_is_no_deadlock(void)
{
    parexact_job *jobs[2];
    for (size_t i = 0; i < LENGTH(jobs); i++)
        CHECK_STATUS(parexact_map_async(pool, hold_for_a_while, NULL, NULL, 0, NULL, 0, 6, 1, &jobs[i]),
                     PAREXACT_OK);
    CHECK_STATUS(parexact_map(pool, hold_for_a_while, NULL, NULL, 0, NULL, 0, 6, 1), PAREXACT_OK);
    for (size_t i = 0; i < LENGTH(jobs); i++)
        CHECK_STATUS(finish(jobs[i]), PAREXACT_OK);
}

int main(void)
{
    parexact_pool *single = new_pool(1);
    pool = new_pool(4);
    lock = new_lock();
    job_waits_for_itself();
    lock_twice();
    for (size_t round = 0; round < usually(20, 5); round++) {
        jobs_wait_for_each_other(pool);
        jobs_wait_for_each_other(single);
        three_philosophers();
    }
    parexact_set_num_threads_local(2);
    lock_around_a_map(pool);
    lock_around_a_map(single);
    lock_around_a_map(NULL);
    lock_around_a_job();
    a_timeout_ends_the_circle();
    contention_is_no_deadlock();
    a_refused_wait_leaves_no_trace();
    a_job_that_cannot_begin(single);
    parexact_lock_free(lock);
    parexact_pool_free(single);
    parexact_pool_free(pool);
    return checks_done();
}
