"""The pool: what a map costs beside its function, and π."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import ours
import peers
from empty import empty
from results import Row, at_least, at_most, count, ratio
from timing import Contender

from .registry import Run, part


@part("P9", "π(n) by the midpoint rule", threads=(1, 2))
def pi(run: Run) -> Iterator[Row]:
    """Compare π(n) with compiled loops: one on all threads in any order, and one that is serial."""
    n = run.size(1_000_000_000)
    targets = (at_least(0.8), at_least(10)) if run.threads == 2 else (None, None)
    mine, *loops = run.race(ours.pi(n), peers.numba_pi(n), peers.numba_serial_pi(n)).values()
    work = f"π({count(n)}), {run.threads} thr."
    for loop, target in zip(loops, targets, strict=True):
        yield ratio(run.part, work, mine, loop, target, n=n)
    yield Row(run.part, work, "a point", mine.median / n * 1e9, "ns", details={"n": n})


@part("map", "a map of an empty function", threads=(2,))
def overhead(run: Run) -> Iterator[Row]:
    """Compare maps of an empty function: compiled for the library, of Python for the others."""
    n = run.size(100_000)
    items = range(n)
    work = f"map of an empty function, {count(n)}, {run.threads} thr."
    # A fork of this process, which has threads, would not be safe.
    processes = multiprocessing.get_context("forkserver")
    with processes.Pool(run.threads) as pool, ThreadPoolExecutor(run.threads) as executor:
        mine, *others = run.race(
            ours.map_empty(n),
            Contender("multiprocessing.Pool.map", lambda: pool.map(empty, items)[-1]),
            Contender("ThreadPoolExecutor.map", lambda: list(executor.map(empty, items))[-1]),
        ).values()
    for other in others:
        yield ratio(run.part, work, mine, other, n=n)
    for timing in (mine, *others):
        target = at_most(100) if timing is mine else None
        nanoseconds = timing.median / n * 1e9
        yield Row(run.part, work, f"an item, {timing.name}", nanoseconds, "ns", target)
