"""Any layout of an array: shape, strides, odd addresses, up to 64 dimensions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import oracle
import pytest
from adversarial import MAKERS, Maker
from calls import (
    array,
    bits,
    describe,
    dot_of,
    fields,
    floats,
    norm,
    norm_of,
    reduce,
    result,
    state_of,
    strided,
    sum_of,
    total,
)
from hypothesis import given
from layouts import (
    DTYPES,
    AnyArray,
    arrays,
    ddofs,
    expected,
    laid_out,
    numbers,
    orders,
    place,
    policies,
    values_of,
)
from raw import OK, lib

EXTREME = [2**63 - 1, -(2**63), 1, 0, -7]


@pytest.fixture
def default_threads() -> Iterator[None]:
    yield
    assert lib.parexact_set_num_threads(0) == OK


@given(arrays(), ddofs, policies)
def test_describe(x: AnyArray, ddof: int, nan: str) -> None:
    answer = fields(oracle.describe(values_of(x), ddof, nan == "omit"))
    assert fields(describe(x, ddof, nan)) == answer
    assert fields(describe(strided(x), ddof, nan)) == answer


@given(arrays())
def test_sum_and_norm(x: AnyArray) -> None:
    whole, length = bits(expected(x, "sum")), bits(expected(x, "norm"))
    assert bits(sum_of(x)) == bits(sum_of(strided(x))) == whole
    assert bits(norm_of(x)) == bits(norm_of(strided(x))) == length


@given(arrays(), ddofs, policies)
def test_state(x: AnyArray, ddof: int, nan: str) -> None:
    state = state_of(x)
    assert bytes(state) == bytes(state_of(np.ascontiguousarray(x)))
    answer = oracle.describe(values_of(x), ddof, nan == "omit")
    assert fields(result(state, ddof, nan)) == fields(answer)
    pieces = [x[k : k + 1] for k in range(len(x))] if x.ndim else [x]
    assert bytes(state_of(*reversed(pieces))) == bytes(state)


@given(arrays())
def test_inputs_are_only_read(x: AnyArray) -> None:
    memory: Any = x.base if x.base is not None else x
    before = memory.tobytes()
    describe(x), sum_of(x), norm_of(x), state_of(x), reduce(x, "var")
    assert memory.tobytes() == before


@given(arrays().flatmap(lambda x: laid_out(np.array(x))))
def test_layouts_keep_their_values(x: AnyArray) -> None:
    """The strategies themselves: NumPy's own copy of a drawn view has its values, NaN for NaN."""
    assert values_of(np.array(x)) == values_of(x) or np.isnan(np.array(values_of(x))).any()


# --- many dimensions -------------------------------------------------------------------------


@pytest.mark.parametrize("explicit", [False, True])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_scalar(dtype: np.dtype[Any], explicit: bool) -> None:
    x = numbers(np.random.default_rng(1), dtype, 3)[1:2].reshape(())
    a = strided(x) if explicit else array(x, 0, 0) if dtype == np.float64 else x
    assert fields(describe(a)) == fields(oracle.describe(values_of(x)))
    assert reduce(a, "max").shape == ()
    assert bits(float(reduce(a, "max"))) == bits(expected(x, "max"))


@pytest.mark.parametrize("stride", EXTREME)
def test_64_dimensions(stride: int) -> None:
    """Where there is but one index, no stride matters, not even one that would overflow."""
    x = np.arange(1.0, 25.0)
    lengths, steps = [1] * 64, [stride] * 64
    for axis, length, step in [(0, 2, 96), (30, 3, -32), (63, 4, 8)]:
        lengths[axis], steps[axis] = length, step
    a = array(x[8:], 0, 64, lengths, steps)  # the second of three rows backwards is the first
    values = [x[8 + 12 * i - 4 * j + k] for i in range(2) for j in range(3) for k in range(4)]
    assert fields(describe(a)) == fields(oracle.describe(values))
    assert bits(sum_of(a)) == bits(oracle.total(values))
    assert bits(norm_of(a)) == bits(oracle.norm(values))
    assert bits(dot_of(a, a)) == bits(oracle.dot(values, values))
    assert bytes(state_of(a)) == bytes(state_of(floats(values)))
    by_hand = np.array(values).reshape(2, 3, 4)
    assert reduce(a, "sum", [30]).tobytes() == by_hand.sum(axis=1).tobytes()
    assert reduce(a, "sum", [-1, 0]).tobytes() == by_hand.sum(axis=(0, 2)).tobytes()
    assert reduce(a, "min", [5]).tobytes() == by_hand.tobytes()


def test_64_dimensions_of_2_would_overflow_but_0_saves_them() -> None:
    a = array(np.ones(1), 0, 64, [2] * 63 + [0], EXTREME * 12 + EXTREME[:4])
    assert describe(a).count == 0
    assert bits(sum_of(a)) == bits(0.0)


