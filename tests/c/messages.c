/* What the library says in words: version, names of statuses, the last error of each thread, refusals,
 * explain. */
#include <float.h>
#include <math.h>
#include <pthread.h>

#include "check.h"

static void status_names(void)
{
    for (parexact_status s = PAREXACT_OK; s <= PAREXACT_ERROR_INTERNAL; s++) {
        const char *name = parexact_status_name(s);
        CHECK(name != NULL && name[0] != '\0');
        for (parexact_status other = PAREXACT_OK; other < s; other++)
            CHECK(strcmp(name, parexact_status_name(other)) != 0);
    }
    const parexact_status unknown[] = {-1, 16, 1000, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < LENGTH(unknown); i++) {
        const char *name = parexact_status_name(unknown[i]);
        CHECK(name != NULL && name[0] != '\0');
        for (parexact_status known = PAREXACT_OK; known <= PAREXACT_ERROR_INTERNAL; known++)
            CHECK(strcmp(name, parexact_status_name(known)) != 0);
    }
}

static void *other_thread(void *unused)
{
    double d;
    (void)unused;
    CHECK(parexact_last_error() != NULL); /* nothing has failed here yet */
    CHECK(strstr(parexact_last_error(), "ddof") == NULL);
    CHECK_STATUS(parexact_sum_f64(NULL, 1, &d), PAREXACT_ERROR_NULL_POINTER);
    return NULL;
}

static void last_error(void)
{
    const double x[2] = {1, 2};
    const parexact_array view = vector_view(x, (const int64_t[]){2});
    parexact_stats stats;
    double d;
    char message[512];

    CHECK(parexact_last_error() != NULL); /* before any failure, too */
    CHECK_STATUS(parexact_describe(&view, -1, 0, &stats), PAREXACT_ERROR_INVALID_ARGUMENT);
    CHECK(strstr(parexact_last_error(), "ddof") != NULL); /* it names the argument */
    snprintf(message, sizeof message, "%s", parexact_last_error());

    const char *kept = parexact_last_error();
    CHECK_STATUS(parexact_sum_f64(x, 2, &d), PAREXACT_OK);
    CHECK(parexact_last_error() == kept && strcmp(kept, message) == 0); /* success leaves it */

    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, other_thread, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(strcmp(parexact_last_error(), message) == 0); /* this thread's own */

    CHECK_STATUS(parexact_sum_f64(NULL, 2, &d), PAREXACT_ERROR_NULL_POINTER);
    CHECK(strcmp(parexact_last_error(), message) != 0);
}

/* Interfaces of other languages refuse arguments in words of their own. */
static void own_words(void)
{
    char longest[1200];
    CHECK(parexact_set_last_error(PAREXACT_ERROR_INVALID_ARGUMENT, "dim is 0") ==
          PAREXACT_ERROR_INVALID_ARGUMENT);
    CHECK(strcmp(parexact_last_error(), "dim is 0") == 0);
    CHECK(parexact_set_last_error(PAREXACT_OK, "nothing") == PAREXACT_OK);
    CHECK(strcmp(parexact_last_error(), "dim is 0") == 0);
    CHECK(parexact_set_last_error(PAREXACT_ERROR_NO_MEMORY, NULL) == PAREXACT_ERROR_NO_MEMORY);
    CHECK(strcmp(parexact_last_error(), "") == 0);
    /* 511 bytes, and no part of a character: the 256th letter e with an accent would begin at byte 510. */
    for (int i = 0; i < 1198; i += 2)
        memcpy(longest + i, "\xC3\xA9", 2);
    longest[1198] = '\0';
    CHECK(parexact_set_last_error(PAREXACT_ERROR_CLOSED, longest) == PAREXACT_ERROR_CLOSED);
    CHECK(strlen(parexact_last_error()) == 510 && strncmp(parexact_last_error(), longest, 510) == 0);
    /* Bytes that are no characters are cut off as well, and a message is never read beyond its end. */
    memset(longest, 0x80, 1198);
    parexact_set_last_error(PAREXACT_ERROR_CLOSED, longest);
    CHECK(strlen(parexact_last_error()) <= 511);
}

