"""The midpoint rule as parexact.h defines it, by fractions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction


def rounded(exact: Fraction) -> float:
    """Return the nearest double: Python divides integers so, subnormal results included."""
    try:
        value = abs(exact.numerator) / exact.denominator
    except OverflowError:
        value = math.inf
    return -value if exact < 0 else value


def step(a: float, b: float, n: int) -> float:
    """Return h: the exact quotient, rounded once."""
    return rounded((Fraction(b) - Fraction(a)) / n)


def points(a: float, b: float, n: int) -> list[float]:
    """Return x(i) = (i-½)·h + a, rounded once each."""
    h, start = Fraction(step(a, b, n)), Fraction(a)
    return [rounded((i + Fraction(1, 2)) * h + start) for i in range(n)]


def integral(a: float, b: float, values: Sequence[float]) -> float:
    """Return h·Σf, rounded once, of the n values of f."""
    h = step(a, b, len(values))
    if any(math.isnan(value) for value in values):
        return math.nan
    infinite = {value for value in values if math.isinf(value)}
    if infinite:
        return infinite.pop() * h if len(infinite) == 1 else math.nan
    return rounded(Fraction(h) * sum(map(Fraction, values)))
