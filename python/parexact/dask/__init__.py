"""The package's reductions for dask arrays: lazy, in pieces, and the same bits for any chunks.

    >>> import dask.array
    >>> import parexact.dask
    >>> x = dask.array.from_array([1e100, 1.0, -1e100, 2.0], chunks=1)
    >>> total = parexact.dask.sum(x)
    >>> float(total.compute())
    3.0

The functions have the names, arguments and results of the package's, and add `split_every`; `out` is
Dask's own affair. They return dask arrays of float64, `describe` a `parexact.Stats` of them. What can
be refused without looking at values is refused at once, the rest when Dask computes: masked values,
blocks of another kind than the array says, and NaNs with ``nan_policy="raise"``, a ValueError.

Between tasks travel the values themselves, as long as they are fewer than 256 doubles a result, and
states of 2 KiB a result from there on. So a task holds up to `split_every` blocks of values or
states: by default 16 where all blocks are that short, and else what Dask has for default. Reducing many
short blocks to a large result, such as one map for each day to a map, takes memory for that; blocks that
hold all values of their results, as ``a.rechunk({0: -1})`` makes them for axis 0, need no states.

Tasks use the threads that are in force where they run. Under Dask's threaded scheduler the calling
tasks share the library's threads. The workers of `distributed.LocalCluster` and of ``dask worker``
have ``OMP_NUM_THREADS=1`` from their nannies, which the library takes as an order: one thread a task.
"""

from __future__ import annotations

from typing import Any

try:
    import dask.array
except ImportError as error:
    raise ImportError("parexact.dask needs Dask's arrays: pip install 'dask[array]'") from error

from parexact._arguments import Stats
from parexact.dask._graph import reduce as _reduce
from parexact.dask._random import random

__all__ = ["describe", "mean", "norm", "random", "std", "var"]


def sum(
    a: Any,
    axis: Any = None,
    *,
    keepdims: bool = False,
    nan_policy: str = "propagate",
    split_every: Any = None,
) -> dask.array.Array:
    """Sum of the values: the exact real sum, rounded once; see `parexact.sum`.

    Parameters
    ----------
    a : dask.array.Array
        Numbers or booleans. Chunks of any shape, of unknown sizes and empty ones, too.
    axis, keepdims, nan_policy
        As for `parexact.sum`.
    split_every : int or dict of int, optional
        How many pieces a task merges, at least 2, or how many along each axis; as for `dask.array.reduction`.

    Returns
    -------
    dask.array.Array of float64
        To be computed; the bits depend on neither the chunks nor `split_every`.

    Raises
    ------
    TypeError
        If `a` is no dask array, or its type is not supported; the message says what to pass instead.
    ValueError
        For an axis given twice, an unknown policy, and a `split_every` below 2.
    numpy.exceptions.AxisError
        For an axis that `a` does not have.

    Examples
    --------
    >>> import dask.array
    >>> import parexact.dask
    >>> x = dask.array.ones((6, 4), chunks=(2, 3))
    >>> parexact.dask.sum(x, axis=0).compute()
    array([6., 6., 6., 6.])
    """
    return _reduce("sum", a, axis, keepdims, nan_policy, split_every)


def mean(
    a: Any,
    axis: Any = None,
    *,
    keepdims: bool = False,
    nan_policy: str = "propagate",
    split_every: Any = None,
) -> dask.array.Array:
    """Arithmetic mean, rounded once; see `parexact.mean`, and `sum` for the arguments.

    Examples
    --------
    >>> import dask.array
    >>> import parexact.dask
    >>> float(parexact.dask.mean(dask.array.from_array([1e308, 1.7e308], chunks=1)).compute())
    1.35e+308
    """
    return _reduce("mean", a, axis, keepdims, nan_policy, split_every)


