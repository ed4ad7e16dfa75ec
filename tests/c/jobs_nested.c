/* Jobs that wait for jobs, deeply: they run one inside the other if nobody else can begin them, and where the
 * stack is too short for that the answer says so. It is no deadlock, and nobody is told that it is one. */
#include "parallel.h"

static parexact_pool *pool;
static atomic_long deepest, deadlocks, short_stacks;
static atomic_int over;
static long depth;
static size_t kibibytes; /* of locals in each job */
static double timeout;
static char message[512];

/* Fails with what the job inside it answered. */
static int32_t descend(void *user_data)
{
    const long level = (long)(intptr_t)user_data;
    volatile char locals[kibibytes * 1024 + 1];
    locals[0] = locals[kibibytes * 1024] = 1;
    /* A job that was not run inside another is run later, by a worker that has the stack for many more. */
    if (over)
        return 0;
    if (level > deepest)
        deepest = level;
    if (level == depth)
        return 0;
    parexact_job *inner = submit(pool, descend, (void *)(intptr_t)(level + 1));
    const parexact_status status = parexact_job_wait(inner, timeout);
    if (status == PAREXACT_ERROR_DEADLOCK)
        deadlocks++;
    if (status == PAREXACT_ERROR_NO_MEMORY) {
        over = 1;
        short_stacks++;
        snprintf(message, sizeof message, "%s", parexact_last_error());
    }
    parexact_job_free(inner);
    return status;
}

static void begin(size_t workers, size_t kib, long levels)
{
    pool = new_pool(workers);
    kibibytes = kib;
    depth = levels;
    deepest = deadlocks = short_stacks = 0;
    over = 0;
    message[0] = '\0';
}

/* Waits for the job that was left over, too. */
static void end(void)
{
    parexact_pool_free(pool);
}

static void reaches(size_t workers, size_t kib, long levels)
{
    begin(workers, kib, levels);
    CHECK_STATUS(finish(submit(pool, descend, (void *)1)), PAREXACT_OK);
    CHECK(deepest == levels && deadlocks == 0 && short_stacks == 0);
    end();
}

/* The failure of the innermost one is that of all. */
static void runs_out_of_stack(size_t workers, size_t kib, long at_least)
{
    begin(workers, kib, 100000);
    CHECK_STATUS(finish(submit(pool, descend, (void *)1)), PAREXACT_ERROR_CALLBACK_FAILED);
    CHECK(deepest >= at_least && deepest < depth);
    CHECK(deadlocks == 0 && short_stacks == 1);
    CHECK(strstr(message, "stack") && strstr(message, "of the 2048 KiB"));
    end();
}

static void on_workers(size_t workers)
{
    reaches(workers, 0, 100);
    reaches(workers, 16, 60); /* one MiB, which a worker has to give */
    runs_out_of_stack(workers, 16, 60);
    runs_out_of_stack(workers, 64, 20);
    runs_out_of_stack(workers, 300, 3);
    runs_out_of_stack(workers, 700, 1);
}

/* -- A worker that is blocked meanwhile ------------------------------------------------------------ */

static parexact_lock *lock;
static atomic_int wants;

static int32_t want_the_lock(void *unused)
{
    (void)unused;
    wants = 1;
    const parexact_status status = parexact_lock_acquire(lock, FOR_EVER);
    return status == PAREXACT_OK ? parexact_lock_release(lock) : status;
}

static int32_t descend_with_the_lock(const void *item, void *result, void *unused)
{
    (void)item;
    (void)unused;
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    parexact_job *wanting = submit(pool, want_the_lock, NULL);
    WAIT_UNTIL(wants);
    *(int32_t *)result = descend((void *)1);
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
    /* The job on the worker was not answered DEADLOCK: the call whose stack was short could still return. */
    CHECK_STATUS(finish(wanting), PAREXACT_OK);
    return 0;
}

/* The only worker wants the lock that the caller of the map holds. Jobs get half a MiB of this thread's
 * stack. */
static void on_the_calling_thread(double wait)
{
    int32_t answer = -1;
    begin(1, 16, 100000);
    lock = new_lock();
    wants = 0;
    timeout = wait;
    CHECK_STATUS(parexact_map(pool, descend_with_the_lock, NULL, NULL, 0, &answer, sizeof answer, 1, 1),
                 PAREXACT_OK);
    CHECK(answer == PAREXACT_ERROR_CALLBACK_FAILED);
    CHECK(deepest >= 25 && deepest < depth && deadlocks == 0 && short_stacks == 1);
    CHECK(strstr(message, "stack"));
    timeout = FOR_EVER;
    end();
    parexact_lock_free(lock);
}

int main(void)
{
    timeout = FOR_EVER;
    on_workers(1);
    on_workers(2);
    on_workers(4);
    on_the_calling_thread(FOR_EVER);
    on_the_calling_thread(60);
    return checks_done();
}
