/* Nothing that a caller passes to pools, maps, jobs, locks, queues and integrals may crash or corrupt: NULL,
 * misaligned handles, impossible sizes, NaN. A failure is a status, a message that names the argument, and
 * outputs as they were. */
#include <math.h>

#include "parallel.h"

/* Refused with this status and a message that has the word in it. */
#define REFUSED(call, expected, word)                                                              \
    do {                                                                                           \
        CHECK_STATUS(call, expected);                                                              \
        if (!strstr(parexact_last_error(), word)) {                                                \
            checks_failed++;                                                                       \
            fprintf(stderr, "%s:%d: no %s in \"%s\"\n", __FILE__, __LINE__, word, parexact_last_error()); \
        }                                                                                          \
    } while (0)

/* The same; and `out`, filled before, has not been written. */
#define OUT_REFUSED(call, out, expected, word)  \
    do {                                        \
        fill_with_pattern(&(out), sizeof(out)); \
        REFUSED(call, expected, word);          \
        CHECK(has_pattern(&(out), sizeof(out))); \
    } while (0)

/* No handle: handles are aligned. Never looked at, so that any memory does. */
static double memory[8];
static void *const misaligned = (char *)memory + 1;

static int32_t no_item(const void *item, void *result, void *calls)
{
    CHECK(item == NULL && result == NULL);
    atomic_fetch_add((atomic_size_t *)calls, 1);
    return 0;
}

static int32_t no_task(void *user_data)
{
    (void)user_data;
    return 0;
}

static int32_t no_block(const double *x, double *y, size_t count, void *user_data)
{
    (void)user_data;
    memcpy(y, x, count * sizeof *y);
    return 0;
}

static void pools(void)
{
    parexact_pool *pool;
    REFUSED(parexact_pool_new(1, NULL), PAREXACT_ERROR_NULL_POINTER, "out");
    OUT_REFUSED(parexact_pool_new(PAREXACT_MAX_THREADS + 1, &pool), pool, PAREXACT_ERROR_INVALID_ARGUMENT,
                "workers");
    OUT_REFUSED(parexact_pool_new(SIZE_MAX, &pool), pool, PAREXACT_ERROR_INVALID_ARGUMENT, "workers");
    CHECK_STATUS(parexact_pool_new(0, &pool), PAREXACT_OK);
    parexact_pool_free(pool);
    parexact_pool_free(NULL);
    parexact_pool_free(misaligned);
}

