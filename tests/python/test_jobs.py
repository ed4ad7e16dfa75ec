"""Jobs: parexact_submit, parexact_map_async, and waiting for them."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from ctypes import byref, c_int64, c_void_p

import numpy as np
import pytest
from callbacks import Background, Guarded
from compiled import COUNT_DOWN, SQUARE
from handles import PATIENCE, arguments, index_of, message, new, number, run_map, started
from header import constant
from raw import (
    CALLBACK_FAILED,
    DEADLOCK,
    OK,
    TIMEOUT,
    MapFunction,
    TaskFunction,
    check,
    lib,
)


@pytest.fixture(autouse=True)
def default_threads() -> Iterator[None]:
    yield
    check(lib.parexact_set_num_threads(0))


# --- submit and wait -------------------------------------------------------------------------


def test_a_python_task_runs_elsewhere() -> None:
    given: list[object] = []
    callback = Guarded(TaskFunction, lambda data: given.extend((data, threading.get_ident())))
    with started(lib.parexact_submit, None, callback.pointer, c_void_p(12345)) as job:
        for _ in range(3):  # each time it is asked
            callback.finish(lib.parexact_job_wait(job, -1))
            assert lib.parexact_job_wait(job, 0) == OK
    data, thread = given
    assert data == 12345
    assert thread != threading.get_ident()


@pytest.mark.parametrize("own_pool", [True, False])
def test_two_hundred_native_tasks(own_pool: bool) -> None:
    left = [c_int64(1 + 100 * k) for k in range(200)]
    with new("pool", 2) as mine:
        pool = mine if own_pool else None
        jobs = []
        for number_of_steps in left:
            job = c_void_p()
            check(lib.parexact_submit(pool, COUNT_DOWN, byref(number_of_steps), byref(job)))
            jobs.append(job)
        for job in reversed(jobs):
            check(lib.parexact_job_wait(job, PATIENCE))
            lib.parexact_job_free(job)
    assert all(steps.value == 0 for steps in left)


@pytest.mark.parametrize("answer", [1, -7])
def test_a_failing_task(answer: int) -> None:
    refuse = TaskFunction(lambda _: answer)
    with started(lib.parexact_submit, None, refuse, None) as job:
        for _ in range(2):
            assert lib.parexact_job_wait(job, PATIENCE) == CALLBACK_FAILED
            assert str(answer) in message()


def test_an_exception_is_caught_stored_and_raised() -> None:
    callback = Guarded(TaskFunction, lambda _: {}["no such key"])
    with started(lib.parexact_submit, None, callback.pointer, None) as job:
        status = lib.parexact_job_wait(job, PATIENCE)
        assert status == CALLBACK_FAILED
        with pytest.raises(KeyError, match="no such key"):
            callback.finish(status)


def test_timeouts() -> None:
    go = threading.Event()
    callback = Guarded(TaskFunction, lambda _: go.wait(PATIENCE))
    with started(lib.parexact_submit, None, callback.pointer, None) as job:
        for seconds in (0.0, -0.0, 1e-9, 0.05, 0.2):
            before = time.monotonic()
            assert lib.parexact_job_wait(job, seconds) == TIMEOUT
            assert seconds <= time.monotonic() - before < seconds + 1.0
        assert lib.parexact_job_wait(job, math.nan) == constant("ERROR_INVALID_ARGUMENT")
        go.set()
        for seconds in (math.inf, 1e300, -math.inf, -1.0, 0.0):
            assert lib.parexact_job_wait(job, seconds) == OK
        assert lib.parexact_job_wait(job, math.nan) == constant("ERROR_INVALID_ARGUMENT")


def test_many_threads_wait_for_one_job() -> None:
    go = threading.Event()
    statuses: list[int] = []
    callback = Guarded(TaskFunction, lambda _: go.wait(PATIENCE))
    with started(lib.parexact_submit, None, callback.pointer, None) as job:

        def wait() -> None:
            statuses.append(lib.parexact_job_wait(job, PATIENCE))

        waiters = [threading.Thread(target=wait, daemon=True) for _ in range(8)]
        for waiter in waiters:
            waiter.start()
        time.sleep(0.02)
        go.set()
        for waiter in waiters:
            waiter.join(PATIENCE)
    assert statuses == [OK] * 8


def test_a_freed_job_is_done_all_the_same() -> None:
    done = threading.Event()
    callback = Guarded(TaskFunction, lambda _: done.set())
    job = c_void_p()
    check(lib.parexact_submit(None, callback.pointer, None, byref(job)))
    lib.parexact_job_free(job)
    assert done.wait(PATIENCE)
    time.sleep(0.01)  # until the callback is left


def test_refusals() -> None:
    out = c_void_p(42)
    task = TaskFunction(lambda _: 0)
    null = constant("ERROR_NULL_POINTER")
    assert lib.parexact_submit(None, TaskFunction(), None, byref(out)) == null
    assert lib.parexact_submit(None, task, None, None) == null
    x = np.zeros(1)
    assert lib.parexact_map_async(*arguments(SQUARE, x, x), None) == null
    invalid = constant("ERROR_INVALID_ARGUMENT")
    assert lib.parexact_submit(c_void_p(0x1001), task, None, byref(out)) == invalid
    assert lib.parexact_job_wait(c_void_p(0x1001), 0) == invalid
    assert lib.parexact_job_wait(None, 0) == null
    lib.parexact_job_free(None)
    assert out.value == 42


# --- map_async -------------------------------------------------------------------------------


@pytest.mark.parametrize("own_pool", [True, False])
def test_a_map_in_the_background(own_pool: bool) -> None:
    """A map in the background runs on the pool's workers alone, be it a single one."""
    x = np.arange(500.0)
    y = np.zeros_like(x)
    seen: set[int] = set()

    def work(item: int, result: int, _: object) -> None:
        seen.add(threading.get_ident())
        number(result).value = -number(item).value

    callback = Guarded(MapFunction, work)
    for threads in (1, 4):
        check(lib.parexact_set_num_threads(threads))
        with new("pool", threads) as mine:
            given = arguments(callback.pointer, x, y, mine if own_pool else None)
            with started(lib.parexact_map_async, *given) as job:
                callback.finish(lib.parexact_job_wait(job, PATIENCE))
        assert np.array_equal(y, -x)
        y.fill(0)
    assert threading.get_ident() not in seen


