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
// result. A call gets along with 64 KiB of the calling thread's stack, beside what callbacks need. Worker
// threads have stacks of 2 MiB, and leave asynchronous signals to the threads of the program.
//
// Ends. Functions may be called to the last moment of a thread and of the process: by destructors of
// thread-specific data, by atexit handlers and by destructors of shared objects. pthread_cancel does
// not take effect inside a call, callbacks included: the thread is cancelled once the call is over.
// A callback must not enable cancellation.
//
// Memory. Where the system has none left, calls make do with fewer threads, and with a small reserve
// of the library's; what needs more answers PAREXACT_ERROR_NO_MEMORY.
//
// Forking. A forked child (Python's multiprocessing makes them) uses the library like any process,
// with threads of its own. If it was forked inside a call, by a callback or by a signal handler,
// that call answers PAREXACT_ERROR_FORKED in the child in case workers were helping; later calls
// are as usual. A handler may fork only where the C library allows it: not while it interrupts the
// allocator, for instance. A callback on a worker thread that forks must exec or exit in the child,
// which has nobody to return to.
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

// -- Statuses, messages and the version ------------------------------------------------------------

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

// The system has no memory left, or not as much as the call needs.
#define PAREXACT_ERROR_NO_MEMORY 4

// A NaN was met under `PAREXACT_NAN_RAISE`.
#define PAREXACT_ERROR_NAN_FOUND 5

// The words are not a state of this version, or contradict each other.
#define PAREXACT_ERROR_BAD_STATE 6

// A callback answered something else than 0.
#define PAREXACT_ERROR_CALLBACK_FAILED 7

// The attached control was cancelled.
#define PAREXACT_ERROR_CANCELLED 8

// What was waited for did not come about within the given time.
#define PAREXACT_ERROR_TIMEOUT 9

// The queue is closed.
#define PAREXACT_ERROR_CLOSED 10

// The lock is not held by this thread.
#define PAREXACT_ERROR_NOT_OWNER 11

// The wait could never end.
#define PAREXACT_ERROR_DEADLOCK 12

// The handle was made by the parent of this forked process.
#define PAREXACT_ERROR_FORKED 13

// What is asked for is valid, but this version cannot do it.
#define PAREXACT_ERROR_UNSUPPORTED 14

// A defect of the library itself; please report it.
#define PAREXACT_ERROR_INTERNAL 15

// The name of a status as it is written in this header, for instance
// "PAREXACT_ERROR_NULL_POINTER"; "unknown status" for any other number.
//
// Never NULL; the text is static and must not be freed. Any thread may call it at any time.
const char *parexact_status_name(parexact_status status);

// What went wrong in the last failing call of the calling thread, in words that name the argument.
//
// Never NULL; an empty string if no call of this thread has failed. The text is valid until this
// thread's next failing call, or its end; calls that succeed leave it as it is. It must not be freed.
// It has at most 511 bytes, in UTF-8. A callback on a worker finds no message of callbacks of other calls.
//
// It must be called in a statement after the failing call: if both are arguments of one printf, C may
// evaluate this one first.
const char *parexact_last_error(void);

// Sets what parexact_last_error answers on the calling thread, for interfaces of other languages, which
// refuse arguments of their own in the words of their callers.
//
// `status`: the reason, one of PAREXACT_ERROR_*. For PAREXACT_OK nothing is set.
// `message`: NUL-terminated; it is copied, and cut off after 511 bytes. NULL is an empty message.
//
// Returns `status`. Any thread may call it at any time, also after a fork and without memory.
//
// Safety:
// `message` is NULL or a NUL-terminated string.
parexact_status parexact_set_last_error(parexact_status status,
                                        const char *message);

// The version of the library that is loaded, for instance "0.1.0".
//
// Never NULL; the text is static and must not be freed. Any thread may call it at any time.
const char *parexact_version(void);

// -- What the library does and why, as JSON for people and bug reports -----------------------------

// Writes a description of the library's present behaviour, one JSON object in ASCII: the version; the number
// of threads that a call from this thread would use, the rule that decided and the value it read; what the
// default follows from, as the documentation of parexact_set_num_threads explains: the processors in the
// affinity mask, the quota of the control group, what SLURM_CPUS_PER_TASK says (null: none), the number of
// ranks on this node and the variable that tells it (null: no launcher does), the processors that these
// ranks have together; the workers that exist and those the system refused, and the seconds until a worker
// helps, as far as calls have met it: those that are too short for that stay on one thread; the SIMD path in
// use, what PAREXACT_SIMD requests (null: not set; a name that the processor lacks, or nobody knows, has no
// effect) and the processor's features; how many forks lie between this process and the one that
// loaded the library. Fields may be added in later versions.
//
// `buffer`, `capacity`: where to write, and how many bytes it has; NULL and 0 only ask for the size.
// `needed`: receives the size of the description in bytes, the terminating NUL included; it may
// differ from one call to the next.
//
// Errors: NULL_POINTER if `needed` is NULL, or `buffer` is NULL with a nonzero capacity;
// INVALID_ARGUMENT if the capacity is nonzero and less than needed; the message says how much that is.
// After a failure `buffer` and `needed` are untouched.
// Takes microseconds and starts no threads. Thread safety: any thread may call it at any time.
//
// Safety:
// `buffer` is NULL or `capacity` bytes may be written there; `needed` is NULL or may be written.
parexact_status parexact_explain(char *buffer,
                                 size_t capacity,
                                 size_t *needed);

// -- The functions of the workshop's slides, under their own names ---------------------------------

// NaN in, NaN out: the result of every operation that meets a NaN is NaN.
#define PAREXACT_NAN_PROPAGATE 0

// NaNs are skipped, as if they were not there.
#define PAREXACT_NAN_OMIT 1

// A NaN makes the call fail with PAREXACT_ERROR_NAN_FOUND.
#define PAREXACT_NAN_RAISE 2

// Statistics of a set of numbers. Each value is the exact real result, rounded once to nearest, ties to
// even.
typedef struct {
    // How many values the result is about: all of them, or those that are not NaN under PAREXACT_NAN_OMIT.
    uint64_t count;
    // How many NaNs there were, under any policy.
    uint64_t nan_count;
    // Sum; +0.0 if exactly zero or if there are no values.
    double sum;
    // Arithmetic mean; NaN if there are no values.
    double mean;
    // Sum of squared deviations from the exact mean, divided by count - ddof; NaN if count <= ddof, or if
    // there are infinities.
    double variance;
    // Square root of the exact variance (not of the rounded one); NaN where the variance is.
    double std;
    // Minimum, -0.0 below +0.0; NaN if there are no values.
    double min;
    // Maximum, +0.0 above -0.0; NaN if there are no values.
    double max;
} parexact_stats;

// Sums `n` doubles and then, as on the slide, negates `numbers[n/2]` in place, to show that the caller's own
// array was passed. The sum is that of parexact_sum_f64.
//
// `numbers`: n values at any alignment. With n = 0 nothing is touched, and the sum is 0.
// Errors: NaN is returned and nothing is touched; parexact_last_error says why (NULL, or 8·n bytes exceed
// the address space, or a cancelled control).
// Cost and thread safety: as parexact_sum_f64; the array must not be in use elsewhere.
//
// Safety:
// `numbers` is NULL or n doubles may be read and written there.
double sum_my_numbers(double *numbers,
                      size_t n);

// Statistics of `n` doubles in one pass, in parallel: parexact_describe with ddof 0 and
// PAREXACT_NAN_PROPAGATE.
//
// `numbers`: n values at any alignment; may be NULL if n is 0.
// Errors: NULL_POINTER, SIZE_OVERFLOW, CANCELLED. On failure `out` is untouched.
// Cost and thread safety: as parexact_describe.
//
// Safety:
// `numbers` is NULL or n doubles may be read there; `out` is NULL or may be written.
parexact_status parallel_stats(const double *numbers, size_t n, parexact_stats *out);

// Draws `n` standard normals and reduces them with ddof 0, without storing any: the workshop's job.
//
// The samples are those that parexact_random_fill gives for PAREXACT_DIST_NORMAL with mean 0 and sd 1,
// stream 0 and offset 0, and the statistics those of parallel_stats for them: the same bits on any number of
// threads. With ddof, or in parts for machines to share: parexact_random_state and parexact_state_result.
//
// `seed`: any number. `n`: below 2^63.
// Errors: NULL_POINTER; SIZE_OVERFLOW if n is 2^63 or more; CANCELLED. On failure `out` is untouched.
// Cost: one to two nanoseconds a sample and thread, in constant memory. Thread safety: any thread may call
// it at any time.
// Source: docs/random.md.
//
// Safety:
// `out` is NULL or may be written.
parexact_status my_statistics(uint64_t n,
                              uint64_t seed,
                              parexact_stats *out);

// -- Plain vectors of doubles ----------------------------------------------------------------------

// The sum of `n` doubles: the exact real sum, rounded once to nearest, ties to even.
//
// `x`: n values at any alignment; may be NULL if n is 0. The sum of nothing, or an exact zero, is +0.0. A
// NaN, or infinities of both signs, give NaN; infinities of one sign give that infinity. No intermediate
// result overflows.
//
// Errors: NULL_POINTER, SIZE_OVERFLOW (8·n bytes exceed the address space), CANCELLED. On failure `out` is
// untouched.
// Cost: one pass at about the speed of memory, on all threads in force if n is large; constant memory.
// Thread safety: any thread may call it at any time. Source: docs/algorithms.md.
//
// Safety:
// `x` is NULL or n doubles may be read there; `out` is NULL or may be written.
parexact_status parexact_sum_f64(const double *x,
                                 size_t n,
                                 double *out);

