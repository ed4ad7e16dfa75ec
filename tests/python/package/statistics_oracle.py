"""What statistics of higher orders, pairs and weights must be, by fractions and integer roots.

Arguments are finite values, floats or integers of any size. Results are rounded once; where a root is taken,
it is that of the exact rational, as `oracle.rounded_root` takes it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import oracle

NAN = math.nan
Values = Sequence[float]


def rounded(x: Fraction) -> float:
    """Return the nearest double, ties to even; beyond the largest, an infinity."""
    return oracle.rounded(x.numerator, x.denominator)


def rounded_root(square: Fraction, negative: bool = False) -> float:
    """Return the root of a rational, rounded once, with a sign."""
    root = oracle.rounded_root(square.numerator, square.denominator)
    return -root if negative else root


def moment(values: Values, order: int) -> Fraction:
    """Return the mean power of the deviations from the mean."""
    exact = [Fraction(x) for x in values]
    mean = sum(exact, Fraction()) / len(exact)
    return sum(((x - mean) ** order for x in exact), Fraction()) / len(exact)


def skew(values: Values, bias: bool = True) -> float:
    """Return m3 / m2^1.5, or the unbiased estimate: the root of a rational."""
    n = len(values)
    if n < (1 if bias else 3) or moment(values, 2) == 0:
        return NAN
    second, third = moment(values, 2), moment(values, 3)
    square = third**2 / second**3 * (1 if bias else Fraction(n * (n - 1), (n - 2) ** 2))
    return rounded_root(square, third < 0)


def kurtosis(values: Values, bias: bool = True) -> float:
    """Return m4 / m2^2 - 3, or the unbiased estimate."""
    n = len(values)
    if n < (1 if bias else 4) or moment(values, 2) == 0:
        return NAN
    ratio = moment(values, 4) / moment(values, 2) ** 2
    if bias:
        return rounded(ratio - 3)
    return rounded(((n * n - 1) * ratio - 3 * (n - 1) ** 2) / ((n - 2) * (n - 3)))


def codeviation(x: Values, y: Values) -> Fraction:
    """Return the sum of the products of deviations."""
    a, b = [Fraction(v) for v in x], [Fraction(v) for v in y]
    if not a:
        return Fraction()
    return sum((p * q for p, q in zip(a, b)), Fraction()) - sum(a) * sum(b) / len(a)


def covariance(x: Values, y: Values, ddof: int = 1) -> float:
    """Return the covariance; NaN if there are not more than `ddof` pairs."""
    return rounded(codeviation(x, y) / (len(x) - ddof)) if len(x) > ddof else NAN


def correlation(x: Values, y: Values) -> float:
    """Return Pearson's coefficient; NaN if a variable is constant."""
    sxx, syy, sxy = codeviation(x, x), codeviation(y, y), codeviation(x, y)
    return rounded_root(sxy**2 / (sxx * syy), sxy < 0) if sxx and syy else NAN


def line(x: Values, y: Values) -> tuple[float, float, float, float]:
    """Return slope, intercept and the standard errors of both."""
    n, sxx, sxy = len(x), codeviation(x, x), codeviation(x, y)
    if sxx == 0:
        return NAN, NAN, NAN, NAN
    slope = sxy / sxx
    total_x, total_y = (sum(map(Fraction, values), Fraction()) for values in (x, y))
    intercept = (total_y - slope * total_x) / n
    if n < 3:
        return rounded(slope), rounded(intercept), NAN, NAN
    residual = (codeviation(y, y) - slope * sxy) / (n - 2)
    squares = sum((Fraction(v) ** 2 for v in x), Fraction())
    return (
        rounded(slope),
        rounded(intercept),
        rounded_root(residual / sxx),
        rounded_root(residual / sxx * squares / n),
    )


def weighted(values: Values, weights: Values, ddof: int = 0) -> tuple[float, float, float]:
    """Return the mean, the variance and the standard deviation of values with weights."""
    pairs = [(Fraction(a), Fraction(w)) for a, w in zip(values, weights)]
    total = sum((w for _, w in pairs), Fraction())
    if total == 0:
        return NAN, NAN, NAN
    first = sum((w * a for a, w in pairs), Fraction())
    second = sum((w * a * a for a, w in pairs), Fraction())
    mean = rounded(first / total)
    if ddof > 0 and total <= ddof:
        return mean, NAN, NAN
    variance = (total * second - first**2) / (total * (total - ddof))
    return mean, rounded(variance), rounded_root(variance) if variance >= 0 else NAN


def dot(x: Values, y: Values) -> float:
    """Return the sum of the products, of integers beyond 2**53, too."""
    return rounded(sum((Fraction(a) * Fraction(b) for a, b in zip(x, y)), Fraction()))
