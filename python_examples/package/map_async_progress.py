"""`map_async` of the slides, with the package; beside the raw `../map_async_progress.py`.

A map in the background. Inside `with control:` the control governs what is started there: any
thread may look at its progress, or cancel it. Ctrl-C ends every wait by KeyboardInterrupt.
(`pool.map(..., progress=True)` waits and shows a bar, in one line.)

    .venv/bin/python python_examples/package/map_async_progress.py
    .venv/bin/python python_examples/package/map_async_progress.py --items 2000
"""

from __future__ import annotations

import argparse
import sys

import numba
import numpy as np
import parexact
from numba import types


@numba.cfunc(types.int32(types.CPointer(types.int64), types.CPointer(types.float64), types.voidptr))
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


def main() -> int:
    """Start the map, look at it now and then, and wait."""
    parser = argparse.ArgumentParser(description="a map in the background")
    parser.add_argument("--items", type=int, default=400, help="random walks (default 400)")
    args = parser.parse_args()
    seeds = np.arange(1, args.items + 1)
    control = parexact.Control()
    with parexact.Pool() as pool:
        with control:
            result = pool.map_async(walk, seeds, 1, dtype=np.float64)
        print(f"{args.items} random walks have begun; Ctrl-C stops them.", flush=True)
        try:
            while not result.ready():
                result.wait(0.1)
                done, total = control.progress
                if sys.stdout.isatty():
                    print(f"\r{done} of {total}", end="")
            distances = result.get()
        except KeyboardInterrupt:
            done, total = control.progress
            print(f"\nstopped after {done} of {total} walks")
            return 130  # as other programs that Ctrl-C ends
    stats = parexact.describe(distances, ddof=1)
    error = stats.std / np.sqrt(stats.count)
    expected = np.sqrt(2e6 / np.pi)
    print(f"\nmean distance {stats.mean:.0f} ± {error:.0f}, expected {expected:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