// The Euclidean norm of `n` doubles: the square root of the exact sum of squares, rounded once to nearest,
// ties to even.
//
// `x`: n values at any alignment; may be NULL if n is 0. Squares neither overflow nor underflow: the norm of
// (3e300, 4e300) is 5e300. A NaN gives NaN, else an infinity gives +infinity. The norm of nothing is +0.0.
//
// Errors: NULL_POINTER, SIZE_OVERFLOW (8·n bytes exceed the address space), CANCELLED. On failure `out` is
// untouched.
// Cost: one pass at about the speed of memory, on all threads in force if n is large; constant memory.
// Thread safety: any thread may call it at any time. Source: docs/algorithms.md.
//
// Safety:
// `x` is NULL or n doubles may be read there; `out` is NULL or may be written.
parexact_status parexact_norm_f64(const double *x,
                                  size_t n,
                                  double *out);

// The dot product of two vectors of `n` doubles: the exact real sum of the exact products, rounded once to
// nearest, ties to even.
//
// `x`, `y`: n values each, at any alignment; may be NULL if n is 0. Products neither overflow nor underflow.
// NaN if a factor is NaN, for 0 times an infinity, or for infinite products of both signs; else an infinite
// product gives that infinity.
//
// Errors: NULL_POINTER, SIZE_OVERFLOW (8·n bytes exceed the address space), CANCELLED. On failure `out` is
// untouched.
// Cost: one pass at about the speed of memory, on all threads in force if n is large; constant memory.
// Thread safety: any thread may call it at any time. Source: docs/algorithms.md.
//
// Safety:
// `x` and `y` are NULL or n doubles may be read there; `out` is NULL or may be written.
parexact_status parexact_dot_f64(const double *x,
                                 const double *y,
                                 size_t n,
                                 double *out);

// -- Reductions of arrays --------------------------------------------------------------------------

// IEEE 754 binary64, `double`.
#define PAREXACT_DTYPE_F64 0

// IEEE 754 binary32, `float`.
#define PAREXACT_DTYPE_F32 1

// `int64_t`.
#define PAREXACT_DTYPE_I64 2

// `int32_t`.
#define PAREXACT_DTYPE_I32 3

// `int16_t`.
#define PAREXACT_DTYPE_I16 4

// `int8_t`.
#define PAREXACT_DTYPE_I8 5

// `uint64_t`.
#define PAREXACT_DTYPE_U64 6

// `uint32_t`.
#define PAREXACT_DTYPE_U32 7

// `uint16_t`.
#define PAREXACT_DTYPE_U16 8

// `uint8_t`.
#define PAREXACT_DTYPE_U8 9

// One byte: 0 is false, anything else is true and counts as 1.
#define PAREXACT_DTYPE_BOOL 10

// IEEE 754 binary16: NumPy's float16.
#define PAREXACT_DTYPE_F16 11

// bfloat16, the upper half of an IEEE 754 binary32.
#define PAREXACT_DTYPE_BF16 12

// Added to any of the others: the byte order that is not the machine's, as in the files of FITS and netCDF.
// No change for BOOL, I8 and U8.
#define PAREXACT_DTYPE_SWAPPED 64

// Sum.
#define PAREXACT_OP_SUM 0

// Arithmetic mean.
#define PAREXACT_OP_MEAN 1

// Variance, with divisor count - ddof.
#define PAREXACT_OP_VAR 2

// Standard deviation, with divisor count - ddof.
#define PAREXACT_OP_STD 3

// Minimum, -0.0 below +0.0.
#define PAREXACT_OP_MIN 4

// Maximum, +0.0 above -0.0.
#define PAREXACT_OP_MAX 5

// Euclidean norm.
#define PAREXACT_OP_NORM 6

// A view of an array, as it lies in memory. The library only reads it, during the call.
typedef struct {
    // The element with all indices 0, at any alignment. May be NULL if there are no elements.
    const void *data;
    // One of PAREXACT_DTYPE_*, in the machine's byte order; with PAREXACT_DTYPE_SWAPPED added, in the other
    // one.
    int32_t dtype;
    // Number of dimensions, 0 to 64; 0 is a scalar.
    int32_t ndim;
    // `ndim` lengths, each at least 0. May be NULL if ndim is 0.
    const int64_t *shape;
    // `ndim` distances in bytes from one element to the next along each dimension, as in NumPy: negative,
    // zero, or any.
    // NULL: C-contiguous.
    const int64_t *strides;
} parexact_array;

// The sum of all elements of an array, which is rounded as by parexact_sum_f64.
//
// Errors: NULL_POINTER, INVALID_ARGUMENT (dtype, ndim, a negative length), SIZE_OVERFLOW (the extent in
// bytes exceeds the address space), CANCELLED. On failure `out` is untouched.
// Cost, memory and thread safety: as parexact_sum_f64.
//
// Safety:
// `a` is NULL or an array as parexact_array describes; `out` is NULL or may be written.
parexact_status parexact_sum(const parexact_array *a,
                             double *out);

// The dot product of two arrays of the same shape, whose dtypes and strides may differ (of matrices: the
// Frobenius inner product): as parexact_dot_f64. No element is rounded to double first.
//
// Errors: as parexact_sum, and INVALID_ARGUMENT if the shapes differ. On failure `out` is untouched.
// Cost: as parexact_dot_f64 for contiguous doubles. Others are converted on the way: in cache that takes up
// to three times as long, and up to twelve times for 64-bit integers beyond 2^53.
// Memory and thread safety: as parexact_dot_f64.
//
// Safety:
// `x` and `y` are NULL or arrays as parexact_array describes; `out` is NULL or may be written.
parexact_status parexact_dot(const parexact_array *x,
                             const parexact_array *y,
                             double *out);

// Dot products along axes: one for each element of the axes that stay, of the pairs of its slice. Matrix
// products are dot products along an axis: of A (m × k) and B (k × n), both as arrays of shape (m, n, k), A
// with a stride of 0 along the second axis and B along the first.
//
// `x`, `y`: of the same shape; dtypes and strides may differ, and strides of 0 broadcast.
// `axes`: `axis_count` axes to reduce, as for parexact_reduce. NULL, or none: all of them.
// `nan_policy`: one of PAREXACT_NAN_*, for each result by itself. OMIT leaves out pairs with a NaN, and
// RAISE looks for NaN factors; products that are NaN, such as 0·inf, make the result NaN under each policy.
// `out`: the results in C order of the axes that stay, at any alignment; it must not overlap the arrays. May
// be NULL if there are none. A slice without elements gives +0.0.
// `out_len`: the number of results: the product of the lengths of the axes that stay.
//
// Errors: as parexact_dot; INVALID_ARGUMENT also for axes, axis_count, nan_policy, out_len and an overlap;
// NAN_FOUND, whose message names the first result with a NaN; NO_MEMORY. After an error of an argument
// `out` is untouched, after others unspecified.
// Cost: as parexact_dot, on all threads in force, and about half a microsecond a result.
// Thread safety: any thread may call it at any time. Source: docs/algorithms.md.
//
// Safety:
// `x` and `y` are NULL or arrays as parexact_array describes; `axes` is NULL or has `axis_count` numbers;
// `out` is NULL or `out_len` doubles may be written there.
parexact_status parexact_dot_axes(const parexact_array *x,
                                  const parexact_array *y,
                                  const int32_t *axes,
                                  int32_t axis_count,
                                  int32_t nan_policy,
                                  double *out,
                                  size_t out_len);

// The Euclidean norm of all elements of an array (of a matrix: the Frobenius norm): as parexact_norm_f64.
//
// Errors: as parexact_sum. On failure `out` is untouched.
// Cost, memory and thread safety: as parexact_norm_f64.
//
// Safety:
// `a` is NULL or an array as parexact_array describes; `out` is NULL or may be written.
parexact_status parexact_norm(const parexact_array *a,
                              double *out);

// Count, sum, mean, variance, standard deviation, minimum and maximum of all elements of an array, in one
// pass. Each is the exact real result of the given values, rounded once to nearest, ties to even.
//
// `ddof`: the divisor of the variance is count - ddof; 0 for the population's (NumPy's default), 1 for the
// unbiased estimate. At least 0. Where count <= ddof, variance and std are NaN.
// `nan_policy`: one of PAREXACT_NAN_*.
// No elements: the count and the sum are 0, all else is NaN. Infinities: the sum and the mean are that
// infinity, or NaN if both signs occur; variance and std are NaN.
//
// Errors: as parexact_sum, INVALID_ARGUMENT for ddof and nan_policy too, and NAN_FOUND. On failure `out` is
// untouched.
// Cost: one pass at about the speed of memory, on all threads in force if the array is large; constant
// memory.
// Thread safety: any thread may call it at any time. Source: docs/algorithms.md.
//
// Safety:
// `a` is NULL or an array as parexact_array describes; `out` is NULL or may be written.
parexact_status parexact_describe(const parexact_array *a,
                                  int64_t ddof,
                                  int32_t nan_policy,
                                  parexact_stats *out);

