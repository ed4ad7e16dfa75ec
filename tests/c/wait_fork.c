/* A signal handler may fork while its thread waits, also at the moment when another thread holds the lock of
 * what is waited for: the child finds out, and goes on. Large items keep that lock busy. */
#include <signal.h>
#include <sys/wait.h>

#include "parallel.h"

enum { ITEM = 4 << 20, ROUNDS = 25 };

static parexact_queue *queue;
static volatile pid_t child;
static volatile sig_atomic_t is_child;
static atomic_int over;
static pthread_t waiting_thread;

static void fork_here(int signal_number)
{
    (void)signal_number;
    const pid_t pid = fork();
    if (pid == 0)
        is_child = 1;
    else
        child = pid;
}

static void block_signals(void)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
}

/* Takes items out and puts them back: the queue is full most of the time, and its lock is held. */
static void *keep_the_lock_busy(void *item)
{
    block_signals();
    while (!over)
        if (parexact_queue_get(queue, 0, item) == PAREXACT_OK)
            parexact_queue_put(queue, item, 0);
    return NULL;
}

static void *interrupt(void *delay)
{
    block_signals();
    pause_for(*(double *)delay);
    pthread_kill(waiting_thread, SIGUSR1);
    return NULL;
}

/* Whatever became of the wait, it ends, and the next one says why. */
static void be_the_child(const char *item)
{
    parexact_queue_put(queue, item, 0.1);
    const parexact_status status = parexact_queue_put(queue, item, 0.1);
    _exit(status == PAREXACT_ERROR_FORKED ? 0 : 1);
}

static int ends_well(pid_t pid)
{
    int status = -1;
    for (const double limit = now() + GENEROUS; now() < limit; pause_for(1e-3))
        if (waitpid(pid, &status, WNOHANG) == pid)
            return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return 0;
}

int main(void)
{
    static char waiting_item[ITEM], busy_item[ITEM];
    int good = 0;
    waiting_thread = pthread_self();
    signal(SIGUSR1, fork_here);
    queue = new_queue(2, ITEM);
    for (int i = 0; i < 2; i++)
        CHECK_STATUS(parexact_queue_put(queue, busy_item, 0), PAREXACT_OK);
    pthread_t busy = start(keep_the_lock_busy, busy_item);
    for (int i = 0; i < ROUNDS; i++) {
        double delay = 2e-3 + 4e-4 * i; /* anywhere in a slice of the wait */
        child = 0;
        pthread_t interrupter = start(interrupt, &delay);
        for (const double limit = now() + GENEROUS; !child && !is_child && now() < limit;)
            parexact_queue_put(queue, waiting_item, 0.05);
        if (is_child)
            be_the_child(waiting_item);
        join(interrupter);
        CHECK(child);
        good += child && ends_well(child);
    }
    CHECK(good == ROUNDS);
    over = 1;
    join(busy);
    parexact_queue_free(queue);
    return checks_done();
}
