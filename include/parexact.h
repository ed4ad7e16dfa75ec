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

// -- Statuses, messages and the version, as C sees them --------------------------------------------

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

// The name of a status as it is written in this header, for instance
// "PAREXACT_ERROR_NULL_POINTER"; "unknown status" for any other number.
//
// Never NULL; the text is static and must not be freed. Any thread may call it at any time.
const char *parexact_status_name(parexact_status status);

// What went wrong in the last failing call of the calling thread, in words that name the argument.
//
// Never NULL; an empty string if no call of this thread has failed. The text is valid until this
// thread's next failing call, or its end; calls that succeed leave it as it is. It must not be freed.
const char *parexact_last_error(void);

// The version of the library that is loaded, for instance "0.1.0".
//
// Never NULL; the text is static and must not be freed. Any thread may call it at any time.
const char *parexact_version(void);

// -- What the library does and why, as JSON for people and bug reports -----------------------------

// Writes a description of the library's present behaviour, one JSON object in ASCII: the version;
// the number of threads that a call from this thread would use, the rule that decided and the value it
// read, processors in the affinity mask and the quota of the control group (null: none); the workers that
// exist and those the system refused; the SIMD path and the processor's features; how many forks
// lie between this process and the one that loaded the library. Fields may be added in later versions.
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

// -- Thread counts, as C sees them -----------------------------------------------------------------

// Sets how many threads a call may use, for the whole process; the calling thread is one of them.
//
// `n`: 1 to PAREXACT_MAX_THREADS, or 0 to return to the default, which is the first of these that
// is a positive number: the environment variables PAREXACT_NUM_THREADS, RAYON_NUM_THREADS,
// OMP_NUM_THREADS (its first item) and SLURM_CPUS_PER_TASK; else the processors in the affinity mask, or
// the quota of the control group if that is less. The environment is read once, on first use.
//
// Results never depend on the number of threads. Calls that are running keep theirs; pools made by
// parexact_pool_new keep their size. No thread is started before a call needs it; if the system
// refuses threads, calls use fewer.
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
// `n`: 0 for no setting of its own; beyond PAREXACT_MAX_THREADS it counts as that number.
// Other threads are not affected. It cannot fail.
size_t parexact_set_num_threads_local(size_t n);

// The number of threads that a call from the calling thread would use: its own setting, else the
// process-wide number. Inside a callback that runs on a worker of this library the answer is 1,
// since calls from there run on that worker alone.
//
// Always 1 or more. Thread safety: any thread may call it at any time.
size_t parexact_get_num_threads_local(void);

// -- Progress and cancellation, as C sees them: a handle is one counted reference to a control -----

// The progress of a call, and the wish that it stop.
typedef struct parexact_control parexact_control;

// Makes a control: a progress counter and a wish to stop, for the long calls of any thread it gets
// attached to. Release it with parexact_control_free.
//
// `out`: receives the handle; untouched on failure.
// Errors: NULL_POINTER. Thread safety: any thread may call it at any time.
//
// Safety:
// `out` is NULL or may be written.
parexact_status parexact_control_new(parexact_control **out);

// Attaches a control to the calling thread: from now on it governs the calls that this thread
// makes, and the work and jobs that they start on other threads. A call that is running keeps the control
// it began with. NULL detaches.
//
// A governed call reports its progress and answers CANCELLED soon after parexact_control_cancel,
// within some 50 ms unless a callback takes longer; calls that begin while the control is cancelled
// answer CANCELLED at once. One control may be attached to several threads; progress then is that
// of the call that began last. Calls made by callbacks of a governed call are governed too and leave
// its progress alone.
//
// Returns the control that was attached to this thread before, or NULL: put it back after the call
// to let controls nest.
//
// Ownership: the thread holds a reference of its own until another control is attached, or the thread
// ends. So a control may be freed while it is attached. The returned pointer is not a new reference: it
// is valid as long as its owner has not freed it, and must not be freed on account of this call.
//
// Safety:
// `control` is NULL or a control that has not been freed.
parexact_control *parexact_control_attach(parexact_control *control);

// Asks the calls that the control governs to stop. They answer CANCELLED, now and until
// parexact_control_reset; what they had done so far is dropped.
//
// One atomic store: any thread may call it at any time, and so may a signal handler. NULL is harmless.
//
// Safety:
// `control` is NULL or a control that nobody frees meanwhile.
void parexact_control_cancel(parexact_control *control);

// How far the governed call is, or the last one if none is running: `done` of `total` items, equal
// when it has succeeded. What an item is depends on the call: a value of an array, a sample, an item
// of a map.
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

#ifdef __cplusplus
}
#endif

#endif // PAREXACT_H
