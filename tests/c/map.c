/* Map: every item once, results in order, whatever the sizes, chunks and threads. */
#include "parallel.h"

typedef struct {
    char tag;
    int32_t number;
} small_item; /* with padding */

typedef struct {
    double root;
    char text[21]; /* an odd size */
} result_item;

static int32_t describe(const void *item, void *result, void *user_data)
{
    const small_item *in = item;
    result_item *out = result;
    out->root = *(const double *)user_data * in->number;
    snprintf(out->text, sizeof out->text, "%c%" PRId32, in->tag, in->number);
    return 0;
}

static void structs_in_order(parexact_pool *pool)
{
    const size_t counts[] = {1, 2, 3, 64, 1000, usually(20011, 2003)};
    double factor = 0.5;
    for (size_t c = 0; c < LENGTH(counts); c++) {
        const size_t n = counts[c];
        small_item *items = calloc(n, sizeof *items);
        result_item *results = calloc(n + 1, sizeof *results);
        if (!items || !results)
            abort();
        for (size_t i = 0; i < n; i++)
            items[i] = (small_item){(char)('a' + i % 26), (int32_t)(7 * i)};
        fill_with_pattern(&results[n], sizeof results[n]);
        CHECK_STATUS(
            parexact_map(pool, describe, &factor, items, sizeof *items, results, sizeof *results, n, 0),
            PAREXACT_OK);
        size_t wrong = 0;
        for (size_t i = 0; i < n; i++) {
            char text[21];
            snprintf(text, sizeof text, "%c%zu", (char)('a' + i % 26), 7 * i);
            wrong +=
                strcmp(text, results[i].text) != 0 || bits_of(results[i].root) != bits_of(3.5 * (double)i);
        }
        CHECK(wrong == 0);
        CHECK(has_pattern(&results[n], sizeof results[n])); /* nothing beyond the end */
        free(items);
        free(results);
    }
}

/* The callback that has no item, or no result: the other side is in the right place, and NULL stands for
 * none. */
static int32_t only_item(const void *item, void *result, void *total)
{
    CHECK(result == NULL);
    atomic_fetch_add((atomic_size_t *)total, *(const uint16_t *)item);
    return 0;
}

static int32_t only_result(const void *item, void *result, void *base)
{
    CHECK(item == NULL);
    *(uint16_t *)result = (uint16_t)((uint16_t *)result - (uint16_t *)base);
    return 0;
}

static int32_t square_in_place(const void *item, void *result, void *unused)
{
    (void)unused;
    CHECK(item == result);
    *(uint32_t *)result *= *(const uint32_t *)item;
    return 0;
}

static void sizes_of_zero_and_in_place(parexact_pool *pool)
{
    enum { N = 3000 };
    static uint16_t small[N];
    static uint32_t squares[N];
    atomic_size_t total = 0;
    CHECK_STATUS(parexact_map(pool, only_result, small, NULL, 0, small, sizeof *small, N, 0), PAREXACT_OK);
    CHECK_STATUS(parexact_map(pool, only_item, &total, small, sizeof *small, NULL, 0, N, 0), PAREXACT_OK);
    CHECK(total == (size_t)N * (N - 1) / 2);
    for (uint32_t i = 0; i < N; i++)
        squares[i] = i;
    CHECK_STATUS(
        parexact_map(pool, square_in_place, NULL, squares, sizeof *squares, squares, sizeof *squares, N, 0),
        PAREXACT_OK);
    size_t wrong = 0;
    for (uint32_t i = 0; i < N; i++)
        wrong += squares[i] != i * i;
    CHECK(wrong == 0);
}

/* Counts its calls in the result, and remembers who made them. */
typedef struct {
    uint32_t calls;
    uint32_t thread;
} visit;

static int32_t note_visit(const void *item, void *result, void *unused)
{
    visit *v = result;
    (void)item;
    (void)unused;
    v->calls++;
    v->thread = (uint32_t)thread_number();
    return 0;
}

/* Each item once, and the items of a chunk on one thread. */
static void chunks(parexact_pool *pool, size_t n)
{
    const size_t sizes[] = {0, 1, 7, 1000, SIZE_MAX / 2 + 1, SIZE_MAX};
    visit *visits = malloc(n * sizeof *visits);
    if (!visits)
        abort();
    for (size_t s = 0; s < LENGTH(sizes); s++) {
        memset(visits, 0, n * sizeof *visits);
        CHECK_STATUS(parexact_map(pool, note_visit, NULL, NULL, 0, visits, sizeof *visits, n, sizes[s]),
                     PAREXACT_OK);
        size_t wrong = 0, torn = 0;
        for (size_t i = 0; i < n; i++) {
            wrong += visits[i].calls != 1;
            torn += sizes[s] && i % sizes[s] && visits[i].thread != visits[i - 1].thread;
        }
        CHECK(wrong == 0 && torn == 0);
    }
    free(visits);
}

/* Waits until as many threads as `together` are in the callback at the same time. */
typedef struct {
    size_t together;
    atomic_size_t inside;
    atomic_int late;
} meeting;

