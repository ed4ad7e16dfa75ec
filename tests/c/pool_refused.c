/* Where the system grants no thread, pools have no workers, and everything is done by the thread that asks
 * for it. */
#include <sys/resource.h>
#include <unistd.h>

#include "parallel.h"

/* No room for the stack of another thread. */
static void refuse_threads(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%ld", &pages) != 1)
        abort();
    fclose(file);
    const rlim_t room = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + (1 << 20);
    const struct rlimit limit = {room, room};
    CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
}

static pthread_t main_thread;
static atomic_size_t calls;

static int32_t here(void *answer)
{
    CHECK(pthread_equal(pthread_self(), main_thread));
    calls++;
    return *(const int32_t *)answer;
}

static int32_t here_in_a_map(const void *item, void *result, void *answer)
{
    (void)item;
    (void)result;
    return here(answer);
}

static parexact_lock *lock;

static int32_t want_the_lock(void *unused)
{
    (void)unused;
    return parexact_lock_acquire(lock, FOR_EVER);
}

int main(void)
{
    int32_t answer = 0;
    double d = 0;
    main_thread = pthread_self();
    parexact_set_num_threads_local(4);
    refuse_threads();
    parexact_pool *pools[] = {new_pool(4), NULL};
    lock = new_lock();
    for (size_t p = 0; p < LENGTH(pools); p++) {
        parexact_job *job = NULL;
        calls = 0;
        answer = 0;
        CHECK_STATUS(parexact_map(pools[p], here_in_a_map, &answer, NULL, 0, NULL, 0, 100, 0), PAREXACT_OK);
        CHECK(calls == 100);
        job = submit(pools[p], here, &answer);
        CHECK(calls == 101); /* before this returned */
        CHECK_STATUS(parexact_job_wait(job, 0), PAREXACT_OK);
        parexact_job_free(job);
        CHECK_STATUS(parexact_map_async(pools[p], here_in_a_map, &answer, NULL, 0, NULL, 0, 100, 0, &job),
                     PAREXACT_OK);
        CHECK(calls == 201);
        CHECK_STATUS(finish(job), PAREXACT_OK);
        answer = 5;
        job = submit(pools[p], here, &answer);
        CHECK_STATUS(parexact_job_wait(job, 0), PAREXACT_ERROR_CALLBACK_FAILED);
        parexact_job_free(job);

        /* Without workers the lock's holder itself runs the job that wants the lock, which is then answered
         * DEADLOCK. */
        CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
        job = submit(pools[p], want_the_lock, NULL);
        CHECK_STATUS(finish(job), PAREXACT_ERROR_CALLBACK_FAILED);
        CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
        parexact_pool_free(pools[p]);
    }
    CHECK_STATUS(parexact_pi(3000000, &d), PAREXACT_OK);
    parexact_lock_free(lock);
    return checks_done();
}
