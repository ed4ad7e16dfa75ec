"""How much memory a reduction takes beside its array."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from results import Row, at_most, show
from threads import environment

from .registry import Run, part

PEAK = Path(__file__).resolve().parent.parent / "peak.py"

# What a reduction may take however long its array is: stacks and accumulators of workers, rounded to pages.
CONSTANT_MIB = 4.0


def extra(work: str, rows: int, threads: int) -> float:
    """Return the MiB that a reduction of rows × 1000 numbers takes, in a new process."""
    command = [sys.executable, str(PEAK), work, str(rows)]
    done = subprocess.run(
        command, env=environment(threads), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] or f"exit {done.returncode}")
    return float(json.loads(done.stdout)["extra_mib"])


@part("P11", "extra memory of a reduction", threads=(2,))
def memory(run: Run) -> Iterator[Row]:
    """Compare the peaks of memory in new processes, for a large array and for a smaller one."""
    small, large = (1000, 4000) if run.quick else (5000, 50_000)
    megabytes = large * 1000 * 8 // 10**6
    ours = ["sum", "norm", "dot", "describe", "reduce", "reduce axis 0", "reduce axis 1"]
    for work in [*ours, "numpy.var"]:
        where = f"extra memory, {work}, {megabytes} MB"
        try:
            little, much = (extra(work, rows, run.threads) for rows in (small, large))
        except Exception as error:
            yield run.failed(where, "", error)
            continue
        target = at_most(CONSTANT_MIB) if work in ours else None
        details = {"rows": [small, large], "extra_mib": [little, much]}
        beside = f"beside {small * 1000 * 8 // 10**6} MB: {show(little, 'MiB')}"
        yield Row(run.part, where, beside, much, "MiB", target, details=details)
