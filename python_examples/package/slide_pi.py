"""The workshop's exercise π(N), with the package; beside the raw `../slide_pi.py`.

`parexact.pi` is the midpoint rule with the exact sum of its terms, so that the error is the rule's
own. `parexact.integrate` does the same to any function.

    .venv/bin/python python_examples/package/slide_pi.py
    .venv/bin/python python_examples/package/slide_pi.py --points 100000000
"""

from __future__ import annotations

import argparse
from itertools import count
from math import pi

import numba
import numpy as np
import parexact
from numba import types


def quarter_circle(x: np.ndarray) -> np.ndarray:
    """Get some points at a time, and return as many values."""
    return 4.0 / (1.0 + x * x)


@numba.cfunc(
    types.int32(
        *(types.CPointer(types.float64), types.CPointer(types.float64)),
        *(types.uintp, types.voidptr),
    )
)
def native_quarter_circle(x, y, n, user_data):
    """Compute a block of function values in native code, which runs on all threads."""
    for i in range(n):
        y[i] = 4.0 / (1.0 + x[i] * x[i])
    return 0


def main() -> None:
    """Answer the exercise's questions."""
    parser = argparse.ArgumentParser(description="π by the midpoint rule")
    parser.add_argument("--points", type=int, default=1_000_000, help="N of the integrals")
    n = parser.parse_args().points

    print(f"{'N':>6}  {'π(N)':<18}  err(N)")
    for points in (1, 2, 10, 50, 100, 500):
        value = parexact.pi(points)
        print(f"{points:>6}  {value!r:<18}  {value - pi:.4e}")
    smallest = next(points for points in count(1) if abs(parexact.pi(points) - pi) < 1e-6)
    print(f"The smallest N with an error below 1e-6 is {smallest}.")

    print(f"\nN = {n}")
    print("pi               ", parexact.pi(n))
    print("integrate, NumPy ", parexact.integrate(quarter_circle, 0, 1, n))
    print("integrate, native", parexact.integrate(native_quarter_circle, 0, 1, n))


if __name__ == "__main__":
    main()
