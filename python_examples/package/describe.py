"""Exact statistics of .npy and .csv files, with the package; beside the raw `../describe.py`.

A .npy file is mapped into memory and described in one call, with a progress bar on a terminal. A
.csv file is read in pieces, with a `State` for each column; how large the pieces are does not
matter. The raw script copes with more kinds of files.

    .venv/bin/python python_examples/package/describe.py measurements.npy table.csv --ddof 1
"""

from __future__ import annotations

import argparse
import sys
from itertools import islice

import numpy as np
import parexact

ROWS = 1 << 14  # of a .csv file at a time


def describe_csv(path: str, header: bool, args: argparse.Namespace) -> list[parexact.Stats]:
    """Return the statistics of each column."""
    states: list[parexact.State] = []
    with open(path, encoding="utf-8") as file:
        if header:
            next(file)
        while rows := list(islice(file, ROWS)):
            table = np.loadtxt(rows, delimiter=",", ndmin=2)
            states = states or [parexact.State() for _ in table.T]
            for state, column in zip(states, table.T):
                state.update(column)
    return [state.result(ddof=args.ddof, nan_policy=args.nan) for state in states]


def main() -> None:
    """Describe each file."""
    parser = argparse.ArgumentParser(description="Exact statistics of .npy and .csv files")
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--ddof", type=int, default=0, help="variance over n - ddof (default 0)")
    parser.add_argument("--nan", default="propagate", choices=["propagate", "omit", "raise"])
    parser.add_argument("--header", action="store_true", help="a .csv file starts with names")
    args = parser.parse_args()
    for path in args.files:
        if path.endswith(".npy"):
            numbers = np.load(path, mmap_mode="r")
            show = sys.stderr.isatty()
            found = [parexact.describe(numbers, ddof=args.ddof, nan_policy=args.nan, progress=show)]
        else:
            found = describe_csv(path, args.header, args)
        for place, stats in enumerate(found):
            print(path, place, *(f"{name}={value!r}" for name, value in stats._asdict().items()))


if __name__ == "__main__":
    main()
