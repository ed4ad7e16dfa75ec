/* Maps from many threads and inside each other, on one pool and on several; and what a callback finds around
 * it. */
#include <dirent.h>
#include <fenv.h>
#include <xmmintrin.h>

#include "parallel.h"

enum { CALLERS = 8, N = 400 };

static int32_t twice(const void *item, void *result, void *unused)
{
    (void)unused;
    *(uint64_t *)result = 2 * *(const uint64_t *)item;
    return 0;
}

static size_t wrong_maps(parexact_pool *pool, uint64_t seed, size_t rounds)
{
    uint64_t items[N], results[N];
    size_t wrong = 0;
    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < N; i++)
            items[i] = next_random(&seed);
        const parexact_status status =
            parexact_map(pool, twice, NULL, items, sizeof *items, results, sizeof *results, N, round % 9);
        wrong += status != PAREXACT_OK;
        for (size_t i = 0; i < N; i++)
            wrong += results[i] != 2 * items[i];
    }
    return wrong;
}

static parexact_pool *shared_pool;
static atomic_size_t wrong_in_all;

static void *caller(void *number)
{
    parexact_pool *own = new_pool(1 + (uintptr_t)number % 3);
    const size_t rounds = usually(300, 20);
    wrong_in_all += wrong_maps(shared_pool, (uintptr_t)number, rounds);
    wrong_in_all += wrong_maps(NULL, (uintptr_t)number, rounds);
    wrong_in_all += wrong_maps(own, (uintptr_t)number, rounds);
    parexact_pool_free(own);
    return NULL;
}

static void eight_callers(void)
{
    pthread_t threads[CALLERS];
    shared_pool = new_pool(3);
    for (uintptr_t i = 0; i < CALLERS; i++)
        threads[i] = start(caller, (void *)i);
    for (size_t i = 0; i < CALLERS; i++)
        join(threads[i]);
    CHECK(wrong_in_all == 0);
    parexact_pool_free(shared_pool);
}

static size_t threads_alive(void)
{
    size_t count = 0;
    DIR *tasks = opendir("/proc/self/task");
    if (!tasks)
        abort();
    for (struct dirent *task; (task = readdir(tasks)) != NULL;)
        count += task->d_name[0] != '.';
    closedir(tasks);
    return count;
}

/* Freed pools leave no threads behind. */
static void pools_come_and_go(void)
{
    const size_t before = threads_alive();
    for (size_t round = 0; round < usually(50, 5); round++) {
        parexact_pool *pools[4];
        for (size_t p = 0; p < LENGTH(pools); p++)
            pools[p] = new_pool(p + 1);
        for (size_t p = LENGTH(pools); p-- > 0;) {
            CHECK(wrong_maps(pools[p], round, 1) == 0);
            parexact_pool_free(pools[p]);
        }
    }
    WAIT_UNTIL(threads_alive() <= before);
}

/* A map inside a map: on a worker it runs on that thread alone; on the calling thread workers may help. */
static pthread_t main_thread;
static atomic_size_t inner_calls, inner_elsewhere;

static int32_t inner(const void *item, void *result, void *outer_thread)
{
    (void)item;
    (void)result;
    atomic_fetch_add(&inner_calls, 1);
    const pthread_t expected = *(const pthread_t *)outer_thread;
    if (!pthread_equal(expected, main_thread) && !pthread_equal(expected, pthread_self()))
        atomic_fetch_add(&inner_elsewhere, 1);
    return 0;
}

static int32_t outer(const void *item, void *result, void *pool)
{
    pthread_t self = pthread_self();
    const double x[2] = {1, 2};
    (void)item;
    pause_for(1e-3); /* for the others to take part */
    parexact_map(pool, inner, &self, NULL, 0, NULL, 0, 50, 0);
    parexact_map(NULL, inner, &self, NULL, 0, NULL, 0, 50, 0);
    return parexact_sum_f64(x, 2, result) + parexact_pi(1, (double *)result + 1);
}

