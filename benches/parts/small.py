"""What a call costs that has few values to work on, measured from C.

The targets in nanoseconds are for a processor of the Zen 4 class; one of the first Zens takes about 2.5
times as long for the same. Plain C for the same work scales with the machine, and stands beside each.

Values at the end of memory that is mapped must not cost more than others: the kernels prefetch what is
behind, and where nothing is mapped a processor looks for the page in vain, every time.
"""

from __future__ import annotations

from collections.abc import Iterator

import program
from results import Row, at_least, at_most, ratio

from .registry import Run, part

EMPTY = "an empty call"

PEERS = {
    "parexact_sum_f64": "plain C sum",
    "parallel_stats": "plain C statistics in two passes",
    "parexact_dot_f64": "plain C dot product",
}

BOUNDS = {
    "parexact_sum_f64": {0: 20, 10: 50, 100: 70, 1000: 250},
    "parallel_stats": {0: 20, 10: 150, 100: 200, 1000: 600},
    "parexact_dot_f64": {0: 20, 10: 80, 100: 110, 1000: 500},
}
"""Nanoseconds, by number of values."""

# Ten values at the end of a page are not aligned as those at its beginning.
NOT_SLOWER = at_least(0.9)


@part("small", "one call from C for 0 to 1000 values")
def small(run: Run) -> Iterator[Row]:
    """Compare with plain loops, and for no values with a call of the library that does nothing."""
    timings = program.timings("small.c", run.pace)
    for name, bounds in BOUNDS.items():
        for n, bound in bounds.items():
            work, mine = f"{name}, {n} values", timings[n][name]
            peer, at_the_end = (
                timings[n][PEERS[name] if n else EMPTY],
                timings[n][f"{name}, at the end"],
            )
            yield Row(run.part, work, "a call", mine.median * 1e9, "ns", at_most(bound))
            yield ratio(run.part, work, mine, peer, n=n)
            if n:
                work += ", at the end of memory"
                yield ratio(run.part, work, at_the_end, mine, NOT_SLOWER, n=n)
