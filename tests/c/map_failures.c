/* A map whose callback fails: the lowest failing index is told, and the rest is given up. */
#include "parallel.h"

/* Fails for the items that are not 0, and keeps the lowest index among those. */
static const int32_t *first_item;
static atomic_size_t lowest, calls_made;

static int32_t fail_if_nonzero(const void *item, void *result, void *unused)
{
    const int32_t *value = item;
    (void)result;
    (void)unused;
    atomic_fetch_add(&calls_made, 1);
    if (*value != 0) {
        const size_t index = (size_t)(value - first_item);
        size_t before = lowest;
        while (index < before && !atomic_compare_exchange_weak(&lowest, &before, index)) {
        }
    }
    return *value;
}

static void check_failure(parexact_pool *pool, const int32_t *items, size_t n, size_t chunk_size)
{
    char expected[80];
    first_item = items;
    lowest = SIZE_MAX;
    calls_made = 0;
    CHECK_STATUS(parexact_map(pool, fail_if_nonzero, NULL, items, sizeof *items, NULL, 0, n, chunk_size),
                 PAREXACT_ERROR_CALLBACK_FAILED);
    snprintf(expected, sizeof expected, "index %zu: it returned %" PRId32, (size_t)lowest, items[lowest % n]);
    if (lowest >= n || !strstr(parexact_last_error(), expected)) {
        checks_failed++;
        fprintf(stderr, "expected \"%s\", got \"%s\"\n", expected, parexact_last_error());
    }
    CHECK(calls_made <= n);
}

static void failures(parexact_pool *pool, uint64_t seed)
{
    enum { N = 5000 };
    static int32_t items[N];
    const size_t rounds = usually(200, 20);
    for (size_t round = 0; round < rounds; round++) {
        /* One, then several. */
        const size_t failing = round % 2 ? 1 + next_random(&seed) % 20 : 1;
        memset(items, 0, sizeof items);
        for (size_t i = 0; i < failing; i++)
            items[next_random(&seed) % N] = (int32_t)(next_random(&seed) | 1);
        check_failure(pool, items, N, round % 3);
        if (failing == 1)
            CHECK(items[lowest] != 0);
    }
    /* The ends, and the extremes of what a callback may answer. */
    memset(items, 0, sizeof items);
    items[0] = INT32_MIN;
    check_failure(pool, items, N, 0);
    CHECK(lowest == 0);
    items[0] = 0;
    items[N - 1] = INT32_MAX;
    check_failure(pool, items, N, 0);
    CHECK(lowest == N - 1 && calls_made == N);
    items[N - 1] = 0;
    CHECK_STATUS(parexact_map(pool, fail_if_nonzero, NULL, items, sizeof *items, NULL, 0, N, 0), PAREXACT_OK);
}

static int32_t slow_failure(const void *item, void *result, void *calls)
{
    (void)item;
    (void)result;
    atomic_fetch_add((atomic_size_t *)calls, 1);
    pause_for(1e-3);
    return -5;
}

static void a_failure_ends_the_map(parexact_pool *pool)
{
    atomic_size_t calls = 0;
    CHECK_STATUS(parexact_map(pool, slow_failure, &calls, NULL, 0, NULL, 0, 100000, 0),
                 PAREXACT_ERROR_CALLBACK_FAILED);
    CHECK(calls >= 1 && calls <= 4); /* one for each thread: who has failed begins nothing more */
    CHECK(strstr(parexact_last_error(), "returned -5") != NULL);
}

/* Two items that are in hand at the same time fail one after the other: whichever is first, the lower index
 * is told. */
typedef struct {
    int first;
    atomic_int inside, failed;
} race;

static int32_t fail_in_order(const void *item, void *result, void *user_data)
{
    race *r = user_data;
    const int index = *(const int *)item;
    (void)result;
    r->inside++;
    WAIT_UNTIL(r->inside == 2);
    if (index != r->first) {
        WAIT_UNTIL(r->failed);
        pause_for(0.02); /* until the map has taken note */
    }
    r->failed = 1;
    return 100 + index;
}

static void the_lower_index_is_told(void)
{
    const int items[2] = {0, 1};
    parexact_pool *pool = new_pool(2);
    for (int first = 0; first < 2; first++) {
        race r = {.first = first};
        CHECK_STATUS(parexact_map(pool, fail_in_order, &r, items, sizeof *items, NULL, 0, 2, 1),
                     PAREXACT_ERROR_CALLBACK_FAILED);
        CHECK(strstr(parexact_last_error(), "index 0: it returned 100") != NULL);
    }
    parexact_pool_free(pool);
}

/* The first items of the last two chunks wait until a helper has failed in the former of these: its index is
 * the lower one. */
enum { CHUNKED = 3 * 64 * 256, FORMER = CHUNKED - 512, LATTER = CHUNKED - 256 };

static int32_t fail_as_helper(const void *item, void *result, void *helper_failed)
{
    atomic_size_t *failed = helper_failed;
    const size_t index = *(const uint32_t *)item;
    (void)result;
    if (index == FORMER || index == LATTER) {
        WAIT_UNTIL(*failed);
        pause_for(0.02); /* until the map has taken note */
        return index == LATTER;
    }
    if (index < FORMER || index > LATTER)
        return 0;
    *failed = index;
    return 2;
}

static void the_index_of_a_helper_is_told(void)
{
    static uint32_t items[CHUNKED];
    char expected[80];
    parexact_pool *pool = new_pool(3);
    for (uint32_t i = 0; i < CHUNKED; i++)
        items[i] = i;
    atomic_size_t failed = 0;
    CHECK_STATUS(parexact_map(pool, fail_as_helper, &failed, items, sizeof *items, NULL, 0, CHUNKED, 0),
                 PAREXACT_ERROR_CALLBACK_FAILED);
    snprintf(expected, sizeof expected, "index %zu: it returned 2", (size_t)failed);
    CHECK(strstr(parexact_last_error(), expected) != NULL);
    parexact_pool_free(pool);
}

int main(void)
{
    parexact_pool *pools[] = {NULL, new_pool(1), new_pool(4)};
    parexact_set_num_threads_local(3);
    for (size_t p = 0; p < LENGTH(pools); p++) {
        failures(pools[p], p + 1);
        a_failure_ends_the_map(pools[p]);
        parexact_pool_free(pools[p]);
    }
    the_lower_index_is_told();
    the_index_of_a_helper_is_told();
    return checks_done();
}
