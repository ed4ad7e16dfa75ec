/* Maps, jobs and integrals under a control: progress that only grows, and an end soon after cancellation, at
 * whatever moment that comes. All the work here would take years. */
#include "parallel.h"

#define YEARS (UINT64_C(1) << 50)

/* From cancellation to the answer, in seconds: the header says some 50 ms. */
#define SOON (0.1 + usually(0, 1))

static parexact_pool *pool;

static int32_t spin(const void *item, void *result, void *unused)
{
    (void)item;
    (void)result;
    (void)unused;
    return 0;
}

static int32_t pause_in_a_map(const void *item, void *result, void *unused)
{
    (void)item;
    (void)result;
    (void)unused;
    pause_for(2e-3);
    return 0;
}

static int32_t identity(const double *x, double *y, size_t count, void *unused)
{
    (void)unused;
    memcpy(y, x, count * sizeof *y);
    return 0;
}

/* A task that answers what came of its own call, by way of its user_data. */
static int32_t pi_in_a_task(void *status)
{
    double out;
    fill_with_pattern(&out, sizeof out);
    *(parexact_status *)status = parexact_pi(YEARS, &out);
    CHECK(has_pattern(&out, sizeof out));
    return 0;
}

static int32_t pi_in_a_map(const void *item, void *result, void *unused)
{
    double out;
    (void)item;
    (void)result;
    (void)unused;
    return parexact_pi(YEARS, &out);
}

/* Each starts something endless, waits for it and answers its status. */
static parexact_status map(parexact_pool *p)
{
    return parexact_map(p, spin, NULL, NULL, 0, NULL, 0, YEARS, 0);
}

static parexact_status map_in_large_chunks(parexact_pool *p)
{
    return parexact_map(p, pause_in_a_map, NULL, NULL, 0, NULL, 0, YEARS, YEARS / 4);
}

static parexact_status map_in_the_background(parexact_pool *p)
{
    parexact_job *job = NULL;
    CHECK_STATUS(parexact_map_async(p, spin, NULL, NULL, 0, NULL, 0, YEARS, 0, &job), PAREXACT_OK);
    const parexact_status status = parexact_job_wait(job, FOR_EVER);
    CHECK_STATUS(finish(job), status); /* a second wait answers the same */
    return status;
}

static parexact_status task(parexact_pool *p)
{
    parexact_status inside = PAREXACT_ERROR_CANCELLED; /* what stays here if the task is never called */
    const parexact_status status = finish(submit(p, pi_in_a_task, &inside));
    CHECK(status == PAREXACT_OK || status == PAREXACT_ERROR_CANCELLED);
    return inside;
}

static parexact_status pi(parexact_pool *p)
{
    double out;
    (void)p;
    fill_with_pattern(&out, sizeof out);
    const parexact_status status = parexact_pi(YEARS, &out);
    CHECK(has_pattern(&out, sizeof out));
    return status;
}

static parexact_status integral(parexact_pool *p)
{
    double out;
    (void)p;
    fill_with_pattern(&out, sizeof out);
    const parexact_status status = parexact_integrate(identity, NULL, 0, 1, YEARS, &out);
    CHECK(has_pattern(&out, sizeof out));
    return status;
}

/* The call inside the callback answers CANCELLED. Whether the map answers that, too, or CALLBACK_FAILED
 * depends on which of them notices first. */
static parexact_status nested(parexact_pool *p)
{
    const parexact_status status = parexact_map(p, pi_in_a_map, NULL, NULL, 0, NULL, 0, 1000, 0);
    return status == PAREXACT_ERROR_CALLBACK_FAILED ? PAREXACT_ERROR_CANCELLED : status;
}

typedef struct {
    parexact_control *control;
    double delay, cancelled_at;
} cancellation;

static void *cancel_later(void *argument)
{
    cancellation *c = argument;
    pause_for(c->delay);
    c->cancelled_at = now();
    parexact_control_cancel(c->control);
    return NULL;
}

static void at_random_moments(parexact_status (*work)(parexact_pool *), const char *name, parexact_pool *p,
                              uint64_t seed)
{
    double best = GENEROUS;
    for (size_t round = 0; round < usually(10, 1); round++) {
        cancellation c = {new_control(), (double)(next_random(&seed) % 25) * 1e-3, 0};
        pthread_t canceller = start(cancel_later, &c);
        CHECK(parexact_control_attach(c.control) == NULL);
        CHECK_STATUS(work(p), PAREXACT_ERROR_CANCELLED);
        const double answered_at = now();
        parexact_control_attach(NULL);
        join(canceller);
        const double took = answered_at - c.cancelled_at;
        best = took < best ? took : best;
        parexact_control_free(c.control);
    }
    CHECK(best < SOON);
    if (best >= SOON)
        fprintf(stderr, "%s: %.3f s from cancellation to the answer\n", name, best);
}

/* Work that begins while the control is cancelled does not begin at all. */
static int32_t must_not_run(void *called)
{
    *(int *)called = 1;
    return 0;
}

static int32_t must_not_map(const void *item, void *result, void *called)
{
    (void)item;
    (void)result;
    return must_not_run(called);
}

