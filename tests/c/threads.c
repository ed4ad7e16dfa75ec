/* Thread counts: the local one before the process-wide one before the default; and none of them changes a
 * bit. */
#include <pthread.h>

#include "check.h"

static void *other_thread(void *unused)
{
    (void)unused;
    CHECK(parexact_get_num_threads() == 3);       /* the whole process */
    CHECK(parexact_get_num_threads_local() == 3); /* not what the first thread chose for itself */
    CHECK(parexact_set_num_threads_local(7) == 0);
    CHECK(parexact_get_num_threads_local() == 7);
    return NULL;
}

static void precedence(void)
{
    const size_t by_default = parexact_get_num_threads();
    CHECK(by_default >= 1);
    CHECK(parexact_get_num_threads_local() == by_default);

    CHECK_STATUS(parexact_set_num_threads(3), PAREXACT_OK);
    CHECK(parexact_get_num_threads() == 3);
    CHECK(parexact_get_num_threads_local() == 3);

    CHECK(parexact_set_num_threads_local(2) == 0);
    CHECK(parexact_get_num_threads_local() == 2);
    CHECK(parexact_get_num_threads() == 3);

    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, other_thread, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(parexact_get_num_threads_local() == 2);

    CHECK(parexact_set_num_threads_local(5) == 2);
    CHECK(parexact_set_num_threads_local(0) == 5);
    CHECK(parexact_get_num_threads_local() == 3);
    CHECK_STATUS(parexact_set_num_threads(0), PAREXACT_OK);
    CHECK(parexact_get_num_threads() == by_default);
}

static void same_bits(void)
{
    enum { N = 1 << 20 };
    double *x = malloc(N * sizeof *x);
    if (!x)
        abort();
    fill_random(x, N, 200, 3);
    const int64_t shape[1] = {N};
    const parexact_array view = vector_view(x, shape);
    parexact_stats first, again;
    parexact_state first_state, state;
    for (size_t threads = 1; threads <= 16; threads++) {
        if (threads % 2)
            CHECK_STATUS(parexact_set_num_threads(threads), PAREXACT_OK);
        else
            parexact_set_num_threads_local(threads);
        CHECK_STATUS(parexact_describe(&view, 1, PAREXACT_NAN_PROPAGATE, threads == 1 ? &first : &again),
                     PAREXACT_OK);
        CHECK_STATUS(parexact_state_init(threads == 1 ? &first_state : &state), PAREXACT_OK);
        CHECK_STATUS(parexact_state_update(threads == 1 ? &first_state : &state, &view), PAREXACT_OK);
        if (threads > 1) {
            CHECK(memcmp(&first, &again, sizeof first) == 0);
            CHECK(memcmp(&first_state, &state, sizeof state) == 0);
        }
        parexact_set_num_threads_local(0);
    }
    free(x);
}

/* More threads than any machine has: refused for the process, cut to the maximum for one thread. */
static void absurd_counts(void)
{
    const double x[2] = {1, 2};
    const size_t absurd[] = {PAREXACT_MAX_THREADS + 1, SIZE_MAX / 2 + 1, SIZE_MAX};
    double d = 0;
    CHECK_STATUS(parexact_set_num_threads(PAREXACT_MAX_THREADS), PAREXACT_OK);
    CHECK(parexact_get_num_threads() == PAREXACT_MAX_THREADS);
    CHECK_STATUS(parexact_set_num_threads(2), PAREXACT_OK);
    for (size_t i = 0; i < LENGTH(absurd); i++) {
        CHECK_STATUS(parexact_set_num_threads(absurd[i]), PAREXACT_ERROR_INVALID_ARGUMENT);
        CHECK(parexact_get_num_threads() == 2);
        parexact_set_num_threads_local(absurd[i]);
        CHECK(parexact_get_num_threads_local() == PAREXACT_MAX_THREADS);
        CHECK_STATUS(parexact_sum_f64(x, 2, &d), PAREXACT_OK);
        CHECK_DOUBLE(d, 3.0);
        parexact_set_num_threads_local(0);
    }
    CHECK_STATUS(parexact_set_num_threads(0), PAREXACT_OK);
}

int main(void)
{
    precedence();
    same_bits();
    absurd_counts();
    return checks_done();
}