static void nested(void)
{
    double results[40][2];
    parexact_pool *pools[] = {new_pool(4), new_pool(1), NULL};
    main_thread = pthread_self();
    for (size_t p = 0; p < LENGTH(pools); p++) {
        inner_calls = 0;
        memset(results, 0, sizeof results);
        CHECK_STATUS(
            parexact_map(pools[p], outer, pools[p], NULL, 0, results, sizeof *results, LENGTH(results), 0),
            PAREXACT_OK);
        CHECK(inner_calls == 100 * LENGTH(results) && inner_elsewhere == 0);
        for (size_t i = 0; i < LENGTH(results); i++) {
            CHECK_DOUBLE(results[i][0], 3.0);
            CHECK_DOUBLE(results[i][1], 3.2);
        }
        parexact_pool_free(pools[p]);
    }
}

/* Rounding to nearest, subnormals kept: on workers and on the calling thread, whatever that had set before,
 * and whatever the callbacks of an earlier map did. */
static int32_t environment(const void *item, void *result, void *unused)
{
    volatile double one = 1, tiny = 0x1p-54, least = 0x1p-1074;
    volatile long double long_one = 1, long_tiny = 0x1p-100L; /* x87 has a rounding mode of its own */
    (void)item;
    (void)unused;
    pause_for(2e-4);
    *(uint32_t *)result = (_mm_getcsr() & ~0x3fu) == 0x1f80 && one + tiny <= one && least * 0.5 <= 0 &&
                          least * one > 0 && fegetround() == FE_TONEAREST && long_one + long_tiny <= long_one;
    return 0;
}

static int32_t spoil_environment(const void *item, void *result, void *unused)
{
    (void)item;
    (void)result;
    (void)unused;
    pause_for(2e-4);
    _mm_setcsr(0xffc0); /* towards zero, flush to zero, subnormals are zero */
    return 0;
}

static int32_t spoil_and_integrate(const double *x, double *y, size_t count, void *unused)
{
    (void)unused;
    for (size_t i = 0; i < count; i++)
        y[i] = 4 / (1 + x[i] * x[i]);
    _mm_setcsr(0xffc0);
    return 0;
}

static void environments(void)
{
    uint32_t right[200];
    /* The pool is made while the environment is another one, too. */
    for (int mode = 0; mode < 3; mode++) {
        const unsigned before = _mm_getcsr();
        if (mode == 1)
            _mm_setcsr(0xffc0);
        if (mode == 2)
            fesetround(FE_UPWARD);
        const unsigned set = _mm_getcsr();
        parexact_pool *pool = NULL;
        parexact_status status = parexact_pool_new(4, &pool);
        for (int again = 0; again < 2; again++) {
            memset(right, 0, sizeof right);
            status += parexact_map(pool, environment, NULL, NULL, 0, right, sizeof *right, LENGTH(right), 0);
            status += parexact_map(pool, spoil_environment, NULL, NULL, 0, NULL, 0, LENGTH(right), 0);
            CHECK(_mm_getcsr() == set);
            size_t wrong = 0;
            for (size_t i = 0; i < LENGTH(right); i++)
                wrong += !right[i];
            CHECK(wrong == 0);
        }
        fesetround(FE_TONEAREST);
        _mm_setcsr(before);
        CHECK(status == PAREXACT_OK);
        parexact_pool_free(pool);
    }

    double expected = 0, d = 0;
    const unsigned before = _mm_getcsr();
    CHECK_STATUS(parexact_pi(300000, &expected), PAREXACT_OK);
    CHECK_STATUS(parexact_integrate(spoil_and_integrate, NULL, 0, 1, 300000, &d), PAREXACT_OK);
    CHECK((_mm_getcsr() & ~0x3fu) == (before & ~0x3fu));
    CHECK(d - expected < 1e-13 && expected - d < 1e-13);
}

int main(void)
{
    eight_callers();
    pools_come_and_go();
    nested();
    environments();
    return checks_done();
}
