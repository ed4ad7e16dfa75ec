"""Starts programs for the tests: each has a time limit, and none leaves a process behind (see `reaper`)."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = ROOT / "target" / "release"
"""Where libparexact.so is."""

REAPER = Path(__file__).with_name("reaper.py")
SECONDS = 120.0
"""The time limit of a program, unless its test says otherwise. Generous: the machine may be busy."""

ORDERS = (
    "PAREXACT_",
    "OMP_",
    "RAYON_",
    "SLURM_",
    "PMI_",
    "PMIX_",
    "OMPI_",
    "PRTE_",
    "HYDI_",
    "MPI_",
    "I_MPI_",
)
"""How the names of variables begin that say how many threads to use, or that a launcher sets."""


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's variables, without what would change how many threads are used, and more."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ORDERS)}
    kept["PYTHONDONTWRITEBYTECODE"] = "1"
    return {**kept, **(extra or {})}


def command_line(command: Sequence[str | Path], seconds: float, grace: float) -> list[str]:
    """Return the command line that runs a command under the reaper."""
    return [sys.executable, str(REAPER), str(seconds), str(grace), *map(str, command)]


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    seconds: float = SECONDS,
    grace: float = 0,
    status: int = 0,
    may_leave: bool = False,
) -> str:
    """Run a program to its end and return its standard output.

    Fail, with all that it printed, if its exit status is another than `status`, or if it left processes
    behind without `may_leave`; such as end by themselves within `grace` seconds are not counted.
    """
    done = subprocess.run(
        command_line(command, seconds, grace),
        env=environment(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    said = f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    assert done.returncode == status, f"exit status {done.returncode}, not {status}: {said}"
    assert may_leave or "reaper: ended" not in done.stderr, f"processes were left: {said}"
    return done.stdout


@contextmanager
def running(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    seconds: float = SECONDS,
    grace: float = 0,
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program beside the body, its output going to a file; all that it started ends with the body."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command_line(command, seconds, grace),
            env=environment(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)
