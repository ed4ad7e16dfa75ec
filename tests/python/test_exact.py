"""Correct rounding, against exact rational arithmetic, over arrays made to be hard."""

from __future__ import annotations

import ctypes
import math
import os
import statistics
import sys
from ctypes import c_double
from fractions import Fraction

import numpy as np
import oracle
import pytest
from adversarial import MAKERS, Maker
from calls import bits, describe, fields, floats, norm, total
from hypothesis import given
from hypothesis import strategies as st
from raw import OK, Stats, lib, view

ARRAYS = int(os.environ.get("PAREXACT_TEST_ARRAYS", "100000"))

any_float = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(0, 2**64 - 1).map(lambda b: float(np.array([b], np.uint64).view(np.float64)[0])),
    st.sampled_from([0.0, -0.0, 5e-324, -5e-324, 2.0**-540, 1.0, -1.0, 2.0**1023, -(2.0**1023)]),
)
ddofs = st.integers(0, 3)


@given(st.lists(any_float, max_size=20), ddofs, st.booleans())
def test_describe(values: list[float], ddof: int, omit: bool) -> None:
    answer = describe(floats(values), ddof, "omit" if omit else "propagate")
    assert fields(answer) == fields(oracle.describe(values, ddof, omit))


@given(st.lists(any_float, max_size=20))
def test_norm(values: list[float]) -> None:
    assert bits(norm(floats(values))) == bits(oracle.norm(values))


@given(st.lists(any_float.filter(math.isfinite), min_size=1, max_size=6))
def test_the_oracle_against_textbook_fractions(values: list[float]) -> None:
    answer = oracle.describe(values)
    textbook = oracle.fraction_describe(values)
    found = (answer.sum, answer.mean, answer.variance)
    assert [bits(x) for x in found] == [bits(x) for x in textbook]


@given(st.lists(st.floats(-1e100, 1e100), min_size=2, max_size=12))
def test_against_the_statistics_module(values: list[float]) -> None:
    s = describe(floats(values), 1)
    assert s.mean == statistics.mean(values)
    if sys.version_info >= (3, 11):  # before, a rounded mean went into the variance
        assert s.variance == statistics.variance(values)
        assert s.std == statistics.stdev(values)
        assert describe(floats(values)).variance == statistics.pvariance(values)


@given(st.fractions(min_value=0, max_value=10**30), st.integers(0, 600))
def test_the_oracle_root_brackets_the_real_one(x: Fraction, halvings: int) -> None:
    p, q = x.numerator, x.denominator << (2 * halvings)
    root = oracle.rounded_root(p, q)
    below = Fraction(root) - Fraction(math.ulp(root)) / 2
    above = Fraction(root) + Fraction(math.ulp(root)) / 2
    assert max(below, Fraction()) ** 2 <= Fraction(p, q) <= above**2


@pytest.mark.parametrize("maker", MAKERS, ids=lambda m: m.__name__)
def test_many_short_arrays(maker: Maker) -> None:
    rng = np.random.default_rng([1, MAKERS.index(maker)])
    rows = -(-ARRAYS // len(MAKERS))
    data = maker(rng, rows, 9)
    lengths = rng.integers(0, 10, rows)
    ddof = rng.integers(0, 3, rows).tolist()
    omit = rng.integers(0, 2, rows).tolist()

    # All calls first, straight into one table; then all comparisons.
    answers = (Stats * rows)()
    sums = (c_double * rows)()
    norms = (c_double * rows)()
    element = ctypes.POINTER(c_double)
    for i in range(rows):
        row = data[i, : lengths[i]]
        address = ctypes.cast(row.ctypes.data, element)
        assert lib.parexact_describe(view(row), ddof[i], omit[i], answers[i]) == OK
        assert lib.parexact_sum_f64(address, len(row), c_double.from_buffer(sums, 8 * i)) == OK
        assert lib.parexact_norm_f64(address, len(row), c_double.from_buffer(norms, 8 * i)) == OK

    for i in range(rows):
        row = data[i, : lengths[i]].tolist()
        expected = oracle.describe(row, ddof[i], bool(omit[i]))
        assert fields(answers[i]) == fields(expected), row
        whole = expected.sum if not omit[i] else oracle.describe(row).sum
        assert bits(sums[i]) == bits(whole), row
        assert bits(norms[i]) == bits(oracle.norm(row)), row


@pytest.mark.parametrize("maker", MAKERS, ids=lambda m: m.__name__)
@pytest.mark.parametrize("n", [255, 1023, 1024, 1025, 2047, 2049, 4099, 12_345])
def test_blocks(maker: Maker, n: int) -> None:
    """Lengths around the vector kernels' blocks, starting at any distance from a cache line."""
    rng = np.random.default_rng([2, MAKERS.index(maker), n])
    data = maker(rng, 1, n + 8)[0]
    start = int(rng.integers(0, 8))
    x = data[start : start + n]
    values = x.tolist()
    expected = oracle.describe(values, 1)
    assert fields(describe(x, 1)) == fields(expected)
    assert bits(total(x)) == bits(expected.sum)
    assert bits(norm(x)) == bits(oracle.norm(values))


@pytest.mark.parametrize("seed", range(12))
def test_changing_difficulty(seed: int) -> None:
    """Blocks of different makers one after the other: no block may trust what the last one saw."""
    rng = np.random.default_rng([3, seed])
    parts = [
        MAKERS[k](rng, 1, int(rng.integers(1, 3000)))[0]
        for k in rng.integers(0, len(MAKERS) - 1, 8)  # all but not_finite
    ]
    x = np.concatenate(parts)
    values = x.tolist()
    assert fields(describe(x)) == fields(oracle.describe(values))
    assert bits(norm(x)) == bits(oracle.norm(values))


@pytest.mark.parametrize("position", [0, 1, 1023, 1024, 2500, 4999])
@pytest.mark.parametrize("value", [5e-324, -(2.0**-1022), 2.0**-540, 1e308, -1e308, math.inf])
def test_one_odd_value_anywhere(position: int, value: float) -> None:
    x = np.ones(5000)
    x[position] = value
    values = x.tolist()
    assert fields(describe(x)) == fields(oracle.describe(values))
    assert bits(norm(x)) == bits(oracle.norm(values))
