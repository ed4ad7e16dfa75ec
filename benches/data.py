"""Numbers to reduce: by kind, and by element type. The same arrays in every run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Union

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
Axes = Union[int, tuple[int, ...], None]
"""What to reduce over; `None` is everything."""

SEED = 20_260_101


def normals(rng: np.random.Generator, n: int) -> Doubles:
    """Return standard normals."""
    return rng.standard_normal(n)


def uniforms(rng: np.random.Generator, n: int) -> Doubles:
    """Return numbers from [0, 1)."""
    return rng.random(n)


def wide(rng: np.random.Generator, n: int) -> Doubles:
    """Return numbers of all exponents but the highest, which would make inexact sums infinite."""
    bits = rng.integers(0, 1 << 64, n, dtype=np.uint64)
    bits &= np.uint64((1 << 63) | ((1 << 52) - 1))
    bits |= rng.integers(0, 2000, n, dtype=np.uint64) << np.uint64(52)
    return bits.view(np.float64)


def equal(rng: np.random.Generator, n: int) -> Doubles:
    """Return copies of one number."""
    return np.full(n, 0.1)


def cancelling(rng: np.random.Generator, n: int) -> Doubles:
    """Return normals, each followed by its negative: the exact sum is 0 (of an even number)."""
    values = np.repeat(rng.standard_normal((n + 1) // 2), 2)[:n]
    values[1::2] *= -1
    return values


FILL = 9.969209968386869e36
"""What netCDF writes where there is no number."""


def outliers(rng: np.random.Generator, n: int) -> Doubles:
    """Return normals, one of each thousand, at a random place, replaced by the fill value."""
    values = rng.standard_normal(n)
    places = np.arange(0, n, 1000)
    places += rng.integers(0, 1000, places.size)
    values[places[places < n]] = FILL
    return values


def some_nan(rng: np.random.Generator, n: int) -> Doubles:
    """Return normals, 1% of them NaN, at random places."""
    values = rng.standard_normal(n)
    values[rng.random(n) < 0.01] = np.nan
    return values


KINDS: dict[str, Callable[[np.random.Generator, int], Doubles]] = {
    "normals": normals,
    "uniforms": uniforms,
    "all equal": equal,
    "cancelling": cancelling,
    "outliers": outliers,
    "wide range": wide,
    "1% NaN": some_nan,
}


def make(kind: str, n: int) -> Doubles:
    """Return so many numbers of that kind."""
    return KINDS[kind](np.random.default_rng(SEED), n)


DTYPES = ("float64", "float32", "int64", "int32", "int16", "int8", "uint8", "bool")


def make_typed(name: str, n: int) -> npt.NDArray[Any]:
    """Return so many numbers of an element type: normals, or integers over the type's range.

    64-bit integers stay below 2⁴⁰, where inexact peers neither overflow nor lose a bit of a value.
    """
    rng = np.random.default_rng(SEED)
    dtype = np.dtype(name)
    if dtype.kind == "f":
        return rng.standard_normal(n, dtype=dtype.type)
    if dtype.kind == "b":
        return rng.random(n) < 0.5
    limits = np.iinfo(dtype)
    low, high = max(limits.min, -(1 << 40)), min(limits.max, 1 << 40)
    return rng.integers(low, high, n, dtype=dtype.type, endpoint=True)
