/* A signal handler forks while a call runs in parallel: the child answers FORKED or the right result, never
 * OK with a part of the work left out. The moment that matters is after the library has seen that another
 * thread holds a lock, and before it asks which process it is in; so getpid waits here until the lock is
 * likely to be released, and then the handler forks. */
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "parallel.h"

enum { N = 1 << 19, ITEMS = 64 };

static pthread_t calling_thread;
static volatile sig_atomic_t armed, is_child;
static volatile int forks;

/* The child goes on with the interrupted call; the parent waits for what it makes of that. */
static void fork_here(int signal_number)
{
    int status = -1;
    (void)signal_number;
    const pid_t child = fork();
    if (child == 0) {
        is_child = 1;
        alarm(20);
        return;
    }
    forks++;
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

/* Stands in for the C library's, also where the library calls it. */
pid_t getpid(void)
{
    sigset_t blocked;
    if (armed && pthread_equal(pthread_self(), calling_thread) &&
        pthread_sigmask(SIG_BLOCK, NULL, &blocked) == 0 && !sigismember(&blocked, SIGUSR1)) {
        armed = 0;
        pause_for(3e-4);
        raise(SIGUSR1);
    }
    return (pid_t)syscall(SYS_getpid);
}

static double x[N];

static parexact_status sum(int *is_right)
{
    double d = -1;
    const parexact_status status = parexact_sum_f64(x, N, &d);
    *is_right = d == N;
    return status;
}

static int32_t fail(const void *item, void *result, void *unused)
{
    (void)item;
    (void)result;
    (void)unused;
    return 1;
}

/* In the child a map whose callbacks fail must not answer OK, either. */
static parexact_status failing_map(int *is_right)
{
    const parexact_status status = parexact_map(NULL, fail, NULL, NULL, 0, NULL, 0, ITEMS, 1);
    *is_right = 1;
    return status;
}

static void interrupted(parexact_status (*call)(int *), parexact_status expected)
{
    const int enough = (int)usually(2000, 20);
    forks = 0;
    for (const double end = now() + 10; forks < enough && now() < end && checks_failed == 0;) {
        int is_right = 0;
        armed = 1;
        const parexact_status answer = call(&is_right);
        armed = 0;
        if (is_child)
            _exit(answer == PAREXACT_ERROR_FORKED || (answer == expected && is_right) ? 0 : 1);
        CHECK(answer == expected && is_right);
    }
    CHECK(forks > 0 || checks_failed);
}

int main(void)
{
    int is_right;
    for (size_t i = 0; i < N; i++)
        x[i] = 1;
    calling_thread = pthread_self();
    signal(SIGUSR1, fork_here);
    CHECK_STATUS(parexact_set_num_threads(5), PAREXACT_OK);
    CHECK_STATUS(sum(&is_right), PAREXACT_OK); /* the workers exist */
    interrupted(sum, PAREXACT_OK);
    interrupted(failing_map, PAREXACT_ERROR_CALLBACK_FAILED);
    return checks_done();
}
