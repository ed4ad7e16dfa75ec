/* What the library says in words: version, names of statuses, the last error of each thread, explain. */
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
    version();
    explain();
    return checks_done();
}
