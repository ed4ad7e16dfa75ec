"""Contenders timed side by side, in turns: A B C A B C …

The machine's mood (frequency, neighbours, caches) changes from second to second. Contenders that
take turns share it, and the median over the rounds of the ratio within a round does not see it.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import repeat
from typing import Any

# Threads of a peer's runtime (OpenMP, rayon) spin for some milliseconds after a call, and would
# take a processor from whoever is next.
SETTLE = 0.010


@dataclass(frozen=True)
class Contender:
    """Something that reduces an array, ready to run: making it ready is not timed."""

    name: str
    call: Callable[[], Any]
    value: Callable[[Any], float] = float
    """What the returned object stands for; raises if the call failed."""
    exact: bool = False
    """Correctly rounded: must agree with all others that are."""
    prepare: Callable[[], Any] | None = None
    """To be called before each turn."""


@dataclass(frozen=True)
class Pace:
    """How long to measure."""

    rounds: int
    turn: float
    """Seconds a contender has in each round, at least one call."""
    warm_up: float
    """Seconds it runs before: caches and clock speed are then its own, its threads awake."""


@dataclass(frozen=True)
class Timing:
    """Seconds a call took: one figure for each round."""

    name: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median over the rounds, which is the figure to quote."""
        return statistics.median(self.seconds)

    def to_json(self) -> dict[str, Any]:
        """Return the median, followed by all figures."""
        return {"name": self.name, "median_seconds": self.median, **asdict(self)}


class Disagreement(Exception):
    """Two contenders that are both exact returned different numbers."""


def agree(contenders: Sequence[Contender]) -> None:
    """Call each of them once (compilers compile now); the exact ones must return the same bits."""
    reference: tuple[str, float] | None = None
    for contender in contenders:
        if contender.prepare:
            contender.prepare()
        value = contender.value(contender.call())
        if not contender.exact:
            continue
        if reference is None:
            reference = (contender.name, value)
        elif value.hex() != reference[1].hex():
            raise Disagreement(f"{contender.name}: {value!r}; {reference[0]}: {reference[1]!r}")


def turn(contender: Contender, pace: Pace) -> float:
    """Return the seconds a call takes, on average over one turn."""
    call = contender.call
    if contender.prepare:
        contender.prepare()
    time.sleep(SETTLE)
    calls, started = 0, time.perf_counter()
    while calls == 0 or time.perf_counter() - started < pace.warm_up:
        call()
        calls += 1
    each = (time.perf_counter() - started) / calls
    calls = max(1, round(pace.turn / each))
    started = time.perf_counter()
    for _ in repeat(None, calls):
        call()
    return (time.perf_counter() - started) / calls


def race(contenders: Sequence[Contender], pace: Pace) -> dict[str, Timing]:
    """Let all of them take turns, and return their timings by name."""
    agree(contenders)
    seconds: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for _ in range(pace.rounds):
        for contender in contenders:
            seconds[contender.name].append(turn(contender, pace))
    return {name: Timing(name, tuple(each)) for name, each in seconds.items()}


def speedup(ours: Timing, theirs: Timing) -> float:
    """Return how many times as fast we are: the median over the rounds."""
    return statistics.median(b / a for a, b in zip(ours.seconds, theirs.seconds))
