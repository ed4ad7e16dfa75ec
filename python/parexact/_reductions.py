"""Reductions of arrays: sums, means, variances, extremes, norms and dot products, each rounded once."""

from __future__ import annotations

from ctypes import byref, c_char, c_double, c_int32, c_int64, c_size_t, c_uint64, c_void_p
from operator import index
from struct import Struct
from typing import Any, Callable, NamedTuple

import numpy as np

from parexact import abi
from parexact._arrays import AnyArray, as_array
from parexact._arrays import describe as view_of
from parexact._errors import check, exception
from parexact._run import run

# NumPy before 1.25 has it at the top.
AxisError: Any = getattr(np, "exceptions", np).AxisError

_INT64_MAX = 2**63 - 1
_UINT64_MAX = 2**64 - 1

_POLICIES = {
    "propagate": abi.PAREXACT_NAN_PROPAGATE,
    "omit": abi.PAREXACT_NAN_OMIT,
    "raise": abi.PAREXACT_NAN_RAISE,
}

#: Nanoseconds for one value, in the worst case: exponents over the whole range, or any strides.
COST = 3
#: Nanoseconds for one sample of `my_statistics` on one thread, without AVX-512.
_COST_SAMPLE = 4
#: So many values are reduced within a millisecond.
_SHORT_SIZE = 2**18
#: Up to here all statistics together cost less than the description of an array that asks for one of them.
_SMALL_SIZE = 2**12
#: NaNs are counted in pieces of so many values, which takes some 10 ms.
_PIECE = 2**24


class Stats(NamedTuple):
    """Statistics of a set of numbers. Each is the exact real result, rounded once to nearest, ties to even.

    With an axis, the fields are arrays.
    """

    #: How many values the result is about: all, or those that are not NaN with ``nan_policy="omit"``.
    count: Any
    #: How many NaNs were met, with any policy.
    nan_count: Any
    #: Sum; +0.0 if it is exactly zero, or if there are no values.
    sum: Any
    #: Arithmetic mean; NaN if there are no values.
    mean: Any
    #: Squared deviations from the exact mean, divided by ``count - ddof``; NaN if ``count <= ddof``, or with
    #: infinities.
    variance: Any
    #: Square root of the exact variance, not of the rounded one.
    std: Any
    #: Minimum; NaN if there are no values.
    min: Any
    #: Maximum; NaN if there are no values.
    max: Any


# -- The fast path: all of a float64 array that lies contiguously -----------------------------------
#
# A ctypes array of no characters, made from the buffer of an array, gives its address three times faster than
# `array.ctypes.data`. It exists only for memory that is writable and C-contiguous, which needs no further
# look then.

_Pin: Any = c_char * 0
_Double = c_double * 1
_StatsBytes = c_char * 64
_unpack_stats = Struct("=QQdddddd").unpack
_FLOAT64 = np.dtype(np.float64)
_ndarray = np.ndarray


def _plain(name: str, count: int) -> Any:
    """Return a C function of `count` pointers to doubles, a size and a pointer to the result."""
    function = abi.lib[name]
    function.argtypes = [c_void_p] * count + [c_size_t, c_void_p]
    function.restype = c_int32
    return function


_sum_f64 = _plain("parexact_sum_f64", 1)
_norm_f64 = _plain("parexact_norm_f64", 1)
_dot_f64 = _plain("parexact_dot_f64", 2)
_parallel_stats = _plain("parallel_stats", 1)


def _pin(a: Any) -> Any:
    """Return what stands for the address of an array, and keeps it in place, or None."""
    try:
        return _Pin.from_buffer(a)
    except (TypeError, ValueError, BufferError):
        return None


def _small(field: int, a: AnyArray) -> Any:
    """Return one of the statistics of a small array, or None if it is not small, or has no fast path."""
    if a.dtype is not _FLOAT64 or a.size > _SMALL_SIZE or (place := _pin(a)) is None:
        return None
    found = _StatsBytes()
    if status := _parallel_stats(place, a.size, found):
        raise exception(status)
    return _unpack_stats(found)[field]


