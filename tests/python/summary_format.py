"""Summaries by docs/state-format.md in plain Python integers: nothing here knows the library.

The functions follow the sections of the document, and share with states what the formats share.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import state_format as fmt
import xxhash
from oracle import NAN, in_units, rounded, rounded_root
from state_format import BadStateError, CountOverflowError

WORDS = 768
VERSION = 1
COUNTERS = range(1, 10)
ADDITIVE = range(1, 761)
EXTREMES = range(761, 765)
ERROR = 765
MAXIMUM = range(761, 768)

SHAPE, PAIR, WEIGHTED = 1, 2, 3
KINDS = {"SHAPE": SHAPE, "PAIR": PAIR, "WEIGHTED": WEIGHTED}

# The sums of each kind in the order of their digits: the powers of x and of y in each term.
SUMS = {
    SHAPE: [(1, 0), (2, 0), (3, 0), (4, 0)],
    PAIR: [(1, 0), (2, 0), (0, 1), (0, 2), (1, 1)],
    WEIGHTED: [(0, 1), (0, 2), (1, 1), (2, 1)],
}
DIGITS = {1: 68, 2: 134, 3: 200, 4: 266}

RESULTS = [
    "COUNT",
    "NAN_COUNT",
    "SUM",
    "MEAN",
    "VARIANCE",
    "STD",
    "MIN",
    "MAX",
    "NORM",
    "SKEWNESS",
    "KURTOSIS",
    "SKEWNESS_UNBIASED",
    "KURTOSIS_UNBIASED",
    "SUM_Y",
    "MEAN_Y",
    "VARIANCE_Y",
    "STD_Y",
    "DOT",
    "COVARIANCE",
    "CORRELATION",
    "SLOPE",
    "INTERCEPT",
    "SUM_WEIGHTS",
    "RELIABILITY_VARIANCE",
    "RELIABILITY_STD",
    "MIN_Y",
    "MAX_Y",
    "NORM_Y",
    "R_SQUARED",
    "RESIDUAL_STD",
    "SLOPE_STDERR",
    "INTERCEPT_STDERR",
    "SLOPE_ORIGIN",
]
RESULTS_OF = {
    SHAPE: RESULTS[:13],
    PAIR: RESULTS[:9] + RESULTS[13:22] + RESULTS[25:],
    WEIGHTED: RESULTS[:8] + RESULTS[22:25],
}


@dataclass
class Sums:
    """What the words say, as numbers: sums of terms of degree k in units of 2^(-1074·k)."""

    kind: int
    # All pairs, pairs with a NaN; +∞ and -∞ of x, of y, of the products; products 0·∞.
    counters: list[int] = field(default_factory=lambda: [0] * 9)
    sums: dict[tuple[int, int], int] = field(default_factory=dict)
    # Least and greatest key of x, then of y.
    keys: list[int] = field(default_factory=lambda: [fmt.LIMIT - 1, -fmt.LIMIT] * 2)

    @property
    def numbers(self) -> int:
        return self.counters[0] - self.counters[1]

    def __getitem__(self, powers: tuple[int, int]) -> int:
        return self.sums.get(powers, 0)

    def moments(self, variable: int) -> fmt.Moments:
        """Return the moments of x (0) or y (1) in the pairs without NaNs."""
        plus, minus = self.counters[2 + 2 * variable : 4 + 2 * variable]
        powers = [(1, 0), (2, 0)] if variable == 0 else [(0, 1), (0, 2)]
        first, second = (self[power] for power in powers)
        low, high = self.keys[2 * variable : 2 * variable + 2]
        return fmt.Moments(self.numbers, 0, plus, minus, first, second, low, high)


def sums_of(kind: int, x: Iterable[float], y: Iterable[float] | None = None) -> Sums:
    """Return the sums of pairs; of a SHAPE y is not looked at."""
    x = list(x)
    s = Sums(kind, sums=dict.fromkeys(SUMS[kind], 0))
    for a, b in zip(x, x if kind == SHAPE or y is None else y):
        s.counters[0] += 1
        if math.isnan(a) or math.isnan(b):
            s.counters[1] += 1
            continue
        variables = (a, b) if kind == PAIR else (a,)
        for i, value in enumerate(variables):
            key = fmt.order_key(value)
            s.keys[2 * i] = min(s.keys[2 * i], key)
            s.keys[2 * i + 1] = max(s.keys[2 * i + 1], key)
        products = [] if math.isfinite(a) and math.isfinite(b) else [a * b]
        for i, values in enumerate([[a]] if kind == SHAPE else [[a], [b], products]):
            for value in values:
                if math.isinf(value):
                    s.counters[2 + 2 * i + (value < 0)] += 1
                elif math.isnan(value):
                    s.counters[8] += 1
        for p, q in SUMS[kind]:
            if (p == 0 or math.isfinite(a)) and (q == 0 or math.isfinite(b)):
                term = (in_units(a) ** p if p else 1) * (in_units(b) ** q if q else 1)
                s.sums[p, q] += term
    return s


def places(kind: int) -> dict[tuple[int, int], range]:
    """Return which words the digits of each sum are."""
    first, found = COUNTERS.stop, {}
    for powers in SUMS[kind]:
        found[powers] = range(first, first + DIGITS[sum(powers)])
        first = found[powers].stop
    return found


def write(s: Sums) -> list[int]:
    """Return the canonical words."""
    words = [0] * WORDS
    words[0] = s.kind << 32 | VERSION
    words[COUNTERS.start : COUNTERS.stop] = s.counters
    for powers, where in places(s.kind).items():
        rest = s[powers]
        for i in where[:-1]:
            words[i] = rest % 2**32
            rest //= 2**32
        words[where[-1]] = rest
    for i, (key, where) in enumerate(zip(s.keys, EXTREMES)):
        words[where] = ~key if i % 2 == 0 else key
    return words


def read(words: Sequence[int]) -> Sums:
    """Return what any accepted words stand for."""

    def require(holds: bool, what: str) -> None:
        if not holds:
            raise BadStateError(what)

    kind = words[0] >> 32
    require(kind in SUMS and words[0] % 2**32 == VERSION, "kind and version")
    require(words[ERROR] == 0, "error word")
    s = Sums(kind, list(words[COUNTERS.start : COUNTERS.stop]))
    _check_counters(s, require)
    for powers, where in places(kind).items():
        value = sum(words[i] << (32 * k) for k, i in enumerate(where))
        half = 2 ** (32 * len(where) - 1)
        require(-half <= value < half, "range of the digits")
        s.sums[powers] = value
    s.keys = [~words[i] if i % 2 == 1 else words[i] for i in EXTREMES]
    unused = [*range(places(kind)[SUMS[kind][-1]].stop, ADDITIVE.stop), 766, 767]
    require(all(words[i] == 0 for i in unused), "unused words")
    require(kind == PAIR or s.keys[2:] == [fmt.LIMIT - 1, -fmt.LIMIT], "extremes of no y")
    {SHAPE: _check_shape, PAIR: _check_pair, WEIGHTED: _check_weighted}[kind](s, require)
    return s


Require = Callable[[bool, str], None]


def _check_counters(s: Sums, require: Require) -> None:
    count, nans = s.counters[:2]
    x, y, products = sum(s.counters[2:4]), sum(s.counters[4:6]), sum(s.counters[6:])
    require(min(s.counters) >= 0, "sign of the counters")
    require(max(x, y, products) + nans <= count, "sum of the counters")
    if s.kind == SHAPE:
        require(y == products == 0, "counters of a single variable")
    else:
        require(max(x, y) <= products <= x + y, "infinite products")


def _check_sums(m: fmt.Moments, require: Require) -> None:
    require(m.finite * m.squares >= m.total**2, "Cauchy-Schwarz")
    require(m.finite > 0 or m.squares == 0, "sums of nothing")
    require(m.squares.bit_length() <= 2048 + 2148 + m.finite.bit_length(), "size of the squares")


def _check_variable(m: fmt.Moments, require: Require) -> None:
    _check_sums(m, require)
    fmt.check_extremes(m, require)
    fmt.check_sums_within_extremes(m, require)


def _check_shape(s: Sums, require: Require) -> None:
    m = s.moments(0)
    _check_variable(m, require)
    require(m.squares**2 <= m.finite * s[4, 0], "fourth powers, from below")
    require(s[3, 0] ** 2 <= m.squares * s[4, 0], "cubes")
    require(s[4, 0] <= m.squares**2, "fourth powers, from above")
    require(s[4, 0] <= _largest(m) ** 2 * m.squares, "fourth powers within the extremes")


def _largest(m: fmt.Moments) -> int:
    """Return a bound of the magnitudes of the finite values, in units of 2^-1074."""
    if m.finite == 0:
        return 0
    if m.plus or m.minus:
        return in_units(math.nextafter(math.inf, 0.0))
    extremes = (fmt.from_order_key(m.min_key), fmt.from_order_key(m.max_key))
    return fmt.reach(max(map(abs, extremes)), math.inf)


def _check_pair(s: Sums, require: Require) -> None:
    x, y = s.moments(0), s.moments(1)
    _check_variable(x, require)
    _check_variable(y, require)
    require(s[1, 1] ** 2 <= x.squares * y.squares, "products")
    if not any(s.counters[2:6]):
        n = s.numbers
        xx, yy = n * x.squares - x.total**2, n * y.squares - y.total**2
        require((n * s[1, 1] - x.total * y.total) ** 2 <= xx * yy, "products of deviations")


def _check_weighted(s: Sums, require: Require) -> None:
    x, weights = s.moments(0), s.moments(1)
    _check_sums(weights, require)
    fmt.check_extremes(x, require)
    most = _largest(x)
    bound = x.finite * most**2 * weights.squares
    require(s[1, 1] ** 2 <= bound, "weighted values")
    require(s[2, 1] ** 2 <= bound * most**2, "weighted squares")


def merge(a: Sums, b: Sums) -> Sums:
    """Return the sums of both; they are of the same kind."""
    assert a.kind == b.kind
    if a.counters[0] + b.counters[0] >= fmt.LIMIT:
        raise CountOverflowError
    return Sums(
        a.kind,
        [i + j for i, j in zip(a.counters, b.counters)],
        {powers: a[powers] + b[powers] for powers in SUMS[a.kind]},
        [(min, max)[k % 2](i, j) for k, (i, j) in enumerate(zip(a.keys, b.keys))],
    )


def merge_words(a: Sequence[int], b: Sequence[int]) -> list[int]:
    """Merge without carrying: add some words, take the maximum of others."""
    words = list(a)
    for i in ADDITIVE:
        words[i] = a[i] + b[i]
    for i in MAXIMUM:
        words[i] = max(a[i], b[i])
    return words


def fingerprint(words: Sequence[int]) -> tuple[int, int]:
    canonical = struct.pack(f"<{WORDS}q", *write(read(words)))
    high, low = divmod(xxhash.xxh3_128_intdigest(canonical, seed=0), 2**64)
    return (low, high)


# --- results ----------------------------------------------------------------------------------


def result(s: Sums, name: str, ddof: int, omit: bool) -> float:
    """Return a result that the kind has, under OMIT or PROPAGATE."""
    count, nans = s.counters[:2]
    if name == "COUNT":
        return float(s.numbers if omit else count)
    if name == "NAN_COUNT":
        return float(nans)
    if nans and not omit:
        return NAN
    kinds = {SHAPE: _of_shape, PAIR: _of_pair, WEIGHTED: _of_weighted}
    return kinds[s.kind](s, name, ddof)


def _root(square: Fraction, negative: bool = False) -> float:
    return math.copysign(rounded_root(square.numerator, square.denominator), -1 if negative else 1)


def _round(x: Fraction) -> float:
    return rounded(x.numerator, x.denominator)


def _of_variable(m: fmt.Moments, name: str, ddof: int) -> float:
    if name == "NORM":
        return fmt.norm(m)
    return float(getattr(fmt.result(m, ddof, True), name.lower()))


def _of_shape(s: Sums, name: str, ddof: int) -> float:  # noqa: PLR0911
    m, n = s.moments(0), s.numbers
    if name in RESULTS[:9]:
        return _of_variable(m, name, ddof)
    least = {"SKEWNESS_UNBIASED": 3, "KURTOSIS_UNBIASED": 4}.get(name, 1)
    if m.plus or m.minus or n < least:
        return NAN
    mean = Fraction(m.total, n)
    s2, s3, s4 = m.squares, s[3, 0], s[4, 0]
    m2 = Fraction(s2, n) - mean**2
    m3 = Fraction(s3, n) - 3 * mean * Fraction(s2, n) + 2 * mean**3
    m4 = Fraction(s4, n) - 4 * mean * Fraction(s3, n) + 6 * mean**2 * Fraction(s2, n) - 3 * mean**4
    if m2 == 0:
        return NAN
    if name == "SKEWNESS":
        return _root(m3**2 / m2**3, m3 < 0)
    if name == "SKEWNESS_UNBIASED":
        return _root(m3**2 / m2**3 * n * (n - 1) / (n - 2) ** 2, m3 < 0)
    if name == "KURTOSIS":
        return _round(m4 / m2**2 - 3)
    return _round(((n * n - 1) * m4 / m2**2 - 3 * (n - 1) ** 2) / ((n - 2) * (n - 3)))


def _products(s: Sums) -> float:
    plus, minus, invalid = s.counters[6:]
    if invalid or (plus and minus):
        return NAN
    if plus or minus:
        return math.inf if plus else -math.inf
    return rounded(s[1, 1], 2**2148)


def _of_pair(s: Sums, name: str, ddof: int) -> float:  # noqa: PLR0911, PLR0912
    x, y, n = s.moments(0), s.moments(1), s.numbers
    if name == "DOT":
        return _products(s)
    if name in RESULTS[:9]:
        return _of_variable(x, name, ddof)
    if name.endswith("_Y"):
        return _of_variable(y, name[:-2], ddof)
    if any(s.counters[2:6]) or n == 0:
        return NAN
    # Products of deviations, in units of 2^-2148.
    xx = x.squares - Fraction(x.total**2, n)
    yy = y.squares - Fraction(y.total**2, n)
    xy = s[1, 1] - Fraction(x.total * y.total, n)
    if name == "COVARIANCE":
        return _round(xy / (n - ddof) / 2**2148) if n > ddof else NAN
    if name == "SLOPE_ORIGIN":
        return _round(Fraction(s[1, 1], x.squares)) if x.squares else NAN
    if name == "CORRELATION":
        return _root(xy**2 / (xx * yy), xy < 0) if xx * yy else NAN
    if xx == 0:
        return NAN
    if name == "SLOPE":
        return _round(xy / xx)
    if name == "INTERCEPT":
        return _round((Fraction(y.total, n) - xy / xx * Fraction(x.total, n)) / 2**1074)
    if n < 3:
        return NAN
    if name == "R_SQUARED":
        return _round(xy**2 / (xx * yy)) if yy else NAN
    variance = (yy - xy**2 / xx) / (n - 2)
    if name == "RESIDUAL_STD":
        return _root(variance / 2**2148)
    if name == "SLOPE_STDERR":
        return _root(variance / xx)
    return _root(variance / xx * Fraction(x.squares, n) / 2**2148)


def _of_weighted(s: Sums, name: str, ddof: int) -> float:  # noqa: PLR0911
    x, w = s.moments(0), s.moments(1)
    if name in ("MIN", "MAX"):
        key = x.min_key if name == "MIN" else x.max_key
        return fmt.from_order_key(key) if s.numbers else NAN
    if name == "SUM":
        return _products(s)
    if name == "SUM_WEIGHTS":
        return fmt.result(w, 0, True).sum
    total = w.total
    if total == 0 or w.plus or w.minus:
        return NAN
    if name == "MEAN":
        infinite = _products(s)
        if any(s.counters[6:]):
            return -infinite if total < 0 and not math.isnan(infinite) else infinite
        return _round(Fraction(s[1, 1], total) / 2**1074)
    if x.plus or x.minus:
        return NAN
    # Sums of weights are in units of 2^-1074.
    if name.startswith("RELIABILITY"):
        divisor = total**2 - w.squares
    else:
        if ddof > 0 and total <= ddof << 1074:
            return NAN
        divisor = total * (total - (ddof << 1074))
    if divisor == 0:
        return NAN
    variance = Fraction(total * s[2, 1] - s[1, 1] ** 2, divisor) / 2**2148
    if name.endswith("VARIANCE"):
        return _round(variance)
    return _root(variance) if variance >= 0 else NAN
