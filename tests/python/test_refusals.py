"""Whatever a caller passes: a status and a message, outputs untouched, never a crash."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable
from ctypes import POINTER, byref, c_double, c_uint64
from typing import Any

import numpy as np
import pytest
from calls import array, bits, describe, fields, floats, pointer, state_of, total
from header import constant
from raw import OK, OP, Array, State, Stats, lib, new_state, view

NULL_POINTER = constant("ERROR_NULL_POINTER")
INVALID = constant("ERROR_INVALID_ARGUMENT")
OVERFLOW = constant("ERROR_SIZE_OVERFLOW")
BOOL = constant("DTYPE_BOOL")
MARK = 42.0
HERE = floats([1.0, 2.0, 3.0, 4.0])
OPS = list(OP.values())
SIZES_THAT_OVERFLOW = [2**60, 2**61, 2**61 + 1, 2**63, 2**64 - 1]


def marked() -> Stats:
    return Stats(7, 7, *[MARK] * 6)


Call = Callable[[], tuple[int, bool]]  # a status, and whether the outputs are untouched


def with_array(name: str, a: Any) -> tuple[int, bool]:
    """Call one of the functions that take an array."""
    a = byref(a) if a is not None else None
    if name == "parexact_describe":
        stats = marked()
        return lib.parexact_describe(a, 0, 0, byref(stats)), bytes(stats) == bytes(marked())
    if name == "parexact_state_update":
        state = state_of(HERE)
        status = lib.parexact_state_update(byref(state), a)
        return status, bytes(state) == bytes(state_of(HERE))
    out = c_double(MARK)
    good = byref(view(HERE))
    name, _, factor = name.partition(", ")
    arguments = {
        # The output of a reduction that fails is unspecified; this one does not even begin.
        "": (a, 0, None, 0, 0, 0, out, 1) if name == "parexact_reduce" else (a, byref(out)),
        "left": (a, good, byref(out)),
        "right": (good, a, byref(out)),
        "both": (a, a, byref(out)),
    }
    return getattr(lib, name)(*arguments[factor]), out.value == MARK


def with_vector(name: str, x: Any, n: int) -> tuple[int, bool]:
    """Call one of the functions that take a plain vector."""
    if name == "parallel_stats":
        stats = marked()
        return lib.parallel_stats(x, n, byref(stats)), bytes(stats) == bytes(marked())
    out = c_double(MARK)
    if name.startswith("parexact_dot_f64"):
        other = x if name.endswith("both") or n == 0 else pointer(np.ones(min(n, 5000)))
        factors = (other, x) if name.endswith("right") else (x, other)
        return lib.parexact_dot_f64(*factors, n, byref(out)), out.value == MARK
    return getattr(lib, name)(x, n, byref(out)), out.value == MARK


TAKES_ARRAY = [
    "parexact_sum",
    "parexact_norm",
    "parexact_dot, left",
    "parexact_dot, right",
    "parexact_dot, both",
    "parexact_describe",
    "parexact_reduce",
    "parexact_state_update",
]
TAKES_VECTOR = [
    "parexact_sum_f64",
    "parexact_norm_f64",
    "parexact_dot_f64, left",
    "parexact_dot_f64, right",
    "parexact_dot_f64, both",
    "parallel_stats",
]

WRONG_ARRAYS: dict[str, tuple[Array | None, int]] = {
    "no array": (None, NULL_POINTER),
    "no data": (array(None, shape=[4]), NULL_POINTER),
    "no shape": (array(HERE, shape=None), NULL_POINTER),
    "dtype -1": (array(HERE, dtype=-1, shape=[4]), INVALID),
    "dtype 13": (array(HERE, dtype=13, shape=[4]), INVALID),
    "dtype 13, swapped": (array(HERE, dtype=64 + 13, shape=[4]), INVALID),
    "dtype 128": (array(HERE, dtype=128, shape=[4]), INVALID),
    "dtype far off": (array(HERE, dtype=2**31 - 1, shape=[4]), INVALID),
    "ndim -1": (array(HERE, ndim=-1, shape=[4]), INVALID),
    "ndim 65": (array(HERE, ndim=65, shape=[1] * 65), INVALID),
    "ndim far off": (array(HERE, ndim=2**31 - 1, shape=[4]), INVALID),
    "negative length": (array(HERE, shape=[-1]), INVALID),
    "most negative length": (array(HERE, shape=[-(2**63)]), INVALID),
    "two negative lengths": (array(HERE, ndim=2, shape=[-2, -2]), INVALID),
    "bytes overflow": (array(HERE, shape=[2**60]), OVERFLOW),
    "bytes overflow to zero": (array(HERE, shape=[2**61]), OVERFLOW),
    "longest": (array(HERE, shape=[2**63 - 1]), OVERFLOW),
    "product overflows to zero": (array(HERE, ndim=2, shape=[2**32, 2**32]), OVERFLOW),
    "product overflows to four": (array(HERE, ndim=2, shape=[2**62 + 1, 4]), OVERFLOW),
    "product of many": (array(HERE, ndim=64, shape=[2] * 64), OVERFLOW),
    "product of many bytes": (array(HERE, dtype=BOOL, ndim=63, shape=[2] * 63), OVERFLOW),
    # Elements that are repeated are counted all the same.
    "strides beyond all memory": (array(HERE, shape=[3], strides=[2**62]), OVERFLOW),
    "strides before all memory": (array(HERE, shape=[2], strides=[-(2**63)]), OVERFLOW),
    "two strides too long": (
        array(HERE, ndim=2, shape=[2, 2], strides=[2**62, 2**62]),
        OVERFLOW,
    ),
    "strides apart": (array(HERE, ndim=2, shape=[2, 2], strides=[2**62, -(2**62)]), OVERFLOW),
    "repeated twice": (array(HERE, ndim=2, shape=[2**32, 2**31], strides=[0, 0]), OVERFLOW),
    "no data, strided": (array(None, shape=[4], strides=[-8]), NULL_POINTER),
    "dtype 13, strided": (array(HERE, dtype=13, shape=[4], strides=[8]), INVALID),
    "ndim 65, strided": (array(HERE, ndim=65, shape=[1] * 65, strides=[8] * 65), INVALID),
    "negative length, strided": (array(HERE, shape=[-1], strides=[-8]), INVALID),
    "negative beside zero": (array(HERE, ndim=2, shape=[0, -1]), INVALID),
}


def message_of(call: Call) -> str:
    """Return the message of a failing call, having checked that it is this call's own."""
    with_vector("parexact_sum_f64", None, 1)  # leaves another message
    status, untouched = call()
    assert status != OK
    assert untouched
    return lib.parexact_last_error().decode()


