// parexact: correctly rounded parallel sums and statistics, the same bits on any number of threads.
//
// This file is the manual of the C interface.
//
// Status. Every function that can fail returns a parexact_status: PAREXACT_OK, or the reason of the
// failure, with a message in parexact_last_error(). After a failure every scalar, struct, state and
// handle output still holds what it held before.
//
// Arguments. First the object or array worked on, then inputs, then outputs. An array of length zero
// is never read, so its pointer may be NULL; any other pointer must not be, unless its description
// says so. Whatever is refused is refused with a status: nothing that a caller passes ends the
// process, and nothing is printed.
//
// Ownership. The caller owns every array and struct; the library keeps no pointer to one after the
// call, unless the description says so. Handles are opaque, made by a function ending in _new,
// released by its _free, which accepts NULL.
//
// Threads. Every function may be called from any number of threads at once. An array that another
// thread changes during a call is the caller's race. The number of worker threads never changes a
// result.
//
// Floating point. Results do not depend on the caller's rounding mode or flush-to-zero setting, and
// the caller's setting is restored.
//
// Stability. Numbers, argument orders and struct layouts in this file do not change while the shared
// library is called libparexact.so.0. A field named reserved must be 0.
//
// Made from the Rust sources by `make header`: edit those, not this file.

#ifndef PAREXACT_H
#define PAREXACT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// -- The status of a call, and the message that goes with a failure --------------------------------

// What a fallible call answers: `PAREXACT_OK`, or the reason of its failure.
//
// The numbers are frozen; new ones are appended.
typedef int32_t parexact_status;

// Success.
#define PAREXACT_OK 0

// A required pointer is NULL.
#define PAREXACT_ERROR_NULL_POINTER 1

// An argument lies outside its documented range; the message names it.
#define PAREXACT_ERROR_INVALID_ARGUMENT 2

// A length or count, times the size of an item, exceeds what memory or the result can hold.
#define PAREXACT_ERROR_SIZE_OVERFLOW 3

// The system refused an allocation whose size the caller chose.
#define PAREXACT_ERROR_NO_MEMORY 4

// A NaN was met under `PAREXACT_NAN_RAISE`.
#define PAREXACT_ERROR_NAN_FOUND 5

// The words are not a state of this version, or contradict each other.
#define PAREXACT_ERROR_BAD_STATE 6

// A callback answered nonzero.
#define PAREXACT_ERROR_CALLBACK_FAILED 7

// The attached control was cancelled.
#define PAREXACT_ERROR_CANCELLED 8

// The time given was over first.
#define PAREXACT_ERROR_TIMEOUT 9

// The queue is closed.
#define PAREXACT_ERROR_CLOSED 10

// The lock is not held by this thread.
#define PAREXACT_ERROR_NOT_OWNER 11

// Waiting here could never end.
#define PAREXACT_ERROR_DEADLOCK 12

// The handle was made by the parent of this forked process.
#define PAREXACT_ERROR_FORKED 13

// Valid, but this version cannot do it.
#define PAREXACT_ERROR_UNSUPPORTED 14

// A defect of the library itself; please report it.
#define PAREXACT_ERROR_INTERNAL 15

#ifdef __cplusplus
}
#endif

#endif // PAREXACT_H
