"""Python functions as jobs of a pool: chunks of calls, handed over to the library one by one."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import queue
import threading
import time
import types
from ctypes import byref, c_void_p
from typing import TYPE_CHECKING, Any, Callable

from parexact import abi
from parexact._errors import CancelledError, check
from parexact._sync import Control
from parexact._wait import wait

if TYPE_CHECKING:
    from parexact._pool import Pool

_lib = abi.lib

#: What a thread keeps from one job to the next: which pools have called their initializer on it, for one.
local = threading.local()

#: The statuses by which a wait for a job says that the job is over.
OVER = (abi.PAREXACT_OK, abi.PAREXACT_ERROR_CALLBACK_FAILED, abi.PAREXACT_ERROR_CANCELLED)

#: Chunks that have not begun, by the number that the library hands back. It keeps their pools alive, too.
_handed_over: dict[int, Chunk] = {}
_numbers = itertools.count(1)


class Job:
    """A handle of a job."""

    def __init__(self) -> None:
        self.handle = c_void_p()

    def look(self, seconds: float) -> int:
        """Wait in the library, and return its status. A job that is being submitted is not over."""
        if not self.handle:
            time.sleep(0.001)
            return abi.PAREXACT_ERROR_TIMEOUT
        return int(_lib.parexact_job_wait(self.handle, seconds))

    def __del__(self) -> None:
        if self.handle:
            _lib.parexact_job_free(self.handle)


class Batch:
    """What the chunks of one `map`, `apply` or `imap` have in common."""

    def __init__(self, pool: Pool, function: Callable[[Any], Any]) -> None:
        self.pool = pool
        self.function = function
        self.control = Control.current()
        self.cancelled = False
        self.lock = threading.Lock()
        #: Chunks that are done, in the order in which they ended.
        self.arrived: queue.SimpleQueue[Chunk] = queue.SimpleQueue()
        self.on_end: Callable[[Chunk], None] = self.arrived.put

    def is_cancelled(self) -> bool:
        return (
            self.cancelled or self.pool._terminated or (self.control is not None and self.control.cancelled)
        )


class Chunk(Job):
    """Some calls of a Python function, one after the other, as one job of a pool."""

    def __init__(self, batch: Batch, calls: list[Any]) -> None:
        super().__init__()
        self.batch = batch
        self.number = next(_numbers)
        self.calls = calls
        self.results: list[Any] = []
        self.error: BaseException | None = None
        self.traceback: types.TracebackType | None = None
        #: The thread that makes the calls at the moment.
        self.thread: int | None = None
        #: Whether the thread that submits makes the calls itself, since no worker was granted.
        self.inline = False
        #: Whether the results, or the error, are there.
        self.done = False
        #: Whether `on_end` has been called as well, so that nothing remains to be done.
        self.over = False

    def submit(self) -> None:
        """Hand the chunk over to the pool; make the calls here and now if no worker is granted.

        A control is not attached to the job, since the library would not begin a cancelled one, and
        nobody would be told of its end. `run` attaches it."""
        batch = self.batch
        nested = getattr(local, "submitting", False)
        _handed_over[self.number] = self
        batch.pool._active.add(self)
        try:
            local.submitting = True
            if batch.control is not None:
                _lib.parexact_control_attach(None)
            check(_lib.parexact_submit(batch.pool._handle, _RUN_CHUNK, self.number, byref(self.handle)))
        except BaseException:
            if self.inline or not self.handle:
                self._withdraw()
                self._cancel()
            raise
        finally:
            local.submitting = nested
            if batch.control is not None:
                _lib.parexact_control_attach(batch.control._handle)
        if self.inline:
            self._withdraw()
            self.run()
            self.over = True

    def run(self) -> None:
        """Make the calls, and tell who wants to know."""
        batch = self.batch
        self.thread = threading.get_ident()
        try:
            with contextlib.nullcontext() if batch.control is None else batch.control:
                batch.pool._initialize()
                for call in self.calls:
                    if batch.is_cancelled():
                        raise CancelledError(
                            "the pool was terminated, or the call cancelled, before this was called"
                        )
                    self.results.append(batch.function(call))
        except BaseException as error:
            # Without the frame of this function, which would make a circle of references.
            self._fail(error, None if error.__traceback__ is None else error.__traceback__.tb_next)
        finally:
            self.thread = None
        self._end()

    def wait(self, timeout: float | None) -> bool:
        """Wait until the job is over, and tell whether it is. On a worker the library runs it here
        if it has not begun."""
        if not self.over:
            status = wait(self._look, timeout)
            if status == abi.PAREXACT_ERROR_TIMEOUT:
                return False
            if status not in OVER:
                check(status)
            self._settle()
        return self.over

    def poll(self) -> bool:
        """Tell whether the job is over."""
        if not self.over and self._look(0.0) in OVER:
            self._settle()
        return self.over

    def _look(self, seconds: float) -> int:
        if not self.inline:
            return self.look(seconds)
        if not self.done:
            time.sleep(0.001)
        return abi.PAREXACT_OK if self.done else abi.PAREXACT_ERROR_TIMEOUT

    def _settle(self) -> None:
        """Mark a job that is over without results as cancelled: it never began, or was ended by force."""
        if self.inline and not self.done:
            return
        self._withdraw()
        self._cancel()
        self.over = True

    def _cancel(self) -> None:
        """Record that the calls were cancelled, unless their results are there."""
        self._fail(CancelledError("the call was cancelled before it began"), None)
        self._end()

    def _withdraw(self) -> None:
        """Keep a chunk that has not begun from beginning."""
        _handed_over.pop(self.number, None)

    def _fail(self, error: BaseException, where: types.TracebackType | None) -> None:
        if not self.done:
            self.error, self.traceback = error, where

    def _end(self) -> None:
        with self.batch.lock:
            if self.done:
                return
            self.done = True
        self.calls = []
        self.batch.on_end(self)
        self.batch.pool._active.discard(self)


def _run_chunk(number: int | None) -> int:
    """Run a chunk: what the library calls. It must let no exception out, or C would take the answer
    for a status."""
    if getattr(local, "submitting", False):
        # No worker was granted, so that the library runs the job in the call that submits it. On
        # the main thread a signal would be lost here: let the caller make the calls in plain
        # Python.
        refused = _handed_over.get(number or 0)
        if refused is not None:
            refused.inline = True
        return 1
    _keep_thread_state()
    chunk = _handed_over.pop(number or 0, None)
    if chunk is None:
        return 0
    local.depth = getattr(local, "depth", 0) + 1
    try:
        chunk.run()
    finally:
        local.depth -= 1
    return 0


_RUN_CHUNK = abi.parexact_task_fn(_run_chunk)


def _keep_thread_state() -> None:
    """Let what Python knows of this thread outlive the callback, so that `threading.local` keeps its values.

    ctypes makes a thread state when C calls on a thread that Python did not start, and drops it
    when the callback returns. One more reference, held until the process ends, keeps it."""
    if not hasattr(local, "kept"):
        ctypes.pythonapi.PyGILState_Ensure()
        local.kept = True


def on_worker() -> bool:
    """Tell whether this is inside a Python function that a pool called."""
    return getattr(local, "depth", 0) > 0


def forget() -> None:
    """Forget all chunks: those of the parent process, in a child."""
    _handed_over.clear()
