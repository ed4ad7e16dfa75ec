"""Progress and cancellation of maps and jobs; test_control has the controls themselves."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from ctypes import byref, c_double, c_int64, c_void_p

import numpy as np
import pytest
from callbacks import Guarded
from compiled import COUNT_DOWN, RATIONAL, SPIN, SQUARE
from handles import EQUAL, PATIENCE, arguments, attached, new, progress, run_map, started
from raw import CANCELLED, OK, TIMEOUT, MapFunction, TaskFunction, check, lib

SOON = 0.1  # seconds: half of it the library's, half a quiet machine's
EVER = 2.0  # on a busy machine


@pytest.fixture(autouse=True)
def default_threads() -> Iterator[None]:
    yield
    check(lib.parexact_set_num_threads(0))


@pytest.fixture
def control() -> Iterator[c_void_p]:
    with new("control") as handle:
        yield handle


# --- progress --------------------------------------------------------------------------------


def test_progress_is_in_items(control: c_void_p) -> None:
    x = np.arange(1234.0)
    with attached(control):
        check(run_map(SQUARE, x, x))
        assert progress(control) == (1234, 1234)
        check(run_map(SQUARE, x, x, count=0))
        assert progress(control) == (0, 0)


def test_progress_of_a_map_in_the_background(control: c_void_p) -> None:
    """Two items at a time go through a gate, and are counted soon after."""
    gate = threading.Semaphore(0)
    callback = Guarded(MapFunction, lambda *_: gate.acquire(timeout=PATIENCE))
    with attached(control):
        given = arguments(callback.pointer, None, None, count=10, chunk=1)
        background = started(lib.parexact_map_async, *given)
        job = background.__enter__()
    assert lib.parexact_control_attach(None) is None  # the job keeps it all the same
    for done in range(0, 10, 2):
        deadline = time.monotonic() + PATIENCE
        while progress(control) != (done, 10):
            assert time.monotonic() < deadline, progress(control)
            time.sleep(0.001)
        assert lib.parexact_job_wait(job, 0) == TIMEOUT
        gate.release(2)
    callback.finish(lib.parexact_job_wait(job, PATIENCE))
    assert progress(control) == (10, 10)
    background.__exit__(None, None, None)


def test_calls_in_a_callback_leave_the_progress_alone(control: c_void_p) -> None:
    seen: list[tuple[int, int]] = []
    x = np.arange(100.0)
    check(lib.parexact_set_num_threads(1))

    def work(*_: object) -> None:
        check(run_map(SQUARE, x, x.copy()))
        seen.append(progress(control))

    callback = Guarded(MapFunction, work)
    with attached(control):
        callback.finish(run_map(callback.pointer, None, None, count=3, chunk=1))
    assert seen == [(0, 3), (1, 3), (2, 3)]


def test_progress_never_goes_back(control: c_void_p) -> None:
    x = np.full(400, 20_000)
    y = np.zeros(len(x))
    seen: list[int] = []
    with attached(control), started(lib.parexact_map_async, *arguments(SPIN, x, y)) as job:
        while lib.parexact_job_wait(job, 0.0005) == TIMEOUT:
            seen.append(progress(control)[0])
        assert lib.parexact_job_wait(job, 0) == OK
    assert progress(control) == (400, 400)
    assert seen == sorted(seen)


# --- cancellation ----------------------------------------------------------------------------


def python_map() -> int:
    callback = Guarded(MapFunction, lambda *_: time.sleep(0.001))
    return run_map(callback.pointer, None, None, count=2**40)


def native_map() -> int:
    return run_map(EQUAL, None, None, count=2**50, user_data=0)  # it compares nothing


def slow_native_map() -> int:
    return run_map(SPIN, np.full(100_000, 100_000), np.zeros(100_000))


def map_of_maps() -> int:
    """The inner ones are governed too, whatever becomes of their status."""
    callback = Guarded(MapFunction, lambda *_: native_map() and None)
    return run_map(callback.pointer, None, None, count=100)


def map_in_the_background() -> int:
    given = arguments(EQUAL, None, None, count=2**50, user_data=0)
    with started(lib.parexact_map_async, *given) as job:
        return lib.parexact_job_wait(job, -1)


def task_that_calls() -> int:
    """The calls in a governed job are governed; or it is cancelled before it begins."""
    statuses: list[int] = []
    callback = Guarded(TaskFunction, lambda _: statuses.append(native_map()))
    with started(lib.parexact_submit, None, callback.pointer, None) as job:
        statuses.append(lib.parexact_job_wait(job, -1))
    return statuses[0]


def many_points() -> int:
    out = c_double(42.0)
    status = lib.parexact_pi(2**52, byref(out))
    assert out.value == 42.0
    return status


def long_integral() -> int:
    out = c_double(42.0)
    status = lib.parexact_integrate(RATIONAL, None, 0, 1, 2**52, byref(out))
    assert out.value == 42.0
    return status


LONG = [
    *(python_map, native_map, slow_native_map, map_of_maps),
    *(map_in_the_background, task_that_calls, many_points, long_integral),
]


@pytest.mark.parametrize("work", LONG)
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_cancelled_at_any_moment(control: c_void_p, threads: int, work: Callable[[], int]) -> None:
    rng = random.Random(f"{work.__name__} {threads}")
    check(lib.parexact_set_num_threads(threads))
    took: list[float] = []
    for _ in range(5):
        cancelled: list[float] = []

        def cancel(cancelled: list[float] = cancelled) -> None:
            cancelled.append(time.monotonic())
            lib.parexact_control_cancel(control)

        timer = threading.Timer(rng.choice([0, 0.001, 0.02]) * rng.random(), cancel)
        with attached(control):
            timer.start()
            assert work() == CANCELLED
            took.append(time.monotonic() - cancelled[0])
        timer.join()
        lib.parexact_control_reset(control)
    assert statistics.median(took) < SOON
    assert max(took) < EVER


def test_cancelled_beforehand(control: c_void_p) -> None:
    calls: list[int] = []
    callback = Guarded(MapFunction, lambda *_: calls.append(1))
    task = Guarded(TaskFunction, lambda *_: calls.append(1))
    lib.parexact_control_cancel(control)
    with attached(control):
        assert run_map(callback.pointer, None, None, count=3) == CANCELLED
        given = arguments(callback.pointer, None, None, count=3)
        with started(lib.parexact_map_async, *given) as job:
            assert lib.parexact_job_wait(job, PATIENCE) == CANCELLED
        with started(lib.parexact_submit, None, task.pointer, None) as job:
            assert lib.parexact_job_wait(job, PATIENCE) == CANCELLED
        out = c_double(42.0)
        assert lib.parexact_pi(1, byref(out)) == CANCELLED
        assert lib.parexact_integrate(RATIONAL, None, 0, 1, 1, byref(out)) == CANCELLED
        assert out.value == 42.0
    assert not calls


def test_a_job_that_has_not_begun_is_cancelled(control: c_void_p) -> None:
    """The only worker is busy meanwhile."""
    go = threading.Event()
    calls: list[int] = []
    busy = Guarded(TaskFunction, lambda _: go.wait(PATIENCE))
    task = Guarded(TaskFunction, lambda _: calls.append(1))
    with new("pool", 1) as pool, started(lib.parexact_submit, pool, busy.pointer, None) as first:
        with attached(control):
            second = c_void_p()
            check(lib.parexact_submit(pool, task.pointer, None, byref(second)))
        lib.parexact_control_cancel(control)
        go.set()
        assert lib.parexact_job_wait(second, PATIENCE) == CANCELLED
        assert lib.parexact_job_wait(first, PATIENCE) == OK  # it has no control
        lib.parexact_job_free(second)
    assert not calls


def test_what_has_begun_is_done(control: c_void_p) -> None:
    """A task that looks at nothing cannot be stopped: the job is done well."""
    left = c_int64(1)
    begun, go = threading.Event(), threading.Event()

    def work(_: object) -> None:
        begun.set()
        assert go.wait(PATIENCE)

    callback = Guarded(TaskFunction, work)
    with attached(control), started(lib.parexact_submit, None, callback.pointer, None) as job:
        assert begun.wait(PATIENCE)
        lib.parexact_control_cancel(control)
        go.set()
        callback.finish(lib.parexact_job_wait(job, PATIENCE))
    with started(lib.parexact_submit, None, COUNT_DOWN, byref(left)) as job:
        assert lib.parexact_job_wait(job, PATIENCE) == OK  # not governed
    assert left.value == 0
