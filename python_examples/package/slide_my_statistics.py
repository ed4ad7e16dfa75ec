"""The workshop's job, with the package; beside the raw `../slide_my_statistics.py`.

`parexact.my_statistics` draws N normals and returns N, their standard deviation and their variance,
as the slide's function does. The numbers are reduced as they are drawn, on all threads, and the
result has the same bits on any number of threads. `Generator` draws the same numbers, to look at.

    .venv/bin/python python_examples/package/slide_my_statistics.py
    .venv/bin/python python_examples/package/slide_my_statistics.py 3 --start 50000
"""

from __future__ import annotations

import argparse
from time import perf_counter

import numpy as np
import parexact

SEED = 2017


def slide_statistics(n: int) -> tuple[int, float, float]:
    """Compute the statistics of N normals as on the slide."""
    samples = np.random.randn(n)
    return (n, float(np.std(samples)), float(np.var(samples)))


def main() -> None:
    """Run the job, and compare."""
    parser = argparse.ArgumentParser(description="std and var of N normals")
    parser.add_argument("count", nargs="?", type=int, default=10, help="values of N (default 10)")
    parser.add_argument("--start", type=int, default=1_000_000, help="the first N")
    args = parser.parse_args()
    sizes = range(args.start, args.start + args.count)

    tic = perf_counter()
    for n in sizes:
        slide_statistics(n)
    slide = perf_counter() - tic

    tic = perf_counter()
    results = [parexact.my_statistics(n, seed=SEED + n) for n in sizes]
    print(f"{slide:.4f} s as on the slide, {perf_counter() - tic:.4f} s with parexact")
    for result in results:
        print(result)

    with parexact.threads(1):
        alone = [parexact.my_statistics(n, seed=SEED + n) for n in sizes]
    print("the same bits on one thread:", alone == results)

    samples = parexact.Generator(seed=SEED + sizes[0]).normal(size=sizes[0])
    stats = parexact.describe(samples)
    print("the same bits from an array:", (stats.count, stats.std, stats.variance) == results[0])


if __name__ == "__main__":
    main()
