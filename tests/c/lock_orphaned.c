/* A thread that ends with a lock leaves it held for ever: whoever wants it, before or after that, learns so
 * instead of waiting. */
#include <sys/wait.h>

#include "parallel.h"

static parexact_lock *lock;
static atomic_int stage;

static void *hold(void *unused)
{
    (void)unused;
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    return NULL;
}

static void *hold_for_a_while(void *unused)
{
    hold(unused);
    stage = 1;
    WAIT_UNTIL(stage == 2);
    return NULL;
}

static void is_orphaned(void)
{
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_ERROR_DEADLOCK);
    CHECK(strstr(parexact_last_error(), "has ended"));
    CHECK_STATUS(parexact_lock_acquire(lock, 100), PAREXACT_ERROR_DEADLOCK);
    CHECK_STATUS(parexact_lock_acquire(lock, 0), PAREXACT_ERROR_TIMEOUT); /* a timeout of 0 only looks */
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_ERROR_NOT_OWNER);
}

/* -- Before the holder ends, and after ------------------------------------------------------------- */

static void *want_in_vain(void *unused)
{
    (void)unused;
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_ERROR_DEADLOCK);
    return NULL;
}

static void holder_has_ended(void)
{
    lock = new_lock();
    join(start(hold, NULL));
    is_orphaned();
    parexact_lock_free(lock);
}

static void holder_ends_while_others_wait(void)
{
    lock = new_lock();
    stage = 0;
    pthread_t holder = start(hold_for_a_while, NULL), waiting[3];
    WAIT_UNTIL(stage == 1);
    for (size_t i = 0; i < LENGTH(waiting); i++)
        waiting[i] = start(want_in_vain, NULL);
    pause_for(0.05);
    stage = 2;
    join(holder);
    for (size_t i = 0; i < LENGTH(waiting); i++)
        join(waiting[i]);
    is_orphaned();
    parexact_lock_free(lock);
}

/* -- Who waits behind it --------------------------------------------------------------------------- */

static parexact_lock *outer;
static atomic_int holds_outer;

static void *want_both(void *unused)
{
    CHECK_STATUS(parexact_lock_acquire(outer, FOR_EVER), PAREXACT_OK);
    holds_outer = 1;
    want_in_vain(unused);
    CHECK_STATUS(parexact_lock_release(outer), PAREXACT_OK);
    return NULL;
}

/* The wait for the outer lock ends well, since its holder learns what is wrong and goes on. */
static void waits_behind_go_on(void)
{
    for (size_t round = 0; round < usually(5, 2); round++) {
        lock = new_lock();
        outer = new_lock();
        stage = 0;
        holds_outer = 0;
        pthread_t holder = start(hold_for_a_while, NULL);
        WAIT_UNTIL(stage == 1);
        pthread_t both = start(want_both, NULL);
        WAIT_UNTIL(holds_outer);
        pause_for(0.01 * (double)round); /* the slices of the two waits lie differently */
        stage = 2;
        CHECK_STATUS(parexact_lock_acquire(outer, FOR_EVER), PAREXACT_OK);
        CHECK_STATUS(parexact_lock_release(outer), PAREXACT_OK);
        join(both);
        join(holder);
        parexact_lock_free(outer);
        parexact_lock_free(lock);
    }
}

/* -- Released while the thread ends ---------------------------------------------------------------- */

static pthread_key_t key;

/* In the second round of destructors, and not at once. */
static void release_late(void *round)
{
    pause_for(0.06);
    if (round == &lock)
        CHECK(pthread_setspecific(key, &key) == 0);
    else
        CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
}

static void *hold_until_the_destructor(void *unused)
{
    (void)unused;
    CHECK(pthread_setspecific(key, &lock) == 0);
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    stage = 1;
    return NULL;
}

static void a_destructor_may_release(void)
{
    lock = new_lock();
    stage = 0;
    CHECK(pthread_key_create(&key, release_late) == 0);
    pthread_t holder = start(hold_until_the_destructor, NULL);
    WAIT_UNTIL(stage == 1);
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
    join(holder);
    CHECK_STATUS(parexact_lock_acquire(lock, FOR_EVER), PAREXACT_OK);
    CHECK_STATUS(parexact_lock_release(lock), PAREXACT_OK);
    CHECK(pthread_key_delete(key) == 0);
    parexact_lock_free(lock);
}

/* -- Workers, and children ------------------------------------------------------------------------- */

static int32_t keep(void *unused)
{
    (void)unused;
    return parexact_lock_acquire(lock, FOR_EVER);
}

static void worker_has_ended(void)
{
    lock = new_lock();
    parexact_pool *pool = new_pool(2);
    CHECK_STATUS(finish(submit(pool, keep, NULL)), PAREXACT_OK);
    /* A worker without work may get some, that releases the lock: nobody can know. */
    CHECK_STATUS(parexact_lock_acquire(lock, 0.05), PAREXACT_ERROR_TIMEOUT);
    parexact_pool_free(pool);
    is_orphaned();
    parexact_lock_free(lock);
}

/* A child has only the thread that forked, and its own record of the others. */
static void in_a_child(void)
{
    const pid_t child = fork();
    if (child == 0) {
        holder_has_ended();
        holder_ends_while_others_wait();
        worker_has_ended();
        _exit(checks_failed ? 1 : 0);
    }
    int status = -1;
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
    holder_has_ended();
    holder_ends_while_others_wait();
    waits_behind_go_on();
    a_destructor_may_release();
    worker_has_ended();
    in_a_child();
    return checks_done();
}
