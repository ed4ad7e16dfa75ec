"""Many results at once, of few values each or of many, which lie side by side or far apart.

Most reductions that programs do are of this kind: the mean of 30 ensemble members at each point, the
minimum of each row of 10 numbers. What a result costs by itself counts as much as what a value costs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import ours
import peers
from data import Axes, Doubles, make
from ours import Numbers
from results import Row, at_least
from timing import Contender

from .registry import Run, part

TOTAL = 3_000_000
"""Values of an array, whatever its shape."""

VALUES = (3, 10, 30, 100, 1000)
"""Of a result."""

ALONG, ACROSS = "along rows", "across rows"
"""The values of a result are neighbours in memory, or they are a row apart."""

TARGETS = {
    ("sum", ALONG): [at_least(0.8)] * 5,
    ("var", ALONG): [at_least(2)] * 5,
    ("min", ALONG): [at_least(1)] * 5,
    ("sum", ACROSS): [at_least(0.6)] * 5,
    ("var", ACROSS): [at_least(1), at_least(1.5), *[at_least(2)] * 3],
    ("min", ACROSS): [at_least(0.8)] * 5,
}
"""By operation and place, for each number of `VALUES`; the same on one thread and on two."""


def layouts(x: Doubles, place: str, values: int) -> Iterator[tuple[str, Doubles, int]]:
    """Yield an array in C order, and one in Fortran order with the same memory, and the axis to reduce."""
    results = x.size // values
    shape, axis = ((results, values), 1) if place == ALONG else ((values, results), 0)
    matrix = x[: results * values].reshape(shape)
    yield "C order", matrix, axis
    yield "Fortran order", matrix.T, 1 - axis


def reduction(op: str, a: Numbers, axes: Axes) -> tuple[Contender, Contender]:
    """Return one reduction as ours and as NumPy's."""
    return ours.reduce(a, op, axes), peers.numpy_axis(op, a, axes)


def matrices(run: Run, x: Doubles) -> Iterator[Row]:
    """Compare sums, variances and minima in either order of memory."""
    for (op, place), bounds in TARGETS.items():
        for values, target in zip(VALUES, bounds, strict=True):
            for order, matrix, axis in layouts(x, place, values):
                work = f"{op} {place}, {values} a result, {order}, {run.threads} thr."
                targets = {f"numpy.{op}": target}
                yield from run.compare(work, *reduction(op, matrix, axis), targets=targets)


def cube(run: Run, x: Doubles) -> Iterator[Row]:
    """Compare reductions of three dimensions, whose values lie in runs."""
    planes = x.size // 10_000
    cubic = x[: planes * 10_000].reshape(planes, 100, 100)
    choices: Sequence[Axes] = (1, (0, 2), 2)
    for op, bound in (("sum", 0.8), ("var", 2)):
        for axes in choices:
            work = f"{op} of ({planes}, 100, 100), axis {axes}, {run.threads} thr."
            targets = {f"numpy.{op}": at_least(bound)}
            yield from run.compare(work, *reduction(op, cubic, axes), targets=targets)


def singles(run: Run, x: Doubles) -> Iterator[Row]:
    """Compare float32, which NumPy adds in float32."""
    for place, values in ((ALONG, 100), (ACROSS, 30)):
        _, doubles, axis = next(layouts(x, place, values))
        matrix = doubles.astype(np.float32)
        for op in ("sum", "var"):
            work = f"{op} {place}, {values} a result, float32, {run.threads} thr."
            yield from run.compare(work, *reduction(op, matrix, axis))


def omissions(run: Run) -> Iterator[Row]:
    """Compare sums and variances without the NaNs, which numbagg's compiled loops leave out, too."""
    x = make("1% NaN", run.size(TOTAL))
    for place in (ALONG, ACROSS):
        _, matrix, axis = next(layouts(x, place, 100))
        for op, peer in (("sum", peers.numbagg_nansum), ("var", peers.numbagg_nanvar)):
            work = f"{op} {place}, 100 a result, 1% NaN omitted, {run.threads} thr."
            mine = ours.reduce(matrix, op, axis, "omit")
            yield from run.compare(work, mine, peer(matrix, axis))


@part("shapes", f"many results, of {VALUES[0]} to {VALUES[-1]} values each", threads=(1, 2))
def shapes(run: Run) -> Iterator[Row]:
    """Compare arrays of about 3·10⁶ values with NumPy, from 3 values a result to 1000."""
    x = make("normals", run.size(TOTAL))
    yield from matrices(run, x)
    yield from cube(run, x)
    yield from singles(run, x)
    yield from omissions(run)
