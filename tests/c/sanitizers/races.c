/* A data race of the program's own, of which ThreadSanitizer must hear although it looks away from the
 * library: `races KIND` has one of that kind, and is silent without ThreadSanitizer. */
#include "../parallel.h"

static int shared;
static atomic_int here;
static parexact_lock *lock;
static parexact_queue *queue;

/* Two threads wait for each other without any order between them, such that both take part. */
static void meet(void)
{
    const double limit = now() + 20;
    atomic_fetch_add_explicit(&here, 1, memory_order_relaxed);
    while (atomic_load_explicit(&here, memory_order_relaxed) < 2 && now() < limit)
        sched_yield();
    CHECK(atomic_load_explicit(&here, memory_order_relaxed) == 2);
}

static int32_t add_to_shared(const void *item, void *result, void *user_data)
{
    (void)item;
    (void)result;
    (void)user_data;
    meet();
    shared++;
    return 0;
}

/* Two callbacks of one map. */
static void map(void)
{
    parexact_pool *pool = new_pool(2);
    CHECK_STATUS(parexact_map(pool, add_to_shared, NULL, NULL, 0, NULL, 0, 2, 1), PAREXACT_OK);
    parexact_pool_free(pool);
}

static int32_t integrand(const double *x, double *y, size_t count, void *user_data)
{
    (void)user_data;
    for (size_t i = 0; i < count; i++)
        y[i] = x[i];
    if (atomic_load_explicit(&here, memory_order_relaxed) < 2)
        meet();
    shared++;
    return 0;
}

/* Two calls of an integrand. */
static void integrate(void)
{
    double sum;
    CHECK_STATUS(parexact_set_num_threads(2), PAREXACT_OK);
    CHECK_STATUS(parexact_integrate(integrand, NULL, 0, 1, 1000000, &sum), PAREXACT_OK);
}

static int32_t task(void *user_data)
{
    (void)user_data;
    meet();
    shared++;
    return 0;
}

/* A task, and the thread that has submitted it and has not waited for it yet. */
static void job(void)
{
    parexact_pool *pool = new_pool(1);
    parexact_job *running = submit(pool, task, NULL);
    meet();
    shared++;
    CHECK_STATUS(finish(running), PAREXACT_OK);
    parexact_pool_free(pool);
}

static void *with_the_lock(void *unused)
{
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    shared++;
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
    return unused;
}

/* A thread that holds the lock, and one that does not. */
static void without_the_lock(void)
{
    lock = new_lock();
    const pthread_t other = start(with_the_lock, NULL);
    shared++;
    join(other);
    parexact_lock_free(lock);
}

static void *put_and_change(void *unused)
{
    int *item = &shared;
    CHECK_STATUS(parexact_queue_put(queue, &item, FOR_EVER), PAREXACT_OK);
    shared++;
    return unused;
}

/* What was put into a queue is changed by the one who put it, and by the one who got it. */
static void change_after_put(void)
{
    int *item;
    queue = new_queue(0, sizeof item);
    const pthread_t other = start(put_and_change, NULL);
    CHECK_STATUS(parexact_queue_get(queue, FOR_EVER, &item), PAREXACT_OK);
    ++*item;
    join(other);
    parexact_queue_free(queue);
}

int main(int argc, char **argv)
{
    const struct {
        const char *kind;
        void (*race)(void);
    } races[] = {
        {"map", map},
        {"integrate", integrate},
        {"job", job},
        {"lock", without_the_lock},
        {"queue", change_after_put},
    };
    int found = 0;
    for (size_t i = 0; i < LENGTH(races); i++)
        if (argc == 2 && strcmp(argv[1], races[i].kind) == 0) {
            races[i].race();
            found = 1;
        }
    CHECK(found);
    return checks_done();
}