// Reduces an array over some of its axes: one result for each element of the other axes, which is bit for
// bit that of the whole-array function on the slice.
//
// `op`: one of PAREXACT_OP_*.
// `axes`: `axis_count` axes, each from -ndim to ndim - 1 and given once; negative ones count from the end.
// NULL, or none: all of them.
// `ddof`: for PAREXACT_OP_VAR and _STD, as for parexact_describe; at least 0.
// `nan_policy`: one of PAREXACT_NAN_*, for each result by itself; NAN_FOUND if any has a NaN.
// `out`: the results in C order of the axes that stay, at any alignment; it must not overlap the array. May
// be NULL if there are none. A slice without elements gives 0 for sums and norms, NaN for the rest.
// `out_len`: the number of results: the product of the lengths of the axes that stay.
//
// Errors: as parexact_sum; INVALID_ARGUMENT also for op, axes, axis_count, ddof, nan_policy, out_len and an
// overlap; NAN_FOUND, whose message names the first result with a NaN; NO_MEMORY. After an error of an
// argument `out` is untouched, after others unspecified.
// Cost: one pass at about the speed of memory in any order of axes, on all threads in force; less than 2 MiB
// for each thread.
// Thread safety: any thread may call it at any time. Source: docs/algorithms.md.
//
// Safety:
// `a` is NULL or an array as parexact_array describes; `axes` is NULL or has `axis_count` numbers; `out` is
// NULL or `out_len` doubles may be written there.
parexact_status parexact_reduce(const parexact_array *a,
                                int32_t op,
                                const int32_t *axes,
                                int32_t axis_count,
                                int64_t ddof,
                                int32_t nan_policy,
                                double *out,
                                size_t out_len);

// Statistics along axes: what parexact_describe gives for each slice, in one pass over the array.
//
// `where`, `axes`: as for parexact_state_update_axes.
// `ddof`, `nan_policy`: as for parexact_describe, for each result by itself; NAN_FOUND if any has a NaN,
// and the message names the first.
// `out`: the results in C order of the axes that stay, at any alignment; it must not overlap the array or
// the mask. May be NULL if there are none.
// `out_len`: the number of results: the product of the lengths of the axes that stay.
//
// Errors: as parexact_reduce; INVALID_ARGUMENT also for the mask's type and shape. After an error of an
// argument `out` is untouched, after others unspecified.
// Cost, memory and thread safety: as parexact_reduce.
//
// Safety:
// `a` and `where` are NULL or arrays as parexact_array describes; `axes` is NULL or has `axis_count`
// numbers; `out` is NULL or `out_len` results may be written there.
parexact_status parexact_describe_axes(const parexact_array *a,
                                       const parexact_array *where,
                                       const int32_t *axes,
                                       int32_t axis_count,
                                       int64_t ddof,
                                       int32_t nan_policy,
                                       parexact_stats *out,
                                       size_t out_len);

// -- The mergeable state ---------------------------------------------------------------------------

// Words of a state.
#define PAREXACT_STATE_WORDS 256

// The first of the words that merge by integer addition: four counters, then the digits of both sums.
#define PAREXACT_STATE_ADDITIVE_FIRST 1

// How many words merge by addition.
#define PAREXACT_STATE_ADDITIVE_COUNT 206

// The first of the words that merge by the maximum: the inverted key of the minimum, the key of the maximum,
// an error.
#define PAREXACT_STATE_MAX_FIRST 207

// How many words merge by the maximum.
#define PAREXACT_STATE_MAX_COUNT 3

// Exact moments of a set of values: counts, sum, sum of squares, extremes. A state is flat,
// without pointers, and little-endian, so that it may be copied, stored, sent and merged anywhere. Equal
// sets have equal words, whatever the order or the splitting.
typedef struct {
    // The words; docs/state-format.md describes them.
    int64_t words[PAREXACT_STATE_WORDS];
} parexact_state;

// The number of words of a parexact_state: PAREXACT_STATE_WORDS, for callers that do not read this header.
size_t parexact_state_words(void);

// Makes a state of no values.
//
// Errors: NULL_POINTER.
// Thread safety: any thread may call this function and all others of states, as long as no two use one state
// at the same time.
//
// Safety:
// `s` is NULL or a state may be written there.
parexact_status parexact_state_init(parexact_state *s);

// Adds all elements of an array to a state. The words come out canonical: equal for equal sets of values,
// whatever the order and the splitting into updates and merges.
//
// Errors: as parexact_sum; BAD_STATE; SIZE_OVERFLOW also if the count would exceed 2^63 - 1. On failure the
// state is untouched.
// Cost: as parexact_describe, and about a microsecond.
//
// Safety:
// `s` is NULL or a state; `a` is NULL or an array as parexact_array describes.
parexact_status parexact_state_update(parexact_state *s,
                                      const parexact_array *a);

// Adds the values of one state to another, `into`, whose words come out canonical. Both may be the same
// state.
//
// Errors: NULL_POINTER; BAD_STATE if the words of either contradict each other, so that no set of values has
// them (docs/state-format.md lists the rules); SIZE_OVERFLOW if the count would exceed 2^63 - 1. On failure
// `into` is untouched.
// Cost: about a microsecond.
//
// Safety:
// Both are NULL or states.
parexact_status parexact_state_merge(parexact_state *into,
                                     const parexact_state *from);

// The statistics of a state's values: just those that parexact_describe gives for an array of them.
//
// `ddof`, `nan_policy`: as for parexact_describe.
// Errors: NULL_POINTER, BAD_STATE, INVALID_ARGUMENT (ddof, nan_policy), NAN_FOUND. On failure `out` is
// untouched.
// Cost: microseconds.
//
// Safety:
// `s` is NULL or a state; `out` is NULL or may be written.
parexact_status parexact_state_result(const parexact_state *s,
                                      int64_t ddof,
                                      int32_t nan_policy,
                                      parexact_stats *out);

// The Euclidean norm of a state's values: just that of parexact_norm for an array of them.
//
// Errors: NULL_POINTER, BAD_STATE (also after a failed parexact_mpi_merge). On failure `out` is untouched.
// Cost: about a microsecond.
//
// Safety:
// `s` is NULL or a state; `out` is NULL or may be written.
parexact_status parexact_state_norm(const parexact_state *s,
                                    double *out);

// A hash of the state's values: XXH3-128 with seed 0 of the canonical words as little-endian bytes, its low
// half first. Two parties that get the same fingerprint have the same counts, exact sums and extremes.
//
// `out`: two numbers.
// Errors: NULL_POINTER, BAD_STATE (also after a failed parexact_mpi_merge). On failure `out` is untouched.
// Cost: about a microsecond.
//
// Safety:
// `s` is NULL or a state; `out` is NULL or two numbers may be written there.
parexact_status parexact_state_fingerprint(const parexact_state *s,
                                           uint64_t *out);

// Merges `*len` states at `in` into those at `inout`: the function of an MPI operation that reduces states.
//
// The operation and the datatype belong together. MPI tells the function how many elements there are, and
// nothing about them; the function takes each element for a whole state. So the datatype must be one
// contiguous type of PAREXACT_STATE_WORDS words, and every count is a count of states:
//
//     MPI_Type_contiguous(PAREXACT_STATE_WORDS, MPI_INT64_T, &type);
//     MPI_Type_commit(&type);
//     MPI_Op_create((MPI_User_function *)parexact_mpi_merge, 1, &op);
//
//     MPI_Allreduce(MPI_IN_PLACE, &state, 1, type, op, comm);
//
// WARNING: with 256 elements of MPI_INT64_T instead of one of this type, the function is told of 256 states
// where there is one, and reads and writes half a megabyte beyond it. The program crashes, under every MPI.
//
// The operation is commutative (the 1 in MPI_Op_create). MPI_Op_free and MPI_Type_free release the two.
// Fortran's modules parexact_mpi and parexact_mpi_f08 make them, and so does parexact.mpi in Python.
//
// The alternative needs neither. MPI's own integer reductions merge states, too, as long as `all` was made
// by parexact_state_init and no more than 2^31 states are merged (docs/state-format.md):
//
//     MPI_Allreduce(&one.words[PAREXACT_STATE_ADDITIVE_FIRST], &all.words[PAREXACT_STATE_ADDITIVE_FIRST],
//                   PAREXACT_STATE_ADDITIVE_COUNT, MPI_INT64_T, MPI_SUM, comm);
//     MPI_Allreduce(&one.words[PAREXACT_STATE_MAX_FIRST], &all.words[PAREXACT_STATE_MAX_FIRST],
//                   PAREXACT_STATE_MAX_COUNT, MPI_INT64_T, MPI_MAX, comm);
//
// Errors: MPI gives the function no way to report one. If two states cannot be merged, because one of them
// is damaged or the count would exceed 2^63 - 1, the last of the words that merge by the maximum becomes the
// status, in `inout`. The reduction hands it on to every rank that gets the result, where
// parexact_state_result, _norm, _fingerprint and _merge answer BAD_STATE. A rank whose own computation
// failed can tell all others in the same way, and without leaving them waiting, by taking part with a state
// that has its status there:
//
//     one.words[PAREXACT_STATE_MAX_FIRST + PAREXACT_STATE_MAX_COUNT - 1] = status;
//
// A NULL `in` is noted in the same way: that word becomes NULL_POINTER in every state at `inout`. If `inout`
// or `len` is NULL, or the length is negative, nothing is merged. `datatype` is ignored.
// Cost: about a microsecond a state.
//
// Safety:
// `in` and `inout` are NULL or `*len` states each; `len` is NULL or may be read.
void parexact_mpi_merge(void *in,
                        void *inout,
                        int *len,
                        void *datatype);

