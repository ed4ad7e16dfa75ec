"""Numbers of every type: converted exactly, added exactly, rounded once."""

from __future__ import annotations

from typing import Any

import numpy as np
import oracle
import pytest
from calls import array, bits, describe, dot_of, fields, norm_of, reduce, state_of, strided, sum_of
from header import constant
from layouts import ALL_OPS, DTYPES, KINDS, AnyArray, ends, expected, numbers, orders, values_of

INTEGERS = [dtype for dtype in DTYPES if dtype.kind in "iu"]
TINY32 = float(np.finfo(np.float32).smallest_subnormal)
MAX32 = float(np.finfo(np.float32).max)


def check_all(x: AnyArray) -> None:
    """Compare every function of one array with the oracle."""
    values = values_of(x)
    for ddof in (0, 1):
        assert fields(describe(x, ddof)) == fields(oracle.describe(values, ddof))
    assert bits(sum_of(x)) == bits(expected(x, "sum"))
    assert bits(norm_of(x)) == bits(oracle.norm(values))
    assert bits(dot_of(x, x)) == bits(oracle.dot(values, values))
    for op in ALL_OPS:
        assert bits(float(reduce(x, op))) == bits(expected(x, op)), op


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [1, 2, 33, 1000, 4321])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_any_numbers(dtype: np.dtype[Any], n: int, kind: str) -> None:
    rng = np.random.default_rng([1, DTYPES.index(dtype), n, KINDS.index(kind)])
    x = numbers(rng, dtype, n, kind)
    check_all(x)
    for name, y in orders(x).items():
        assert bytes(state_of(y)) == bytes(state_of(x)), name
        assert bits(sum_of(strided(y))) == bits(sum_of(x)), name


@pytest.mark.parametrize("dtype", INTEGERS, ids=str)
def test_ends_of_the_range(dtype: np.dtype[Any]) -> None:
    for value in ends(dtype):
        for n in (1, 2, 3, 100, 3000):
            check_all(np.full(n, value, dtype))
    check_all(ends(dtype))


@pytest.mark.parametrize(
    ("dtype", "values", "whole", "low", "high"),
    [
        (np.int64, [-(2**63)], -(2.0**63), -(2.0**63), -(2.0**63)),
        (np.int64, [-(2**63)] * 4, -(2.0**65), -(2.0**63), -(2.0**63)),
        (np.int64, [2**63 - 1] * 4, 2.0**65, 2.0**63, 2.0**63),
        (np.int64, [2**63 - 1, -(2**63)], -1.0, -(2.0**63), 2.0**63),
        (np.int64, [2**53 + 1, -(2**53)], 1.0, -(2.0**53), 2.0**53),  # the maximum: a tie, to even
        (np.int64, [2**53 + 3, -(2**53) - 3], 0.0, -(2.0**53) - 4, 2.0**53 + 4),
        (np.int64, [2**53 + 1, 1, 1], 2.0**53 + 4, 1.0, 2.0**53),  # 2^53 + 3: a tie, to even
        (np.uint64, [2**63], 2.0**63, 2.0**63, 2.0**63),
        (np.uint64, [2**64 - 1], 2.0**64, 2.0**64, 2.0**64),
        (np.uint64, [2**64 - 1, 1], 2.0**64, 1.0, 2.0**64),
        (np.uint64, [2**64 - 2**10, 2**10 + 1], 2.0**64, 2.0**10 + 1, 2.0**64),
        (np.uint64, [2**64 - 2**10 - 1], 2.0**64 - 2**11, 2.0**64 - 2**11, 2.0**64 - 2**11),
        (np.uint64, [2**64 - 2**10 - 1, 1], 2.0**64, 1.0, 2.0**64 - 2**11),
        (np.uint64, [2**63 + 1, 2**63 - 1], 2.0**64, 2.0**63, 2.0**63),
    ],
)
def test_wide_integers(
    dtype: Any, values: list[int], whole: float, low: float, high: float
) -> None:
    x = np.array(values, dtype)
    s = describe(x)
    assert [bits(v) for v in (s.sum, s.min, s.max)] == [bits(v) for v in (whole, low, high)]
    check_all(x)


