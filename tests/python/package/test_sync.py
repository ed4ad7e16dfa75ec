"""Locks, queues and controls that Python and native functions share."""

from __future__ import annotations

import copy
import ctypes
import pickle
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from parexact import abi
from parexact._errors import DeadlockError, Error
from parexact._pool import Pool
from parexact._quadrature import pi
from parexact._sync import Control, Lock, Queue

from programs import interrupted, run

PROMPT = 1.0  # seconds; see test_pool


def in_thread(call):
    """Return what a call returns on another thread."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(call).result(30)


# --- locks --------------------------------------------------------------------------------------------


def test_lock_excludes_other_threads():
    lock = Lock()
    assert lock.acquire()
    assert not in_thread(lambda: lock.acquire(False))
    assert not in_thread(lambda: lock.acquire(timeout=0.02))
    assert not in_thread(lambda: lock.acquire(block=True, timeout=-1))
    lock.release()
    assert in_thread(lambda: lock.acquire(False) and lock.release() is None)
    with pytest.raises(ValueError, match="NaN"):
        lock.acquire(timeout=float("nan"))


def test_lock_counts_right():
    lock = Lock()
    total = [0]

    def add():
        for _ in range(200):
            with lock:
                before = total[0]
                time.sleep(0)
                total[0] = before + 1

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert total == [800]


def test_only_the_holder_releases():
    lock = Lock()
    with pytest.raises(RuntimeError):
        lock.release()
    lock.acquire()
    with pytest.raises(RuntimeError):
        in_thread(lock.release)
    lock.release()


def test_block_releases_after_exceptions():
    lock = Lock()
    with pytest.raises(KeyError), lock:
        raise KeyError
    assert lock.acquire(False)


def test_waits_without_an_end_raise():
    lock = Lock()
    with lock:
        with pytest.raises(DeadlockError):
            lock.acquire()
        assert not lock.acquire(False)


def test_a_holder_that_has_ended_is_waited_for_in_vain():
    lock = Lock()
    in_thread(lock.acquire)
    with pytest.raises(DeadlockError):
        in_thread(lock.acquire)


def test_a_circle_of_two_threads_raises_in_one_of_them():
    first, second = Lock(), Lock()
    both = threading.Barrier(2)
    outcomes = []

    def take(one, two):
        with one:
            both.wait(20)
            try:
                with two:
                    outcomes.append("taken")
            except DeadlockError:
                outcomes.append("deadlock")

    threads = [threading.Thread(target=take, args=pair) for pair in [(first, second), (second, first)]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert "deadlock" in outcomes
    assert len(outcomes) == 2


# --- queues -------------------------------------------------------------------------------------------

BOTH = pytest.mark.parametrize("dtype", [None, np.int64])


@BOTH
def test_queue_behaves_as_pythons(dtype):
    ours, theirs = Queue(2, dtype), queue.Queue(2)
    for q in (ours, theirs):
        assert (q.empty(), q.full(), q.qsize()) == (True, False, 0)
        with pytest.raises(queue.Empty):
            q.get_nowait()
        with pytest.raises(queue.Empty):
            q.get(timeout=0.01)
        q.put(1)
        q.put(2, True, 1)
        assert (q.empty(), q.full(), q.qsize()) == (False, True, 2)
        for refused in (
            lambda q=q: q.put_nowait(3),
            lambda q=q: q.put(3, False),
            lambda q=q: q.put(3, timeout=0.01),
        ):
            with pytest.raises(queue.Full):
                refused()
        assert [q.get(), q.get(False)] == [1, 2]
        for wrong in (lambda q=q: q.get(timeout=-1), lambda q=q: q.put(1, timeout=-1)):
            with pytest.raises(ValueError):
                wrong()


@BOTH
def test_queue_without_a_limit(dtype):
    for maxsize in (0, -1):
        q = Queue(maxsize, dtype)
        for i in range(1000):
            q.put_nowait(i)
        assert not q.full()
        assert [q.get_nowait() for _ in range(1000)] == list(range(1000))


@BOTH
def test_close_wakes_those_who_wait(dtype):
    empty, full = Queue(1, dtype), Queue(1, dtype)
    full.put(1)
    with ThreadPoolExecutor(4) as threads:
        waits = [threads.submit(empty.get) for _ in range(2)] + [
            threads.submit(full.put, 2) for _ in range(2)
        ]
        time.sleep(0.05)
        empty.close()
        full.close()
        for wait in waits:
            with pytest.raises(ValueError, match="closed"):
                wait.result(30)
    full.close()
    assert full.get() == 1
    for refused in (full.get, full.get_nowait, lambda: full.put(1)):
        with pytest.raises(ValueError, match="closed"):
            refused()


@BOTH
def test_everything_arrives_once(dtype):
    q = Queue(3, dtype)

    def produce(i):
        for j in range(100):
            q.put(100 * i + j)

    with ThreadPoolExecutor(8) as threads:
        made = [threads.submit(produce, i) for i in range(4)]
        got = [threads.submit(lambda: [q.get() for _ in range(100)]) for _ in range(4)]
        for each in made:
            each.result(60)
        numbers = sorted(int(number) for each in got for number in each.result(60))
    assert numbers == list(range(400))


def test_objects_stay_what_they_are():
    q = Queue()
    thing = object()
    q.put(thing)
    q.put(None)
    assert q.get() is thing
    assert q.get() is None
    assert not hasattr(q, "address")


def test_records():
    dtype = np.dtype([("name", "S4"), ("value", "f8")])
    q = Queue(dtype=dtype)
    q.put((b"abc", 1.5))
    record = q.get()
    assert record.dtype == dtype
    assert record.item() == (b"abc", 1.5)
    vector = Queue(dtype=np.dtype((np.float64, 3)))
    vector.put([1, 2, 3])
    assert vector.get().tolist() == [1, 2, 3]
    with pytest.raises(TypeError, match="objects"):
        Queue(dtype=object)
    for without_bytes in ("U", "S", "V"):
        with pytest.raises(ValueError, match="bytes"):
            Queue(dtype=without_bytes)
    with pytest.raises((TypeError, ValueError)):
        q.put("no record")
    with pytest.raises(TypeError):
        Queue(1.5)


def test_native_functions_use_queues_and_locks_by_address():
    numba = pytest.importorskip("numba")
    import llvmlite.binding
    from numba import types

    llvmlite.binding.load_library_permanently(abi.lib._name)
    put = types.ExternalFunction(
        "parexact_queue_put", types.int32(types.voidptr, types.voidptr, types.float64)
    )
    acquire = types.ExternalFunction("parexact_lock_acquire", types.int32(types.voidptr, types.float64))
    release = types.ExternalFunction("parexact_lock_release", types.int32(types.voidptr))
    q, lock = Queue(dtype=np.float64), Lock()
    handles = np.array([q.address, lock.address], dtype=np.intp)
    total = np.zeros(1)

    @numba.extending.intrinsic
    def as_pointer(context, number):
        def generate(context, builder, signature, arguments):
            return builder.inttoptr(arguments[0], context.get_value_type(types.voidptr))

        return types.voidptr(number), generate

    @numba.cfunc("int32(CPointer(float64), CPointer(float64), CPointer(intp))")
    def send(item, result, user):
        lock = as_pointer(user[1])
        if acquire(lock, -1.0) != 0:
            return 1
        result[0] = item[0]
        release(lock)
        return put(as_pointer(user[0]), as_pointer(user[2] + 8 * 0), -1.0)

    handles = np.append(handles, total.ctypes.data)
    total[0] = 7.0
    with Pool(2) as pool:
        pool.map(send, np.arange(50.0), user_data=handles)
    assert [q.get_nowait() for _ in range(50)] == [7.0] * 50


def test_handles_by_ctypes():
    q, lock, control = Queue(dtype="i8"), Lock(), Control()
    for handle in (q, lock, control):
        assert isinstance(handle.address, int)
        assert handle.address > 0
    assert abi.lib.parexact_queue_put(q.address, ctypes.byref(ctypes.c_int64(5)), 0.0) == 0
    assert q.get() == 5
    assert abi.lib.parexact_lock_acquire(lock.address, 0.0) == 0
    assert not in_thread(lambda: lock.acquire(False))
    lock.release()
    abi.lib.parexact_control_cancel(control.address)
    assert control.cancelled


# --- controls -----------------------------------------------------------------------------------------


def test_control_cancels_and_recovers():
    control = Control()
    assert control.progress == (0, 0)
    with control:
        assert Control.current() is control
        pi(1_000_000)
        done, total = control.progress
        assert done == total > 0
        control.cancel()
        assert control.cancelled
        with pytest.raises(Error, match="cancel"):
            pi(1000)
        control.reset()
        assert not control.cancelled
        assert control.progress == (0, 0)
        pi(1000)
    assert Control.current() is None
    control.cancel()
    pi(1000)


def test_controls_nest():
    outer, inner = Control(), Control()
    with outer:
        with inner:
            inner.cancel()
            with pytest.raises(Error):
                pi(1000)
        assert Control.current() is outer
        pi(1000)
        with outer:
            pi(1000)
        assert Control.current() is outer


def test_another_thread_cancels():
    control = Control()
    threading.Timer(0.1, control.cancel).start()
    with control, pytest.raises(Error, match="cancel"):
        pi(2**50)


@pytest.mark.parametrize("make", [Lock, Queue, Control, lambda: Queue(dtype="f8")])
def test_handles_are_not_pickled(make):
    thing = make()
    for refuse in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="one process"):
            refuse(thing)


# --- Ctrl-C and forks ---------------------------------------------------------------------------------

PREPARATION = """
from parexact._sync import Lock, Queue, Control
lock, q, records, full = Lock(), Queue(), Queue(dtype="f8"), Queue(1, "f8")
full.put(1.0)
free = threading.Event()
def hold():
    with lock:
        free.wait(20)
    time.sleep(20)