// -- States along axes: one for each result of a reduction -----------------------------------------
//
// Arrays of states are processed by all threads in force, and checked as a whole: a call that refuses an
// argument or a state leaves all of them untouched, and the message names the first one. After CANCELLED,
// FORKED and INTERNAL some states have been changed and some have not. So the error word of each holds the
// status then, and calls that use the state answer BAD_STATE until parexact_states_init makes it anew.

// Makes states of no values.
//
// Errors: NULL_POINTER, unless there are no states; SIZE_OVERFLOW (the states exceed the address space);
// CANCELLED.
//
// Safety:
// `states` is NULL or `state_count` states may be written there.
parexact_status parexact_states_init(parexact_state *states,
                                     size_t state_count);

// Adds the values of each state of `from` to the state of `into` at the same place, as parexact_state_merge
// does. Both may be the same array; otherwise they must not overlap.
//
// Errors: NULL_POINTER, unless there are no states; BAD_STATE; SIZE_OVERFLOW (a count would exceed 2^63 - 1,
// or the states exceed the address space); INVALID_ARGUMENT (an overlap); CANCELLED.
// Cost: less than a microsecond a state, on all threads in force.
//
// Safety:
// `into` and `from` are NULL or `state_count` states each.
parexact_status parexact_states_merge(parexact_state *into,
                                      const parexact_state *from,
                                      size_t state_count);

// Adds the elements of an array to states, one state for each element of the axes that stay: what
// parexact_state_update does for each slice by itself, in one pass over the array.
//
// `states`: in C order of the axes that stay, as the results of parexact_reduce; they must not overlap the
// array or the mask. May be NULL if there are none.
// `state_count`: the product of the lengths of the axes that stay.
// `where`: NULL, or a mask of the shape of `a`, of PAREXACT_DTYPE_BOOL or any integer type (Fortran's
// logical(c_bool) is U8, logical(4) is I32): elements of `a` count where it is not 0. Strides of 0
// broadcast.
// `axes`: `axis_count` axes to reduce, as for parexact_reduce. NULL, or none: all of them, into one state.
//
// Errors: as parexact_sum; BAD_STATE; SIZE_OVERFLOW also if a count would exceed 2^63 - 1; INVALID_ARGUMENT
// also for state_count, the mask's type and shape, axes, axis_count and an overlap.
// Cost: one pass at about the speed of memory in any order of axes, on all threads in force, and less than a
// microsecond a state; less than 6 MiB for each thread.
// Thread safety: any thread may call it, as long as no two use one state at the same time. Source:
// docs/algorithms.md.
//
// Safety:
// `states` is NULL or `state_count` states; `a` and `where` are NULL or arrays as parexact_array describes;
// `axes` is NULL or has `axis_count` numbers.
parexact_status parexact_state_update_axes(parexact_state *states,
                                           size_t state_count,
                                           const parexact_array *a,
                                           const parexact_array *where,
                                           const int32_t *axes,
                                           int32_t axis_count);

// The statistics of each state: what parexact_state_result gives.
//
// `ddof`, `nan_policy`: as for parexact_describe.
// `out`: one result for each state, in their order; it must not overlap them.
//
// Errors: NULL_POINTER, unless there are no states; INVALID_ARGUMENT (ddof, nan_policy, an overlap);
// SIZE_OVERFLOW (states or results exceed the address space); BAD_STATE; NAN_FOUND; CANCELLED. The message
// names the first state that is refused. After an error of an argument `out` is untouched, after others
// unspecified.
// Cost: some microseconds a state, on all threads in force.
//
// Safety:
// `states` is NULL or `state_count` states; `out` is NULL or as many results may be written there.
parexact_status parexact_state_results(const parexact_state *states,
                                       size_t state_count,
                                       int64_t ddof,
                                       int32_t nan_policy,
                                       parexact_stats *out);

// -- Summaries: exact sums of higher powers, of pairs and of weighted values -----------------------
//
// A summary is what a state is, for other sums: the sums are exact, a summary merges with others of its kind
// by integer addition in any order, and each result is the exact real result of the given values, rounded
// once. docs/state-format.md defines the words. There are three kinds:
//
// PAREXACT_SUMMARY_SHAPE: moments of one variable x, to the fourth.
// PAREXACT_SUMMARY_PAIR: first and second moments of pairs (x, y).
// PAREXACT_SUMMARY_WEIGHTED: values x with weights y, of any sign.
//
// A pair with a NaN enters the counts alone. Under PAREXACT_NAN_PROPAGATE one such pair makes every result
// but the counts NaN; under PAREXACT_NAN_OMIT results are those of the other pairs. Infinities: sums, means
// and norms of a variable are that infinity, or NaN if both signs occur; so is Σxy, which is NaN for 0·inf
// too. Variances, higher moments, the covariance and all that follows from it are NaN.

// Counts, extremes and Σx to Σx⁴ of one variable: skewness and kurtosis.
#define PAREXACT_SUMMARY_SHAPE 1

// Counts, extremes, Σx, Σx², Σy, Σy² and Σxy of pairs: covariance, correlation, regression.
#define PAREXACT_SUMMARY_PAIR 2

// Counts, the extremes of x, Σw, Σw², Σwx and Σwx² of values x with weights w: weighted mean and variance.
#define PAREXACT_SUMMARY_WEIGHTED 3

// How many values, or pairs, the results are about.
#define PAREXACT_RESULT_COUNT 0

// How many values are NaN, or pairs have a NaN.
#define PAREXACT_RESULT_NAN_COUNT 1

// Σx; of weighted values Σwx.
#define PAREXACT_RESULT_SUM 2

// Σx/n; of weighted values Σwx/Σw.
#define PAREXACT_RESULT_MEAN 3

// Σ(x - mean)²/(n - ddof); of weighted values (Σw·Σwx² - (Σwx)²)/(Σw·(Σw - ddof)).
#define PAREXACT_RESULT_VARIANCE 4

// The root of the exact variance.
#define PAREXACT_RESULT_STD 5

// The least x, -0.0 below +0.0.
#define PAREXACT_RESULT_MIN 6

// The greatest x, +0.0 above -0.0.
#define PAREXACT_RESULT_MAX 7

// √Σx².
#define PAREXACT_RESULT_NORM 8

// m3/m2^1.5, where m_k = Σ(x - mean)^k/n.
#define PAREXACT_RESULT_SKEWNESS 9

// m4/m2² - 3.
#define PAREXACT_RESULT_KURTOSIS 10

// The skewness times √(n(n-1))/(n-2).
#define PAREXACT_RESULT_SKEWNESS_UNBIASED 11

// ((n²-1)·m4/m2² - 3(n-1)²)/((n-2)(n-3)).
#define PAREXACT_RESULT_KURTOSIS_UNBIASED 12

// Σy.
#define PAREXACT_RESULT_SUM_Y 13

// Σy/n.
#define PAREXACT_RESULT_MEAN_Y 14

// Σ(y - mean)²/(n - ddof).
#define PAREXACT_RESULT_VARIANCE_Y 15

// The root of the exact variance of y.
#define PAREXACT_RESULT_STD_Y 16

// Σxy.
#define PAREXACT_RESULT_DOT 17

// Σ(x - mean)(y - mean)/(n - ddof).
#define PAREXACT_RESULT_COVARIANCE 18

// Pearson's coefficient: Σ(x - mean)(y - mean)/√(Σ(x - mean)²·Σ(y - mean)²).
#define PAREXACT_RESULT_CORRELATION 19

// The slope of the regression line of y on x: Σ(x - mean)(y - mean)/Σ(x - mean)².
#define PAREXACT_RESULT_SLOPE 20

// The intercept of that line: mean of y - slope·mean of x.
#define PAREXACT_RESULT_INTERCEPT 21

// Σw.
#define PAREXACT_RESULT_SUM_WEIGHTS 22

// (Σw·Σwx² - (Σwx)²)/((Σw)² - Σ(w²)).
#define PAREXACT_RESULT_RELIABILITY_VARIANCE 23

// The root of that.
#define PAREXACT_RESULT_RELIABILITY_STD 24

// The least y.
#define PAREXACT_RESULT_MIN_Y 25

// The greatest y.
#define PAREXACT_RESULT_MAX_Y 26

// √Σy².
#define PAREXACT_RESULT_NORM_Y 27

// The square of the correlation.
#define PAREXACT_RESULT_R_SQUARED 28

// √(RSS/(n-2)), where RSS is the sum of the squared residuals of the regression line.
#define PAREXACT_RESULT_RESIDUAL_STD 29

// The standard error of the slope: √(RSS/(n-2)/Σ(x - mean)²).
#define PAREXACT_RESULT_SLOPE_STDERR 30

// The standard error of the intercept: that of the slope times √(Σx²/n).
#define PAREXACT_RESULT_INTERCEPT_STDERR 31

// The slope of the line through the origin: Σxy/Σx².
#define PAREXACT_RESULT_SLOPE_ORIGIN 32

