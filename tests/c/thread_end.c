/* Calls while a thread or the process ends: destructors of thread-specific data, atexit handlers, destructors
 * of shared objects. Also as the first calls of all, where the library's threads have yet to be made. */
#include <sys/wait.h>

#include "parallel.h"

static double x[1 << 20];
static int32_t squares[1000], numbers[1000];
static atomic_int rounds;

static int32_t square(const void *item, void *result, void *user_data)
{
    const int32_t number = *(const int32_t *)item;
    (void)user_data;
    *(int32_t *)result = number * number;
    return 0;
}

static int32_t count_up(void *user_data)
{
    (*(atomic_int *)user_data)++;
    return 0;
}

/* A call of each kind does what it does at any other time. */
static void call_everything(void)
{
    double sum = 0;
    CHECK_STATUS(parexact_sum_f64(x, LENGTH(x), &sum), PAREXACT_OK);
    CHECK_DOUBLE(sum, (double)LENGTH(x));
    CHECK_STATUS(parexact_sum_f64(NULL, 1, &sum), PAREXACT_ERROR_NULL_POINTER);

    memset(squares, 0, sizeof squares);
    CHECK_STATUS(parexact_map(NULL, square, NULL, numbers, sizeof numbers[0], squares, sizeof squares[0],
                              LENGTH(numbers), 1),
                 PAREXACT_OK);
    for (size_t i = 0; i < LENGTH(numbers); i++)
        CHECK(squares[i] == numbers[i] * numbers[i]);

    atomic_int runs = 0;
    CHECK_STATUS(finish(submit(NULL, count_up, &runs)), PAREXACT_OK);
    CHECK(runs == 1);

    parexact_lock *lock = new_lock();
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
    parexact_lock_free(lock);

    int32_t item = 7;
    parexact_queue *queue = new_queue(1, sizeof item);
    CHECK_STATUS(parexact_queue_put(queue, &item, 0), PAREXACT_OK);
    CHECK_STATUS(parexact_queue_put(queue, &item, 0.01), PAREXACT_ERROR_TIMEOUT);
    parexact_queue_free(queue);

    parexact_pool *pool = new_pool(2);
    CHECK_STATUS(parexact_map(pool, square, NULL, numbers, sizeof numbers[0], squares, sizeof squares[0],
                              LENGTH(numbers), 1),
                 PAREXACT_OK);
    parexact_pool_free(pool);

    /* Settings are in force, and are answered. */
    parexact_control *control = new_control(), *before = parexact_control_attach(control);
    CHECK_STATUS(parexact_sum_f64(x, LENGTH(x), &sum), PAREXACT_OK);
    parexact_control_cancel(control);
    CHECK_STATUS(parexact_sum_f64(x, LENGTH(x), &sum), PAREXACT_ERROR_CANCELLED);
    CHECK(parexact_control_attach(before) == control);
    parexact_control_free(control);
    const size_t count = parexact_set_num_threads_local(2);
    CHECK(parexact_get_num_threads_local() == 2);
    CHECK(parexact_set_num_threads_local(count) == 2);
}

static pthread_key_t keys[3];

/* In every round, each of the keys is called. */
static void at_thread_end(void *value)
{
    call_everything();
    rounds++;
    const size_t round = (size_t)value;
    if (round < 3)
        pthread_setspecific(keys[round % LENGTH(keys)], (void *)(round + 1));
}

static void set_keys(void)
{
    for (size_t k = 0; k < LENGTH(keys); k++)
        pthread_setspecific(keys[k], (void *)(size_t)1);
}

static void *ends_without_a_call_before(void *unused)
{
    (void)unused;
    set_keys();
    return NULL;
}

static void *ends_after_calls(void *unused)
{
    (void)unused;
    call_everything();
    set_keys();
    return NULL;
}

/* A control that is attached at the end of a thread still governs what its destructors call. */
static parexact_control *attached;

static void is_governed(void *unused)
{
    double sum;
    (void)unused;
    CHECK_STATUS(parexact_sum_f64(x, 1, &sum), PAREXACT_ERROR_CANCELLED);
    rounds++;
}

static void *ends_with_a_control(void *key)
{
    pthread_setspecific(*(pthread_key_t *)key, key);
    parexact_control_attach(attached);
    return NULL;
}

static void a_control_at_the_end_of_its_thread(void)
{
    pthread_key_t key;
    CHECK(pthread_key_create(&key, is_governed) == 0);
    attached = new_control();
    parexact_control_cancel(attached);
    rounds = 0;
    join(start(ends_with_a_control, &key));
    CHECK(rounds == 1);
    parexact_control_free(attached);
}

/* The first calls of a process are made while a thread of it ends. */
static void first_calls_of_all(void)
{
    const pid_t child = fork();
    if (child == 0) {
        join(start(ends_without_a_call_before, NULL));
        _exit(checks_done());
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static void at_exit(void)
{
    call_everything();
}

/* Runs after the handlers of atexit; the exit status is decided by now. */
__attribute__((destructor)) static void at_the_very_end(void)
{
    call_everything();
    if (checks_failed)
        _exit(checks_done());
}

int main(void)
{
    for (size_t i = 0; i < LENGTH(x); i++)
        x[i] = 1;
    for (size_t i = 0; i < LENGTH(numbers); i++)
        numbers[i] = (int32_t)i;
    for (size_t k = 0; k < LENGTH(keys); k++)
        CHECK(pthread_key_create(&keys[k], at_thread_end) == 0);
    parexact_set_num_threads(3);
    first_calls_of_all();
    join(start(ends_after_calls, NULL));
    join(start(ends_without_a_call_before, NULL));
    CHECK(rounds >= 6);
    a_control_at_the_end_of_its_thread();
    CHECK(atexit(at_exit) == 0);
    return checks_done();
}