# -- Arguments --------------------------------------------------------------------------------------


def policy_of(nan_policy: Any) -> int:
    """Return the library's number of a NaN policy."""
    number = _POLICIES.get(nan_policy)
    if number is None:
        raise ValueError(f"nan_policy is 'propagate', 'omit' or 'raise', not {nan_policy!r}")
    return number


def ddof_of(ddof: Any) -> int:
    """Return a ddof as an integer that C can take."""
    number = index(ddof)
    if not 0 <= number <= _INT64_MAX:
        raise ValueError(f"ddof is an integer from 0 to 2**63 - 1, not {number}")
    return number


def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    """Return the axes to reduce, each from 0 to ndim - 1."""
    if axis is None:
        return tuple(range(ndim))
    axes = []
    for given in axis if isinstance(axis, tuple) else (axis,):
        number = index(given)
        if not -ndim <= number < ndim:
            raise AxisError(number, ndim)
        axes.append(number % ndim)
    if len(set(axes)) < len(axes):
        raise ValueError("duplicate value in 'axis'")
    return tuple(axes)


def kept_shape(array: AnyArray, axes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of what is left when axes are reduced."""
    return tuple(length for i, length in enumerate(array.shape) if i not in axes)


def with_axes(array: AnyArray, axes: tuple[int, ...]) -> tuple[AnyArray, tuple[int, ...]]:
    """Return an array and axes that C reduces in the same way; no axes mean all of them in C, and none here."""
    if axes or array.ndim == 0:
        return array, axes
    # The elements lie along an axis of their own, of length 1.
    column = array[..., None] if array.ndim < _MAX_NDIM else array.reshape(-1, 1)
    return column, (column.ndim - 1,)


def _check_out(out: Any, shape: tuple[int, ...]) -> None:
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be an array, not {type(out).__name__}")
    if out.dtype != _FLOAT64:
        raise TypeError(f"out must be an array of float64, not of {out.dtype}")
    if out.shape != shape:
        raise ValueError(f"out has the shape {out.shape}, but the result has {shape}")
    if not out.flags.writeable:
        raise ValueError("out is read-only")


# -- Reductions along axes --------------------------------------------------------------------------


def _reduce(op: int, a: Any, axis: Any, out: Any, keepdims: Any, nan_policy: Any, ddof: Any = 0) -> Any:
    """Return one result for each element of the axes that stay."""
    policy = policy_of(nan_policy)
    ddof = ddof_of(ddof)
    array = as_array(a)
    if axis is None and out is None and not keepdims:
        return _reduce_all(op, array, ddof, policy)
    axes = axes_of(axis, array.ndim)
    if keepdims:
        shape = tuple(1 if i in axes else length for i, length in enumerate(array.shape))
    else:
        shape = kept_shape(array, axes)
    if out is not None:
        _check_out(out, shape)
    results = np.empty(shape)
    # An axis of () reduces nothing, even of an array of no dimensions.
    elementwise = axis is not None and not axes
    call = _elementwise if elementwise else _along
    run(lambda: call(op, array, axes, ddof, policy, results), COST * array.size)
    if out is not None:
        out[...] = results
        return out
    return results if results.ndim else float(results)


def _reduce_all(op: int, array: AnyArray, ddof: int, policy: int) -> float:
    """Return one result for all of an array."""
    result = _Double()

    def call() -> None:
        if status := _lib_reduce(byref(view_of(array)), op, None, 0, ddof, policy, result, 1):
            raise exception(status)

    run(call, COST * array.size)
    return result[0]


def _along(
    op: int, array: AnyArray, axes: tuple[int, ...], ddof: int, policy: int, results: AnyArray
) -> None:
    """Reduce over the given axes, or over all if there are none, into a contiguous array."""
    status = _lib_reduce(
        byref(view_of(array)),
        op,
        (c_int32 * len(axes))(*axes),
        len(axes),
        ddof,
        policy,
        _Pin.from_buffer(results),
        results.size,
    )
    check(status)


_lib_reduce: Any = abi.lib["parexact_reduce"]
_lib_reduce.argtypes = [c_void_p, c_int32, c_void_p, c_int32, c_int64, c_int32, c_void_p, c_size_t]
_lib_reduce.restype = c_int32

_COPIED = (abi.PAREXACT_OP_SUM, abi.PAREXACT_OP_MEAN, abi.PAREXACT_OP_MAX)


def _elementwise(
    op: int, array: AnyArray, axes: tuple[int, ...], ddof: int, policy: int, results: AnyArray
) -> None:
    """Write the result of each element by itself; sums, means and extremes are a copy, as in NumPy."""
    if op in _COPIED and policy != abi.PAREXACT_NAN_OMIT:
        # The minimum of one value is that value; its sum loses the sign of a zero.
        op = abi.PAREXACT_OP_MIN
    _along(op, *with_axes(array, axes), ddof, policy, results)


#: NumPy 1 has 32 dimensions, NumPy 2 has 64, and the library 64.
_MAX_NDIM = 32 if np.__version__.startswith("1.") else 64


def sum(
    a: Any,
    axis: Any = None,
    *,
    out: AnyArray | None = None,
    keepdims: bool = False,
    nan_policy: str = "propagate",
) -> Any:
    """Sum of the values: the exact real sum, rounded once.

    ``RN(Σ a)``; RN rounds to the nearest double, ties to even.

    Parameters
    ----------
    a : array_like
        Numbers or booleans, of any strides; whatever NumPy can view without a copy is not copied.
    axis : None, int or tuple of ints, optional
        Axes to sum over; all by default. The empty tuple sums over none: the result is a float64 copy.
    out : ndarray of float64, optional
        Where to put the result, of just its shape; any strides, and it may overlap `a`. It is returned.
    keepdims : bool, optional
        Whether the axes that are summed over stay, with length 1.
    nan_policy : {'propagate', 'omit', 'raise'}, optional
        NaN in, NaN out; or NaNs are skipped; or a NaN is a ValueError.

    Returns
    -------
    float or ndarray of float64
        A float if no axes are left. The sum of nothing is 0.0. Infinities of one sign give that infinity, of
        both signs NaN. No intermediate result overflows.

    Raises
    ------
    TypeError
        If the type of `a` is not supported; the message says what to pass instead.
    ValueError
        For an axis given twice, an `out` of another shape, and a NaN with ``nan_policy="raise"``.
    numpy.exceptions.AxisError
        For an axis that `a` does not have.

    Notes
    -----
    One pass at about the speed of memory, on all threads in force if `a` is large. The result is the same
    bits for any number of threads and any order of the values.

    Examples
    --------
    >>> import parexact
    >>> parexact.sum([1e100, 1.0, -1e100])
    1.0
    >>> parexact.sum([[1, 2], [3, 4]], axis=0)
    array([4., 6.])
    """
    if (
        axis is None
        and out is None
        and type(a) is _ndarray
        and a.dtype is _FLOAT64
        and not keepdims
        and nan_policy == "propagate"
        and a.size <= _SHORT_SIZE
        and (place := _pin(a)) is not None
    ):
        total = _Double()
        if status := _sum_f64(place, a.size, total):
            raise exception(status)
        return total[0]
    return _reduce(abi.PAREXACT_OP_SUM, a, axis, out, keepdims, nan_policy)


def mean(
    a: Any,
    axis: Any = None,
    *,
    out: AnyArray | None = None,
    keepdims: bool = False,
    nan_policy: str = "propagate",
) -> Any:
    """Arithmetic mean: the exact sum divided by the number of values, rounded once.

    ``RN(Σ a / n)``

    Parameters
    ----------
    a, axis, out, keepdims, nan_policy
        As for `sum`.

    Returns
    -------
    float or ndarray of float64
        A float if no axes are left. The mean of nothing is NaN. The sum does not overflow on the way.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `sum`.

    Notes
    -----
    Cost as `sum`.

    Examples
    --------
    >>> import parexact
    >>> parexact.mean([1e308, 1.7e308])
    1.35e+308
    """
    if (
        axis is None
        and out is None
        and type(a) is _ndarray
        and not keepdims
        and nan_policy == "propagate"
        and (result := _small(3, a)) is not None
    ):
        return result
    return _reduce(abi.PAREXACT_OP_MEAN, a, axis, out, keepdims, nan_policy)


def min(
    a: Any,
    axis: Any = None,
    *,
    out: AnyArray | None = None,
    keepdims: bool = False,
    nan_policy: str = "propagate",
) -> Any:
    """Minimum; -0.0 is below +0.0, and integers of 64 bits are rounded to the nearest double.

    Parameters
    ----------
    a, axis, out, keepdims, nan_policy
        As for `sum`.

    Returns
    -------
    float or ndarray of float64
        A float if no axes are left. The minimum of nothing is NaN.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `sum`.

    Notes
    -----
    Cost as `sum`.

    Examples
    --------
    >>> import parexact
    >>> parexact.min([0.0, -0.0])
    -0.0
    """
    if (
        axis is None
        and out is None
        and type(a) is _ndarray
        and not keepdims
        and nan_policy == "propagate"
        and (result := _small(6, a)) is not None
    ):
        return result
    return _reduce(abi.PAREXACT_OP_MIN, a, axis, out, keepdims, nan_policy)


def max(
    a: Any,
    axis: Any = None,
    *,
    out: AnyArray | None = None,
    keepdims: bool = False,
    nan_policy: str = "propagate",
) -> Any:
    """Maximum; +0.0 is above -0.0, and integers of 64 bits are rounded to the nearest double.

    Parameters
    ----------
    a, axis, out, keepdims, nan_policy
        As for `sum`.

    Returns
    -------
    float or ndarray of float64
        A float if no axes are left. The maximum of nothing is NaN.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `sum`.

    Notes
    -----
    Cost as `sum`.

    Examples
    --------
    >>> import parexact
    >>> parexact.max([[1, 5], [7, 2]], axis=1)
    array([5., 7.])
    """
    if (
        axis is None
        and out is None
        and type(a) is _ndarray
        and not keepdims
        and nan_policy == "propagate"
        and (result := _small(7, a)) is not None
    ):
        return result
    return _reduce(abi.PAREXACT_OP_MAX, a, axis, out, keepdims, nan_policy)


def var(
    a: Any,
    axis: Any = None,
    *,
    ddof: int = 0,
    out: AnyArray | None = None,
    keepdims: bool = False,
    nan_policy: str = "propagate",
) -> Any:
    """Variance: of the exact deviations from the exact mean, rounded once.

    ``RN((n Σ a² - (Σ a)²) / (n (n - ddof)))``

    Parameters
    ----------
    a, axis, out, keepdims, nan_policy
        As for `sum`. With the empty tuple as axis each element is a set of its own, of variance 0.
    ddof : int, optional
        0 for the variance of a population, as in NumPy; 1 for the unbiased estimate from a sample.

    Returns
    -------
    float or ndarray of float64
        A float if no axes are left. NaN if there are not more than `ddof` values, or infinities.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `sum`; TypeError also for a `ddof` that is no integer, ValueError for a negative one.

    Notes
    -----
    One pass, at a cost as `describe`.

    Examples
    --------
    >>> import parexact
    >>> parexact.var([0.1, 0.1, 0.1])
    0.0
    >>> parexact.var([1, 2, 3, 4], ddof=1)
    1.6666666666666667
    """
    if (
        axis is None
        and out is None
        and type(a) is _ndarray
        and not keepdims
        and nan_policy == "propagate"
        and type(ddof) is int
        and ddof == 0
        and (result := _small(4, a)) is not None
    ):
        return result
    return _reduce(abi.PAREXACT_OP_VAR, a, axis, out, keepdims, nan_policy, ddof)


def std(
    a: Any,
    axis: Any = None,
    *,
    ddof: int = 0,
    out: AnyArray | None = None,
    keepdims: bool = False,
    nan_policy: str = "propagate",
) -> Any:
    """Standard deviation: the root of the exact variance, rounded once.

    ``RN(√((n Σ a² - (Σ a)²) / (n (n - ddof))))``

    Parameters
    ----------
    a, axis, ddof, out, keepdims, nan_policy
        As for `var`.

    Returns
    -------
    float or ndarray of float64
        A float if no axes are left. NaN where the variance is.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `var`.

    Notes
    -----
    One pass, at a cost as `describe`.

    Examples
    --------
    >>> import parexact
    >>> parexact.std([5e-324, 0.0], ddof=1)  # the variance underflows, the deviation does not
    5e-324
    """
    if (
        axis is None
        and out is None
        and type(a) is _ndarray
        and not keepdims
        and nan_policy == "propagate"
        and type(ddof) is int
        and ddof == 0
        and (result := _small(5, a)) is not None
    ):
        return result
    return _reduce(abi.PAREXACT_OP_STD, a, axis, out, keepdims, nan_policy, ddof)


def norm(
    a: Any,
    *,
    axis: Any = None,
    out: AnyArray | None = None,
    keepdims: bool = False,
    nan_policy: str = "propagate",
) -> Any:
    """Euclidean norm: the root of the exact sum of squares, rounded once.

    ``RN(√Σ a²)``

    The second argument of `numpy.linalg.norm` is the order of the norm; here there is none, and the axis is a
    keyword.

    Parameters
    ----------
    a, axis, out, keepdims, nan_policy
        As for `sum`. With all axes of a matrix this is the Frobenius norm. With the empty tuple as axis:
        absolute values.

    Returns
    -------
    float or ndarray of float64
        A float if no axes are left. The norm of nothing is 0.0; with an infinity it is infinite. Squares
        neither overflow nor underflow.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `sum`.

    Notes
    -----
    Cost as `sum`.

    Examples
    --------
    >>> import parexact
    >>> parexact.norm([3e300, 4e300])
    5e+300
    """
    if (
        axis is None
        and out is None
        and type(a) is _ndarray
        and a.dtype is _FLOAT64
        and not keepdims
        and nan_policy == "propagate"
        and a.size <= _SHORT_SIZE
        and (place := _pin(a)) is not None
    ):
        length = _Double()
        if status := _norm_f64(place, a.size, length):
            raise exception(status)
        return length[0]
    return _reduce(abi.PAREXACT_OP_NORM, a, axis, out, keepdims, nan_policy)


# -- Dot products -----------------------------------------------------------------------------------


def dot(x: Any, y: Any) -> float:
    """Dot product of two vectors: the exact sum of the exact products, rounded once.

    ``RN(Σ x y)``

    Parameters
    ----------
    x, y : array_like of one dimension
        As many numbers in each; their types and strides may differ.

    Returns
    -------
    float
        0.0 for no values. NaN if a factor is NaN, for 0 times an infinity, and for infinite products of both
        signs.

    Raises
    ------
    TypeError
        If a type is not supported; the message says what to pass instead.
    ValueError
        If the lengths differ, or an array has not just one dimension: see `vdot`.

    Notes
    -----
    One pass at about the speed of memory, on all threads in force if the arrays are large.

    Examples
    --------
    >>> import parexact
    >>> parexact.dot([1e200, 1.0, -1e200], [1e200, 1.0, 1e200])
    1.0
    """
    x, y = as_array(x, "x"), as_array(y, "y")
    if x.ndim != 1 or y.ndim != 1:
        raise ValueError(
            f"dot is for arrays of one dimension, but x has {x.ndim} and y has {y.ndim}; "
            "for the sum of all products of two arrays of one shape use vdot"
        )
    return _dot(x, y)


def vdot(x: Any, y: Any) -> float:
    """Sum of all products of two arrays of one shape, rounded once: of matrices, the Frobenius inner
    product.

    ``RN(Σ x y)``

    Parameters
    ----------
    x, y : array_like
        Numbers; the shapes are equal, types and strides may differ.

    Returns
    -------
    float
        As for `dot`.

    Raises
    ------
    TypeError
        If a type is not supported; the message says what to pass instead.
    ValueError
        If the shapes differ. (`numpy.vdot` flattens both first.)

    Notes
    -----
    Cost as `dot`.

    Examples
    --------
    >>> import parexact
    >>> parexact.vdot([[1, 2], [3, 4]], [[5, 6], [7, 8]])
    70.0
    """
    return _dot(as_array(x, "x"), as_array(y, "y"))


def _dot(x: AnyArray, y: AnyArray) -> float:
    if x.shape != y.shape:
        raise ValueError(f"x and y must have the same shape, but these are {x.shape} and {y.shape}")
    result = _Double()
    if (
        x.size <= _SHORT_SIZE
        and x.dtype is _FLOAT64
        and y.dtype is _FLOAT64
        and (at_x := _pin(x)) is not None
        and (at_y := _pin(y)) is not None
    ):
        check(_dot_f64(at_x, at_y, x.size, result))
        return result[0]

    def call() -> None:
        check(abi.lib.parexact_dot(byref(view_of(x)), byref(view_of(y)), result))

    run(call, 2 * COST * x.size)
    return result[0]


# -- Everything in one pass -------------------------------------------------------------------------


def describe(
    a: Any, axis: Any = None, *, ddof: int = 0, nan_policy: str = "propagate", progress: bool = False
) -> Stats:
    """Count, sum, mean, variance, standard deviation, minimum and maximum, in one pass, each rounded once.

    Parameters
    ----------
    a, axis, nan_policy
        As for `sum`.
    ddof : int, optional
        As for `var`.
    progress : bool, optional
        Show a bar while it runs, if tqdm is installed, else a line that says how much is done.

    Returns
    -------
    Stats
        A named tuple with the fields ``count``, ``nan_count``, ``sum``, ``mean``, ``variance``, ``std``,
        ``min``, ``max``: numbers, or arrays if axes are left.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `var`.

    Notes
    -----
    Without an axis one pass at about the speed of memory, on all threads in force if `a` is large.

    Examples
    --------
    >>> import parexact
    >>> parexact.describe([1.0, 2.0, 4.0, float("nan")], nan_policy="omit")._asdict()["nan_count"]
    1
    >>> parexact.describe([2.0, 4.0])
    Stats(count=2, nan_count=0, sum=6.0, mean=3.0, variance=1.0, std=1.0, min=2.0, max=4.0)
    """
    if (
        axis is None
        and type(a) is _ndarray
        and a.dtype is _FLOAT64
        and type(ddof) is int
        and ddof == 0
        and nan_policy == "propagate"
        and not progress
        and a.size <= _SHORT_SIZE
        and (place := _pin(a)) is not None
    ):
        found = _StatsBytes()
        if status := _parallel_stats(place, a.size, found):
            raise exception(status)
        return Stats._make(_unpack_stats(found))
    policy = policy_of(nan_policy)
    ddof = ddof_of(ddof)
    array = as_array(a)
    axes = axes_of(axis, array.ndim)
    if len(axes) < array.ndim or (axis is not None and not axes):
        return _describe_along(array, axes, ddof, policy, progress)
    stats = _StatsBytes()

    def call() -> None:
        check(_lib_describe(byref(view_of(array)), ddof, policy, stats))

    run(call, COST * array.size, progress)
    return Stats._make(_unpack_stats(stats))


_lib_describe: Any = abi.lib["parexact_describe"]
_lib_describe.argtypes = [c_void_p, c_int64, c_int32, c_void_p]
_lib_describe.restype = c_int32

_FIELDS = (
    abi.PAREXACT_OP_SUM,
    abi.PAREXACT_OP_MEAN,
    abi.PAREXACT_OP_VAR,
    abi.PAREXACT_OP_STD,
    abi.PAREXACT_OP_MIN,
    abi.PAREXACT_OP_MAX,
)


def _describe_along(array: AnyArray, axes: tuple[int, ...], ddof: int, policy: int, progress: Any) -> Stats:
    """Return arrays of statistics, with one pass for each: no function of the library gives all of them."""
    shape = kept_shape(array, axes)
    fields = [np.empty(shape) for _ in _FIELDS]
    reduce_one: Callable[..., None] = _along if axes else _elementwise

    def call() -> None:
        for op, field in zip(_FIELDS, fields):
            reduce_one(op, array, axes, ddof, policy, field)

    run(call, len(_FIELDS) * COST * array.size, progress)
    nans = np.zeros(shape, np.int64)
    if policy != abi.PAREXACT_NAN_RAISE and array.dtype.kind == "f":
        nans[...] = _count_nans(array, axes).reshape(shape)
    count = np.full(shape, array.size // np.prod(shape, dtype=np.int64) if nans.size else 0, np.int64)
    if policy == abi.PAREXACT_NAN_OMIT:
        count -= nans
    if not shape:
        return Stats(int(count), int(nans), *map(float, fields))
    return Stats(count, nans, *fields)


def _count_nans(array: AnyArray, axes: tuple[int, ...]) -> AnyArray:
    """Count the NaNs along axes, which stay with length 1; in pieces, so that Ctrl-C is heard."""
    if array.size <= _PIECE:
        counts: AnyArray = np.isnan(array).sum(axis=axes, dtype=np.int64, keepdims=True)
        return counts
    longest = int(np.argmax(array.shape))
    parts = [_count_nans(part, axes) for part in np.array_split(array, 2, axis=longest)]
    return parts[0] + parts[1] if longest in axes else np.concatenate(parts, axis=longest)


# -- The workshop's job -----------------------------------------------------------------------------


def my_statistics(n: int, seed: int = 0, *, progress: bool = False) -> tuple[int, float, float]:
    """Draw standard normal numbers and return how many, their standard deviation and their variance: the
    workshop's job.

    The numbers are those of stream 0 of the seed. They are reduced as they are drawn, and never stored.

    Parameters
    ----------
    n : int
        How many, below 2**63.
    seed : int, optional
        0 to 2**64 - 1.
    progress : bool, optional
        Show a bar while it runs.

    Returns
    -------
    n : int
        As given.
    std, var : float
        Of the numbers drawn, with ``ddof=0``; each rounded once.

    Raises
    ------
    TypeError
        If `n` or `seed` is no integer.
    ValueError
        If one of them is out of its range.

    Notes
    -----
    One to two nanoseconds a number and thread, in constant memory. The results are the same bits for any
    number of threads.

    Examples
    --------
    >>> import parexact
    >>> n, std, var = parexact.my_statistics(1000)
    >>> n, round(std, 1)
    (1000, 1.0)
    """
    count, key = index(n), index(seed)
    if not 0 <= count <= _INT64_MAX:
        raise ValueError(f"n is an integer from 0 to 2**63 - 1, not {count}")
    if not 0 <= key <= _UINT64_MAX:
        raise ValueError(f"seed is an integer from 0 to 2**64 - 1, not {key}")
    stats = abi.parexact_stats()

    def call() -> None:
        check(abi.lib.my_statistics(c_uint64(count), c_uint64(key), byref(stats)))

    run(call, _COST_SAMPLE * count, progress)
    return count, stats.std, stats.variance