// Words of a summary, of whatever kind.
#define PAREXACT_SUMMARY_WORDS 768

// The first of the words that merge by integer addition: nine counters, then the digits of the sums.
#define PAREXACT_SUMMARY_ADDITIVE_FIRST 1

// How many words merge by addition.
#define PAREXACT_SUMMARY_ADDITIVE_COUNT 760

// The first of the words that merge by the maximum: for x and then for y the inverted key of the minimum and
// the key of the maximum, an error, and two spare words.
#define PAREXACT_SUMMARY_MAX_FIRST 761

// How many words merge by the maximum.
#define PAREXACT_SUMMARY_MAX_COUNT 7

// Exact sums of one of the kinds PAREXACT_SUMMARY_*: flat, without pointers, and little-endian, so that a
// summary may be copied, stored, sent and merged anywhere. Equal sets have equal words, whatever the order
// or the splitting.
typedef struct {
    // The words; docs/state-format.md describes them.
    int64_t words[PAREXACT_SUMMARY_WORDS];
} parexact_summary;

// PAREXACT_SUMMARY_WORDS, for programs that allocate summaries without the header.
size_t parexact_summary_words(void);

// Makes a summary of no values.
//
// `kind`: one of PAREXACT_SUMMARY_SHAPE, _PAIR and _WEIGHTED.
//
// Errors: NULL_POINTER, INVALID_ARGUMENT (kind). On failure `s` is untouched.
//
// Safety:
// `s` is NULL or may be written.
parexact_status parexact_summary_init(parexact_summary *s, int32_t kind);

// Adds all elements of arrays to a summary.
//
// `x`: the values, or the first variable.
// `y`: of the shape of `x`, the second variable or the weights; NULL for PAREXACT_SUMMARY_SHAPE. Strides of
// 0 broadcast.
// `where`: NULL, or a mask of the shape of `x`, as for parexact_state_update_axes.
//
// Errors: as parexact_sum; NULL_POINTER also if `y` is missing; INVALID_ARGUMENT also if it is given for
// PAREXACT_SUMMARY_SHAPE, and for shapes that differ; BAD_STATE; SIZE_OVERFLOW also if the count would
// exceed 2^63 - 1. On failure `s` is untouched.
// Cost: one pass on all threads in force, if the array is large. Pairs of contiguous doubles take about as
// long as three dot products; fourth powers, and the squares of weighted values, are sums of integers, which
// take several times as long as statistics do.
// Thread safety: any thread may call it, as long as no two use one summary at the same time. Source:
// docs/algorithms.md.
//
// Safety:
// `s` is NULL or a summary; `x`, `y` and `where` are NULL or arrays as parexact_array describes.
parexact_status parexact_summary_update(parexact_summary *s,
                                        const parexact_array *x,
                                        const parexact_array *y,
                                        const parexact_array *where);

// Adds a summary to another one of the same kind.
//
// Errors: NULL_POINTER; BAD_STATE (one of them is damaged); INVALID_ARGUMENT (their kinds differ);
// SIZE_OVERFLOW (the count would exceed 2^63 - 1); NO_MEMORY. On failure `into` is untouched.
// Cost: some microseconds.
//
// Safety:
// `into` and `from` are NULL or summaries; they may be the same.
parexact_status parexact_summary_merge(parexact_summary *into, const parexact_summary *from);

// A result of a summary.
//
// `result`: one of PAREXACT_RESULT_*. A SHAPE has COUNT to KURTOSIS_UNBIASED; a PAIR has COUNT to NORM,
// SUM_Y to INTERCEPT, and MIN_Y to SLOPE_ORIGIN; a WEIGHTED has COUNT to MAX, and SUM_WEIGHTS to
// RELIABILITY_STD.
// `ddof`: at least 0; VARIANCE(_Y), STD(_Y) and COVARIANCE use it.
// `nan_policy`: one of PAREXACT_NAN_*.
// NaN: VARIANCE(_Y), STD(_Y) and COVARIANCE if n <= ddof. Skewness and kurtosis if all values are equal, the
// unbiased ones also if n < 3 and n < 4. CORRELATION if x or y is constant; SLOPE and INTERCEPT if x is;
// R_SQUARED, RESIDUAL_STD and standard errors also if n < 3; SLOPE_ORIGIN if all x are 0. Of weighted values
// MEAN and VARIANCE if Σw = 0, VARIANCE also if ddof > 0 and Σw <= ddof, RELIABILITY_VARIANCE if its divisor
// is 0, and the std of a negative variance.
//
// Errors: NULL_POINTER; BAD_STATE; INVALID_ARGUMENT (result, ddof, nan_policy); UNSUPPORTED (a result that
// the summary's kind does not have); NAN_FOUND; NO_MEMORY. On failure `out` is untouched.
// Cost: some microseconds, more for values over the whole range of exponents.
//
// Safety:
// `s` is NULL or a summary; `out` is NULL or may be written.
parexact_status parexact_summary_result(const parexact_summary *s,
                                        int32_t result,
                                        int64_t ddof,
                                        int32_t nan_policy,
                                        double *out);

// Several results of a summary: what parexact_summary_result gives for each.
//
// `results`: `result_count` of PAREXACT_RESULT_*.
// `out`: as many results, in their order.
//
// Errors: as parexact_summary_result; the message names the first result that is refused. On failure `out`
// is untouched, but unspecified after NAN_FOUND.
//
// Safety:
// `s` is NULL or a summary; `results` is NULL or `result_count` numbers; `out` is NULL or as many results
// may be written there.
parexact_status parexact_summary_results(const parexact_summary *s,
                                         const int32_t *results,
                                         size_t result_count,
                                         int64_t ddof,
                                         int32_t nan_policy,
                                         double *out);

// A 128-bit hash of a summary: equal for equal sets of pairs, whatever the order and the splitting. It is
// XXH3-128 with seed 0 of the canonical words as little-endian bytes, the low half first.
//
// Errors: NULL_POINTER, BAD_STATE, NO_MEMORY. On failure `out` is untouched.
//
// Safety:
// `s` is NULL or a summary; `out` is NULL or two numbers may be written there.
parexact_status parexact_summary_fingerprint(const parexact_summary *s,
                                             uint64_t *out);

// Merges summaries in MPI_Reduce, MPI_Allreduce and MPI_Iallreduce: an MPI_User_function, as
// parexact_mpi_merge is for states. Its datatype is PAREXACT_SUMMARY_WORDS of MPI_INT64_T, contiguous; `len`
// counts summaries, all of which are merged with one of the same kind.
//
// Errors: as parexact_mpi_merge. The error word, where parexact_summary_result and the others find the
// status and answer BAD_STATE, is the fifth of the words that merge by the maximum.
//
// Safety:
// `in` and `inout` are NULL or `*len` summaries each; `len` is NULL or may be read.
void parexact_summary_mpi_merge(void *in,
                                void *inout,
                                int *len,
                                void *datatype);

// A result along axes: what parexact_summary_result gives for each slice, without keeping summaries.
//
// `kind`: one of PAREXACT_SUMMARY_*, or 0 for the results of a state, COUNT to NORM.
// `result`, `ddof`, `nan_policy`: as for parexact_summary_result, for each result by itself.
// `x`, `y`, `where`: as for parexact_summary_update; `y` is NULL for kind 0, too.
// `axes`: `axis_count` axes to reduce, as for parexact_reduce. NULL, or none: all of them.
// `out`: the results in C order of the axes that stay, at any alignment; it must not overlap the arrays. May
// be NULL if there are none.
// `out_len`: the number of results: the product of the lengths of the axes that stay.
//
// Errors: as parexact_summary_update and parexact_summary_result; INVALID_ARGUMENT also for kind, axes,
// axis_count, out_len and an overlap; NO_MEMORY. The message of NAN_FOUND names the first result with a NaN.
// After an error of an argument `out` is untouched, after others unspecified.
// Cost: one pass, as parexact_summary_update, and some microseconds a result; kind 0: as parexact_reduce.
// Thread safety: any thread may call it at any time. Source: docs/algorithms.md.
//
// Safety:
// `x`, `y` and `where` are NULL or arrays as parexact_array describes; `axes` is NULL or has `axis_count`
// numbers; `out` is NULL or `out_len` doubles may be written there.
parexact_status parexact_summarize(int32_t kind,
                                   int32_t result,
                                   const parexact_array *x,
                                   const parexact_array *y,
                                   const parexact_array *where,
                                   const int32_t *axes,
                                   int32_t axis_count,
                                   int64_t ddof,
                                   int32_t nan_policy,
                                   double *out,
                                   size_t out_len);

// -- Random numbers --------------------------------------------------------------------------------
//
// Value i of (distribution, seed, stream) never depends on who draws it: not on threads, on chunks, on the
// CPU, or on what else is drawn. So every rank of a cluster may draw its own part of one stream, by
// `offset`, or streams of its own. docs/random.md defines the numbers so that anybody can draw them, and
// says how they were tested.
//
// Parameters must be finite; docs/random.md lists their domains. A law without width (sd, sigma or scale 0,
// low = high) is a constant; shapes, rates and degrees of freedom must be positive. Samples are never NaN
// and never subnormal: a sample that would be subnormal is +0.0, or the normal number next to 0 if the
// bounds of a uniform or triangular law exclude 0. Where a sample exceeds the largest double, which takes
// extreme parameters, it is infinite.

