/* Every call gets along with the stack that the header names: STACK bytes, the thread's descriptor included.
 *
 * Each case runs in a process of its own, on a thread whose stack ends at a page that cannot be touched, so
 * that a call that needs more is reported by name. What a call has used is found by the pattern that the
 * stack was filled with. The numbers make each tier of the summation run: blocks of moderate and of all
 * exponents, NaNs and infinities. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { STACK = 64 * 1024, PAINT = 0xa5, MOST = 1 << 19 };

static double *numbers, *others, *results;
static size_t n;

static parexact_array view_of(int32_t dtype, const double *data, const int64_t *stride)
{
    static int64_t shape;
    shape = (int64_t)n;
    parexact_array view = {data, dtype, 1, &shape, stride};
    return view;
}

static const int64_t EIGHT = 8, SIXTEEN = 16;

/* --- the calls: each answers whether it went as expected ---------------------------------------- */

static int sums(void)
{
    double out, *x = results;
    memcpy(x, numbers, n * sizeof *x);
    return !parexact_sum_f64(numbers, n, &out) && !parexact_norm_f64(numbers, n, &out) &&
           !parexact_dot_f64(numbers, others, n, &out) && (sum_my_numbers(x, n), 1);
}

static int whole_array(int32_t dtype, const int64_t *stride)
{
    double out;
    parexact_stats stats;
    parexact_array a = view_of(dtype, numbers, stride);
    return !parexact_sum(&a, &out) && !parexact_norm(&a, &out) &&
           !parexact_describe(&a, 0, PAREXACT_NAN_PROPAGATE, &stats);
}

static int every_dtype(void)
{
    int fine = 1;
    for (int32_t dtype = PAREXACT_DTYPE_F64; dtype <= PAREXACT_DTYPE_BF16; dtype++)
        for (int32_t order = 0; order <= PAREXACT_DTYPE_SWAPPED; order += PAREXACT_DTYPE_SWAPPED)
            fine &= whole_array(dtype + order, NULL) && whole_array(dtype + order, &EIGHT) &&
                    whole_array(dtype + order, &SIXTEEN);
    return fine;
}

static int dots(void)
{
    double out;
    int fine = 1;
    for (int32_t i = PAREXACT_DTYPE_F64; i <= PAREXACT_DTYPE_BF16; i++) {
        for (int32_t j = PAREXACT_DTYPE_F64; j <= PAREXACT_DTYPE_BF16; j++) {
            if (n == MOST && i != PAREXACT_DTYPE_I64 && j != PAREXACT_DTYPE_F64)
                continue; /* the code is the same for all, and the numbers are many */
            parexact_array x = view_of(i, numbers, &SIXTEEN), y = view_of(j, others, NULL);
            fine &= !parexact_dot(&x, &y, &out);
        }
    }
    return fine;
}

static int statistics(void)
{
    parexact_stats stats;
    return !parallel_stats(numbers, n, &stats) && !my_statistics(n, 1, &stats);
}

static int reductions(void)
{
    int fine = 1;
    int64_t shape[3] = {20, 25, (int64_t)n / 500};
    for (int32_t dtype = PAREXACT_DTYPE_F64; dtype <= PAREXACT_DTYPE_I16; dtype++) {
        parexact_array a = {numbers, dtype, 3, shape, NULL};
        for (int32_t axis = 0; axis < 3; axis++) {
            size_t left = 1;
            for (int32_t i = 0; i < 3; i++)
                left *= i == axis ? 1 : (size_t)shape[i];
            for (int32_t op = PAREXACT_OP_SUM; op <= PAREXACT_OP_NORM; op++)
                fine &= !parexact_reduce(&a, op, &axis, 1, 0, PAREXACT_NAN_PROPAGATE, results, left);
        }
    }
    return fine;
}

/* Every way through an array: columns that lie together, rows, few values, 64-bit integers, each with a mask
 * and without. */
static int states_along_axes(void)
{
    enum { KEPT = 250 };
    static parexact_state kept[2 * KEPT];
    static parexact_stats out[KEPT];
    int fine = 1;
    const int64_t shape[2] = {(int64_t)n / KEPT, KEPT}, no_strides[2] = {0, 0};
    const int64_t strides[2][2] = {{8 * KEPT, 8}, {8, 8 * ((int64_t)n / KEPT)}};
    const int32_t axis = 0, dtypes[] = {PAREXACT_DTYPE_F64, PAREXACT_DTYPE_I64, PAREXACT_DTYPE_F32};
    const uint8_t one = 1;
    const parexact_array where = {&one, PAREXACT_DTYPE_BOOL, 2, shape, no_strides};
    fine &= !parexact_states_init(kept, LENGTH(kept));
    for (size_t i = 0; i < 2 * LENGTH(dtypes); i++) {
        const parexact_array a = {numbers, dtypes[i / 2], 2, shape, strides[i % 2]};
        for (int masked = 0; masked < 2; masked++) {
            const parexact_array *mask = masked ? &where : NULL;
            fine &= !parexact_state_update_axes(kept, KEPT, &a, mask, &axis, 1) &&
                    !parexact_describe_axes(&a, mask, &axis, 1, 0, PAREXACT_NAN_OMIT, out, KEPT);
        }
    }
    return fine && !parexact_states_merge(kept + KEPT, kept, KEPT) &&
           !parexact_states_merge(kept, kept, KEPT) &&
           !parexact_state_results(kept, KEPT, 1, PAREXACT_NAN_OMIT, out);
}

