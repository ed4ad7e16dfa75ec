"""Random numbers: filled into a buffer, and reduced as they are drawn."""

from __future__ import annotations

from collections.abc import Iterator

import ours
import peers
from results import Row, Target, at_least, count, ratio

from .registry import Run, part

# Half a MiB: in the second-level cache.
BUFFER = 65_536

# The numbers of samples on the slides.
SIZES = range(1_000_000, 1_000_010)

STANDARD: dict[str, tuple[float, ...]] = {
    "uniform": (0.0, 1.0),
    "normal": (0.0, 1.0),
    "exponential": (1.0,),
}

FILL_TARGETS: dict[tuple[str, str], Target] = {
    ("uniform", "randompack"): at_least(1.5),
    ("normal", "randompack"): at_least(2.5),
    ("normal", "NumPy PCG64"): at_least(10),
    ("exponential", "randompack"): at_least(2.5),
}


@part("P7", "random numbers filled into a buffer in cache, 1 thread")
def fill(run: Run) -> Iterator[Row]:
    """Compare generators that fill a buffer; each call draws the next numbers of its stream."""
    for kind, parameters in STANDARD.items():
        mine, *others = run.race(
            ours.fill(kind, *parameters, n=BUFFER),
            *(peer(kind, BUFFER) for peer in peers.generators(kind)),
        ).values()
        for peer in others:
            target = FILL_TARGETS.get((kind, peer.name))
            work = f"fill {BUFFER}, {kind}"
            yield ratio(run.part, work, mine, peer, target, n=BUFFER, kind=kind)


@part("P8", "random numbers reduced as they are drawn; the slide's job", threads=(1, 2))
def reduced(run: Run) -> Iterator[Row]:
    """Measure the workshop's job on 2 threads, and on 1 thread what is saved if numbers are not stored."""
    if run.threads == 1:
        n = run.size(10_000_000)
        for kind, parameters in STANDARD.items():
            at_once, stored = run.race(
                ours.fused(kind, *parameters, n=n),
                ours.fill_then_describe(kind, *parameters, n=n),
            ).values()
            work = f"draw and describe, {kind}, {count(n)}, 1 thr."
            yield ratio(run.part, work, at_once, stored, n=n, kind=kind)
            nanoseconds = at_once.median / n * 1e9
            yield Row(run.part, work, "a sample", nanoseconds, "ns", details={"n": n, "kind": kind})
        return
    sizes = range(100_000, 100_010) if run.quick else SIZES
    work = f"my_statistics, 10 × {count(sizes[0])}, 2 thr."
    with (
        peers.SlidePool(run.threads, "ready", sizes) as ready,
        peers.SlidePool(run.threads, "new", sizes) as new,
    ):
        mine, serial, pooled, started = run.race(
            ours.my_statistics(sizes),
            peers.slide_serial(sizes),
            ready.contender("slide, Pool that is ready"),
            new.contender("slide, Pool and its start"),
        ).values()
    n = sum(sizes)
    yield ratio(run.part, work, mine, serial, at_least(35), n=n)
    yield ratio(run.part, work, mine, pooled, at_least(25), n=n)
    yield ratio(run.part, work, mine, started, n=n)
