"""The transforms against arithmetic of 100 digits, from the words themselves.

Of many samples, extended precision finds the worst; 100 digits then judge these, the rarest, and
some more.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
import random_oracle as oracle
from calls import Floats
from mpmath import mp, mpf
from raw import random

# What docs/random.md promises, and what it has measured.
EXPONENTIAL_ULPS = 2.0
NORMAL_ULPS = 4.0

BLOCKS = 128
SEED, STREAM, FIRST = 77, 5, 10**9
N = BLOCKS * oracle.BLOCK
FRACTION = np.uint64(2**52 - 1)
Extended = npt.NDArray[np.longdouble]


def ulps(got: float, exact: mpf) -> float:
    return float(abs(mpf(float(got)) - exact) / mpf(math.ulp(float(got))))


def chosen(samples: Floats, approximate: Extended) -> list[int]:
    """Return the indices that look worst, the extremes, and a random 16000."""
    errors = np.abs(samples - approximate) / np.spacing(np.abs(samples))
    assert errors.max() < NORMAL_ULPS + 0.5  # of all of them
    found = set(np.random.default_rng(1).integers(0, N, 16000).tolist())
    for order in (-errors, samples, -samples, np.abs(samples)):
        found.update(np.argpartition(order, 500)[:500].tolist())
    return sorted(found)


def draw(kind: str, *parameters: float) -> tuple[Floats, oracle.Words]:
    offset = FIRST * oracle.BLOCK
    samples = random(kind, *parameters, n=N, seed=SEED, stream=STREAM, offset=offset)
    return samples, oracle.many_words(oracle.KIND[kind], SEED, STREAM, FIRST, BLOCKS)


def half_open(x: oracle.Words) -> Extended:
    """Return v(x)."""
    return (2 * (x & FRACTION) + np.uint64(1)).astype(np.longdouble) / np.longdouble(2**53)


def exact_v(x: int) -> mpf:
    numerator, denominator = oracle.half_open(x)
    return mpf(numerator) / denominator


@pytest.fixture(autouse=True)
def many_digits() -> None:
    mp.dps = 100


def test_extended_precision_is_there() -> None:
    assert np.finfo(np.longdouble).nmant >= 63


def test_exponential() -> None:
    samples, x = draw("exponential", 1.0)
    worst = max(
        ulps(samples[i], -mp.log(exact_v(int(x[i]))))
        for i in chosen(samples, -np.log(half_open(x)))
    )
    assert 1.0 < worst <= EXPONENTIAL_ULPS  # a smaller error would be a test of something else
    assert samples.min() >= 2.0**-53
    assert samples.max() <= 53 * math.log(2)


def test_normal() -> None:
    samples, words = draw("normal", 0.0, 1.0)
    x, y = np.moveaxis(words.reshape(-1, 2, oracle.LANES), 1, 0)
    radius = np.sqrt(-2 * np.log(half_open(x)))
    radius[x >> np.uint64(63) == 1] *= -1
    angles = (y & FRACTION | np.uint64(1)).astype(np.longdouble) / 2**52 - np.longdouble(0.5)
    quarter = np.longdouble("3.14159265358979323846264338327950288") / 2
    c, q = radius * np.cos(quarter * angles), radius * np.sin(quarter * angles)
    swapped = y & np.uint64(1) == 1
    pairs = np.stack([np.where(swapped, q, c), np.where(swapped, c, q)], axis=1)
    approximate = pairs.reshape(-1)

    def exact(i: int) -> mpf:
        step, lane = divmod(i, oracle.LANES)
        x, y = (int(words[(step & ~1 | k) * oracle.LANES + lane]) for k in (0, 1))
        r = mp.sqrt(-2 * mp.log(exact_v(x))) * (-1 if x >> 63 else 1)
        angle = mp.pi / 2 * (mpf(y % 2**52 | 1) / 2**52 - mpf(0.5))
        return r * (mp.sin if (step & 1) ^ (y & 1) else mp.cos)(angle)

    worst = max(ulps(samples[i], exact(i)) for i in chosen(samples, approximate))
    assert 2.0 < worst <= NORMAL_ULPS
    assert np.abs(samples).max() <= 8.5717
    assert np.abs(samples).min() >= 5.1e-24


def test_neither_zeros_nor_subnormals() -> None:
    n = 2**24
    for kind, parameters in (("normal", (0.0, 1.0)), ("exponential", (1.0,))):
        samples = np.abs(random(kind, *parameters, n=n, seed=SEED))
        assert samples.min() >= 2.0**-1022
        assert np.isfinite(samples).all()