static int states(void)
{
    parexact_state s, t;
    parexact_stats stats;
    double norm;
    uint64_t print[2];
    int one = 1;
    parexact_array f64 = view_of(PAREXACT_DTYPE_F64, numbers, &SIXTEEN);
    parexact_array f32 = view_of(PAREXACT_DTYPE_F32, numbers, &SIXTEEN);
    int fine = !parexact_state_init(&s) && !parexact_state_update(&s, &f64) && !parexact_state_init(&t) &&
               !parexact_state_update(&t, &f32) && !parexact_state_merge(&s, &t) &&
               !parexact_state_result(&s, 1, PAREXACT_NAN_OMIT, &stats) && !parexact_state_norm(&s, &norm) &&
               !parexact_state_fingerprint(&s, print);
    parexact_mpi_merge(&t, &s, &one, NULL);
    return fine && parexact_state_words() == PAREXACT_STATE_WORDS;
}

/* Every kind of summary, of doubles where they lie, of other types, under a mask, and along either axis. */
static int summaries(void)
{
    enum { KEPT = 250 };
    const int32_t dtypes[] = {PAREXACT_DTYPE_F64, PAREXACT_DTYPE_I64, PAREXACT_DTYPE_F16,
                              PAREXACT_DTYPE_F64 + PAREXACT_DTYPE_SWAPPED};
    const int64_t shape[2] = {(int64_t)n / KEPT, KEPT}, no_strides[2] = {0, 0};
    const uint8_t one = 1;
    const parexact_array where = {&one, PAREXACT_DTYPE_BOOL, 2, shape, no_strides};
    int fine = 1;
    for (size_t i = 0; i < LENGTH(dtypes) * 2 * PAREXACT_SUMMARY_WEIGHTED; i++) {
        const int32_t kind = 1 + (int32_t)(i % PAREXACT_SUMMARY_WEIGHTED);
        const int32_t dtype = dtypes[i / PAREXACT_SUMMARY_WEIGHTED / 2];
        const parexact_array *mask = i / PAREXACT_SUMMARY_WEIGHTED % 2 ? &where : NULL;
        if (n == MOST && (mask || dtype == PAREXACT_DTYPE_F16))
            continue; /* they take long, and a thread of the library has the same way through them */
        const parexact_array x = {numbers, dtype, 2, shape, NULL}, y = {others, dtype, 2, shape, NULL};
        const parexact_array *second = kind == PAREXACT_SUMMARY_SHAPE ? NULL : &y;
        static parexact_summary s, t; /* not on the stack, which is the library's */
        uint64_t print[2];
        double out[PAREXACT_RESULT_SLOPE_ORIGIN + 1];
        int len = 1;
        fine &= !parexact_summary_init(&s, kind) && !parexact_summary_update(&s, &x, second, mask);
        t = s;
        fine &= !parexact_summary_merge(&s, &t) && !parexact_summary_fingerprint(&s, print);
        parexact_summary_mpi_merge(&t, &s, &len, NULL);
        for (int32_t result = 0; result <= PAREXACT_RESULT_SLOPE_ORIGIN; result++) {
            const parexact_status status =
                parexact_summary_results(&s, &result, 1, 1, PAREXACT_NAN_OMIT, out + result);
            fine &= status == PAREXACT_OK || status == PAREXACT_ERROR_UNSUPPORTED;
            fine &= parexact_summary_result(&s, result, 1, PAREXACT_NAN_OMIT, out) == status;
        }
        for (int32_t axis = 0; axis < 2; axis++) {
            const size_t kept = axis ? (size_t)shape[0] : KEPT;
            const int32_t wanted = kind == PAREXACT_SUMMARY_SHAPE  ? PAREXACT_RESULT_KURTOSIS
                                   : kind == PAREXACT_SUMMARY_PAIR ? PAREXACT_RESULT_INTERCEPT_STDERR
                                                                   : PAREXACT_RESULT_RELIABILITY_STD;
            fine &= !parexact_summarize(kind, wanted, &x, second, mask, &axis, 1, 0, 1, results, kept);
            fine &= !parexact_summarize(0, PAREXACT_RESULT_COUNT, &x, NULL, mask, &axis, 1, 0, 1, results,
                                        kept);
        }
    }
    return fine && parexact_summary_words() == PAREXACT_SUMMARY_WORDS;
}