def test_a_failing_map_in_the_background() -> None:
    x = np.arange(100.0)

    def work(item: int, *_: object) -> None:
        if number(item).value == 63:
            raise OverflowError("63")

    callback = Guarded(MapFunction, work)
    with started(lib.parexact_map_async, *arguments(callback.pointer, x, None)) as job:
        status = lib.parexact_job_wait(job, PATIENCE)
        assert status == CALLBACK_FAILED
        assert "index 63" in message()
        with pytest.raises(OverflowError, match="63"):
            callback.finish(status)


def test_the_caller_computes_meanwhile() -> None:
    """The caller goes on while the map runs: each of them waits for the other once."""
    barrier = threading.Barrier(2)
    callback = Guarded(MapFunction, lambda *_: barrier.wait(PATIENCE))
    with started(lib.parexact_map_async, *arguments(callback.pointer, None, None, count=1)) as job:
        assert lib.parexact_job_wait(job, 0) == TIMEOUT
        barrier.wait(PATIENCE)
        callback.finish(lib.parexact_job_wait(job, PATIENCE))


# --- jobs and callbacks ----------------------------------------------------------------------


def test_submit_from_callbacks_and_wait_outside() -> None:
    results = np.zeros(40)
    jobs = np.zeros(40, dtype=np.uintp)

    def task(place: int) -> None:
        number(place).value = 1.0

    inner = Guarded(TaskFunction, task)

    def work(_: object, result: int, __: object) -> None:
        job = c_void_p()
        check(lib.parexact_submit(None, inner.pointer, c_void_p(result), byref(job)))
        jobs[index_of(result, results)] = job.value

    callback = Guarded(MapFunction, work)
    callback.finish(run_map(callback.pointer, None, results))
    for job in jobs.tolist():
        inner.finish(lib.parexact_job_wait(job, PATIENCE))
        lib.parexact_job_free(job)
    assert np.all(results == 1.0)


@pytest.mark.parametrize("timeout", [-1.0, 1e-9, PATIENCE])
def test_the_only_worker_waits_for_what_it_submits(timeout: float) -> None:
    """The worker runs the job itself, at any depth; otherwise it would wait for ever."""
    depth_reached: list[int] = []
    thread: set[int] = set()

    with new("pool", 1) as pool:

        def task(depth: int | None) -> None:
            depth = depth or 0
            depth_reached.append(depth)
            thread.add(threading.get_ident())
            if depth < 10:
                given = (pool, callback.pointer, c_void_p(depth + 1))
                with started(lib.parexact_submit, *given) as job:
                    assert lib.parexact_job_wait(job, 0) == TIMEOUT
                    check(lib.parexact_job_wait(job, timeout))

        callback = Guarded(TaskFunction, task)
        with started(lib.parexact_submit, pool, callback.pointer, None) as job:
            callback.finish(lib.parexact_job_wait(job, PATIENCE))
    assert depth_reached == list(range(11))
    assert len(thread) == 1


def test_waiting_for_oneself() -> None:
    statuses: list[int] = []
    job = c_void_p()
    ready = threading.Event()

    def task(_: object) -> None:
        assert ready.wait(PATIENCE)
        statuses.extend(lib.parexact_job_wait(job, seconds) for seconds in (-1, 0.5))

    callback = Guarded(TaskFunction, task)
    check(lib.parexact_submit(None, callback.pointer, None, byref(job)))
    ready.set()
    callback.finish(lib.parexact_job_wait(job, PATIENCE))
    lib.parexact_job_free(job)
    assert statuses == [DEADLOCK, DEADLOCK]


def test_waiting_for_each_other() -> None:
    """At least one of the two is answered DEADLOCK; the other wait then ends."""
    jobs = [c_void_p(), c_void_p()]
    statuses = [0, 0]
    barrier = threading.Barrier(3)

    def wait_for(other: int) -> None:
        barrier.wait(PATIENCE)
        statuses[1 - other] = lib.parexact_job_wait(jobs[other], -1)

    with new("pool", 2) as pool:
        callbacks = [Guarded(TaskFunction, lambda _, i=i: wait_for(1 - i)) for i in range(2)]
        for callback, job in zip(callbacks, jobs):
            check(lib.parexact_submit(pool, callback.pointer, None, byref(job)))
        barrier.wait(PATIENCE)
        for callback, job in zip(callbacks, jobs):
            callback.finish(lib.parexact_job_wait(job, PATIENCE))
            lib.parexact_job_free(job)
    assert DEADLOCK in statuses
    assert set(statuses) <= {OK, DEADLOCK}


# --- the examples' helper --------------------------------------------------------------------


def test_background_cancels_and_joins() -> None:
    background = Background()
    x = np.zeros(10_000)
    callback = Guarded(MapFunction, lambda *_: time.sleep(0.001))
    background.start(lib.parexact_map_async, *arguments(callback.pointer, x, None))
    before = time.monotonic()
    background.close()
    assert time.monotonic() - before < 2.0
    assert not background.jobs
    background.close()
