/* Jobs: begun in the background, waited for as often as one likes, done also if nobody waits. */
#include "parallel.h"

/* A job that lasts until it is let go. */
static void poll_and_wait(parexact_pool *pool)
{
    held_task s = {.answer = 0};
    parexact_job *job = submit(pool, stay_until_let_go, &s);
    CHECK_STATUS(parexact_job_wait(job, 0), PAREXACT_ERROR_TIMEOUT);
    WAIT_UNTIL(s.running);
    CHECK_STATUS(parexact_job_wait(job, 0), PAREXACT_ERROR_TIMEOUT);
    s.let_go = 1;
    CHECK_STATUS(parexact_job_wait(job, 20), PAREXACT_OK);
    CHECK(s.ended);
    CHECK_STATUS(parexact_job_wait(job, 0), PAREXACT_OK);
    CHECK_STATUS(parexact_job_wait(job, FOR_EVER), PAREXACT_OK);
    parexact_job_free(job);
}

static void failing(parexact_pool *pool)
{
    const int32_t answers[] = {1, -1, INT32_MAX, INT32_MIN, 42};
    for (size_t i = 0; i < LENGTH(answers); i++) {
        held_task s = {.let_go = 1, .answer = answers[i]};
        char number[16];
        parexact_job *job = submit(pool, stay_until_let_go, &s);
        for (int again = 0; again < 2; again++) {
            CHECK_STATUS(parexact_job_wait(job, FOR_EVER), PAREXACT_ERROR_CALLBACK_FAILED);
            snprintf(number, sizeof number, "%" PRId32, answers[i]);
            CHECK(strstr(parexact_last_error(), number) != NULL);
        }
        parexact_job_free(job);
    }
}

/* A wait never ends before its timeout, and the shortest of some tries not much later. */
static void timeouts(parexact_pool *pool)
{
    held_task s = {.answer = 0};
    parexact_job *job = submit(pool, stay_until_let_go, &s);
    WAIT_UNTIL(s.running);
    const double seconds[] = {1e-9, 0.003, 0.02, 0.11};
    for (size_t i = 0; i < LENGTH(seconds); i++) {
        double best = GENEROUS;
        for (int attempt = 0; attempt < 5; attempt++) {
            const double begin = now();
            CHECK_STATUS(parexact_job_wait(job, seconds[i]), PAREXACT_ERROR_TIMEOUT);
            const double took = now() - begin;
            CHECK(took >= seconds[i]);
            if (took < best)
                best = took;
        }
        CHECK(best < seconds[i] + usually(50, 1000) * 1e-3);
    }
    s.let_go = 1;
    CHECK_STATUS(finish(job), PAREXACT_OK);
}

static void *wait_for_job(void *job)
{
    CHECK_STATUS(parexact_job_wait(job, FOR_EVER), PAREXACT_OK);
    return NULL;
}

/* Many threads wait for one job; all of them are woken. */
static void many_wait(parexact_pool *pool)
{
    held_task s = {.answer = 0};
    pthread_t threads[8];
    parexact_job *job = submit(pool, stay_until_let_go, &s);
    for (size_t i = 0; i < LENGTH(threads); i++)
        threads[i] = start(wait_for_job, job);
    pause_for(0.03);
    s.let_go = 1;
    for (size_t i = 0; i < LENGTH(threads); i++)
        join(threads[i]);
    parexact_job_free(job);
}

static int32_t count(void *counter)
{
    atomic_fetch_add((atomic_size_t *)counter, 1);
    return 0;
}

static void many_jobs(parexact_pool *pool)
{
    enum { MOST = 20000 };
    static parexact_job *jobs[MOST];
    const size_t n = usually(MOST, 500);
    atomic_size_t counter = 0;
    for (size_t i = 0; i < n; i++)
        jobs[i] = submit(pool, count, &counter);
    for (size_t i = n; i-- > 0;)
        CHECK_STATUS(finish(jobs[i]), PAREXACT_OK);
    CHECK(counter == n);
}

/* Jobs that start jobs and wait for them, deeper than there are workers. */
typedef struct {
    parexact_pool *pool;
    int depth;
    atomic_size_t *leaves;
} branch;

static int32_t grow(void *user_data)
{
    const branch *b = user_data;
    branch next = {b->pool, b->depth - 1, b->leaves};
    parexact_job *jobs[3];
    int32_t failed = 0;
    if (b->depth == 0)
        return count(b->leaves);
    for (size_t i = 0; i < LENGTH(jobs); i++)
        failed |= parexact_submit(b->pool, grow, &next, &jobs[i]);
    for (size_t i = 0; i < LENGTH(jobs); i++)
        failed |= finish(jobs[i]);
    return failed;
}

static void jobs_of_jobs(parexact_pool *pool)
{
    atomic_size_t leaves = 0;
    branch root = {pool, 6, &leaves};
    CHECK_STATUS(finish(submit(pool, grow, &root)), PAREXACT_OK);
    CHECK(leaves == 729);
}

static int32_t wait_a_little(void *job)
{
    /* The job has not begun. A look leaves it so; a wait runs it on this worker, since no other may be free.
     */
    if (parexact_job_wait(job, 0) != PAREXACT_ERROR_TIMEOUT)
        return 1;
    return parexact_job_wait(job, 1e-6);
}

