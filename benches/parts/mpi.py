"""MPI: an allreduce of states beside one of doubles, in C, on two ranks with a processor each."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import program
from results import Row, ratio
from timing import Timing

from .registry import Run, part

DOUBLES = "doubles by MPI_SUM"
STATES = ("states", "states' words by SUM, MAX")
"""Names in allreduce.c."""


@dataclass(frozen=True)
class Implementation:
    """An MPI of Debian's, and the options that bind its ranks."""

    name: str
    suffix: str
    options: tuple[str, ...]


IMPLEMENTATIONS = (
    Implementation("MPICH", ".mpich", ("-bind-to", "core")),
    Implementation("Open MPI", ".openmpi", ("--bind-to", "core")),
)


def measured(implementation: Implementation, run: Run) -> dict[int, dict[str, Timing]]:
    """Compile and run allreduce.c; return its timings by number of fields and by contender."""
    suffix = implementation.suffix
    return program.timings(
        "allreduce.c",
        run.pace,
        compiler=f"mpicc{suffix}",
        launcher=[f"mpiexec{suffix}", "-n", "2", *implementation.options],
        variables={"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"},
    )


@part("P17", "MPI_Allreduce of states and of doubles, C, 2 bound ranks")
def allreduce(run: Run) -> Iterator[Row]:
    """One state holds count, sum, mean, variance and extremes; one double holds a sum, inexactly."""
    for implementation in IMPLEMENTATIONS:
        work = f"{implementation.name}: allreduce"
        try:
            timings = measured(implementation, run)
        except (OSError, subprocess.SubprocessError) as error:
            yield run.failed(work, DOUBLES, error)
            continue
        for fields, contenders in timings.items():
            what = f"{work} of {fields} field{'s' * (fields > 1)}"
            for name in STATES:
                mine, doubles = contenders[name], contenders[DOUBLES]
                yield ratio(run.part, f"{what}, {name}", mine, doubles, fields=fields)
            for timing in contenders.values():
                yield Row(run.part, what, f"a call, {timing.name}", timing.median * 1e6, "µs")
