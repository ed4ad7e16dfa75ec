/* No memory left at all: calls succeed, or are refused with a status and its message, and the process goes
 * on. Each case has a process of its own, that has used the library before or not. */
#include <sys/resource.h>
#include <sys/wait.h>

#include "parallel.h"

#define N ((size_t)1 << 19)

/* After so many calls, memory that each of them loses would have exhausted any reserve. */
#define REPETITIONS 400

static double *x, *y;
static atomic_size_t calls;

static void use_up_all_memory(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%ld", &pages) != 1)
        abort();
    fclose(file);
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_AS, &limit) == 0);
    limit.rlim_cur = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
    CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
    for (size_t size = (size_t)1 << 20; size >= 16; size /= 2)
        for (void *volatile memory = &limit; memory != NULL;)
            memory = malloc(size);
}

static parexact_status sum(void)
{
    double d = 0;
    const parexact_status status = parexact_sum_f64(x, N, &d);
    if (status == PAREXACT_OK)
        CHECK_DOUBLE(d, (double)N);
    return status;
}

static parexact_status small_sum(void)
{
    double d = 0;
    CHECK_STATUS(parexact_sum_f64(x, 10, &d), PAREXACT_OK);
    CHECK_DOUBLE(d, 10);
    return PAREXACT_OK;
}