// Uniform in [low, high); always low if both are equal.
#define PAREXACT_DIST_UNIFORM 0

// Normal: mean, sd. Always the mean if sd is 0.
#define PAREXACT_DIST_NORMAL 1

// Exponential: rate.
#define PAREXACT_DIST_EXPONENTIAL 2

// Lognormal: mu, sigma, the mean and standard deviation of the logarithm. sigma may be 0.
#define PAREXACT_DIST_LOGNORMAL 3

// Gamma: shape, scale. Always 0 if the scale is 0.
#define PAREXACT_DIST_GAMMA 4

// Beta: a, b.
#define PAREXACT_DIST_BETA 5

// Chi-squared: df, degrees of freedom.
#define PAREXACT_DIST_CHI_SQUARED 6

// Student's t: df.
#define PAREXACT_DIST_STUDENT_T 7

// Fisher's F: df1, df2.
#define PAREXACT_DIST_FISHER_F 8

// Weibull: scale, shape. Always 0 if the scale is 0.
#define PAREXACT_DIST_WEIBULL 9

// Cauchy: median, scale. Always the median if the scale is 0.
#define PAREXACT_DIST_CAUCHY 10

// Triangular, in [low, high]: low, high, mode. All three may be equal.
#define PAREXACT_DIST_TRIANGULAR 11

// Poisson: mean, up to 2^53. Values above 2^53 are rounded to doubles.
#define PAREXACT_DIST_POISSON 12

// Binomial: n, p.
#define PAREXACT_DIST_BINOMIAL 13

// Geometric: p; counts trials up to and including the first success, 1, 2, …, as NumPy does.
#define PAREXACT_DIST_GEOMETRIC 14

// Integers low, low + 1, … below high, all equally likely. Both bounds lie in [-2^53, 2^53], where every
// integer is a double.
#define PAREXACT_DIST_INTEGER 15

// A distribution and its parameters.
typedef struct {
    // One of PAREXACT_DIST_*.
    int32_t kind;
    // Must be 0.
    int32_t reserved;
    // The distribution's parameters in the order given there; those it has no use for are ignored.
    double parameter[3];
} parexact_distribution;

// Draws the `n` samples from number `offset` on of a distribution's stream.
//
// `d`: the distribution. `seed`, `stream`: any numbers; different ones give independent samples, and so do
// different kinds of distribution. `out`: n doubles at any alignment; may be NULL if n is 0.
//
// Errors: NULL_POINTER; INVALID_ARGUMENT if there is no such kind, `reserved` is not 0, or a parameter is
// outside its domain: the message names it; SIZE_OVERFLOW if 8·n bytes exceed the address space or offset +
// n is not below 2^64; CANCELLED. After a failure `out` is unspecified; arguments that are refused leave it
// untouched.
// Cost: about 0.3 ns a uniform, 0.8 ns a normal or exponential on one thread with AVX-512, twice that with
// AVX2, 1.5 and 30 ns without FMA; other kinds 15 to 150 ns. On all threads in force if n is large; constant
// memory. Any offset costs the same.
// Thread safety: any thread may call it at any time. Source: docs/random.md.
//
// Safety:
// `d` is NULL or a distribution; `out` is NULL or n doubles may be written there.
parexact_status parexact_random_fill(const parexact_distribution *d,
                                     uint64_t seed,
                                     uint64_t stream,
                                     uint64_t offset,
                                     double *out,
                                     size_t n);

// Draws the `n` samples from number `offset` on of a distribution's stream and adds them to a state, without
// storing any: as parexact_random_fill and parexact_state_update.
//
// `d`, `seed`, `stream`, `offset`: as for parexact_random_fill. `s`: a state, empty (parexact_state_init) or
// with values. Parts that are added to one state, or to several that are merged, give just the state of the
// whole.
//
// Errors: as for parexact_random_fill; BAD_STATE; SIZE_OVERFLOW also if the count would exceed 2^63 - 1. On
// failure the state is untouched.
// Cost: as parexact_random_fill and parexact_describe in cache; constant memory. Thread safety: as for
// states.
//
// Safety:
// `d` is NULL or a distribution; `s` is NULL or a state.
parexact_status parexact_random_state(const parexact_distribution *d,
                                      uint64_t seed,
                                      uint64_t stream,
                                      uint64_t offset,
                                      uint64_t n,
                                      parexact_state *s);

// -- Thread counts ---------------------------------------------------------------------------------

// The largest thread count there is. Larger ones in the environment mean this one.
#define PAREXACT_MAX_THREADS 1024

// Sets how many threads a call may use, for the whole process; the calling thread is one of them.
//
// `n`: 1 to PAREXACT_MAX_THREADS, or 0 to return to the default, which is the first of these that
// is a positive number: the environment variables PAREXACT_NUM_THREADS, RAYON_NUM_THREADS and
// OMP_NUM_THREADS (its first item). Else it is the least of these: the processors in the affinity mask, the
// quota of the control group, SLURM_CPUS_PER_TASK, which says what a job has and so never raises the number,
// and this process's share of the node if it is a rank of a parallel program: the processors of the cpuset
// (without one, those online), or the quota if that is less, divided by the ranks on this node and rounded
// down, but at least 1. Their number is the largest among MPI_LOCALNRANKS (MPICH, Intel MPI),
// OMPI_COMM_WORLD_LOCAL_SIZE (Open MPI), MV2_COMM_WORLD_LOCAL_SIZE (MVAPICH2) and SLURM_STEP_TASKS_PER_NODE
// for the node of SLURM_NODEID (srun); a program that a rank starts inherits them, and so its share. The
// environment is read once, on first use.
//
// Results never depend on the number of threads. Calls that are running keep theirs; pools made by
// parexact_pool_new keep their size. No thread is started before a call needs it. Calls use fewer threads if
// the system refuses more, if a limit of the address space (`ulimit -v`) has no room for them (2 MiB of
// stack and, with glibc, 64 MiB of reserve for each, of which only touched pages become memory; half of what
// is left stays with the program), and where more would be of no use: beyond 64, or four for each processor
// if that is more.
//
// Errors: INVALID_ARGUMENT for more than PAREXACT_MAX_THREADS; the count is then unchanged.
// Thread safety: any thread may call it at any time.
parexact_status parexact_set_num_threads(size_t n);

// The number of threads in force for the whole process: what parexact_set_num_threads has set,
// else the default. Always 1 or more.
//
// The first call may read a few small files of the system; later ones take nanoseconds.
// Thread safety: any thread may call it at any time.
size_t parexact_get_num_threads(void);

// Sets how many threads the calls from the calling thread may use, whatever the process-wide
// number is. Returns the previous setting, so that a caller can put it back; 0 means none.
//
// `n`: 0 for no setting of its own; beyond PAREXACT_MAX_THREADS it counts as that number. Other threads are
// not affected. What a callback sets is in force until the callback returns. It cannot fail.
size_t parexact_set_num_threads_local(size_t n);

// The number of threads that a call from the calling thread would use: its own setting, else the
// process-wide number. Inside a callback that runs on a worker of this library the answer is 1,
// since calls from there run on that worker alone.
//
// Always 1 or more. Thread safety: any thread may call it at any time.
size_t parexact_get_num_threads_local(void);

// -- Pools: a predetermined number of workers, for maps and jobs -----------------------------------
//
// Where a pool is asked for, NULL means the library's own, whose size follows parexact_set_num_threads.
// Pools that a program makes keep their size; several may exist at once, and any number of threads may use
// each.
//
// Callbacks run on any worker, several at once, and on the calling thread. They must not throw C++
// exceptions, longjmp out of themselves nor call pthread_exit, and no exception of another language may
// leave them. The message of a failed call belongs to the thread that made it (parexact_last_error): a
// callback that wants it must copy it. They may call this library: calls nested in a callback on a worker
// run serially, on that worker.
//
// Waiting for locks and jobs without a timeout is safe as far as this library can see: where it could never
// end, the answer is DEADLOCK. It sees circles of any length, including those through a job that any one of
// several workers could begin, and locks whose holder has ended. It assumes that these go on: a wait with a
// timeout; a wait at a queue, where any thread might put or get; a wait outside this library (for a mutex, a
// thread, a file); and a thread that holds a lock and does not wait, such as a worker whose job left without
// releasing it. Where a wait depends on one of these, give it a timeout.

// A caller's pool.
typedef struct parexact_pool parexact_pool;

// Makes a pool of `workers` threads, or of as many as the system grants.
//
// `workers`: up to PAREXACT_MAX_THREADS; 0 means parexact_get_num_threads. `out`: receives the handle, to be
// released with parexact_pool_free; untouched on failure. In a forked child the handle stands for a pool of
// the same size, made on first use there.
// Errors: NULL_POINTER, INVALID_ARGUMENT, NO_MEMORY. Cost: some 50 µs a worker, more beyond a few hundred,
// and 2 MiB of address space each.
// Thread safety: any thread.
//
// Safety:
// `out` is NULL or may be written.
parexact_status parexact_pool_new(size_t workers,
                                  parexact_pool **out);

