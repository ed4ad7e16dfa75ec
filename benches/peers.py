"""The others: each function makes a contender of a peer and an array.

All come from PyPI. A peer that is missing is an error, at the start: see `versions`. Large
ones are imported when they are asked for; by then their thread counts are fixed: see `threads.py`.
"""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Callable
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import numpy.typing as npt
from timing import Contender

Numbers = npt.NDArray[Any]
Peer = Callable[[Numbers], Contender]

PACKAGES = ("numpy", "numba", "polars", "bottleneck", "xsum", "matplotlib")


def versions() -> dict[str, str]:
    """Return the version of each peer; exit with a message if one is missing."""
    found: dict[str, str] = {}
    missing: list[str] = []
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            missing.append(package)
    if missing:
        sys.exit(
            f"peers are not installed for {sys.executable}: {', '.join(missing)}\n"
            "`make bench` installs them; or: pip install -r benches/requirements.txt"
        )
    return found


# --- inexact ---------------------------------------------------------------------------------


def numpy_sum(a: Numbers) -> Contender:
    """Sum pairwise, in float64; integers in 64 bits."""
    return Contender("numpy.sum", partial(np.sum, a))


def numpy_var(a: Numbers) -> Contender:
    """Two passes, and a temporary array as large as the input."""
    return Contender("numpy.var", partial(np.var, a))


def numpy_axis(op: str, a: Numbers, axis: int, name: str) -> Contender:
    """Reduce along an axis; stands for the first number of the result."""
    call = partial(getattr(np, op), a, axis=axis)
    return Contender(name, call, lambda result: float(result.flat[0]))


def polars_sum(a: Numbers) -> Contender:
    """`Series.sum`, over the array's own memory."""
    import polars  # noqa: PLC0415

    return Contender("polars sum", polars.Series(a).sum)


def polars_var(a: Numbers) -> Contender:
    """`Series.var`, over the array's own memory."""
    import polars  # noqa: PLC0415

    return Contender("polars var", partial(polars.Series(a).var, ddof=0))


def bottleneck_nansum(a: Numbers) -> Contender:
    """Sum what is not NaN."""
    import bottleneck  # noqa: PLC0415

    return Contender("bottleneck.nansum", partial(bottleneck.nansum, a))


def bottleneck_nanvar(a: Numbers) -> Contender:
    """Return the variance of what is not NaN, in two passes."""
    import bottleneck  # noqa: PLC0415

    return Contender("bottleneck.nanvar", partial(bottleneck.nanvar, a))


@cache
def _numba_kernels() -> tuple[Callable[[Numbers], float], Callable[[Numbers], float]]:
    import numba  # noqa: PLC0415

    @numba.njit(parallel=True, fastmath=True)
    def total(x: Numbers) -> float:
        s = 0.0
        for i in numba.prange(x.size):
            s += x[i]
        return s

    @numba.njit(parallel=True, fastmath=True)
    def variance(x: Numbers) -> float:
        s = 0.0
        for i in numba.prange(x.size):
            s += x[i]
        mean = s / x.size
        q = 0.0
        for i in numba.prange(x.size):
            q += (x[i] - mean) ** 2
        return q / x.size

    return total, variance


def numba_sum(a: Numbers) -> Contender:
    """Sum in a `prange` loop under fastmath: any order, all threads."""
    return Contender("numba prange sum", partial(_numba_kernels()[0], a))


def numba_var(a: Numbers) -> Contender:
    """Two such loops: the mean, then the squared deviations."""
    return Contender("numba prange var", partial(_numba_kernels()[1], a))


# --- exact -----------------------------------------------------------------------------------


def xsum_large(a: Numbers) -> Contender:
    """Neal's superaccumulator, the large one, which is the faster one for many numbers."""
    import xsum  # noqa: PLC0415

    def call() -> float:
        accumulator = xsum.xsum_large_accumulator()
        xsum.xsum_add(accumulator, a)
        return xsum.xsum_round(accumulator)

    return Contender("xsum large", call, exact=True)


def fsum(a: Numbers) -> Contender:
    """Shewchuk's expansions, from a list that is ready."""
    return Contender("math.fsum", partial(math.fsum, a.tolist()), exact=True)


def statistics_pvariance(a: Numbers) -> Contender:
    """Exact fractions, from a list that is ready."""
    call = partial(statistics.pvariance, a.tolist())
    return Contender("statistics.pvariance", call, exact=True)
