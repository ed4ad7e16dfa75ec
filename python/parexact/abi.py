"""The C interface of parexact as ctypes: constants, structs, callbacks and prototypes under their C names.

`lib` is the library, loaded and with its prototypes declared. `include/parexact.h` is the manual.
Nothing here looks at an array before C does: an address of float32, strided or big-endian memory
that is called a `double *` is summed as if it were one. The functions of `parexact` itself look.

Handles and addresses are `c_void_p`, to which ctypes also converts an integer such as
`array.ctypes.data`. Keep every callback object for as long as C may call it.

Made from the header by `make bindings`: do not edit.
"""

from __future__ import annotations

from ctypes import (
    CDLL,
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char_p,
    c_double,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_uint64,
    c_void_p,
)
from typing import Any

from parexact._library import load

#: The version that this file was made for, and the name under which the dynamic loader knows the library.
VERSION = "0.1.0"
SONAME = "libparexact.so.0"

#: Success.
PAREXACT_OK = 0
#: A required pointer is NULL.
PAREXACT_ERROR_NULL_POINTER = 1
#: An argument lies outside its documented range; the message names it.
PAREXACT_ERROR_INVALID_ARGUMENT = 2
#: A length or count, times the size of an item, exceeds what memory or the result can hold.
PAREXACT_ERROR_SIZE_OVERFLOW = 3
#: The system has no memory left, or not as much as the call needs.
PAREXACT_ERROR_NO_MEMORY = 4
#: A NaN was met under PAREXACT_NAN_RAISE.
PAREXACT_ERROR_NAN_FOUND = 5
#: The words are not a state of this version, or contradict each other.
PAREXACT_ERROR_BAD_STATE = 6
#: A callback answered something else than 0.
PAREXACT_ERROR_CALLBACK_FAILED = 7
#: The attached control was cancelled.
PAREXACT_ERROR_CANCELLED = 8
#: What was waited for did not come about within the given time.
PAREXACT_ERROR_TIMEOUT = 9
#: The queue is closed.
PAREXACT_ERROR_CLOSED = 10
#: The lock is not held by this thread.
PAREXACT_ERROR_NOT_OWNER = 11
#: The wait could never end.
PAREXACT_ERROR_DEADLOCK = 12
#: The handle was made by the parent of this forked process.
PAREXACT_ERROR_FORKED = 13
#: What is asked for is valid, but this version cannot do it.
PAREXACT_ERROR_UNSUPPORTED = 14
#: A defect of the library itself; please report it.
PAREXACT_ERROR_INTERNAL = 15
#: NaN in, NaN out: the result of every operation that meets a NaN is NaN.
PAREXACT_NAN_PROPAGATE = 0
#: NaNs are skipped, as if they were not there.
PAREXACT_NAN_OMIT = 1
#: A NaN makes the call fail with PAREXACT_ERROR_NAN_FOUND.
PAREXACT_NAN_RAISE = 2
#: IEEE 754 binary64, double.
PAREXACT_DTYPE_F64 = 0
#: IEEE 754 binary32, float.
PAREXACT_DTYPE_F32 = 1
#: int64_t.
PAREXACT_DTYPE_I64 = 2
#: int32_t.
PAREXACT_DTYPE_I32 = 3
#: int16_t.
PAREXACT_DTYPE_I16 = 4
#: int8_t.
PAREXACT_DTYPE_I8 = 5
#: uint64_t.
PAREXACT_DTYPE_U64 = 6
#: uint32_t.
PAREXACT_DTYPE_U32 = 7
#: uint16_t.
PAREXACT_DTYPE_U16 = 8
#: uint8_t.
PAREXACT_DTYPE_U8 = 9
#: One byte: 0 is false, anything else is true and counts as 1.
PAREXACT_DTYPE_BOOL = 10
#: IEEE 754 binary16: NumPy's float16.
PAREXACT_DTYPE_F16 = 11
#: bfloat16, the upper half of an IEEE 754 binary32.
PAREXACT_DTYPE_BF16 = 12
#: Added to any of the others: the byte order that is not the machine's, as in the files of FITS and netCDF.
#: No change for BOOL, I8 and U8.
PAREXACT_DTYPE_SWAPPED = 64
#: Sum.
PAREXACT_OP_SUM = 0
#: Arithmetic mean.
PAREXACT_OP_MEAN = 1
#: Variance, with divisor count - ddof.
PAREXACT_OP_VAR = 2
#: Standard deviation, with divisor count - ddof.
PAREXACT_OP_STD = 3
#: Minimum, -0.0 below +0.0.
PAREXACT_OP_MIN = 4
#: Maximum, +0.0 above -0.0.
PAREXACT_OP_MAX = 5
#: Euclidean norm.
PAREXACT_OP_NORM = 6
#: Words of a state.
PAREXACT_STATE_WORDS = 256
#: The first of the words that merge by integer addition: four counters, then the digits of both sums.
PAREXACT_STATE_ADDITIVE_FIRST = 1
#: How many words merge by addition.
PAREXACT_STATE_ADDITIVE_COUNT = 206
#: The first of the words that merge by the maximum: the inverted key of the minimum, the key of the maximum,
#: an error.
PAREXACT_STATE_MAX_FIRST = 207
#: How many words merge by the maximum.
PAREXACT_STATE_MAX_COUNT = 3
#: Counts, extremes and Σx to Σx⁴ of one variable: skewness and kurtosis.
PAREXACT_SUMMARY_SHAPE = 1
#: Counts, extremes, Σx, Σx², Σy, Σy² and Σxy of pairs: covariance, correlation, regression.
PAREXACT_SUMMARY_PAIR = 2
#: Counts, the extremes of x, Σw, Σw², Σwx and Σwx² of values x with weights w: weighted mean and variance.
PAREXACT_SUMMARY_WEIGHTED = 3
#: How many values, or pairs, the results are about.
PAREXACT_RESULT_COUNT = 0
#: How many values are NaN, or pairs have a NaN.
PAREXACT_RESULT_NAN_COUNT = 1
#: Σx; of weighted values Σwx.
PAREXACT_RESULT_SUM = 2
#: Σx/n; of weighted values Σwx/Σw.
PAREXACT_RESULT_MEAN = 3
#: Σ(x - mean)²/(n - ddof); of weighted values (Σw·Σwx² - (Σwx)²)/(Σw·(Σw - ddof)).
PAREXACT_RESULT_VARIANCE = 4
#: The root of the exact variance.
PAREXACT_RESULT_STD = 5
#: The least x, -0.0 below +0.0.
PAREXACT_RESULT_MIN = 6
#: The greatest x, +0.0 above -0.0.
PAREXACT_RESULT_MAX = 7
#: √Σx².
PAREXACT_RESULT_NORM = 8
#: m3/m2^1.5, where m_k = Σ(x - mean)^k/n.
PAREXACT_RESULT_SKEWNESS = 9
#: m4/m2² - 3.
PAREXACT_RESULT_KURTOSIS = 10
#: The skewness times √(n(n-1))/(n-2).
PAREXACT_RESULT_SKEWNESS_UNBIASED = 11
#: ((n²-1)·m4/m2² - 3(n-1)²)/((n-2)(n-3)).
PAREXACT_RESULT_KURTOSIS_UNBIASED = 12
#: Σy.
PAREXACT_RESULT_SUM_Y = 13
#: Σy/n.
PAREXACT_RESULT_MEAN_Y = 14
#: Σ(y - mean)²/(n - ddof).
PAREXACT_RESULT_VARIANCE_Y = 15
#: The root of the exact variance of y.
PAREXACT_RESULT_STD_Y = 16
#: Σxy.
PAREXACT_RESULT_DOT = 17
#: Σ(x - mean)(y - mean)/(n - ddof).
PAREXACT_RESULT_COVARIANCE = 18
#: Pearson's coefficient: Σ(x - mean)(y - mean)/√(Σ(x - mean)²·Σ(y - mean)²).
PAREXACT_RESULT_CORRELATION = 19
#: The slope of the regression line of y on x: Σ(x - mean)(y - mean)/Σ(x - mean)².
PAREXACT_RESULT_SLOPE = 20
#: The intercept of that line: mean of y - slope·mean of x.
PAREXACT_RESULT_INTERCEPT = 21
#: Σw.
PAREXACT_RESULT_SUM_WEIGHTS = 22
#: (Σw·Σwx² - (Σwx)²)/((Σw)² - Σ(w²)).
PAREXACT_RESULT_RELIABILITY_VARIANCE = 23
#: The root of that.
PAREXACT_RESULT_RELIABILITY_STD = 24
#: The least y.
PAREXACT_RESULT_MIN_Y = 25
#: The greatest y.
PAREXACT_RESULT_MAX_Y = 26
#: √Σy².
PAREXACT_RESULT_NORM_Y = 27
#: The square of the correlation.
PAREXACT_RESULT_R_SQUARED = 28
#: √(RSS/(n-2)), where RSS is the sum of the squared residuals of the regression line.
PAREXACT_RESULT_RESIDUAL_STD = 29
#: The standard error of the slope: √(RSS/(n-2)/Σ(x - mean)²).
PAREXACT_RESULT_SLOPE_STDERR = 30
#: The standard error of the intercept: that of the slope times √(Σx²/n).
PAREXACT_RESULT_INTERCEPT_STDERR = 31
#: The slope of the line through the origin: Σxy/Σx².
PAREXACT_RESULT_SLOPE_ORIGIN = 32
#: Words of a summary, of whatever kind.
PAREXACT_SUMMARY_WORDS = 768
#: The first of the words that merge by integer addition: nine counters, then the digits of the sums.
PAREXACT_SUMMARY_ADDITIVE_FIRST = 1
#: How many words merge by addition.
PAREXACT_SUMMARY_ADDITIVE_COUNT = 760
#: The first of the words that merge by the maximum: for x and then for y the inverted key of the minimum and
#: the key of the maximum, an error, and two spare words.
PAREXACT_SUMMARY_MAX_FIRST = 761
#: How many words merge by the maximum.
PAREXACT_SUMMARY_MAX_COUNT = 7
#: Uniform in [low, high); always low if both are equal.
PAREXACT_DIST_UNIFORM = 0
#: Normal: mean, sd. Always the mean if sd is 0.
PAREXACT_DIST_NORMAL = 1
#: Exponential: rate.
PAREXACT_DIST_EXPONENTIAL = 2
#: Lognormal: mu, sigma, the mean and standard deviation of the logarithm. sigma may be 0.
PAREXACT_DIST_LOGNORMAL = 3
#: Gamma: shape, scale. Always 0 if the scale is 0.
PAREXACT_DIST_GAMMA = 4
#: Beta: a, b.
PAREXACT_DIST_BETA = 5
#: Chi-squared: df, degrees of freedom.
PAREXACT_DIST_CHI_SQUARED = 6
#: Student's t: df.
PAREXACT_DIST_STUDENT_T = 7
#: Fisher's F: df1, df2.
PAREXACT_DIST_FISHER_F = 8
#: Weibull: scale, shape. Always 0 if the scale is 0.
PAREXACT_DIST_WEIBULL = 9
#: Cauchy: median, scale. Always the median if the scale is 0.
PAREXACT_DIST_CAUCHY = 10
#: Triangular, in [low, high]: low, high, mode. All three may be equal.
PAREXACT_DIST_TRIANGULAR = 11
#: Poisson: mean, up to 2^53. Values above 2^53 are rounded to doubles.
PAREXACT_DIST_POISSON = 12
#: Binomial: n, p.
PAREXACT_DIST_BINOMIAL = 13
#: Geometric: p; counts trials up to and including the first success, 1, 2, …, as NumPy does.
PAREXACT_DIST_GEOMETRIC = 14
#: Integers low, low + 1, … below high, all equally likely. Both bounds lie in [-2^53, 2^53], where every
#: integer is a double.
PAREXACT_DIST_INTEGER = 15
#: The largest thread count there is. Larger ones in the environment mean this one.
PAREXACT_MAX_THREADS = 1024


