/* Queues: nothing lost, nothing doubled, first in first out; closing wakes everybody and loses nothing. */
#include "parallel.h"

enum { PRODUCERS = 8, CONSUMERS = 8, MOST = 4000 };

/* An item of an odd size, which may wrap around the end of a buffer anywhere, with a sum to tell whether it
 * is whole. */
typedef struct {
    unsigned char bytes[23];
} record;

static record make_record(uint32_t producer, uint32_t number)
{
    record r;
    memset(&r, 0, sizeof r);
    memcpy(r.bytes, &producer, 4);
    memcpy(r.bytes + 4, &number, 4);
    for (size_t i = 8; i < sizeof r.bytes; i++)
        r.bytes[i] = (unsigned char)(31 * producer + 7 * number + i);
    return r;
}

static parexact_queue *queue;
static size_t each;
static atomic_uchar seen[PRODUCERS][MOST];
static atomic_size_t damaged;

static void *produce(void *argument)
{
    const uint32_t producer = (uint32_t)(uintptr_t)argument;
    for (uint32_t i = 0; i < each; i++) {
        const record r = make_record(producer, i);
        CHECK_STATUS(parexact_queue_put(queue, &r, i % 3 ? FOR_EVER : 60), PAREXACT_OK);
    }
    return NULL;
}

/* Each consumer sees the items of any one producer in their order. */
static void *consume(void *unused)
{
    int64_t last[PRODUCERS];
    record r;
    parexact_status status;
    (void)unused;
    memset(last, -1, sizeof last);
    while ((status = parexact_queue_get(queue, FOR_EVER, &r)) == PAREXACT_OK) {
        uint32_t producer, number;
        memcpy(&producer, r.bytes, 4);
        memcpy(&number, r.bytes + 4, 4);
        const record whole = make_record(producer, number);
        if (producer >= PRODUCERS || number >= each || memcmp(&whole, &r, sizeof r) != 0 ||
            last[producer] >= number) {
            damaged++;
            continue;
        }
        last[producer] = number;
        seen[producer][number]++;
    }
    CHECK_STATUS(status, PAREXACT_ERROR_CLOSED);
    return NULL;
}

static void nothing_lost_or_doubled(size_t capacity)
{
    pthread_t producers[PRODUCERS], consumers[CONSUMERS];
    memset(seen, 0, sizeof seen);
    each = usually(MOST, 100);
    queue = new_queue(capacity, sizeof(record));
    for (size_t i = 0; i < CONSUMERS; i++)
        consumers[i] = start(consume, NULL);
    for (uintptr_t i = 0; i < PRODUCERS; i++)
        producers[i] = start(produce, (void *)i);
    for (size_t i = 0; i < PRODUCERS; i++) {
        join(producers[i]);
        if (capacity)
            CHECK(parexact_queue_length(queue) <= capacity);
    }
    /* Items may still be in the queue: the consumers get them. */
    CHECK_STATUS(parexact_queue_close(queue), PAREXACT_OK);
    for (size_t i = 0; i < CONSUMERS; i++)
        join(consumers[i]);
    CHECK(damaged == 0 && parexact_queue_length(queue) == 0);
    size_t wrong = 0;
    for (size_t p = 0; p < PRODUCERS; p++)
        for (size_t i = 0; i < each; i++)
            wrong += seen[p][i] != 1;
    CHECK(wrong == 0);
    parexact_queue_free(queue);
}

static void *put_numbers(void *count)
{
    for (uint64_t i = 0; i < *(const size_t *)count; i++)
        CHECK_STATUS(parexact_queue_put(queue, &i, FOR_EVER), PAREXACT_OK);
    return NULL;
}

static void first_in_first_out(size_t capacity)
{
    const size_t count = usually(50000, 1000);
    queue = new_queue(capacity, sizeof(uint64_t));
    pthread_t producer = start(put_numbers, (void *)(uintptr_t)&count);
    size_t wrong = 0;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t got = UINT64_MAX;
        CHECK_STATUS(parexact_queue_get(queue, FOR_EVER, &got), PAREXACT_OK);
        wrong += got != i;
    }
    CHECK(wrong == 0 && parexact_queue_length(queue) == 0);
    join(producer);
    parexact_queue_free(queue);
}

/* Large items, and items without content. */
static void sizes(void)
{
    enum { LARGE = 100000 };
    static char in[LARGE], out[LARGE];
    queue = new_queue(0, LARGE);
    for (int i = 0; i < 5; i++) {
        memset(in, 'a' + i, LARGE);
        CHECK_STATUS(parexact_queue_put(queue, in, 0), PAREXACT_OK);
    }
    for (int i = 0; i < 5; i++) {
        memset(in, 'a' + i, LARGE);
        CHECK_STATUS(parexact_queue_get(queue, 0, out), PAREXACT_OK);
        CHECK(memcmp(in, out, LARGE) == 0);
    }
    parexact_queue_free(queue);

    queue = new_queue(3, 0);
    for (int i = 0; i < 3; i++)
        CHECK_STATUS(parexact_queue_put(queue, NULL, 0), PAREXACT_OK);
    CHECK_STATUS(parexact_queue_put(queue, NULL, 0), PAREXACT_ERROR_TIMEOUT);
    CHECK(parexact_queue_length(queue) == 3);
    for (int i = 0; i < 3; i++)
        CHECK_STATUS(parexact_queue_get(queue, 0, NULL), PAREXACT_OK);
    CHECK_STATUS(parexact_queue_get(queue, 0, NULL), PAREXACT_ERROR_TIMEOUT);
    parexact_queue_free(queue);
}

static atomic_int waiting;

