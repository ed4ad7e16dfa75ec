"""Pools: how many threads they have, what they wait for, and their end."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from ctypes import byref, c_int64, c_void_p

import numpy as np
import pytest
from callbacks import Guarded
from compiled import COUNT_DOWN, SQUARE
from handles import PATIENCE, message, new, run_map, started
from header import constant
from raw import OK, MapFunction, TaskFunction, check, lib


@pytest.fixture(autouse=True)
def default_threads() -> Iterator[None]:
    yield
    check(lib.parexact_set_num_threads(0))


def threads() -> set[int]:
    """Return the threads of this process; those of freed pools may still be about to end."""
    return {int(thread) for thread in os.listdir("/proc/self/task")}


@pytest.mark.parametrize("workers", [1, 2, 5, 16])
@pytest.mark.parametrize("own", [True, False])
def test_a_map_has_as_many_threads_as_its_pool(own: bool, workers: int) -> None:
    """The callbacks wait for each other: `workers` at once, or they would wait in vain."""
    check(lib.parexact_set_num_threads(3 if own else workers))
    barrier = threading.Barrier(workers)
    seen: set[int] = set()

    def meet(*_: object) -> None:
        barrier.wait(PATIENCE)
        seen.add(threading.get_ident())

    callback = Guarded(MapFunction, meet)
    with new("pool", workers) if own else nullcontext() as pool:
        callback.finish(run_map(callback.pointer, None, None, pool, count=workers))
    assert len(seen) == workers
    assert threading.get_ident() in seen


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_a_pool_never_has_more_threads(workers: int) -> None:
    guard = threading.Lock()
    inside = most = 0

    def count(*_: object) -> None:
        nonlocal inside, most
        with guard:
            inside += 1
            most = max(most, inside)
        time.sleep(0.002)
        with guard:
            inside -= 1

    callback = Guarded(MapFunction, count)
    with new("pool", workers) as pool:
        callback.finish(run_map(callback.pointer, None, None, pool, count=40))
        assert 1 <= most <= workers
        for _ in range(2):  # a map in the background has the workers alone
            most = 0
            given = (pool, callback.pointer, None, None, 0, None, 0, 40, 1)
            with started(lib.parexact_map_async, *given) as job:
                callback.finish(lib.parexact_job_wait(job, PATIENCE))
            assert 1 <= most <= workers


@pytest.mark.parametrize(("workers", "expected"), [(7, 7), (1, 1), (0, 3)])
def test_workers_come_and_go_with_their_pool(workers: int, expected: int) -> None:
    check(lib.parexact_set_num_threads(3))
    before = threads()
    with new("pool", workers):
        come = threads() - before
        assert len(come) == expected
    deadline = time.monotonic() + PATIENCE
    while threads() & come and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not threads() & come


def test_pools_side_by_side() -> None:
    x = np.arange(2000.0)
    with new("pool", 1) as one, new("pool", 2) as two, new("pool", 3) as three:
        answers = [np.zeros_like(x) for _ in range(4)]
        for pool, y in zip([one, two, three, None], answers):
            check(run_map(SQUARE, x, y, pool))
    assert all(np.array_equal(y, x * x) for y in answers)


def test_a_hundred_pools() -> None:
    x = np.arange(50.0)
    for _ in range(100):
        y = np.zeros_like(x)
        with new("pool", 2) as pool:
            check(run_map(SQUARE, x, y, pool, chunk=3))
        assert np.array_equal(y, x * x)


def test_free_waits_for_all_jobs() -> None:
    """Most of them have not begun when the pool is freed, and their handles are gone, too."""
    done: list[int] = []

    def work(_: object) -> None:
        time.sleep(0.01)
        done.append(1)

    callback = Guarded(TaskFunction, work)
    with new("pool", 2) as pool:
        for _ in range(20):
            job = c_void_p()
            check(lib.parexact_submit(pool, callback.pointer, None, byref(job)))
            lib.parexact_job_free(job)
    assert len(done) == 20


def test_jobs_keep_their_handles() -> None:
    left = c_int64(1000)
    job = c_void_p()
    with new("pool", 1) as pool:
        check(lib.parexact_submit(pool, COUNT_DOWN, byref(left), byref(job)))
    assert left.value == 0
    assert lib.parexact_job_wait(job, PATIENCE) == OK
    lib.parexact_job_free(job)


def test_when_the_pool_is_free_its_jobs_are_done() -> None:
    statuses = []
    for _ in range(50):
        left = c_int64(1000)
        job = c_void_p()
        with new("pool", 1) as pool:
            check(lib.parexact_submit(pool, COUNT_DOWN, byref(left), byref(job)))
        statuses.append(lib.parexact_job_wait(job, 0))
        lib.parexact_job_wait(job, PATIENCE)
        lib.parexact_job_free(job)
    assert set(statuses) == {OK}


def test_freed_by_a_callback_of_its_own() -> None:
    """A worker does not wait for itself: the work that is there is done all the same."""
    pool = c_void_p()
    check(lib.parexact_pool_new(1, byref(pool)))
    done: list[str] = []
    ready = threading.Event()

    def end(_: object) -> None:
        assert ready.wait(PATIENCE)
        lib.parexact_pool_free(pool)
        done.append("freed")

    ending, later = Guarded(TaskFunction, end), Guarded(TaskFunction, lambda _: done.append("late"))
    with (
        started(lib.parexact_submit, pool, ending.pointer, None) as first,
        started(lib.parexact_submit, pool, later.pointer, None) as second,
    ):
        ready.set()
        ending.finish(lib.parexact_job_wait(first, PATIENCE))
        later.finish(lib.parexact_job_wait(second, PATIENCE))
    assert done == ["freed", "late"]


def test_refusals() -> None:
    out = c_void_p(42)
    too_many = constant("MAX_THREADS") + 1
    for workers in (too_many, 2**64 - 1):
        assert lib.parexact_pool_new(workers, byref(out)) == constant("ERROR_INVALID_ARGUMENT")
        assert "workers" in message()
    assert out.value == 42
    assert lib.parexact_pool_new(1, None) == constant("ERROR_NULL_POINTER")
    lib.parexact_pool_free(None)
    x = np.zeros(3)
    assert run_map(SQUARE, x, x, c_void_p(0x1001)) == constant("ERROR_INVALID_ARGUMENT")
    assert "pool" in message()
