"""Programs in C that let contenders take turns: compiled against the library, and run.

Such a program is called with a number of rounds and the seconds of a turn. It prints a line for each
round and contender, tabs between its fields: a number of values or of MPI's fields, the contender's
name, seconds of a call.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from timing import Pace, Timing

ROOT = Path(__file__).resolve().parent.parent
LIBRARIES = ROOT / "target" / "release"
SECONDS = 600
"""The time limit of a compiler or of a program."""


def timings(
    source: str,
    pace: Pace,
    compiler: str = "cc",
    launcher: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
) -> dict[int, dict[str, Timing]]:
    """Compile and run a program of this directory; return its timings by number and by contender."""
    with tempfile.TemporaryDirectory() as scratch:
        program = f"{scratch}/program"
        link = [f"-I{ROOT / 'include'}", f"-L{LIBRARIES}", "-lparexact", "-lm"]
        command = [compiler, "-O2", str(ROOT / "benches" / source), *link, "-o", program]
        subprocess.run(command, check=True, timeout=SECONDS)
        done = subprocess.run(
            [*launcher, program, str(pace.rounds), str(pace.turn)],
            env={**os.environ, "LD_LIBRARY_PATH": str(LIBRARIES), **(variables or {})},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=SECONDS,
        )
    seconds: dict[int, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for line in done.stdout.splitlines():
        number, name, each = line.split("\t")
        seconds[int(number)][name].append(float(each))
    return {
        number: {name: Timing(name, tuple(each)) for name, each in contenders.items()}
        for number, contenders in seconds.items()
    }
