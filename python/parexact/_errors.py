"""What a failed call becomes: an exception of Python's own kind where there is one, else `Error`."""

from __future__ import annotations

import builtins
import concurrent.futures
import multiprocessing
import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from parexact import abi


class Error(RuntimeError):
    """A call of the library failed in a way that no exception of Python's stands for.

    Attributes
    ----------
    status : int
        The status that the C function answered, one of ``parexact.abi.PAREXACT_ERROR_*``.
    """

    status: int = abi.PAREXACT_ERROR_INTERNAL

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        if status is not None:
            self.status = status

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.status)


class DeadlockError(Error):
    """Waiting here could never end: those who could end it wait for this thread, or have ended themselves."""

    status = abi.PAREXACT_ERROR_DEADLOCK


class TimeoutError(Error, multiprocessing.TimeoutError, builtins.TimeoutError):
    """The time given to a wait was over first. It is multiprocessing's and Python's own
    `TimeoutError`, too."""

    status = abi.PAREXACT_ERROR_TIMEOUT


class CancelledError(Error, concurrent.futures.CancelledError):
    """The control in force was cancelled. It is `concurrent.futures.CancelledError`, too."""

    status = abi.PAREXACT_ERROR_CANCELLED


_KINDS: dict[int, type[Exception]] = {
    abi.PAREXACT_ERROR_INVALID_ARGUMENT: ValueError,
    abi.PAREXACT_ERROR_SIZE_OVERFLOW: ValueError,
    abi.PAREXACT_ERROR_NAN_FOUND: ValueError,
    abi.PAREXACT_ERROR_BAD_STATE: ValueError,
    abi.PAREXACT_ERROR_NO_MEMORY: MemoryError,
    abi.PAREXACT_ERROR_CANCELLED: CancelledError,
    abi.PAREXACT_ERROR_TIMEOUT: TimeoutError,
    abi.PAREXACT_ERROR_DEADLOCK: DeadlockError,
}


def exception(status: int) -> Exception:
    """Return the exception for a failed call of this thread, with the library's message about it."""
    message = abi.lib.parexact_last_error().decode()
    kind = _KINDS.get(status)
    if kind is None:
        return Error(message, status)
    return kind(message)


def check(status: int) -> None:
    """Raise what a status stands for, unless it is success; on the thread that made the call."""
    if status != 0:
        raise exception(status)


def check_results(status: int, shape: tuple[int, ...]) -> None:
    """Raise what the status of a call for results of this shape stands for, unless it is success.

    The library numbers results by their places in memory; the message tells the index instead.
    """
    if status != 0:
        raise with_index(exception(status), "result", lambda place: np.unravel_index(place, shape))


def with_index(error: Exception, name: str, index: Callable[[int], Iterable[Any]]) -> Exception:
    """Return an error of the library with the caller's name and index instead of its own place in memory."""
    found = re.match(r"\w+\[(\d+)\]: (.*)", str(error), re.DOTALL)
    if found is None:
        return error
    place = ", ".join(str(i) for i in index(int(found[1])))
    return type(error)(f"{name}[{place}]: {found[2]}" if place else f"{name}: {found[2]}")
