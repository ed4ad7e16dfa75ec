"""Queues: first in, first out, between any threads; full, empty and closed ones."""

from __future__ import annotations

import collections
import math
import threading
import time
from collections.abc import Callable
from ctypes import byref, c_double, c_int64, c_void_p, sizeof

import numpy as np
import pytest
from callbacks import Guarded
from handles import PATIENCE, message, new, run_map, started
from header import constant
from hypothesis import given
from hypothesis import strategies as st
from raw import CLOSED, OK, TIMEOUT, MapFunction, TaskFunction, check, lib

WORD = sizeof(c_int64)
CAPACITIES = [0, 1, 2, 1000]


def put(queue: c_void_p, value: int, seconds: float = PATIENCE) -> int:
    return lib.parexact_queue_put(queue, byref(c_int64(value)), seconds)


def get(queue: c_void_p, seconds: float = PATIENCE) -> tuple[int, int]:
    """Return the status and the value; -1 is what was there before."""
    out = c_int64(-1)
    status = lib.parexact_queue_get(queue, seconds, byref(out))
    return status, out.value


def drain(queue: c_void_p) -> list[int]:
    """Get until it is closed and empty."""
    values = []
    while True:
        status, value = get(queue)
        if status == CLOSED:
            return values
        check(status)
        values.append(value)


# --- one thread ------------------------------------------------------------------------------


@given(
    capacity=st.integers(0, 5),
    steps=st.lists(st.sampled_from(["put", "put", "put", "get", "get", "close"]), max_size=60),
)
def test_against_a_deque(capacity: int, steps: list[str]) -> None:
    model: collections.deque[int] = collections.deque()
    closed = False
    with new("queue", capacity, WORD) as queue:
        for i, step in enumerate(steps):
            if step == "put":
                full = capacity and len(model) == capacity
                assert put(queue, i, 0) == (CLOSED if closed else TIMEOUT if full else OK)
                if not closed and not full:
                    model.append(i)
            elif step == "get":
                expected = (OK, model.popleft()) if model else (CLOSED if closed else TIMEOUT, -1)
                assert get(queue, 0) == expected
            elif i > len(steps) // 2:
                check(lib.parexact_queue_close(queue))
                closed = True
            assert lib.parexact_queue_length(queue) == len(model)


@pytest.mark.parametrize("size", [0, 1, 3, 8, 24, 1 << 20])
def test_items_of_any_size(size: int) -> None:
    rng = np.random.default_rng(size)
    items = rng.integers(0, 256, (5, size), dtype=np.uint8)
    with new("queue", 3, size) as queue:
        for first, last in [(0, 3), (3, 5)]:  # around the end of its memory
            for item in items[first:last]:
                check(lib.parexact_queue_put(queue, item.ctypes.data if size else None, 0))
            for item in items[first:last]:
                out = np.zeros(size + 1, dtype=np.uint8)
                check(lib.parexact_queue_get(queue, 0, out.ctypes.data if size else None))
                assert np.array_equal(out[:size], item)
                assert out[size] == 0
        assert lib.parexact_queue_length(queue) == 0


def test_an_item_is_copied() -> None:
    value = c_int64(1)
    with new("queue", 0, WORD) as queue:
        check(lib.parexact_queue_put(queue, byref(value), 0))
        value.value = 2
        assert get(queue, 0) == (OK, 1)


def test_memory_is_taken_as_items_come() -> None:
    with new("queue", 2**30, 2**30) as queue:
        assert lib.parexact_queue_length(queue) == 0
        assert lib.parexact_queue_get(queue, 0, byref(c_int64())) == TIMEOUT


def test_timeouts() -> None:
    with new("queue", 1, WORD) as queue:
        for seconds in (0.0, -0.0, 1e-9, 0.05, 0.2):
            before = time.monotonic()
            assert get(queue, seconds) == (TIMEOUT, -1)
            assert seconds <= time.monotonic() - before < seconds + 1.0
        check(put(queue, 5, 0))
        for seconds in (0.0, 0.05, 0.2):
            before = time.monotonic()
            assert put(queue, 6, seconds) == TIMEOUT
            assert seconds <= time.monotonic() - before < seconds + 1.0
        assert get(queue, 0) == (OK, 5)


def test_closed_queues_give_what_they_have() -> None:
    with new("queue", 0, WORD) as queue:
        for i in range(3):
            check(put(queue, i))
        for _ in range(2):
            check(lib.parexact_queue_close(queue))
        assert put(queue, 3) == CLOSED
        assert drain(queue) == [0, 1, 2]
        assert get(queue, -1) == (CLOSED, -1)


# --- many threads ----------------------------------------------------------------------------