static void maps(void)
{
    parexact_job *job;
    atomic_size_t calls = 0;
    double x[2] = {1, 2};

    /* What both refuse, with the same words. */
    const struct {
        void *pool;
        parexact_map_fn fn;
        void *items;
        size_t item_size;
        void *results;
        size_t result_size, count;
        parexact_status status;
        const char *word;
    } refused[] = {
        {NULL, NULL, x, 8, x, 8, 2, PAREXACT_ERROR_NULL_POINTER, "fn"},
        {NULL, NULL, NULL, 0, NULL, 0, 0, PAREXACT_ERROR_NULL_POINTER, "fn"},
        {NULL, no_item, NULL, 8, x, 8, 2, PAREXACT_ERROR_NULL_POINTER, "items"},
        {NULL, no_item, x, 8, NULL, 8, 2, PAREXACT_ERROR_NULL_POINTER, "results"},
        {misaligned, no_item, x, 8, x, 8, 2, PAREXACT_ERROR_INVALID_ARGUMENT, "pool"},
        {NULL, no_item, x, SIZE_MAX, x, 8, 2, PAREXACT_ERROR_SIZE_OVERFLOW, "item_size"},
        {NULL, no_item, x, SIZE_MAX / 4 + 1, x, 8, 2, PAREXACT_ERROR_SIZE_OVERFLOW, "item_size"},
        {NULL, no_item, x, 8, x, SIZE_MAX / 2 + 1, 2, PAREXACT_ERROR_SIZE_OVERFLOW, "result_size"},
        {NULL, no_item, x, 8, x, 8, SIZE_MAX, PAREXACT_ERROR_SIZE_OVERFLOW, "item_size"},
        {NULL, no_item, x, 0, x, 1, SIZE_MAX, PAREXACT_ERROR_SIZE_OVERFLOW, "result_size"},
    };
    for (size_t i = 0; i < LENGTH(refused); i++) {
        REFUSED(parexact_map(refused[i].pool, refused[i].fn, &calls, refused[i].items, refused[i].item_size,
                             refused[i].results, refused[i].result_size, refused[i].count, 0),
                refused[i].status, refused[i].word);
        OUT_REFUSED(parexact_map_async(refused[i].pool, refused[i].fn, &calls, refused[i].items,
                                       refused[i].item_size, refused[i].results, refused[i].result_size,
                                       refused[i].count, 0, &job),
                    job, refused[i].status, refused[i].word);
    }
    REFUSED(parexact_map_async(NULL, no_item, &calls, NULL, 0, NULL, 0, 2, 0, NULL),
            PAREXACT_ERROR_NULL_POINTER, "out");
    CHECK(calls == 0 && bits_of(x[0]) == bits_of(1.0) && bits_of(x[1]) == bits_of(2.0));

    /* A size of 0 needs no array. */
    CHECK_STATUS(parexact_map(NULL, no_item, &calls, NULL, 0, NULL, 0, 1000, 0), PAREXACT_OK);
    CHECK(calls == 1000);
    CHECK_STATUS(parexact_map_async(NULL, no_item, &calls, NULL, 0, NULL, 0, 1000, 0, &job), PAREXACT_OK);
    CHECK_STATUS(finish(job), PAREXACT_OK);
    CHECK(calls == 2000);
    /* No items need none either. */
    CHECK_STATUS(parexact_map(NULL, no_item, &calls, NULL, 8, NULL, 8, 0, 0), PAREXACT_OK);
    CHECK(calls == 2000);
}

static void jobs(void)
{
    parexact_job *job;
    REFUSED(parexact_submit(NULL, no_task, NULL, NULL), PAREXACT_ERROR_NULL_POINTER, "out");
    OUT_REFUSED(parexact_submit(NULL, NULL, NULL, &job), job, PAREXACT_ERROR_NULL_POINTER, "task");
    OUT_REFUSED(parexact_submit(misaligned, no_task, NULL, &job), job, PAREXACT_ERROR_INVALID_ARGUMENT,
                "pool");
    REFUSED(parexact_job_wait(NULL, FOR_EVER), PAREXACT_ERROR_NULL_POINTER, "job");
    REFUSED(parexact_job_wait(misaligned, FOR_EVER), PAREXACT_ERROR_INVALID_ARGUMENT, "job");
    job = submit(NULL, no_task, NULL);
    REFUSED(parexact_job_wait(job, NAN), PAREXACT_ERROR_INVALID_ARGUMENT, "timeout");
    CHECK_STATUS(parexact_job_wait(job, INFINITY), PAREXACT_OK);
    CHECK_STATUS(parexact_job_wait(job, -INFINITY), PAREXACT_OK);
    CHECK_STATUS(parexact_job_wait(job, 1e300), PAREXACT_OK);
    CHECK_STATUS(parexact_job_wait(job, -0.0), PAREXACT_OK);
    parexact_job_free(job);
    parexact_job_free(NULL);
    parexact_job_free(misaligned);
}

static void locks(void)
{
    parexact_lock *lock = NULL;
    REFUSED(parexact_lock_new(NULL), PAREXACT_ERROR_NULL_POINTER, "out");
    REFUSED(parexact_lock_acquire(NULL, 0), PAREXACT_ERROR_NULL_POINTER, "lock");
    REFUSED(parexact_lock_acquire(misaligned, 0), PAREXACT_ERROR_INVALID_ARGUMENT, "lock");
    REFUSED(parexact_lock_release(NULL), PAREXACT_ERROR_NULL_POINTER, "lock");
    REFUSED(parexact_lock_release(misaligned), PAREXACT_ERROR_INVALID_ARGUMENT, "lock");
    CHECK_STATUS(parexact_lock_new(&lock), PAREXACT_OK);
    REFUSED(parexact_lock_acquire(lock, NAN), PAREXACT_ERROR_INVALID_ARGUMENT, "timeout");
    REFUSED(parexact_lock_release(lock), PAREXACT_ERROR_NOT_OWNER, "lock");
    parexact_lock_free(lock);
    parexact_lock_free(NULL);
    parexact_lock_free(misaligned);
}

