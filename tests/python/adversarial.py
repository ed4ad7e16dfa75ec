"""Numbers that break summation: each maker returns rows of float64, hard in one particular way."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.float64]
Maker = Callable[[np.random.Generator, int, int], Rows]

LARGEST = float(np.finfo(np.float64).max)
SMALLEST = 5e-324
SPECIAL = np.array(
    [0.0, -0.0, SMALLEST, -SMALLEST, 2.0**-1022, -(2.0**-1022), 1.0, -1.0, LARGEST, -LARGEST]
)


def _from_fields(rng: np.random.Generator, exponent: npt.NDArray[np.int64]) -> Rows:
    """Return random signs and mantissas with the given biased exponents."""
    mantissa = rng.integers(0, 1 << 52, exponent.shape, dtype=np.uint64)
    sign = rng.integers(0, 2, exponent.shape, dtype=np.uint64) << np.uint64(63)
    return (sign | (exponent.astype(np.uint64) << np.uint64(52)) | mantissa).view(np.float64)


def whole_range(rng: np.random.Generator, rows: int, n: int) -> Rows:
    """Any finite exponent."""
    return _from_fields(rng, rng.integers(0, 2047, (rows, n)))


def neighbours(rng: np.random.Generator, rows: int, n: int) -> Rows:
    """Exponents within a row differ by at most three."""
    return _from_fields(rng, rng.integers(0, 2043, (rows, 1)) + rng.integers(0, 4, (rows, n)))


def moderate(rng: np.random.Generator, rows: int, n: int) -> Rows:
    """Spans between 2^40 and 2^110 around one: what a fixed number of folds may or may not hold."""
    span = rng.integers(40, 110, (rows, 1))
    return _from_fields(rng, 1023 - (rng.random((rows, n)) * span).astype(np.int64))


def subnormal(rng: np.random.Generator, rows: int, n: int) -> Rows:
    """Below 2^-1022, some of them a few units only."""
    x = _from_fields(rng, np.zeros((rows, n), dtype=np.int64))
    return x * np.exp2(-rng.integers(0, 52, (rows, n)).astype(np.float64))


def overflowing(rng: np.random.Generator, rows: int, n: int) -> Rows:
    """Partial sums beyond the largest float64, the whole sum often below it."""
    return _from_fields(rng, rng.integers(2044, 2047, (rows, n)))


def cancelling(rng: np.random.Generator, rows: int, n: int) -> Rows:
    """Pairs that cancel, in any order, and in half of the rows one small number left over."""
    half = _from_fields(rng, rng.integers(0, 2047, (rows, n // 2)))
    odd = np.zeros((rows, n - 2 * (n // 2)))
    x = rng.permuted(np.concatenate([half, -half, odd], axis=1), axis=1)
    x[::2, 0] = x[::2, 0] * 2.0**-60
    return x


def underflowing_squares(rng: np.random.Generator, rows: int, n: int) -> Rows:
    """Ones beside numbers whose squares, or the errors of these squares, underflow."""
    x = _from_fields(rng, 1023 - rng.integers(480, 575, (rows, n)))
    return np.where(rng.random((rows, n)) < 0.3, rng.choice([1.0, -1.0], (rows, n)), x)


def ties(rng: np.random.Generator, rows: int, n: int) -> Rows:
    """A float, half a unit of its last place, and a tiny number, or none, that decides the rounding."""
    x = np.zeros((rows, n))
    x[:, 0] = _from_fields(rng, rng.integers(600, 2046, rows))
    with np.errstate(over="ignore"):
        x[:, 1 % n] = np.abs(np.spacing(x[:, 0])) / 2 * rng.choice([1.0, -1.0], rows)
    x[:, 2 % n] = rng.choice([0.0, SMALLEST, -SMALLEST, 2.0**-500], rows)
    return rng.permuted(x, axis=1)


def constant(rng: np.random.Generator, rows: int, n: int) -> Rows:
    """Rows of one number, whose variance is 0."""
    return np.repeat(_from_fields(rng, rng.integers(0, 2047, (rows, 1))), n, axis=1)


def nearly_constant(rng: np.random.Generator, rows: int, n: int) -> Rows:
    """Variance in the last place only: the textbook's one-pass formula fails."""
    x = constant(rng, rows, n)
    return np.nextafter(x, np.where(rng.random((rows, n)) < 0.5, 0.0, x))


def whole_numbers(rng: np.random.Generator, rows: int, n: int) -> Rows:
    """Small integers: exact ties and squares happen."""
    return rng.integers(-9, 10, (rows, n)).astype(np.float64)


def special(rng: np.random.Generator, rows: int, n: int) -> Rows:
    """Zeros of both signs, the ends of the range."""
    return rng.choice(SPECIAL, (rows, n))


def not_finite(rng: np.random.Generator, rows: int, n: int) -> Rows:
    """NaNs with any payload and infinities among ordinary numbers."""
    x = rng.standard_normal((rows, n))
    odd = rng.choice([np.nan, -np.nan, np.inf, -np.inf], (rows, n))
    return np.where(rng.random((rows, n)) < rng.choice([0.01, 0.2], (rows, 1)), odd, x)


MAKERS: list[Maker] = [
    whole_range,
    neighbours,
    moderate,
    subnormal,
    overflowing,
    cancelling,
    underflowing_squares,
    ties,
    constant,
    nearly_constant,
    whole_numbers,
    special,
    not_finite,
]