static parexact_status refused(void)
{
    double d;
    CHECK_STATUS(parexact_sum_f64(NULL, 1, &d), PAREXACT_ERROR_NULL_POINTER);
    CHECK(strcmp(parexact_last_error(), "x must not be NULL") == 0);
    const parexact_distribution none = {99, 0, {0, 0, 0}};
    CHECK_STATUS(parexact_random_fill(&none, 1, 1, 0, y, 10), PAREXACT_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(parexact_set_num_threads(100000), PAREXACT_ERROR_INVALID_ARGUMENT);
    return PAREXACT_OK;
}

static parexact_status describe(void)
{
    const int64_t shape[] = {N / 2}, strides[] = {16};
    const parexact_array array = {x, PAREXACT_DTYPE_F64, 1, shape, strides};
    parexact_stats stats;
    const parexact_status status = parexact_describe(&array, 0, PAREXACT_NAN_PROPAGATE, &stats);
    if (status == PAREXACT_OK)
        CHECK(stats.count == N / 2 && stats.mean == 1 && stats.variance == 0);
    return status;
}

static parexact_status reduce(void)
{
    const int64_t shape[] = {1024, N / 1024};
    const parexact_array array = {x, PAREXACT_DTYPE_F64, 2, shape, NULL};
    const int32_t axis = 0;
    const parexact_status status =
        parexact_reduce(&array, PAREXACT_OP_SUM, &axis, 1, 0, PAREXACT_NAN_PROPAGATE, y, N / 1024);
    if (status == PAREXACT_OK)
        CHECK_DOUBLE(y[0], 1024);
    return status;
}

static parexact_status dot(void)
{
    double d = 0;
    const parexact_status status = parexact_dot_f64(x, x, N, &d);
    if (status == PAREXACT_OK)
        CHECK_DOUBLE(d, (double)N);
    return status;
}

static parexact_status state(void)
{
    static parexact_state s;
    uint64_t print[2];
    const int64_t shape[] = {N};
    const parexact_array array = vector_view(x, shape);
    parexact_state_init(&s);
    CHECK_STATUS(parexact_state_fingerprint(&s, print), PAREXACT_OK);
    return parexact_state_update(&s, &array);
}

/* Reductions of columns and rows, under a mask or not: without memory the results are computed one by one. */
static parexact_status states_along_axes(void)
{
    enum { KEPT = 512 };
    static parexact_state states[KEPT];
    static parexact_stats out[KEPT];
    static const uint8_t one = 1;
    const int64_t shape[] = {N / KEPT, KEPT}, strides[] = {0, 0}, words = N / KEPT;
    const parexact_array array = {x, PAREXACT_DTYPE_F64, 2, shape, NULL};
    const parexact_array where = {&one, PAREXACT_DTYPE_BOOL, 2, shape, strides};
    const int32_t axis = 0;
    parexact_status status = parexact_states_init(states, KEPT);
    for (int masked = 0; masked < 2 && status == PAREXACT_OK; masked++)
        status = parexact_state_update_axes(states, KEPT, &array, masked ? &where : NULL, &axis, 1);
    if (status == PAREXACT_OK)
        status = parexact_states_merge(states, states, KEPT);
    if (status == PAREXACT_OK)
        status = parexact_state_results(states, KEPT, 0, PAREXACT_NAN_PROPAGATE, out);
    if (status == PAREXACT_OK)
        CHECK(out[KEPT - 1].count == 4 * (uint64_t)words && out[KEPT - 1].mean == 1);
    return status;
}

/* Each kind of summary, whole and along axes. */
static parexact_status summaries(void)
{
    enum { KEPT = 512 };
    static parexact_summary s;
    static double out[KEPT];
    const int64_t shape[] = {N / KEPT, KEPT};
    const parexact_array array = {x, PAREXACT_DTYPE_F64, 2, shape, NULL};
    const int32_t axis = 0;
    parexact_status status = PAREXACT_OK;
    for (int32_t kind = PAREXACT_SUMMARY_SHAPE; kind <= PAREXACT_SUMMARY_WEIGHTED; kind++) {
        const parexact_array *second = kind == PAREXACT_SUMMARY_SHAPE ? NULL : &array;
        const int32_t results[] = {PAREXACT_RESULT_COUNT, PAREXACT_RESULT_STD};
        CHECK_STATUS(parexact_summary_init(&s, kind), PAREXACT_OK);
        if (status == PAREXACT_OK)
            status = parexact_summary_update(&s, &array, second, NULL);
        if (status == PAREXACT_OK)
            status = parexact_summary_merge(&s, &s);
        if (status == PAREXACT_OK)
            status = parexact_summary_results(&s, results, 2, 0, PAREXACT_NAN_PROPAGATE, out);
        if (status == PAREXACT_OK) {
            CHECK_DOUBLE(out[0], 2 * (double)N);
            CHECK_DOUBLE(out[1], 0);
        }

        const int32_t result =
            kind == PAREXACT_SUMMARY_SHAPE ? PAREXACT_RESULT_KURTOSIS : PAREXACT_RESULT_SUM;
        if (status == PAREXACT_OK)
            status = parexact_summarize(kind, result, &array, second, NULL, &axis, 1, 0, 0, out, KEPT);
    }
    return status;
}

static parexact_status dots_along_axes(void)
{
    enum { KEPT = 512 };
    static double out[KEPT];
    const int64_t shape[] = {N / KEPT, KEPT};
    const parexact_array array = {x, PAREXACT_DTYPE_F64, 2, shape, NULL};
    const int32_t axis = 0;
    const parexact_status status =
        parexact_dot_axes(&array, &array, &axis, 1, PAREXACT_NAN_OMIT, out, KEPT);
    if (status == PAREXACT_OK)
        CHECK_DOUBLE(out[KEPT - 1], (double)(N / KEPT));
    return status;
}

static parexact_status random_numbers(void)
{
    const parexact_distribution normal = {PAREXACT_DIST_NORMAL, 0, {0, 1, 0}};
    return parexact_random_fill(&normal, 1, 2, 3, y, N / 4);
}

static int32_t count_up(const void *item, void *result, void *user_data)
{
    (void)item;
    (void)result;
    (void)user_data;
    calls++;
    return 0;
}

static int32_t fail(const void *item, void *result, void *user_data)
{
    (void)item;
    (void)result;
    (void)user_data;
    return 3;
}

static parexact_status map(void)
{
    calls = 0;
    const parexact_status status = parexact_map(NULL, count_up, NULL, NULL, 0, NULL, 0, 1000, 1);
    if (status == PAREXACT_OK)
        CHECK(calls == 1000);
    return status;
}

static parexact_status failing_map(void)
{
    CHECK_STATUS(parexact_map(NULL, fail, NULL, NULL, 0, NULL, 0, 1000, 1), PAREXACT_ERROR_CALLBACK_FAILED);
    return PAREXACT_OK;
}

static int32_t task(void *unused)
{
    return count_up(NULL, NULL, unused);
}

static parexact_status job(void)
{
    parexact_job *job = NULL;
    const parexact_status status = parexact_submit(NULL, task, NULL, &job);
    return status == PAREXACT_OK ? finish(job) : status;
}

/* Handles are made and kept until the library refuses to make more. */
static parexact_status handles(void)
{
    enum { COUNT = 300 };
    static parexact_lock *locks[COUNT];
    static parexact_control *controls[COUNT];
    static parexact_queue *queues[COUNT];
    int item = 0;
    parexact_status status = PAREXACT_OK;
    for (size_t i = 0; i < COUNT; i++) {
        status |= parexact_lock_new(&locks[i]);
        status |= parexact_control_new(&controls[i]);
        status |= parexact_queue_new(0, sizeof item, &queues[i]);
        /* An item that the queue has no memory for is refused: what is in it can be got again. */
        if (queues[i] && parexact_queue_put(queues[i], &item, 0) == PAREXACT_OK)
            CHECK_STATUS(parexact_queue_get(queues[i], 0, &item), PAREXACT_OK);
    }
    for (size_t i = 0; i < COUNT; i++) {
        parexact_lock_free(locks[i]);
        parexact_control_free(controls[i]);
        parexact_queue_free(queues[i]);
        locks[i] = NULL;
        controls[i] = NULL;
        queues[i] = NULL;
    }
    return status;
}

static parexact_status pool(void)
{
    parexact_pool *pool = NULL;
    const parexact_status status = parexact_pool_new(3, &pool);
    parexact_pool_free(pool);
    return status;
}

static parexact_status explain(void)
{
    static char text[8192];
    size_t needed = 0;
    return parexact_explain(text, sizeof text, &needed);
}

static const struct {
    const char *name;
    parexact_status (*call)(void);
} CASES[] = {
    {"small sum", small_sum}, {"sum", sum},     {"refused", refused}, {"describe", describe},
    {"reduce", reduce},       {"dot", dot},     {"state", state},     {"random numbers", random_numbers},
    {"states along axes", states_along_axes}, {"summaries", summaries},
    {"dot products along axes", dots_along_axes},
    {"map", map},             {"failing", failing_map}, {"job", job}, {"handles", handles},
    {"pool", pool},           {"explain", explain},
};

static void repeat(parexact_status (*call)(void))
{
    for (int i = 0; i < REPETITIONS; i++) {
        const parexact_status status = call();
        if (status != PAREXACT_OK) {
            CHECK_STATUS(status, PAREXACT_ERROR_NO_MEMORY);
            if (checks_failed)
                break;
        }
    }
}

int main(void)
{
    x = malloc(N * sizeof *x);
    y = malloc(N * sizeof *y);
    if (!x || !y)
        abort();
    for (size_t i = 0; i < N; i++)
        x[i] = y[i] = 1;
    for (size_t c = 0; c < 2 * LENGTH(CASES); c++) {
        const int used_before = c % 2;
        fflush(NULL);
        const pid_t child = fork();
        if (child == 0) {
            alarm(100);
            parexact_set_num_threads(2);
            if (used_before)
                CASES[c / 2].call();
            use_up_all_memory();
            repeat(CASES[c / 2].call);
            _exit(checks_done());
        }
        int status = 0;
        CHECK(waitpid(child, &status, 0) == child);
        if (status != 0)
            fprintf(stderr, "%s, %s: wait status %d\n", CASES[c / 2].name, used_before ? "again" : "at first",
                    status);
        CHECK(status == 0);
    }
    free(x);
    free(y);
    return checks_done();
}