static void queues(void)
{
    parexact_queue *queue = NULL;
    int item = 7;
    REFUSED(parexact_queue_new(1, sizeof item, NULL), PAREXACT_ERROR_NULL_POINTER, "out");
    OUT_REFUSED(parexact_queue_new(2, SIZE_MAX, &queue), queue, PAREXACT_ERROR_SIZE_OVERFLOW, "capacity");
    OUT_REFUSED(parexact_queue_new(SIZE_MAX / 16 + 1, 8, &queue), queue, PAREXACT_ERROR_SIZE_OVERFLOW,
                "capacity");
    OUT_REFUSED(parexact_queue_new(0, SIZE_MAX, &queue), queue, PAREXACT_ERROR_SIZE_OVERFLOW, "item_size");
    REFUSED(parexact_queue_put(NULL, &item, 0), PAREXACT_ERROR_NULL_POINTER, "queue");
    REFUSED(parexact_queue_put(misaligned, &item, 0), PAREXACT_ERROR_INVALID_ARGUMENT, "queue");
    OUT_REFUSED(parexact_queue_get(NULL, 0, &item), item, PAREXACT_ERROR_NULL_POINTER, "queue");
    OUT_REFUSED(parexact_queue_get(misaligned, 0, &item), item, PAREXACT_ERROR_INVALID_ARGUMENT, "queue");
    REFUSED(parexact_queue_close(NULL), PAREXACT_ERROR_NULL_POINTER, "queue");
    REFUSED(parexact_queue_close(misaligned), PAREXACT_ERROR_INVALID_ARGUMENT, "queue");
    CHECK(parexact_queue_length(NULL) == 0 && parexact_queue_length(misaligned) == 0);

    CHECK_STATUS(parexact_queue_new(1, sizeof item, &queue), PAREXACT_OK);
    REFUSED(parexact_queue_put(queue, NULL, 0), PAREXACT_ERROR_NULL_POINTER, "item");
    REFUSED(parexact_queue_get(queue, 0, NULL), PAREXACT_ERROR_NULL_POINTER, "item");
    REFUSED(parexact_queue_put(queue, &item, NAN), PAREXACT_ERROR_INVALID_ARGUMENT, "timeout");
    OUT_REFUSED(parexact_queue_get(queue, NAN, &item), item, PAREXACT_ERROR_INVALID_ARGUMENT, "timeout");
    OUT_REFUSED(parexact_queue_get(queue, 0, &item), item, PAREXACT_ERROR_TIMEOUT, "empty");
    CHECK(parexact_queue_length(queue) == 0);
    CHECK_STATUS(parexact_queue_put(queue, &item, 0), PAREXACT_OK);
    REFUSED(parexact_queue_put(queue, &item, 0), PAREXACT_ERROR_TIMEOUT, "full");
    CHECK(parexact_queue_length(queue) == 1);
    CHECK_STATUS(parexact_queue_close(queue), PAREXACT_OK);
    CHECK_STATUS(parexact_queue_close(queue), PAREXACT_OK);
    REFUSED(parexact_queue_put(queue, &item, 0), PAREXACT_ERROR_CLOSED, "closed");
    CHECK_STATUS(parexact_queue_get(queue, 0, &item), PAREXACT_OK);
    OUT_REFUSED(parexact_queue_get(queue, FOR_EVER, &item), item, PAREXACT_ERROR_CLOSED, "closed");
    parexact_queue_free(queue);
    parexact_queue_free(NULL);
    parexact_queue_free(misaligned);

    /* Any capacity, of items without content; any size, as long as nothing that large is put. */
    CHECK_STATUS(parexact_queue_new(SIZE_MAX, 0, &queue), PAREXACT_OK);
    CHECK_STATUS(parexact_queue_put(queue, NULL, 0), PAREXACT_OK);
    CHECK_STATUS(parexact_queue_get(queue, 0, NULL), PAREXACT_OK);
    parexact_queue_free(queue);
    CHECK_STATUS(parexact_queue_new(0, SIZE_MAX / 2, &queue), PAREXACT_OK);
    parexact_queue_free(queue);
}

