"""Progress, cancellation, and the library's account of itself."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from ctypes import byref, c_char, c_double, c_int32, c_size_t, c_uint64, c_void_p
from typing import Any

import numpy as np
import pytest
from calls import (
    Floats,
    describe,
    dot_of,
    fields,
    fingerprint,
    floats,
    pointer,
    reduce,
    state_of,
    sum_of,
)
from header import constant
from raw import CANCELLED, OK, ParexactError, Stats, check, explain, lib, new_state, view


@pytest.fixture
def control() -> Iterator[c_void_p]:
    handle = c_void_p()
    check(lib.parexact_control_new(byref(handle)))
    yield handle
    lib.parexact_control_attach(None)
    lib.parexact_control_free(handle)


@pytest.fixture(scope="module")
def long_array() -> Floats:
    return np.ones(4_000_000)


def progress(handle: c_void_p) -> tuple[int, int]:
    done, total = c_uint64(), c_uint64()
    lib.parexact_control_progress(handle, byref(done), byref(total))
    return done.value, total.value


def test_progress_reaches_total(control: c_void_p, long_array: Floats) -> None:
    assert progress(control)[0] == 0
    assert lib.parexact_control_attach(control) is None
    describe(long_array)
    done, total = progress(control)
    assert done == total > 0


@pytest.mark.parametrize(
    "call",
    [
        lambda x: sum_of(x[::2]),
        lambda x: sum_of(np.broadcast_to(np.float32(1), (3, 500_000))),
        lambda x: dot_of(x, x[::-1]),
        lambda x: reduce(x.reshape(2000, 2000), "sum", [0]),
        lambda x: reduce(x.reshape(2000, 2000), "std", [1]),
        lambda x: reduce(x.reshape(1_000_000, 4), "max", [1]),
        lambda x: reduce(x.reshape(4, 1_000_000), "max", [1]),
    ],
)
def test_progress_of_views_dot_products_and_axes(
    control: c_void_p, long_array: Floats, call: Callable[[Floats], object]
) -> None:
    lib.parexact_control_attach(control)
    call(long_array)
    done, total = progress(control)
    assert done == total > 0


@pytest.mark.parametrize(
    ("shape", "axis"),
    [
        ((1, 2**40), 1),
        ((2**40, 1), 0),
        ((2, 2**39), 1),
        ((2**39, 2), 0),
        ((2**20, 2**20), 0),
        ((2**20, 2**20), 1),
        ((2**20, 2**20), None),
    ],
)
def test_cancelling_any_reduction(
    control: c_void_p, shape: tuple[int, int], axis: int | None
) -> None:
    """A repeated number, for hours if need be, in whatever way the work is split."""
    x = np.broadcast_to(np.int8(1), shape)
    outcome: dict[str, Any] = {}

    def work() -> None:
        lib.parexact_control_attach(control)
        try:
            reduce(x, "std", () if axis is None else [axis])
        except ParexactError as error:
            outcome.update(status=error.status, over=time.monotonic())
        lib.parexact_control_attach(None)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    time.sleep(0.05)
    cancelled = time.monotonic()
    lib.parexact_control_cancel(control)
    worker.join(30)
    assert outcome["status"] == CANCELLED
    assert outcome["over"] - cancelled < 1.0  # 50 ms, and a busy machine


def test_progress_never_goes_back(control: c_void_p, long_array: Floats) -> None:
    seen: list[int] = []
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            seen.append(progress(control)[0])
            time.sleep(0.001)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    lib.parexact_control_attach(control)
    describe(long_array)
    over.set()
    watcher.join(30)
    assert seen == sorted(seen)
    done, total = progress(control)
    assert done == total


def test_attach_returns_the_previous_one(control: c_void_p) -> None:
    other = c_void_p()
    check(lib.parexact_control_new(byref(other)))
    assert lib.parexact_control_attach(control) is None
    assert lib.parexact_control_attach(other) == control.value
    assert lib.parexact_control_attach(None) == other.value
    assert lib.parexact_control_attach(None) is None
    lib.parexact_control_free(other)


def test_cancelled_beforehand(control: c_void_p, long_array: Floats) -> None:
    state = state_of(floats([1.0]))
    before = bytes(state)
    stats = Stats(count=42)
    lib.parexact_control_attach(control)
    lib.parexact_control_cancel(control)
    assert lib.parexact_state_update(byref(state), byref(view(long_array))) == CANCELLED
    assert lib.parexact_describe(byref(view(long_array)), 0, 0, byref(stats)) == CANCELLED
    assert bytes(state) == before
    assert bytes(stats) == bytes(Stats(count=42))

    for x in (long_array, floats([1.0]), floats([])):  # however short the work is
        a, out, axis = view(x), floats([42.0]), (c_int32 * 1)(0)
        one, number = pointer(out), c_double.from_buffer(out)
        assert lib.parexact_reduce(byref(a), 0, axis, 1, 0, 0, one, 1) == CANCELLED
        assert lib.parexact_dot(byref(a), byref(a), byref(number)) == CANCELLED
        assert lib.parexact_dot_f64(pointer(x), pointer(x), len(x), byref(number)) == CANCELLED
        assert lib.parexact_sum(byref(view(x[::-2])), byref(number)) == CANCELLED
        assert number.value == 42.0
    assert lib.parexact_last_error()

    lib.parexact_control_reset(control)
    assert lib.parexact_state_update(byref(state), byref(view(long_array))) == OK
    assert fingerprint(state) == fingerprint(state_of(floats([1.0]), long_array))


def test_cancelled_from_another_thread(control: c_void_p, long_array: Floats) -> None:
    """Update until told to stop: the last, cancelled update must leave no trace."""
    outcome: dict[str, Any] = {}
    started = threading.Event()

    def work() -> None:
        lib.parexact_control_attach(control)
        state, updates, status = new_state(), 0, OK
        while status == OK:
            before = bytes(state)
            started.set()
            status = lib.parexact_state_update(byref(state), byref(view(long_array)))
            updates += status == OK
        lib.parexact_control_attach(None)
        outcome.update(status=status, before=before, after=bytes(state), updates=updates)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    assert started.wait(30)
    time.sleep(0.02)
    lib.parexact_control_cancel(control)
    worker.join(30)
    assert not worker.is_alive()
    assert outcome["status"] == CANCELLED
    assert outcome["before"] == outcome["after"]


def test_a_control_governs_its_thread_alone(control: c_void_p, long_array: Floats) -> None:
    lib.parexact_control_attach(control)
    lib.parexact_control_cancel(control)
    answers: list[object] = []
    other = threading.Thread(target=lambda: answers.append(describe(long_array).sum))
    other.start()
    other.join(30)
    assert answers == [float(len(long_array))]


def test_freed_while_attached(long_array: Floats) -> None:
    handle = c_void_p()
    check(lib.parexact_control_new(byref(handle)))
    lib.parexact_control_attach(handle)
    lib.parexact_control_free(handle)  # reference-counted: the attachment still holds it
    assert fields(describe(long_array))["count"] == len(long_array)
    lib.parexact_control_attach(None)


def test_null_controls_are_harmless() -> None:
    lib.parexact_control_cancel(None)
    lib.parexact_control_reset(None)
    lib.parexact_control_free(None)
    lib.parexact_control_progress(None, None, None)
    done = c_uint64(5)
    lib.parexact_control_progress(None, byref(done), None)
    assert lib.parexact_control_attach(None) is None
    assert lib.parexact_control_new(None) == constant("ERROR_NULL_POINTER")


def test_progress_outputs_are_optional(control: c_void_p) -> None:
    done = c_uint64(5)
    lib.parexact_control_progress(control, byref(done), None)
    lib.parexact_control_progress(control, None, None)


def test_explain_is_json() -> None:
    account = json.loads(explain())
    assert isinstance(account, dict)
    assert account


def test_explain_counts_the_nul_and_respects_the_capacity() -> None:
    needed = c_size_t()
    assert lib.parexact_explain(None, 0, byref(needed)) == OK
    guarded = (c_char * (needed.value + 8)).from_buffer_copy(b"#" * (needed.value + 8))
    assert lib.parexact_explain(guarded, needed.value, byref(needed)) == OK
    assert guarded.raw[needed.value - 1] == 0
    assert guarded.raw[needed.value :] == b"#" * 8
    assert 0 not in guarded.raw[: needed.value - 1]

    small = (c_char * 16).from_buffer_copy(b"#" * 16)
    lib.parexact_explain(small, 8, byref(needed))
    assert small.raw[8:] == b"#" * 8
    assert needed.value > 8