@pytest.mark.parametrize("kind", WRONG_ARRAYS)
@pytest.mark.parametrize("name", TAKES_ARRAY)
def test_wrong_arrays(name: str, kind: str) -> None:
    a, expected = WRONG_ARRAYS[kind]
    status, untouched = with_array(name, a)
    assert status == expected
    assert untouched
    assert message_of(lambda: with_array(name, a))


@pytest.mark.parametrize("name", TAKES_ARRAY)
@pytest.mark.parametrize(
    "a",
    [
        array(None, shape=[0]),
        array(None, ndim=3, shape=[2, 0, 3]),
        array(None, ndim=3, shape=[2**62, 0, 2**62], strides=[2**62, -(2**63), 2**63 - 1]),
        array(None, dtype=BOOL, ndim=64, shape=[2**40] * 63 + [0]),
    ],
)
def test_empty_arrays_need_no_data(name: str, a: Array) -> None:
    status, _ = with_array(name, a)
    # A dot product has a second array, of another shape.
    assert status == (INVALID if name in ("parexact_dot, left", "parexact_dot, right") else OK)


@pytest.mark.parametrize("name", TAKES_VECTOR)
class TestVectors:
    def test_null(self, name: str) -> None:
        assert with_vector(name, None, 1) == (NULL_POINTER, True)
        assert lib.parexact_last_error()

    def test_null_of_length_zero(self, name: str) -> None:
        assert with_vector(name, None, 0)[0] == OK

    @pytest.mark.parametrize("n", SIZES_THAT_OVERFLOW)
    def test_overflow(self, name: str, n: int) -> None:
        assert with_vector(name, pointer(HERE), n) == (OVERFLOW, True)
        assert lib.parexact_last_error()

    def test_null_output(self, name: str) -> None:
        name, *both = name.split(",")
        vectors = [pointer(HERE)] * (1 + len(both))
        assert getattr(lib, name)(*vectors, len(HERE), None) == NULL_POINTER

    @pytest.mark.parametrize("offset", range(1, 8))
    def test_misaligned(self, name: str, offset: int) -> None:
        """The call is refused with a reason or gives the right result, without a crash."""
        raw = np.zeros(8 * 5001, dtype=np.uint8)
        x = raw[offset : offset + 8 * 5000].view(np.float64)
        x[:] = 3.0
        status, untouched = with_vector(name, pointer(x), len(x))
        assert status in (OK, INVALID)
        assert untouched == (status != OK)
        if status == OK and name == "parexact_sum_f64":
            assert total(x) == 15000.0


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("parexact_sum", [byref(view(HERE)), None]),
        ("parexact_norm", [byref(view(HERE)), None]),
        ("parexact_dot", [byref(view(HERE)), byref(view(HERE)), None]),
        ("parexact_dot", [None, None, None]),
        ("parexact_dot_f64", [None, None, 0, None]),
        ("parexact_reduce", [byref(view(HERE)), 0, None, 0, 0, 0, None, 1]),
        ("parexact_reduce", [None, 0, None, 0, 0, 0, None, 0]),
        ("parexact_reduce", [byref(view(HERE)), 0, None, 1, 0, 0, byref(c_double()), 1]),
        ("parexact_describe", [byref(view(HERE)), 0, 0, None]),
        ("parexact_state_init", [None]),
        ("parexact_state_update", [None, byref(view(HERE))]),
        ("parexact_state_merge", [None, byref(new_state())]),
        ("parexact_state_merge", [byref(new_state()), None]),
        ("parexact_state_merge", [None, None]),
        ("parexact_state_result", [None, 0, 0, byref(Stats())]),
        ("parexact_state_result", [byref(new_state()), 0, 0, None]),
        ("parexact_state_norm", [None, byref(c_double())]),
        ("parexact_state_norm", [byref(new_state()), None]),
        ("parexact_state_fingerprint", [None, (c_uint64 * 2)()]),
        ("parexact_state_fingerprint", [byref(new_state()), None]),
        ("parexact_control_new", [None]),
    ],
)
def test_null_arguments(name: str, arguments: list[Any]) -> None:
    assert getattr(lib, name)(*arguments) == NULL_POINTER
    assert "NULL" in lib.parexact_last_error().decode()