threading.Thread(target=hold, daemon=True).start()
while lock.acquire(False):
    lock.release()
"""


@pytest.mark.parametrize(
    "call",
    [
        "lock.acquire()",
        "lock.acquire(timeout=20)",
        "lock.__enter__()",
        "q.get()",
        "q.get(timeout=20)",
        "records.get()",
        "records.get(timeout=20)",
        "full.put(2.0)",
    ],
)
def test_interrupt(call):
    afterwards = """
    free.set()
    assert lock.acquire(timeout=20)
    lock.release()
    q.put(1); records.put(2.0)
    assert (q.get(), records.get(), full.get()) == (1, 2.0, 1.0)
    """
    assert interrupted(PREPARATION, call, afterwards) < PROMPT


def test_what_an_interrupted_wait_got_is_not_lost():
    """The signal comes first, and what is waited for in the same slice: the wait ends by both."""
    run("""
    import os, signal, threading, time
    from parexact._sync import Lock, Queue
    def stay():
        # Another thread may have got the signal: Python raises once this one takes the GIL.
        for _ in range(400):
            time.sleep(0.05)
    def between(action):
        def act():
            time.sleep(0.07)
            os.kill(os.getpid(), signal.SIGINT)
            action()
        threading.Thread(target=act).start()
    records = Queue(dtype="f8")
    got = 0
    for i in range(20):
        between(lambda: records.put(float(i)))
        try:
            value = records.get(timeout=20)
            try:
                stay()
            except KeyboardInterrupt:
                pass
        except KeyboardInterrupt:
            value = records.get(timeout=20)
        assert value == float(i), (value, i)
    lock = Lock()
    for i in range(20):
        held, let_go = threading.Event(), threading.Event()
        def hold():
            with lock:
                held.set()
                let_go.wait(20)
        holder = threading.Thread(target=hold)
        holder.start()
        held.wait(20)
        between(let_go.set)
        acquired = False
        try:
            acquired = lock.acquire()
            stay()  # the signal may come just after the wait
            raise SystemExit("not interrupted")
        except KeyboardInterrupt:
            pass
        if acquired:
            lock.release()
        holder.join()
        assert lock.acquire(timeout=20)
        lock.release()
    """)


def test_queues_of_objects_in_forked_children():
    run(
        """
    import os, threading
    from parexact._sync import Queue
    q = Queue()
    q.put(1)
    with q._changed:
        child = os.fork()
        if child == 0:
            q.put(2)
            os._exit(0 if [q.get(), q.get()] == [1, 2] else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert q.qsize() == 1
    """,
        timeout=20,
    )


def test_locks_of_the_parent_are_refused_in_children():
    run("""
    import os
    from parexact._errors import Error
    from parexact._sync import Lock, Queue
    lock, records = Lock(), Queue(dtype="f8")
    child = os.fork()
    if child == 0:
        status = 1
        try:
            lock.acquire()
        except Error:
            try:
                records.get()
            except Error:
                status = 0
        os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    """)
