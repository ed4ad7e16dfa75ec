"""What a second thread gives, where arithmetic and not memory is the limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import ours
from data import make
from results import Row, Target, at_least, count, ratio
from timing import Contender

from .registry import Run, part

N = 10_000_000


def on_threads(contender: Contender, count: int) -> Contender:
    """Return the contender on a number of threads."""

    def prepare() -> None:
        ours.raw.lib.parexact_set_num_threads_local(count)

    name = f"{count} thread{'s' if count > 1 else ''}"
    return replace(contender, name=name, prepare=prepare)


def second_thread(run: Run, kind: str, what: str, size: int, target: Target | None = None) -> Row:
    """Compare the same call on two threads and on one."""
    x = make(kind, run.size(size))
    contender = ours.describe(x) if what == "describe" else ours.sum_f64(x)
    one, two = run.race(on_threads(contender, 1), on_threads(contender, 2)).values()
    work = f"{what}, {kind}, {count(x.size)}, 2 threads"
    return ratio(run.part, work, two, one, target, n=x.size)


@part("P10", "1 → 2 threads on compute-bound work", threads=(2,))
def scaling(run: Run) -> Iterator[Row]:
    """The same call on 1 and on 2 threads, in turns.

    The wide range takes an integer path that leaves the memory idle.
    """
    yield second_thread(run, "wide range", "describe", N, at_least(1.9))
    yield second_thread(run, "wide range", "sum", N, at_least(1.9))
    yield second_thread(run, "normals", "describe", 1_000_000)
