"""Long calls: answered to Ctrl-C, and shown as they go.

Python delivers Ctrl-C to the main thread, and only while that runs Python code: a call into C would end
first. So the main thread hands a call that may take more than a millisecond to a helper thread, and waits for
it where it can be interrupted. The helper has the caller's thread count and control. An interrupted call is
cancelled and waited for before the exception goes on, since it reads the caller's memory.

An exception of a signal handler may come between any two steps of the main thread. So what the two threads
share are objects whose methods are written in C, which no handler interrupts half-way: a `SimpleQueue`, and a
plain lock for each call. A helper whose user was interrupted outside the code that is prepared for it ends
when its `_Helper` is collected.
"""

from __future__ import annotations

import _thread
import atexit
import os
import threading
from ctypes import byref, c_uint64, c_void_p
from itertools import chain, islice
from queue import SimpleQueue
from typing import Any, Callable, TypeVar

from parexact import _progress, abi

T = TypeVar("T")

#: Nanoseconds that the main thread may spend in C at a time. Handing a call over takes about 13 microseconds.
SHORT = 1_000_000

#: Seconds between two looks at the progress of a call.
_LOOK = 0.1

#: Seconds between two looks whether a cancelled call has ended.
_END_LOOK = 0.02

_lib = abi.lib
_main = threading.main_thread().ident


def run(call: Callable[[], T], nanoseconds: float, progress: Any = False) -> T:
    """Return what `call` returns or raise what it raises, interruptibly if it may take long.

    `call` must raise by itself if the C function failed, since the message belongs to the thread of the call.
    It must keep alive all memory that the C function uses, and write only to memory of its own.
    """
    if not progress and (nanoseconds < SHORT or threading.get_ident() != _main):
        return call()
    helper = _take_helper()
    if helper is None:
        return call()
    return helper.run(call, progress)  # type: ignore[no-any-return]


class _Job:
    """One call, on its way from the caller to the helper thread and back."""

    def __init__(self, call: Callable[[], Any], control: c_void_p, threads: int) -> None:
        self.call: Callable[[], Any] | None = call
        self.control = control
        self.threads = threads
        self.result: Any = None
        self.error: BaseException | None = None
        self.ended = False
        #: Held until the call has ended.
        self.done = threading.Lock()
        self.done.acquire()


class _Line:
    """What a helper thread knows of its owner: where jobs come from, and its own control."""

    control: c_void_p | None = None

    def __init__(self) -> None:
        self.jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self.over = False
        #: Held until the thread is about to return.
        self.gone = threading.Lock()
        self.gone.acquire()
        self.control = c_void_p()
        if _lib.parexact_control_new(byref(self.control)) != 0:
            raise MemoryError("no memory for a control")

    def __del__(self) -> None:
        _lib.parexact_control_free(self.control)

    def work(self) -> None:
        """Make one call after the other, until None comes instead of a job."""
        while True:
            job = self.jobs.get()
            if job is None:
                break
            call, job.call = job.call, None
            assert call is not None
            _lib.parexact_set_num_threads_local(job.threads)
            _lib.parexact_control_attach(job.control)
            try:
                job.result = call()
            except BaseException as error:
                job.error = error
            _lib.parexact_control_attach(None)
            del call
            job.ended = True
            job.done.release()
            # No object of the caller's may be kept alive until the next job comes.
            del job
        self.over = True
        self.gone.release()


class _Helper:
    """A thread that makes calls for others, one at a time; it ends when nobody refers to it."""

    def __init__(self) -> None:
        self._pid = os.getpid()
        self._line = _Line()
        # `threading.Thread.start` holds locks of Python's: a handler that interrupts it could start none.
        _thread.start_new_thread(self._line.work, ())

    def run(self, call: Callable[[], Any], progress: Any) -> Any:
        """Return what `call` returns or raise what it raises; the helper is free again afterwards."""
        # A control that the caller has attached governs the call; the helper's own does if there is none.
        attached = attached_control()
        control = c_void_p(attached) if attached is not None else self._line.control
        assert control is not None
        job = _Job(call, control, _lib.parexact_get_num_threads_local())
        try:
            self._line.jobs.put(job)
            with _progress.shown(progress) as bar:
                _wait(job, bar)
        except BaseException:
            self._abandon(job)
            if attached is not None:
                # The control is the caller's, who did not cancel it.
                _lib.parexact_control_reset(control)
            raise
        if attached is None:
            _lib.parexact_control_reset(control)
        _free.append(self)
        if job.error is not None:
            try:
                raise job.error
            finally:
                # The error refers to this frame, and the frame must not refer to the error for ever.
                job.error = None
        return job.result

    def _abandon(self, job: _Job) -> None:
        """Cancel the call, wait for its end, and give the thread up. Further exceptions meanwhile change
        nothing.

        The exception may have come before the job was put, or after it ended. In the first case the helper
        finds None in the queue first, and ends.
        """
        ending = False
        while not (job.ended or self._line.over):
            try:
                _lib.parexact_control_cancel(job.control)
                if not ending:
                    self._line.jobs.put(None)
                    ending = True
                job.done.acquire(timeout=_END_LOOK)
            except BaseException:  # another Ctrl-C: the first exception is the one that is raised
                continue

    def end(self) -> None:
        """Let the thread return, and wait until it has."""
        self._line.jobs.put(None)
        self._line.gone.acquire()

    def __del__(self) -> None:
        # A forked child lacks the thread, and other threads may have been using the objects in it.
        line = getattr(self, "_line", None)
        if line is not None and os.getpid() == self._pid:
            _lib.parexact_control_cancel(line.control)
            line.jobs.put(None)


def _wait(job: _Job, bar: _progress.Bar | None) -> None:
    if bar is None:
        job.done.acquire()
        return
    done, total = c_uint64(), c_uint64()
    while not job.done.acquire(timeout=_LOOK):
        _lib.parexact_control_progress(job.control, byref(done), byref(total))
        bar.update(done.value, total.value)
    if job.error is None:
        bar.finish()


def attached_control() -> int | None:
    """Return the address of the control that is attached to this thread, or None.

    The library has one function for it, which attaches another and returns the one before. So this detaches
    and attaches again, both within one call of `extend`: a signal handler that raises in between would leave
    the control detached.
    """
    found: list[int | None] = []
    # The second argument of the two calls is the result of the first.
    found.extend(map(_lib.parexact_control_attach, islice(chain((None,), found), 2)))
    return found[0]


#: Helpers that nobody uses at the moment. A signal handler may make a call while the main thread waits for
#: another.
_free: list[_Helper] = []


def _take_helper() -> _Helper | None:
    try:
        return _free.pop()
    except IndexError:
        pass
    try:
        return _Helper()
    except (RuntimeError, MemoryError):
        # The system grants no thread: the call is made here, where nothing can interrupt it.
        return None


def _end_helpers() -> None:
    while _free:
        _free.pop().end()


def _after_fork() -> None:
    global _main
    _free.clear()
    _main = threading.get_ident()


atexit.register(_end_helpers)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