static void before_it_begins(void)
{
    parexact_control *control = new_control();
    parexact_job *job = NULL, *mapping = NULL;
    int called = 0;
    double d;
    parexact_control_cancel(control);
    parexact_control_attach(control);
    fill_with_pattern(&d, sizeof d);
    CHECK_STATUS(parexact_map(pool, must_not_map, &called, NULL, 0, NULL, 0, 100, 0),
                 PAREXACT_ERROR_CANCELLED);
    CHECK_STATUS(parexact_pi(1, &d), PAREXACT_ERROR_CANCELLED);
    CHECK_STATUS(parexact_integrate(identity, NULL, 0, 1, 1, &d), PAREXACT_ERROR_CANCELLED);
    CHECK_STATUS(parexact_submit(pool, must_not_run, &called, &job), PAREXACT_OK);
    CHECK_STATUS(parexact_map_async(pool, must_not_map, &called, NULL, 0, NULL, 0, 100, 0, &mapping),
                 PAREXACT_OK);
    CHECK_STATUS(finish(job), PAREXACT_ERROR_CANCELLED);
    CHECK_STATUS(finish(mapping), PAREXACT_ERROR_CANCELLED);
    CHECK(!called && has_pattern(&d, sizeof d));

    /* A detached control governs nothing more: jobs that this thread starts now are not cancelled. */
    parexact_control_attach(NULL);
    CHECK_STATUS(finish(submit(pool, must_not_run, &called)), PAREXACT_OK);
    CHECK(called);
    parexact_control_free(control);
}

/* The control of a job is the one that was attached when it was submitted, alive even if freed since. */
static void the_control_stays_with_the_job(void)
{
    parexact_control *control = new_control();
    parexact_status inside = PAREXACT_OK;
    parexact_control_attach(control);
    parexact_job *job = submit(pool, pi_in_a_task, &inside);
    parexact_control_attach(NULL);
    CHECK_STATUS(parexact_job_wait(job, 0.03), PAREXACT_ERROR_TIMEOUT);
    parexact_control_cancel(control);
    parexact_control_free(control);
    CHECK_STATUS(finish(job), PAREXACT_OK);
    CHECK(inside == PAREXACT_ERROR_CANCELLED);
}

/* Progress, seen from another thread, only grows, and ends at the total. */
typedef struct {
    parexact_control *control;
    atomic_int ended;
    uint64_t total;
    size_t looks, wrong, steps;
} watcher;

static void *watch(void *argument)
{
    watcher *w = argument;
    uint64_t before = 0, done = 0, total = 0;
    while (!w->ended) {
        parexact_control_progress(w->control, &done, &total);
        w->wrong += done < before || done > total || (total != 0 && total != w->total);
        w->steps += done > before;
        w->looks++;
        before = done;
        pause_for(2e-4);
    }
    return NULL;
}

static void progress(void)
{
    const size_t n = usually(400, 100);
    for (int background = 0; background < 2; background++) {
        watcher w = {.control = new_control(), .total = n};
        uint64_t done = 1, total = 0;
        pthread_t watching = start(watch, &w);
        parexact_control_attach(w.control);
        if (background) {
            parexact_job *job = NULL;
            CHECK_STATUS(parexact_map_async(pool, pause_in_a_map, NULL, NULL, 0, NULL, 0, n, 3, &job),
                         PAREXACT_OK);
            parexact_control_attach(NULL);
            CHECK_STATUS(finish(job), PAREXACT_OK);
        } else {
            CHECK_STATUS(parexact_map(pool, pause_in_a_map, NULL, NULL, 0, NULL, 0, n, 3), PAREXACT_OK);
            parexact_control_attach(NULL);
        }
        parexact_control_progress(w.control, &done, &total);
        CHECK(done == n && total == n);
        w.ended = 1;
        join(watching);
        CHECK(w.wrong == 0 && w.looks > 0 && w.steps > 1);
        parexact_control_free(w.control);
    }

    /* Progress of integrals, which counts blocks. */
    parexact_control *control = new_control();
    uint64_t done = 1, total = 0;
    double d = 0;
    parexact_control_attach(control);
    CHECK_STATUS(parexact_integrate(identity, NULL, 0, 1, 10 * 1024 + 1, &d), PAREXACT_OK);
    parexact_control_progress(control, &done, &total);
    CHECK(done == 11 && total == 11);
    CHECK_STATUS(parexact_pi(10000000, &d), PAREXACT_OK);
    parexact_control_progress(control, &done, &total);
    CHECK(done == total && total > 10);
    parexact_control_attach(NULL);
    parexact_control_free(control);
}

int main(void)
{
    static const struct {
        parexact_status (*work)(parexact_pool *);
        const char *name;
    } works[] = {{map, "map"},
                 {map_in_large_chunks, "map in large chunks"},
                 {map_in_the_background, "map in the background"},
                 {task, "task"},
                 {pi, "pi"},
                 {integral, "integral"},
                 {nested, "nested"}};
    parexact_pool *pools[] = {new_pool(1), new_pool(4), NULL};
    parexact_set_num_threads_local(3);
    for (size_t p = 0; p < LENGTH(pools); p++)
        for (size_t w = 0; w < LENGTH(works); w++)
            at_random_moments(works[w].work, works[w].name, pools[p], 100 * p + w);
    pool = pools[1];
    before_it_begins();
    the_control_stays_with_the_job();
    progress();
    for (size_t p = 0; p < LENGTH(pools); p++)
        parexact_pool_free(pools[p]);
    return checks_done();
}
