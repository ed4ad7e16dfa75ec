"""Beyond the targets: throughput by size, for the plot, and exact functions of the standard library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import ours
import peers
from data import make
from results import Row, count

from .registry import Run, part

SIZES = (100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 50_000_000)


def plotted(rows: list[Row]) -> list[Row]:
    """Return rows for the plots alone, since they are too many for the table."""
    return [replace(row, tabled=False) for row in rows]


@part("sizes", "throughput over size", threads=(1, 2))
def sizes(run: Run) -> Iterator[Row]:
    """Compare sums and variances of normals over size; serial peers run serially in both processes."""
    for n in dict.fromkeys(run.size(size) for size in SIZES):
        x = make("normals", n)
        sums = [peers.numpy_sum(x), peers.polars_sum(x), peers.numba_sum(x)]
        if run.threads == 1:
            sums.append(peers.xsum_large(x))
        work = f"sum, {count(n)}, {run.threads} thr."
        yield from plotted(run.compare(work, ours.sum_f64(x), *sums, n=n, quantity="sum"))
        variances = [
            peers.numpy_var(x),
            peers.polars_var(x),
            peers.bottleneck_nanvar(x),
            peers.numba_var(x),
        ]
        work = f"describe, {count(n)}, {run.threads} thr."
        mine, details = ours.describe(x), {"n": n, "quantity": "describe"}
        yield from plotted(run.compare(work, mine, *variances, **details))


@part("python", "exact functions of Python's standard library, 10⁴, 1 thread")
def standard_library(run: Run) -> Iterator[Row]:
    """Compare with exact functions of Python's standard library, on lists that are made before."""
    x = make("normals", 10_000)
    yield from run.compare("sum, 10⁴", ours.sum_f64(x), peers.fsum(x), n=x.size)
    variance = peers.statistics_pvariance(x)
    yield from run.compare("describe, 10⁴", ours.describe(x), variance, n=x.size)
