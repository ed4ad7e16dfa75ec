"""The workshop's multiprocessing job: std and var of N samples, for ten values of N.

The slides time one thing: every call *generates* its samples and reduces them. Here generation is
timed apart, and the samples of each N come from a fixed seed, so that the serial loop, the Pool and
parexact reduce the very same numbers and their answers can be compared bit by bit.

    python3 slide_my_statistics.py            # the slide's range(1000000, 1000010)
    python3 slide_my_statistics.py 3 --start 50000
"""

from __future__ import annotations

import argparse
import sys
from ctypes import byref
from multiprocessing import Pool, cpu_count
from time import perf_counter

import numpy as np
import numpy.typing as npt
from native import Stats, check, doubles, lib

Result = tuple[int, float, float]  # N, std, var

samples: list[npt.NDArray[np.float64]] = []  # what this process works on


def generate(sizes: list[int]) -> None:
    """Fill `samples`; every process that calls this gets the same numbers."""
    samples[:] = [np.random.default_rng([2017, n]).standard_normal(n) for n in sizes]


def my_statistics(i: int) -> Result:
    """Reduce one set of samples as on the slide."""
    return (len(samples[i]), float(np.std(samples[i])), float(np.var(samples[i])))


def my_slide_job(n: int) -> Result:
    """Generate and reduce, the slide's whole job for one N."""
    x = np.random.default_rng([2017, n]).standard_normal(n)
    return (n, float(np.std(x)), float(np.var(x)))


def my_parallel_statistics(i: int) -> Result:
    """Reduce the same samples with parexact: one pass, all threads, correctly rounded."""
    stats = Stats()
    check(lib.parallel_stats(doubles(samples[i]), len(samples[i]), byref(stats)))
    return (stats.count, stats.std, stats.variance)


def parse() -> argparse.Namespace:
    """Read how much work to do."""
    parser = argparse.ArgumentParser(description="std and var of N samples: NumPy, Pool, parexact")
    parser.add_argument("count", nargs="?", type=int, default=10, help="values of N (default 10)")
    parser.add_argument("--start", type=int, default=1_000_000, help="the first N")
    parser.add_argument("--threads", type=int, nargs="+", help="thread counts for parexact")
    return parser.parse_args()


def main() -> None:
    """Run the job each way and compare."""
    args = parse()
    sizes = list(range(args.start, args.start + args.count))
    indices = range(len(sizes))
    workers = max(cpu_count() - 1, 1)  # leaving 1 core free for the OS, as on the slide

    threads = args.threads
    if not threads:
        most = lib.parexact_get_num_threads()
        threads = sorted({1, 2, most, 2 * most})

    times: list[tuple[str, float]] = []

    tic = perf_counter()
    generate(sizes)
    generation = perf_counter() - tic
    times.append(("generate the samples once, NumPy, serial", generation))

    tic = perf_counter()
    serial = [my_statistics(i) for i in indices]
    times.append(("np.std and np.var, serial", perf_counter() - tic))
    times.append(("  with generation: the slide's serial job", generation + times[-1][1]))

    # The workers generate their own copies beforehand, as sending arrays would dominate.
    with Pool(workers, initializer=generate, initargs=(sizes,)) as pool:
        pool.map(my_statistics, [0] * workers)  # returns once workers are up
        tic = perf_counter()
        pooled = pool.map(my_statistics, indices)
        times.append(
            (f"np.std and np.var, Pool of {workers}, already started", perf_counter() - tic)
        )

    tic = perf_counter()
    with Pool(workers) as pool:
        pool.map(my_slide_job, sizes)
    times.append(("  with start and generation: the slide's Pool job", perf_counter() - tic))

    ours: dict[int, list[Result]] = {}
    for n in threads:
        check(lib.parexact_set_num_threads(n))
        my_parallel_statistics(0)  # starts the threads
        tic = perf_counter()
        ours[n] = [my_parallel_statistics(i) for i in indices]
        label = f"parallel_stats, {n} thread{'s' if n > 1 else ''}"
        times.append((label, perf_counter() - tic))
    check(lib.parexact_set_num_threads(0))  # the default again

    first = ours[threads[0]]
    print(f"{'N':>9}  {'std, NumPy':<22}{'std, parexact':<22}{'var, NumPy':<22}{'var, parexact'}")
    for theirs, mine in zip(serial, first):
        print(f"{mine[0]:>9}  {theirs[1]!r:<22}{mine[1]!r:<22}{theirs[2]!r:<22}{mine[2]!r}")

    print("\nseconds")
    for label, seconds in times:
        print(f"{seconds:9.4f}  {label}")
    print("(NumPy computes std and var apart; parallel_stats gives both, sum, mean, min and max.)")

    # Python's == on floats: no NaN here and no zeros, so equal means the same bits.
    differ = sum(theirs[1:] != mine[1:] for theirs, mine in zip(serial, first))
    tried = ", ".join(map(str, threads))
    print("\nthe same bits?")
    print(f"  parexact with {tried} threads: {answer(all(r == first for r in ours.values()))}")
    print(f"  NumPy serial and NumPy in the Pool: {answer(serial == pooled)}")
    print(f"  NumPy and parexact: {answer(differ == 0)}, {differ} of {len(sizes)} differ")
    print("  (parexact's are the exact results, rounded once: where they differ, NumPy is off)")
    sys.exit(0 if all(r == first for r in ours.values()) else 1)


def answer(same: bool) -> str:
    """Say it."""
    return "yes" if same else "no"


if __name__ == "__main__":  # on Windows and macOS the Pool's workers import this file
    main()
