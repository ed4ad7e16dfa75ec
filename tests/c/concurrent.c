/* Sixteen threads of the program call at the same time, each with a thread count of its own: one answer. */
#include <pthread.h>

#include "check.h"

enum { CALLERS = 16, ROUNDS = 12, N = (1 << 17) + 11 };

static double x[N];
static parexact_stats expected;
static parexact_state expected_state;
static pthread_barrier_t start;

static void *caller(void *argument)
{
    const size_t threads = (size_t)(uintptr_t)argument;
    const int64_t shape[1] = {N};
    const parexact_array view = vector_view(x, shape);
    uintptr_t wrong = 0;

    parexact_set_num_threads_local(threads);
    pthread_barrier_wait(&start);
    for (int round = 0; round < ROUNDS; round++) {
        parexact_stats stats;
        parexact_state state;
        memset(&stats, 0, sizeof stats);
        wrong += parexact_describe(&view, 0, PAREXACT_NAN_PROPAGATE, &stats) != PAREXACT_OK;
        wrong += memcmp(&stats, &expected, sizeof stats) != 0;
        wrong += parexact_state_init(&state) != PAREXACT_OK;
        wrong += parexact_state_update(&state, &view) != PAREXACT_OK;
        wrong += memcmp(&state, &expected_state, sizeof state) != 0;
    }
    return (void *)wrong;
}

int main(void)
{
    pthread_t threads[CALLERS];
    const int64_t shape[1] = {N};
    const parexact_array view = vector_view(x, shape);
    fill_random(x, N, 500, 11);
    parexact_set_num_threads_local(1);
    CHECK_STATUS(parexact_describe(&view, 0, PAREXACT_NAN_PROPAGATE, &expected), PAREXACT_OK);
    CHECK_STATUS(parexact_state_init(&expected_state), PAREXACT_OK);
    CHECK_STATUS(parexact_state_update(&expected_state, &view), PAREXACT_OK);

    CHECK(pthread_barrier_init(&start, NULL, CALLERS) == 0);
    for (size_t i = 0; i < CALLERS; i++)
        if (pthread_create(&threads[i], NULL, caller, (void *)(uintptr_t)(i + 1)) != 0)
            abort();
    for (size_t i = 0; i < CALLERS; i++) {
        void *wrong = NULL;
        CHECK(pthread_join(threads[i], &wrong) == 0);
        CHECK(wrong == NULL);
    }
    pthread_barrier_destroy(&start);
    return checks_done();
}
