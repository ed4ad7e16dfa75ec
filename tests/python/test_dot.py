"""Dot products: the exact sum of the exact products, rounded once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import oracle
import pytest
from adversarial import MAKERS, Maker, moderate, whole_range
from calls import array, bits, dot, dot_of, floats, norm, norm_of, strided
from hypothesis import given
from hypothesis import strategies as st
from layouts import DTYPES, AnyArray, numbers, orders, pairs, place, values_of
from raw import OK, lib

INF, NAN = math.inf, math.nan
TINY, HUGE = 5e-324, 1.7976931348623157e308

any_float = st.one_of(
    st.floats(),
    st.integers(0, 2**64 - 1).map(lambda b: float(np.array([b], np.uint64).view(np.float64)[0])),
    st.sampled_from([0.0, -0.0, TINY, -TINY, 2.0**-537, 2.0**511, HUGE, -HUGE]),
)


@pytest.fixture
def default_threads() -> Iterator[None]:
    yield
    assert lib.parexact_set_num_threads(0) == OK


def both(x: AnyArray, y: AnyArray) -> float:
    """Return the dot product of two float64 vectors, by both functions and in both orders."""
    found = {bits(v) for v in (dot(x, y), dot(y, x), dot_of(x, y), dot_of(y, x))}
    assert len(found) == 1, found
    return dot(x, y)


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        ([], [], 0.0),
        ([-0.0], [1.0], 0.0),
        ([-0.0, -0.0], [0.0, 0.0], 0.0),
        ([1.0, 2.0, 3.0], [4.0, -5.0, 6.0], 12.0),
        ([1e200, 1e200], [1e200, -1e200], 0.0),  # infinity minus infinity, were they rounded first
        ([1e200, 1.0, 1e200], [1e200, 2.0, -1e200], 2.0),
        ([1e200], [1e200], INF),
        ([-1e200], [1e200], -INF),
        ([HUGE, HUGE], [1.0, -1.0], 0.0),
        ([HUGE, 2.0**485], [1.0, 2.0**485], INF),  # half an ulp more: a tie, to even
        ([HUGE, 2.0**485, -TINY], [1.0, 2.0**485, 1.0], HUGE),
        ([HUGE, 2.0**485, -TINY], [1.0, 2.0**485, TINY], HUGE),  # 2^-2148 decides
        ([TINY], [0.5], 0.0),  # half of the least: a tie, to even
        ([-TINY], [0.5], -0.0),
        ([TINY, TINY], [0.5, TINY], TINY),
        ([2.0**52 + 1], [TINY], 2.0**-1022 + TINY),  # exact
        ([TINY], [TINY], 0.0),
        ([TINY], [-TINY], -0.0),
        ([TINY, TINY], [TINY, -TINY], 0.0),
        ([2.0**-537] * 2, [2.0**-538] * 2, TINY),
        ([2.0**-537] * 3, [2.0**-539] * 3, TINY),
        ([TINY] * 3, [0.25] * 3, TINY),
        ([1.0, 2.0**-27], [1.0, 2.0**-26], 1.0),
        ([1.0, 2.0**-27, TINY], [1.0, 2.0**-26, TINY], 1.0 + 2.0**-52),
        ([1.0, 2.0**-27, TINY], [1.0, 2.0**-26, -TINY], 1.0),
        ([1.0 + 2.0**-52, -1.0], [1.0 - 2.0**-52, 1.0], -(2.0**-104)),
        ([0.1, -1.0], [10.0, 1.0], 2.0**-54),  # how far 0.1 is from a tenth, ten times
    ],
)
def test_values(x: list[float], y: list[float], expected: float) -> None:
    assert bits(oracle.dot(x, y)) == bits(expected)
    assert bits(both(floats(x), floats(y))) == bits(expected)
    zeros = [0.0] * 3000  # behind them, where long vectors are treated otherwise
    assert bits(both(floats(zeros + x), floats(zeros + y))) == bits(expected)


@pytest.mark.parametrize("position", [0, 1, 700, 1024, 2999])
@pytest.mark.parametrize(
    ("pairs_of_factors", "expected"),
    [
        ([(NAN, 1.0)], NAN),
        ([(NAN, NAN)], NAN),
        ([(NAN, 0.0)], NAN),
        ([(NAN, INF)], NAN),
        ([(INF, 0.0)], NAN),
        ([(INF, -0.0)], NAN),
        ([(-INF, 0.0)], NAN),
        ([(INF, 2.0)], INF),
        ([(INF, TINY)], INF),
        ([(INF, -TINY)], -INF),
        ([(-INF, HUGE)], -INF),
        ([(-INF, -3.0)], INF),
        ([(INF, INF)], INF),
        ([(INF, -INF)], -INF),
        ([(-INF, -INF)], INF),
        ([(INF, 1.0), (INF, 5.0)], INF),
        ([(INF, 1.0), (-INF, -5.0)], INF),
        ([(INF, 1.0), (INF, -1.0)], NAN),
        ([(INF, 1.0), (-INF, 1.0)], NAN),
        ([(INF, 1.0), (-INF, INF)], NAN),
        ([(INF, 1.0), (0.0, NAN)], NAN),
        ([(-INF, 1.0), (HUGE, HUGE)], -INF),  # what overflows is no infinity
        ([(INF, 1.0), (HUGE, -HUGE)], INF),
    ],
)
def test_special_factors(
    pairs_of_factors: list[tuple[float, float]], expected: float, position: int
) -> None:
    canonical = math.copysign(NAN, 1.0)
    x, y = (moderate(np.random.default_rng(k), 1, 3000)[0] for k in (1, 2))
    for k, (a, b) in enumerate(pairs_of_factors):
        at = (position + 1499 * k) % len(x)
        x[at], y[at] = a, b
    assert bits(both(x, y)) == bits(canonical if math.isnan(expected) else expected)
    assert bits(oracle.dot(x.tolist(), y.tolist())) == bits(both(x, y))


def test_nan_payloads_do_not_come_through() -> None:
    for pattern in (0xFFF8000000000000, 0x7FF0000000000001, 0xFFFFFFFFFFFFFFFF):
        x = np.array([pattern], np.uint64).view(np.float64)
        assert bits(both(x, floats([1.0]))) == bits(NAN)


@given(st.lists(st.tuples(any_float, any_float), max_size=20))
def test_any_floats(factors: list[tuple[float, float]]) -> None:
    x, y = [a for a, _ in factors], [b for _, b in factors]
    assert bits(both(floats(x), floats(y))) == bits(oracle.dot(x, y))


@given(pairs())
def test_any_two_arrays_of_one_shape(xy: tuple[AnyArray, AnyArray]) -> None:
    x, y = xy
    expected = bits(oracle.dot(values_of(x), values_of(y)))
    assert bits(dot_of(x, y)) == bits(dot_of(y, x)) == expected
    assert bits(dot_of(strided(x), y)) == bits(dot_of(strided(x), strided(y))) == expected


@pytest.mark.parametrize(("left", "right"), list(product(DTYPES, DTYPES)), ids=str)
def test_two_types(left: np.dtype[Any], right: np.dtype[Any]) -> None:
    rng = np.random.default_rng([1, DTYPES.index(left), DTYPES.index(right)])
    for n, kind in ((3, "ends"), (40, "any"), (1500, "any"), (60, "not finite")):
        x, y = numbers(rng, left, n, kind), numbers(rng, right, n, kind)
        expected = bits(oracle.dot(values_of(x), values_of(y)))
        assert bits(dot_of(x, y)) == expected
        assert bits(dot_of(x[::-1], place(y[::-1], [right.itemsize + 1], 1))) == expected


@pytest.mark.parametrize(("left", "right"), list(product(DTYPES, DTYPES)), ids=str)
def test_two_types_around_the_ends_of_a_tile(left: np.dtype[Any], right: np.dtype[Any]) -> None:
    """All but contiguous doubles are converted by tiles, across the rows of a matrix."""
    rng = np.random.default_rng([9, DTYPES.index(left), DTYPES.index(right)])
    for n, kind in (
        (127, "ends"),
        (255, "any"),
        (256, "small"),
        (257, "not finite"),
        (513, "ends"),
    ):
        x, y = numbers(rng, left, n, kind), numbers(rng, right, n, kind)
        expected = bits(oracle.dot(values_of(x), values_of(y)))
        wide = place(x, [3 * left.itemsize], 1)
        assert bits(dot_of(x, y)) == bits(dot_of(wide, y)) == expected, n
        assert bits(dot_of(place(x[::-1], [-left.itemsize])[::-1], y[::-1][::-1])) == expected, n
        repeated = np.broadcast_to(y[:1], n)
        expected = bits(oracle.dot(values_of(x), values_of(repeated)))
        assert bits(dot_of(x, repeated)) == bits(dot_of(repeated, wide)) == expected, n
        rows = x[: n // 9 * 9].reshape(-1, 9)[:, 1:8], y[: n // 9 * 9].reshape(-1, 9)[:, 2:9]
        expected = bits(oracle.dot(*(values_of(part.ravel()) for part in rows)))
        assert bits(dot_of(*rows)) == expected, n


@pytest.mark.parametrize("dtype", [np.int64, np.uint64])
@pytest.mark.parametrize("other", [np.int64, np.uint64, np.float64, np.float32])
def test_long_integers_that_are_no_doubles(dtype: type[Any], other: type[Any]) -> None:
    """The parts of integers below their nearest doubles decide a rounding, and vanish beside infinities."""
    limits = np.iinfo(dtype)
    edges = [
        2**53 + 1,
        2**62 + 1,
        limits.max,
        limits.max - 1,
        limits.min,
        limits.min + 1,
        2**54 + 3,
    ]
    x = np.array(edges * 200, dtype=dtype)
    y = np.array([1, 3, 2**24 - 1, 2] * 350, dtype=other)
    if np.issubdtype(other, np.integer):
        y[::5] = np.iinfo(other).max
        y[1::5] = np.iinfo(other).max // 3
    assert bits(dot_of(x, y)) == bits(oracle.dot(values_of(x), values_of(y)))
    # All but one unit cancels.
    u = np.array([limits.max, limits.max], dtype=dtype)
    v = np.array([limits.max, limits.max - 1], dtype=dtype)
    ones = np.array([1, 1], dtype=other)
    assert dot_of(np.tile(u, 300), np.tile(ones, 300)) == float(600 * int(limits.max))
    exact = sum(int(a) * int(b) for a, b in zip(u, v))
    assert dot_of(u, v) == float(exact)
    if np.issubdtype(other, np.floating):
        z = np.concatenate([x, x])
        signs = np.concatenate([np.ones(x.size), -np.ones(x.size)]).astype(other)
        signs[3] += 1  # one more of x[3]
        assert dot_of(z, signs) == float(x[3])
        signs[5] = np.inf
        assert dot_of(z, signs) == (math.inf if x[5] > 0 else -math.inf)
        z[5] = 0
        assert math.isnan(dot_of(z, signs))


FINITE = [maker for maker in MAKERS if maker.__name__ != "not_finite"]


@pytest.mark.parametrize(
    ("left", "right"), list(product(FINITE, FINITE)), ids=lambda maker: maker.__name__
)
def test_hard_numbers(left: Maker, right: Maker) -> None:
    rng = np.random.default_rng([2, FINITE.index(left), FINITE.index(right)])
    for n in (7, 100, 1025, 2300):
        x, y = left(rng, 1, n)[0], right(rng, 1, n)[0]
        assert bits(both(x, y)) == bits(oracle.dot(x.tolist(), y.tolist())), n


@pytest.mark.parametrize(
    "exponent", [*range(-1100, -940, 7), *range(-60, 60, 13), *range(960, 1030, 5)]
)
@pytest.mark.parametrize("n", [8, 1500])
def test_products_around_the_ends_of_the_range(exponent: int, n: int) -> None:
    """Products whose low halves, or who themselves, underflow or overflow, all of one magnitude."""
    rng = np.random.default_rng([3, exponent + 2000, n])
    half = exponent // 2
    x = np.ldexp(rng.uniform(1, 2, n) * rng.choice([-1.0, 1.0], n), half)
    y = np.ldexp(rng.uniform(1, 2, n), exponent - half)
    assert bits(both(x, y)) == bits(oracle.dot(x.tolist(), y.tolist()))
    if exponent < 500:  # the same, of factors that lie far apart
        x, y = np.ldexp(x, -half - 500), np.ldexp(y, half + 500)
        assert bits(both(x, y)) == bits(oracle.dot(x.tolist(), y.tolist()))


@pytest.mark.parametrize("n", [2, 1000, 3001])
def test_one_product_that_underflows_decides_a_tie(n: int) -> None:
    for tiny, expected in ((0.0, 1.0), (TINY, 1.0 + 2.0**-52), (-TINY, 1.0)):
        x, y = np.zeros(n + 2), np.zeros(n + 2)
        x[[0, 1, n]] = [1.0, 2.0**-26, TINY]
        y[[0, 1, n]] = [1.0, 2.0**-27, tiny]
        assert bits(both(x, y)) == bits(expected)


def test_cancellation() -> None:
    """The vectors are orthogonal by construction, up to one small product."""
    rng = np.random.default_rng(4)
    for n in (10, 1000, 50_000):
        a, b = whole_range(rng, 2, n)
        x, y = np.concatenate([a, -b]), np.concatenate([b, a])
        order = rng.permutation(2 * n)
        x, y = x[order], y[order]
        assert bits(both(x, y)) == bits(0.0)
        at = int(rng.integers(0, 2 * n))
        assert bits(both(np.append(x, 1.5), np.append(y, TINY))) == bits(2 * TINY)
        x[at] = np.nextafter(x[at], 0.0)
        last = (x[at], np.nextafter(x[at], 2 * x[at]), y[at])
        rest = [last[0], -last[1]], [last[2], last[2]]
        assert bits(both(x, y)) == bits(
            oracle.dot([float(v) for v in rest[0]], [float(v) for v in rest[1]])
        )


@pytest.mark.parametrize("maker", FINITE, ids=lambda m: m.__name__)
def test_a_vector_with_itself(maker: Maker) -> None:
    """The norm is the root of the exact dot product; a dot product with ones is the sum."""
    rng = np.random.default_rng([5, FINITE.index(maker)])
    for n in (1, 5, 999, 4000):
        x = maker(rng, 1, n)[0]
        square, length = both(x, x), norm(x)
        exact = sum(oracle.in_units(v) ** 2 for v in x.tolist())
        assert bits(square) == bits(oracle.rounded(exact, 1 << (2 * oracle.UNIT)))
        assert bits(length) == bits(oracle.rounded_root(exact, 1 << (2 * oracle.UNIT)))
        if 1e-290 < square < 1e300:
            assert abs(length * length - square) <= 4 * math.ulp(square)
        ones = np.ones(n)
        assert bits(both(x, ones)) == bits(oracle.total(x.tolist()))
        assert bits(both(x, -ones)) == bits(oracle.total((-x).tolist()))


@pytest.mark.usefixtures("default_threads")
def test_threads_and_layouts() -> None:
    rng = np.random.default_rng(6)
    base = [maker(rng, 1, 3000)[0] for maker in (whole_range, moderate)]
    exact = sum(
        oracle.in_units(a) * oracle.in_units(b) for a, b in zip(*(v.tolist() for v in base))
    )
    expected = bits(oracle.rounded(100 * exact, 1 << (2 * oracle.UNIT)))
    order = rng.permutation(300_000)
    x, y = (np.tile(v, 100)[order].reshape(300, 1000) for v in base)
    for threads in (1, 2, 5):
        assert lib.parexact_set_num_threads(threads) == OK
        assert bits(both(x.ravel(), y.ravel())) == expected
        for (name, u), v in zip(orders(x).items(), reversed(orders(y).values())):
            assert bits(dot_of(u, v)) == expected, (name, threads)
        assert bits(dot_of(x.T, y.T)) == expected


@pytest.mark.parametrize("n", [1, 2, 3, 7, 8, 9, 15, 17, 31, 33, 63, 65, 127, 129, 511, 513, 1023])
def test_lengths_and_distances_from_a_cache_line(n: int) -> None:
    rng = np.random.default_rng([7, n])
    x, y = moderate(rng, 2, n + 16)
    for i, j in ((0, 0), (1, 0), (0, 3), (5, 5), (7, 2)):
        u, v = x[i : i + n], y[j : j + n]
        assert bits(both(u, v)) == bits(oracle.dot(u.tolist(), v.tolist()))


def test_one_array_twice_in_two_layouts() -> None:
    x = np.random.default_rng(8).standard_normal((60, 60))
    assert bits(dot_of(x, x.T)) == bits(oracle.dot(x.ravel().tolist(), x.T.ravel().tolist()))
    assert bits(dot_of(x, x)) == bits(dot_of(x.T, x.T))
    assert dot_of(x, x) == pytest.approx(norm_of(x) ** 2, rel=1e-15)
    assert bits(dot_of(x[0], np.broadcast_to(2.0, 60))) == bits(2 * math.fsum(x[0]))


def test_scalars() -> None:
    x = array(floats([3.0]), 0, 0)
    assert dot_of(x, x) == 9.0
    assert dot_of(x, array(np.array([2**63], np.uint64), 6, 0)) == 3 * 2.0**63
