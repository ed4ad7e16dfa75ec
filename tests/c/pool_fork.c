/* A child that is forked while the parent's pools are at work: what was begun there belongs to the parent,
 * and says so; pools work in the child with workers of its own. */
#include <signal.h>
#include <sys/wait.h>

#include "parallel.h"

static parexact_pool *pool, *unused_pool;
static parexact_lock *lock, *free_lock;
static parexact_queue *queue, *empty;
static parexact_job *running, *waiting, *done, *mapping;
static atomic_int let_go, begun;

static int32_t stay(void *unused)
{
    (void)unused;
    begun++;
    WAIT_UNTIL(let_go);
    return 0;
}

static int32_t stay_in_a_map(const void *item, void *result, void *unused)
{
    (void)item;
    (void)result;
    return stay(unused);
}

static int32_t nothing(void *unused)
{
    (void)unused;
    return 0;
}

static int32_t square(const void *item, void *result, void *process)
{
    const uint32_t x = *(const uint32_t *)item;
    *(uint32_t *)result = x * x;
    return *(const pid_t *)process == getpid() ? 0 : 1;
}

/* A map of some slow and many quick items, to show that there are workers. */
static int32_t meet(const void *item, void *result, void *inside)
{
    (void)item;
    (void)result;
    atomic_fetch_add((atomic_size_t *)inside, 1);
    const double limit = now() + 20;
    while (*(atomic_size_t *)inside < 3)
        if (now() > limit)
            return 1;
    return 0;
}

static void works_here(parexact_pool *p)
{
    enum { N = 2000 };
    static uint32_t items[N], results[N];
    pid_t process = getpid();
    parexact_job *job = NULL;
    for (uint32_t i = 0; i < N; i++)
        items[i] = i;
    memset(results, 0, sizeof results);
    CHECK_STATUS(parexact_map(p, square, &process, items, sizeof *items, results, sizeof *results, N, 0),
                 PAREXACT_OK);
    CHECK(results[1234] == 1234 * 1234 && results[N - 1] == (N - 1) * (N - 1));
    memset(results, 0, sizeof results);
    CHECK_STATUS(
        parexact_map_async(p, square, &process, items, sizeof *items, results, sizeof *results, N, 0, &job),
        PAREXACT_OK);
    CHECK_STATUS(finish(job), PAREXACT_OK);
    CHECK(results[1234] == 1234 * 1234);
    CHECK_STATUS(finish(submit(p, nothing, NULL)), PAREXACT_OK);
}

static void inherited_handles(void)
{
    int item = 7;
    double d = 0;
    for (int again = 0; again < 2; again++) {
        CHECK_STATUS(parexact_job_wait(running, FOR_EVER), PAREXACT_ERROR_FORKED);
        CHECK_STATUS(parexact_job_wait(running, 0), PAREXACT_ERROR_FORKED);
        CHECK_STATUS(parexact_job_wait(waiting, FOR_EVER), PAREXACT_ERROR_FORKED);
        CHECK_STATUS(parexact_job_wait(done, FOR_EVER), PAREXACT_ERROR_FORKED);
        CHECK_STATUS(parexact_job_wait(mapping, 1), PAREXACT_ERROR_FORKED);
        CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_ERROR_FORKED);
        CHECK_STATUS(parexact_lock_release(lock), PAREXACT_ERROR_FORKED);
        CHECK_STATUS(parexact_lock_acquire(free_lock, 0), PAREXACT_ERROR_FORKED);
        CHECK_STATUS(parexact_queue_put(queue, &item, FOR_EVER), PAREXACT_ERROR_FORKED);
        CHECK_STATUS(parexact_queue_get(queue, FOR_EVER, &item), PAREXACT_ERROR_FORKED);
        CHECK_STATUS(parexact_queue_get(empty, FOR_EVER, &item), PAREXACT_ERROR_FORKED);
        CHECK_STATUS(parexact_queue_close(queue), PAREXACT_ERROR_FORKED);
        CHECK(parexact_queue_length(queue) == 0 && item == 7);
    }

    works_here(pool);
    works_here(NULL);
    CHECK_STATUS(parexact_pi(1000000, &d), PAREXACT_OK);
    atomic_size_t inside = 0;
    CHECK_STATUS(parexact_map(pool, meet, &inside, NULL, 0, NULL, 0, 3, 1), PAREXACT_OK);

    /* What the child makes is its own. */
    parexact_lock *own_lock = new_lock();
    parexact_queue *own_queue = new_queue(0, sizeof item);
    CHECK_STATUS(parexact_lock_acquire(own_lock, FOR_EVER), PAREXACT_OK);
    CHECK_STATUS(parexact_lock_acquire(own_lock, FOR_EVER), PAREXACT_ERROR_DEADLOCK);
    CHECK_STATUS(parexact_lock_release(own_lock), PAREXACT_OK);
    CHECK_STATUS(parexact_queue_put(own_queue, &item, FOR_EVER), PAREXACT_OK);
    CHECK_STATUS(parexact_queue_get(own_queue, FOR_EVER, &item), PAREXACT_OK);
    parexact_lock_free(own_lock);
    parexact_queue_free(own_queue);

    parexact_job_free(running);
    parexact_job_free(waiting);
    parexact_job_free(done);
    parexact_job_free(mapping);
    parexact_lock_free(lock);
    parexact_lock_free(free_lock);
    parexact_queue_free(queue);
    parexact_queue_free(empty);
    parexact_pool_free(unused_pool);
    parexact_pool_free(pool);
}

