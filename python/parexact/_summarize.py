"""Results of summaries along axes, without keeping summaries: the call of C, and what surrounds it."""

from __future__ import annotations

from ctypes import byref, c_int32, c_int64, c_size_t, c_void_p
from typing import Any

import numpy as np

from parexact import abi
from parexact._arguments import (
    COST,
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
from parexact._errors import check_results
from parexact._run import run

#: The results of a state, which parexact_summarize gives with a mask.
STATE = 0
SHAPE, PAIR, WEIGHTED = (
    abi.PAREXACT_SUMMARY_SHAPE,
    abi.PAREXACT_SUMMARY_PAIR,
    abi.PAREXACT_SUMMARY_WEIGHTED,
)

#: Nanoseconds for one value, in the worst case.
COSTS = {STATE: COST, SHAPE: 16 * COST, PAIR: 8 * COST, WEIGHTED: 16 * COST}

_lib_summarize: Any = abi.lib["parexact_summarize"]
_lib_summarize.argtypes = [
    c_int32,
    c_int32,
    c_void_p,
    c_void_p,
    c_void_p,
    c_void_p,
    c_int32,
    c_int64,
    c_int32,
    c_void_p,
    c_size_t,
]
_lib_summarize.restype = c_int32


def summarized(
    kind: int,
    result: int,
    x: AnyArray,
    axes: tuple[int, ...],
    *,
    y: AnyArray | None = None,
    mask: AnyArray | None = None,
    ddof: int = 0,
    policy: int = abi.PAREXACT_NAN_PROPAGATE,
) -> AnyArray:
    """Return one result for each element of the axes that stay. The arrays have one shape."""
    results = np.empty(kept_shape(x, axes))
    columns, given = with_axes(x, axes)
    others = [None if other is None else with_axes(other, axes)[0] for other in (y, mask)]

    def call() -> None:
        second, where = (None if other is None else byref(view_of(other)) for other in others)
        status = _lib_summarize(
            kind,
            result,
            byref(view_of(columns)),
            second,
            where,
            (c_int32 * len(given))(*given),
            len(given),
            ddof,
            policy,
            results.ctypes.data,
            results.size,
        )
        check_results(status, results.shape)

    run(call, COSTS[kind] * x.size)
    return results


def reduce(
    kind: int,
    result: int,
    a: Any,
    axis: Any,
    *,
    weights: Any = None,
    where: Any = None,
    out: Any = None,
    keepdims: Any = False,
    nan_policy: Any = "propagate",
    ddof: Any = 0,
) -> Any:
    """Return one result for each element of the axes that stay, as the functions of the package do.

    Of weighted values, ZeroDivisionError is raised if the weights of a result that needs them add up to 0.
    """
    policy = policy_of(nan_policy)
    ddof = ddof_of(ddof)
    array = as_array(a)
    axes = axes_of(axis, array.ndim)
    mask = None if where is None else as_mask(where, array)
    y = None if weights is None else as_weights(weights, array, axis)
    shape = result_shape(array, axes, keepdims)
    if out is not None:
        check_out(out, shape)
    results = summarized(kind, result, array, axes, y=y, mask=mask, ddof=ddof, policy=policy)
    if y is not None and np.isnan(results).any():
        totals = sums_of_weights(array, y, axes, mask, policy)
        if not totals.all():
            raise ZeroDivisionError("the weights add up to 0")
    return delivered(results.reshape(shape), out)


def sums_of_weights(
    array: AnyArray, weights: AnyArray, axes: tuple[int, ...], mask: AnyArray | None, policy: int
) -> AnyArray:
    """Return the sum of weights of each result; the sum is 0 only if it is exactly 0."""
    result = abi.PAREXACT_RESULT_SUM_WEIGHTS
    return summarized(WEIGHTED, result, array, axes, y=weights, mask=mask, policy=policy)


def as_weights(weights: Any, array: AnyArray, axis: Any) -> AnyArray:
    """Return weights in the shape of an array: as given, or repeated along the axes that are not reduced."""
    given = as_array(weights, "weights")
    if given.shape == array.shape:
        return given
    if axis is None:
        raise TypeError(
            f"weights have the shape {given.shape} and a has {array.shape}; give the axis that they are for"
        )
    axes = axes_of(axis, array.ndim)
    lengths = tuple(array.shape[i] for i in axes)
    if given.shape != lengths:
        raise ValueError(
            f"weights have the shape {given.shape}; they must have that of a, {array.shape}, "
            f"or that of its reduced axes, {lengths}"
        )
    # The axes of the weights come into the order in which they are in the array.
    ordered = given.transpose(sorted(range(len(axes)), key=axes.__getitem__))
    index = tuple(slice(None) if i in axes else None for i in range(array.ndim))
    return np.broadcast_to(ordered[index], array.shape)
