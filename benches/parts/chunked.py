"""Dask arrays: the package's variance of chunks beside Dask's own, by its threads."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import dask.array as da
import numpy as np
import parexact.dask
from data import make
from results import Row, at_least, ratio
from timing import Contender

from .registry import Run, part

SHAPE = (4000, 5000)


def contender(name: str, lazy: Any, threads: int, exact: bool) -> Contender:
    """Compute a dask array; it stands for its first number."""
    call = partial(lazy.compute, scheduler="threads", num_workers=threads)
    return Contender(name, call, lambda result: float(np.ravel(result)[0]), exact)


@part("dask", "Dask arrays, 4000×5000, 2 threads", threads=(2,))
def variances(run: Run) -> Iterator[Row]:
    """Compare variances of all values and along the axis that is cut, into long and into short chunks."""
    rows, columns = (400, 500) if run.quick else SHAPE
    numbers = make("normals", rows * columns).reshape(rows, columns)
    for axis, pieces, target in (
        (None, 4, at_least(1)),
        (0, 4, at_least(1)),
        (0, 40, None),
        (1, 4, None),
    ):
        x = da.from_array(numbers, chunks=(rows // pieces, columns))
        work = f"var, axis {axis}, chunks of {rows // pieces} rows"
        mine, theirs = run.race(
            contender("parexact.dask.var", parexact.dask.var(x, axis=axis), run.threads, True),
            contender("dask.array.var", da.var(x, axis=axis), run.threads, False),
        ).values()
        yield ratio(run.part, work, mine, theirs, target, rows=rows, columns=columns, pieces=pieces)
