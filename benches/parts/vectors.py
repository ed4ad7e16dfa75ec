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
    """Against the fastest exact sum on PyPI, and against NumPy's inexact one."""
    x = make("normals", CACHED)
    timings = run.race(ours.sum_f64(x), peers.xsum_large(x), peers.numpy_sum(x))
    mine, exact, inexact = timings.values()
    yield ratio(run.part, "exact sum, 10⁶", mine, exact, at_least(5), n=x.size)
    yield ratio(run.part, "exact sum, 10⁶", mine, inexact, at_least(0.8), n=x.size)


@part("P2", "exact sum, 5·10⁷ from memory, 2 threads", threads=(2,))
def large_sum(run: Run) -> Iterator[Row]:
    """Against the fastest inexact one, whichever that is here."""
    x = make("normals", run.size(LARGE))
    timings = run.race(ours.sum_f64(x), peers.numba_sum(x), peers.polars_sum(x), peers.numpy_sum(x))
    mine, *others = timings.values()
    best = fastest(others)
    for peer in others:
        target = at_least(0.95) if peer is best else None
        yield ratio(run.part, f"exact sum, {count(x.size)}", mine, peer, target, n=x.size)


@part("P3", "describe in one pass: 10⁶ on 1 thread, 5·10⁷ on 2", threads=(1, 2))
def describe(run: Run) -> Iterator[Row]:
    """All seven statistics, against peers that compute the variance alone."""
    n, bound = (CACHED, 1.5) if run.threads == 1 else (run.size(LARGE), 6)
    x = make("normals", n)
    mine, numpy_var, *others = run.race(
        ours.describe(x), peers.numpy_var(x), peers.polars_var(x), peers.numba_var(x)
    ).values()
    work = f"describe, {count(n)}, {run.threads} thr."
    yield ratio(run.part, work, mine, numpy_var, at_least(bound), n=n)
    for peer in others:
        yield ratio(run.part, work, mine, peer, n=n)


@part("P4", "small: raw call on 1000 values")
def small(run: Run) -> Iterator[Row]:
    """What a call costs, ctypes included, its arguments at hand."""
    x = make("normals", 1000)
    mine, numpy_sum = run.race(ours.sum_f64(x), peers.numpy_sum(x)).values()
    yield ratio(run.part, "sum, 1000, raw call", mine, numpy_sum, at_least(1), n=x.size)
    mine, numpy_var = run.race(ours.describe(x), peers.numpy_var(x)).values()
    yield ratio(run.part, "describe, 1000, raw call", mine, numpy_var, n=x.size)


@part("P5", "worst-case data, 10⁶, 1 thread")
def worst_case(run: Run) -> Iterator[Row]:
    """Exponents over the whole range: no two folds, nor three, hold a block."""
    x = make("wide range", CACHED)
    mine, xsum = run.race(ours.sum_f64(x), peers.xsum_large(x)).values()
    yield ratio(run.part, "exact sum, wide range, 10⁶", mine, xsum, at_least(1), n=x.size)