class parexact_stats(Structure):
    """Statistics of a set of numbers. Each value is the exact real result, rounded once to nearest, ties
    to even."""

    #: How many values the result is about: all of them, or those that are not NaN under PAREXACT_NAN_OMIT.
    count: int
    #: How many NaNs there were, under any policy.
    nan_count: int
    #: Sum; +0.0 if exactly zero or if there are no values.
    sum: float
    #: Arithmetic mean; NaN if there are no values.
    mean: float
    #: Sum of squared deviations from the exact mean, divided by count - ddof; NaN if count <= ddof, or if
    #: there are infinities.
    variance: float
    #: Square root of the exact variance (not of the rounded one); NaN where the variance is.
    std: float
    #: Minimum, -0.0 below +0.0; NaN if there are no values.
    min: float
    #: Maximum, +0.0 above -0.0; NaN if there are no values.
    max: float
    _fields_ = [
        ("count", c_uint64),
        ("nan_count", c_uint64),
        ("sum", c_double),
        ("mean", c_double),
        ("variance", c_double),
        ("std", c_double),
        ("min", c_double),
        ("max", c_double),
    ]


class parexact_array(Structure):
    """A view of an array, as it lies in memory. The library only reads it, during the call."""

    #: The element with all indices 0, at any alignment. May be NULL if there are no elements.
    data: Any
    #: One of PAREXACT_DTYPE_*, in the machine's byte order; with PAREXACT_DTYPE_SWAPPED added, in the other
    #: one.
    dtype: int
    #: Number of dimensions, 0 to 64; 0 is a scalar.
    ndim: int
    #: ndim lengths, each at least 0. May be NULL if ndim is 0.
    shape: Any
    #: ndim distances in bytes from one element to the next along each dimension, as in NumPy: negative,
    #: zero, or any. NULL: C-contiguous.
    strides: Any
    _fields_ = [
        ("data", c_void_p),
        ("dtype", c_int32),
        ("ndim", c_int32),
        ("shape", POINTER(c_int64)),
        ("strides", POINTER(c_int64)),
    ]


