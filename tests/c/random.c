/* Random numbers from C: layout, refusals, unaligned memory, and that parts, states and threads agree. */
#include "check.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { N = 300000 };
static double whole[N], part[N];

static const parexact_distribution normal = {PAREXACT_DIST_NORMAL, 0, {0.0, 1.0, 0.0}};

static void layout(void)
{
    CHECK(sizeof(parexact_distribution) == 32);
    CHECK(offsetof(parexact_distribution, kind) == 0);
    CHECK(offsetof(parexact_distribution, reserved) == 4);
    CHECK(offsetof(parexact_distribution, parameter) == 8);
}

static void parts(void)
{
    static char bytes[8 * 1000 + 1];
    const size_t cuts[] = {0, 1, 4095, 4096, 4097, 8192, 100000, 262144, N};
    CHECK_STATUS(parexact_random_fill(&normal, 7, 3, 12345, whole, N), PAREXACT_OK);
    for (size_t i = 0; i + 1 < LENGTH(cuts); i++) {
        const size_t n = cuts[i + 1] - cuts[i];
        CHECK_STATUS(parexact_random_fill(&normal, 7, 3, 12345 + cuts[i], part + cuts[i], n), PAREXACT_OK);
    }
    CHECK(memcmp(whole, part, sizeof whole) == 0);
    for (size_t threads = 1; threads <= 16; threads *= 2) {
        memset(part, 0, sizeof part);
        CHECK_STATUS(parexact_set_num_threads(threads), PAREXACT_OK);
        CHECK_STATUS(parexact_random_fill(&normal, 7, 3, 12345, part, N), PAREXACT_OK);
        CHECK(memcmp(whole, part, sizeof whole) == 0);
    }
    CHECK_STATUS(parexact_set_num_threads(0), PAREXACT_OK);
    /* At an odd address, and not a byte further. */
    memset(bytes, 42, sizeof bytes);
    CHECK_STATUS(parexact_random_fill(&normal, 7, 3, 12345, (double *)(void *)(bytes + 1), 999), PAREXACT_OK);
    CHECK(memcmp(bytes + 1, whole, 999 * sizeof(double)) == 0);
    CHECK(bytes[0] == 42 && bytes[1 + 8 * 999] == 42);
    /* The last sample there is. */
    CHECK_STATUS(parexact_random_fill(&normal, 7, 3, UINT64_MAX - 1, part, 1), PAREXACT_OK);
    CHECK(fabs(part[0]) < 9.0 && part[0] != 0.0);
}

static void reductions(void)
{
    parexact_state drawn, stored;
    parexact_stats fused, separate;
    const int64_t shape[] = {N};
    const parexact_array a = {whole, PAREXACT_DTYPE_F64, 1, shape, NULL};
    CHECK_STATUS(parexact_random_fill(&normal, 5, 0, 0, whole, N), PAREXACT_OK);
    CHECK_STATUS(parexact_state_init(&stored), PAREXACT_OK);
    CHECK_STATUS(parexact_state_update(&stored, &a), PAREXACT_OK);
    CHECK_STATUS(parexact_state_init(&drawn), PAREXACT_OK);
    CHECK_STATUS(parexact_random_state(&normal, 5, 0, 100001, N - 100001, &drawn), PAREXACT_OK);
    CHECK_STATUS(parexact_random_state(&normal, 5, 0, 0, 100001, &drawn), PAREXACT_OK);
    CHECK(memcmp(&drawn, &stored, sizeof drawn) == 0);
    CHECK_STATUS(my_statistics(N, 5, &fused), PAREXACT_OK);
    CHECK_STATUS(parallel_stats(whole, N, &separate), PAREXACT_OK);
    CHECK(memcmp(&fused, &separate, sizeof fused) == 0);
    CHECK_STATUS(my_statistics(0, 5, &fused), PAREXACT_OK);
    CHECK(fused.count == 0);
    CHECK_BITS(fused.mean, CANONICAL_NAN);
}

/* low <= x < high at both ends of the doubles; without width, x is low. */
static void bounds(void)
{
    const double ends[][2] = {{-DBL_MIN, 0.0},
                              {-2.0 * DBL_MIN, -DBL_MIN / 2.0},
                              {DBL_MIN / 2.0, 2.0 * DBL_MIN},
                              {-DBL_MAX, DBL_MAX}};
    for (size_t k = 0; k < LENGTH(ends); k++) {
        const parexact_distribution d = {PAREXACT_DIST_UNIFORM, 0, {ends[k][0], ends[k][1], 0.0}};
        size_t outside = 0;
        CHECK_STATUS(parexact_random_fill(&d, 1, 2, 0, part, N), PAREXACT_OK);
        for (size_t i = 0; i < N; i++)
            outside += !(ends[k][0] <= part[i] && part[i] < ends[k][1] && fabs(part[i]) >= DBL_MIN);
        CHECK(outside == 0);
    }
    const parexact_distribution constant = {PAREXACT_DIST_UNIFORM, 0, {0.1, 0.1, 0.0}};
    CHECK_STATUS(parexact_random_fill(&constant, 1, 2, 0, part, 10), PAREXACT_OK);
    CHECK_DOUBLE(part[9], 0.1);
    const parexact_distribution between = {PAREXACT_DIST_UNIFORM, 0, {-DBL_MIN / 2.0, 0.0, 0.0}};
    CHECK_STATUS(parexact_random_fill(&between, 1, 2, 0, part, 10), PAREXACT_ERROR_INVALID_ARGUMENT);
    CHECK(strstr(parexact_last_error(), "subnormal") != NULL);
}

