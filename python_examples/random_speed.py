"""The workshop's job over the number of samples: NumPy serially, NumPy in a Pool, parexact.

Each point is the time for ten calls of `my_statistics`, the best of some; the Pool is started
beforehand.

    .venv/bin/python python_examples/random_speed.py
    .venv/bin/python python_examples/random_speed.py --most 100000 --output figure.png
"""

from __future__ import annotations

import argparse
import needs  # noqa: F401
from collections.abc import Callable, Sequence
from ctypes import byref
from functools import partial
from multiprocessing import Pool, cpu_count
from pathlib import Path
from time import perf_counter

import matplotlib as mpl
import numpy as np
from raw import TARGET, Stats, check, lib

mpl.use("agg")
import matplotlib.pyplot as plt

SEED = 2017
CALLS = 10


def slide_statistics(n: int) -> tuple[int, float, float]:
    """Compute the statistics of N normals as on the slide."""
    samples = np.random.randn(n)
    return (n, float(np.std(samples)), float(np.var(samples)))


def my_statistics(n: int) -> tuple[int, float, float]:
    """Compute the statistics of N normals with the library; each N has its own seed."""
    stats = Stats()
    check(lib.my_statistics(n, SEED + n, byref(stats)))
    return (stats.count, stats.std, stats.variance)


def loop(work: Callable[[int], object], sizes: Sequence[int]) -> None:
    """Run the slide's loop."""
    for size in sizes:
        work(size)


def seconds(job: Callable[[], object]) -> float:
    """Return the least time of as many runs as half a second holds, or of one."""
    best, spent = float("inf"), 0.0
    while spent < 0.5:
        tic = perf_counter()
        job()
        took = perf_counter() - tic
        best, spent = min(best, took), spent + took
    return best


def measure(most: int) -> dict[str, dict[int, float]]:
    """Return the seconds of each way, by number of samples."""
    curves: dict[str, dict[int, float]] = {}
    workers = cpu_count()
    threads = sorted({1, lib.parexact_get_num_threads()})
    with Pool(workers) as pool:  # before this process has other threads
        n = 1000
        while n <= most:
            sizes = range(n, n + CALLS)
            jobs = {
                "NumPy, the slide's loop": partial(loop, slide_statistics, sizes),
                f"NumPy, Pool of {workers}": partial(pool.map, slide_statistics, sizes),
            }
            for name, job in jobs.items():
                curves.setdefault(name, {})[n] = seconds(job)
            for count in threads:
                check(lib.parexact_set_num_threads(count))
                name = f"parexact, {count} thread{'s' if count > 1 else ''}"
                curves.setdefault(name, {})[n] = seconds(partial(loop, my_statistics, sizes))
            n *= 10
    return curves


def draw(curves: dict[str, dict[int, float]], output: Path) -> None:
    """Draw one curve for each way."""
    figure, axes = plt.subplots(figsize=(7.2, 4.6), layout="constrained")
    looks = [("#0072B2", "--"), ("#56B4E9", "--"), ("#E69F00", "-"), ("#D55E00", "-")]
    for (name, curve), (colour, line) in zip(curves.items(), looks):
        axes.plot([*curve], [*curve.values()], line, marker="o", color=colour, label=name)
    axes.set(xscale="log", yscale="log", xlabel="N, samples of a call", ylabel="seconds")
    axes.set_title(f"Standard deviation and variance of N new normals, {CALLS} calls", loc="left")
    axes.grid(color="#dddddd")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    output.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(output, dpi=100)


def main() -> None:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(description="time of the workshop's job")
    parser.add_argument("--most", type=int, default=10_000_000, help="samples of a call")
    parser.add_argument("--output", type=Path, default=TARGET / "random_speed.png")
    args = parser.parse_args()
    curves = measure(args.most)
    for name, curve in curves.items():
        print(f"{name:<26}", "  ".join(f"{n}: {took:.2g} s" for n, took in curve.items()))
    draw(curves, args.output)
    print(f"written: {args.output}")


if __name__ == "__main__":  # on Windows and macOS the Pool's workers import this file
    main()
