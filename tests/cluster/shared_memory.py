"""The files that MPIs keep in /dev/shm, and leave there when their ranks are killed."""

import os
import time
from pathlib import Path

DIRECTORY = Path("/dev/shm")
PATTERNS = ("mpich_shm*", "sm_segment*", "vader_segment*", "Intel_MPI*")


def files() -> set[Path]:
    """Return this user's files of any MPI."""
    found = set()
    for path in (path for pattern in PATTERNS for path in DIRECTORY.glob(pattern)):
        try:
            if path.stat().st_uid == os.getuid():
                found.add(path)
        except FileNotFoundError:
            continue
    return found


def mapped() -> set[Path]:
    """Return the files of shared memory that some process has in its address space."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            maps = (process / "maps").read_text(errors="replace")
        except OSError:  # another user's, or it has ended meanwhile
            continue
        found |= {Path(line.split()[5]) for line in maps.splitlines() if f" {DIRECTORY}/" in line}
    return found


def remove_abandoned(before: set[Path]) -> None:
    """Remove the files that have come since and that no process has: their ranks were killed."""
    abandoned = files() - before - mapped()
    if abandoned:
        time.sleep(1)  # another program may just have made one of them, and not yet mapped it
    for path in abandoned - mapped():
        path.unlink(missing_ok=True)
