"""Runs the Python programs of the MPI tests."""

from collections.abc import Mapping
from pathlib import Path

import launch
import mpi


def run(
    wheel: mpi.Implementation,
    ranks: int,
    *program: str | Path,
    scratch: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    module: bool = True,
) -> str:
    """Run a program on so many ranks and return what it printed. It must leave no temporary files.

    Without `module` it is started by `python program.py`, not by `python -m mpi4py program.py`.
    """
    assert wheel.python is not None
    temporary = scratch / "tmp"
    temporary.mkdir(exist_ok=True)
    start = wheel.program(ranks, *program) if module else wheel.ranks(ranks, wheel.python, *program)
    printed = launch.run(
        start,
        env={**wheel.env, "TMPDIR": str(temporary), **(env or {})},
        cwd=cwd,
    )
    assert not list(temporary.iterdir())
    return printed