static void an_unbegun_job_is_run_by_its_waiter(void)
{
    parexact_pool *pool = new_pool(1);
    held_task s = {.answer = 0};
    atomic_size_t counter = 0;
    parexact_job *blocker = submit(pool, stay_until_let_go, &s);
    WAIT_UNTIL(s.running);
    /* The one worker may begin with either job: with the one that waits, or with the other, which is then
     * done when the first waits for it. */
    parexact_job *second = submit(pool, count, &counter);
    parexact_job *first = submit(pool, wait_a_little, second);
    s.let_go = 1;
    const parexact_status status = finish(first);
    CHECK(status == PAREXACT_OK || status == PAREXACT_ERROR_CALLBACK_FAILED);
    CHECK_STATUS(finish(second), PAREXACT_OK);
    CHECK_STATUS(finish(blocker), PAREXACT_OK);
    CHECK(counter == 1);
    parexact_pool_free(pool);
}

/* A map in the background: its results, its failure, and all of it on workers. */
static pthread_t main_thread;

static int32_t triple(const void *item, void *result, void *unused)
{
    (void)unused;
    if (pthread_equal(pthread_self(), main_thread))
        return 99;
    *(int32_t *)result = 3 * *(const int32_t *)item;
    return *(const int32_t *)item == -1 ? 7 : 0;
}

static void background_maps(parexact_pool *pool)
{
    enum { N = 5000 };
    static int32_t items[N], results[N];
    parexact_job *job = NULL;
    main_thread = pthread_self();
    for (int32_t i = 0; i < N; i++)
        items[i] = i;
    CHECK_STATUS(
        parexact_map_async(pool, triple, NULL, items, sizeof *items, results, sizeof *results, N, 0, &job),
        PAREXACT_OK);
    CHECK_STATUS(finish(job), PAREXACT_OK);
    size_t wrong = 0;
    for (int32_t i = 0; i < N; i++)
        wrong += results[i] != 3 * i;
    CHECK(wrong == 0);

    items[4321] = -1;
    CHECK_STATUS(
        parexact_map_async(pool, triple, NULL, items, sizeof *items, results, sizeof *results, N, 0, &job),
        PAREXACT_OK);
    CHECK_STATUS(parexact_job_wait(job, FOR_EVER), PAREXACT_ERROR_CALLBACK_FAILED);
    CHECK(strstr(parexact_last_error(), "index 4321: it returned 7") != NULL);
    CHECK_STATUS(finish(job), PAREXACT_ERROR_CALLBACK_FAILED);

    CHECK_STATUS(parexact_map_async(pool, triple, NULL, NULL, 4, NULL, 4, 0, 0, &job), PAREXACT_OK);
    CHECK_STATUS(finish(job), PAREXACT_OK);
}

/* The library's own pool: as many jobs at once as there are threads in force, and one of them is in the
 * background, too. */
static atomic_int at_once;

static int32_t meet(void *number)
{
    at_once++;
    WAIT_UNTIL(at_once >= *(const int *)number);
    return 0;
}

static void without_a_pool(void)
{
    for (int number = 1; number <= 5; number += 2) {
        parexact_job *jobs[5];
        held_task s = {.answer = 0};
        CHECK_STATUS(parexact_set_num_threads((size_t)number), PAREXACT_OK);
        at_once = 0;
        for (int i = 0; i < number; i++)
            jobs[i] = submit(NULL, meet, &number);
        for (int i = 0; i < number; i++)
            CHECK_STATUS(finish(jobs[i]), PAREXACT_OK);
        parexact_job *job = submit(NULL, stay_until_let_go, &s);
        CHECK_STATUS(parexact_job_wait(job, 0), PAREXACT_ERROR_TIMEOUT);
        s.let_go = 1;
        CHECK_STATUS(finish(job), PAREXACT_OK);
    }
    CHECK_STATUS(parexact_set_num_threads(0), PAREXACT_OK);
}

/* Each job waits for the next one, which has not begun: run right there, on top of each other, as long as
 * there is stack. Then the wait could not end, as the only worker is waiting. */
enum { LINKS = 20000, SURELY = 50 };
static parexact_job *chain[LINKS];

static int32_t wait_for_next(void *link)
{
    const size_t next = (size_t)(uintptr_t)link + 1;
    return next < LINKS ? parexact_job_wait(chain[next], FOR_EVER) : 0;
}

static void a_long_chain(void)
{
    parexact_pool *pool = new_pool(1);
    held_task s = {.answer = 0};
    /* No job of the chain begins before all are submitted. */
    parexact_job *held = submit(pool, stay_until_let_go, &s);
    for (uintptr_t i = 0; i < LINKS; i++)
        chain[i] = submit(pool, wait_for_next, (void *)i);
    s.let_go = 1;
    CHECK_STATUS(finish(held), PAREXACT_OK);
    for (size_t i = 0; i < LINKS; i++) {
        const parexact_status status = parexact_job_wait(chain[i], FOR_EVER);
        CHECK(status == PAREXACT_OK || (status == PAREXACT_ERROR_CALLBACK_FAILED && i < LINKS - SURELY));
    }
    for (size_t i = 0; i < LINKS; i++)
        parexact_job_free(chain[i]);
    parexact_pool_free(pool);
}

int main(void)
{
    parexact_pool *pools[] = {new_pool(1), new_pool(3), NULL};
    for (size_t p = 0; p < LENGTH(pools); p++) {
        poll_and_wait(pools[p]);
        failing(pools[p]);
        timeouts(pools[p]);
        many_wait(pools[p]);
        many_jobs(pools[p]);
        jobs_of_jobs(pools[p]);
        background_maps(pools[p]);
        parexact_pool_free(pools[p]);
    }
    without_a_pool();
    an_unbegun_job_is_run_by_its_waiter();
    a_long_chain();
    return checks_done();
}