static int32_t meet(const void *item, void *result, void *user_data)
{
    meeting *m = user_data;
    const double limit = now() + 20;
    (void)item;
    (void)result;
    atomic_fetch_add(&m->inside, 1);
    while (m->inside < m->together) {
        if (now() > limit) {
            m->late = 1;
            return 1;
        }
        pause_for(1e-4);
    }
    return 0;
}

/* As many threads at once as the pool has workers, however few processors there are. */
static void all_workers_at_once(void)
{
    const size_t sizes[] = {1, 2, 4, 16};
    for (size_t s = 0; s < LENGTH(sizes); s++) {
        parexact_pool *pool = new_pool(sizes[s]);
        meeting m = {.together = sizes[s]};
        CHECK_STATUS(parexact_map(pool, meet, &m, NULL, 0, NULL, 0, sizes[s], 1), PAREXACT_OK);
        CHECK(!m.late && m.inside == sizes[s]);
        parexact_pool_free(pool);
    }
    /* The library's own pool, and those of 0 workers, are as large as is asked for elsewhere. */
    const size_t before = parexact_set_num_threads_local(7);
    meeting seven = {.together = 7}, six = {.together = 6};
    CHECK_STATUS(parexact_map(NULL, meet, &seven, NULL, 0, NULL, 0, 7, 1), PAREXACT_OK);
    parexact_set_num_threads_local(before);
    CHECK_STATUS(parexact_set_num_threads(6), PAREXACT_OK);
    parexact_pool *pool = new_pool(0);
    CHECK_STATUS(parexact_set_num_threads(0), PAREXACT_OK);
    CHECK_STATUS(parexact_map(pool, meet, &six, NULL, 0, NULL, 0, 6, 1), PAREXACT_OK);
    parexact_pool_free(pool);
}

/* The first item takes as long as all the others together: those are done by other threads meanwhile. */
static int32_t uneven(const void *item, void *result, void *remaining)
{
    atomic_size_t *left = remaining;
    visit *v = result;
    v->thread = (uint32_t)thread_number();
    v->calls++;
    if (*(const int *)item == 0)
        WAIT_UNTIL(*left == 0);
    else
        atomic_fetch_sub(left, 1);
    return 0;
}

static void uneven_work_is_shared(void)
{
    enum { N = 200 };
    int items[N];
    visit visits[N];
    atomic_size_t left = N - 1;
    parexact_pool *pool = new_pool(4);
    memset(visits, 0, sizeof visits);
    for (int i = 0; i < N; i++)
        items[i] = i;
    CHECK_STATUS(parexact_map(pool, uneven, &left, items, sizeof *items, visits, sizeof *visits, N, 0),
                 PAREXACT_OK);
    for (size_t i = 1; i < N; i++)
        CHECK(visits[i].calls == 1 && visits[i].thread != visits[0].thread);
    parexact_pool_free(pool);
}

/* Slow items that lie together: each of them waits until another one is in hand on another thread. */
typedef struct {
    size_t first, count;
    atomic_size_t inside, remaining;
} cluster;

static int32_t slow_in_cluster(const void *item, void *result, void *user_data)
{
    cluster *slow = user_data;
    const size_t index = *(const uint32_t *)item;
    (void)result;
    if (index >= slow->first && index < slow->first + slow->count) {
        const double limit = now() + 20;
        slow->inside++;
        while (slow->inside < 2)
            if (now() > limit)
                return 1;
            else
                pause_for(1e-4);
    }
    slow->remaining--;
    return 0;
}

/* With a chunk_size of 0 a cluster is shared wherever it lies, though it be claimed as part of a single
 * chunk. */
static void a_cluster_of_slow_items_is_shared(void)
{
    enum { N = 1 << 15, CHUNK = 256 };
    static uint32_t items[N];
    parexact_pool *pool = new_pool(2);
    for (uint32_t i = 0; i < N; i++)
        items[i] = i;
    for (size_t chunk = 0; chunk < N; chunk += N / 4) {
        cluster slow = {.first = chunk + 100, .count = CHUNK - 150, .remaining = N};
        CHECK_STATUS(parexact_map(pool, slow_in_cluster, &slow, items, sizeof *items, NULL, 0, N, 0),
                     PAREXACT_OK);
        CHECK(slow.remaining == 0);
    }
    parexact_pool_free(pool);
}

int main(void)
{
    parexact_pool *pools[] = {NULL, new_pool(1), new_pool(4)};
    parexact_set_num_threads_local(3);
    for (size_t p = 0; p < LENGTH(pools); p++) {
        structs_in_order(pools[p]);
        sizes_of_zero_and_in_place(pools[p]);
        chunks(pools[p], 1000);
        chunks(pools[p], usually(1000000, 5000));
    }
    all_workers_at_once();
    uneven_work_is_shared();
    a_cluster_of_slow_items_is_shared();
    for (size_t p = 0; p < LENGTH(pools); p++)
        parexact_pool_free(pools[p]);
    return checks_done();
}