static void integrals(void)
{
    const double huge = 1.7976931348623157e308;
    double d;
    REFUSED(parexact_pi(1, NULL), PAREXACT_ERROR_NULL_POINTER, "out");
    OUT_REFUSED(parexact_pi(0, &d), d, PAREXACT_ERROR_INVALID_ARGUMENT, "n");
    OUT_REFUSED(parexact_pi((UINT64_C(1) << 52) + 1, &d), d, PAREXACT_ERROR_INVALID_ARGUMENT, "2^52");
    OUT_REFUSED(parexact_pi(UINT64_MAX, &d), d, PAREXACT_ERROR_INVALID_ARGUMENT, "2^52");

    REFUSED(parexact_integrate(no_block, NULL, 0, 1, 1, NULL), PAREXACT_ERROR_NULL_POINTER, "out");
    OUT_REFUSED(parexact_integrate(NULL, NULL, 0, 1, 1, &d), d, PAREXACT_ERROR_NULL_POINTER, "f");
    OUT_REFUSED(parexact_integrate(no_block, NULL, 0, 1, 0, &d), d, PAREXACT_ERROR_INVALID_ARGUMENT, "n");
    OUT_REFUSED(parexact_integrate(no_block, NULL, 0, 1, (UINT64_C(1) << 52) + 1, &d), d,
                PAREXACT_ERROR_INVALID_ARGUMENT, "2^52");
    OUT_REFUSED(parexact_integrate(no_block, NULL, NAN, 1, 1, &d), d, PAREXACT_ERROR_INVALID_ARGUMENT,
                "a is");
    OUT_REFUSED(parexact_integrate(no_block, NULL, 0, INFINITY, 1, &d), d, PAREXACT_ERROR_INVALID_ARGUMENT,
                "b is");
    OUT_REFUSED(parexact_integrate(no_block, NULL, -INFINITY, 0, 1, &d), d, PAREXACT_ERROR_INVALID_ARGUMENT,
                "a is");
    OUT_REFUSED(parexact_integrate(no_block, NULL, -huge, huge, 1, &d), d, PAREXACT_ERROR_INVALID_ARGUMENT,
                "b - a");
}

/* Outputs need no alignment. */
static void misaligned_outputs(void)
{
    char room[1 + sizeof(void *)];
    void *handle = NULL;
    double d = 0;
    CHECK_STATUS(parexact_lock_new((parexact_lock **)(void *)(room + 1)), PAREXACT_OK);
    memcpy(&handle, room + 1, sizeof handle);
    CHECK_STATUS(parexact_lock_acquire(handle, 0), PAREXACT_OK);
    parexact_lock_free(handle); /* held or not */
    CHECK_STATUS(parexact_submit(NULL, no_task, NULL, (parexact_job **)(void *)(room + 1)), PAREXACT_OK);
    memcpy(&handle, room + 1, sizeof handle);
    CHECK_STATUS(finish(handle), PAREXACT_OK);
    CHECK_STATUS(parexact_pi(1, (double *)(void *)(room + 1)), PAREXACT_OK);
    memcpy(&d, room + 1, sizeof d);
    CHECK_DOUBLE(d, 3.2);
}

int main(void)
{
    pools();
    maps();
    jobs();
    locks();
    queues();
    integrals();
    misaligned_outputs();
    return checks_done();
}
