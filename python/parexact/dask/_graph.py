"""Reductions as graphs of tasks: arguments are checked now, values are looked at when Dask computes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from operator import index
from typing import Any

import dask
import dask.array
import numpy as np

from parexact._arguments import RECORD, axes_of, ddof_of, policy_of
from parexact._arrays import as_array
from parexact.dask import _pieces

# Most of Dask has no types.
da: Any = dask.array

_FLOAT64 = np.dtype(np.float64)
_SHORT_FAN_IN = 16


def reduce(
    what: str, a: Any, axis: Any, keepdims: bool, nan_policy: str, split_every: Any, **others: Any
) -> dask.array.Array:
    """Return the results of a reduction of the package, by its name, as a dask array."""
    policy_of(nan_policy)
    options: dict[str, Any] = {
        **{name: ddof_of(value) if name == "ddof" else value for name, value in others.items()},
        "nan_policy": nan_policy,
    }
    array = checked(a, what)
    axes = tuple(sorted(axes_of(axis, array.ndim)))
    fan_in = _short_fan_in(array, axes) if split_every is None else _fan_in(split_every, array.ndim)
    dtype = RECORD if what == "describe" else _FLOAT64
    if axis is not None and not axes:
        lazy: dask.array.Array = array.map_blocks(
            _pieces.elementwise,
            what=what,
            **options,
            name=None,
            token=f"parexact-{what}",
            dtype=dtype,
            meta=np.empty((0,) * array.ndim, dtype),
        )
        return lazy
    if array.ndim == 0:
        array, axes, keepdims = array.reshape(1), (0,), False
    whole = all(array.numblocks[i] == 1 for i in axes)
    lazy = da.reduction(
        array,
        chunk=partial(_pieces.start, whole=whole, declared=array.dtype),
        combine=_pieces.combine,
        aggregate=partial(_pieces.finish, what=what, **options),
        axis=axes,
        keepdims=bool(keepdims),
        dtype=dtype,
        split_every=fan_in,
        concatenate=False,
        name=f"parexact-{what}",
        meta=np.empty((0,) * (array.ndim if keepdims else array.ndim - len(axes)), dtype),
    )
    return lazy


def checked(a: Any, what: str, name: str = "a") -> Any:
    """Return `a`, an argument of this name, if it is a dask array of what the library takes, as far as can be
    told by now."""
    if not isinstance(a, dask.array.Array):
        if isinstance(getattr(a, "data", None), dask.array.Array):
            advice = f"pass {name}.data"
        elif hasattr(a, "to_dask_array"):
            advice = f"pass {name}.to_dask_array()"
        else:
            advice = f"pass dask.array.from_array({name}), or {name} to parexact.{what}"
        raise TypeError(f"{name} is a {type(a).__name__}, not a dask array; {advice}")
    if not isinstance(a._meta, np.ndarray):
        raise TypeError(_pieces.not_numpy(type(a._meta)))
    # An empty array has the type alone.
    as_array(np.empty(0, a.dtype), name)
    return a


def _short_fan_in(array: Any, axes: tuple[int, ...]) -> int | None:
    """Return how many pieces to merge at a time if all blocks are so short that their values travel.

    Making a state costs as much as some 500 values, so that many values had better be joined before;
    Dask merges 4 by default. None leaves the choice to Dask: for other blocks, for those of unknown
    length, and where the user has configured it.
    """
    nbytes = math.prod(max(array.chunks[i]) for i in axes) * array.dtype.itemsize
    if nbytes <= _pieces.STATE.itemsize and dask.config.get("split_every", None) is None:
        return _SHORT_FAN_IN
    return None


def _fan_in(split_every: Any, ndim: int) -> Any:
    """Return `split_every` with integers from 2 on, and axes from 0 on; Dask would ignore what it does not
    know, and leave pieces apart below 2."""
    if isinstance(split_every, Mapping):
        return {axes_of(axis, ndim)[0]: at_least_2(n) for axis, n in split_every.items()}
    return at_least_2(split_every)


def at_least_2(split_every: Any) -> int:
    """Return how many pieces a task merges."""
    number = index(split_every)
    if number < 2:
        raise ValueError(f"split_every is how many pieces are merged at a time, at least 2, not {number}")
    return number
