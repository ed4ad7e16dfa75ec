"""π(n) as parexact.h defines it, exactly, and as it would be with other sequences of roundings.

The terms, by NumPy, whose operations on doubles are rounded to nearest one by one; their sum, as an
integer; 4/n times that, rounded once by Python's division of integers.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
UNIT = 2**53  # terms are from ½ to 1, so integer multiples of 1/UNIT
PIECE = 1 << 16


def points(n: int) -> Doubles:
    """Return i - ½ for i = 1 to n."""
    return np.arange(1, n + 1, dtype=np.float64) - 0.5


def terms(p: Doubles, n: int) -> Doubles:
    x = p / float(n)
    s = x * x
    y = 1.0 + s
    return 1.0 / y


def exact_sum(terms_of: Callable[[Doubles, int], Doubles], n: int) -> int:
    """Return the sum of the terms in units."""
    total = 0
    for start in range(0, n, PIECE):
        p = np.arange(start + 1, min(start + PIECE, n) + 1, dtype=np.float64) - 0.5
        t = (terms_of(p, n) * float(UNIT)).astype(np.uint64)
        total += int((t >> np.uint64(26)).sum()) << 26
        total += int((t & np.uint64(2**26 - 1)).sum())
    return total


def rounded(total: int, n: int) -> float:
    """Return 4·total/n, rounded once: Python divides integers so."""
    return (4 * total) / (UNIT * n)


def pi(n: int) -> float:
    return rounded(exact_sum(terms, n), n)


def pi_by_fractions(n: int) -> float:
    """Return the same, in as few and as plain steps as possible, slowly."""
    total = Fraction(0)
    for i in range(1, n + 1):
        x = (i - 0.5) / n
        s = x * x
        y = 1 + s
        total += Fraction(1 / y)
    return float(4 * total / n)


# --- what it is not --------------------------------------------------------------------------


def by_reciprocal(p: Doubles, n: int) -> Doubles:
    x = p * (1.0 / float(n))
    return 1.0 / (1.0 + x * x)


def by_difference(p: Doubles, n: int) -> Doubles:
    x = (p + 0.5) / float(n) - 0.5 / float(n)
    return 1.0 / (1.0 + x * x)


def by_squares(p: Doubles, n: int) -> Doubles:
    """n²/(n² + p²)."""
    m = float(n) * float(n)
    return m / (m + p * p)


def by_fma(p: Doubles, n: int) -> Doubles:
    """Without a rounding of x·x, as a compiler makes it that contracts."""
    y = [float(1 + Fraction(x) * Fraction(x)) for x in (p / float(n)).tolist()]
    return 1.0 / np.array(y)


WRONG_TERMS = [by_reciprocal, by_difference, by_squares, by_fma]


def summed_in_order(n: int) -> float:
    """Add in doubles, as the workshop's programs do."""
    return 4.0 / n * float(sum(terms(points(n), n).tolist()))


def rounded_twice(n: int) -> float:
    """Sum exactly, but round the sum before it is multiplied by RN(4/n)."""
    return exact_sum(terms, n) / UNIT * (4.0 / n)


WRONG_SUMS = [summed_in_order, rounded_twice]
