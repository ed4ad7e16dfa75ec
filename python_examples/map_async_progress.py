"""`map_async` of the slides: a map in the background, a progress bar, and Ctrl-C to stop it.

The control that is attached to the thread when the map starts governs it: any thread may look at
its progress, or cancel it. Python notices Ctrl-C between two calls of C, so `wait` waits a tenth
of a second at a time.

    .venv/bin/python python_examples/map_async_progress.py
    .venv/bin/python python_examples/map_async_progress.py --items 2000 --bar
"""

from __future__ import annotations

import argparse
import needs  # noqa: F401
import sys
import time
from ctypes import byref, c_uint64
from typing import Any

import numba
import numpy as np
from callbacks import Background
from numba import types
from raw import CANCELLED, OK, TIMEOUT, MapFunction, check, lib, records

Integers = types.CPointer(types.int64)
Doubles = types.CPointer(types.float64)


@numba.cfunc(types.int32(Integers, Doubles, types.voidptr))
def walk(item, result, user_data):
    """Walk a million random steps, left or right; return how far away that ends."""
    state = np.uint64(item[0]) * np.uint64(0x9E3779B97F4A7C15) | np.uint64(1)
    place = 0
    for _ in range(1_000_000):
        state ^= state << np.uint64(13)
        state ^= state >> np.uint64(7)
        state ^= state << np.uint64(17)
        place += 1 if state >> np.uint64(63) else -1
    result[0] = abs(place)
    return 0


def progress(control: Any) -> tuple[int, int]:
    """Return how many items are done, and how many there are."""
    done, total = c_uint64(), c_uint64()
    lib.parexact_control_progress(control, byref(done), byref(total))
    return done.value, total.value


def draw(done: int, total: int) -> None:
    """Draw the bar over the one before."""
    share = done / total if total else 0.0
    print(f"\r[{'#' * int(40 * share):<40}] {done}/{total}", end="", flush=True)


def wait(job: Any, control: Any, bar: bool) -> int:
    """Wait for the job, and return its status; Ctrl-C cancels it."""
    status = TIMEOUT
    while status == TIMEOUT:
        try:
            status = lib.parexact_job_wait(job, 0.1)
            if bar:
                draw(*progress(control))
        except KeyboardInterrupt:
            lib.parexact_control_cancel(control)
    if bar:
        print()
    return status


def parse() -> argparse.Namespace:
    """Read how much work to do."""
    parser = argparse.ArgumentParser(description="a map in the background")
    parser.add_argument("--items", type=int, default=400, help="random walks (default 400)")
    yes_no = argparse.BooleanOptionalAction
    parser.add_argument("--bar", action=yes_no, default=sys.stdout.isatty(), help="progress bar")
    return parser.parse_args()


def main() -> int:
    """Start the map, do something else, and wait."""
    args = parse()
    seeds = np.arange(1, args.items + 1)
    distances = np.zeros(args.items)
    background = Background()  # at exit it cancels, and waits for, what is still running
    tic = time.perf_counter()
    job = background.start(
        *(lib.parexact_map_async, None, MapFunction(walk.address), None),
        *(*records(seeds), *records(distances), args.items, 1),
    )
    print(f"{args.items} random walks have begun; Ctrl-C stops them.", flush=True)

    status = wait(job, background.control, args.bar)
    done, total = progress(background.control)
    seconds = time.perf_counter() - tic
    if status == CANCELLED:
        print(f"stopped after {done} of {total} walks, {seconds:.2f} s")
        return 130  # as other programs that Ctrl-C ends
    check(status)
    assert status == OK
    print(f"{done} of {total} walks, {seconds:.2f} s")
    expected = np.sqrt(2e6 / np.pi)
    error = distances.std() / np.sqrt(distances.size)
    print(f"mean distance {distances.mean():.0f} ± {error:.0f}, expected {expected:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
