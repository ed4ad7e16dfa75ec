"""Reductions over axes: each output is that of the whole-array function for its slice."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator, Sequence
from ctypes import POINTER, byref, c_double, c_int32
from itertools import combinations, permutations
from typing import Any

import numpy as np
import pytest
from adversarial import MAKERS, Maker, moderate, not_finite, whole_range
from calls import (
    array,
    bits,
    describe,
    floats,
    norm,
    norm_of,
    pointer,
    reduce,
    strided,
    sum_of,
)
from header import constant
from hypothesis import given
from hypothesis import strategies as st
from layouts import (
    ALL_OPS,
    ALL_POLICIES,
    DTYPES,
    AnyArray,
    arrays_and_axes,
    ddofs,
    expected,
    numbers,
    orders,
    place,
    policies,
    slices,
)
from raw import OK, OP, ParexactError, lib, view

NULL_POINTER = constant("ERROR_NULL_POINTER")
INVALID = constant("ERROR_INVALID_ARGUMENT")
MARK = 42.0
MOMENT = {"sum": "sum", "mean": "mean", "var": "variance", "std": "std", "min": "min", "max": "max"}


@pytest.fixture
def default_threads() -> Iterator[None]:
    yield
    assert lib.parexact_set_num_threads(0) == OK


def all_bits(x: Any) -> list[str]:
    return [bits(v) for v in np.asarray(x).ravel().tolist()]


@given(arrays_and_axes(), st.sampled_from(ALL_OPS), ddofs, policies)
def test_any_array_over_any_axes(
    drawn: tuple[AnyArray, list[int]], op: str, ddof: int, nan: str
) -> None:
    x, axes = drawn
    answer = reduce(x, op, axes, ddof, nan)
    assert all_bits(answer) == [bits(expected(part, op, ddof, nan)) for part in slices(x, axes)]
    assert reduce(strided(x), op, axes, ddof, nan).tobytes() == answer.tobytes()


@given(arrays_and_axes(), ddofs, policies)
def test_outputs_are_the_whole_array_functions_of_slices(
    drawn: tuple[AnyArray, list[int]], ddof: int, nan: str
) -> None:
    x, axes = drawn
    parts = slices(x, axes)
    for op, name in MOMENT.items():
        whole = [bits(getattr(describe(part, ddof, nan), name)) for part in parts]
        assert all_bits(reduce(x, op, axes, ddof, nan)) == whole, op
    assert all_bits(reduce(x, "sum", axes)) == [bits(sum_of(part)) for part in parts]
    assert all_bits(reduce(x, "norm", axes)) == [bits(norm_of(part)) for part in parts]


@pytest.mark.parametrize("op", ALL_OPS)
def test_every_set_of_axes(op: str) -> None:
    x = moderate(np.random.default_rng(1), 1, 2 * 3 * 4 * 5)[0].reshape(2, 3, 4, 5)
    x[1, 2, 3, 4] = math.nan
    for size in range(5):
        for axes in combinations(range(4), size):
            found = reduce(x, op, axes, 1, "omit")
            answer = [bits(expected(part, op, 1, "omit")) for part in slices(x, axes)]
            assert all_bits(found) == answer, axes
            for order in permutations([a - 4 * (a % 2) for a in axes]):
                assert reduce(x, op, order, 1, "omit").tobytes() == found.tobytes(), order


def test_no_axes_are_all_axes() -> None:
    x, out = np.arange(24.0).reshape(2, 3, 4), floats([MARK])
    a, empty = view(x), (c_int32 * 1)(77)
    for axes in (None, empty):
        out[0] = MARK
        assert lib.parexact_reduce(byref(a), 0, axes, 0, 0, 0, pointer(out), 1) == OK
        assert out[0] == 276.0
    assert reduce(x, "sum", (0, 1, 2)) == 276.0


def test_outputs_are_in_c_order_whatever_the_input_is() -> None:
    x = np.arange(24.0).reshape(2, 3, 4)
    for name, y in orders(x).items():
        assert reduce(y, "max", [1]).tolist() == x.max(axis=1).tolist(), name
        assert reduce(y, "max", [-3]).tolist() == x.max(axis=0).tolist(), name
    assert reduce(x.T, "max", [0]).tolist() == x.T.max(axis=0).tolist()


# --- what the numbers mean, for each output --------------------------------------------------

INF, NAN = math.inf, math.nan
ROWS = floats([1, 2, NAN, 3, INF, 4, INF, -INF, NAN, NAN, NAN, INF, 2, 2]).reshape(7, 2)


@pytest.mark.parametrize(
    ("op", "nan", "answers"),
    [
        ("sum", "propagate", [3, NAN, INF, NAN, NAN, NAN, 4]),
        ("sum", "omit", [3, 3, INF, NAN, 0, INF, 4]),
        ("mean", "propagate", [1.5, NAN, INF, NAN, NAN, NAN, 2]),
        ("mean", "omit", [1.5, 3, INF, NAN, NAN, INF, 2]),
        ("var", "propagate", [0.25, NAN, NAN, NAN, NAN, NAN, 0]),
        ("var", "omit", [0.25, 0, NAN, NAN, NAN, NAN, 0]),
        ("std", "propagate", [0.5, NAN, NAN, NAN, NAN, NAN, 0]),
        ("std", "omit", [0.5, 0, NAN, NAN, NAN, NAN, 0]),
        ("min", "propagate", [1, NAN, 4, -INF, NAN, NAN, 2]),
        ("min", "omit", [1, 3, 4, -INF, NAN, INF, 2]),
        ("max", "propagate", [2, NAN, INF, INF, NAN, NAN, 2]),
        ("max", "omit", [2, 3, INF, INF, NAN, INF, 2]),
        ("norm", "propagate", [math.sqrt(5), NAN, INF, INF, NAN, NAN, math.sqrt(8)]),
        ("norm", "omit", [math.sqrt(5), 3, INF, INF, 0, INF, math.sqrt(8)]),
    ],
)
def test_nan_and_infinity_stay_in_their_outputs(
    op: str, nan: str, answers: Sequence[float]
) -> None:
    wanted = all_bits(floats(answers))
    for name, y in orders(ROWS).items():
        assert all_bits(reduce(y, op, [1], 0, nan)) == wanted, name
        assert all_bits(reduce(y.T, op, [0], 0, nan)) == wanted, name


@pytest.mark.parametrize("op", ALL_OPS)
def test_raise(op: str) -> None:
    x = np.ones((50, 60))
    assert all_bits(reduce(x, op, [0], 0, "raise")) == all_bits(reduce(x, op, [0]))
    x[31, 7] = math.nan
    for axes in ((), (0,), (1,), (0, 1)):
        with pytest.raises(ParexactError) as caught:
            reduce(x, op, axes, 0, "raise")
        assert caught.value.status == constant("ERROR_NAN_FOUND")
        assert "NaN" in str(caught.value)
    x[31, 7] = math.inf
    assert all_bits(reduce(x, op, [1], 0, "raise")) == all_bits(reduce(x, op, [1]))


@pytest.mark.parametrize("ddof", [0, 1, 2, 3, 2**63 - 1])
def test_ddof(ddof: int) -> None:
    x = floats([1, 2, 4, NAN, 3, 3]).reshape(2, 3)
    for op in ("var", "std"):
        found = all_bits(reduce(x, op, [1], ddof, "omit"))
        assert found == [bits(expected(row, op, ddof, "omit")) for row in x]
    for op in ("sum", "mean", "min", "max", "norm"):
        assert all_bits(reduce(x, op, [1], ddof)) == all_bits(reduce(x, op, [1]))


EMPTY = {"sum": 0.0, "norm": 0.0, "mean": NAN, "var": NAN, "std": NAN, "min": NAN, "max": NAN}


@pytest.mark.parametrize("nan", ALL_POLICIES)
@pytest.mark.parametrize("op", ALL_OPS)
def test_empty_axes(op: str, nan: str) -> None:
    for dtype in DTYPES:
        x = np.empty((3, 0, 2), dtype)
        assert all_bits(reduce(x, op, [1], 0, nan)) == [bits(EMPTY[op])] * 6
        assert all_bits(reduce(x, op, [1, 2], 1, nan)) == [bits(EMPTY[op])] * 3
        assert all_bits(reduce(x, op, (), 0, nan)) == [bits(EMPTY[op])]
        assert reduce(x, op, [0], 0, nan).shape == (0, 2)


@pytest.mark.parametrize("stride", [2**63 - 1, -(2**63), 2**62, 0, -1])
def test_strides_of_empty_arrays_are_not_looked_at(stride: int) -> None:
    a = array(None, 0, 3, [3, 0, 2], [stride] * 3)
    for op in ALL_OPS:
        assert all_bits(reduce(a, op, [1])) == [bits(EMPTY[op])] * 6
        assert all_bits(reduce(a, op, [0, 1])) == [bits(EMPTY[op])] * 2
        assert all_bits(reduce(a, op)) == [bits(EMPTY[op])]
        assert reduce(a, op, [2]).shape == (3, 0)


def test_nothing_to_write_needs_no_output() -> None:
    a = view(np.empty((3, 0, 2)))
    assert lib.parexact_reduce(byref(a), 0, (c_int32 * 1)(0), 1, 0, 0, None, 0) == OK
    null = array(None, 0, 3, [3, 0, 2])
    assert lib.parexact_reduce(byref(null), 0, (c_int32 * 1)(-1), 1, 0, 0, None, 0) == OK
    assert reduce(null, "sum", [1]).tolist() == [[0.0, 0.0]] * 3


# --- sizes -----------------------------------------------------------------------------------


def forms(x: AnyArray, op: str, ddof: int = 0, nan: str = "propagate") -> list[bytes]:
    """Return the reduction of the rows of x, asked for in every way that should not matter."""
    return [
        reduce(x, op, [1], ddof, nan).tobytes(),
        reduce(x, op, [-1], ddof, nan).tobytes(),
        reduce(x.T, op, [0], ddof, nan).tobytes(),
        reduce(np.asfortranarray(x), op, [1], ddof, nan).tobytes(),
        reduce(x[::-1, ::-1], op, [1], ddof, nan)[::-1].tobytes(),
        reduce(x[:, None, :], op, [2, 1], ddof, nan).tobytes(),
    ]


@pytest.mark.usefixtures("default_threads")
@pytest.mark.parametrize("op", ALL_OPS)
@pytest.mark.parametrize("shape", [(100_000, 3), (3, 100_000)], ids=str)
def test_long_and_narrow(shape: tuple[int, int], op: str) -> None:
    rng = np.random.default_rng(2)
    whole = rng.integers(-1000, 1000, shape).astype(np.float64)
    n, s1, s2 = shape[1], whole.sum(axis=1), (whole**2).sum(axis=1)
    exact = {  # below 2^53 in every step but the last
        "sum": lambda: s1,
        "mean": lambda: s1 / n,
        "min": lambda: whole.min(axis=1),
        "max": lambda: whole.max(axis=1),
        "norm": lambda: np.sqrt(s2),
    }
    with np.errstate(over="ignore"):
        hard = not_finite(rng, *shape) * whole_range(rng, *shape)
    sample = range(shape[0]) if shape[0] < 10 else rng.integers(0, shape[0], 250)
    short = [row if n < 10 else None for row in hard[list(sample)]]
    seen: dict[str, bytes] = {}
    for threads in (1, 2, 5):
        assert lib.parexact_set_num_threads(threads) == OK
        for name, x in {"whole": whole, "hard": hard}.items():
            found = set(forms(x, op, 1, "omit"))
            assert len(found) == 1, (name, threads)
            (one,) = found
            assert seen.setdefault(name, one) == one, (name, threads)
    if op in exact:
        found = np.frombuffer(seen["whole"])
        assert (found + 0.0).tobytes() == (exact[op]() + 0.0).tobytes()
    answers = np.frombuffer(seen["hard"])
    for k, row in zip(sample, short):
        if row is not None:
            assert bits(answers[k]) == bits(expected(row, op, 1, "omit")), row
        part = hard[k]
        if op == "norm":
            assert bits(answers[k]) == bits(norm(part[~np.isnan(part)].copy()))
        else:
            assert bits(answers[k]) == bits(getattr(describe(part, 1, "omit"), MOMENT[op]))


@pytest.mark.parametrize("maker", MAKERS, ids=lambda m: m.__name__)
@pytest.mark.parametrize("shape", [(1, 700), (700, 1), (3, 1500), (400, 5), (33, 65)], ids=str)
def test_hard_numbers(maker: Maker, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng([3, MAKERS.index(maker), *shape])
    x = maker(rng, *shape)
    for op in ALL_OPS:
        wanted = b"".join(floats([expected(row, op, 1, "omit")]).tobytes() for row in x)
        assert set(forms(x, op, 1, "omit")) == {wanted}, op


LENGTHS = [
    1,
    2,
    3,
    7,
    8,
    9,
    15,
    16,
    17,
    31,
    33,
    63,
    64,
    65,
    127,
    129,
    255,
    257,
    511,
    513,
    1023,
    1025,
]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("columns", [1, 2, 5, 16, 37])
def test_lengths(dtype: np.dtype[Any], columns: int) -> None:
    """Lengths around what a vector or a block may hold, in both directions."""
    rng = np.random.default_rng([4, DTYPES.index(dtype), columns])
    data = numbers(rng, dtype, 1100 * columns).reshape(1100, columns)
    for n in LENGTHS:
        x = data[:n]
        for op, name in MOMENT.items():
            wanted = floats([getattr(describe(x[:, k], 1), name) for k in range(columns)])
            assert reduce(x, op, [0], 1).tobytes() == wanted.tobytes(), (n, op)
            assert reduce(np.ascontiguousarray(x.T), op, [1], 1).tobytes() == wanted.tobytes()
        wanted = floats([norm_of(x[:, k]) for k in range(columns)])
        assert reduce(x, "norm", [0]).tobytes() == wanted.tobytes(), n


@pytest.mark.usefixtures("default_threads")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_columns_that_change_their_ways(dtype: type) -> None:
    """Blocks of rows that fit each column's window, that need another one, and that fit none."""
    rng = np.random.default_rng(6)
    x = rng.standard_normal((1000, 1100))
    x *= np.exp2(rng.integers(-30, 30, 1100))
    x[100:130, ::7] *= 1e9
    x[300:500] = whole_range(rng, 200, 1100)
    x[500:, ::3] = 0.0
    x[700:, 1::3] *= 1e-7
    x[rng.integers(0, 1000, 50), rng.integers(0, 1100, 50)] = math.nan
    x[rng.integers(0, 1000, 50), rng.integers(0, 1100, 50)] = -math.inf
    with np.errstate(over="ignore"):
        x = x.astype(dtype)
    for op, name in MOMENT.items():
        wanted = floats([getattr(describe(column, 1, "omit"), name) for column in x.T]).tobytes()
        for threads in (1, 3):
            assert lib.parexact_set_num_threads(threads) == OK
            assert reduce(x, op, [0], 1, "omit").tobytes() == wanted, op
            assert reduce(np.asfortranarray(x.T), op, [1], 1, "omit").tobytes() == wanted, op


