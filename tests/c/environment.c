/* Hosts set flush-to-zero, denormals-are-zero, a rounding mode, or unmask exceptions, and worker threads
 * inherit it. Every environment gives the same bits, from the first call of a process on, and finds its own
 * settings again afterwards.
 *
 * One child process for each environment; it reports its bits through a pipe. The code between setting an
 * environment and restoring it moves integers only. */
#include <fenv.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xmmintrin.h>

#include "check.h"

#define FLUSH_TO_ZERO 0x8000u
#define DENORMALS_ARE_ZERO 0x0040u
#define EXCEPTION_MASKS 0x1f80u

enum { SMALL = 4, LARGE = 300007, CALLS = 2 };
static double small[SMALL], large[LARGE], tiny[LARGE];

typedef struct {
    uint64_t sums[4];
    parexact_stats stats[4];
    parexact_state state;
    parexact_stats from_state;
    uint64_t norms[3];
    uint64_t fingerprint[2];
    int64_t statuses;       /* all of them, added */
    int64_t calls_changing; /* how often MXCSR was not as before */
} report;

/* x87 follows the rounding mode, too: fesetround sets both. */
static void compute(report *r)
{
    const int64_t small_shape[1] = {SMALL}, large_shape[1] = {LARGE};
    const parexact_array views[2] = {vector_view(small, small_shape), vector_view(tiny, large_shape)};
    const unsigned before = _mm_getcsr();
    double out;

#define CALL(call)                                    \
    do {                                              \
        r->statuses += (call);                        \
        r->calls_changing += _mm_getcsr() != before;  \
    } while (0)
#define KEEP(field, call)                             \
    do {                                              \
        CALL(call);                                   \
        memcpy(&(field), &out, sizeof out);           \
    } while (0)

    KEEP(r->sums[0], parexact_sum_f64(tiny, LARGE, &out));
    KEEP(r->sums[1], parexact_sum_f64(large, LARGE, &out));
    KEEP(r->sums[2], parexact_sum(&views[0], &out));
    KEEP(r->sums[3], parexact_sum_f64(small, SMALL, &out));
    KEEP(r->norms[0], parexact_norm_f64(large, LARGE, &out));
    KEEP(r->norms[1], parexact_norm(&views[1], &out));
    CALL(parallel_stats(small, SMALL, &r->stats[0]));
    CALL(parallel_stats(large, LARGE, &r->stats[1]));
    CALL(parexact_describe(&views[0], 1, PAREXACT_NAN_PROPAGATE, &r->stats[2]));
    CALL(parexact_describe(&views[1], 1, PAREXACT_NAN_OMIT, &r->stats[3]));
    CALL(parexact_state_init(&r->state));
    CALL(parexact_state_update(&r->state, &views[0]));
    CALL(parexact_state_update(&r->state, &views[1]));
    CALL(parexact_state_result(&r->state, 1, PAREXACT_NAN_RAISE, &r->from_state));
    KEEP(r->norms[2], parexact_state_norm(&r->state, &out));
    CALL(parexact_state_fingerprint(&r->state, r->fingerprint));
    /* sum_my_numbers returns its value: store the bits before anything rounds, and undo its change. */
    for (int twice = 0; twice < 2; twice++) {
        out = sum_my_numbers(small, SMALL);
        r->calls_changing += _mm_getcsr() != before;
    }
}

static void child(int pipe_end, int rounding, unsigned extra, int unmasked)
{
    static report r[CALLS];
    parexact_set_num_threads_local(4);
    fesetround(rounding);
    unsigned mxcsr = _mm_getcsr() | extra;
    if (unmasked)
        mxcsr &= ~EXCEPTION_MASKS;
    _mm_setcsr(mxcsr);
    for (int i = 0; i < CALLS; i++)
        compute(&r[i]);
    _mm_setcsr(EXCEPTION_MASKS);
    fesetround(FE_TONEAREST);
    for (size_t sent = 0; sent < sizeof r;) {
        const ssize_t n = write(pipe_end, (const char *)r + sent, sizeof r - sent);
        if (n <= 0)
            _exit(2);
        sent += (size_t)n;
    }
    _exit(0);
}

static void run(report *r, int rounding, unsigned extra, int unmasked)
{
    int ends[2], wait_status = -1;
    if (pipe(ends) != 0)
        abort();
    const pid_t pid = fork();
    if (pid == 0)
        child(ends[1], rounding, extra, unmasked);
    close(ends[1]);
    size_t got = 0;
    for (ssize_t n; (n = read(ends[0], (char *)r + got, CALLS * sizeof *r - got)) > 0;)
        got += (size_t)n;
    close(ends[0]);
    CHECK(waitpid(pid, &wait_status, 0) == pid);
    CHECK(wait_status == 0); /* 8: an exception reached the program */
    CHECK(got == CALLS * sizeof *r);
}

int main(void)
{
    static report expected[CALLS], r[CALLS];
    const int roundings[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    const unsigned extras[] = {0, FLUSH_TO_ZERO, DENORMALS_ARE_ZERO, FLUSH_TO_ZERO | DENORMALS_ARE_ZERO};

    small[0] = 0x1p-1074;
    small[1] = 1.0;
    small[2] = -0x1.8p-1060;
    small[3] = 0x1p-53; /* half an ulp of small[1]: the subnormals break the tie */
    fill_random(large, LARGE, 2040, 9);
    for (size_t i = 0; i < LARGE; i++)
        tiny[i] = double_of(i + 1); /* (i+1) times 2^-1074 */

    run(expected, FE_TONEAREST, 0, 0);
    const uint64_t n = LARGE;
    CHECK(expected[0].sums[0] == n * (n + 1) / 2);
    CHECK_DOUBLE(double_of(expected[0].sums[3]), 1.0); /* 2^-53 and a bit less: rounds down */
    CHECK_BITS(expected[0].stats[3].max, n);
    CHECK_BITS(expected[0].stats[3].min, 1);
    CHECK(expected[0].statuses == 0 && expected[0].calls_changing == 0);
    CHECK(memcmp(&expected[0], &expected[1], sizeof expected[0]) == 0);

    for (size_t i = 0; i < LENGTH(roundings); i++)
        for (size_t j = 0; j < LENGTH(extras); j++)
            for (int unmasked = 0; unmasked < 2; unmasked++) {
                const int failed_before = checks_failed;
                run(r, roundings[i], extras[j], unmasked);
                CHECK(r[0].statuses == 0);
                CHECK(r[0].calls_changing == 0 && r[1].calls_changing == 0);
                r[0].calls_changing = r[1].calls_changing = 0;
                CHECK(memcmp(&r[0], &expected[0], sizeof r[0]) == 0);
                CHECK(memcmp(&r[1], &expected[1], sizeof r[1]) == 0);
                if (checks_failed != failed_before)
                    fprintf(stderr, "  (rounding mode %zu, MXCSR bits 0x%x, exceptions %s)\n", i, extras[j],
                            unmasked ? "unmasked" : "masked");
            }
    return checks_done();
}
