"""Sums and statistics of one vector of float64."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import ours
import peers
from data import make
from results import Row, at_least, at_most, count, fastest, ratio
from timing import speedup

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


@part("P3", "describe in one pass: 10⁶ on 1 thread, 5·10⁷ on 2", threads=(1, 2))
def describe(run: Run) -> Iterator[Row]:
    """Compare all seven statistics with peers that compute the variance alone."""
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
    """Compare calls for few values, ctypes included; their arguments are made before."""
    x = make("normals", 1000)
    mine, numpy_sum = run.race(ours.sum_f64(x), peers.numpy_sum(x)).values()
    yield ratio(run.part, "sum, 1000, raw call", mine, numpy_sum, at_least(1), n=x.size)
    mine, numpy_var = run.race(ours.describe(x), peers.numpy_var(x)).values()
    yield ratio(run.part, "describe, 1000, raw call", mine, numpy_var, n=x.size)


@part("P5", "worst-case data, 10⁶, 1 thread")
def worst_case(run: Run) -> Iterator[Row]:
    """Compare sums of exponents over the whole range: neither two nor three folds hold a block."""
    x = make("wide range", CACHED)
    mine, xsum = run.race(ours.sum_f64(x), peers.xsum_large(x)).values()
    yield ratio(run.part, "exact sum, wide range, 10⁶", mine, xsum, at_least(1), n=x.size)


@part("P13", "dot products of other types and layouts, 10⁴ in cache, 1 thread")
def dots(run: Run) -> Iterator[Row]:
    """Time dot products as multiples of the time for contiguous doubles."""
    n = 10_000
    rng = np.random.default_rng(13)
    doubles = [make("normals", 2 * n)[k * n : (k + 1) * n].copy() for k in (0, 1)]
    spread = [np.repeat(x, 2)[::2] for x in doubles]
    kinds = {
        "float32": ([x.astype(np.float32) for x in doubles], 3),
        "int32": ([rng.integers(-(2**31), 2**31, n, dtype=np.int32) for _ in doubles], 3),
        "int64": ([rng.integers(-(2**63), 2**63, n, dtype=np.int64) for _ in doubles], 12),
        "float64, every other element": (spread, 3),
    }
    pairs = {"contiguous float64": doubles} | {kind: pair for kind, (pair, _) in kinds.items()}
    # The pairs have different products, so that the contenders need not agree.
    contenders = [replace(ours.dot(*pair), name=kind, exact=False) for kind, pair in pairs.items()]
    base, *timings = run.race(*contenders).values()
    for (kind, (_, bound)), timing in zip(kinds.items(), timings):
        yield Row(
            run.part,
            f"dot product, 10⁴, {kind}",
            "time / contiguous float64",
            speedup(base, timing),
            target=at_most(bound),
            details={"timings": [timing.to_json(), base.to_json()], "n": n},
        )