@pytest.mark.usefixtures("default_threads")
@pytest.mark.parametrize("axes", [(0,), (1,), (2,), (0, 2), (1, 2), (0, 1)], ids=str)
def test_three_axes_on_any_number_of_threads(axes: tuple[int, ...]) -> None:
    rng = np.random.default_rng(5)
    x = whole_range(rng, 70, 60 * 50).reshape(70, 60, 50)
    parts = slices(x, axes)
    for op, name in (("sum", "sum"), ("std", "std")):
        sample = rng.integers(0, len(parts), 20).tolist()
        found = {}
        for threads in (1, 2, 5):
            assert lib.parexact_set_num_threads(threads) == OK
            for layout, y in orders(x).items():
                found[layout, threads] = reduce(y, op, axes).tobytes()
        assert len(set(found.values())) == 1
        answers = np.frombuffer(found["C order", 1])
        for k in sample:
            assert bits(answers[k]) == bits(getattr(describe(parts[k]), name))


def test_broadcast_axes_cost_nothing_but_count() -> None:
    x = np.broadcast_to(floats([0.1, 1e300, -3.0]), (1000, 3))
    assert all_bits(reduce(x, "mean", [0])) == all_bits(x[0])
    assert all_bits(reduce(x, "std", [0])) == [bits(0.0)] * 3
    assert all_bits(reduce(x, "sum", [1])) == [bits(1e300)] * 1000


