"""Dot products of types and layouts that have to be converted beside those of contiguous doubles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import ours
from data import make
from results import Row, at_least, at_most, count
from timing import Contender, speedup

from .registry import Run, part

Numbers = npt.NDArray[Any]
Pair = list[Numbers]

BOUNDS = {"float32": 3, "int32": 3, "int64": 12, "float64, every other element": 3}
"""How many times as long as of contiguous doubles a dot product may take."""

CONVERTED = "conversion, then dot"


def pairs(n: int) -> dict[str, Pair]:
    """Return two vectors of each kind, contiguous doubles first."""
    rng = np.random.default_rng(13)
    doubles = [make("normals", 2 * n)[k * n : (k + 1) * n].copy() for k in (0, 1)]
    return {
        "contiguous float64": doubles,
        "float32": [x.astype(np.float32) for x in doubles],
        "int32": [rng.integers(-(2**31), 2**31, n, dtype=np.int32) for _ in doubles],
        "int64": [rng.integers(-(2**63), 2**63, n, dtype=np.int64) for _ in doubles],
        "float64, every other element": [np.repeat(x, 2)[::2] for x in doubles],
    }


def converted(pair: Pair) -> Contender:
    """Copy both vectors to contiguous doubles with NumPy, which rounds large integers, and take those."""
    copies = [np.empty(x.size) for x in pair]
    product = ours.dot(*copies)

    def call() -> Any:
        for copy, x in zip(copies, pair):
            copy[:] = x
        return product.call()

    return replace(product, name=CONVERTED, call=call, exact=False)


def multiples(run: Run, n: int) -> Iterator[Row]:
    """Time dot products as multiples of the time for contiguous doubles."""
    # The pairs have different products, so that the contenders need not agree.
    contenders = [
        replace(ours.dot(*pair), name=kind, exact=False) for kind, pair in pairs(n).items()
    ]
    base, *timings = run.race(*contenders).values()
    for timing in timings:
        yield Row(
            run.part,
            f"dot product, {count(n)}, {timing.name}",
            "time / contiguous float64",
            speedup(base, timing),
            target=at_most(BOUNDS[timing.name]),
            details={"timings": [timing.to_json(), base.to_json()], "n": n},
        )


def conversions(run: Run, n: int) -> Iterator[Row]:
    """Compare with what a program without these types would do: convert the vectors first.

    There is no target for 64-bit integers, as converted ones are no longer the same numbers.
    """
    for kind, pair in pairs(n).items():
        if kind in BOUNDS:
            targets = {} if kind == "int64" else {CONVERTED: at_least(1)}
            work = f"dot product, {count(n)}, {kind}"
            yield from run.compare(work, ours.dot(*pair), converted(pair), targets=targets, n=n)


@part("P13", "dot products of other types and layouts, 10⁴ in cache, 1 thread")
def dots(run: Run) -> Iterator[Row]:
    """Compare types and layouts where memory costs nothing."""
    yield from multiples(run, 10_000)