class parexact_state(Structure):
    """Exact moments of a set of values: counts, sum, sum of squares, extremes. A state is flat, without
    pointers, and little-endian, so that it may be copied, stored, sent and merged anywhere. Equal sets
    have equal words, whatever the order or the splitting."""

    #: The words; docs/state-format.md describes them.
    words: Any
    _fields_ = [
        ("words", c_int64 * 256),
    ]


class parexact_summary(Structure):
    """Exact sums of one of the kinds PAREXACT_SUMMARY_*: flat, without pointers, and little-endian, so
    that a summary may be copied, stored, sent and merged anywhere. Equal sets have equal words,
    whatever the order or the splitting."""

    #: The words; docs/state-format.md describes them.
    words: Any
    _fields_ = [
        ("words", c_int64 * 768),
    ]


class parexact_distribution(Structure):
    """A distribution and its parameters."""

    #: One of PAREXACT_DIST_*.
    kind: int
    #: Must be 0.
    reserved: int
    #: The distribution's parameters in the order given there; those it has no use for are ignored.
    parameter: Any
    _fields_ = [
        ("kind", c_int32),
        ("reserved", c_int32),
        ("parameter", c_double * 3),
    ]

#: Computes one result from one item: item and result point into the arrays given to the map, or are the
#: map's own pointers where the size is 0. Answers 0, or anything else if it failed. It may run on any
#: thread, several at once. Called with (item, result, user_data).
parexact_map_fn = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_void_p)

