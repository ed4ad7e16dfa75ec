/* Progress and cancellation: a control governs the calls of the thread it is attached to, and no others. */
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

enum { N = 1 << 21 };
static double *x;
static int64_t shape[1] = {N};
static parexact_array view;

static void lifetime(void)
{
    parexact_control *control = NULL, *second = NULL;
    CHECK_STATUS(parexact_control_new(NULL), PAREXACT_ERROR_NULL_POINTER);
    CHECK_STATUS(parexact_control_new(&control), PAREXACT_OK);
    CHECK_STATUS(parexact_control_new(&second), PAREXACT_OK);
    CHECK(control != NULL && second != NULL && control != second);

    CHECK(parexact_control_attach(NULL) == NULL);
    CHECK(parexact_control_attach(control) == NULL);
    CHECK(parexact_control_attach(second) == control);
    CHECK(parexact_control_attach(second) == second);
    CHECK(parexact_control_attach(NULL) == second);
    CHECK(parexact_control_attach(NULL) == NULL);
    parexact_control_free(second);

    /* Freed while attached: the attachment keeps it alive. */
    double d = 0;
    parexact_control_attach(control);
    parexact_control_free(control);
    CHECK_STATUS(parexact_sum_f64(x, N, &d), PAREXACT_OK);
    parexact_control_attach(NULL);
    CHECK_STATUS(parexact_sum_f64(x, N, &d), PAREXACT_OK);
}

static void null_is_harmless(void)
{
    uint64_t done = 1, total = 2;
    parexact_control *control = NULL;
    parexact_control_cancel(NULL);
    parexact_control_reset(NULL);
    parexact_control_free(NULL);
    parexact_control_progress(NULL, &done, &total);
    parexact_control_progress(NULL, NULL, NULL);
    CHECK_STATUS(parexact_control_new(&control), PAREXACT_OK);
    parexact_control_progress(control, NULL, NULL);
    parexact_control_progress(control, &done, NULL);
    parexact_control_progress(control, NULL, &total);
    CHECK(done == 0 && total == 0); /* nothing has run under it */
    parexact_control_free(control);
}

static void progress(void)
{
    parexact_control *control = NULL;
    uint64_t done = 1, total = 0;
    parexact_stats stats;
    CHECK_STATUS(parexact_control_new(&control), PAREXACT_OK);
    parexact_control_attach(control);
    CHECK_STATUS(parexact_describe(&view, 0, 0, &stats), PAREXACT_OK);
    parexact_control_progress(control, &done, &total);
    CHECK(total > 0 && done == total);
    parexact_control_reset(control);
    parexact_control_progress(control, &done, &total);
    CHECK(done == 0 && total == 0);
    parexact_control_attach(NULL);
    parexact_control_free(control);
}

static void *unaffected(void *unused)
{
    parexact_stats stats;
    (void)unused;
    CHECK_STATUS(parexact_describe(&view, 0, 0, &stats), PAREXACT_OK);
    return NULL;
}

static void cancelled_before(void)
{
    parexact_control *control = NULL;
    parexact_stats stats, expected;
    parexact_state before, state;
    double d;
    CHECK_STATUS(parexact_describe(&view, 0, 0, &expected), PAREXACT_OK);
    CHECK_STATUS(parexact_state_init(&before), PAREXACT_OK);
    state = before;
    CHECK_STATUS(parexact_control_new(&control), PAREXACT_OK);
    parexact_control_attach(control);
    parexact_control_cancel(control);

    fill_with_pattern(&stats, sizeof stats);
    fill_with_pattern(&d, sizeof d);
    CHECK_STATUS(parexact_describe(&view, 0, 0, &stats), PAREXACT_ERROR_CANCELLED);
    CHECK_STATUS(parallel_stats(x, N, &stats), PAREXACT_ERROR_CANCELLED);
    CHECK(has_pattern(&stats, sizeof stats));
    CHECK_STATUS(parexact_sum_f64(x, N, &d), PAREXACT_ERROR_CANCELLED);
    CHECK_STATUS(parexact_norm_f64(x, N, &d), PAREXACT_ERROR_CANCELLED);
    CHECK_STATUS(parexact_sum(&view, &d), PAREXACT_ERROR_CANCELLED);
    CHECK_STATUS(parexact_norm(&view, &d), PAREXACT_ERROR_CANCELLED);
    CHECK(has_pattern(&d, sizeof d));
    CHECK_STATUS(parexact_state_update(&state, &view), PAREXACT_ERROR_CANCELLED);
    CHECK(memcmp(&state, &before, sizeof state) == 0);

    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, unaffected, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);

    parexact_control_reset(control);
    CHECK_STATUS(parexact_describe(&view, 0, 0, &stats), PAREXACT_OK);
    CHECK(memcmp(&stats, &expected, sizeof stats) == 0);

    parexact_control_cancel(control);
    parexact_control_attach(NULL);
    CHECK_STATUS(parexact_describe(&view, 0, 0, &stats), PAREXACT_OK);
    parexact_control_free(control);
}

static void *cancel_soon(void *control)
{
    const struct timespec delay = {0, 20 * 1000 * 1000};
    nanosleep(&delay, NULL);
    parexact_control_cancel(control);
    return NULL;
}

static parexact_control *for_the_handler;

static void on_alarm(int signal_number)
{
    (void)signal_number;
    parexact_control_cancel(for_the_handler);
}

/* Cancelled from another thread, then from a signal handler, while this thread is calling. */
static void cancelled_meanwhile(void)
{
    for (int from_handler = 0; from_handler < 2; from_handler++) {
        parexact_control *control = NULL;
        pthread_t thread;
        parexact_stats stats;
        parexact_status status = PAREXACT_OK;
        CHECK_STATUS(parexact_control_new(&control), PAREXACT_OK);
        parexact_control_attach(control);
        if (from_handler) {
            for_the_handler = control;
            signal(SIGALRM, on_alarm);
            alarm(1);
        } else {
            CHECK(pthread_create(&thread, NULL, cancel_soon, control) == 0);
        }
        const time_t begin = time(NULL);
        while (status == PAREXACT_OK && time(NULL) - begin < 20)
            status = parexact_describe(&view, 0, 0, &stats);
        CHECK_STATUS(status, PAREXACT_ERROR_CANCELLED);
        if (!from_handler)
            CHECK(pthread_join(thread, NULL) == 0);
        parexact_control_attach(NULL);
        parexact_control_free(control);
    }
}

int main(void)
{
    x = malloc(N * sizeof *x);
    if (!x)
        abort();
    fill_random(x, N, 60, 5);
    view = vector_view(x, shape);
    lifetime();
    null_is_harmless();
    progress();
    cancelled_before();
    cancelled_meanwhile();
    free(x);
    return checks_done();
}
