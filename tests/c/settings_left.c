/* What a callback sets for its thread ends with it: the next callback there, of whatever caller, finds
 * nothing of it. */
#include "parallel.h"

static parexact_control *cancelled;
static double x[100];
static atomic_size_t left_behind;
static size_t ITEMS;

/* Sets all that a thread has, after a look at what is there. */
static int32_t set_everything(void)
{
    double sum;
    if (parexact_control_attach(cancelled) != NULL)
        left_behind++;
    if (parexact_set_num_threads_local(7) != 0)
        left_behind++;
    /* A failure leaves a message. */
    if (parexact_sum_f64(NULL, 1, &sum) != PAREXACT_ERROR_NULL_POINTER || parexact_last_error()[0] == '\0')
        left_behind++;
    pause_for(1e-4); /* Gives the other threads time to take part. */
    return 0;
}

static int32_t set_in_a_map(const void *item, void *result, void *user_data)
{
    (void)item;
    (void)result;
    (void)user_data;
    return set_everything();
}

static int32_t set_in_an_integral(const double *points, double *values, size_t count, void *user_data)
{
    (void)points;
    (void)user_data;
    for (size_t i = 0; i < count; i++)
        values[i] = 0;
    return set_everything();
}

static int32_t set_in_a_job(void *user_data)
{
    (void)user_data;
    return set_everything();
}

static pthread_t caller;

/* A call inside a callback is governed by nothing, and the thread has no message of a failure. */
static int32_t find_nothing(const void *item, void *result, void *user_data)
{
    double sum;
    (void)item;
    (void)result;
    (void)user_data;
    if (parexact_sum_f64(x, LENGTH(x), &sum) != PAREXACT_OK)
        left_behind++;
    if (!pthread_equal(pthread_self(), caller) && parexact_last_error()[0] != '\0')
        left_behind++;
    pause_for(1e-4);
    return 0;
}

static int32_t find_nothing_in_a_job(void *user_data)
{
    return find_nothing(NULL, NULL, user_data);
}

static void *unrelated_caller(void *pool)
{
    caller = pthread_self();
    CHECK_STATUS(parexact_map(pool, find_nothing, NULL, NULL, 0, NULL, 0, ITEMS, 1), PAREXACT_OK);
    for (int i = 0; i < 20; i++)
        CHECK_STATUS(finish(submit(pool, find_nothing_in_a_job, NULL)), PAREXACT_OK);
    return NULL;
}

static void *careless_caller(void *pool)
{
    double integral;
    CHECK_STATUS(parexact_map(pool, set_in_a_map, NULL, NULL, 0, NULL, 0, ITEMS, 1), PAREXACT_OK);
    if (pool == NULL)
        CHECK_STATUS(parexact_integrate(set_in_an_integral, NULL, 0, 1, 1024 * ITEMS, &integral),
                     PAREXACT_OK);
    for (int i = 0; i < 20; i++)
        CHECK_STATUS(finish(submit(pool, set_in_a_job, NULL)), PAREXACT_OK);
    /* Callbacks ran on this thread, too. */
    CHECK(parexact_control_attach(NULL) == NULL);
    CHECK(parexact_set_num_threads_local(0) == 0);
    return NULL;
}

/* Under a control of the caller's, and with its own thread count, callbacks leave those. */
static void *caller_with_settings(void *pool)
{
    parexact_control *own = new_control();
    parexact_control_attach(own);
    parexact_set_num_threads_local(3);
    CHECK_STATUS(parexact_map(pool, find_nothing, NULL, NULL, 0, NULL, 0, ITEMS, 1), PAREXACT_OK);
    CHECK(parexact_control_attach(NULL) == own);
    CHECK(parexact_set_num_threads_local(0) == 3);
    parexact_control_free(own);
    return NULL;
}

int main(void)
{
    ITEMS = usually(200, 40);
    parexact_set_num_threads(4);
    cancelled = new_control();
    parexact_control_cancel(cancelled);
    parexact_pool *pools[] = {NULL, new_pool(2)};
    for (size_t p = 0; p < LENGTH(pools); p++) {
        void *(*callers[])(void *) = {careless_caller, unrelated_caller, caller_with_settings};
        for (size_t c = 0; c < LENGTH(callers); c++) {
            join(start(callers[c], pools[p]));
            CHECK(left_behind == 0);
            left_behind = 0;
        }
    }
    parexact_pool_free(pools[1]);
    parexact_control_free(cancelled);
    return checks_done();
}
