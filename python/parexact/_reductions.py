"""Reductions of arrays: sums, means, variances, extremes and norms, each rounded once."""

from __future__ import annotations

from ctypes import byref, c_char, c_double, c_int32, c_int64, c_size_t, c_uint64, c_void_p
from operator import index
from struct import Struct
from typing import Any

import numpy as np

from parexact import abi
from parexact._arguments import (
    COST,
    FLOAT64,
    RECORD,
    Stats,
    axes_of,
    check_out,
    ddof_of,
    delivered,
    kept_shape,
    policy_of,
    result_shape,
    with_axes,
)
from parexact._arrays import AnyArray, as_array, as_mask
from parexact._arrays import describe as view_of
from parexact._errors import check, check_results, exception
from parexact._run import run
from parexact._summarize import STATE, WEIGHTED, reduce, summarized

_INT64_MAX = 2**63 - 1
_UINT64_MAX = 2**64 - 1

#: Nanoseconds for one sample of `my_statistics` on one thread, without AVX-512.
_COST_SAMPLE = 4
#: So many values are reduced within a millisecond.
SHORT_SIZE = 2**18
#: Up to here all statistics together cost less than the description of an array that asks for one of them.
_SMALL_SIZE = 2**12


# -- The fast path: all of a float64 array that lies contiguously -----------------------------------
#
# A ctypes array of no characters, made from the buffer of an array, gives its address three times faster than
# `array.ctypes.data`. It exists only for memory that is writable and C-contiguous, which needs no further
# look then.

_Pin: Any = c_char * 0
Double = c_double * 1
_StatsBytes = c_char * 64
_unpack_stats = Struct("=QQdddddd").unpack
_ndarray = np.ndarray


def plain_function(name: str, count: int) -> Any:
    """Return a C function of `count` pointers to doubles, a size and a pointer to the result."""
    function = abi.lib[name]
    function.argtypes = [c_void_p] * count + [c_size_t, c_void_p]
    function.restype = c_int32
    return function


_sum_f64 = plain_function("parexact_sum_f64", 1)
_norm_f64 = plain_function("parexact_norm_f64", 1)
_parallel_stats = plain_function("parallel_stats", 1)


def pin(a: Any) -> Any:
    """Return what stands for the address of an array, and keeps it in place, or None."""
    try:
        return _Pin.from_buffer(a)
    except (TypeError, ValueError, BufferError):
        return None


def _small(field: int, a: AnyArray) -> Any:
    """Return one of the statistics of a small array, or None if it is not small, or has no fast path."""
    if a.dtype is not FLOAT64 or a.size > _SMALL_SIZE or (place := pin(a)) is None:
        return None
    found = _StatsBytes()
    if status := _parallel_stats(place, a.size, found):
        raise exception(status)
    return _unpack_stats(found)[field]


# -- Reductions along axes --------------------------------------------------------------------------


def _reduce(
    op: int, a: Any, axis: Any, out: Any, keepdims: Any, where: Any, nan_policy: Any, ddof: Any = 0
) -> Any:
    """Return one result for each element of the axes that stay."""
    policy = policy_of(nan_policy)
    ddof = ddof_of(ddof)
    array = as_array(a)
    if axis is None and out is None and where is None and not keepdims:
        return _reduce_all(op, array, ddof, policy)
    axes = axes_of(axis, array.ndim)
    shape = result_shape(array, axes, keepdims)
    if out is not None:
        check_out(out, shape)
    # An axis of () reduces nothing, even of an array of no dimensions.
    elementwise = axis is not None and not axes
    if where is not None:
        mask = as_mask(where, array)
        results = _selected(op, array, axes, mask, ddof, policy, elementwise).reshape(shape)
    else:
        results = np.empty(shape)
        call = _elementwise if elementwise else _along
        run(lambda: call(op, array, axes, ddof, policy, results), COST * array.size)
    return delivered(results, out)


def _selected(
    op: int,
    array: AnyArray,
    axes: tuple[int, ...],
    mask: AnyArray,
    ddof: int,
    policy: int,
    elementwise: bool,
) -> AnyArray:
    """Return the results of those values that a mask selects."""
    copied = elementwise and op in _COPIED and policy != abi.PAREXACT_NAN_OMIT
    # The results of a state have the order of the operations.
    result = abi.PAREXACT_RESULT_SUM + (abi.PAREXACT_OP_MIN if copied else op)
    results = summarized(STATE, result, array, axes, mask=mask, ddof=ddof, policy=policy)
    if copied and op == abi.PAREXACT_OP_SUM:
        # The minimum of no value is NaN.
        results[~mask] = 0.0
    return results


