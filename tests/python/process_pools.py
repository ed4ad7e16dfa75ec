"""The programs of test_process_pools: each prints `ok`, or says what went wrong and fails."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable
from ctypes import byref, c_double, c_int64, c_void_p

import numpy as np
from callbacks import Guarded
from compiled import COUNT_DOWN, SPIN, SQUARE
from handles import EQUAL, PATIENCE, arguments, attached, new, run_map, started
from process_jobs import await_child
from raw import CANCELLED, FORKED, OK, TIMEOUT, MapFunction, TaskFunction, check, lib


def in_child(work: Callable[[], None]) -> None:
    """Fork; the child works, and its exit status says whether all went well."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)
    await_child(child, 0)


def squares(pool: c_void_p | None) -> None:
    x = np.arange(20_000.0)
    y = np.zeros_like(x)
    check(run_map(SQUARE, x, y, pool))
    assert np.array_equal(y, x * x)


def meeting(pool: c_void_p | None, threads: int) -> None:
    """A map whose callbacks wait for each other: there are as many threads as there should be."""
    barrier = threading.Barrier(threads)
    callback = Guarded(MapFunction, lambda *_: barrier.wait(10))
    callback.finish(run_map(callback.pointer, None, None, pool, count=threads))


def task(pool: c_void_p | None) -> None:
    left = c_int64(1000)
    with started(lib.parexact_submit, pool, COUNT_DOWN, byref(left)) as job:
        assert lib.parexact_job_wait(job, 10) == OK
    assert left.value == 0


def inherited_handles() -> None:
    """Jobs run, a lock is held and a queue is full while the process forks."""
    check(lib.parexact_set_num_threads(2))
    go = threading.Event()
    callback = Guarded(TaskFunction, lambda _: go.wait(PATIENCE))
    x = np.full(300, 1_000_000)
    with (
        new("pool", 3) as pool,
        new("lock") as lock,
        new("lock") as held,
        new("queue", 2, 8) as queue,
        started(lib.parexact_submit, pool, callback.pointer, None) as python_job,
        started(lib.parexact_map_async, *arguments(SPIN, x, np.zeros(300))) as native_job,
    ):
        check(lib.parexact_lock_acquire(held, -1))
        for i in range(2):
            check(lib.parexact_queue_put(queue, byref(c_int64(i)), 0))

        def child() -> None:
            out = c_int64(-1)
            for seconds in (0, 0.01, -1):
                for job in (python_job, native_job):
                    assert lib.parexact_job_wait(job, seconds) == FORKED
                for each in (lock, held):
                    assert lib.parexact_lock_acquire(each, seconds) == FORKED
                assert lib.parexact_queue_put(queue, byref(out), seconds) == FORKED
                assert lib.parexact_queue_get(queue, seconds, byref(out)) == FORKED
            for each in (lock, held):
                assert lib.parexact_lock_release(each) == FORKED
            assert lib.parexact_queue_close(queue) == FORKED
            assert lib.parexact_queue_length(queue) == 0
            assert out.value == -1
            assert b"fork" in lib.parexact_last_error()

            for each in (pool, None):
                squares(each)
                task(each)
            meeting(pool, 3)
            meeting(None, 2)
            with new("lock") as mine, new("queue", 0, 8) as other, new("pool", 2) as fresh:
                check(lib.parexact_lock_acquire(mine, 0))
                check(lib.parexact_queue_put(other, byref(out), 0))
                squares(fresh)

            for job in (python_job, native_job):
                lib.parexact_job_free(job)
            for each in (lock, held):
                lib.parexact_lock_free(each)
            lib.parexact_queue_free(queue)
            lib.parexact_pool_free(pool)
            squares(None)

        for _ in range(5):
            in_child(child)
        in_child(lambda: in_child(child))  # and its children
        in_child(lambda: lib.parexact_pool_free(pool))  # unused there

        # Nothing of that is seen by the parent.
        assert lib.parexact_job_wait(python_job, 0) == TIMEOUT
        go.set()
        callback.finish(lib.parexact_job_wait(python_job, PATIENCE))
        assert lib.parexact_job_wait(native_job, PATIENCE) == OK
        assert lib.parexact_queue_length(queue) == 2
        check(lib.parexact_lock_release(held))
        squares(pool)


