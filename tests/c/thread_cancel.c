/* pthread_cancel of a thread that is inside a call: the call goes on to its end, and then the thread is
 * cancelled. Each case has a process of its own, since most are about first calls. */
#include <sys/wait.h>

#include "parallel.h"

#define N ((size_t)1 << 21)

static double *x;
static parexact_lock *lock;
static parexact_queue *queue;
static atomic_int inside;

static int32_t sleep_in_a_map(const void *item, void *result, void *user_data)
{
    (void)item;
    (void)result;
    (void)user_data;
    inside = 1;
    pause_for(1e-3);
    return 0;
}

static int32_t sleep_in_a_job(void *user_data)
{
    return sleep_in_a_map(NULL, NULL, user_data);
}

static int32_t cancel_own_thread(const void *item, void *result, void *user_data)
{
    (void)item;
    (void)result;
    (void)user_data;
    pthread_cancel(pthread_self());
    pause_for(1e-3);
    return 0;
}

static parexact_status count(void)
{
    return parexact_get_num_threads() > 0 ? PAREXACT_OK : PAREXACT_ERROR_INTERNAL;
}

static parexact_status sum(void)
{
    double d;
    return parexact_sum_f64(x, N, &d);
}

static parexact_status more_threads(void)
{
    parexact_set_num_threads(9);
    return sum();
}

static parexact_status explain(void)
{
    size_t needed;
    return parexact_explain(NULL, 0, &needed);
}

static parexact_status map(void)
{
    return parexact_map(NULL, sleep_in_a_map, NULL, NULL, 0, NULL, 0, 100, 1);
}

static parexact_status map_that_cancels(void)
{
    return parexact_map(NULL, cancel_own_thread, NULL, NULL, 0, NULL, 0, 20, 1);
}

static parexact_status wait_for_a_lock(void)
{
    inside = 1;
    return parexact_lock_acquire(lock, 0.2) == PAREXACT_ERROR_TIMEOUT ? PAREXACT_OK : PAREXACT_ERROR_INTERNAL;
}

static parexact_status wait_for_an_item(void)
{
    inside = 1;
    return parexact_queue_get(queue, 0.2, NULL) == PAREXACT_ERROR_TIMEOUT ? PAREXACT_OK
                                                                          : PAREXACT_ERROR_INTERNAL;
}

static parexact_status wait_for_a_job(void)
{
    parexact_job *job = NULL;
    parexact_status status = parexact_submit(NULL, sleep_in_a_job, NULL, &job);
    if (status == PAREXACT_OK) {
        status = parexact_job_wait(job, FOR_EVER);
        parexact_job_free(job);
    }
    return status;
}

static parexact_status make_and_free_a_pool(void)
{
    parexact_pool *pool = NULL;
    const parexact_status status = parexact_pool_new(8, &pool);
    parexact_pool_free(pool);
    return status;
}

static const struct {
    const char *name;
    parexact_status (*call)(void);
    /* The request comes before the call; else while it is under way. */
    int is_pending;
} CASES[] = {
    {"first call: count", count, 1},
    {"first call: sum", sum, 1},
    {"first call: explain", explain, 1},
    {"first call: more threads", more_threads, 1},
    {"first call: a pool", make_and_free_a_pool, 1},
    {"first call: a map", map, 1},
    {"a map", map, 0},
    {"a map that cancels its threads", map_that_cancels, 1},
    {"a lock", wait_for_a_lock, 0},
    {"a queue", wait_for_an_item, 0},
    {"a job", wait_for_a_job, 0},
};

static parexact_status answer;
static atomic_int has_answered, is_requested;

static void *one_call(void *which)
{
    const size_t c = *(size_t *)which;
    if (CASES[c].is_pending)
        is_requested = pthread_cancel(pthread_self()) == 0;
    answer = CASES[c].call();
    has_answered = 1;
    /* Back to what it was: here the request is fulfilled, at the latest. */
    WAIT_UNTIL(is_requested);
    pthread_testcancel();
    return NULL;
}

static void one_case(size_t c)
{
    const pthread_t thread = start(one_call, &c);
    void *end = NULL;
    if (!CASES[c].is_pending) {
        WAIT_UNTIL(inside);
        CHECK(pthread_cancel(thread) == 0);
        is_requested = 1;
    }
    CHECK(pthread_join(thread, &end) == 0);
    CHECK(has_answered && end == PTHREAD_CANCELED);
    CHECK_STATUS(answer, PAREXACT_OK);
    /* The library is as it was, workers included. */
    CHECK_STATUS(sum(), PAREXACT_OK);
    CHECK_STATUS(map(), PAREXACT_OK);
}

int main(void)
{
    x = calloc(N, sizeof *x);
    for (size_t c = 0; c < LENGTH(CASES); c++) {
        fflush(NULL);
        const pid_t child = fork();
        if (child == 0) {
            alarm(60);
            if (!CASES[c].is_pending) {
                lock = new_lock();
                CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
                queue = new_queue(0, 0);
            }
            one_case(c);
            _exit(checks_done());
        }
        int status = 0;
        CHECK(waitpid(child, &status, 0) == child);
        if (status != 0) {
            fprintf(stderr, "%s: wait status %d\n", CASES[c].name, status);
            CHECK(status == 0);
        }
    }
    free(x);
    return checks_done();
}
