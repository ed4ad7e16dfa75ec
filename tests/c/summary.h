/* What the tests of summaries share. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "check.h"

enum {
    FIRST_RESULT = PAREXACT_RESULT_COUNT,
    LAST_RESULT = PAREXACT_RESULT_SLOPE_ORIGIN,
    COUNT_WORD = PAREXACT_SUMMARY_ADDITIVE_FIRST,
    ERROR_WORD = PAREXACT_SUMMARY_MAX_FIRST + 4
};

/* Five pairs whose statistics have few digits; y are the weights as well. */
static const double X[] = {1, 2, 3, 4, 10}, Y[] = {2, 1, 4, 3, 7};
static const int64_t FIVE[] = {5};

static inline int last_error_has(const char *text)
{
    if (strstr(parexact_last_error(), text))
        return 1;
    fprintf(stderr, "the last error is: %s\n", parexact_last_error());
    return 0;
}

/* A summary of pairs; a SHAPE takes x alone. */
static inline parexact_summary summary_of(int32_t kind, const double *x, const double *y, int64_t n)
{
    parexact_summary s;
    const parexact_array first = vector_view(x, &n), second = vector_view(y, &n);
    CHECK_STATUS(parexact_summary_init(&s, kind), PAREXACT_OK);
    CHECK_STATUS(parexact_summary_update(&s, &first, kind == PAREXACT_SUMMARY_SHAPE ? NULL : &second, NULL),
                 PAREXACT_OK);
    return s;
}

static inline int same(const parexact_summary *s, const parexact_summary *t)
{
    return memcmp(s, t, sizeof *s) == 0;
}

#endif