@pytest.mark.parametrize("capacity", CAPACITIES)
def test_many_producers_and_consumers(capacity: int) -> None:
    """Each item comes out once, and what one producer puts keeps its order."""
    producers, each = 4, 500
    received: list[list[int]] = []

    def produce(k: int) -> None:
        for i in range(each):
            check(put(queue, k * each + i))

    with new("queue", capacity, WORD) as queue:
        consumers = [
            threading.Thread(target=lambda: received.append(drain(queue)), daemon=True)
            for _ in range(3)
        ]
        threads = [
            threading.Thread(target=produce, args=(k,), daemon=True) for k in range(producers)
        ]
        for thread in consumers + threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        check(lib.parexact_queue_close(queue))
        for thread in consumers:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in consumers + threads)
    assert sorted(value for own in received for value in own) == list(range(producers * each))
    for own in received:
        for k in range(producers):
            of_one = [value for value in own if value // each == k]
            assert of_one == sorted(of_one)


@pytest.mark.parametrize("capacity", CAPACITIES)
def test_from_callbacks_to_the_caller(capacity: int) -> None:
    """The message passing of the slides: workers put, the master gets."""
    x = np.arange(300.0)

    def work(item: int, *_: object) -> None:
        check(lib.parexact_queue_put(queue, c_void_p(item), PATIENCE))

    callback = Guarded(MapFunction, work)
    with new("pool", 2) as pool, new("queue", capacity, 8) as queue:
        given = (pool, callback.pointer, None, x.ctypes.data, 8, None, 0, len(x), 1)
        received = []
        with started(lib.parexact_map_async, *given) as job:
            for _ in x:
                out = c_double()
                check(lib.parexact_queue_get(queue, PATIENCE, byref(out)))
                received.append(out.value)
            callback.finish(lib.parexact_job_wait(job, PATIENCE))
        assert lib.parexact_queue_length(queue) == 0
    assert sorted(received) == x.tolist()


def test_between_callbacks() -> None:
    """A producer and a consumer on two workers, one item at a time."""
    received: list[int] = []

    def produce(_: object) -> None:
        for i in range(200):
            check(put(queue, i))
        check(lib.parexact_queue_close(queue))

    producer = Guarded(TaskFunction, produce)
    consumer = Guarded(TaskFunction, lambda _: received.extend(drain(queue)))
    with (
        new("pool", 2) as pool,
        new("queue", 1, WORD) as queue,
        started(lib.parexact_submit, pool, consumer.pointer, None) as second,
        started(lib.parexact_submit, pool, producer.pointer, None) as first,
    ):
        producer.finish(lib.parexact_job_wait(first, PATIENCE))
        consumer.finish(lib.parexact_job_wait(second, PATIENCE))
    assert received == list(range(200))


def test_a_map_fills_a_queue_that_is_long_enough() -> None:
    with new("queue", 1000, WORD) as queue:
        callback = Guarded(MapFunction, lambda *_: check(put(queue, 7, 0)))
        callback.finish(run_map(callback.pointer, None, None, count=1000))
        assert lib.parexact_queue_length(queue) == 1000
        check(lib.parexact_queue_close(queue))
        assert drain(queue) == [7] * 1000


def close(queue: c_void_p) -> None:
    check(lib.parexact_queue_close(queue))


def free(queue: c_void_p) -> None:
    lib.parexact_queue_free(queue)


@pytest.mark.parametrize("end", [close, free])
@pytest.mark.parametrize("seconds", [-1.0, PATIENCE])
def test_everybody_who_waits_is_woken(end: Callable[[c_void_p], None], seconds: float) -> None:
    full, empty = c_void_p(), c_void_p()
    for queue in (full, empty):
        check(lib.parexact_queue_new(1, WORD, byref(queue)))
    check(put(full, 1))
    statuses: list[int] = []
    barrier = threading.Barrier(7)

    def wait(call: Callable[[], int]) -> None:
        barrier.wait(PATIENCE)
        statuses.append(call())

    calls = [lambda: put(full, 2, seconds), lambda: get(empty, seconds)[0]] * 3
    waiters = [threading.Thread(target=wait, args=(call,), daemon=True) for call in calls]
    for waiter in waiters:
        waiter.start()
    barrier.wait(PATIENCE)
    time.sleep(0.2)  # they all wait by now
    for queue in (full, empty):
        end(queue)
    for waiter in waiters:
        waiter.join(PATIENCE)
    assert statuses == [CLOSED] * 6
    if end is close:
        for queue in (full, empty):
            free(queue)


# --- refusals --------------------------------------------------------------------------------


def test_refusals() -> None:
    null, invalid = constant("ERROR_NULL_POINTER"), constant("ERROR_INVALID_ARGUMENT")
    too_much = constant("ERROR_SIZE_OVERFLOW")
    out = c_void_p(42)
    assert lib.parexact_queue_new(1, 8, None) == null
    for capacity, size in [(2**61, 8), (2**32, 2**32), (1, 2**64 - 1), (0, 2**63)]:
        assert lib.parexact_queue_new(capacity, size, byref(out)) == too_much
    assert out.value == 42

    value = c_int64(3)
    with new("queue", 1, WORD) as queue:
        assert lib.parexact_queue_put(None, byref(value), 0) == null
        assert lib.parexact_queue_get(None, 0, byref(value)) == null
        assert lib.parexact_queue_put(queue, None, 0) == null
        assert "item" in message()
        assert lib.parexact_queue_length(queue) == 0
        check(put(queue, 9))
        assert lib.parexact_queue_get(queue, 0, None) == null
        assert lib.parexact_queue_length(queue) == 1
        assert put(queue, 1, math.nan) == invalid
        assert get(queue, math.nan) == (invalid, -1)
        assert get(queue, 0) == (OK, 9)
    assert value.value == 3

    nothing = c_void_p(0x1001)
    assert lib.parexact_queue_close(None) == null
    assert lib.parexact_queue_close(nothing) == invalid
    assert lib.parexact_queue_put(nothing, byref(value), 0) == invalid
    assert lib.parexact_queue_get(nothing, 0, byref(value)) == invalid
    assert lib.parexact_queue_length(None) == 0
    assert lib.parexact_queue_length(nothing) == 0
    lib.parexact_queue_free(None)
