"""Waits that Ctrl-C can end: for locks, queues and jobs, on the thread that waits.

A lock belongs to the thread that acquires it, so a wait cannot be handed to another thread. The
main thread waits a slice at a time and looks for signals in between; other threads get no signals
and wait without an end, so that the library can tell a circle of waits from a long one."""

from __future__ import annotations

import itertools
import math
import threading
import time
from typing import Any, Callable

from parexact import abi

#: Seconds that the main thread waits in C at a time.
SLICE = 0.05


def on_main_thread() -> bool:
    """Tell whether this is the thread that Python delivers signals to."""
    return threading.current_thread() is threading.main_thread()


def wait(
    call: Callable[..., int], timeout: float | None, *after: Any, undo: Callable[[], object] | None = None
) -> int:
    """Return the status of `call(seconds, *after)`, which waits so long (below 0: without an end).

    It waits `timeout` seconds in all. If `call` is written in C, a `functools.partial` of a
    function of the library, then `undo` is called if the wait succeeded just when it was
    interrupted, so that nobody else will learn of the success."""
    if timeout is not None:
        if math.isnan(timeout):
            raise ValueError("timeout must not be NaN")
        timeout = max(timeout, 0.0)
    if not on_main_thread():
        return call(-1.0 if timeout is None else timeout, *after)
    end = None if timeout is None else time.monotonic() + timeout
    statuses: list[int] = []
    try:
        while True:
            left = SLICE if end is None else min(SLICE, max(end - time.monotonic(), 0.0))
            statuses.clear()
            # Python raises KeyboardInterrupt as soon as it runs its own code again. Until `extend`
            # has returned, it does not, so that the status is in the list by then.
            statuses.extend(itertools.starmap(call, ((left, *after),)))
            status = statuses[0]
            if status != abi.PAREXACT_ERROR_TIMEOUT or (end is not None and time.monotonic() >= end):
                return status
    except BaseException:
        if undo is not None and statuses == [abi.PAREXACT_OK]:
            undo()
        raise
