"""Statistics of whole dask arrays by summaries: one for each block, merged by several at a time."""

from __future__ import annotations

import math
from functools import partial
from typing import Any, Callable

import dask.array
import numpy as np
from dask.delayed import delayed as _delayed

from parexact._arguments import axes_of
from parexact._arrays import AnyArray
from parexact._statistics import average as _average
from parexact._summaries import Summary, Weighted
from parexact.dask._graph import at_least_2, checked
from parexact.dask._pieces import block_array

# Most of Dask has no types.
da: Any = dask.array
delayed: Any = _delayed

#: How many summaries of 6 KiB a task merges.
_FAN_IN = 16


def whole(
    kind: type[Summary],
    arrays: tuple[Any, ...],
    finish: Callable[[Any], Any],
    split_every: Any,
    shape: tuple[int, ...] = (),
) -> Any:
    """Return what `finish` makes of the summary of all values, as a dask array of a shape."""
    fan_in = _FAN_IN if split_every is None else at_least_2(split_every)
    blocks = zip(*(array.to_delayed().ravel() for array in arrays))
    pieces = [delayed(_start, pure=True)(kind, *block) for block in blocks]
    while len(pieces) > 1:
        groups = [pieces[i : i + fan_in] for i in range(0, len(pieces), fan_in)]
        pieces = [delayed(sum, pure=True)(group) for group in groups]
    return da.from_delayed(delayed(finish, pure=True)(pieces[0]), shape, meta=np.empty((0,) * len(shape)))


def _start(kind: Any, *blocks: Any) -> Any:
    """Return the summary of a block, or of two blocks that lie at the same place."""
    return kind(*map(block_array, blocks))


def beside(x: Any, y: Any, names: tuple[str, str], what: str) -> tuple[Any, Any]:
    """Return two dask arrays of one shape, in the chunks of the first."""
    first, second = (checked(each, what, name) for each, name in zip((x, y), names))
    lengths = list(zip(first.shape, second.shape))
    known = [(m, n) for m, n in lengths if not (math.isnan(m) or math.isnan(n))]
    if first.ndim != second.ndim or any(m != n for m, n in known):
        shapes = f"{first.shape} and {second.shape}"
        raise ValueError(f"{names[0]} and {names[1]} must have the same shape, but these are {shapes}")
    if len(known) == len(lengths):
        return first, second.rechunk(first.chunks)
    if first.numblocks != second.numblocks:
        raise ValueError(
            f"{names[0]} and {names[1]} have chunks of unknown sizes, and not equally many of them; "
            "a.compute_chunk_sizes() finds out the sizes"
        )
    return first, second


def together(array: Any, axes: tuple[int, ...]) -> Any:
    """Return an array of which each block has all values along some axes."""
    return array.rechunk(dict.fromkeys(axes, -1))


def averages(a: Any, weights: Any, axis: Any, keepdims: bool, nan_policy: str, split_every: Any) -> Any:
    """Return weighted means; along some of the axes from blocks that have all values along them."""
    array, second = beside(a, weights, ("a", "weights"), "average")
    axes = tuple(sorted(axes_of(axis, array.ndim)))
    if len(axes) == array.ndim and (axes or axis is None):
        mean = whole(Weighted, (array, second), partial(_weighted_mean, nan_policy=nan_policy), split_every)
        return mean.reshape((1,) * array.ndim) if keepdims else mean
    lazy = da.map_blocks(
        _averages,
        together(array, axes),
        together(second, axes),
        axes=axes,
        nan_policy=nan_policy,
        chunks=tuple((1,) if i in axes else sizes for i, sizes in enumerate(array.chunks)),
        dtype=np.float64,
        meta=np.empty((0,) * array.ndim),
        name=None,
        token="parexact-average",
    )
    return lazy if keepdims else lazy.squeeze(axes)


def _averages(block: Any, weights: Any, axes: tuple[int, ...], nan_policy: str) -> AnyArray:
    values = block_array(block), block_array(weights)
    return np.asarray(_average(values[0], axes, values[1], keepdims=True, nan_policy=nan_policy))


def _weighted_mean(summary: Weighted, nan_policy: str) -> Any:
    if summary.sum_weights(nan_policy=nan_policy) == 0:
        raise ZeroDivisionError("the weights add up to 0")
    return np.float64(summary.mean(nan_policy=nan_policy))
