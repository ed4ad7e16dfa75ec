"""The workshop's `pool.map`: a function for each of many items, and what it costs to call it.

One function, in Python: how many steps a point of the plane takes to leave the Mandelbrot set. Its
arguments are a record, in which NumPy, ctypes, Numba and C agree: what the slides pack into a tuple
or a dictionary. It is called

- by a loop, and by multiprocessing's `Pool.map`, with and without a chunksize, as on the slides;
- by `parexact_map` as a Python callback: on all threads, but one at a time, as each needs the
  interpreter's lock (GIL) for all it does. That is no faster than the loop, and passing the lock
  around takes time of its own;
- by `parexact_map` as native code, compiled from the same source by `numba.cfunc`, on all threads.

    .venv/bin/python python_examples/slide_pool_map.py
    .venv/bin/python python_examples/slide_pool_map.py --side 200
"""

from __future__ import annotations

import argparse
import needs  # noqa: F401
import time
from collections.abc import Callable
from ctypes import Structure, byref, c_double, c_int64
from functools import partial
from multiprocessing import Pool, cpu_count
from time import perf_counter
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from callbacks import Background, Guarded
from numba import types
from raw import MapFunction, check, lib, pool, records

Steps = npt.NDArray[np.int64]

POINT = np.dtype([("re", "f8"), ("im", "f8"), ("limit", "i8")])


class Point(Structure):
    """The same record for ctypes."""

    re: float
    im: float
    limit: int
    _fields_ = [("re", c_double), ("im", c_double), ("limit", c_int64)]


# --- one function, three ways to call it -----------------------------------------------------


def escape(re: float, im: float, limit: int) -> int:
    """Return how many steps of z → z² + c stay below 2."""
    x = y = 0.0
    for step in range(limit):
        x, y = x * x - y * y + re, 2.0 * x * y + im
        if x * x + y * y > 4.0:
            return step
    return limit


def escape_of(point: tuple[float, float, int]) -> int:
    """Call `escape` for `Pool.map`, which passes a single argument that is unpacked here, as on the slide."""
    return escape(*point)


def python_callback(item: int, result: int, user_data: int | None) -> None:
    """Call `escape` for C, which passes addresses."""
    point = Point.from_address(item)
    if point.limit < 0:
        raise ValueError(f"{point.limit} steps for {point.re}+{point.im}i")
    c_int64.from_address(result).value = escape(point.re, point.im, point.limit)


compiled_escape = numba.njit(escape)
PointPointer = types.CPointer(numba.from_dtype(POINT))
StepsPointer = types.CPointer(types.int64)


@numba.cfunc(types.int32(PointPointer, StepsPointer, types.voidptr))
def native_callback(item, result, user_data):  # noqa: D103
    point = numba.carray(item, 1)[0]
    result[0] = compiled_escape(point.re, point.im, point.limit)
    return 0  # anything else would be a failure


def mapped(workers: Any, function: Any, points: npt.NDArray[Any], chunksize: int = 0) -> Steps:
    """Return what `pool.map(function, points, chunksize)` returns, by `parexact_map`."""
    steps = np.empty(len(points), dtype=np.int64)
    pointer = getattr(function, "pointer", function)
    finish = getattr(function, "finish", check)
    finish(
        lib.parexact_map(
            workers, pointer, None, *records(points), *records(steps), len(points), chunksize
        )
    )
    return steps


# --- the comparison --------------------------------------------------------------------------


def timed(label: str, work: Callable[[], Any]) -> Any:
    """Call a function, and print how long it took."""
    tic = perf_counter()
    result = work()
    print(f"{perf_counter() - tic:9.4f} s  {label}")
    return result


def grid(side: int, limit: int) -> npt.NDArray[Any]:
    """Return a square of points, row by row."""
    points = np.empty((side, side), dtype=POINT)
    points["re"] = np.linspace(-2.0, 0.6, side)
    points["im"] = np.linspace(-1.3, 1.3, side)[:, np.newaxis]
    points["limit"] = limit
    return points.reshape(-1)


def parse() -> argparse.Namespace:
    """Read how much work to do."""
    parser = argparse.ArgumentParser(description="pool.map: processes, callbacks, native code")
    parser.add_argument("--side", type=int, default=100, help="points in a row (default 100)")
    parser.add_argument("--limit", type=int, default=200, help="steps at most (default 200)")
    parser.add_argument("--workers", type=int, default=cpu_count(), help="of each pool")
    return parser.parse_args()


def main() -> None:
    """Run it each way, compare, and leave a job running."""
    args = parse()
    points = grid(args.side, args.limit)
    n = args.workers
    print(f"{len(points)} points, {args.limit} steps at most, {n} workers")

    tuples = points.tolist()  # pickled and sent to the processes, piece by piece
    answers = [timed("a loop in Python", lambda: [escape(*point) for point in tuples])]
    with Pool(n) as processes:  # before this process has other threads
        label = f"multiprocessing, Pool({n}).map"
        answers.append(timed(f"{label}, chunksize 1", partial(processes.map, escape_of, tuples, 1)))
        answers.append(timed(f"{label}, its own chunks", partial(processes.map, escape_of, tuples)))

    workers = pool()
    check(lib.parexact_pool_new(n, byref(workers)))
    python = Guarded(MapFunction, python_callback)
    native = MapFunction(native_callback.address)
    mapped(workers, native, points[:1])
    for label, function, chunksize in [
        ("a Python callback (one at a time: GIL)", python, 0),
        ("a numba.cfunc, chunksize 1", native, 1),
        ("a numba.cfunc, parexact's chunks", native, 0),
    ]:
        work = partial(mapped, workers, function, points, chunksize)
        answers.append(timed(f"parexact_map, {label}", work).tolist())
    lib.parexact_pool_free(workers)
    same = all(answer == answers[0] for answer in answers)
    print(f"the same steps each way, in the order of the points: {'yes' if same else 'no'}")

    print("\nA callback that raises, for one of the points:")
    points["limit"][len(points) // 2] = -1
    try:
        mapped(None, python, points)
    except ValueError as error:
        print(f"  ValueError: {error}")
        print(f"  the library: {lib.parexact_last_error().decode()}")

    # What a program leaves behind would call Python after its end. Background's atexit function
    # cancels it and waits; without it the process might end by a signal.
    background = Background()
    slow = Guarded(MapFunction, lambda *_: time.sleep(0.001))
    background.start(lib.parexact_map_async, None, slow.pointer, None, None, 0, None, 0, 10**9, 0)
    print("\nA job for days is running, and Python ends all the same.")


if __name__ == "__main__":  # on Windows and macOS the Pool's workers import this file
    main()
