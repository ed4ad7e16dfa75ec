"""The workshop's `pool.map`, with the package; beside the raw `../slide_pool_map.py`.

One function, in Python: how many steps a point of the plane takes to leave the Mandelbrot set. As a
Python function it runs correctly, but one call at a time, because of the interpreter's lock;
compiled from the same source by `numba.cfunc` it runs on all workers at once. What a Python
function raises is raised by `map`, with its traceback.

    .venv/bin/python python_examples/package/slide_pool_map.py
    .venv/bin/python python_examples/package/slide_pool_map.py --side 200
"""

from __future__ import annotations

import argparse
from time import perf_counter

import numba
import numpy as np
import parexact
from numba import types

POINT = np.dtype([("re", "f8"), ("im", "f8"), ("limit", "i8")])


def escape(re: float, im: float, limit: int) -> int:
    """Return how many steps of z → z² + c stay below 2."""
    if limit < 0:
        raise ValueError("a negative number of steps")
    x = y = 0.0
    for step in range(limit):
        x, y = x * x - y * y + re, 2.0 * x * y + im
        if x * x + y * y > 4.0:
            return step
    return limit


compiled = numba.njit(escape)


@numba.cfunc(
    types.int32(types.CPointer(numba.from_dtype(POINT)), types.CPointer(types.int64), types.voidptr)
)
def native(item, result, user_data):
    """Call the function for the record at `item`; an answer other than 0 would be a failure."""
    point = numba.carray(item, 1)[0]
    result[0] = compiled(point.re, point.im, point.limit)
    return 0


def main() -> None:
    """Map both, and compare."""
    parser = argparse.ArgumentParser(description="pool.map: Python functions and native ones")
    parser.add_argument("--side", type=int, default=100, help="points in a row (default 100)")
    parser.add_argument("--limit", type=int, default=200, help="steps at most (default 200)")
    args = parser.parse_args()
    points = np.empty((args.side, args.side), dtype=POINT)
    points["re"] = np.linspace(-2.0, 0.6, args.side)
    points["im"] = np.linspace(-1.3, 1.3, args.side)[:, np.newaxis]
    points["limit"] = args.limit
    points = points.reshape(-1)

    with parexact.Pool() as pool:
        tic = perf_counter()
        python = pool.starmap(escape, points.tolist())  # each item is unpacked into arguments
        print(f"{perf_counter() - tic:9.4f} s  a Python function, one call at a time")
        tic = perf_counter()
        steps = pool.map(native, points, dtype=np.int64)
        print(f"{perf_counter() - tic:9.4f} s  a numba.cfunc, on all workers")
        print(f"{steps.sum()} steps in all; the same each way: {python == steps.tolist()}")

        try:
            pool.starmap(escape, [(0.0, 0.0, 10), (0.0, 0.0, -1)])
        except ValueError as error:
            print("ValueError:", error)


if __name__ == "__main__":
    main()