# --- refusals --------------------------------------------------------------------------------


def call(
    x: Any,
    *,
    op: int = 0,
    axes: Sequence[int] | None = (0,),
    axis_count: int | None = None,
    ddof: int = 0,
    policy: int = 0,
    out: Any = None,
    out_len: int = 3,
) -> tuple[int, str]:
    """Return the status and the message of a call on a 2 × 3 array, unless told otherwise."""
    out = np.full(8, MARK) if out is None else out
    chosen = None if axes is None else (c_int32 * max(len(axes), 1))(*axes)
    count = (0 if axes is None else len(axes)) if axis_count is None else axis_count
    a = None if x is None else byref(x)
    lib.parexact_sum_f64(None, 1, pointer(floats([0.0])))  # leaves another message
    status = lib.parexact_reduce(a, op, chosen, count, ddof, policy, pointer(out), out_len)
    assert (out[out_len if out_len < 8 else 3 :] == MARK).all()  # nothing beyond what was offered
    return status, lib.parexact_last_error().decode() if status != OK else ""


X = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    ("arguments", "status", "named"),
    [
        ({"op": -1}, INVALID, "op"),
        ({"op": 7}, INVALID, "op"),
        ({"op": 2**31 - 1}, INVALID, "op"),
        ({"op": -(2**31)}, INVALID, "op"),
        ({"axes": [2]}, INVALID, "axes"),
        ({"axes": [-3]}, INVALID, "axes"),
        ({"axes": [2**31 - 1]}, INVALID, "axes"),
        ({"axes": [-(2**31)]}, INVALID, "axes"),
        ({"axes": [0, 0], "out_len": 3}, INVALID, "axes"),
        ({"axes": [0, -2], "out_len": 3}, INVALID, "axes"),
        ({"axes": [1, 0, 1], "out_len": 1}, INVALID, "ax"),
        ({"axes": [0], "axis_count": -1}, INVALID, "axis_count"),
        ({"axes": [0], "axis_count": -(2**31)}, INVALID, "axis_count"),
        ({"axes": [0, 1, 0, 1], "axis_count": 2**31 - 1}, INVALID, "ax"),
        ({"axes": None, "axis_count": 1}, NULL_POINTER, "axes"),
        ({"out_len": 0}, INVALID, "out_len"),
        ({"out_len": 2}, INVALID, "out_len"),
        ({"out_len": 4}, INVALID, "out_len"),
        ({"out_len": 2**64 - 1}, INVALID, "out_len"),
        ({"out_len": 2**63}, INVALID, "out_len"),
        ({"axes": None, "out_len": 3}, INVALID, "out_len"),
        ({"ddof": -1}, INVALID, "ddof"),
        ({"ddof": -(2**63), "op": OP["var"]}, INVALID, "ddof"),
        ({"ddof": -1, "op": OP["std"]}, INVALID, "ddof"),
        ({"policy": 3}, INVALID, "nan_policy"),
        ({"policy": -1}, INVALID, "nan_policy"),
        ({"policy": 2**31 - 1}, INVALID, "nan_policy"),
    ],
)
def test_wrong_arguments(arguments: dict[str, Any], status: int, named: str) -> None:
    assert call(view(X)) == (OK, "")
    found, message = call(view(X), **arguments)
    assert found == status
    assert named in message
    empty = {**arguments, "out_len": 0 if arguments.get("out_len", 3) == 3 else 5}
    if named != "out_len":  # the arguments decide, not the data
        assert call(view(np.empty((2, 0))), **empty)[0] == status