POOL = c_void_p()  # inherited by the workers of `multiprocessing`


def square_of(value: float) -> float:
    x = np.full(3000, value)
    y = np.zeros_like(x)
    check(run_map(SQUARE, x, y, POOL))
    out = c_double()
    check(lib.parexact_pi(100_000, byref(out)))
    assert abs(out.value - np.pi) < 1e-9
    assert np.all(y == y[0])
    return float(y[0])


def multiprocessing_pool() -> None:
    """A pool of processes whose workers use one pool of threads, each its own copy.

    Threads of the parent's are at work in it meanwhile.
    """
    check(lib.parexact_pool_new(2, byref(POOL)))
    assert square_of(3.0) == 9.0
    with new("control") as control:
        with attached(control):
            given = arguments(EQUAL, None, None, POOL, count=2**50, user_data=0)
            background = started(lib.parexact_map_async, *given)
            job = background.__enter__()
        with multiprocessing.get_context("fork").Pool(3) as processes:
            answers = processes.map_async(square_of, map(float, range(50))).get(timeout=60)
        assert answers == [float(i * i) for i in range(50)]
        assert square_of(4.0) == 16.0
        lib.parexact_control_cancel(control)
        assert lib.parexact_job_wait(job, PATIENCE) == CANCELLED
        background.__exit__(None, None, None)
    lib.parexact_pool_free(POOL)


def fork_storm(count: int) -> None:
    """Fork again and again while other threads map, submit, lock and queue."""
    check(lib.parexact_set_num_threads(3))
    over = threading.Event()
    wrong: list[BaseException] = []

    def busy(pool: c_void_p | None, lock: c_void_p, queue: c_void_p) -> None:
        try:
            while not over.is_set():
                squares(pool)
                task(pool)
                check(lib.parexact_lock_acquire(lock, PATIENCE))
                check(lib.parexact_lock_release(lock))
                check(lib.parexact_queue_put(queue, byref(c_int64(1)), PATIENCE))
                check(lib.parexact_queue_get(queue, PATIENCE, byref(c_int64())))
        except BaseException as error:
            wrong.append(error)

    with new("pool", 2) as pool, new("lock") as lock, new("queue", 1, 8) as queue:

        def child() -> None:
            assert lib.parexact_lock_acquire(lock, -1) == FORKED
            assert lib.parexact_queue_get(queue, -1, byref(c_int64())) == FORKED
            for each in (pool, None):
                squares(each)
                task(each)

        threads = [
            threading.Thread(target=busy, args=(each, lock, queue), daemon=True)
            for each in (pool, None, pool)
        ]
        for thread in threads:
            thread.start()
        try:
            for _ in range(count):
                in_child(child)
        finally:
            over.set()
            for thread in threads:
                thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    assert not wrong, wrong[0]


def fork_in_a_callback() -> None:
    """The child has lost the other thread that its map was running on, and is told."""
    check(lib.parexact_set_num_threads(2))
    me = threading.get_ident()
    parent = os.getpid()
    barrier = threading.Barrier(2)
    children: list[int] = []

    def work(*_: object) -> None:
        barrier.wait(PATIENCE)  # both threads are inside
        if threading.get_ident() == me:
            child = os.fork()
            if child != 0:
                children.append(child)
                barrier.wait(PATIENCE)
        else:
            barrier.wait(PATIENCE)  # until the process has forked

    callback = Guarded(MapFunction, work)
    status = run_map(callback.pointer, None, None, count=2, chunk=1)
    if os.getpid() != parent:
        try:
            assert status == FORKED
            squares(None)
            meeting(None, 2)
            os._exit(0)
        finally:
            os._exit(1)
    callback.finish(status)
    assert len(children) == 1
    await_child(children[0], 0)


def main() -> None:
    """Run what the command line names."""
    what, *rest = sys.argv[1:]
    jobs = [inherited_handles, multiprocessing_pool, fork_storm, fork_in_a_callback]
    {job.__name__: job for job in jobs}[what](*map(int, rest))
    print("ok")


if __name__ == "__main__":
    main()
