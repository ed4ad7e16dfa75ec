/* The program's signals are the program's: workers block the asynchronous ones, and the faults stay open on
 * them. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

enum { N = 1 << 21 };
static double x[N];
static double expected;

static pid_t main_thread;
static volatile sig_atomic_t on_main, on_others;

static pid_t this_thread(void)
{
    return (pid_t)syscall(SYS_gettid);
}

static void handler(int signal_number)
{
    (void)signal_number;
    if (this_thread() == main_thread)
        on_main++;
    else
        on_others++;
}

/* Keeps the workers busy for this long, and checks that no signal disturbs a result. */
static void compute_for(double seconds)
{
    struct timespec begin, now;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    do {
        double d = 0;
        CHECK_STATUS(parexact_sum_f64(x, N, &d), PAREXACT_OK);
        CHECK_DOUBLE(d, expected);
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((double)(now.tv_sec - begin.tv_sec) + 1e-9 * (double)(now.tv_nsec - begin.tv_nsec) < seconds);
}

static void timer(suseconds_t microseconds)
{
    const struct itimerval every = {{0, microseconds}, {0, microseconds}};
    CHECK(setitimer(ITIMER_REAL, &every, NULL) == 0);
}

/* The mask of blocked signals of a thread of this process, from /proc. */
static uint64_t blocked_signals(const char *thread_id)
{
    char path[320], line[256];
    uint64_t mask = 0;
    int found = 0;
    snprintf(path, sizeof path, "/proc/self/task/%s/status", thread_id);
    FILE *file = fopen(path, "r");
    if (!file)
        abort();
    while (fgets(line, sizeof line, file))
        found |= sscanf(line, "SigBlk: %" SCNx64, &mask) == 1;
    fclose(file);
    CHECK(found);
    return mask;
}

static void masks_of_workers(void)
{
    const int blocked[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGUSR1, SIGUSR2,   SIGPIPE,  SIGALRM, SIGTERM,
                           SIGCHLD, SIGCONT, SIGTSTP, SIGURG,  SIGVTALRM, SIGWINCH, SIGIO};
    const int open[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT, SIGPROF};
    int workers = 0;
    DIR *tasks = opendir("/proc/self/task");
    if (!tasks)
        abort();
    for (struct dirent *task; (task = readdir(tasks)) != NULL;) {
        const int id = atoi(task->d_name);
        if (id == 0)
            continue;
        const uint64_t mask = blocked_signals(task->d_name);
        if (id == main_thread) {
            CHECK(mask == 0); /* spawning has put the caller's mask back */
            continue;
        }
        workers++;
        for (size_t i = 0; i < LENGTH(blocked); i++)
            if (!(mask >> (blocked[i] - 1) & 1)) {
                checks_failed++;
                fprintf(stderr, "%s:%d: worker %d leaves signal %d open\n", __FILE__, __LINE__, id,
                        blocked[i]);
            }
        for (size_t i = 0; i < LENGTH(open); i++)
            if (mask >> (open[i] - 1) & 1) {
                checks_failed++;
                fprintf(stderr, "%s:%d: worker %d blocks signal %d\n", __FILE__, __LINE__, id, open[i]);
            }
    }
    closedir(tasks);
    CHECK(workers > 0); /* else this program has checked nothing */
}

int main(void)
{
    struct sigaction action;
    sigset_t alarm_only;
    main_thread = this_thread();
    fill_random(x, N, 100, 21);
    CHECK_STATUS(parexact_set_num_threads(4), PAREXACT_OK);
    parexact_set_num_threads_local(1);
    CHECK_STATUS(parexact_sum_f64(x, N, &expected), PAREXACT_OK);
    parexact_set_num_threads_local(0);

    memset(&action, 0, sizeof action);
    action.sa_handler = handler; /* without SA_RESTART: system calls answer EINTR */
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);

    timer(500);
    compute_for(0.3);
    CHECK(on_main > 10 && on_others == 0);
    masks_of_workers();

    /* While the main thread blocks it, the kernel looks for another thread that takes it: there is none. */
    sigemptyset(&alarm_only);
    sigaddset(&alarm_only, SIGALRM);
    CHECK(sigprocmask(SIG_BLOCK, &alarm_only, NULL) == 0);
    on_main = 0;
    compute_for(0.2);
    CHECK(on_main == 0 && on_others == 0);
    CHECK(sigprocmask(SIG_UNBLOCK, &alarm_only, NULL) == 0);
    timer(0);
    CHECK(on_main > 0 && on_others == 0);
    return checks_done();
}
