"""Runs the Python programs of the MPI tests, and finds the files that one leaves behind."""

import os
import re
import time
from collections.abc import Mapping
from pathlib import Path

import launch
import mpi

SHARED_MEMORY = Path("/dev/shm")


def run(
    wheel: mpi.Implementation,
    ranks: int,
    *program: str | Path,
    scratch: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    module: bool = True,
) -> str:
    """Run a program on so many ranks and return what it printed. It must leave no files behind.

    Without `module` it is started by `python program.py`, not by `python -m mpi4py program.py`.
    """
    assert wheel.python is not None
    before = set(SHARED_MEMORY.iterdir())
    temporary = scratch / "tmp"
    temporary.mkdir(exist_ok=True)
    start = wheel.program(ranks, *program) if module else wheel.ranks(ranks, wheel.python, *program)
    printed = launch.run(
        start,
        env={**wheel.env, "TMPDIR": str(temporary), **(env or {})},
        cwd=cwd,
    )
    assert not list(temporary.iterdir())
    assert not left_in_shared_memory(before)
    return printed


def left_in_shared_memory(before: set[Path]) -> set[Path]:
    """Return the files that are new and that no process uses; other tests may be running beside this one."""
    left = set(SHARED_MEMORY.iterdir()) - before
    deadline = time.monotonic() + 10
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        used = used_names()
        left = {path for path in left if path.exists() and path.name not in used}
    return left


def used_names() -> set[str]:
    """Return the names of the files in shared memory that some process has open or mapped."""
    names: set[str] = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            names |= set(re.findall(r"/dev/shm/(\S+)", (process / "maps").read_text()))
            links = [os.readlink(link) for link in (process / "fd").iterdir()]
        except OSError:  # it has ended, or belongs to somebody else
            continue
        names |= {Path(link).name for link in links if link.startswith("/dev/shm/")}
    return names
