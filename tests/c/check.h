/* The tests' only tool: CHECK reports a false condition with its place and goes on; checks_done() is the exit
 * status.
 *
 * Floating-point values are compared by their bits: -0.0 differs from +0.0, and NaN equals the canonical NaN
 * alone. */
#ifndef CHECK_H
#define CHECK_H

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parexact.h"

static int checks_failed;

#define CHECK(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            checks_failed++;                                                                                 \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);                          \
        }                                                                                                    \
    } while (0)

/* A call that must answer this status. The message is shown: a failure must have left one. */
#define CHECK_STATUS(call, expected) check_status((call), (expected), #call, __FILE__, __LINE__)

/* A double of exactly these bits. */
#define CHECK_DOUBLE(value, expected)                                                                        \
    check_bits(bits_of(value), bits_of(expected), #value, __FILE__, __LINE__)
#define CHECK_BITS(value, expected) check_bits(bits_of(value), (expected), #value, __FILE__, __LINE__)

#define CANONICAL_NAN UINT64_C(0x7ff8000000000000)
#define PLUS_ZERO UINT64_C(0)
#define MINUS_ZERO UINT64_C(0x8000000000000000)
#define PLUS_INFINITY UINT64_C(0x7ff0000000000000)
#define MINUS_INFINITY UINT64_C(0xfff0000000000000)

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static inline uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline double double_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline void check_bits(uint64_t value, uint64_t expected, const char *text, const char *file, int line)
{
    if (value != expected) {
        checks_failed++;
        fprintf(stderr, "%s:%d: %s is %.17g (0x%016" PRIx64 "), expected %.17g (0x%016" PRIx64 ")\n", file,
                line, text, double_of(value), value, double_of(expected), expected);
    }
}

static inline void check_status(parexact_status status, parexact_status expected, const char *text,
                                const char *file, int line)
{
    if (status != expected) {
        checks_failed++;
        fprintf(stderr, "%s:%d: %s answered %s, expected %s; last error: %s\n", file, line, text,
                parexact_status_name(status), parexact_status_name(expected), parexact_last_error());
    } else if (status != PAREXACT_OK && parexact_last_error()[0] == '\0') {
        checks_failed++;
        fprintf(stderr, "%s:%d: %s failed as expected, but left no message\n", file, line, text);
    }
}

/* A plain vector of f64 as a view; `shape` must outlive it. */
static inline parexact_array vector_view(const void *data, const int64_t *shape)
{
    parexact_array view = {data, PAREXACT_DTYPE_F64, 1, shape, NULL};
    return view;
}

/* Outputs are filled with this before a call that must fail, and compared after it. */
static inline void fill_with_pattern(void *memory, size_t size)
{
    memset(memory, 0xa5, size);
}

static inline int has_pattern(const void *memory, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)memory;
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != 0xa5)
            return 0;
    return 1;
}

/* Splitmix64: reproducible test data. */
static inline uint64_t next_random(uint64_t *seed)
{
    uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Finite doubles of both signs whose exponents differ by up to `spread` powers of two around 1. */
static inline void fill_random(double *x, size_t n, unsigned spread, uint64_t seed)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t r = next_random(&seed);
        uint64_t exponent = 1023 - spread / 2 + (next_random(&seed) % (spread + 1));
        x[i] = double_of((r & UINT64_C(0x800fffffffffffff)) | exponent << 52);
    }
}

static inline int checks_done(void)
{
    if (checks_failed)
        fprintf(stderr, "%d checks failed\n", checks_failed);
    return checks_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
