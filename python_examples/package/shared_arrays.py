"""Shared memory, with the package; beside the raw `../shared_arrays.py`.

Threads see the same memory. A map over an array hands out its rows as they are: a Python function
gets views of them, a native function their addresses, and both may change them in place. Here every
row of a table is scaled to mean 0 and standard deviation 1.

    .venv/bin/python python_examples/package/shared_arrays.py
    .venv/bin/python python_examples/package/shared_arrays.py --rows 10000 --columns 1000
"""

from __future__ import annotations

import argparse

import numba
import numpy as np
import parexact
from numba import types


def standardise(row: np.ndarray) -> None:
    """Scale a row in place, by exact moments."""
    row -= parexact.mean(row)
    row /= parexact.std(row)


@numba.cfunc(
    types.int32(
        types.CPointer(types.float64), types.CPointer(types.int8), types.CPointer(types.int64)
    )
)
def negate(item, result, columns):
    """Change a row in place, in native code; `columns` is what map has for user_data."""
    for i in range(columns[0]):
        item[i] = -item[i]
    result[0] = 1
    return 0


def main() -> None:
    """Change a table in place, twice."""
    parser = argparse.ArgumentParser(description="maps that change an array in place")
    parser.add_argument("--rows", type=int, default=4000)
    parser.add_argument("--columns", type=int, default=1000)
    args = parser.parse_args()
    table = np.random.default_rng(2017).normal(5, 3, (args.rows, args.columns))
    middle = table[args.rows // 2]  # a view, made before
    print(f"before: mean {middle.mean():.1f}, std {middle.std():.1f}, first {middle[0]:.6f}")
    with parexact.Pool() as pool:
        pool.map(standardise, table)
        print(
            f"scaled: mean {abs(middle.mean()):.1f}, std {middle.std():.1f}, first {middle[0]:.6f}"
        )
        done = pool.map(negate, table, dtype=np.int8, user_data=np.array([args.columns]))
        print(f"negated: {done.sum()} rows, first {middle[0]:.6f}")


if __name__ == "__main__":
    main()
