"""Locks: one holder at a time, timeouts, and waits that would never end."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from ctypes import byref, c_void_p

import pytest
from callbacks import Guarded
from handles import PATIENCE, message, new, run_map, started
from header import constant
from raw import (
    CALLBACK_FAILED,
    DEADLOCK,
    NOT_OWNER,
    OK,
    TIMEOUT,
    MapFunction,
    TaskFunction,
    check,
    lib,
)


@pytest.fixture
def lock() -> Iterator[c_void_p]:
    with new("lock") as handle:
        yield handle


@pytest.fixture(autouse=True)
def default_threads() -> Iterator[None]:
    yield
    check(lib.parexact_set_num_threads(0))


class Account:
    """A sum that needs a lock: it is read and written in two steps, with a pause between them."""

    def __init__(self, lock: c_void_p) -> None:
        self.lock = lock
        self.balance = 0

    def pay_in(self, *_: object) -> None:
        check(lib.parexact_lock_acquire(self.lock, PATIENCE))
        try:
            before = self.balance
            time.sleep(0)  # another thread's turn
            self.balance = before + 1
        finally:
            check(lib.parexact_lock_release(self.lock))


def test_exclusive_among_callbacks(lock: c_void_p) -> None:
    check(lib.parexact_set_num_threads(4))
    account = Account(lock)
    callback = Guarded(MapFunction, account.pay_in)
    callback.finish(run_map(callback.pointer, None, None, count=400, chunk=1))
    assert account.balance == 400


def test_exclusive_among_all_kinds_of_threads(lock: c_void_p) -> None:
    account = Account(lock)
    callback = Guarded(MapFunction, account.pay_in)

    def pay_in_often() -> None:
        for _ in range(80):
            account.pay_in()

    callers = [threading.Thread(target=pay_in_often, daemon=True) for _ in range(3)]
    with new("pool", 2) as pool:
        given = (pool, callback.pointer, None, None, 0, None, 0, 80, 1)
        with started(lib.parexact_map_async, *given) as job:
            for caller in callers:
                caller.start()
            pay_in_often()
            for caller in callers:
                caller.join(PATIENCE)
            callback.finish(lib.parexact_job_wait(job, PATIENCE))
    assert account.balance == 5 * 80


def test_without_the_lock_it_goes_wrong() -> None:
    """Without a lock the sum comes out wrong, so that the tests above can fail."""
    check(lib.parexact_set_num_threads(4))
    balance = 0

    def pay_in(*_: object) -> None:
        nonlocal balance
        before = balance
        time.sleep(0)
        balance = before + 1

    callback = Guarded(MapFunction, pay_in)
    for _ in range(20):
        balance = 0
        callback.finish(run_map(callback.pointer, None, None, count=400, chunk=1))
        if balance < 400:
            return
    pytest.fail("the callbacks never met")


def in_another_thread(lock: c_void_p, seconds: float) -> tuple[int, float]:
    """Try to take it there; return the status, and how long it took."""
    answer: list[tuple[int, float]] = []

    def take() -> None:
        before = time.monotonic()
        status = lib.parexact_lock_acquire(lock, seconds)
        answer.append((status, time.monotonic() - before))
        if status == OK:
            check(lib.parexact_lock_release(lock))

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return answer[0]


def test_timeouts(lock: c_void_p) -> None:
    for seconds in (-1.0, 0.0, -0.0, 0.1, math.inf):
        assert in_another_thread(lock, seconds)[0] == OK
    check(lib.parexact_lock_acquire(lock, -1))
    for seconds in (0.0, -0.0, 1e-9, 0.05, 0.2):
        status, took = in_another_thread(lock, seconds)
        assert status == TIMEOUT
        assert seconds <= took < seconds + 1.0
    check(lib.parexact_lock_release(lock))
    assert in_another_thread(lock, 0)[0] == OK


@pytest.mark.parametrize("seconds", [-1.0, math.inf, -math.inf, 1e300, PATIENCE])
def test_waiting_until_it_is_released(lock: c_void_p, seconds: float) -> None:
    check(lib.parexact_lock_acquire(lock, 0))
    taken: list[int] = []
    waiter = threading.Thread(
        target=lambda: taken.append(in_another_thread(lock, seconds)[0]), daemon=True
    )
    waiter.start()
    time.sleep(0.05)
    assert not taken
    check(lib.parexact_lock_release(lock))
    waiter.join(PATIENCE)
    assert taken == [OK]


def test_only_the_holder_releases(lock: c_void_p) -> None:
    assert lib.parexact_lock_release(lock) == NOT_OWNER
    check(lib.parexact_lock_acquire(lock, -1))
    statuses: list[int] = []
    other = threading.Thread(target=lambda: statuses.append(lib.parexact_lock_release(lock)))
    other.start()
    other.join(PATIENCE)
    assert statuses == [NOT_OWNER]
    check(lib.parexact_lock_release(lock))
    assert lib.parexact_lock_release(lock) == NOT_OWNER


def test_a_thread_that_ends_takes_it_along(lock: c_void_p) -> None:
    thread = threading.Thread(target=lambda: check(lib.parexact_lock_acquire(lock, -1)))
    thread.start()
    thread.join(PATIENCE)
    assert lib.parexact_lock_acquire(lock, 0) == TIMEOUT
    assert lib.parexact_lock_acquire(lock, PATIENCE) == DEADLOCK
    assert lib.parexact_lock_acquire(lock, -1) == DEADLOCK
    assert lib.parexact_lock_release(lock) == NOT_OWNER


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 0.5])
def test_taking_it_twice(lock: c_void_p, seconds: float) -> None:
    check(lib.parexact_lock_acquire(lock, -1))
    assert lib.parexact_lock_acquire(lock, seconds) == DEADLOCK
    check(lib.parexact_lock_release(lock))
    check(lib.parexact_lock_acquire(lock, seconds))
    check(lib.parexact_lock_release(lock))


def test_the_caller_holds_what_its_callbacks_want(lock: c_void_p) -> None:
    """The callbacks run on the caller's own thread, and on workers that it waits for."""
    check(lib.parexact_set_num_threads(3))
    barrier = threading.Barrier(3)  # each thread has one
    statuses: list[int] = []

    def want(*_: object) -> int:
        barrier.wait(PATIENCE)
        statuses.append(lib.parexact_lock_acquire(lock, -1))
        return 1

    check(lib.parexact_lock_acquire(lock, -1))
    callback = MapFunction(want)
    assert run_map(callback, None, None, count=3, chunk=1) == CALLBACK_FAILED
    assert statuses == [DEADLOCK] * 3
    check(lib.parexact_lock_release(lock))


