"""What the library must answer, computed with unlimited integers and fractions.

Values are floats or integers of any size: what an array's tolist() gives.

Nothing here shares an idea with the library: Python's int / int and float(Fraction) are correctly
rounded by their own documentation, and the root comes from math.isqrt with a sticky bit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

NAN = float("nan")
UNIT = 1074  # every finite float64 is an integer multiple of 2^-1074


@dataclass(frozen=True)
class Answer:
    """The fields of parexact_stats."""

    count: int
    nan_count: int
    sum: float
    mean: float
    variance: float
    std: float
    min: float
    max: float


def in_units(x: float) -> int:
    """Return x * 2^1074; integers need not be floats."""
    numerator, denominator = x.as_integer_ratio()
    return numerator << (UNIT + 1 - denominator.bit_length())


def rounded(p: int, q: int) -> float:
    """Return p / q (q > 0), rounded once; beyond the largest float64, infinity."""
    if p == 0:
        return 0.0
    try:
        return p / q
    except OverflowError:
        return math.inf if p > 0 else -math.inf


def rounded_root(p: int, q: int) -> float:
    """Return sqrt(p / q), rounded once: 65 bits and more of the root, and a sticky last one."""
    if p == 0:
        return 0.0
    shift = max(0, (132 - p.bit_length() + q.bit_length()) // 2 + 1)
    scaled = p << (2 * shift)
    root = math.isqrt(scaled // q)
    sticky = root * root * q != scaled
    return rounded(2 * root + sticky, 1 << (shift + 1))


def total(values: Sequence[float]) -> float:
    """Return the sum of finite values."""
    return rounded(sum(map(in_units, values)), 1 << UNIT)


def norm(values: Sequence[float]) -> float:
    """Return the Euclidean norm; NaN counts for more than an infinity."""
    if any(map(math.isnan, values)):
        return NAN
    if any(map(math.isinf, values)):
        return math.inf
    return rounded_root(sum(in_units(x) ** 2 for x in values), 1 << (2 * UNIT))


def dot(x: Sequence[float], y: Sequence[float]) -> float:
    """Return the sum of the products."""
    pairs = list(zip(x, y))
    # A product with a factor that is not finite needs no rounding.
    odd = [a * b for a, b in pairs if not (math.isfinite(a) and math.isfinite(b))]
    if odd:
        return odd[0] if len(set(odd)) == 1 and not math.isnan(odd[0]) else NAN
    return rounded(sum(in_units(a) * in_units(b) for a, b in pairs), 1 << (2 * UNIT))


def _order(x: float) -> tuple[float, float]:
    return (x, math.copysign(1.0, x))  # -0.0 below +0.0


def describe(values: Sequence[float], ddof: int = 0, omit: bool = False) -> Answer:
    """Return what parexact_describe must answer under PROPAGATE or OMIT."""
    nans = sum(map(math.isnan, values))
    if omit:
        values = [x for x in values if not math.isnan(x)]
    n = len(values)
    if nans and not omit:
        return Answer(n, nans, NAN, NAN, NAN, NAN, NAN, NAN)
    if n == 0:
        return Answer(0, nans, 0.0, NAN, NAN, NAN, NAN, NAN)
    low, high = min(values, key=_order), max(values, key=_order)
    if math.isinf(low) or math.isinf(high):
        infinite = [x for x in values if math.isinf(x)]
        whole = infinite[0] if len(set(infinite)) == 1 else NAN
        return Answer(n, nans, whole, whole, NAN, NAN, low, high)
    return from_integers(
        [in_units(x) for x in values], UNIT, ddof=ddof, nans=nans, ends=(float(low), float(high))
    )


def from_integers(
    integers: Sequence[int],
    unit: int = 0,
    *,
    ddof: int = 0,
    nans: int = 0,
    ends: tuple[float, float] | None = None,
    copies: int = 1,
) -> Answer:
    """Return the answer for integer multiples of 2^-unit, each of them there `copies` times."""
    n = copies * len(integers)
    s1, s2 = copies * sum(integers), copies * sum(i * i for i in integers)
    variance = std = NAN
    if n > ddof:
        p, q = n * s2 - s1 * s1, n * (n - ddof) << (2 * unit)
        variance, std = rounded(p, q), rounded_root(p, q)
    low, high = ends or (
        rounded(min(integers), 1 << unit),
        rounded(max(integers), 1 << unit),
    )
    whole, mean = rounded(s1, 1 << unit), rounded(s1, n << unit)
    return Answer(n, nans, whole, mean, variance, std, low, high)


def fraction_describe(values: Sequence[float], ddof: int = 0) -> tuple[float, float, float]:
    """Return sum, mean and variance of finite values by the textbook, in fractions."""

    def as_float(x: Fraction) -> float:
        try:
            return float(x)
        except OverflowError:
            return math.inf if x > 0 else -math.inf

    exact = [Fraction(x) for x in values]
    whole = sum(exact, Fraction())
    mean = whole / len(exact)
    squares = sum(((x - mean) ** 2 for x in exact), Fraction())
    return as_float(whole), as_float(mean), as_float(squares / (len(exact) - ddof))
