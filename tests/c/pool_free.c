/* The end of a pool: its work is done first, by whomever it is ended; handles of its jobs outlive it. */
#include "parallel.h"

/* A job that lasts until it is let go. */
static int32_t count(void *counter)
{
    atomic_fetch_add((atomic_size_t *)counter, 1);
    return 0;
}

/* Freed while they run and before they begin: done all the same. The pool's end waits for them. */
static void freed_early(void)
{
    parexact_pool *pool = new_pool(1);
    held_task s = {.answer = 0};
    atomic_size_t counter = 0;
    parexact_job *job = submit(pool, stay_until_let_go, &s);
    WAIT_UNTIL(s.running);
    parexact_job_free(job);
    for (int i = 0; i < 100; i++)
        parexact_job_free(submit(pool, count, &counter));
    CHECK(counter == 0); /* the only worker is busy */
    s.let_go = 1;
    parexact_pool_free(pool);
    CHECK(s.ended && counter == 100);
}

static parexact_pool *mortal;

static int32_t free_the_pool(void *ended)
{
    parexact_pool_free(mortal);
    *(atomic_int *)ended = 1;
    return 0;
}

/* By a callback on its own worker, which does not wait for itself; what was submitted is done. */
static void freed_by_its_worker(void)
{
    for (size_t workers = 1; workers < 4; workers++) {
        atomic_int ended = 0;
        atomic_size_t counter = 0;
        held_task s = {.answer = 0};
        mortal = new_pool(workers);
        parexact_job *held = submit(mortal, stay_until_let_go, &s), *jobs[20];
        for (size_t i = 0; i < LENGTH(jobs); i++)
            jobs[i] = submit(mortal, count, &counter);
        parexact_job *last = submit(mortal, free_the_pool, &ended);
        s.let_go = 1;
        CHECK_STATUS(finish(last), PAREXACT_OK);
        CHECK(ended);
        CHECK_STATUS(finish(held), PAREXACT_OK);
        for (size_t i = 0; i < LENGTH(jobs); i++)
            CHECK_STATUS(finish(jobs[i]), PAREXACT_OK);
        CHECK(counter == LENGTH(jobs));
    }
}

/* What callbacks give the pool while it is being freed is done and waited for, too. */
static void freed_while_its_work_grows(void)
{
    for (size_t workers = 1; workers < 4; workers++) {
        growing_work work = {.pool = new_pool(workers), .left = 10};
        parexact_job *job = submit(work.pool, give_more, &work);
        WAIT_UNTIL(work.begun);
        work.let_go = 1;
        parexact_pool_free(work.pool);
        CHECK(work.left == 0 && work.items == 200);
        CHECK_STATUS(parexact_job_wait(job, 0), PAREXACT_OK);
        parexact_job_free(job);
    }
}

/* The same if one of those callbacks frees it, and nobody waits for the end. */
static void freed_by_its_worker_while_its_work_grows(void)
{
    for (size_t workers = 1; workers < 4; workers++) {
        growing_work work = {.pool = new_pool(workers), .left = 10, .let_go = 1};
        CHECK_STATUS(finish(submit(work.pool, free_its_pool, &work)), PAREXACT_OK);
        WAIT_UNTIL(work.left == 0 && work.items == 200);
    }
}

/* The handle of a job outlives its pool. */
static void handles_outlive_the_pool(void)
{
    parexact_pool *pool = new_pool(2);
    held_task s = {.let_go = 1, .answer = 5};
    parexact_job *job = submit(pool, stay_until_let_go, &s);
    parexact_pool_free(pool);
    CHECK(s.ended);
    CHECK_STATUS(finish(job), PAREXACT_ERROR_CALLBACK_FAILED);
}

/* Once the pool has ended, all its jobs are done: a wait with a timeout of 0 finds that. */
static void ended_with_the_pool(void)
{
    for (size_t round = 0; round < usually(200, 20); round++) {
        atomic_size_t counter = 0;
        parexact_pool *pool = new_pool(1);
        parexact_job *job = submit(pool, count, &counter);
        parexact_pool_free(pool);
        CHECK(counter == 1);
        CHECK_STATUS(parexact_job_wait(job, 0), PAREXACT_OK);
        parexact_job_free(job);
    }
}

int main(void)
{
    freed_early();
    freed_by_its_worker();
    freed_while_its_work_grows();
    freed_by_its_worker_while_its_work_grows();
    handles_outlive_the_pool();
    ended_with_the_pool();
    return checks_done();
}