@pytest.mark.parametrize("ddof", [-1, -(2**63)])
def test_negative_ddof(ddof: int) -> None:
    stats = marked()
    out = (c_double * 1)()
    for status in (
        lib.parexact_describe(byref(view(HERE)), ddof, 0, byref(stats)),
        *(lib.parexact_reduce(byref(view(HERE)), op, None, 0, ddof, 0, out, 1) for op in OPS),
        lib.parexact_state_result(byref(state_of(HERE)), ddof, 0, byref(stats)),
    ):
        assert status == INVALID
    assert bytes(stats) == bytes(marked())
    assert "ddof" in lib.parexact_last_error().decode()


@pytest.mark.parametrize("policy", [-1, 3, 2**31 - 1, -(2**31)])
def test_unknown_nan_policy(policy: int) -> None:
    stats = marked()
    out = (c_double * 1)()
    for status in (
        lib.parexact_describe(byref(view(HERE)), 0, policy, byref(stats)),
        *(lib.parexact_reduce(byref(view(HERE)), op, None, 0, 0, policy, out, 1) for op in OPS),
        lib.parexact_state_result(byref(state_of(HERE)), 0, policy, byref(stats)),
    ):
        assert status == INVALID
    assert bytes(stats) == bytes(marked())
    assert lib.parexact_last_error()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ([4], [3]),
        ([4], [5]),
        ([4], []),
        ([], [1]),
        ([4], [4, 1]),
        ([2, 2], [4]),
        ([2, 3], [3, 2]),
        ([0], [1]),
        ([0, 3], [3, 0]),
        ([0], [0, 0]),
    ],
)
def test_dot_of_different_shapes(left: list[int], right: list[int]) -> None:
    x, y = (array(np.ones(6), ndim=len(shape), shape=shape) for shape in (left, right))
    for a, b in ((x, y), (y, x)):
        out = c_double(MARK)
        assert lib.parexact_dot(byref(a), byref(b), byref(out)) == INVALID
        assert out.value == MARK
        assert "shape" in lib.parexact_last_error().decode()


def test_messages_tell_the_factors_of_a_dot_product_apart() -> None:
    wrong, good = array(HERE, dtype=99, shape=[4]), view(HERE)
    said = set()
    for a, b in ((wrong, good), (good, wrong)):
        assert lib.parexact_dot(byref(a), byref(b), byref(c_double())) == INVALID
        said.add(lib.parexact_last_error().decode())
    assert all("dtype" in message for message in said)
    for a, b in ((None, pointer(HERE)), (pointer(HERE), None)):
        assert lib.parexact_dot_f64(a, b, 4, byref(c_double())) == NULL_POINTER
        said.add(lib.parexact_last_error().decode())
    assert len(said) >= 3