def test_wrong_pointers_and_shapes() -> None:
    assert call(None)[0] == NULL_POINTER
    assert lib.parexact_reduce(byref(view(X)), 0, None, 0, 0, 0, None, 1) == NULL_POINTER
    assert "out" in lib.parexact_last_error().decode()
    status, message = call(array(X, 0, 2, [2, -3]))
    assert (status, "shape" in message) == (INVALID, True)
    scalar = array(X, 0, 0)
    assert call(scalar, axes=[0], out_len=1)[0] == INVALID
    assert call(scalar, axes=[-1], out_len=1)[0] == INVALID
    assert call(scalar, axes=None, out_len=1)[0] == OK


def test_out_len_that_overflows() -> None:
    """An empty array may have more outputs than memory can hold."""
    a = array(None, 0, 4, [0, 2**31, 2**31, 2**31])
    for out_len in (0, 1, 2**61, 2**64 - 1):
        assert call(a, axes=[0], out_len=out_len)[0] != OK
    a = array(None, 0, 3, [0, 2**61, 8])
    assert call(a, axes=[0], out_len=0)[0] != OK  # 2^64 is not 0
    assert call(a, axes=[1], out_len=0)[0] == OK


def overlapping() -> dict[str, tuple[AnyArray, int]]:
    """Return arrays of two rows, and where their sums would go, in bytes from the first element."""
    memory = np.zeros(64)
    x = memory[16:22].reshape(2, 3)
    return {
        "the first element": (x, 0),
        "the last element": (x, 40),
        "the middle": (x, 16),
        "from before into it": (x, -8),
        "a byte of the first": (x, -15),
        "a byte of the last": (x, 47),
        "of a column": (memory[16:40].reshape(2, 12)[:, :1], 96),
        "of reversed rows": (x[::-1, ::-1], -40),
        "of a transposed array": (x.T[:2], 8),
        "of a repeated element": (np.broadcast_to(memory[16:17], (2, 3)), 0),
    }


