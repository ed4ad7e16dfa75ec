"""Sums and statistics of one vector of float64."""

from __future__ import annotations

from collections.abc import Iterator

import ours
import peers
from data import make
from results import Row, at_least, count, fastest, ratio

from .registry import Run, part

CACHED = 1_000_000
LARGE = 50_000_000


@part("P1", "exact sum, 10⁶ in cache, 1 thread")
def cached_sum(run: Run) -> Iterator[Row]:
    """Compare with the fastest exact sum on PyPI, and with NumPy's inexact one."""
    x = make("normals", CACHED)
    timings = run.race(ours.sum_f64(x), peers.xsum_large(x), peers.numpy_sum(x))
    mine, exact, inexact = timings.values()
    yield ratio(run.part, "exact sum, 10⁶", mine, exact, at_least(5), n=x.size)
    yield ratio(run.part, "exact sum, 10⁶", mine, inexact, at_least(0.8), n=x.size)


@part("P2", "exact sum, 5·10⁷ from memory, 2 threads", threads=(2,))
def large_sum(run: Run) -> Iterator[Row]:
    """Compare with inexact sums; the target is for the fastest of them on this machine."""
    x = make("normals", run.size(LARGE))
    timings = run.race(ours.sum_f64(x), peers.numba_sum(x), peers.polars_sum(x), peers.numpy_sum(x))
    mine, *others = timings.values()
    best = fastest(others)
    for peer in others:
        target = at_least(0.95) if peer is best else None
        yield ratio(run.part, f"exact sum, {count(x.size)}", mine, peer, target, n=x.size)


@part("P3", "describe in one pass, 5·10⁷ from memory, 2 threads", threads=(2,))
def describe(run: Run) -> Iterator[Row]:
    """Compare all seven statistics with peers that compute the variance alone."""
    x = make("normals", run.size(LARGE))
    variances = peers.numpy_var(x), peers.polars_var(x), peers.numba_var(x)
    work, targets = f"describe, {count(x.size)}, {run.threads} thr.", {"numpy.var": at_least(6)}
    yield from run.compare(work, ours.describe(x), *variances, targets=targets, n=x.size)


@part("P4", "small: raw call on 1000 values")
def small(run: Run) -> Iterator[Row]:
    """Compare calls for few values, ctypes included; their arguments are made before."""
    x = make("normals", 1000)
    mine, numpy_sum = run.race(ours.sum_f64(x), peers.numpy_sum(x)).values()
    yield ratio(run.part, "sum, 1000, raw call", mine, numpy_sum, at_least(1), n=x.size)
    mine, numpy_var = run.race(ours.describe(x), peers.numpy_var(x)).values()
    yield ratio(run.part, "describe, 1000, raw call", mine, numpy_var, n=x.size)