def test_extremes_are_found_among_integers_that_round_to_the_same() -> None:
    """2^62 + 1 ... 2^62 + 255 round to 2^62, the next ones do not."""
    x = np.arange(2**62 - 600, 2**62 + 600)
    for y in (x, x[::-1], np.random.default_rng(2).permutation(x)):
        s = describe(y)
        assert (s.min, s.max) == (float(x[0]), float(x[-1]))
        assert bits(s.variance) == bits((1200**2 - 1) / 12)


@pytest.mark.parametrize("n", [1, 100, 5000])
def test_squares_beyond_128_bits(n: int) -> None:
    x = np.full(n, 2**64 - 1, np.uint64)
    assert bits(dot_of(x, x)) == bits(oracle.rounded(n * (2**64 - 1) ** 2, 1))
    assert bits(norm_of(x)) == bits(oracle.rounded_root(n * (2**64 - 1) ** 2, 1))
    assert bits(describe(x).variance) == bits(0.0)
    x[0] = 2**64 - 2
    check_all(x)


def test_sums_are_not_those_of_the_rounded_integers() -> None:
    x = np.array([2**53 + 1] * 1000 + [-(2**53)] * 1000)
    assert sum_of(x) == 1000.0
    assert x.astype(np.float64).sum() == 0.0
    deviation = np.array([2**60, 2**60 + 1] * 50)
    assert describe(deviation).variance == 0.25
    assert describe(deviation.astype(np.float64)).variance == 0.0


@pytest.mark.parametrize(
    "values",
    [
        [TINY32],
        [TINY32] * 3,
        [-TINY32, 0.0, 0.0],
        [TINY32, MAX32],
        [MAX32, MAX32],
        [MAX32, -MAX32, TINY32],
        [MAX32] * 3000,
        [TINY32] * 3000,
        [TINY32, 1.0] * 1500,
        [MAX32, TINY32] * 1500,
        [0.0, -0.0],
        [-0.0, -0.0],
        [0.1] * 7,
    ],
    ids=lambda v: f"{len(v)} of {v[:3]}",
)
def test_float32(values: list[float]) -> None:
    x = np.array(values, np.float32)
    assert x.tolist() == values or 0.1 in values
    check_all(x)
    check_all(x[::-1])


def test_float32_sums_and_squares_need_no_float32() -> None:
    big = np.full(5, MAX32, np.float32)
    assert sum_of(big) == 5 * MAX32  # float32 overflows at twice that
    assert bits(norm_of(big[:4])) == bits(2 * MAX32)
    assert bits(dot_of(big[:1], big[:1])) == bits(MAX32 * MAX32)
    assert bits(dot_of(np.full(4, TINY32, np.float32), big[:4])) == bits(4 * TINY32 * MAX32)


@pytest.mark.parametrize("n", [1, 31, 64, 1000, 4099])
def test_bool_bytes(n: int) -> None:
    """Any byte but 0 is true, and true counts as 1."""
    rng = np.random.default_rng(n)
    raw = rng.integers(0, 256, n, dtype=np.uint8)
    raw[: n // 3] = 0
    raw[:1] = 255
    ones = int(np.count_nonzero(raw))
    for data, step in ((raw, 1), (np.repeat(raw, 3), 3)):
        x = array(data, constant("DTYPE_BOOL"), 1, [n], [step])
        s = describe(x)
        assert fields(s) == fields(oracle.from_integers([1] * ones + [0] * (n - ones)))
        assert sum_of(x) == dot_of(x, x) == ones
        assert bits(norm_of(x)) == bits(oracle.rounded_root(ones, 1))


@pytest.mark.parametrize("byte", range(256))
def test_each_bool_byte(byte: int) -> None:
    x = np.full(70, byte, np.uint8).view(np.bool_)
    assert sum_of(x) == (70.0 if byte else 0.0)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_empty(dtype: np.dtype[Any]) -> None:
    for shape in ((0,), (3, 0), (0, 2, 0)):
        check_all(np.empty(shape, dtype))