@pytest.mark.parametrize("kind", overlapping())
def test_out_may_not_overlap_the_input(kind: str) -> None:
    x, offset = overlapping()[kind]
    before = x.copy()
    out = ctypes.cast(x.ctypes.data + offset, POINTER(c_double))
    status = lib.parexact_reduce(byref(view(x)), 0, (c_int32 * 1)(1), 1, 0, 0, out, 2)
    assert status == INVALID
    assert "out" in lib.parexact_last_error().decode()
    assert x.tobytes() == before.tobytes()


def test_out_may_touch_the_input() -> None:
    memory = np.arange(64.0)
    x = memory[16:22].reshape(2, 3)
    axes = (c_int32 * 1)(1)
    for y, first in ((x, 14), (x, 22), (x[::-1, ::-1], 14), (x[::-1, ::-1], 22)):
        wanted = y.sum(axis=1).tolist()
        out = memory[first : first + 2]
        assert lib.parexact_reduce(byref(view(y)), 0, axes, 1, 0, 0, pointer(out), 2) == OK
        assert out.tolist() == wanted


def test_misaligned_out_and_axes() -> None:
    raw = np.full(200, 0x55, np.uint8)
    out = raw[3:27].view(np.float64)
    axes = raw[101:105].view(np.int32)
    axes[0] = 0
    where = c_int32.from_buffer(axes)
    status = lib.parexact_reduce(byref(view(X)), 0, where, 1, 0, 0, pointer(out), 3)
    assert status in (OK, INVALID)
    assert out.tolist() == X.sum(axis=0).tolist() if status == OK else (raw[:100] == 0x55).all()
    assert (raw[:3] == 0x55).all() and (raw[27:101] == 0x55).all()


def test_failures_write_nowhere_else() -> None:
    """The outputs are unspecified after a failure, their neighbours are not."""
    x = np.ones((300, 200))
    x[299, 199] = math.nan
    out = np.full(400, MARK)
    raising = constant("NAN_RAISE")
    found = constant("ERROR_NAN_FOUND")
    where = pointer(out[100:300])
    assert (
        lib.parexact_reduce(byref(view(x)), 0, (c_int32 * 1)(0), 1, 0, raising, where, 200) == found
    )
    assert (out[:100] == MARK).all() and (out[300:] == MARK).all()


def test_placed_views_are_what_they_say() -> None:
    """The tests' helper places values where the view has them."""
    x = place(np.arange(6.0).reshape(2, 3), [-48, 11], 3)
    assert x.strides == (-48, 11)
    assert x.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert x.ctypes.data % 8 == 3
