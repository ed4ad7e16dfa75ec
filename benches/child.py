"""One part on one thread count, for run.py: `child.py PART THREADS FILE [--quick]`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from parts import PARTS, Run
from results import Row


def main(name: str, threads: str, file: str, *flags: str) -> None:
    """Write the rows after each one: those that are complete survive a later crash."""
    np.seterr(all="ignore")  # NumPy's variance of the wide range overflows
    run = Run(name, int(threads), "--quick" in flags)
    rows: list[Row] = []

    def write(row: Row) -> None:
        rows.append(row)
        Path(file).write_text(json.dumps([row.to_json() for row in rows]))

    try:
        for row in PARTS[name].measure(run):
            write(row)
    except Exception as error:
        write(run.failed(PARTS[name].title, "", error))


# The workers of a pool import this file.
if __name__ == "__main__":
    main(*sys.argv[1:])