#: A function to run in the background. Answers 0, or anything else if it failed. It may run on any thread.
#: Called with (user_data).
parexact_task_fn = CFUNCTYPE(c_int32, c_void_p)

#: Computes a block of function values: y[i] from x[i], count of them. Answers 0, or anything else if it
#: failed. It may run on any thread, several at once. Called with (x, y, count, user_data).
parexact_block_fn = CFUNCTYPE(c_int32, POINTER(c_double), POINTER(c_double), c_size_t, c_void_p)

#: Result type and argument types of each function.
PROTOTYPES: dict[str, tuple[Any, list[Any]]] = {
    "parexact_status_name": (c_char_p, [c_int32]),
    "parexact_last_error": (c_char_p, []),
    "parexact_set_last_error": (c_int32, [c_int32, c_char_p]),
    "parexact_version": (c_char_p, []),
    "parexact_explain": (c_int32, [c_void_p, c_size_t, POINTER(c_size_t)]),
    "sum_my_numbers": (c_double, [POINTER(c_double), c_size_t]),
    "parallel_stats": (c_int32, [POINTER(c_double), c_size_t, POINTER(parexact_stats)]),
    "my_statistics": (c_int32, [c_uint64, c_uint64, POINTER(parexact_stats)]),
    "parexact_sum_f64": (c_int32, [POINTER(c_double), c_size_t, POINTER(c_double)]),
    "parexact_norm_f64": (c_int32, [POINTER(c_double), c_size_t, POINTER(c_double)]),
    "parexact_dot_f64": (
        c_int32,
        [
            POINTER(c_double),
            POINTER(c_double),
            c_size_t,
            POINTER(c_double),
        ],
    ),
    "parexact_sum": (c_int32, [POINTER(parexact_array), POINTER(c_double)]),
    "parexact_dot": (
        c_int32,
        [
            POINTER(parexact_array),
            POINTER(parexact_array),
            POINTER(c_double),
        ],
    ),
    "parexact_dot_axes": (
        c_int32,
        [
            POINTER(parexact_array),
            POINTER(parexact_array),
            POINTER(c_int32),
            c_int32,
            c_int32,
            POINTER(c_double),
            c_size_t,
        ],
    ),
    "parexact_norm": (c_int32, [POINTER(parexact_array), POINTER(c_double)]),
    "parexact_describe": (
        c_int32,
        [
            POINTER(parexact_array),
            c_int64,
            c_int32,
            POINTER(parexact_stats),
        ],
    ),
    "parexact_reduce": (
        c_int32,
        [
            POINTER(parexact_array),
            c_int32,
            POINTER(c_int32),
            c_int32,
            c_int64,
            c_int32,
            POINTER(c_double),
            c_size_t,
        ],
    ),
    "parexact_describe_axes": (
        c_int32,
        [
            POINTER(parexact_array),
            POINTER(parexact_array),
            POINTER(c_int32),
            c_int32,
            c_int64,
            c_int32,
            POINTER(parexact_stats),
            c_size_t,
        ],
    ),
    "parexact_state_words": (c_size_t, []),
    "parexact_state_init": (c_int32, [POINTER(parexact_state)]),
    "parexact_state_update": (c_int32, [POINTER(parexact_state), POINTER(parexact_array)]),
    "parexact_state_merge": (c_int32, [POINTER(parexact_state), POINTER(parexact_state)]),
    "parexact_state_result": (
        c_int32,
        [
            POINTER(parexact_state),
            c_int64,
            c_int32,
            POINTER(parexact_stats),
        ],
    ),
    "parexact_state_norm": (c_int32, [POINTER(parexact_state), POINTER(c_double)]),
    "parexact_state_fingerprint": (c_int32, [POINTER(parexact_state), POINTER(c_uint64)]),
    "parexact_mpi_merge": (None, [c_void_p, c_void_p, POINTER(c_int), c_void_p]),
    "parexact_states_init": (c_int32, [POINTER(parexact_state), c_size_t]),
    "parexact_states_merge": (
        c_int32,
        [
            POINTER(parexact_state),
            POINTER(parexact_state),
            c_size_t,
        ],
    ),
    "parexact_state_update_axes": (
        c_int32,
        [
            POINTER(parexact_state),
            c_size_t,
            POINTER(parexact_array),
            POINTER(parexact_array),
            POINTER(c_int32),
            c_int32,
        ],
    ),
    "parexact_state_results": (
        c_int32,
        [
            POINTER(parexact_state),
            c_size_t,
            c_int64,
            c_int32,
            POINTER(parexact_stats),
        ],
    ),
    "parexact_summary_words": (c_size_t, []),
    "parexact_summary_init": (c_int32, [POINTER(parexact_summary), c_int32]),
    "parexact_summary_update": (
        c_int32,
        [
            POINTER(parexact_summary),
            POINTER(parexact_array),
            POINTER(parexact_array),
            POINTER(parexact_array),
        ],
    ),
    "parexact_summary_merge": (c_int32, [POINTER(parexact_summary), POINTER(parexact_summary)]),
    "parexact_summary_result": (
        c_int32,
        [
            POINTER(parexact_summary),
            c_int32,
            c_int64,
            c_int32,
            POINTER(c_double),
        ],
    ),
    "parexact_summary_results": (
        c_int32,
        [
            POINTER(parexact_summary),
            POINTER(c_int32),
            c_size_t,
            c_int64,
            c_int32,
            POINTER(c_double),
        ],
    ),
    "parexact_summary_fingerprint": (c_int32, [POINTER(parexact_summary), POINTER(c_uint64)]),
    "parexact_summary_mpi_merge": (None, [c_void_p, c_void_p, POINTER(c_int), c_void_p]),
    "parexact_summarize": (
        c_int32,
        [
            c_int32,
            c_int32,
            POINTER(parexact_array),
            POINTER(parexact_array),
            POINTER(parexact_array),
            POINTER(c_int32),
            c_int32,
            c_int64,
            c_int32,
            POINTER(c_double),
            c_size_t,
        ],
    ),
    "parexact_random_fill": (
        c_int32,
        [
            POINTER(parexact_distribution),
            c_uint64,
            c_uint64,
            c_uint64,
            POINTER(c_double),
            c_size_t,
        ],
    ),
    "parexact_random_state": (
        c_int32,
        [
            POINTER(parexact_distribution),
            c_uint64,
            c_uint64,
            c_uint64,
            c_uint64,
            POINTER(parexact_state),
        ],
    ),
    "parexact_set_num_threads": (c_int32, [c_size_t]),
    "parexact_get_num_threads": (c_size_t, []),
    "parexact_set_num_threads_local": (c_size_t, [c_size_t]),
    "parexact_get_num_threads_local": (c_size_t, []),
    "parexact_pool_new": (c_int32, [c_size_t, POINTER(c_void_p)]),
    "parexact_pool_free": (None, [c_void_p]),
    "parexact_map": (
        c_int32,
        [
            c_void_p,
            parexact_map_fn,
            c_void_p,
            c_void_p,
            c_size_t,
            c_void_p,
            c_size_t,
            c_size_t,
            c_size_t,
        ],
    ),
    "parexact_map_async": (
        c_int32,
        [
            c_void_p,
            parexact_map_fn,
            c_void_p,
            c_void_p,
            c_size_t,
            c_void_p,
            c_size_t,
            c_size_t,
            c_size_t,
            POINTER(c_void_p),
        ],
    ),
    "parexact_submit": (c_int32, [c_void_p, parexact_task_fn, c_void_p, POINTER(c_void_p)]),
    "parexact_job_wait": (c_int32, [c_void_p, c_double]),
    "parexact_job_free": (None, [c_void_p]),
    "parexact_lock_new": (c_int32, [POINTER(c_void_p)]),
    "parexact_lock_acquire": (c_int32, [c_void_p, c_double]),
    "parexact_lock_release": (c_int32, [c_void_p]),
    "parexact_lock_free": (None, [c_void_p]),
    "parexact_queue_new": (c_int32, [c_size_t, c_size_t, POINTER(c_void_p)]),
    "parexact_queue_put": (c_int32, [c_void_p, c_void_p, c_double]),
    "parexact_queue_get": (c_int32, [c_void_p, c_double, c_void_p]),
    "parexact_queue_length": (c_size_t, [c_void_p]),
    "parexact_queue_close": (c_int32, [c_void_p]),
    "parexact_queue_free": (None, [c_void_p]),
    "parexact_control_new": (c_int32, [POINTER(c_void_p)]),
    "parexact_control_attach": (c_void_p, [c_void_p]),
    "parexact_control_cancel": (None, [c_void_p]),
    "parexact_control_progress": (None, [c_void_p, POINTER(c_uint64), POINTER(c_uint64)]),
    "parexact_control_reset": (None, [c_void_p]),
    "parexact_control_free": (None, [c_void_p]),
    "parexact_pi": (c_int32, [c_uint64, POINTER(c_double)]),
    "parexact_integrate": (
        c_int32,
        [
            parexact_block_fn,
            c_void_p,
            c_double,
            c_double,
            c_uint64,
            POINTER(c_double),
        ],
    ),
}

def declare(library: CDLL) -> CDLL:
    """Give each function of a loaded library its argument and result types, and return the library."""
    for name, (result, arguments) in PROTOTYPES.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library


lib = declare(load(VERSION, SONAME))