def test_a_circle_of_two_locks(lock: c_void_p) -> None:
    barrier = threading.Barrier(2)
    statuses: list[int] = []

    def take(first: c_void_p, second: c_void_p) -> None:
        check(lib.parexact_lock_acquire(first, -1))
        barrier.wait(PATIENCE)
        status = lib.parexact_lock_acquire(second, -1)
        statuses.append(status)
        if status == OK:
            check(lib.parexact_lock_release(second))
        check(lib.parexact_lock_release(first))

    with new("lock") as other:
        orders = [(lock, other), (other, lock)]
        threads = [threading.Thread(target=take, args=order, daemon=True) for order in orders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    assert DEADLOCK in statuses
    assert set(statuses) <= {OK, DEADLOCK}


def test_waiting_in_one_order_is_no_circle(lock: c_void_p) -> None:
    """Maps and jobs that all take two locks in the same order, and wait for each other's jobs."""
    check(lib.parexact_set_num_threads(3))
    over = time.monotonic() + 1.0

    def both(*_: object) -> None:
        check(lib.parexact_lock_acquire(lock, -1))
        check(lib.parexact_lock_acquire(other, -1))
        time.sleep(random.choice([0, 0, 0, 0.03]))  # some wait for more than a look around
        check(lib.parexact_lock_release(other))
        check(lib.parexact_lock_release(lock))

    def with_job(*_: object) -> None:
        with started(lib.parexact_submit, pool, task.pointer, None) as job:
            task.finish(lib.parexact_job_wait(job, -1))

    def repeat(k: int) -> None:
        while time.monotonic() < over:
            callback = Guarded(MapFunction, [both, with_job][k % 2])
            callback.finish(run_map(callback.pointer, None, None, [None, pool][k // 2], count=5))
            finished.append(k)

    task = Guarded(TaskFunction, both)
    finished: list[int] = []
    with new("lock") as other, new("pool", 3) as pool, ThreadPoolExecutor(4) as callers:
        list(callers.map(repeat, range(4)))
    assert set(finished) == set(range(4))


def test_a_job_wants_what_its_waiter_holds(lock: c_void_p) -> None:
    statuses: list[int] = []
    task = Guarded(TaskFunction, lambda _: statuses.append(lib.parexact_lock_acquire(lock, -1)))
    check(lib.parexact_lock_acquire(lock, -1))
    job = c_void_p()
    check(lib.parexact_submit(None, task.pointer, None, byref(job)))
    status = lib.parexact_job_wait(job, -1)
    assert DEADLOCK in (status, *statuses)
    check(lib.parexact_lock_release(lock))
    task.finish(lib.parexact_job_wait(job, PATIENCE))
    lib.parexact_job_free(job)


def test_refusals(lock: c_void_p) -> None:
    null, invalid = constant("ERROR_NULL_POINTER"), constant("ERROR_INVALID_ARGUMENT")
    assert lib.parexact_lock_new(None) == null
    assert lib.parexact_lock_acquire(None, 0) == null
    assert lib.parexact_lock_release(None) == null
    assert lib.parexact_lock_acquire(c_void_p(0x1001), 0) == invalid
    assert lib.parexact_lock_release(c_void_p(0x1001)) == invalid
    assert "lock" in message()
    assert lib.parexact_lock_acquire(lock, math.nan) == invalid
    assert "timeout" in message()
    assert lib.parexact_lock_release(lock) == NOT_OWNER
    lib.parexact_lock_free(None)


def test_freed_while_held() -> None:
    with new("lock") as lock:
        check(lib.parexact_lock_acquire(lock, -1))