static int dots_along_axes(void)
{
    const int32_t dtypes[] = {PAREXACT_DTYPE_F64, PAREXACT_DTYPE_I64, PAREXACT_DTYPE_BF16};
    const int64_t shape[2] = {(int64_t)n / 250, 250};
    int fine = 1;
    for (size_t i = 0; i < LENGTH(dtypes) * LENGTH(dtypes); i++)
        for (int32_t axis = 0; axis < 2; axis++) {
            const parexact_array x = {numbers, dtypes[i / LENGTH(dtypes)], 2, shape, NULL};
            const parexact_array y = {others, dtypes[i % LENGTH(dtypes)], 2, shape, NULL};
            fine &= !parexact_dot_axes(&x, &y, &axis, 1, PAREXACT_NAN_OMIT, results, (size_t)shape[1 - axis]);
        }
    return fine;
}

static int samples(void)
{
    static const double parameters[][2] = {
        {0, 1}, {0, 2}, {0.5, 0}, {0, 1}, {0.5, 1}, {0.5, 3}, {3, 0},     {3, 0},
        {1.5, 2}, {0, 1}, {0, 1}, {2, 3}, {500, 0}, {1e6, 0.3}, {0.3, 0}, {0, 1000},
    };
    int fine = 1;
    for (size_t kind = 0; kind < LENGTH(parameters); kind++) {
        parexact_distribution d = {(int32_t)kind, 0, {parameters[kind][0], parameters[kind][1], 0}};
        parexact_state s;
        size_t count = kind > PAREXACT_DIST_EXPONENTIAL && n == MOST ? n / 2 : n;
        /* Kinds with other parameters refuse these, on the same stack. */
        parexact_status filled = parexact_random_fill(&d, 1, 2, 3, results, count);
        parexact_state_init(&s);
        fine &= parexact_random_state(&d, 1, 2, 3, count, &s) == filled;
        fine &= filled == PAREXACT_OK || kind > PAREXACT_DIST_EXPONENTIAL;
    }
    return fine;
}

static int32_t nothing(const void *item, void *result, void *context)
{
    (void)item, (void)result, (void)context;
    return 0;
}

static int32_t fails(const void *item, void *result, void *context)
{
    (void)item, (void)result, (void)context;
    return 7;
}

static int32_t task(void *context)
{
    (void)context;
    return 0;
}

static int32_t block(const double *x, double *y, size_t count, void *context)
{
    (void)context;
    memcpy(y, x, count * sizeof *x);
    return 0;
}

static int maps(void)
{
    parexact_job *job = NULL, *mapping = NULL;
    int fine = !parexact_map(NULL, nothing, NULL, NULL, 0, NULL, 0, 10000, 0) &&
               parexact_map(NULL, fails, NULL, NULL, 0, NULL, 0, 10000, 0) != PAREXACT_OK &&
               !parexact_map_async(NULL, nothing, NULL, NULL, 0, NULL, 0, 10000, 0, &mapping) &&
               !parexact_submit(NULL, task, NULL, &job) && !parexact_job_wait(mapping, -1) &&
               !parexact_job_wait(job, -1);
    parexact_job_free(mapping);
    parexact_job_free(job);
    return fine;
}

static int integrals(void)
{
    double out;
    return !parexact_pi(1000000, &out) && !parexact_integrate(block, NULL, 0, 1, 100000, &out);
}

static int pools(void)
{
    parexact_pool *pool = NULL;
    int fine = !parexact_pool_new(2, &pool) && !parexact_map(pool, nothing, NULL, NULL, 0, NULL, 0, 1000, 0);
    parexact_pool_free(pool);
    return fine;
}

static int locks(void)
{
    parexact_lock *lock = NULL;
    int fine = !parexact_lock_new(&lock) && !parexact_lock_acquire(lock, -1) &&
               parexact_lock_acquire(lock, -1) && !parexact_lock_release(lock);
    parexact_lock_free(lock);
    return fine;
}

static int queues(void)
{
    parexact_queue *queue = NULL;
    char item[64] = {0};
    int fine = !parexact_queue_new(10, sizeof item, &queue) && !parexact_queue_put(queue, item, -1) &&
               parexact_queue_length(queue) == 1 && !parexact_queue_get(queue, -1, item) &&
               parexact_queue_get(queue, 0.001, item) == PAREXACT_ERROR_TIMEOUT &&
               !parexact_queue_close(queue);
    parexact_queue_free(queue);
    return fine;
}