static void refusals(void)
{
    const double bad[] = {NAN, INFINITY, -INFINITY};
    parexact_distribution d = normal;
    parexact_state state, before;
    parexact_stats stats;
    double x[2] = {42.0, 42.0};
    CHECK_STATUS(parexact_state_init(&state), PAREXACT_OK);
    before = state;
    memset(&stats, 77, sizeof stats);

    CHECK_STATUS(parexact_random_fill(NULL, 0, 0, 0, x, 1), PAREXACT_ERROR_NULL_POINTER);
    CHECK_STATUS(parexact_random_fill(&d, 0, 0, 0, NULL, 1), PAREXACT_ERROR_NULL_POINTER);
    CHECK_STATUS(parexact_random_fill(&d, 0, 0, 0, NULL, 0), PAREXACT_OK);
    CHECK_STATUS(parexact_random_fill(&d, 0, 0, 0, x, SIZE_MAX / 8 + 1), PAREXACT_ERROR_SIZE_OVERFLOW);
    CHECK_STATUS(parexact_random_fill(&d, 0, 0, UINT64_MAX, x, 1), PAREXACT_ERROR_SIZE_OVERFLOW);
    CHECK_STATUS(parexact_random_state(NULL, 0, 0, 0, 1, &state), PAREXACT_ERROR_NULL_POINTER);
    CHECK_STATUS(parexact_random_state(&d, 0, 0, 0, 1, NULL), PAREXACT_ERROR_NULL_POINTER);
    CHECK_STATUS(parexact_random_state(&d, 0, 0, 1, UINT64_MAX, &state), PAREXACT_ERROR_SIZE_OVERFLOW);
    CHECK_STATUS(parexact_random_state(&d, 0, 0, 0, UINT64_C(1) << 63, &state), PAREXACT_ERROR_SIZE_OVERFLOW);
    CHECK_STATUS(my_statistics(UINT64_C(1) << 63, 0, &stats), PAREXACT_ERROR_SIZE_OVERFLOW);
    CHECK_STATUS(my_statistics(1, 0, NULL), PAREXACT_ERROR_NULL_POINTER);

    for (int32_t kind = -1; kind <= PAREXACT_DIST_INTEGER + 1; kind += PAREXACT_DIST_INTEGER + 2) {
        d.kind = kind;
        CHECK_STATUS(parexact_random_fill(&d, 0, 0, 0, x, 2), PAREXACT_ERROR_INVALID_ARGUMENT);
        CHECK_STATUS(parexact_random_state(&d, 0, 0, 0, 2, &state), PAREXACT_ERROR_INVALID_ARGUMENT);
    }
    d = normal;
    d.reserved = 1;
    CHECK_STATUS(parexact_random_fill(&d, 0, 0, 0, x, 2), PAREXACT_ERROR_INVALID_ARGUMENT);
    /* Refused even if nothing is to be drawn. */
    CHECK_STATUS(parexact_random_fill(&d, 0, 0, 0, NULL, 0), PAREXACT_ERROR_INVALID_ARGUMENT);
    d.reserved = 0;
    for (int32_t kind = 0; kind <= PAREXACT_DIST_INTEGER; kind++) {
        for (size_t i = 0; i < LENGTH(bad); i++) {
            const parexact_distribution broken = {kind, 0, {bad[i], bad[i], bad[i]}};
            CHECK_STATUS(parexact_random_fill(&broken, 0, 0, 0, x, 2), PAREXACT_ERROR_INVALID_ARGUMENT);
            CHECK(strstr(parexact_last_error(), "parameter") != NULL);
        }
    }
    d.parameter[1] = -DBL_MIN;
    CHECK_STATUS(parexact_random_fill(&d, 0, 0, 0, x, 2), PAREXACT_ERROR_INVALID_ARGUMENT);
    CHECK(strstr(parexact_last_error(), "sd") != NULL);

    CHECK_DOUBLE(x[0], 42.0);
    CHECK_DOUBLE(x[1], 42.0);
    CHECK(memcmp(&state, &before, sizeof state) == 0);
    state.words[0] = 9;
    before = state;
    CHECK_STATUS(parexact_random_state(&normal, 0, 0, 0, 5, &state), PAREXACT_ERROR_BAD_STATE);
    CHECK(memcmp(&state, &before, sizeof state) == 0);
}

int main(void)
{
    layout();
    parts();
    reductions();
    bounds();
    refusals();
    return checks_done();
}