/* The call is refused with this status and in exactly these words. */
#define CHECK_SAYS(call, expected, words)                                                                    \
    do {                                                                                                     \
        CHECK_STATUS(call, PAREXACT_ERROR_##expected);                                                       \
        if (strcmp(parexact_last_error(), words) != 0) {                                                     \
            checks_failed++;                                                                                 \
            fprintf(stderr, "%s:%d: %s\n  says:   %s\n  not:    %s\n", __FILE__, __LINE__, #call,            \
                    parexact_last_error(), words);                                                           \
        }                                                                                                    \
    } while (0)

#define MINUS_ONE "-1 as a signed number (18446744073709551615)"

static int32_t never_called(const void *item, void *result, void *user_data)
{
    (void)item, (void)result, (void)user_data;
    abort();
}

static int32_t no_integrand(const double *x, double *y, size_t n, void *user_data)
{
    (void)x, (void)y, (void)n, (void)user_data;
    abort();
}

/* A number that was negative where the caller computed it is recognised, its argument named, and the range
 * stated. */
static void negative_numbers(void)
{
    static double x[6] = {1, 2, 3, 4, 5, 6}, out[3], d;
    static parexact_stats stats;
    const int minus_one = -1;
    const size_t n = (size_t)minus_one;
    const parexact_array a = {x, PAREXACT_DTYPE_F64, 2, (const int64_t[]){2, 3}, NULL};
    parexact_array bad = a;
    const parexact_distribution uniform = {PAREXACT_DIST_UNIFORM, 0, {0, 1, 0}};
    parexact_pool *pool;
    parexact_queue *queue;
    parexact_state state;

    CHECK_SAYS(parexact_reduce(&a, 0, (const int32_t[]){0}, 1, 0, 0, out, n), INVALID_ARGUMENT,
               "out_len is " MINUS_ONE "; it must be 3, the number of results");
    CHECK_SAYS(parexact_reduce(&a, 0, (const int32_t[]){2}, 1, 0, 0, out, 3), INVALID_ARGUMENT,
               "axes[0] is 2; it must be -2 to 1, as ndim of a is 2");
    CHECK_SAYS(parexact_reduce(&a, 0, (const int32_t[]){0, -3}, 2, 0, 0, out, 3), INVALID_ARGUMENT,
               "axes[1] is -3; it must be -2 to 1, as ndim of a is 2");
    const parexact_array cube = {x, PAREXACT_DTYPE_F64, 3, (const int64_t[]){1, 2, 3}, NULL};
    CHECK_SAYS(parexact_reduce(&cube, 0, (const int32_t[]){-INT32_MAX, 1, 2}, 3, 0, 0, out, 1),
               INVALID_ARGUMENT, "axes[0] is -2147483647; it must be -3 to 2, as ndim of a is 3");
    CHECK_SAYS(parexact_reduce(&a, 0, (const int32_t[]){1, -1}, 2, 0, 0, out, 3), INVALID_ARGUMENT,
               "axes[1] is -1; this axis was given before");
    CHECK_SAYS(parexact_reduce(&a, 0, (const int32_t[]){0}, -1, 0, 0, out, 3), INVALID_ARGUMENT,
               "axis_count is -1; it must be 0 to 2, as ndim of a is 2");
    CHECK_SAYS(parexact_reduce(&a, -1, NULL, 0, 0, 0, out, 1), INVALID_ARGUMENT,
               "op is -1; it must be one of PAREXACT_OP_*, 0 to 6");
    bad.dtype = -1;
    CHECK_SAYS(parexact_sum(&bad, &d), INVALID_ARGUMENT,
               "dtype of a is -1; it must be one of PAREXACT_DTYPE_*, 0 to 12, or one of these + "
               "PAREXACT_DTYPE_SWAPPED");
    bad = a;
    bad.ndim = -1;
    CHECK_SAYS(parexact_sum(&bad, &d), INVALID_ARGUMENT, "ndim of a is -1; it must be 0 to 64");
    bad = a;
    bad.shape = (const int64_t[]){2, -3};
    CHECK_SAYS(parexact_dot(&a, &bad, &d), INVALID_ARGUMENT, "shape[1] of y is -3; it must not be negative");

    CHECK_SAYS(parexact_sum_f64(x, n, &d), SIZE_OVERFLOW,
               "n is " MINUS_ONE "; it must be at most 1152921504606846975, or x exceeds the address space");
    CHECK_SAYS(parexact_dot_f64(x, x, n - 1, &d), SIZE_OVERFLOW,
               "n is -2 as a signed number (18446744073709551614); it must be at most 1152921504606846975, "
               "or x exceeds the address space");
    CHECK_SAYS(my_statistics(n, 0, &stats), SIZE_OVERFLOW,
               "n is " MINUS_ONE
               "; it must be at most 9223372036854775807, as a state counts up to 2^63 - 1 values");
    CHECK_STATUS(parexact_state_init(&state), PAREXACT_OK);
    CHECK_STATUS(parexact_state_update(&state, &a), PAREXACT_OK);
    CHECK_SAYS(parexact_random_state(&uniform, 0, 0, 0, n, &state), SIZE_OVERFLOW,
               "n is " MINUS_ONE
               "; it must be at most 9223372036854775801, as a state counts up to 2^63 - 1 values");
    CHECK_SAYS(parexact_random_fill(&uniform, 0, 0, n, out, 3), SIZE_OVERFLOW,
               "offset is " MINUS_ONE " and n is 3; their sum must be below 2^64");
    CHECK_SAYS(parexact_pi(n, &d), INVALID_ARGUMENT, "n is " MINUS_ONE "; it must be 1 to 2^52");
    CHECK_SAYS(parexact_integrate(no_integrand, NULL, 0, 1, 0, &d), INVALID_ARGUMENT,
               "n is 0; it must be 1 to 2^52");

    CHECK_SAYS(parexact_set_num_threads(n), INVALID_ARGUMENT, "n is " MINUS_ONE "; it must be 0 to 1024");
    CHECK_SAYS(parexact_pool_new(n, &pool), INVALID_ARGUMENT,
               "workers is " MINUS_ONE "; it must be 0 to 1024");
    CHECK_SAYS(parexact_pool_new(1025, &pool), INVALID_ARGUMENT, "workers is 1025; it must be 0 to 1024");
    CHECK_SAYS(parexact_queue_new(n, 8, &queue), SIZE_OVERFLOW,
               "capacity is " MINUS_ONE " and item_size is 8; their product exceeds the address space");
    CHECK_SAYS(parexact_map(NULL, never_called, NULL, x, 8, out, 8, n, 0), SIZE_OVERFLOW,
               "count is " MINUS_ONE " and item_size is 8; their product exceeds the address space");
    CHECK_SAYS(parexact_map(NULL, never_called, NULL, x, 8, out, n, 3, 0), SIZE_OVERFLOW,
               "count is 3 and result_size is " MINUS_ONE "; their product exceeds the address space");
}

/* Doubles are shown with just the digits that tell them from their neighbours, large and small ones with an
 * exponent. */
static void doubles(void)
{
    double out[1], d;
    const struct {
        int32_t kind;
        double parameter[3];
        const char *beginning;
    } cases[] = {
        {PAREXACT_DIST_UNIFORM, {0, -1e308, 0}, "high (parameter[1]) of UNIFORM is -1e308;"},
        {PAREXACT_DIST_UNIFORM, {0, HUGE_VAL, 0}, "high (parameter[1]) of UNIFORM is inf;"},
        {PAREXACT_DIST_NORMAL, {0, -1e308, 0}, "sd (parameter[1]) of NORMAL is -1e308;"},
        {PAREXACT_DIST_NORMAL, {NAN, 1, 0}, "mean (parameter[0]) of NORMAL is NaN;"},
        {PAREXACT_DIST_EXPONENTIAL, {-5e-324, 0, 0}, "rate (parameter[0]) of EXPONENTIAL is -5e-324;"},
        {PAREXACT_DIST_POISSON, {1e300, 0, 0}, "mean (parameter[0]) of POISSON is 1e300;"},
        {PAREXACT_DIST_BINOMIAL, {0.1, 0, 0}, "n (parameter[0]) of BINOMIAL is 0.1;"},
        {PAREXACT_DIST_TRIANGULAR, {1e300, -1e300, 0}, "high (parameter[1]) of TRIANGULAR is -1e300;"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *beginning = cases[i].beginning, *message;
        parexact_distribution distribution = {cases[i].kind, 0, {0, 0, 0}};
        memcpy(distribution.parameter, cases[i].parameter, sizeof distribution.parameter);
        CHECK_STATUS(parexact_random_fill(&distribution, 0, 0, 0, out, 1), PAREXACT_ERROR_INVALID_ARGUMENT);
        message = parexact_last_error();
        CHECK(strlen(message) < 120);
        if (strncmp(message, beginning, strlen(beginning)) != 0) {
            checks_failed++;
            fprintf(stderr, "the message begins otherwise than \"%s\": %s\n", beginning, message);
        }
    }
    CHECK_SAYS(parexact_integrate(no_integrand, NULL, -DBL_MAX, 1e308, 9, &d), INVALID_ARGUMENT,
               "a is -1.7976931348623157e308 and b is 1e308; b - a must be finite");
    CHECK_SAYS(parexact_integrate(no_integrand, NULL, 0, HUGE_VAL, 9, &d), INVALID_ARGUMENT,
               "b is inf; it must be finite");
}

static void version(void)
{
    int major, minor, patch;
    CHECK(parexact_version() != NULL);
    CHECK(sscanf(parexact_version(), "%d.%d.%d", &major, &minor, &patch) == 3);
}

static void explain(void)
{
    size_t needed = 0, again = 0;
    CHECK_STATUS(parexact_explain(NULL, 0, &needed), PAREXACT_OK);
    CHECK(needed > 2 && needed < 1 << 20);

    char *buffer = malloc(needed + 8);
    if (!buffer)
        abort();
    fill_with_pattern(buffer, needed + 8);
    CHECK_STATUS(parexact_explain(buffer, needed, &again), PAREXACT_OK);
    CHECK(again == needed && strlen(buffer) + 1 == needed);
    CHECK(has_pattern(buffer + needed, 8));
    CHECK(buffer[0] == '{' && buffer[needed - 2] == '}');
    CHECK(strstr(buffer, "thread") != NULL);

    /* Room to spare is fine and stays as it is. */
    fill_with_pattern(buffer, needed + 8);
    CHECK_STATUS(parexact_explain(buffer, needed + 8, &again), PAREXACT_OK);
    CHECK(again == needed && has_pattern(buffer + needed, 8));

    /* No capacity is a question for the size; less than needed is too small. */
    fill_with_pattern(buffer, needed + 8);
    CHECK_STATUS(parexact_explain(buffer, 0, &again), PAREXACT_OK);
    CHECK(again == needed && has_pattern(buffer, needed + 8));
    for (size_t capacity = 1; capacity < needed; capacity += capacity == 1 ? needed - 3 : 1) {
        fill_with_pattern(&again, sizeof again);
        fill_with_pattern(buffer, needed + 8);
        CHECK_STATUS(parexact_explain(buffer, capacity, &again), PAREXACT_ERROR_INVALID_ARGUMENT);
        CHECK(has_pattern(buffer, needed + 8) && has_pattern(&again, sizeof again));
    }
    CHECK_STATUS(parexact_explain(NULL, needed, &again), PAREXACT_ERROR_NULL_POINTER);
    fill_with_pattern(buffer, needed + 8);
    CHECK_STATUS(parexact_explain(buffer, needed, NULL), PAREXACT_ERROR_NULL_POINTER);
    CHECK(has_pattern(buffer, needed + 8));
    free(buffer);
}

int main(void)
{
    status_names();
    last_error();
    own_words();
    negative_numbers();
    doubles();
    version();
    explain();
    return checks_done();
}