// Waits for the maps and jobs of the pool, those not yet begun included, and lets its workers end.
//
// Callbacks of the pool may go on using it meanwhile, as long as they run: what they give it is done and
// waited for, too. A callback that frees a pool does not wait, since it might wait for itself: the pool then
// ends with the last of its work. NULL is harmless, and so is a pool inherited by a forked child. The
// handles of its jobs stay valid.
// Thread safety: any thread may call it, once for each pool. From then on only callbacks of the pool may use
// the handle.
//
// Safety:
// `pool` is NULL or a pool that has not been freed.
void parexact_pool_free(parexact_pool *pool);

// -- Map: a function for each of many items, in parallel, the results in order ---------------------

// Work in the background, and what has come of it.
typedef struct parexact_job parexact_job;

// Computes one result from one item: `item` and `result` point into the arrays given to the map, or are
// the map's own pointers where the size is 0.
// Answers 0, or anything else if it failed. It may run on any thread, several at once.
typedef int32_t (*parexact_map_fn)(const void *item, void *result, void *user_data);

// Calls `fn` for each of `count` items, on as many threads as the pool has workers, the calling thread being
// one of them.
//
// `pool`: NULL for the library's own, with the threads of any call. `items`: an array of `count` records of
// `item_size` bytes, a C struct being what tuples and dictionaries are to Python. `results`: as many of
// `result_size` bytes; the result of item i lands at place i. Either may be NULL if its size is 0; fn then
// gets the pointer as it was given. They may be one array, changed in place.
// `chunk_size`: how many items stay with one thread. If it is 0, the library chooses: 1 if there are few
// items, and 256 at most; threads that have no items left then take some of the others', so that slow items
// may lie together.
//
// If fn answers other than 0, the rest is given up as soon as possible: CALLBACK_FAILED, and the message has
// the lowest failing index seen and what fn answered.
// Errors: NULL_POINTER; SIZE_OVERFLOW if the bytes of either array exceed the address space;
// INVALID_ARGUMENT; CALLBACK_FAILED; CANCELLED; FORKED. After a failure `results` is unspecified.
// Cost: some nanoseconds an item beside fn itself; constant memory. A second thread needs some 50 µs to wake
// up. The control attached to the calling thread is looked at before each item; progress is counted in items
// and reported some at a time: if fn is slow, chunk_size 1 shows it best.
// Thread safety: any thread may call it at any time. On a worker it runs serially.
//
// Safety:
// `pool` is NULL or a pool; the arrays are as above and nobody else writes them meanwhile; fn may be called
// on any thread.
parexact_status parexact_map(parexact_pool *pool,
                             parexact_map_fn fn,
                             void *user_data,
                             const void *items,
                             size_t item_size,
                             void *results,
                             size_t result_size,
                             size_t count,
                             size_t chunk_size);

// parexact_map in the background: returns at once, and all of it happens on workers.
//
// Arguments are those of parexact_map; the arrays and `user_data` must stay until the job is done. `out`:
// receives the job, to be waited for with parexact_job_wait and released with parexact_job_free; untouched
// on failure. The control that is attached to the calling thread now governs the job: its progress is that
// of the map, from 0 of `count` on. A map that a callback on a worker starts is serial, as all calls there
// are.
// Errors: those of the arguments, and NO_MEMORY, here; CALLBACK_FAILED and CANCELLED are answered by
// parexact_job_wait. Where the system grants no worker, the map is done before this returns.
//
// Safety:
// As for parexact_map, until the job is done; `out` is NULL or may be written.
parexact_status parexact_map_async(parexact_pool *pool,
                                   parexact_map_fn fn,
                                   void *user_data,
                                   const void *items,
                                   size_t item_size,
                                   void *results,
                                   size_t result_size,
                                   size_t count,
                                   size_t chunk_size,
                                   parexact_job **out);

// -- Jobs: functions that run in the background ----------------------------------------------------

// A function to run in the background. Answers 0, or anything else if it failed. It may run on any thread.
typedef int32_t (*parexact_task_fn)(void *user_data);

// Runs `task` in the background, on a worker of the pool. Jobs begin in no particular order.
//
// `pool`: NULL for the library's own. `user_data` is handed to the task and must stay until the job is done.
// `out`: receives the job, before the task begins, to be waited for with parexact_job_wait and released with
// parexact_job_free; untouched on failure. The control that is attached to the calling thread now governs
// the job and the calls in it: if the control is cancelled before the job begins, the task is not called.
// Errors: NULL_POINTER, INVALID_ARGUMENT, NO_MEMORY. parexact_job_wait answers what has come of the task.
// Where the system grants no worker, the task has run before this returns. A process that exits does not
// wait for jobs. A job that runs code of an interpreter, such as Python's, must be cancelled and waited for
// before the exit, or the interpreter ends the process by a signal.
// Cost: about 1 µs, and some 50 µs until a sleeping worker is awake. Thread safety: any thread, callbacks
// included.
//
// Safety:
// `pool` is NULL or a pool; the task may be called on any thread; `out` is NULL or may be written.
parexact_status parexact_submit(parexact_pool *pool,
                                parexact_task_fn task,
                                void *user_data,
                                parexact_job **out);

// Waits until the job is done, and answers what came of it: OK, CALLBACK_FAILED if its function answered
// other than 0, CANCELLED, each time it is asked.
//
// `timeout_seconds`: below 0 waits for ever, 0 only looks.
// Errors: TIMEOUT if the job is not done by then; NULL_POINTER; INVALID_ARGUMENT if the timeout is NaN;
// DEADLOCK if the job waits for the calling thread, or is what the calling callback belongs to, or has not
// begun and every worker that could begin it waits, directly or not, for the calling thread or for a thread
// that has ended; FORKED for a job of the parent process. A circle that has a wait with a timeout in it ends
// by itself: TIMEOUT. CANCELLED means that the control of the job has stopped it. The control of the waiting
// thread does not end the wait: as long as the job runs, it may use its arrays.
// A callback that waits for a job that has not begun runs the job itself, unless the timeout is 0. Jobs that
// wait for jobs that wait take half a MiB of stack in this way, and then leave the next one to another
// worker. If none could ever begin it, they go on, on a worker, until half a MiB is left of its 2 MiB, and
// room for one more job as large as the largest of them. NO_MEMORY if that is not enough: the stack is too
// short, and the job has not begun.
// Thread safety: any thread may call it at any time.
//
// Safety:
// `job` is NULL or a job that has not been freed.
parexact_status parexact_job_wait(parexact_job *job,
                                  double timeout_seconds);

// Releases the handle. A job that is running, or has not begun, is done all the same.
//
// NULL is harmless, and so is a job of the parent process. Thread safety: any thread may call it, once for
// each job.
//
// Safety:
// `job` is NULL or a job that has not been freed, and that no other call begins to use meanwhile.
void parexact_job_free(parexact_job *job);

// -- Locks for callbacks and any other threads -----------------------------------------------------

// A lock, which one thread at a time holds and that thread alone may release.
typedef struct parexact_lock parexact_lock;

// Makes a lock that nobody holds. Release it with parexact_lock_free.
//
// `out`: receives the handle; untouched on failure.
// Errors: NULL_POINTER, NO_MEMORY. Thread safety: any thread.
//
// Safety:
// `out` is NULL or may be written.
parexact_status parexact_lock_new(parexact_lock **out);

// Takes the lock for the calling thread, as soon as its holder has released it. Threads that wait for it get
// it in no particular order.
//
// `timeout_seconds`: below 0 waits for ever, 0 only tries.
// Errors: TIMEOUT if it was not released by then; DEADLOCK if the calling thread holds it already, if the
// holder waits for the calling thread (in a map whose callback wants the lock, say), or if the holder has
// ended, noticed within some 50 ms; CANCELLED by the control attached to the calling thread; NULL_POINTER;
// INVALID_ARGUMENT if the timeout is NaN; FORKED for a lock of the parent process. A timeout of 0 answers
// TIMEOUT for any lock that another thread holds.
// A circle that has a wait with a timeout in it ends by itself: TIMEOUT.
// Cost: some 30 ns if nobody holds it. Thread safety: any thread.
//
// Safety:
// `lock` is NULL or a lock that nobody frees meanwhile.
parexact_status parexact_lock_acquire(parexact_lock *lock,
                                      double timeout_seconds);

// Releases the lock.
//
// Errors: NOT_OWNER if the calling thread does not hold it; NULL_POINTER; INVALID_ARGUMENT; FORKED.
// A thread that ends without releasing the lock, also in destructors of its data, leaves it held for ever:
// threads that wait for it are answered DEADLOCK, and it can only be freed. What it protects may be in any
// state.
//
// Safety:
// `lock` is NULL or a lock that nobody frees meanwhile.
parexact_status parexact_lock_release(parexact_lock *lock);

// Frees the lock, held or not. NULL is harmless, and so is a lock of the parent process.
//
// Safety:
// `lock` is NULL or a lock that has not been freed, and that no other call begins to use meanwhile.
void parexact_lock_free(parexact_lock *lock);

// -- Queues of fixed-size items, between any number of producers and consumers ---------------------
//
// Which threads will put and get cannot be foreseen. So waiting at a queue is never answered by DEADLOCK,
// and a thread that waits there is assumed to go on. A callback that waits for an
// item of a job that has not begun, in the same pool, needs a timeout, or a pool with more workers.

// A queue: first in, first out.
typedef struct parexact_queue parexact_queue;

