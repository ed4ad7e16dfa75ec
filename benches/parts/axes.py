"""Reductions along an axis of a matrix, in either order of memory."""

from __future__ import annotations

from collections.abc import Iterator

import ours
import peers
from data import make
from results import Row, at_least, at_most, ratio
from timing import Timing

from .registry import Run, part

SIDE = 10_000


@part("P6", "axis reductions, 10⁴×10⁴, C and Fortran order, 2 threads", threads=(2,))
def axes(run: Run) -> Iterator[Row]:
    """Reduce one array, and its transpose as the other order of memory, which takes 800 MB once."""
    side = 1000 if run.quick else SIDE
    c_order = make("normals", side * side).reshape(side, side)
    for op, bound in (("var", 3), ("sum", None)):
        mine: list[Timing] = []
        for order, matrix in (("C", c_order), ("Fortran", c_order.T)):
            for axis in (0, 1):
                work = f"{op} along axis {axis}, {order} order"
                peer = f"numpy.{op}"
                try:
                    ours_here, theirs = run.race(
                        ours.reduce(matrix, op, axis),
                        peers.numpy_axis(op, matrix, axis),
                    ).values()
                except Exception as error:
                    yield run.failed(work, peer, error)
                    continue
                mine.append(ours_here)
                target = at_least(bound) if bound else None
                yield ratio(run.part, work, ours_here, theirs, target, side=side)
        if len(mine) == 4:
            medians = [timing.median for timing in mine]
            yield Row(
                run.part,
                f"{op}: the four above",
                "slowest / fastest",
                max(medians) / min(medians),
                target=at_most(1.3) if bound else None,
                details={"timings": [timing.to_json() for timing in mine]},
            )
