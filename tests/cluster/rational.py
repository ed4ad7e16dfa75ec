"""The statistics of the vector that the programs reduce, by rational arithmetic."""

from fractions import Fraction

VALUES = 10007


def value(i: int) -> Fraction:
    """Return number i of the vector (`value` in programs/checks.h and programs/modules.F90)."""
    return (i * 7919 % 2003 - 1001) * Fraction(2) ** (i % 801 - 400)


def statistics() -> list[float]:
    """Return sum, mean, sample variance, minimum and maximum, each rounded once."""
    x = [value(i) for i in range(VALUES)]
    total = sum(x)
    variance = (sum(v * v for v in x) - total * total / VALUES) / (VALUES - 1)
    # The float of a Fraction is the nearest one, ties to even.
    return [float(v) for v in (total, total / VALUES, variance, min(x), max(x))]
