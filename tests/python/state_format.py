"""docs/state-format.md in plain Python integers: nothing here knows the library.

The functions follow the sections of the document. Rounding is the oracle's.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import xxhash
from oracle import NAN, Answer, rounded, rounded_root

WORDS = 256
VERSION = 1
COUNT, NANS, PLUS_INFINITIES, MINUS_INFINITIES = 1, 2, 3, 4
SUM = range(5, 73)
SQUARES = range(73, 207)
ADDITIVE = range(1, 207)
NOT_MIN, MAX, ERROR = 207, 208, 209
MAXIMUM = range(207, 210)
SPARE = range(210, 256)

LIMIT = 2**63  # words lie in [-LIMIT, LIMIT), counts below it
PLUS_INFINITY, MINUS_INFINITY = 0x7FF0000000000000, ~0x7FF0000000000000


class BadStateError(ValueError):
    """The words are not a state."""


class CountOverflowError(OverflowError):
    """More than 2^63 - 1 values."""


@dataclass
class Moments:
    """What the words say, as numbers: Σx in units of 2^-1074, Σx² of 2^-2148, extremes as keys."""

    count: int = 0
    nans: int = 0
    plus: int = 0
    minus: int = 0
    total: int = 0
    squares: int = 0
    min_key: int = LIMIT - 1
    max_key: int = -LIMIT

    @property
    def numbers(self) -> int:
        return self.count - self.nans

    @property
    def finite(self) -> int:
        return self.numbers - self.plus - self.minus


def order_key(x: float) -> int:
    (b,) = struct.unpack("<q", struct.pack("<d", x))
    return b if b >= 0 else b ^ (LIMIT - 1)


def from_order_key(key: int) -> float:
    b = key if key >= 0 else key ^ (LIMIT - 1)
    (x,) = struct.unpack("<d", struct.pack("<q", b))
    return x


def moments(values: Iterable[float]) -> Moments:
    m = Moments()
    for x in values:
        m.count += 1
        if math.isnan(x):
            m.nans += 1
            continue
        m.min_key = min(m.min_key, order_key(x))
        m.max_key = max(m.max_key, order_key(x))
        if math.isinf(x):
            m.plus += x > 0
            m.minus += x < 0
            continue
        units = Fraction(x) * 2**1074
        assert units.denominator == 1
        m.total += units.numerator
        m.squares += units.numerator**2
    return m


def write(m: Moments) -> list[int]:
    """Return the canonical words."""
    words = [0] * WORDS
    words[0] = VERSION
    words[COUNT], words[NANS] = m.count, m.nans
    words[PLUS_INFINITIES], words[MINUS_INFINITIES] = m.plus, m.minus
    for where, value in [(SUM, m.total), (SQUARES, m.squares)]:
        rest = value
        for i in where[:-1]:
            words[i] = rest % 2**32
            rest //= 2**32
        words[where[-1]] = rest
    words[NOT_MIN], words[MAX] = ~m.min_key, m.max_key
    return words


def words_of(values: Iterable[float]) -> list[int]:
    return write(moments(values))


def read(words: Sequence[int]) -> Moments:
    """Return what any accepted words stand for."""

    def require(holds: bool, what: str) -> None:
        if not holds:
            raise BadStateError(what)

    def integer(digits: range) -> int:
        value = sum(words[i] << (32 * k) for k, i in enumerate(digits))
        bits = 32 * len(digits)
        require(-(2 ** (bits - 1)) <= value < 2 ** (bits - 1), "range of the digits")
        return value

    assert len(words) == WORDS
    require(words[0] == VERSION, "version")
    require(words[ERROR] == 0, "error word")
    require(all(words[i] == 0 for i in SPARE), "spare words")
    counters = words[COUNT : MINUS_INFINITIES + 1]
    require(min(counters) >= 0, "sign of the counters")
    require(sum(counters[1:]) <= counters[0], "sum of the counters")
    m = Moments(*counters, integer(SUM), integer(SQUARES), ~words[NOT_MIN], words[MAX])
    require(m.finite * m.squares >= m.total**2, "Cauchy-Schwarz")
    require(m.finite > 0 or m.squares == 0, "sums of nothing")
    require(m.squares.bit_length() <= 2048 + 2148 + m.finite.bit_length(), "size of the squares")
    check_extremes(m, require)
    check_sums_within_extremes(m, require)
    return m


def check_extremes(m: Moments, require) -> None:
    if m.numbers == 0:
        require((m.min_key, m.max_key) == (LIMIT - 1, -LIMIT), "extremes of nothing")
        return
    for key, own, own_key, other_key in [
        (m.min_key, m.minus, MINUS_INFINITY, PLUS_INFINITY),
        (m.max_key, m.plus, PLUS_INFINITY, MINUS_INFINITY),
    ]:
        if own > 0:
            require(key == own_key, "an infinity is the extreme")
        elif m.finite > 0:
            require(MINUS_INFINITY < key < PLUS_INFINITY, "finite extreme")
        else:
            require(key == other_key, "only the other infinity")
    require(m.min_key <= m.max_key, "order of the extremes")
    require(m.numbers > 1 or m.min_key == m.max_key, "one number, two extremes")


def _units(x: float) -> int:
    return int(Fraction(x) * 2**1074)


def reach(x: float, toward: float) -> int:
    """Return where an integer may be that was rounded to the extreme x, in units of 2^-1074."""
    return _units(math.nextafter(x, toward) if 2.0**53 <= abs(x) <= 2.0**64 else x)


def check_sums_within_extremes(m: Moments, require) -> None:
    if m.finite == 0:
        return
    magnitudes = []
    if m.minus == 0:
        low = from_order_key(m.min_key)
        require(m.finite * reach(low, -math.inf) <= m.total, "mean above the minimum")
        magnitudes.append(abs(low))
    if m.plus == 0:
        high = from_order_key(m.max_key)
        require(m.total <= m.finite * reach(high, math.inf), "mean below the maximum")
        magnitudes.append(abs(high))
    if magnitudes:
        greatest = max(magnitudes)
        require(reach(greatest, 0.0) ** 2 <= m.squares, "the greatest square is one of them")
        if len(magnitudes) == 2:
            all_of_it = m.finite * reach(greatest, math.inf) ** 2
            require(m.squares <= all_of_it, "no square is greater")


def merge(a: Moments, b: Moments) -> Moments:
    if a.count + b.count >= LIMIT:
        raise CountOverflowError
    return Moments(
        a.count + b.count,
        a.nans + b.nans,
        a.plus + b.plus,
        a.minus + b.minus,
        a.total + b.total,
        a.squares + b.squares,
        min(a.min_key, b.min_key),
        max(a.max_key, b.max_key),
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
    canonical = struct.pack("<256q", *write(read(words)))
    high, low = divmod(xxhash.xxh3_128_intdigest(canonical, seed=0), 2**64)
    return (low, high)


def _infinite_sum(m: Moments) -> float | None:
    if m.plus and m.minus:
        return NAN
    if m.plus or m.minus:
        return math.inf if m.plus else -math.inf
    return None


def _round(x: Fraction) -> float:
    return rounded(x.numerator, x.denominator)


def result(m: Moments, ddof: int, omit: bool) -> Answer:
    """Return the statistics under OMIT, or PROPAGATE."""
    if m.nans and not omit:
        return Answer(m.count, m.nans, *[NAN] * 6)
    n = m.numbers
    exact_sum, exact_squares = Fraction(m.total, 2**1074), Fraction(m.squares, 2**2148)
    infinite = _infinite_sum(m)
    mean = variance = std = low = high = NAN
    whole = infinite
    if infinite is None:
        whole = _round(exact_sum)
        if n > 0:
            mean = _round(exact_sum / n)
        if n > ddof:
            exact_variance = (exact_squares - exact_sum**2 / n) / (n - ddof)
            variance = _round(exact_variance)
            std = rounded_root(exact_variance.numerator, exact_variance.denominator)
    else:
        mean = infinite
    if n > 0:
        low, high = from_order_key(m.min_key), from_order_key(m.max_key)
    return Answer(n, m.nans, whole, mean, variance, std, low, high)


def norm(m: Moments) -> float:
    if m.nans:
        return NAN
    if m.plus or m.minus:
        return math.inf
    return rounded_root(m.squares, 2**2148)
