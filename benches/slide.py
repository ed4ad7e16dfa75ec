"""The workshop's `my_statistics` and its Pool: `slide.py WORKERS ready|new FIRST COUNT`.

Run as a program it is the Pool version in a process of its own: a Pool forks, and a process that
other contenders have filled with threads is no good parent. It does the job once for each line on
standard input, with one Pool for all (`ready`) or with one for each job (`new`), and answers each
with a line.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Sequence

import numpy as np

Result = tuple[int, float, float]


def my_statistics(N: int) -> Result:
    """Draw N normals; return N, their standard deviation and their variance."""
    samples = np.random.randn(N)
    return (N, float(np.std(samples)), float(np.var(samples)))


def serial(sizes: Sequence[int]) -> list[Result]:
    """Run the slide's loop."""
    return [my_statistics(size) for size in sizes]


def serve(workers: int, mode: str, sizes: Sequence[int]) -> None:
    """Do a job for each line."""
    context = multiprocessing.get_context("fork")  # as Linux had it when the slides were written
    ready = context.Pool(workers) if mode == "ready" else None
    for _ in sys.stdin:
        if ready is not None:
            results = ready.map(my_statistics, sizes)
        else:
            with context.Pool(workers) as pool:
                results = pool.map(my_statistics, sizes)
        print(results[0][2], flush=True)


if __name__ == "__main__":
    first = int(sys.argv[3])
    serve(int(sys.argv[1]), sys.argv[2], range(first, first + int(sys.argv[4])))
