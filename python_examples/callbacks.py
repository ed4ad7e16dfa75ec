"""Python functions as callbacks of the library, and what becomes of them when Python exits.

Two rules:

- No exception may leave a callback: ctypes would print it, and C would take rubbish for an answer.
  `Guarded` catches it, stores it, and answers 1, which the library reports as CALLBACK_FAILED;
  `finish` raises what was stored.
- No callback may want Python when there is none any more: that ends the process by a signal. So
  `Background` has an atexit function that cancels its jobs and waits for them.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable
from ctypes import byref
from typing import Any

from raw import CALLBACK_FAILED, check, control, job, lib


class Guarded:
    """A Python function as a callback: give `pointer` to C, and keep this object meanwhile."""

    def __init__(self, kind: Any, function: Callable[..., object]) -> None:
        self.function = function
        self.exception: BaseException | None = None
        self.pointer = kind(self._call)

    def _call(self, *arguments: Any) -> int:
        """Run on any thread, by C."""
        try:
            self.function(*arguments)
            return 0
        except BaseException as exception:  # KeyboardInterrupt too: nothing may pass
            self.exception = self.exception or exception
            return 1

    def finish(self, status: int) -> None:
        """Raise what the function raised, or else what went wrong, if anything did."""
        exception, self.exception = self.exception, None
        if status == CALLBACK_FAILED and exception is not None:
            raise exception
        check(status)


class Background:
    """Jobs under one control, cancelled and waited for before Python is gone."""

    def __init__(self) -> None:
        self.control = control()
        check(lib.parexact_control_new(byref(self.control)))
        # With their arguments: the arrays and callbacks must not go away before the jobs do.
        self.jobs: list[tuple[Any, tuple[Any, ...]]] = []
        atexit.register(self.close)

    def start(self, function: Any, *arguments: Any) -> Any:
        """Call parexact_map_async or parexact_submit; return the job."""
        handle = job()
        previous = lib.parexact_control_attach(self.control)
        try:
            check(function(*arguments, byref(handle)))
        finally:
            lib.parexact_control_attach(previous)
        self.jobs.append((handle, arguments))
        return handle

    def cancel(self) -> None:
        """Ask all of them to stop."""
        lib.parexact_control_cancel(self.control)

    def close(self) -> None:
        """Cancel, wait, and free; once is enough."""
        atexit.unregister(self.close)
        self.cancel()
        while self.jobs:
            handle, _ = self.jobs.pop()
            lib.parexact_job_wait(handle, -1)
            lib.parexact_job_free(handle)
        lib.parexact_control_free(self.control)
        self.control = control()