def min(
    a: Any,
    axis: Any = None,
    *,
    keepdims: bool = False,
    nan_policy: str = "propagate",
    split_every: Any = None,
) -> dask.array.Array:
    """Minimum, NaN for nothing; see `parexact.min`, and `sum` for the arguments.

    Examples
    --------
    >>> import dask.array
    >>> import parexact.dask
    >>> parexact.dask.min(dask.array.arange(12, chunks=5).reshape(3, 4), axis=1).compute()
    array([0., 4., 8.])
    """
    return _reduce("min", a, axis, keepdims, nan_policy, split_every)


def max(
    a: Any,
    axis: Any = None,
    *,
    keepdims: bool = False,
    nan_policy: str = "propagate",
    split_every: Any = None,
) -> dask.array.Array:
    """Maximum, NaN for nothing; see `parexact.max`, and `sum` for the arguments.

    Examples
    --------
    >>> import dask.array
    >>> import parexact.dask
    >>> float(parexact.dask.max(dask.array.arange(12, chunks=5)).compute())
    11.0
    """
    return _reduce("max", a, axis, keepdims, nan_policy, split_every)


def var(
    a: Any,
    axis: Any = None,
    *,
    ddof: int = 0,
    keepdims: bool = False,
    nan_policy: str = "propagate",
    split_every: Any = None,
) -> dask.array.Array:
    """Variance of the exact deviations from the exact mean, rounded once; see `parexact.var`, and `sum` for
    the arguments.

    Examples
    --------
    >>> import dask.array
    >>> import parexact.dask
    >>> x = dask.array.from_array([0.1, 0.1, 0.1], chunks=2)
    >>> float(parexact.dask.var(x).compute())
    0.0
    """
    return _reduce("var", a, axis, keepdims, nan_policy, split_every, ddof=ddof)


def std(
    a: Any,
    axis: Any = None,
    *,
    ddof: int = 0,
    keepdims: bool = False,
    nan_policy: str = "propagate",
    split_every: Any = None,
) -> dask.array.Array:
    """Standard deviation: the root of the exact variance, rounded once; see `parexact.std`, and `sum` for
    the arguments.

    Examples
    --------
    >>> import dask.array
    >>> import parexact.dask
    >>> float(parexact.dask.std(dask.array.from_array([1.0, 3.0], chunks=1)).compute())
    1.0
    """
    return _reduce("std", a, axis, keepdims, nan_policy, split_every, ddof=ddof)


def norm(
    a: Any,
    *,
    axis: Any = None,
    keepdims: bool = False,
    nan_policy: str = "propagate",
    split_every: Any = None,
) -> dask.array.Array:
    """Euclidean norm, rounded once; see `parexact.norm`, and `sum` for the arguments.

    Examples
    --------
    >>> import dask.array
    >>> import parexact.dask
    >>> float(parexact.dask.norm(dask.array.from_array([3e300, 4e300], chunks=1)).compute())
    5e+300
    """
    return _reduce("norm", a, axis, keepdims, nan_policy, split_every)


def describe(
    a: Any,
    axis: Any = None,
    *,
    ddof: int = 0,
    keepdims: bool = False,
    nan_policy: str = "propagate",
    split_every: Any = None,
) -> Stats:
    """Count, sum, mean, variance, standard deviation, minimum and maximum, each rounded once; see
    `parexact.describe`, and `sum` for the arguments.

    Returns
    -------
    parexact.Stats
        Its fields are dask arrays. `dask.compute` computes them together, in one pass over the data.

    Examples
    --------
    >>> import dask
    >>> import dask.array
    >>> import parexact.dask
    >>> (stats,) = dask.compute(parexact.dask.describe(dask.array.arange(10, chunks=4)))
    >>> int(stats.count), float(stats.mean), float(stats.max)
    (10, 4.5, 9.0)
    """
    records = _reduce("describe", a, axis, keepdims, nan_policy, split_every, ddof=ddof)
    return Stats(*(records[name] for name in Stats._fields))