MINUS_ONE = "-1 as a signed number (18446744073709551615)"


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("parexact_sum_f64", [pointer(HERE), -1, byref(c_double())], "n is " + MINUS_ONE),
        ("parallel_stats", [pointer(HERE), -1, byref(Stats())], "n is " + MINUS_ONE),
        ("my_statistics", [-1, 0, byref(Stats())], "n is " + MINUS_ONE),
        ("parexact_pi", [-1, byref(c_double())], "n is " + MINUS_ONE),
        ("parexact_set_num_threads", [-1], "n is " + MINUS_ONE + "; it must be 0 to 1024"),
        ("parexact_set_num_threads", [1025], "n is 1025; it must be 0 to 1024"),
        (
            "parexact_reduce",
            [byref(view(HERE)), 0, None, 0, 0, 0, byref(c_double()), -1],
            "out_len is " + MINUS_ONE + "; it must be 1",
        ),
        (
            "parexact_reduce",
            [byref(view(HERE)), 0, (ctypes.c_int32 * 2)(0, 0), 2, 0, 0, byref(c_double()), 1],
            "axis_count is 2; it must be 0 to 1",
        ),
        (
            "parexact_reduce",
            [byref(view(HERE)), 0, (ctypes.c_int32 * 1)(1), 1, 0, 0, byref(c_double()), 1],
            "axes[0] is 1; it must be -1 to 0",
        ),
    ],
)
def test_numbers_are_shown_as_the_caller_wrote_them(
    name: str, arguments: list[Any], words: str
) -> None:
    """Ctypes hands a negative number over as a huge one, which nobody would recognise."""
    assert getattr(lib, name)(*arguments) in (INVALID, OVERFLOW)
    assert lib.parexact_last_error().decode().startswith(words)


def test_nan_found_leaves_the_output() -> None:
    x, stats = floats([1.0, math.nan]), marked()
    found = constant("ERROR_NAN_FOUND")
    raising = constant("NAN_RAISE")
    assert lib.parexact_describe(byref(view(x)), 0, raising, byref(stats)) == found
    assert lib.parexact_state_result(byref(state_of(x)), 0, raising, byref(stats)) == found
    assert bytes(stats) == bytes(marked())


@pytest.mark.parametrize(("x", "n"), [(None, 1), (None, 2**64 - 1)])
def test_sum_my_numbers_of_null_is_nan(x: Any, n: int) -> None:
    assert math.isnan(lib.sum_my_numbers(x, n))


@pytest.mark.parametrize("n", SIZES_THAT_OVERFLOW)
def test_sum_my_numbers_of_too_many_is_nan(n: int) -> None:
    x = HERE.copy()
    assert math.isnan(lib.sum_my_numbers(pointer(x), n))
    assert x.tolist() == HERE.tolist()
    assert lib.parexact_last_error()


@pytest.mark.parametrize("offset", [1, 4, 7])
def test_misaligned_states(offset: int) -> None:
    size = ctypes.sizeof(State)
    raw = (ctypes.c_char * (size + 8))()
    ctypes.memmove(ctypes.addressof(raw) + offset, bytes(state_of(HERE)), size)
    before = raw.raw
    state = ctypes.cast(ctypes.addressof(raw) + offset, POINTER(State))
    good, stats = state_of(HERE), marked()

    status = lib.parexact_state_result(state, 0, 0, byref(stats))
    assert status in (OK, INVALID)
    if status == OK:
        assert fields(stats) == fields(describe(HERE))
    else:
        assert bytes(stats) == bytes(marked())
    assert lib.parexact_state_merge(byref(good), state) in (OK, INVALID)
    status = lib.parexact_state_update(state, byref(view(HERE)))
    assert status in (OK, INVALID)
    assert (raw.raw == before) == (status != OK)
    assert raw.raw[:offset] == before[:offset]
    assert raw.raw[offset + size :] == before[offset + size :]
    lib.parexact_mpi_merge(state, byref(good), byref(ctypes.c_int(1)), None)


@pytest.mark.parametrize("offset", [1, 4])
def test_misaligned_output(offset: int) -> None:
    raw = (ctypes.c_char * 24).from_buffer_copy(b"#" * 24)
    out = ctypes.cast(ctypes.addressof(raw) + offset, POINTER(c_double))
    status = lib.parexact_sum_f64(pointer(HERE), len(HERE), out)
    assert status in (OK, INVALID)
    written = raw.raw[offset : offset + 8]
    assert written == (bytes(c_double(10.0)) if status == OK else b"#" * 8)


def test_errors_belong_to_their_thread_and_success_leaves_them() -> None:
    import threading

    assert lib.parexact_sum_f64(None, 1, byref(c_double())) == NULL_POINTER
    mine = lib.parexact_last_error()
    theirs: list[bytes] = []

    def other() -> None:
        theirs.append(lib.parexact_last_error())
        lib.parexact_describe(byref(view(HERE)), -1, 0, byref(Stats()))
        theirs.append(lib.parexact_last_error())

    thread = threading.Thread(target=other)
    thread.start()
    thread.join(30)
    assert theirs[0] is not None  # never NULL, even before any failure
    assert theirs[0] != mine
    assert theirs[1] not in (theirs[0], mine)
    assert bits(total(HERE)) == bits(10.0)
    assert lib.parexact_last_error() == mine