def _weighted(
    result: int,
    a: Any,
    axis: Any,
    weights: Any,
    where: Any,
    out: Any,
    keepdims: Any,
    nan_policy: Any,
    ddof: Any = 0,
) -> Any:
    """Return one result of weighted values for each element of the axes that stay."""
    return reduce(
        WEIGHTED,
        result,
        a,
        axis,
        weights=weights,
        where=where,
        out=out,
        keepdims=keepdims,
        nan_policy=nan_policy,
        ddof=ddof,
    )


def _reduce_all(op: int, array: AnyArray, ddof: int, policy: int) -> float:
    """Return one result for all of an array."""
    result = Double()

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
    check_results(status, results.shape)


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


def sum(
    a: Any,
    axis: Any = None,
    *,
    out: AnyArray | None = None,
    keepdims: bool = False,
    where: Any = None,
    nan_policy: str = "propagate",
    exact: bool = False,
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
    where : array_like of bool, optional
        Which values to sum: booleans that broadcast to the shape of `a`. All by default.
    nan_policy : {'propagate', 'omit', 'raise'}, optional
        NaN in, NaN out; or NaNs are skipped; or a NaN is a ValueError.
    exact : bool, optional
        Return the sum of all of `a` without any rounding: an int if `a` has integers or booleans, else a
        `fractions.Fraction`.

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
        For an axis given twice, an `out` of another shape, a `where` that does not broadcast to the shape of
        `a`, and a NaN with ``nan_policy="raise"``. With `exact` for an axis, `out` or `keepdims`, and for
        values that are not finite, but NaNs with ``nan_policy="omit"``.
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
    >>> parexact.sum([[1, 2], [3, 4]], where=[[True], [False]])
    3.0
    >>> parexact.sum([0.1, 0.1, 0.1], exact=True)
    Fraction(10808639105689191, 36028797018963968)
    >>> parexact.sum([2**62, 2**62 - 1], exact=True)
    9223372036854775807
    """
    if (
        axis is None
        and out is None
        and type(a) is _ndarray
        and a.dtype is FLOAT64
        and not keepdims
        and where is None
        and not exact
        and nan_policy == "propagate"
        and a.size <= SHORT_SIZE
        and (place := pin(a)) is not None
    ):
        total = Double()
        if status := _sum_f64(place, a.size, total):
            raise exception(status)
        return total[0]
    if exact:
        if axis is not None or out is not None or keepdims:
            raise ValueError(
                "exact sums are of all values: neither axis, out nor keepdims go with exact=True"
            )
        return _exact_sum(as_array(a), where, nan_policy)
    return _reduce(abi.PAREXACT_OP_SUM, a, axis, out, keepdims, where, nan_policy)


def _exact_sum(array: AnyArray, where: Any, nan_policy: Any) -> Any:
    """Return the sum as an integer or as a fraction."""
    # States use what is in this module.
    from parexact._state import State

    state = State().update(array, where=where)
    if policy_of(nan_policy) == abi.PAREXACT_NAN_OMIT:
        state._drop_nans()
    nans, infinities = state._not_finite()
    if nans or infinities:
        raise ValueError(
            f"there is no exact sum, as {nans} of the values are NaN and {infinities} are infinite"
        )
    total = state.exact_sum()
    return total.numerator if array.dtype.kind in "iub" else total


def mean(
    a: Any,
    axis: Any = None,
    *,
    out: AnyArray | None = None,
    keepdims: bool = False,
    where: Any = None,
    weights: Any = None,
    nan_policy: str = "propagate",
) -> Any:
    """Arithmetic mean: the exact sum divided by the number of values, rounded once.

    ``RN(Σ a / n)``

    Parameters
    ----------
    a, axis, out, keepdims, where, nan_policy
        As for `sum`.
    weights : array_like, optional
        A number for each value, of either sign, for ``RN(Σ w a / Σ w)``: an array of the shape of `a`, or
        one of the shape of the axes that are reduced. See `average` and `Weighted`.

    Returns
    -------
    float or ndarray of float64
        A float if no axes are left. The mean of nothing is NaN. The sum does not overflow on the way.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `sum`; also for weights of another shape.
    ZeroDivisionError
        If weights are given, and those of a result add up to exactly 0.

    Notes
    -----
    Cost as `sum`.

    Examples
    --------
    >>> import parexact
    >>> parexact.mean([1e308, 1.7e308])
    1.35e+308
    >>> parexact.mean([1.0, 4.0], weights=[2, 1])
    2.0
    """
    if (
        axis is None
        and out is None
        and type(a) is _ndarray
        and not keepdims
        and where is None
        and weights is None
        and nan_policy == "propagate"
        and (result := _small(3, a)) is not None
    ):
        return result
    if weights is not None:
        return _weighted(abi.PAREXACT_RESULT_MEAN, a, axis, weights, where, out, keepdims, nan_policy)
    return _reduce(abi.PAREXACT_OP_MEAN, a, axis, out, keepdims, where, nan_policy)


def min(
    a: Any,
    axis: Any = None,
    *,
    out: AnyArray | None = None,
    keepdims: bool = False,
    where: Any = None,
    nan_policy: str = "propagate",
) -> Any:
    """Minimum; -0.0 is below +0.0, and integers of 64 bits are rounded to the nearest double.

    Parameters
    ----------
    a, axis, out, keepdims, where, nan_policy
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
        and where is None
        and nan_policy == "propagate"
        and (result := _small(6, a)) is not None
    ):
        return result
    return _reduce(abi.PAREXACT_OP_MIN, a, axis, out, keepdims, where, nan_policy)


