"""Locks, queues and controls that Python and native functions share."""

from __future__ import annotations

import collections
import contextlib
import functools
import operator
import os
import queue
import threading
import time
import weakref
from ctypes import byref, c_double, c_uint64, c_void_p
from typing import Any

import numpy as np
import numpy.typing as npt

from parexact import abi
from parexact._errors import check, exception
from parexact._wait import wait

_lib = abi.lib

#: The controls attached to this thread, innermost last.
_local = threading.local()


class _Handle:
    """Owns a handle of the library, which lives in one process and is not pickled."""

    _free: Any

    def __init__(self) -> None:
        self._handle = c_void_p()

    @property
    def address(self) -> int:
        """The handle as a number, for native functions: the C functions take it as a pointer."""
        return int(self._handle.value or 0)

    def __reduce__(self) -> Any:
        name = type(self).__name__
        raise TypeError(
            f"a parexact.{name} lives in one process and cannot be pickled; threads share it as it is"
        )

    def __del__(self) -> None:
        handle = getattr(self, "_handle", None)
        if handle:
            self._free(handle)
            self._handle = c_void_p()


class Lock(_Handle):
    """A lock between threads, Python's and the library's.

    As `multiprocessing.Lock`, but for threads of one process. It belongs to the thread that
    acquired it. A wait without a timeout that could never end, because the holder waits for this
    thread, by whatever detours, or has ended, raises `DeadlockError`. The main thread waits in
    slices, so that others find the circles it is in, and it waits on for a holder that has ended.

    Examples
    --------
    >>> import parexact
    >>> lock = parexact.Lock()
    >>> with lock:
    ...     pass
    """

    _free = _lib.parexact_lock_free

    def __init__(self) -> None:
        super().__init__()
        check(_lib.parexact_lock_new(byref(self._handle)))

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Take the lock, and return True; False if it was not to be had at once, or within
        `timeout` seconds."""
        status = wait(
            functools.partial(_lib.parexact_lock_acquire, self._handle),
            timeout if block else 0.0,
            undo=functools.partial(_lib.parexact_lock_release, self._handle),
        )
        if status == abi.PAREXACT_ERROR_TIMEOUT:
            return False
        if status == abi.PAREXACT_ERROR_DEADLOCK and not block:
            return False
        check(status)
        return True

    def release(self) -> None:
        """Give the lock back; RuntimeError unless this thread holds it."""
        check(_lib.parexact_lock_release(self._handle))

    def __enter__(self) -> Lock:
        self.acquire()
        return self

    def __exit__(self, *exception: object) -> None:
        self.release()


class Queue:
    """A queue between threads: ``Queue(maxsize=0, dtype=None)``.

    Without a dtype it holds Python objects. With one it holds records of that dtype, which native
    functions put and get, too, by ``parexact_queue_put`` and ``parexact_queue_get`` on its
    ``address``. Full and empty queues raise `queue.Full` and `queue.Empty` where `queue.Queue`
    does. Nobody can know who will put something into a queue: give waits a timeout.

    Examples
    --------
    >>> import parexact
    >>> q = parexact.Queue()
    >>> q.put("a"); q.put("b")
    >>> q.get(), q.qsize()
    ('a', 1)
    """

    def __new__(cls, maxsize: int = 0, dtype: npt.DTypeLike | None = None) -> Queue:
        kind: type[Queue] = cls
        if kind is Queue:
            kind = _ObjectQueue if dtype is None else _RecordQueue
        return super().__new__(kind)

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Put an item; wait for room, `timeout` seconds at most. ValueError if the queue is closed."""
        raise NotImplementedError

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Return the oldest item; wait for one, `timeout` seconds at most. ValueError if the queue
        is closed and empty."""
        raise NotImplementedError

    def put_nowait(self, item: Any) -> None:
        """Put an item if there is room."""
        self.put(item, block=False)

    def get_nowait(self) -> Any:
        """Return the oldest item if there is one."""
        return self.get(block=False)

    def qsize(self) -> int:
        """Return how many items there are at the moment."""
        raise NotImplementedError

    def empty(self) -> bool:
        """Tell whether there is no item at the moment."""
        return self.qsize() == 0

    def full(self) -> bool:
        """Tell whether there is no room at the moment."""
        raise NotImplementedError

    def close(self) -> None:
        """Let nothing more be put, and wake everybody who waits. What is inside can still be got."""
        raise NotImplementedError

    def __reduce__(self) -> Any:
        raise TypeError(
            "a parexact.Queue lives in one process and cannot be pickled; threads share it as it is"
        )


class _ObjectQueue(Queue):
    def __init__(self, maxsize: int = 0, dtype: npt.DTypeLike | None = None) -> None:
        self._maxsize = operator.index(maxsize)
        self._items: collections.deque[Any] = collections.deque()
        self._closed = False
        self._changed = threading.Condition()
        _object_queues.add(self)

    def _wait(self, block: bool, timeout: float | None, full: type[Exception]) -> None:
        """Wait for a change, under the lock; raise `full` if that takes too long."""
        if not block or not self._changed.wait(timeout):
            raise full

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        end = _end(timeout) if block else None
        with self._changed:
            while self.full() and not self._closed:
                self._wait(block, _left(end), queue.Full)
            if self._closed:
                raise ValueError("the queue is closed")
            self._items.append(item)
            self._changed.notify_all()

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        end = _end(timeout) if block else None
        with self._changed:
            while not self._items:
                if self._closed:
                    raise ValueError("the queue is closed and empty")
                self._wait(block, _left(end), queue.Empty)
            item = self._items.popleft()
            self._changed.notify_all()
            return item

    def qsize(self) -> int:
        return len(self._items)

    def full(self) -> bool:
        return 0 < self._maxsize <= len(self._items)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()


#: All queues of objects, for forked children.
_object_queues: weakref.WeakSet[_ObjectQueue] = weakref.WeakSet()


def _after_fork() -> None:
    """Make the locks of queues anew, which threads of the parent process may have held."""
    for each in list(_object_queues):
        each._changed = threading.Condition()


os.register_at_fork(after_in_child=_after_fork)


class _RecordQueue(_Handle, Queue):
    _free = _lib.parexact_queue_free

    def __init__(self, maxsize: int = 0, dtype: npt.DTypeLike | None = None) -> None:
        super().__init__()
        self._maxsize = max(operator.index(maxsize), 0)
        self._dtype = np.dtype(dtype)
        if self._dtype.hasobject:
            raise TypeError(
                f"records of type {self._dtype} hold Python objects; leave the dtype out for these"
            )
        if self._dtype.itemsize == 0:
            raise ValueError(
                f"records of type {self._dtype} have no bytes; say how long they are, as in 'U10'"
            )
        #: Records whose `get` was interrupted when it had them already.
        self._rescued: collections.deque[Any] = collections.deque()
        check(_lib.parexact_queue_new(self._maxsize, self._dtype.itemsize, byref(self._handle)))

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        record = np.empty((), self._dtype)
        record[()] = item
        put = functools.partial(_lib.parexact_queue_put, self._handle, record.ctypes.data)
        _check_queue(wait(put, _allowed(timeout) if block else 0.0), queue.Full)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        record = np.empty((), self._dtype)
        if self._rescued:
            # Another thread may take the last one first.
            with contextlib.suppress(IndexError):
                return self._rescued.popleft()
        status = wait(
            functools.partial(_lib.parexact_queue_get, self._handle),
            _allowed(timeout) if block else 0.0,
            record.ctypes.data,
            undo=lambda: self._rescued.append(record[()]),
        )
        _check_queue(status, queue.Empty)
        return record[()]

    def qsize(self) -> int:
        return int(_lib.parexact_queue_length(self._handle)) + len(self._rescued)

    def full(self) -> bool:
        return 0 < self._maxsize <= self.qsize()

    def close(self) -> None:
        check(_lib.parexact_queue_close(self._handle))


def _check_queue(status: int, late: type[Exception]) -> None:
    if status == abi.PAREXACT_ERROR_TIMEOUT:
        raise late
    if status == abi.PAREXACT_ERROR_CLOSED:
        raise ValueError(str(exception(status)))
    check(status)


def _allowed(timeout: float | None) -> float | None:
    """Return the timeout if it is one: `queue.Queue` refuses negative ones."""
    if timeout is not None and not timeout >= 0:
        raise ValueError("'timeout' must be a non-negative number")
    return timeout


def _end(timeout: float | None) -> float | None:
    allowed = _allowed(timeout)
    return None if allowed is None else time.monotonic() + allowed


def _left(end: float | None) -> float | None:
    return None if end is None else max(end - time.monotonic(), 0.0)


class Control(_Handle):
    """Progress and cancellation of the calls that a thread makes inside a ``with`` block.

    Another thread, or a signal handler, cancels them by ``cancel()``; a cancelled call raises
    `CancelledError`. Jobs that were started inside are governed, too.

    Examples
    --------
    >>> import parexact
    >>> control = parexact.Control()
    >>> with control:
    ...     stats = parexact.my_statistics(1_000_000)
    >>> done, total = control.progress
    >>> done == total > 0
    True
    """

    _free = _lib.parexact_control_free

    def __init__(self) -> None:
        super().__init__()
        check(_lib.parexact_control_new(byref(self._handle)))

    @staticmethod
    def current() -> Control | None:
        """Return the control of the innermost block that this thread is in, or None."""
        attached: list[Any] = _local.__dict__.setdefault("attached", [])
        return attached[-1][0] if attached else None

    def __enter__(self) -> Control:
        attached: list[Any] = _local.__dict__.setdefault("attached", [])
        attached.append((self, _lib.parexact_control_attach(self._handle)))
        return self

    def __exit__(self, *exception: object) -> None:
        _lib.parexact_control_attach(_local.attached.pop()[1])

    def cancel(self) -> None:
        """Let the governed calls end at the next opportunity, within 50 ms, and the later ones at once."""
        _lib.parexact_control_cancel(self._handle)

    @property
    def cancelled(self) -> bool:
        """Whether anybody cancelled the control since it was made or reset."""
        # The library has no function that tells. But any call under a cancelled control answers
        # CANCELLED, and the sum of no values is the shortest.
        previous = _lib.parexact_control_attach(self._handle)
        status = _lib.parexact_sum_f64(None, 0, byref(c_double()))
        _lib.parexact_control_attach(previous)
        return bool(status == abi.PAREXACT_ERROR_CANCELLED)

    @property
    def progress(self) -> tuple[int, int]:
        """How much of the running call is done, and of how much; (0, 0) if nothing is known."""
        done, total = c_uint64(), c_uint64()
        _lib.parexact_control_progress(self._handle, byref(done), byref(total))
        return done.value, total.value

    def reset(self) -> None:
        """Make the control as new: not cancelled, without progress."""
        _lib.parexact_control_reset(self._handle)
