"""MPI: an allreduce of states beside one of doubles, in C, on two ranks with a processor each."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from results import Row, ratio
from timing import Timing

from .registry import Run, part

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = ROOT / "target" / "release"
SECONDS = 600
"""The time limit of a compiler or of the program."""

NAMES = {"doubles": "doubles by MPI_SUM", "states": "states", "words": "states' words by SUM, MAX"}


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
    env = {
        **os.environ,
        "LD_LIBRARY_PATH": str(LIBRARIES),
        "OMPI_ALLOW_RUN_AS_ROOT": "1",
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    }
    with tempfile.TemporaryDirectory() as scratch:
        program = f"{scratch}/allreduce"
        source = str(ROOT / "benches" / "allreduce.c")
        link = [f"-I{ROOT / 'include'}", f"-L{LIBRARIES}", "-lparexact"]
        compiler = [f"mpicc{suffix}", "-O2", source, *link, "-o", program]
        subprocess.run(compiler, check=True, timeout=SECONDS)
        launcher = [f"mpiexec{suffix}", "-n", "2", *implementation.options]
        pace = [str(run.pace.rounds), str(run.pace.turn)]
        done = subprocess.run(
            [*launcher, program, *pace],
            env=env,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=SECONDS,
        )
    seconds: dict[int, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for line in done.stdout.splitlines():
        fields, name, each = line.split()
        seconds[int(fields)][name].append(float(each))
    return {
        fields: {name: Timing(NAMES[name], tuple(each)) for name, each in contenders.items()}
        for fields, contenders in seconds.items()
    }


@part("P17", "MPI_Allreduce of states and of doubles, C, 2 bound ranks")
def allreduce(run: Run) -> Iterator[Row]:
    """One state holds count, sum, mean, variance and extremes; one double holds a sum, inexactly."""
    for implementation in IMPLEMENTATIONS:
        work = f"{implementation.name}: allreduce"
        try:
            timings = measured(implementation, run)
        except (OSError, subprocess.SubprocessError) as error:
            yield run.failed(work, NAMES["doubles"], error)
            continue
        for fields, contenders in timings.items():
            what = f"{work} of {fields} field{'s' * (fields > 1)}"
            doubles = contenders["doubles"]
            for name in ("states", "words"):
                mine = contenders[name]
                yield ratio(run.part, f"{what}, {mine.name}", mine, doubles, fields=fields)
            for timing in contenders.values():
                yield Row(run.part, what, f"a call, {timing.name}", timing.median * 1e6, "µs")