static volatile sig_atomic_t in_handlers;
static volatile pid_t forked;

static void fork_in_handler(int signal_number)
{
    (void)signal_number;
    forked = fork();
}

/* Directly, or inside a signal handler from which the child returns. */
static pid_t new_process(void)
{
    if (!in_handlers)
        return fork();
    forked = -1;
    raise(SIGUSR1);
    return forked;
}

/* The child reports by its exit status. It ends like a process that was never forked, by exit. */
static void in_a_child(void (*part)(void))
{
    int status = -1;
    fflush(NULL);
    const pid_t child = new_process();
    if (child == 0) {
        part();
        exit(checks_done());
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

/* The pool is freed while its work grows, be it by a callback. */
static void free_while_work_grows(void)
{
    growing_work work = {.pool = pool, .left = 10}, other = {.pool = unused_pool, .left = 10, .let_go = 1};
    parexact_job *job = submit(pool, give_more, &work);
    WAIT_UNTIL(work.begun);
    work.let_go = 1;
    parexact_pool_free(pool);
    CHECK(work.left == 0 && work.items == 200);
    CHECK_STATUS(finish(job), PAREXACT_OK);
    CHECK_STATUS(finish(submit(unused_pool, free_its_pool, &other)), PAREXACT_OK);
    WAIT_UNTIL(other.left == 0 && other.items == 200);
}

/* A grandchild, and a child that does nothing at all. */
static void generations(void)
{
    works_here(pool);
    in_a_child(inherited_handles);
    works_here(pool);
}

static void end_at_once(void)
{
}

static void *get_and_wait(void *unused)
{
    int item;
    (void)unused;
    CHECK_STATUS(parexact_queue_get(empty, FOR_EVER, &item), PAREXACT_ERROR_CLOSED);
    return NULL;
}

static void *acquire_and_wait(void *unused)
{
    (void)unused;
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
    return NULL;
}

/* A callback on a worker forks: the child has no other thread, and the call of the library it stands in goes
 * no further. */
static int32_t fork_in_a_task(void *unused)
{
    int status = -1;
    (void)unused;
    const pid_t child = fork();
    if (child == 0) {
        works_here(pool);
        CHECK_STATUS(parexact_job_wait(running, FOR_EVER), PAREXACT_ERROR_FORKED);
        _exit(checks_failed ? 1 : 0);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}

static int32_t fork_in_a_map(const void *item, void *result, void *unused)
{
    (void)item;
    (void)result;
    return fork_in_a_task(unused);
}

int main(void)
{
    const int item = 1;
    double d = 0;
    parexact_set_num_threads_local(3);
    pool = new_pool(3);
    unused_pool = new_pool(2);
    lock = new_lock();
    free_lock = new_lock();
    queue = new_queue(2, sizeof item);
    empty = new_queue(0, sizeof item);
    CHECK_STATUS(parexact_pi(1000000, &d), PAREXACT_OK); /* the library's own workers exist, too */

    done = submit(pool, nothing, NULL);
    CHECK_STATUS(parexact_job_wait(done, FOR_EVER), PAREXACT_OK);
    running = submit(pool, stay, NULL);
    CHECK_STATUS(parexact_map_async(pool, stay_in_a_map, NULL, NULL, 0, NULL, 0, 20, 1, &mapping),
                 PAREXACT_OK);
    WAIT_UNTIL(begun == 3); /* no worker is free */
    waiting = submit(pool, nothing, NULL);
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    CHECK_STATUS(parexact_queue_put(queue, &item, FOR_EVER), PAREXACT_OK);
    pthread_t getting = start(get_and_wait, NULL), acquiring = start(acquire_and_wait, NULL);
    pause_for(0.03);

    signal(SIGUSR1, fork_in_handler);
    for (size_t round = 0; round < usually(6, 2); round++) {
        in_handlers = round % 2;
        in_a_child(inherited_handles);
        in_a_child(free_while_work_grows);
        in_a_child(generations);
        in_a_child(end_at_once);
    }

    /* In the parent nothing has changed. */
    CHECK_STATUS(parexact_job_wait(running, 0), PAREXACT_ERROR_TIMEOUT);
    CHECK(parexact_queue_length(queue) == 1);
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
    join(acquiring);
    CHECK_STATUS(parexact_queue_close(empty), PAREXACT_OK);
    join(getting);
    parexact_job *forking = submit(NULL, fork_in_a_task, NULL);
    CHECK_STATUS(finish(forking), PAREXACT_OK);
    CHECK_STATUS(parexact_map(unused_pool, fork_in_a_map, NULL, NULL, 0, NULL, 0, 6, 1), PAREXACT_OK);
    let_go = 1;
    CHECK_STATUS(finish(running), PAREXACT_OK);
    CHECK_STATUS(finish(mapping), PAREXACT_OK);
    CHECK_STATUS(finish(waiting), PAREXACT_OK);
    CHECK_STATUS(finish(done), PAREXACT_OK);
    parexact_queue_free(queue);
    parexact_queue_free(empty);
    parexact_lock_free(lock);
    parexact_lock_free(free_lock);
    parexact_pool_free(unused_pool);
    parexact_pool_free(pool);
    return checks_done();
}