def max(
    a: Any,
    axis: Any = None,
    *,
    out: AnyArray | None = None,
    keepdims: bool = False,
    where: Any = None,
    nan_policy: str = "propagate",
) -> Any:
    """Maximum; +0.0 is above -0.0, and integers of 64 bits are rounded to the nearest double.

    Parameters
    ----------
    a, axis, out, keepdims, where, nan_policy
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
        and where is None
        and nan_policy == "propagate"
        and (result := _small(7, a)) is not None
    ):
        return result
    return _reduce(abi.PAREXACT_OP_MAX, a, axis, out, keepdims, where, nan_policy)


def var(
    a: Any,
    axis: Any = None,
    *,
    ddof: int = 0,
    out: AnyArray | None = None,
    keepdims: bool = False,
    where: Any = None,
    weights: Any = None,
    nan_policy: str = "propagate",
) -> Any:
    """Variance: of the exact deviations from the exact mean, rounded once.

    ``RN((n Σ a² - (Σ a)²) / (n (n - ddof)))``

    Parameters
    ----------
    a, axis, out, keepdims, where, nan_policy
        As for `sum`. With the empty tuple as axis each element is a set of its own, of variance 0.
    ddof : int, optional
        0 for the variance of a population, as in NumPy; 1 for the unbiased estimate from a sample.
    weights : array_like, optional
        As for `mean`; how often each value is there: ``RN((Σw Σwa² - (Σwa)²) / (Σw (Σw - ddof)))``. For
        weights that tell how reliable a value is see `Weighted`.

    Returns
    -------
    float or ndarray of float64
        A float if no axes are left. NaN if there are not more than `ddof` values, or infinities; with
        weights if these do not add up to more than a positive `ddof`.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `sum`; TypeError also for a `ddof` that is no integer, ValueError for a negative one.
    ZeroDivisionError
        If weights are given, and those of a result add up to exactly 0.

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
        and where is None
        and weights is None
        and nan_policy == "propagate"
        and type(ddof) is int
        and ddof == 0
        and (result := _small(4, a)) is not None
    ):
        return result
    if weights is not None:
        return _weighted(
            abi.PAREXACT_RESULT_VARIANCE, a, axis, weights, where, out, keepdims, nan_policy, ddof
        )
    return _reduce(abi.PAREXACT_OP_VAR, a, axis, out, keepdims, where, nan_policy, ddof)


