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

from functools import partial as _partial
from typing import Any

try:
    import dask.array
except ImportError as error:
    raise ImportError("parexact.dask needs Dask's arrays: pip install 'dask[array]'") from error

import numpy as _np

from parexact._arguments import Stats
from parexact._arguments import axes_of as _axes_of
from parexact._arguments import ddof_of as _ddof_of
from parexact._arguments import policy_of as _policy_of
from parexact._statistics import correlations as _correlations
from parexact._statistics import covariances as _covariances
from parexact._summaries import Pair as _Pair
from parexact._summaries import Shape as _Shape
from parexact.dask import _summaries
from parexact.dask._graph import checked as _checked
from parexact.dask._graph import reduce as _reduce
from parexact.dask._random import random

__all__ = [
    "average",
    "corrcoef",
    "cov",
    "describe",
    "dot",
    "kurtosis",
    "mean",
    "norm",
    "random",
    "skew",
    "std",
    "var",
    "vdot",
]


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


def skew(
    a: Any,
    axis: Any = None,
    *,
    bias: bool = True,
    keepdims: bool = False,
    nan_policy: str = "propagate",
    split_every: Any = None,
) -> dask.array.Array:
    """Skewness, rounded once; see `parexact.skew`, and `sum` for the arguments.

    Between the tasks for a whole array travels a `parexact.Shape` for each block. Along some of the axes all
    values of a result must be in one block: others are put together by ``a.rechunk``.

    Examples
    --------
    >>> import dask.array
    >>> import parexact
    >>> import parexact.dask
    >>> x = dask.array.from_array([1.0, 2.0, 6.0], chunks=1)
    >>> float(parexact.dask.skew(x).compute()) == parexact.skew([1.0, 2.0, 6.0])
    True
    """
    lazy: dask.array.Array = _shaped("skew", a, axis, bias, keepdims, nan_policy, split_every)
    return lazy


def kurtosis(
    a: Any,
    axis: Any = None,
    *,
    bias: bool = True,
    keepdims: bool = False,
    nan_policy: str = "propagate",
    split_every: Any = None,
) -> dask.array.Array:
    """Excess kurtosis, rounded once; see `parexact.kurtosis`, `sum` for the arguments, and `skew`.

    Examples
    --------
    >>> import dask.array
    >>> import parexact.dask
    >>> float(parexact.dask.kurtosis(dask.array.from_array([1.0, 2.0, 3.0], chunks=2)).compute())
    -1.5
    """
    lazy: dask.array.Array = _shaped("kurtosis", a, axis, bias, keepdims, nan_policy, split_every)
    return lazy


def _shaped(
    what: str, a: Any, axis: Any, bias: bool, keepdims: bool, nan_policy: str, split_every: Any
) -> Any:
    """Return skewnesses or kurtoses."""
    _policy_of(nan_policy)
    array = _checked(a, what)
    axes = _axes_of(axis, array.ndim)
    if axes and len(axes) == array.ndim:
        method = {"skew": "skewness"}.get(what, what)
        finish = _partial(_shape_result, method=method, bias=bias, nan_policy=nan_policy)
        result = _summaries.whole(_Shape, (array,), finish, split_every)
        return result.reshape((1,) * array.ndim) if keepdims else result
    if axes:
        array = _summaries.together(array, axes)
    return _reduce(what, array, axis, keepdims, nan_policy, split_every, bias=bias)


def _shape_result(shape: _Shape, method: str, bias: bool, nan_policy: str) -> Any:
    return _np.float64(getattr(shape, method)(bias=bias, nan_policy=nan_policy))


def average(
    a: Any,
    axis: Any = None,
    weights: Any = None,
    *,
    keepdims: bool = False,
    nan_policy: str = "propagate",
    split_every: Any = None,
) -> dask.array.Array:
    """Weighted mean, rounded once; see `parexact.average`, and `sum` for the arguments.

    The weights are a dask array of the shape of `a`. Weights that add up to 0 are a ZeroDivisionError when
    Dask computes. Along some of the axes all values of a result must be in one block, as for `skew`.

    Examples
    --------
    >>> import dask.array
    >>> import parexact.dask
    >>> x = dask.array.from_array([1.0, 2.0, 4.0], chunks=2)
    >>> weights = dask.array.from_array([3, 1, 4], chunks=1)
    >>> float(parexact.dask.average(x, weights=weights).compute())
    2.625
    """
    _policy_of(nan_policy)
    if weights is None:
        return mean(a, axis, keepdims=keepdims, nan_policy=nan_policy, split_every=split_every)
    lazy: dask.array.Array = _summaries.averages(a, weights, axis, keepdims, nan_policy, split_every)
    return lazy


