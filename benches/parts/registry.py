"""Which parts there are, and what a part is given to work with."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from results import Row, Target, ratio
from timing import Contender, Pace, Timing, race

# Seconds until all threads have a processor of their own. Schedulers that pack threads on few
# processors (Linux guests do) wait for the load averages to grow: two threads of plain C that count
# share one for up to 50 ms.
SPREAD = 0.1

Measure = Callable[["Run"], Iterable[Row]]


@dataclass(frozen=True)
class Run:
    """One part in one process, whose thread count is fixed."""

    part: str
    threads: int
    quick: bool

    def size(self, n: int) -> int:
        """Return the size to work at, which a quick run limits."""
        return min(n, 2_000_000) if self.quick else n

    @property
    def pace(self) -> Pace:
        """How long to measure."""
        if self.quick:
            return Pace(3, 0.01, 0.003)
        return Pace(11, 0.05, 0.003 if self.threads == 1 else SPREAD)

    def race(self, *contenders: Contender) -> dict[str, Timing]:
        """Let contenders take turns."""
        return race(contenders, self.pace)

    def compare(
        self,
        work: str,
        mine: Contender,
        *peers: Contender,
        targets: Mapping[str, Target] | None = None,
        **details: Any,
    ) -> list[Row]:
        """Let ours take turns with its peers; return a row for each, with the target for its name.

        If one of them fails there is one row, which says why.
        """
        try:
            ours, *others = self.race(mine, *peers).values()
        except Exception as error:
            return [self.failed(work, ", ".join(peer.name for peer in peers), error)]
        targets = targets or {}
        unknown = targets.keys() - {other.name for other in others}
        assert not unknown, f"no peer has these names: {unknown}"
        details = {**details, "threads": self.threads}
        return [
            ratio(self.part, work, ours, other, targets.get(other.name), **details)
            for other in others
        ]

    def failed(self, work: str, against: str, error: Exception) -> Row:
        """Return a row for what could not be measured."""
        message = f"{type(error).__name__}: {error}"
        print(f"  {work}: {message}", file=sys.stderr)
        return Row(self.part, work, against, error=message)


@dataclass(frozen=True)
class Part:
    """A part of the benchmark: a function that measures, and the thread counts that it is called for."""

    name: str
    title: str
    threads: Sequence[int]
    """It runs once for each of these thread counts, in a process of its own."""
    measure: Measure


PARTS: dict[str, Part] = {}


def part(name: str, title: str, threads: Sequence[int] = (1,)) -> Callable[[Measure], Measure]:
    """Mark a function as a part: it yields rows, and turns what fails into `Run.failed` rows."""

    def add(measure: Measure) -> Measure:
        assert name not in PARTS
        PARTS[name] = Part(name, title, threads, measure)
        return measure

    return add
