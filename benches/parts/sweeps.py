"""Beyond the targets: throughput by size, by kind of data, by element type. For the plots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import ours
import peers
from data import DTYPES, make, make_typed
from results import Row, count, ratio
from timing import Contender

from .registry import Run, part

SIZES = (100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 50_000_000)
CACHED = 1_000_000


def compared(run: Run, work: str, contenders: Sequence[Contender], **details: Any) -> list[Row]:
    """Return one row for each peer of a race that the first contender takes part in."""
    mine, *others = run.race(*contenders).values()
    details = {**details, "threads": run.threads}
    return [ratio(run.part, work, mine, peer, **details) for peer in others]


def plotted(rows: list[Row]) -> list[Row]:
    """Return rows for the plots alone, since they are too many for the table."""
    return [replace(row, tabled=False) for row in rows]


@part("sizes", "throughput over size", threads=(1, 2))
def sizes(run: Run) -> Iterator[Row]:
    """Compare sums and variances of normals over size; serial peers run serially in both processes."""
    for n in dict.fromkeys(run.size(size) for size in SIZES):
        x = make("normals", n)
        sums = [ours.sum_f64(x), peers.numpy_sum(x), peers.polars_sum(x), peers.numba_sum(x)]
        if run.threads == 1:
            sums.append(peers.xsum_large(x))
        work = f"sum, {count(n)}, {run.threads} thr."
        yield from plotted(compared(run, work, sums, n=n, quantity="sum"))
        variances = [
            ours.describe(x),
            peers.numpy_var(x),
            peers.polars_var(x),
            peers.bottleneck_nanvar(x),
            peers.numba_var(x),
        ]
        work = f"describe, {count(n)}, {run.threads} thr."
        yield from plotted(compared(run, work, variances, n=n, quantity="describe"))


@part("kinds", "kinds of data, 10⁶, 1 thread")
def kinds(run: Run) -> Iterator[Row]:
    """Compare exact sums, whose speed may depend on the data, with NumPy's, whose speed does not."""
    for kind in ("normals", "uniforms", "all equal", "cancelling", "outliers", "wide range"):
        x = make(kind, CACHED)
        details = {"n": x.size, "kind": kind}
        sums = [ours.sum_f64(x), peers.xsum_large(x), peers.numpy_sum(x)]
        yield from compared(run, f"sum, {kind}", sums, quantity="sum", **details)
        variances = [ours.describe(x), peers.numpy_var(x)]
        yield from compared(run, f"describe, {kind}", variances, quantity="describe", **details)
    x = make("1% NaN", CACHED)
    details = {"n": x.size, "kind": "1% NaN"}
    variances = [ours.describe(x, "omit"), peers.bottleneck_nanvar(x)]
    yield from compared(run, "describe, 1% NaN omitted", variances, quantity="describe", **details)
    try:
        sums = [ours.reduce(x, "sum", nan="omit"), peers.bottleneck_nansum(x)]
        yield from compared(run, "sum, 1% NaN omitted", sums, quantity="sum", **details)
    except Exception as error:
        yield run.failed("sum, 1% NaN omitted", "bottleneck.nansum", error)


@part("dtypes", "element types, 10⁶, 1 thread")
def dtypes(run: Run) -> Iterator[Row]:
    """Compare element types with NumPy, which adds float32 in float32."""
    for name in DTYPES:
        a = make_typed(name, CACHED)
        details = {"n": a.size, "dtype": name}
        for quantity, mine, peer in (
            ("sum", ours.sum_view, peers.numpy_sum),
            ("describe", ours.describe, peers.numpy_var),
        ):
            try:
                pair = [mine(a), peer(a)]
                yield from compared(run, f"{quantity}, {name}", pair, quantity=quantity, **details)
            except Exception as error:
                yield run.failed(f"{quantity}, {name}", peer.__name__.replace("_", "."), error)


@part("python", "exact functions of Python's standard library, 10⁴, 1 thread")
def standard_library(run: Run) -> Iterator[Row]:
    """Compare with exact functions of Python's standard library, on lists that are made before."""
    x = make("normals", 10_000)
    yield from compared(run, "sum, 10⁴", [ours.sum_f64(x), peers.fsum(x)], n=x.size)
    yield from compared(
        run, "describe, 10⁴", [ours.describe(x), peers.statistics_pvariance(x)], n=x.size
    )
