"""Arguments that the functions share: axes, NaN policies, degrees of freedom, room for results."""

from __future__ import annotations

from operator import index
from typing import Any, NamedTuple

import numpy as np

from parexact import abi
from parexact._arrays import AnyArray

# NumPy before 1.25 has it at the top.
AxisError: Any = getattr(np, "exceptions", np).AxisError

_INT64_MAX = 2**63 - 1

_POLICIES = {
    "propagate": abi.PAREXACT_NAN_PROPAGATE,
    "omit": abi.PAREXACT_NAN_OMIT,
    "raise": abi.PAREXACT_NAN_RAISE,
}

#: Nanoseconds for one value, in the worst case: exponents over the whole range, or any strides.
COST = 3

FLOAT64 = np.dtype(np.float64)

#: NumPy 1 has 32 dimensions, NumPy 2 has 64, and the library 64.
_MAX_NDIM = 32 if np.__version__.startswith("1.") else 64


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


#: The fields of `Stats`, as the library writes them.
RECORD = np.dtype([(name, np.int64 if "count" in name else np.float64) for name in Stats._fields])


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
    """Return an array and axes that C reduces in the same way: there, no axes mean all of them."""
    if axes or array.ndim == 0:
        return array, axes
    # The elements lie along an axis of their own, of length 1.
    column = array[..., None] if array.ndim < _MAX_NDIM else array.reshape(-1, 1)
    return column, (column.ndim - 1,)


def check_out(out: Any, shape: tuple[int, ...]) -> None:
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be an array, not {type(out).__name__}")
    if out.dtype != FLOAT64:
        raise TypeError(f"out must be an array of float64, not of {out.dtype}")
    if out.shape != shape:
        raise ValueError(f"out has the shape {out.shape}, but the result has {shape}")
    if not out.flags.writeable:
        raise ValueError("out is read-only")


def result_shape(array: AnyArray, axes: tuple[int, ...], keepdims: Any) -> tuple[int, ...]:
    """Return the shape of the results of a reduction over axes."""
    if keepdims:
        return tuple(1 if i in axes else length for i, length in enumerate(array.shape))
    return kept_shape(array, axes)


def delivered(results: AnyArray, out: Any) -> Any:
    """Return results as callers get them: in `out` if they gave it, else a float if there is one alone."""
    if out is not None:
        out[...] = results
        return out
    return results if results.ndim else float(results)
