"""The workshop's exercise π(N), a code test of the PRACE Summer of HPC 2017.

    π(N) = 4/N · Σ 1/(1 + ((i - ½)/N)²),  i = 1 to N

with err(N) = π(N) - π for some N, the smallest N whose error is below 10⁻⁶, the time that Python,
NumPy and parexact take, and a figure of the error. The rule's own error is 1/(12·N²). Sums that are
rounded at each step add errors that grow with N and depend on the order; the exact sum has none.

    .venv/bin/python python_examples/slide_pi.py
    .venv/bin/python python_examples/slide_pi.py --points 100000000 --output figure.png
"""

from __future__ import annotations

import argparse
import math
import needs  # noqa: F401
from collections.abc import Callable
from ctypes import byref, c_double
from functools import partial
from pathlib import Path
from time import perf_counter

import matplotlib as mpl
import numpy as np
from raw import TARGET, check, lib

mpl.use("agg")
import matplotlib.pyplot as plt

PIECE = 1 << 16  # points at a time, where memory for all is not wanted

# RN(π) is below π by this much: what is left when errors are as small as this.
PI_BEYOND_DOUBLES = 1.2246467991473532e-16


def python_pi(n: int) -> float:
    """Compute π(N) by a loop, as the exercise is usually solved."""
    total = 0.0
    for i in range(1, n + 1):
        x = (i - 0.5) / n
        total += 1.0 / (1.0 + x * x)
    return 4.0 * total / n


def numpy_pi(n: int) -> float:
    """Compute π(N) with NumPy's arrays, which need memory for N numbers."""
    x = (np.arange(1, n + 1) - 0.5) / n
    return 4.0 * float(np.sum(1.0 / (1.0 + x * x))) / n


def quicker_python_pi(n: int) -> float:
    """Compute the bits of `python_pi` faster: `cumsum` adds in order, too, and rounds each time."""
    total = 0.0
    for start in range(0, n, PIECE):
        x = (np.arange(start + 1, min(start + PIECE, n) + 1) - 0.5) / n
        terms = 1.0 / (1.0 + x * x)
        terms[0] += total
        total = float(np.cumsum(terms)[-1])
    return 4.0 * total / n


def parexact_pi(n: int) -> float:
    """Compute π(N) with the library: on all threads, with an exact sum."""
    result = c_double()
    check(lib.parexact_pi(n, byref(result)))
    return result.value


def error(value: float) -> float:
    """Return by how much it exceeds π itself, which is between two doubles."""
    return (value - math.pi) - PI_BEYOND_DOUBLES


def seconds(work: Callable[[], object]) -> float:
    """Return the least time of three runs."""
    best = math.inf
    for _ in range(3):
        tic = perf_counter()
        work()
        best = min(best, perf_counter() - tic)
    return best


def show_errors() -> None:
    """Print the exercise's table, and its question's answer."""
    print(f"{'N':>6}  {'π(N)':<18}  err(N)")
    for n in (1, 2, 10, 50, 100, 500):
        value = parexact_pi(n)
        print(f"{n:>6}  {value!r:<18}  {error(value):.4e}")
    n = 1
    while abs(error(parexact_pi(n))) >= 1e-6:
        n += 1
    print(f"The smallest N with an error below 1e-6 is {n}.")


def show_times(n: int) -> None:
    """Print how long each way takes for N points."""
    print(f"\nN = {n}, seconds")
    ours = seconds(partial(parexact_pi, n))
    print(f"{ours:9.5f}  parexact, {lib.parexact_get_num_threads()} threads")
    for name, work in [("NumPy", numpy_pi), ("Python", python_pi)]:
        theirs = seconds(partial(work, n))
        print(f"{theirs:9.5f}  {name}: {theirs / ours:.0f} times as long")


def draw(output: Path) -> None:
    """Draw the error against N, with the rule's own error and the limit of doubles."""
    exponents = np.arange(0, 8.01, 0.125)
    sizes = np.unique(np.round(10**exponents).astype(int)).tolist()
    few = [n for n in sizes if n <= 10_000_000]

    figure, axes = plt.subplots(figsize=(7.2, 4.8), layout="constrained")
    curves = [
        ("added one by one", quicker_python_pi, few, "#E69F00", "s"),
        ("parexact_pi, exact sum", parexact_pi, sizes, "#0072B2", "o"),
    ]
    for name, work, chosen, colour, marker in curves:
        errors = [abs(error(work(n))) for n in chosen]
        axes.plot(chosen, errors, marker, markersize=4, color=colour, label=name)
    n = np.array([1.0, 1e8])
    axes.plot(n, 1 / (12 * n**2), color="#555555", linewidth=1, label="1/(12·N²)")
    axes.axhline(
        math.ulp(math.pi) / 2, color="#D55E00", linewidth=1, linestyle="--", label="½ ulp of π"
    )
    axes.set(xscale="log", yscale="log", xlabel="N, points", ylabel="|π(N) - π|")
    axes.set_ylim(3e-17, 1)
    axes.set_title("The midpoint rule for π: its error, and that of the sum", loc="left")
    axes.grid(color="#dddddd")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    output.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(output, dpi=100)
    print(f"written: {output}")


def main() -> None:
    """Answer the exercise's questions."""
    parser = argparse.ArgumentParser(description="π by the midpoint rule")
    parser.add_argument("--points", type=int, default=1_000_000, help="N of the comparison")
    parser.add_argument("--output", type=Path, default=TARGET / "slide_pi.png")
    args = parser.parse_args()
    show_errors()
    show_times(args.points)
    draw(args.output)


if __name__ == "__main__":
    main()