def std(
    a: Any,
    axis: Any = None,
    *,
    ddof: int = 0,
    out: AnyArray | None = None,
    keepdims: bool = False,
    where: Any = None,
    weights: Any = None,
    nan_policy: str = "propagate",
) -> Any:
    """Standard deviation: the root of the exact variance, rounded once.

    ``RN(√((n Σ a² - (Σ a)²) / (n (n - ddof))))``

    Parameters
    ----------
    a, axis, ddof, out, keepdims, where, weights, nan_policy
        As for `var`.

    Returns
    -------
    float or ndarray of float64
        A float if no axes are left. NaN where the variance is.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError, ZeroDivisionError
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
        and where is None
        and weights is None
        and nan_policy == "propagate"
        and type(ddof) is int
        and ddof == 0
        and (result := _small(5, a)) is not None
    ):
        return result
    if weights is not None:
        return _weighted(abi.PAREXACT_RESULT_STD, a, axis, weights, where, out, keepdims, nan_policy, ddof)
    return _reduce(abi.PAREXACT_OP_STD, a, axis, out, keepdims, where, nan_policy, ddof)


def norm(
    a: Any,
    *,
    axis: Any = None,
    out: AnyArray | None = None,
    keepdims: bool = False,
    where: Any = None,
    nan_policy: str = "propagate",
) -> Any:
    """Euclidean norm: the root of the exact sum of squares, rounded once.

    ``RN(√Σ a²)``

    The second argument of `numpy.linalg.norm` is the order of the norm; here there is none, and the axis is a
    keyword.

    Parameters
    ----------
    a, axis, out, keepdims, where, nan_policy
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
        and a.dtype is FLOAT64
        and not keepdims
        and where is None
        and nan_policy == "propagate"
        and a.size <= SHORT_SIZE
        and (place := pin(a)) is not None
    ):
        length = Double()
        if status := _norm_f64(place, a.size, length):
            raise exception(status)
        return length[0]
    return _reduce(abi.PAREXACT_OP_NORM, a, axis, out, keepdims, where, nan_policy)


# -- Everything in one pass -------------------------------------------------------------------------


def describe(
    a: Any,
    axis: Any = None,
    *,
    ddof: int = 0,
    where: Any = None,
    nan_policy: str = "propagate",
    progress: bool = False,
) -> Stats:
    """Count, sum, mean, variance, standard deviation, minimum and maximum, in one pass, each rounded once.

    Parameters
    ----------
    a, axis, where, nan_policy
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
    One pass at about the speed of memory, on all threads in force if `a` is large.

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
        and a.dtype is FLOAT64
        and type(ddof) is int
        and ddof == 0
        and where is None
        and nan_policy == "propagate"
        and not progress
        and a.size <= SHORT_SIZE
        and (place := pin(a)) is not None
    ):
        found = _StatsBytes()
        if status := _parallel_stats(place, a.size, found):
            raise exception(status)
        return Stats._make(_unpack_stats(found))
    policy = policy_of(nan_policy)
    ddof = ddof_of(ddof)
    array = as_array(a)
    axes = axes_of(axis, array.ndim)
    if where is not None or len(axes) < array.ndim or (axis is not None and not axes):
        mask = None if where is None else as_mask(where, array)
        return _describe_along(array, axes, mask, ddof, policy, progress)
    stats = _StatsBytes()

    def call() -> None:
        check(_lib_describe(byref(view_of(array)), ddof, policy, stats))

    run(call, COST * array.size, progress)
    return Stats._make(_unpack_stats(stats))


_lib_describe: Any = abi.lib["parexact_describe"]
_lib_describe.argtypes = [c_void_p, c_int64, c_int32, c_void_p]
_lib_describe.restype = c_int32

_lib_describe_axes: Any = abi.lib["parexact_describe_axes"]
_lib_describe_axes.argtypes = [
    c_void_p,
    c_void_p,
    c_void_p,
    c_int32,
    c_int64,
    c_int32,
    c_void_p,
    c_size_t,
]
_lib_describe_axes.restype = c_int32


def _describe_along(
    array: AnyArray, axes: tuple[int, ...], mask: AnyArray | None, ddof: int, policy: int, progress: Any
) -> Stats:
    """Return arrays of statistics, or numbers if no axes are left."""
    records = np.empty(kept_shape(array, axes), RECORD)
    columns, given = with_axes(array, axes)
    selected = None if mask is None else with_axes(mask, axes)[0]

    def call() -> None:
        status = _lib_describe_axes(
            byref(view_of(columns)),
            None if selected is None else byref(view_of(selected)),
            (c_int32 * len(given))(*given),
            len(given),
            ddof,
            policy,
            records.ctypes.data,
            records.size,
        )
        check_results(status, records.shape)

    run(call, COST * array.size, progress)
    if not records.shape:
        return Stats._make(records.item())
    return Stats._make(np.ascontiguousarray(records[name]) for name in Stats._fields)


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