@pytest.mark.parametrize("stride", EXTREME)
@pytest.mark.parametrize("lengths", [[1], [1, 1, 1], [0], [5, 0], [0, 2**62, 2**62]])
def test_strides_without_steps_are_not_looked_at(lengths: list[int], stride: int) -> None:
    x = floats([3.0])
    a = array(x, 0, len(lengths), lengths, [stride] * len(lengths))
    values = [] if 0 in lengths else [3.0]
    assert fields(describe(a)) == fields(oracle.describe(values))
    assert bits(sum_of(a)) == bits(sum(values, 0.0))
    assert bits(dot_of(a, a)) == bits(3.0 * sum(values, 0.0))


# --- lengths ---------------------------------------------------------------------------------

STEPS = {
    "contiguous": lambda size: size,
    "backwards": lambda size: -size,
    "every other": lambda size: 2 * size,
    "every fifth, backwards": lambda size: -5 * size,
    "record": lambda size: size + 3,
    "apart": lambda size: 512,
    "repeated": lambda size: 0,
}
# All short lengths, and those around multiples of what a vector, a block or a loop may hold.
LENGTHS = sorted({*range(1, 260), *(k + d for k in range(256, 5001, 128) for d in (-1, 0, 1))})


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_every_length(dtype: np.dtype[Any], step: Any) -> None:
    rng = np.random.default_rng([4, DTYPES.index(dtype)])
    x = place(numbers(rng, dtype, LENGTHS[-1]), [step(dtype.itemsize)])
    integers = [oracle.in_units(v) for v in values_of(x)]
    s1 = s2 = n = 0
    for length in LENGTHS:
        for i in integers[n:length]:
            s1, s2 = s1 + i, s2 + i * i
        n = length
        p, q = n * s2 - s1 * s1, n * n << (2 * oracle.UNIT)
        s = describe(x[:n])
        whole = oracle.rounded(s1, 1 << oracle.UNIT)
        assert bits(s.sum) == bits(sum_of(x[:n])) == bits(whole), n
        assert bits(s.variance) == bits(oracle.rounded(p, q)), n
        assert bits(s.min) == bits(oracle.rounded(min(integers[:n]), 1 << oracle.UNIT) + 0.0), n
        assert bits(s.max) == bits(oracle.rounded(max(integers[:n]), 1 << oracle.UNIT) + 0.0), n
        root = oracle.rounded_root(s2, 1 << (2 * oracle.UNIT))
        assert bits(norm_of(x[:n])) == bits(root), n


@pytest.mark.parametrize("maker", MAKERS, ids=lambda m: m.__name__)
@pytest.mark.parametrize("n", [511, 1025, 2500, 4999])
def test_hard_numbers_in_any_layout(maker: Maker, n: int) -> None:
    rng = np.random.default_rng([5, MAKERS.index(maker), n])
    x = maker(rng, 1, n)[0]
    statistics, whole, length = fields(describe(x, 1, "omit")), bits(total(x)), bits(norm(x))
    assert statistics == fields(oracle.describe(x.tolist(), 1, True))
    state = bytes(state_of(x))
    rows = x[: n - n % 7].reshape(7, -1)
    for name, y in {**orders(x), **orders(rows)}.items():
        if y.ndim == 2:
            assert bytes(state_of(y, x[rows.size :])) == state, name
        else:
            assert fields(describe(y, 1, "omit")) == statistics, name
            assert bits(sum_of(y)) == whole, name
            assert bits(norm_of(y)) == length, name
            assert bytes(state_of(y)) == state, name


@pytest.mark.usefixtures("default_threads")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_long_arrays_on_any_number_of_threads(dtype: np.dtype[Any]) -> None:
    rng = np.random.default_rng([6, DTYPES.index(dtype)])
    n, copies = 2003, 150
    base = numbers(rng, dtype, n)
    x = np.broadcast_to(base, (copies, n))
    answer = oracle.from_integers(
        [oracle.in_units(v) for v in values_of(base)],
        oracle.UNIT,
        copies=copies,
        ends=(expected(base, "min"), expected(base, "max")),
    )
    shuffled = np.ascontiguousarray(rng.permutation(x.ravel())).reshape(copies, n)
    state = bytes(state_of(*[base] * copies))
    for threads in (1, 2, 5):
        assert lib.parexact_set_num_threads(threads) == OK
        for name, y in {"broadcast": x, "transposed": x.T, **orders(shuffled)}.items():
            assert fields(describe(y)) == fields(answer), (name, threads)
            assert bits(sum_of(y)) == bits(answer.sum), (name, threads)
            assert bytes(state_of(y)) == state, (name, threads)


def test_repeated_numbers_are_counted_as_often_as_they_appear() -> None:
    x = array(floats([1e308]), 0, 2, [1000, 300], [0, 0])
    s = describe(x)
    assert (s.count, bits(s.sum), bits(s.mean)) == (300_000, bits(math.inf), bits(1e308))
    assert bits(s.variance) == bits(0.0)
    assert bits(norm_of(array(floats([3.0]), 0, 2, [40, 40], [0, 0]))) == bits(120.0)