static void *get_one(void *expected)
{
    int item;
    fill_with_pattern(&item, sizeof item);
    atomic_fetch_add(&waiting, 1);
    CHECK_STATUS(parexact_queue_get(queue, FOR_EVER, &item), *(const parexact_status *)expected);
    if (*(const parexact_status *)expected != PAREXACT_OK)
        CHECK(has_pattern(&item, sizeof item));
    return NULL;
}

static void *put_one(void *expected)
{
    const int item = 7;
    atomic_fetch_add(&waiting, 1);
    CHECK_STATUS(parexact_queue_put(queue, &item, FOR_EVER), *(const parexact_status *)expected);
    return NULL;
}

/* Blocked getters, or blocked putters, and what they answer once something happens to the queue. */
static void blocked(void *(*who)(void *), int full, void (*event)(parexact_queue *), parexact_status expected)
{
    enum { N = 4 };
    pthread_t threads[N];
    int item = 1;
    waiting = 0;
    queue = new_queue(1, sizeof item);
    if (full)
        CHECK_STATUS(parexact_queue_put(queue, &item, 0), PAREXACT_OK);
    for (int i = 0; i < N; i++)
        threads[i] = start(who, &expected);
    WAIT_UNTIL(waiting == N);
    pause_for(0.03);
    event(queue);
    for (int i = 0; i < N; i++)
        join(threads[i]);
}

static void close_it(parexact_queue *q)
{
    CHECK_STATUS(parexact_queue_close(q), PAREXACT_OK);
}

static void feed_it(parexact_queue *q)
{
    for (int i = 0; i < 4; i++)
        CHECK_STATUS(parexact_queue_put(q, &i, FOR_EVER), PAREXACT_OK);
}

static void drain_it(parexact_queue *q)
{
    int item;
    for (int i = 0; i < 5; i++)
        CHECK_STATUS(parexact_queue_get(q, FOR_EVER, &item), PAREXACT_OK);
}

static void blocked_threads(void)
{
    int item = 0;
    blocked(get_one, 0, close_it, PAREXACT_ERROR_CLOSED);
    parexact_queue_free(queue);
    blocked(put_one, 1, close_it, PAREXACT_ERROR_CLOSED);
    CHECK_STATUS(parexact_queue_get(queue, 0, &item), PAREXACT_OK); /* what was inside, and no more */
    CHECK(item == 1);
    CHECK_STATUS(parexact_queue_get(queue, 0, &item), PAREXACT_ERROR_CLOSED);
    parexact_queue_free(queue);
    blocked(get_one, 0, feed_it, PAREXACT_OK);
    parexact_queue_free(queue);
    blocked(put_one, 1, drain_it, PAREXACT_OK);
    parexact_queue_free(queue);
    blocked(get_one, 0, parexact_queue_free, PAREXACT_ERROR_CLOSED);
    blocked(put_one, 1, parexact_queue_free, PAREXACT_ERROR_CLOSED);
}

static void timeouts(void)
{
    const double seconds[] = {1e-9, 0.003, 0.045, 0.11};
    int item = 5;
    queue = new_queue(1, sizeof item);
    for (int full = 0; full < 2; full++) {
        for (size_t i = 0; i < LENGTH(seconds); i++) {
            double best = GENEROUS;
            for (int attempt = 0; attempt < 4; attempt++) {
                const double begin = now();
                CHECK_STATUS(full ? parexact_queue_put(queue, &item, seconds[i])
                                  : parexact_queue_get(queue, seconds[i], &item),
                             PAREXACT_ERROR_TIMEOUT);
                const double took = now() - begin;
                CHECK(took >= seconds[i]);
                best = took < best ? took : best;
            }
            CHECK(best < seconds[i] + usually(50, 1000) * 1e-3);
        }
        CHECK(item == 5 && parexact_queue_length(queue) == (size_t)full);
        if (!full)
            CHECK_STATUS(parexact_queue_put(queue, &item, 0), PAREXACT_OK);
    }
    parexact_queue_free(queue);
}

/* From the callbacks of a map to a job that adds up. */
static int32_t put_square(const void *item, void *result, void *unused)
{
    const uint64_t square = *(const uint64_t *)item * *(const uint64_t *)item;
    (void)result;
    (void)unused;
    return parexact_queue_put(queue, &square, FOR_EVER);
}

static int32_t add_up(void *total)
{
    uint64_t square;
    while (parexact_queue_get(queue, FOR_EVER, &square) == PAREXACT_OK)
        *(uint64_t *)total += square;
    return 0;
}

static void between_callbacks(void)
{
    enum { N = 3000 };
    static uint64_t items[N];
    uint64_t total = 0;
    parexact_pool *pool = new_pool(3);
    queue = new_queue(2, sizeof(uint64_t));
    for (uint64_t i = 0; i < N; i++)
        items[i] = i;
    parexact_job *job = submit(pool, add_up, &total);
    CHECK_STATUS(parexact_map(pool, put_square, NULL, items, sizeof *items, NULL, 0, N, 0), PAREXACT_OK);
    CHECK_STATUS(parexact_queue_close(queue), PAREXACT_OK);
    CHECK_STATUS(finish(job), PAREXACT_OK);
    CHECK(total == (uint64_t)(N - 1) * N * (2 * N - 1) / 6);
    parexact_queue_free(queue);
    parexact_pool_free(pool);
}

int main(void)
{
    const size_t capacities[] = {1, 3, 1000, 0};
    for (size_t i = 0; i < LENGTH(capacities); i++) {
        nothing_lost_or_doubled(capacities[i]);
        first_in_first_out(capacities[i]);
    }
    sizes();
    blocked_threads();
    timeouts();
    between_callbacks();
    return checks_done();
}
