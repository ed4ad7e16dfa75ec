"""The time of the workshop's job over the number of samples; beside the raw `../random_speed.py`.

Each line has the least time of some calls: of the slide's function, and of `parexact.my_statistics`
with one thread and with all. The raw script measures `multiprocessing.Pool` as well, and draws the
figure.

    .venv/bin/python python_examples/package/random_speed.py
    .venv/bin/python python_examples/package/random_speed.py --most 100000
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from time import perf_counter

import numpy as np
import parexact


def slide_statistics(n: int) -> tuple[int, float, float]:
    """Compute the statistics of n normals as on the slide."""
    samples = np.random.randn(n)
    return (n, float(np.std(samples)), float(np.var(samples)))


def seconds(work: Callable[[int], object], n: int) -> float:
    """Return the least time of as many calls as a fifth of a second holds, or of one."""
    best, spent = float("inf"), 0.0
    while spent < 0.2:
        tic = perf_counter()
        work(n)
        took = perf_counter() - tic
        best, spent = min(best, took), spent + took
    return best


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="time of the workshop's job")
    parser.add_argument("--most", type=int, default=10_000_000, help="samples of a call")
    most = parser.parse_args().most
    print(
        f"{'samples':>9}  the slide's  1 thread   {parexact.get_num_threads()} threads   (seconds)"
    )
    n = 1000
    while n <= most:
        slide = seconds(slide_statistics, n)
        with parexact.threads(1):
            one = seconds(parexact.my_statistics, n)
        print(f"{n:>9}  {slide:<11.2g}  {one:<9.2g}  {seconds(parexact.my_statistics, n):.2g}")
        n *= 10


if __name__ == "__main__":
    main()