# -- Pairs ------------------------------------------------------------------------------------------


def dot(x: Any, y: Any, *, nan_policy: str = "propagate", split_every: Any = None) -> dask.array.Array:
    """Dot product of two vectors: the exact sum of the exact products, rounded once; see `parexact.dot`.

    Parameters
    ----------
    x, y : dask.array.Array
        As many numbers in each. If the chunks differ, those of `y` become those of `x`.
    nan_policy, split_every
        As for `parexact.dot`, and for `sum`.

    Returns
    -------
    dask.array.Array of float64
        To be computed. Between tasks travels a `parexact.Pair` for each block.

    Raises
    ------
    TypeError, ValueError
        As `sum`; ValueError also if the shapes differ, or an array has not just one dimension.

    Examples
    --------
    >>> import dask.array
    >>> import parexact.dask
    >>> x = dask.array.from_array([1e200, 1.0, -1e200], chunks=1)
    >>> y = dask.array.from_array([1e200, 1.0, 1e200], chunks=2)
    >>> float(parexact.dask.dot(x, y).compute())
    1.0
    """
    first, second = _vectors(x, y, "dot")
    return vdot(first, second, nan_policy=nan_policy, split_every=split_every)


def vdot(x: Any, y: Any, *, nan_policy: str = "propagate", split_every: Any = None) -> dask.array.Array:
    """Sum of all products of two arrays of one shape, rounded once; see `parexact.vdot`, and `dot`.

    Examples
    --------
    >>> import dask.array
    >>> import parexact.dask
    >>> x = dask.array.ones((2, 3), chunks=2)
    >>> float(parexact.dask.vdot(x, x).compute())
    6.0
    """
    _policy_of(nan_policy)
    pair = _summaries.beside(x, y, ("x", "y"), "vdot")
    finish = _partial(_dot_result, nan_policy=nan_policy)
    lazy: dask.array.Array = _summaries.whole(_Pair, pair, finish, split_every)
    return lazy


def _dot_result(pair: _Pair, nan_policy: str) -> Any:
    return _np.float64(pair.dot(nan_policy=nan_policy))


def cov(
    x: Any, y: Any, *, ddof: int = 1, nan_policy: str = "propagate", split_every: Any = None
) -> dask.array.Array:
    """Covariance matrix of two variables, each element rounded once; see `parexact.cov`, and `dot`.

    Examples
    --------
    >>> import dask.array
    >>> import parexact.dask
    >>> x = dask.array.arange(3, chunks=2)
    >>> parexact.dask.cov(x, 2 - x).compute()
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    _policy_of(nan_policy)
    finish = _partial(_covariances, ddof=_ddof_of(ddof), nan_policy=nan_policy)
    lazy: dask.array.Array = _summaries.whole(_Pair, _vectors(x, y, "cov"), finish, split_every, (2, 2))
    return lazy


def corrcoef(x: Any, y: Any, *, nan_policy: str = "propagate", split_every: Any = None) -> dask.array.Array:
    """Correlation matrix of two variables, each element rounded once; see `parexact.corrcoef`, and `dot`.

    Examples
    --------
    >>> import dask.array
    >>> import parexact.dask
    >>> x = dask.array.arange(3, chunks=2)
    >>> parexact.dask.corrcoef(x, 2 * x).compute()
    array([[1., 1.],
           [1., 1.]])
    """
    _policy_of(nan_policy)
    finish = _partial(_correlations, nan_policy=nan_policy)
    lazy: dask.array.Array = _summaries.whole(_Pair, _vectors(x, y, "corrcoef"), finish, split_every, (2, 2))
    return lazy


def _vectors(x: Any, y: Any, what: str) -> tuple[Any, Any]:
    """Return two dask arrays of one dimension and one length."""
    first, second = _summaries.beside(x, y, ("x", "y"), what)
    if first.ndim != 1:
        raise ValueError(f"{what} is for arrays of one dimension, but x has {first.ndim}")
    return first, second
