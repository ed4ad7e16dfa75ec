"""The peak of memory during one reduction: `peak.py WORK ROWS`, in a process of its own.

For parts/memory.py. Linux only: `getrusage` would report the peak of the parent process, if that is
higher, because a process inherits it when it is started.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import ours
from timing import Contender

WORKS: dict[str, Callable[[npt.NDArray[Any]], Contender]] = {
    "sum": ours.sum_view,
    "norm": ours.norm,
    "dot": lambda a: ours.dot(a, a[::-1]),
    "describe": ours.describe,
    "reduce": lambda a: ours.reduce(a, "var"),
    "reduce axis 0": lambda a: ours.reduce(a, "var", 0),
    "reduce axis 1": lambda a: ours.reduce(a, "var", 1),
    "numpy.var": lambda a: Contender("numpy.var", lambda: np.var(a)),
}


def kib(field: str) -> int:
    """Return a field of /proc/self/status: VmRSS is in memory now, VmHWM was at most."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1])
    raise KeyError(field)


def main(work: str, rows: int) -> None:
    """Measure the first call in this process: no buffers are left over from another one."""
    array = np.empty((rows, 1000))
    # By rows: a temporary as large as the array would already set the peak.
    for index, row in enumerate(array):
        row[:] = index + np.arange(1000.0)
    contender = WORKS[work](array)
    # Earlier peaks may be higher: counted from what is there now, nothing hides below them.
    before = kib("VmRSS")
    contender.value(contender.call())
    print(json.dumps({"extra_mib": (kib("VmHWM") - before) / 1024}))


main(sys.argv[1], int(sys.argv[2]))
