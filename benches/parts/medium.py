"""10⁶ values: kinds of data, types of elements, layouts, and a second thread.

Plots show the rows that have a kind of data or a type of elements.
"""

from __future__ import annotations

from collections.abc import Iterator

import ours
import peers
from data import DTYPES, make, make_typed
from results import Row, Target, at_least
from timing import Contender

from . import dots
from .registry import Run, part
from .scaling import second_thread

N = 1_000_000

Contenders = tuple[Contender, ...]
"""Ours first."""

Targets = tuple[dict[str, Target], dict[str, Target]]
"""Of the sum and of the statistics, each by the name of the peer."""

KINDS: dict[str, Targets] = {
    "normals": ({}, {"numpy.var": at_least(1.5)}),
    "uniforms": ({}, {}),
    "all equal": ({}, {}),
    "cancelling": ({}, {}),
    "outliers": ({"numpy.sum": at_least(0.6)}, {"numpy.var": at_least(1.5)}),
    "wide range": ({"xsum large": at_least(1.5)}, {"numpy.var": at_least(0.7)}),
}

WITHOUT_NAN: Targets = (
    {"bottleneck.nansum": at_least(1.2)},
    {"bottleneck.nanvar": at_least(2)},
)

ELEMENTS: dict[str, Targets] = {
    **{name: ({}, {}) for name in DTYPES},
    "float32": ({"numpy.sum": at_least(0.9)}, {"numpy.var": at_least(2)}),
}

SHARED = (100_000, 200_000, 500_000)
"""Numbers of values that are worth a second thread only if that wakes up soon."""

# Where the library stays on one thread the two are the same code, measured to 3%.
NEVER_SLOWER = at_least(0.97)


def sum_and_statistics(
    run: Run, what: str, sums: Contenders, statistics: Contenders, targets: Targets, **key: str
) -> Iterator[Row]:
    """Compare both with their peers; the key is what plots sort by."""
    races = {"sum": sums, "describe": statistics}
    for (quantity, contenders), bounds in zip(races.items(), targets):
        work, details = f"{quantity}, {what}, 10⁶", {**key, "quantity": quantity, "n": N}
        yield from run.compare(work, *contenders, targets=bounds, **details)


def kinds(run: Run) -> Iterator[Row]:
    """Compare exact sums, whose speed may depend on the data, with NumPy's, whose speed does not."""
    for kind, targets in KINDS.items():
        x = make(kind, N)
        sums = ours.sum_f64(x), peers.xsum_large(x), peers.numpy_sum(x)
        statistics = ours.describe(x), peers.numpy_var(x)
        yield from sum_and_statistics(run, kind, sums, statistics, targets, kind=kind)


def without_nan(run: Run) -> Iterator[Row]:
    """Compare what is left without the NaNs."""
    kind = "1% NaN"
    x = make(kind, N)
    sums = ours.reduce(x, "sum", nan="omit"), peers.bottleneck_nansum(x), peers.numbagg_nansum(x)
    statistics = ours.describe(x, "omit"), peers.bottleneck_nanvar(x), peers.numbagg_nanvar(x)
    what = f"{kind} omitted"
    yield from sum_and_statistics(run, what, sums, statistics, WITHOUT_NAN, kind=kind)


def elements(run: Run) -> Iterator[Row]:
    """Compare types of elements with NumPy, which adds float32 in float32."""
    for name, targets in ELEMENTS.items():
        a = make_typed(name, N)
        sums = ours.sum_view(a), peers.numpy_sum(a)
        statistics = ours.describe(a), peers.numpy_var(a)
        yield from sum_and_statistics(run, name, sums, statistics, targets, dtype=name)


def two_passes(run: Run) -> Iterator[Row]:
    """Compare all seven statistics with variances alone, compiled for any order of additions."""
    x = make("normals", N)
    variances = peers.numba_var(x), peers.polars_var(x)
    targets = {"numba prange var": at_least(0.65)}
    yield from run.compare("describe, normals, 10⁶", ours.describe(x), *variances, targets=targets)


@part("medium", "10⁶ values on 1 thread, 10⁵ to 5·10⁵ on 2", threads=(1, 2))
def medium(run: Run) -> Iterator[Row]:
    """On two threads measure whether they are faster than one, call after call without a pause."""
    if run.threads == 2:
        for size in SHARED:
            yield second_thread(run, "normals", "describe", size, NEVER_SLOWER)
        return
    yield from kinds(run)
    yield from without_nan(run)
    yield from elements(run)
    yield from two_passes(run)
    yield from dots.multiples(run, N)
    yield from dots.conversions(run, N)