// Makes an empty queue, first in, first out. Release it with parexact_queue_free.
//
// `capacity`: how many items it holds at most; 0 for any number. `item_size`: bytes of an item; 0 for items
// without content.
// `out`: receives the handle; untouched on failure.
// Errors: NULL_POINTER; SIZE_OVERFLOW if capacity · item_size exceeds the address space; NO_MEMORY.
// Memory is taken as items come, and given back as they go.
// Thread safety: any thread.
//
// Safety:
// `out` is NULL or may be written.
parexact_status parexact_queue_new(size_t capacity,
                                   size_t item_size,
                                   parexact_queue **out);

// Puts a copy of the item at the end of the queue, waiting while it is full.
//
// `item`: item_size bytes; may be NULL if that is 0. `timeout_seconds`: below 0 waits for ever, 0 only
// tries.
// Errors: TIMEOUT if it stayed full; CLOSED; CANCELLED by the control attached to the calling thread;
// NO_MEMORY; NULL_POINTER; INVALID_ARGUMENT if the timeout is NaN; FORKED for a queue of the parent process.
// After any of them the item is not in the queue.
// Cost: some 50 ns for a small item, if no other thread uses the queue at that moment. Thread safety: any
// thread.
//
// Safety:
// `queue` is NULL or a queue that has not been freed; `item` is NULL or item_size bytes may be read there.
parexact_status parexact_queue_put(parexact_queue *queue,
                                   const void *item,
                                   double timeout_seconds);

// Takes the first item out of the queue, waiting while it is empty.
//
// `item`: receives item_size bytes; untouched on failure; may be NULL if item_size is 0. `timeout_seconds`:
// below 0 waits for ever, 0 only tries.
// Errors: TIMEOUT if it stayed empty; CLOSED if it is closed and empty; CANCELLED by the control attached to
// the calling thread; NULL_POINTER; INVALID_ARGUMENT if the timeout is NaN; FORKED for a queue of the parent
// process. Cost and thread safety: as parexact_queue_put.
//
// Safety:
// `queue` is NULL or a queue that has not been freed; `item` is NULL or item_size bytes may be written
// there.
parexact_status parexact_queue_get(parexact_queue *queue,
                                   double timeout_seconds,
                                   void *item);

// How many items are in the queue at the moment; 0 for NULL and for a queue of the parent process.
//
// Safety:
// `queue` is NULL or a queue that has not been freed.
size_t parexact_queue_length(const parexact_queue *queue);

// Closes the queue: nothing more can be put, and all threads that wait at it are woken. What is inside can
// still be got; after that parexact_queue_get answers CLOSED.
//
// Closing again is harmless. Errors: NULL_POINTER, INVALID_ARGUMENT, FORKED. Thread safety: any thread.
//
// Safety:
// `queue` is NULL or a queue that has not been freed.
parexact_status parexact_queue_close(parexact_queue *queue);

// Closes and frees the queue; what is inside is lost. The calls of threads that wait at it answer CLOSED.
//
// NULL is harmless, and so is a queue of the parent process. Thread safety: any thread may call it, once for
// each queue.
//
// Safety:
// `queue` is NULL or a queue that has not been freed, and that no other call begins to use meanwhile.
void parexact_queue_free(parexact_queue *queue);

// -- Progress and cancellation ---------------------------------------------------------------------

// The wish that calls stop, and the progress of the outermost of them.
typedef struct parexact_control parexact_control;

// Makes a control: a progress counter and a wish to stop, for the long calls of any thread it gets
// attached to. Release it with parexact_control_free.
//
// `out`: receives the handle; untouched on failure.
// Errors: NULL_POINTER, NO_MEMORY. Thread safety: any thread may call it at any time.
//
// Safety:
// `out` is NULL or may be written.
parexact_status parexact_control_new(parexact_control **out);

// Attaches a control to the calling thread: from now on it governs the calls that this thread
// makes, and the work and jobs that they start on other threads. A call that is running keeps the control
// it began with. NULL detaches.
//
// A governed call reports its progress and answers CANCELLED soon after parexact_control_cancel, within some
// 50 ms unless a callback takes longer; calls that begin while the control is cancelled answer CANCELLED at
// once, taking a lock or an item of a queue included: to clean up, detach first. parexact_submit and
// parexact_map_async answer OK, and their jobs CANCELLED. One control may be attached to several threads;
// the progress of calls that run at once is mixed up then. Calls made by callbacks of a governed call are
// governed too and leave its progress alone.
//
// A callback may attach a control, too: it governs what is called there, and when the callback returns, its
// thread has the control again that it had before.
//
// Returns the control that was attached to this thread before, or NULL: put it back after the call
// to let controls nest.
//
// Ownership: the thread holds a reference of its own until another control is attached, or the thread
// ends. So a control may be freed while it is attached. The returned pointer is not a new reference: it
// is valid as long as its owner has not freed it, and must not be freed on account of this call.
//
// Errors: a misaligned pointer cannot be a control. NULL is returned, parexact_last_error says why, and the
// control before stays attached. The functions below treat such a pointer as NULL.
//
// Safety:
// `control` is NULL or a control that has not been freed.
parexact_control *parexact_control_attach(parexact_control *control);

// Asks the calls that the control governs to stop. They answer CANCELLED, now and until
// parexact_control_reset; what they had done so far is dropped.
//
// This is one atomic store: any thread may call it at any time, and so may a signal handler. NULL is
// harmless.
//
// Safety:
// `control` is NULL or a control that nobody frees meanwhile.
void parexact_control_cancel(parexact_control *control);

// How far the governed call is, or the last one if none is running: `done` of `total` items, equal when it
// has succeeded. What an item is depends on the call: a value of an array, a group of results of a reduction
// over axes, 4096 random numbers, an item of a map, 2^15 points of parexact_pi or 1024 of
// parexact_integrate.
//
// `done`, `total`: either may be NULL if it is not wanted. With a NULL control both stay untouched.
// Thread safety: any thread may call it at any time. Takes nanoseconds.
//
// Safety:
// `control` is NULL or a control that nobody frees meanwhile; `done` and `total` are NULL or may be written.
void parexact_control_progress(const parexact_control *control,
                               uint64_t *done,
                               uint64_t *total);

// Takes a cancellation back and sets the progress to 0 of 0. For use between calls: a call that is
// running may miss a cancellation that is taken back at once.
//
// NULL is harmless. Thread safety: any thread may call it at any time.
//
// Safety:
// `control` is NULL or a control that nobody frees meanwhile.
void parexact_control_reset(parexact_control *control);

// Releases the handle. Threads that the control is attached to, and calls that are running, keep it
// alive for themselves as long as they need it; the handle must not be used any more.
//
// NULL is harmless. Thread safety: any thread may call it, once for each control.
//
// Safety:
// `control` is NULL or a control that has not been freed.
void parexact_control_free(parexact_control *control);

// -- π and other integrals, by the midpoint rule ---------------------------------------------------

// Computes a block of function values: `y[i]` from `x[i]`, `count` of them. Answers 0, or anything else if
// it failed. It may run on any thread, several at once.
typedef int32_t (*parexact_block_fn)(const double *x, double *y, size_t count, void *user_data);

// π(n), the integral of 4/(1+x²) from 0 to 1 by the midpoint rule with n points: the workshop's exercise.
//
// Each term is computed in doubles, with every step rounded to nearest: x = (i-½)/n, s = x·x, y = 1+s, t =
// 1/y. The sum of the terms, times 4/n, is exact and rounded once: the same bits on any number of threads,
// and no error grows with n. π(n) exceeds π by about 1/(12·n²), until that is below the rounding of the
// terms.
//
// `n`: 1 to 2^52.
// Errors: NULL_POINTER, INVALID_ARGUMENT, CANCELLED. On failure `out` is untouched.
// Cost: about 0.35 ns a point on one thread with AVX-512; all threads in force if n is large; constant
// memory. Thread safety: any thread. Source: the code test of the PRACE Summer of HPC 2017.
//
// Safety:
// `out` is NULL or may be written.
parexact_status parexact_pi(uint64_t n,
                            double *out);

// The integral of `f` from `a` to `b` by the midpoint rule with `n` points, in parallel.
//
// With h = (b-a)/n, the exact quotient rounded once, the points are x(i) = (i-½)·h + a, i = 1 to n, rounded
// once each; the result is h·Σf(x(i)), the exact sum of the values, times h, rounded once. So it does not
// depend on the number of threads, if f(x) depends on x alone.
//
// `f`: gets blocks of 1024 points, the last one perhaps fewer, and writes as many values; which points make
// a block depends on n alone. Answers 0, or anything else to give up. `a`, `b`: finite, and so is b - a; a
// may exceed b. `n`: 1 to 2^52. A NaN among the values makes the result NaN; infinite ones make it infinite,
// or NaN if both signs occur or b is a.
// Errors: NULL_POINTER, INVALID_ARGUMENT, CALLBACK_FAILED, CANCELLED, FORKED. On failure `out` is untouched.
// Cost: about 0.5 ns a point beside f; constant memory. Thread safety: as parexact_map.
//
// Safety:
// `f` may be called on any thread, several at once; `out` is NULL or may be written.
parexact_status parexact_integrate(parexact_block_fn f,
                                   void *user_data,
                                   double a,
                                   double b,
                                   uint64_t n,
                                   double *out);

#ifdef __cplusplus
}
#endif

#endif // PAREXACT_H
