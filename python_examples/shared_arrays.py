"""Shared memory: NumPy arrays that a map changes in place, without copies and without pickles.

Threads see the same memory, so that a map gets addresses. Processes do not: `Pool.map` pickles each
item, sends it to a worker, and sends the result back the same way. Here every row of a table is
scaled to mean 0 and standard deviation 1, by both.

    .venv/bin/python python_examples/shared_arrays.py
    .venv/bin/python python_examples/shared_arrays.py --rows 10000 --columns 1000
"""

from __future__ import annotations

import argparse
import needs  # noqa: F401
from ctypes import addressof, c_int64
from functools import partial
from multiprocessing import Pool, cpu_count
from time import perf_counter
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import types
from raw import MapFunction, check, lib, records

Doubles = npt.NDArray[np.float64]
Row = types.CPointer(types.float64)


@numba.njit
def standardise(row):
    """Scale a row in place."""
    n = len(row)
    mean = 0.0
    for x in row:
        mean += x / n
    variance = 0.0
    for x in row:
        variance += (x - mean) * (x - mean) / n
    scale = 1.0 / np.sqrt(variance)
    for i in range(n):
        row[i] = (row[i] - mean) * scale


@numba.cfunc(types.int32(Row, Row, types.CPointer(types.int64)))
def standardise_item(item, result, columns):
    """Standardise a row for C: item and result are the same row, and user_data says how long it is."""
    standardise(numba.carray(result, columns[0]))
    return 0


def standardised(row: Doubles) -> Doubles:
    """Standardise a row in another process, which gets a copy of it and returns another copy."""
    standardise(row)
    return row


def in_place(table: Doubles) -> None:
    """Change the rows, in parallel, where they are."""
    rows, columns = table.shape
    length = c_int64(columns)
    function = MapFunction(standardise_item.address)
    there = records(table)
    check(lib.parexact_map(None, function, addressof(length), *there, *there, rows, 0))


def parse() -> argparse.Namespace:
    """Read how large the table is."""
    parser = argparse.ArgumentParser(description="a map that changes an array in place")
    parser.add_argument("--rows", type=int, default=4000)
    parser.add_argument("--columns", type=int, default=1000)
    return parser.parse_args()


def timed(label: str, work: Any) -> Any:
    """Call a function, and print how long it took."""
    tic = perf_counter()
    result = work()
    print(f"{perf_counter() - tic:9.4f} s  {label}")
    return result


def main() -> None:
    """Standardise a table in three ways and compare them."""
    args = parse()
    table = np.random.default_rng(2017).normal(5, 3, (args.rows, args.columns))
    print(f"{args.rows} rows of {args.columns} numbers, {table.nbytes / 1e6:.0f} MB")
    standardise(table[0].copy())  # compiles it

    serial = table.copy()
    timed("a loop over the rows", lambda: [standardise(row) for row in serial])
    with Pool(cpu_count()) as processes:
        label = f"Pool({cpu_count()}).map: every row is pickled twice"
        pooled = timed(label, partial(processes.map, standardised, list(table)))

    middle = table[args.rows // 2]  # a view, made before
    address = table.ctypes.data
    timed("parexact_map, in place: nothing is copied", partial(in_place, table))

    same = np.array_equal(table, serial) and np.array_equal(table, np.array(pooled))
    print(f"the same numbers each way: {'yes' if same else 'no'}")
    print(f"the same memory as before: {'yes' if table.ctypes.data == address else 'no'}")
    print(f"a view made before has mean {abs(middle.mean()):.1f} and std {middle.std():.1f} now")


if __name__ == "__main__":  # on Windows and macOS the Pool's workers import this file
    main()
