/* A process that exits does not wait for its jobs: whatever runs or waits, it ends at once, with the status
 * it asked for.
 *
 * One child process for each way; none of them has used the library before it was forked. */
#include <sys/wait.h>

#include "parallel.h"

static parexact_pool *pool;
static parexact_lock *lock;
static parexact_queue *queue;
static atomic_int begun;

static int32_t stay(void *unused)
{
    (void)unused;
    begun++;
    pause_for(3600);
    return 0;
}

static int32_t stay_in_a_map(const void *item, void *result, void *unused)
{
    (void)item;
    (void)result;
    return stay(unused);
}

static int32_t acquire(void *unused)
{
    (void)unused;
    begun++;
    return parexact_lock_acquire(lock, FOR_EVER);
}

static int32_t get(void *unused)
{
    (void)unused;
    begun++;
    return parexact_queue_get(queue, FOR_EVER, NULL);
}

static int32_t compute(void *unused)
{
    double out;
    (void)unused;
    begun++;
    return parexact_pi(UINT64_C(1) << 50, &out);
}

static int32_t leave(void *unused)
{
    (void)unused;
    exit(0);
}

static void jobs_sleep(void)
{
    submit(pool, stay, NULL);
    submit(NULL, stay, NULL);
    WAIT_UNTIL(begun == 2);
    for (int i = 0; i < 100; i++)
        submit(pool, stay, NULL);
}

static void a_map_sleeps(void)
{
    parexact_job *job = NULL;
    CHECK_STATUS(parexact_map_async(pool, stay_in_a_map, NULL, NULL, 0, NULL, 0, 1000, 1, &job), PAREXACT_OK);
    WAIT_UNTIL(begun == 3);
}

static void jobs_wait(void)
{
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    submit(pool, acquire, NULL);
    submit(pool, get, NULL);
    WAIT_UNTIL(begun == 2);
}

static void jobs_compute(void)
{
    for (int i = 0; i < 3; i++)
        submit(pool, compute, NULL);
    WAIT_UNTIL(begun == 3);
}

static void jobs_have_not_begun(void)
{
    for (int i = 0; i < 1000; i++)
        submit(pool, stay, NULL);
}

static void a_job_exits(void)
{
    submit(pool, stay, NULL);
    WAIT_UNTIL(begun == 1);
    parexact_job_wait(submit(pool, leave, NULL), FOR_EVER);
}

static void nothing_runs(void)
{
}

int main(void)
{
    static const struct {
        void (*work)(void);
        const char *name;
    } ways[] = {{jobs_sleep, "jobs sleep"},
                {a_map_sleeps, "a map sleeps"},
                {jobs_wait, "jobs wait"},
                {jobs_compute, "jobs compute"},
                {jobs_have_not_begun, "jobs have not begun"},
                {a_job_exits, "a job exits"},
                {nothing_runs, "nothing runs"}};
    for (size_t i = 0; i < LENGTH(ways); i++) {
        int status = -1;
        const double begin = now();
        const pid_t child = fork();
        if (child == 0) {
            pool = new_pool(3);
            lock = new_lock();
            queue = new_queue(0, 0);
            ways[i].work();
            return checks_done();
        }
        CHECK(child > 0 && waitpid(child, &status, 0) == child);
        CHECK(status == 0);
        CHECK(now() - begin < GENEROUS);
        if (status != 0 || now() - begin >= GENEROUS)
            fprintf(stderr, "%s: wait status 0x%x after %.3f s\n", ways[i].name, (unsigned)status,
                    now() - begin);
    }
    return checks_done();
}