static int controls(void)
{
    parexact_control *control = NULL;
    uint64_t done, total;
    double out;
    int fine = !parexact_control_new(&control) && !parexact_control_attach(control) &&
               !parexact_sum_f64(numbers, n, &out);
    parexact_control_progress(control, &done, &total);
    parexact_control_cancel(control);
    fine &= parexact_sum_f64(numbers, n, &out) == PAREXACT_ERROR_CANCELLED;
    parexact_control_reset(control);
    fine &= parexact_control_attach(NULL) == control;
    parexact_control_free(control);
    return fine;
}

static int the_rest(void)
{
    size_t needed;
    double out;
    return !parexact_explain((char *)results, n * sizeof *results, &needed) &&
           parexact_get_num_threads() > 0 &&
           !parexact_set_num_threads_local(1) && parexact_get_num_threads_local() == 1 &&
           parexact_sum_f64(NULL, 1, &out) == PAREXACT_ERROR_NULL_POINTER && parexact_last_error()[0] &&
           parexact_status_name(0)[0] && parexact_version()[0];
}

static const struct {
    const char *name;
    int (*call)(void);
} cases[] = {
    {"sums, norms and dot products of doubles", sums},
    {"sums, norms and descriptions of arrays", every_dtype},
    {"dot products of arrays", dots},
    {"parallel_stats and my_statistics", statistics},
    {"reductions", reductions},
    {"states", states},
    {"states along axes", states_along_axes},
    {"summaries", summaries},
    {"dot products along axes", dots_along_axes},
    {"samples", samples},
    {"maps and jobs", maps},
    {"integrals", integrals},
    {"pools", pools},
    {"locks", locks},
    {"queues", queues},
    {"controls", controls},
    {"the rest", the_rest},
};

/* --- a small stack ---------------------------------------------------------------------- */

static void *run(void *which)
{
    static int fine;
    fine = cases[*(size_t *)which].call();
    return &fine;
}

/* Runs a case on such a stack, and says how many bytes of it were written to. */
static int run_on_small_stack(size_t which, size_t *used)
{
    size_t guard = 1 << 20;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    unsigned char *memory = mmap(NULL, guard + STACK, PROT_NONE, flags, -1, 0);
    if (memory == MAP_FAILED || mprotect(memory + guard, STACK, PROT_READ | PROT_WRITE))
        return 0;
    memset(memory + guard, PAINT, STACK);
    pthread_attr_t attributes;
    pthread_t thread;
    void *fine = NULL;
    if (pthread_attr_init(&attributes) || pthread_attr_setstack(&attributes, memory + guard, STACK) ||
        pthread_create(&thread, &attributes, run, &which) || pthread_join(thread, &fine))
        return 0;
    size_t untouched = 0;
    while (memory[guard + untouched] == PAINT)
        untouched++;
    *used = STACK - untouched;
    return *(int *)fine;
}

static void check_case(size_t which, const char *simd, unsigned threads)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        alarm(120);
        size_t used = 0;
        setenv("PAREXACT_SIMD", simd, 1);
        n = threads > 1 ? MOST : 20000;
        int fine = !parexact_set_num_threads(threads) && run_on_small_stack(which, &used);
        printf("%-42s %-8s %u threads: %zu KiB%s\n", cases[which].name, simd, threads, used / 1024 + 1,
               fine ? "" : " FAILED");
        fflush(NULL);
        _exit(!fine);
    }
    int status = -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (status != 0) {
        checks_failed++;
        fprintf(stderr, "%s, %s, %u threads, on a stack of %d KiB: %s %d\n", cases[which].name, simd, threads,
                STACK / 1024, WIFSIGNALED(status) ? "ended by signal" : "exit status",
                WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
}

int main(void)
{
    /* Twice the room, for arrays that use every other element. */
    numbers = malloc(2 * MOST * sizeof *numbers);
    others = malloc(2 * MOST * sizeof *others);
    results = malloc(MOST * sizeof *results);
    if (!numbers || !others || !results)
        return EXIT_FAILURE;
    /* Segments of numbers of moderate exponents, of all exponents, and with NaNs and infinities take turns.
     */
    enum { SEGMENT = 4096 };
    for (size_t i = 0; i < 2 * MOST; i += SEGMENT) {
        unsigned spread = i / SEGMENT % 3 == 0 ? 8 : 2000;
        fill_random(numbers + i, SEGMENT, spread, i);
        fill_random(others + i, SEGMENT, spread, i + 1);
        if (i / SEGMENT % 3 == 2) {
            numbers[i + 7] = double_of(CANONICAL_NAN);
            others[i + 700] = double_of(PLUS_INFINITY);
        }
    }
    for (size_t which = 0; which < LENGTH(cases); which++) {
        check_case(which, "avx512", 1);
        check_case(which, "avx2", 1);
        check_case(which, "baseline", 1);
        check_case(which, "avx512", 2);
    }
    free(numbers);
    free(others);
    free(results);
    return checks_done();
}
