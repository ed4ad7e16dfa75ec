"""The workshop's multiprocessing job: std and var of N new normals, for ten values of N.

First as on the slides, serially and with a Pool. Then with the library's own `my_statistics`, which
draws the numbers and reduces them on all threads at once, stores none, and gives the same bits on
any number of threads. The same numbers can be drawn into an array, to see what NumPy makes of them.

    .venv/bin/python python_examples/slide_my_statistics.py  # range(1000000, 1000010)
    .venv/bin/python python_examples/slide_my_statistics.py 3 --start 50000
"""

from __future__ import annotations

import argparse
import needs  # noqa: F401
import sys
from collections.abc import Callable
from ctypes import byref
from multiprocessing import Pool, cpu_count
from time import perf_counter

import numpy as np
from raw import Stats, check, doubles, lib, random

Result = tuple[int, float, float]  # N, std, var

SEED = 2017


def slide_statistics(n: int) -> tuple[int, float, float, float]:
    """Compute the slide's statistics for one N; return the first sample, too, to see where numbers repeat."""
    samples = np.random.randn(n)
    return (n, float(np.std(samples)), float(np.var(samples)), float(samples[0]))


def my_statistics(n: int) -> Result:
    """Compute them with the library: no array, all threads, correctly rounded; each N has its own seed."""
    stats = Stats()
    check(lib.my_statistics(n, SEED + n, byref(stats)))
    return (stats.count, stats.std, stats.variance)


def stored_statistics(n: int) -> tuple[Result, Result]:
    """Draw the same numbers into an array; return what the library and what NumPy makes of it."""
    samples = random("normal", 0, 1, n=n, seed=SEED + n)
    stats = Stats()
    check(lib.parallel_stats(doubles(samples), n, byref(stats)))
    mine = (stats.count, stats.std, stats.variance)
    return mine, (n, float(np.std(samples)), float(np.var(samples)))


times: list[tuple[str, float]] = []


def timed(label: str, work: Callable[[], list]) -> list:
    """Call a function, and note how long it took."""
    tic = perf_counter()
    results = work()
    times.append((label, perf_counter() - tic))
    return results


def pooled(workers: int, sizes: list[int]) -> list:
    """Run the slide's Pool: start it and let it work."""
    with Pool(workers) as pool:
        return pool.map(slide_statistics, sizes)


def parse() -> argparse.Namespace:
    """Read how much work to do."""
    parser = argparse.ArgumentParser(description="std and var of N normals: NumPy, Pool, parexact")
    parser.add_argument("count", nargs="?", type=int, default=10, help="values of N (default 10)")
    parser.add_argument("--start", type=int, default=1_000_000, help="the first N")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2, 4], help="for parexact")
    return parser.parse_args()


def main() -> None:
    """Run the job each way and compare."""
    args = parse()
    sizes = list(range(args.start, args.start + args.count))
    workers = max(cpu_count() - 1, 2)  # leaving 1 core free for the OS, as on the slide

    np.random.seed(SEED)
    slide = timed("the slide's loop, serial", lambda: [slide_statistics(n) for n in sizes])

    np.random.seed(SEED)
    label = f"the slide's Pool of {workers}, and its start"
    in_pool = timed(label, lambda: pooled(workers, sizes))

    ours: dict[int, list[Result]] = {}
    for count in args.threads:
        check(lib.parexact_set_num_threads(count))
        my_statistics(sizes[0])  # starts the threads
        label = f"my_statistics, {count} thread{'s' if count > 1 else ''}"
        ours[count] = timed(label, lambda: [my_statistics(n) for n in sizes])
    check(lib.parexact_set_num_threads(0))  # the default again
    first = ours[args.threads[0]]

    stored, numpy = zip(*(stored_statistics(n) for n in sizes))

    print("standard deviations")
    print(f"{'N':>9}  {'my_statistics':<20}  {'np.std, same numbers':<20}  the slide's loop")
    for mine, theirs, other in zip(first, numpy, slide):
        print(f"{mine[0]:>9}  {mine[1]!r:<20}  {theirs[1]!r:<20}  {other[1]!r}")

    print("\nseconds")
    for label, seconds in times:
        print(f"{seconds:9.4f}  {label}")

    # Python's == on floats: no NaN here and no zeros, so equal means the same bits.
    same = all(results == first for results in ours.values())
    same_stored = list(stored) == first
    off = sum(theirs != mine for theirs, mine in zip(numpy, first))
    print("\nthe same bits?")
    print(f"  my_statistics with {', '.join(map(str, args.threads))} threads: {answer(same)}")
    print(f"  my_statistics and parallel_stats of an array: {answer(same_stored)}")
    print(f"  np.std and np.var of that array: {answer(off == 0)}, {off} of {len(sizes)} differ")
    print("    (parexact's are the exact results, rounded once: where they differ, NumPy is off)")
    print(f"  the slide's loop and its Pool from one seed: {answer(slide == in_pool)}")
    repeats = len(sizes) - len({result[3] for result in in_pool})
    print(f"    (its workers all start from that seed: {repeats} of {len(sizes)} repeat others)")
    sys.exit(0 if same and same_stored else 1)


def answer(same: bool) -> str:
    """Return "yes" or "no"."""
    return "yes" if same else "no"


if __name__ == "__main__":  # on Windows and macOS the Pool's workers import this file
    main()
