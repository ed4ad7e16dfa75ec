"""States: what a merge and a result cost, without what ctypes costs."""

from __future__ import annotations

from collections.abc import Iterator
from ctypes import CFUNCTYPE, POINTER, byref, c_int32, c_int64
from functools import partial

import numpy as np
import ours
import peers
from data import make
from results import Row, Target, at_least, at_most, ratio
from timing import Contender

from .registry import Run, part

raw = ours.raw


def filled(kind: str) -> raw.State:
    """Return a state of 10⁵ numbers."""
    state = raw.new_state()
    view = raw.view(make(kind, 100_000))
    raw.check(raw.lib.parexact_state_update(byref(state), byref(view)))
    return state


def absolute(run: Run, work: str, call: Contender, empty: Contender, target: Target) -> Row:
    """Return the row for a call in µs, after subtracting an empty one with the same arguments."""
    timings = run.race(call, empty)
    whole, nothing = (timing.median * 1e6 for timing in timings.values())
    return Row(
        run.part,
        work,
        f"{whole:.2f} − {nothing:.2f} µs of ctypes",
        whole - nothing,
        "µs",
        target,
        details={
            "with_ctypes_us": whole,
            "ctypes_us": nothing,
            "timings": [timing.to_json() for timing in timings.values()],
        },
    )


def status_of(name: str, call: partial[int]) -> Contender:
    """Return a contender that only has to succeed."""

    def checked(status: int) -> float:
        raw.check(status)
        return 0.0

    return Contender(name, call, checked)


@part("P12", "state merge and result")
def states(run: Run) -> Iterator[Row]:
    """Time merges and results of states of ordinary numbers, and of exponents over the whole range."""
    # `parexact_state_words` does nothing; in the C ABI it may be called with arguments it ignores.
    pointer = POINTER(raw.State)
    nothing_merge = CFUNCTYPE(c_int32, pointer, pointer)(("parexact_state_words", raw.lib))
    nothing_result = CFUNCTYPE(c_int32, pointer, c_int64, c_int32, POINTER(raw.Stats))(
        ("parexact_state_words", raw.lib)
    )
    for kind in ("normals", "wide range"):
        into, other, stats = filled(kind), filled(kind), raw.Stats()
        pair = byref(into), byref(other)
        yield absolute(
            run,
            f"state merge, {kind}",
            status_of("merge", partial(raw.lib.parexact_state_merge, *pair)),
            Contender("empty", partial(nothing_merge, *pair)),
            at_most(1),
        )
        arguments = byref(other), 0, 0, byref(stats)
        yield absolute(
            run,
            f"state result, {kind}",
            status_of("result", partial(raw.lib.parexact_state_result, *arguments)),
            Contender("empty", partial(nothing_result, *arguments)),
            at_most(5),
        )


def along(array: np.ndarray, axis: int) -> Contender:
    """Return a contender that updates a state for each result along an axis."""
    count = array.size // array.shape[axis]
    states = (raw.State * count)()
    view, axes = raw.view(array), (c_int32 * 1)(axis)
    raw.check(raw.lib.parexact_states_init(states, count))

    def call() -> int:
        return raw.lib.parexact_state_update_axes(states, count, byref(view), None, axes, 1)

    def first(status: int) -> float:
        raw.check(status)
        stats = raw.Stats()
        raw.check(raw.lib.parexact_state_result(byref(states[0]), 0, 0, byref(stats)))
        return stats.variance

    return Contender("parexact_state_update_axes", call, first)


@part("P19", "states along axes beside numpy.var", threads=(1, 2))
def states_along_axes(run: Run) -> Iterator[Row]:
    """Compare long columns and short ones; a state has 2 KiB, more than the values of a short column."""
    for shape in ((10_000, 1_000), (4_000, 5_000), (1_000, 5_000), (100, 5_000)):
        matrix = make("normals", shape[0] * shape[1]).reshape(shape)
        for axis in (0, 1):
            values = matrix.shape[axis]
            target = at_least(2) if run.threads == 2 and values >= 1000 else None
            work = f"states along axis {axis} of {shape[0]}×{shape[1]}"
            mine, theirs = run.race(
                along(matrix, axis), peers.numpy_axis("var", matrix, axis)
            ).values()
            yield ratio(run.part, work, mine, theirs, target, values=values)
