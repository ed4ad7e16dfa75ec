"""What the numbers mean: the rows of the contract, one by one, with answers written by hand."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
from calls import bits, describe, fields, floats, norm, pointer, state_of, total, words
from header import constant
from raw import NAN_POLICY, OK, ParexactError, Stats, lib

INF, NAN = math.inf, math.nan
TINY = 5e-324
HUGE = 1.7976931348623157e308
HALF_ULP_OF_HUGE = 2.0**970
CANONICAL_NAN = struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000000))[0]
PAYLOAD_NAN = struct.unpack("<d", struct.pack("<Q", 0xFFF0000000000ABC))[0]  # negative, signalling


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], 0.0),
        ([-0.0], 0.0),
        ([-0.0, -0.0], 0.0),
        ([0.1, 0.2, 0.3], 0.6),
        ([1e308, 1e308, -1e308], 1e308),
        ([HUGE, HALF_ULP_OF_HUGE], INF),  # the tie goes to the even neighbour, which is 2^1024
        ([HUGE, HALF_ULP_OF_HUGE, -TINY], HUGE),
        ([-HUGE, -HALF_ULP_OF_HUGE], -INF),
        ([HUGE] * 4 + [-HUGE] * 4 + [TINY], TINY),
        ([1.0, 2.0**-53], 1.0),
        ([1.0, 2.0**-53, TINY], 1.0 + 2.0**-52),
        ([1.0, 2.0**-53, -TINY], 1.0),
        ([1.0 + 2.0**-52, 2.0**-53], 1.0 + 2.0**-51),
        ([1e16, 1.0, -1e16], 1.0),
        ([TINY, TINY, -TINY], TINY),
        ([2.0**-1022, -TINY], 2.0**-1022 - TINY),
        ([NAN, 1.0], CANONICAL_NAN),
        ([PAYLOAD_NAN], CANONICAL_NAN),
        ([INF, 1.0, HUGE], INF),
        ([-INF, 1.0], -INF),
        ([INF, -INF], CANONICAL_NAN),
        ([INF, NAN], CANONICAL_NAN),
    ],
)
def test_sum(values: list[float], expected: float) -> None:
    x = floats(values)
    assert bits(total(x)) == bits(expected)
    assert bits(describe(x).sum) == bits(expected)
    assert bits(lib.sum_my_numbers(pointer(x.copy()), len(x))) == bits(expected)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], CANONICAL_NAN),
        ([1e308, 1.7e308], 1.35e308),  # no intermediate overflow
        ([HUGE, HUGE], HUGE),
        ([-TINY, 0.0, 0.0], -0.0),  # underflows, and keeps its sign
        ([TINY, 0.0, 0.0], 0.0),
        ([TINY, 0.0], 0.0),  # a tie, to even
        ([TINY, TINY, TINY, 0.0], TINY),
        ([-TINY, TINY], 0.0),
        ([-0.0], 0.0),
        ([INF, 1.0], INF),
        ([INF, -INF], CANONICAL_NAN),
        ([NAN], CANONICAL_NAN),
        ([0.1] * 10, 0.1),
    ],
)
def test_mean(values: list[float], expected: float) -> None:
    assert bits(describe(floats(values)).mean) == bits(expected)


@pytest.mark.parametrize(
    ("values", "ddof", "variance", "std"),
    [
        ([], 0, CANONICAL_NAN, CANONICAL_NAN),
        ([3.0], 0, 0.0, 0.0),
        ([3.0], 1, CANONICAL_NAN, CANONICAL_NAN),
        ([3.0, 4.0], 2, CANONICAL_NAN, CANONICAL_NAN),
        ([3.0, 4.0], 2**63 - 1, CANONICAL_NAN, CANONICAL_NAN),
        ([0.1, 0.1, 0.1], 0, 0.0, 0.0),
        ([0.1, 0.1, 0.1], 1, 0.0, 0.0),
        ([TINY, 0.0], 1, 0.0, TINY),  # the variance underflows, its root does not
        ([1.0, 2.0, 3.0, 4.0], 0, 1.25, 1.118033988749895),
        ([1.0, 2.0, 3.0, 4.0], 1, 5 / 3, 1.2909944487358056),
        ([HUGE, -HUGE], 0, INF, HUGE),  # the variance overflows, its root does not
        ([HUGE, -HUGE], 1, INF, INF),
        ([1e9, 1e9 + 1], 0, 0.25, 0.5),
        ([INF, 1.0], 0, CANONICAL_NAN, CANONICAL_NAN),
        ([INF], 0, CANONICAL_NAN, CANONICAL_NAN),
        ([NAN, 1.0], 0, CANONICAL_NAN, CANONICAL_NAN),
        # (2^-540)² lies far below what a double-double of squares can see beside 1.
        ([1.0, -1.0, 2.0**-540, -(2.0**-540)], 0, 0.5, math.sqrt(0.5)),
    ],
)
def test_variance_and_std(values: list[float], ddof: int, variance: float, std: float) -> None:
    s = describe(floats(values), ddof)
    assert bits(s.variance) == bits(variance)
    assert bits(s.std) == bits(std)


@pytest.mark.parametrize(("tiny", "expected"), [(0.0, 1.0), (2.0**-540, 1.0 + 2.0**-52)])
@pytest.mark.parametrize("zeros", [0, 5000])
def test_a_square_that_underflows_decides_a_tie(tiny: float, expected: float, zeros: int) -> None:
    # A norm of 1 + 2^-53 is a tie between 1 and its neighbour: its square is 1 + 2^-52 + 2^-106;
    # the square of the tiny one, 2^-1080, is no float64 and yet decides.
    x = floats([1.0, 2.0**-26, 2.0**-53, tiny] + [0.0] * zeros)
    assert bits(norm(x)) == bits(expected)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], 0.0),
        ([-0.0], 0.0),
        ([3.0, 4.0], 5.0),
        ([3 * 2.0**700, 4 * 2.0**700], 5 * 2.0**700),
        ([3 * TINY, 4 * TINY], 5 * TINY),
        ([HUGE, HUGE], INF),
        ([HUGE], HUGE),
        ([TINY], TINY),
        ([INF, -INF], INF),
        ([-INF], INF),
        ([NAN, 1.0], CANONICAL_NAN),
    ],
)
def test_norm(values: list[float], expected: float) -> None:
    assert bits(norm(floats(values))) == bits(expected)


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([], CANONICAL_NAN, CANONICAL_NAN),
        ([0.0, -0.0], -0.0, 0.0),
        ([-0.0, 0.0], -0.0, 0.0),
        ([-0.0], -0.0, -0.0),
        ([0.0], 0.0, 0.0),
        ([-1.0, -2.0, -3.0], -3.0, -1.0),
        ([INF, -INF, 1.0], -INF, INF),
        ([-TINY, TINY], -TINY, TINY),
        ([NAN, 1.0], CANONICAL_NAN, CANONICAL_NAN),
        ([1.0, NAN], CANONICAL_NAN, CANONICAL_NAN),
    ],
)
@pytest.mark.parametrize("copies", [1, 3000])  # scalar code, and blocks of vector code
def test_min_max(values: list[float], low: float, high: float, copies: int) -> None:
    s = describe(floats(values * copies))
    assert bits(s.min) == bits(low)
    assert bits(s.max) == bits(high)


@pytest.mark.parametrize("copies", [1, 2000])
class TestNanPolicies:
    def test_propagate(self, copies: int) -> None:
        s = describe(floats([1.0, NAN, 3.0, PAYLOAD_NAN] * copies))
        assert (s.count, s.nan_count) == (4 * copies, 2 * copies)
        for name in ("sum", "mean", "variance", "std", "min", "max"):
            assert bits(getattr(s, name)) == bits(CANONICAL_NAN), name

    def test_omit(self, copies: int) -> None:
        s = describe(floats([1.0, NAN, 3.0, PAYLOAD_NAN] * copies), nan="omit")
        assert (s.count, s.nan_count) == (2 * copies, 2 * copies)
        assert (s.sum, s.mean, s.variance, s.std) == (4.0 * copies, 2.0, 1.0, 1.0)
        assert (s.min, s.max) == (1.0, 3.0)

    def test_omit_nothing_but_nans(self, copies: int) -> None:
        s = describe(floats([NAN] * copies), nan="omit")
        assert (s.count, s.nan_count) == (0, copies)
        assert bits(s.sum) == bits(0.0)
        for name in ("mean", "variance", "std", "min", "max"):
            assert bits(getattr(s, name)) == bits(CANONICAL_NAN), name

    def test_raise(self, copies: int) -> None:
        with pytest.raises(ParexactError) as caught:
            describe(floats([1.0, NAN] * copies), nan="raise")
        assert caught.value.status == constant("ERROR_NAN_FOUND")
        assert "NaN" in str(caught.value)

    def test_policies_agree_without_nans(self, copies: int) -> None:
        x = floats([1.0, -2.5, 1e300] * copies)
        assert len({str(fields(describe(x, nan=policy))) for policy in NAN_POLICY}) == 1


def test_parallel_stats_is_describe_with_ddof_0() -> None:
    for x in (floats([]), floats([1.0, 2.0, 4.0]), floats([NAN, 1.0]), np.arange(1e5)):
        s = Stats()
        assert lib.parallel_stats(pointer(x), len(x), s) == OK
        assert fields(s) == fields(describe(x))


@pytest.mark.parametrize("n", [1, 2, 3, 100, 101, 100_001])
def test_sum_my_numbers_negates_the_middle(n: int) -> None:
    x = np.arange(1.0, n + 1.0)
    expected = x.copy()
    expected[n // 2] *= -1
    assert lib.sum_my_numbers(pointer(x), n) == n * (n + 1) / 2
    assert x.tolist() == expected.tolist()


def test_sum_my_numbers_of_nothing_touches_nothing() -> None:
    x = floats([7.0])
    assert bits(lib.sum_my_numbers(pointer(x), 0)) == bits(0.0)
    assert bits(lib.sum_my_numbers(None, 0)) == bits(0.0)
    assert x[0] == 7.0


def test_state_of_nothing_is_the_initial_state() -> None:
    assert words(state_of(floats([]))).tolist() == words(state_of()).tolist()
    assert words(state_of())[0] != 0  # a version: all zeros is not a state
