"""Integrals by the midpoint rule, whose sums are exact: the same bits on any number of threads."""

from __future__ import annotations

import atexit
import operator
import time
from ctypes import byref, c_double
from typing import Any

import numpy as np

from parexact import abi
from parexact._errors import check
from parexact._native import function_address
from parexact._run import SHORT, run

_lib = abi.lib


def pi(n: int) -> float:
    """Return π by the midpoint rule for the integral of 4/(1+x²) from 0 to 1 with `n` points: the
    workshop's exercise.

    Parameters
    ----------
    n : int
        1 to 2**52. The error is about 1/(12 n²); a point takes about a nanosecond on one thread.

    Examples
    --------
    >>> import parexact
    >>> parexact.pi(10)
    3.142425985001098
    """
    points = operator.index(n)
    out = c_double()

    def call() -> float:
        check(_lib.parexact_pi(points, byref(out)))
        return out.value

    if not 1 <= points <= 2**52:
        raise ValueError(f"n is {points}, but must be from 1 to 2**52")
    return run(call, points)


def integrate(f: Any, a: float, b: float, n: int) -> float:
    """Return the integral of `f` from `a` to `b` by the midpoint rule with `n` points.

    Parameters
    ----------
    f : callable or native function
        A function of an array: it gets 1024 points at a time, at the end perhaps fewer, and returns
        as many values. Or a native function with the signature of ``parexact_block_fn``: a
        ``numba.cfunc``, a ctypes function pointer or an address. It runs on several threads at
        once, a Python function on one at a time because of the interpreter's lock.
    a, b : float
        Bounds, finite.
    n : int
        1 to 2**52 points; the values are summed exactly.

    Raises
    ------
    Whatever `f` raises, with its traceback.

    Examples
    --------
    >>> import numpy as np, parexact
    >>> parexact.integrate(np.sin, 0, np.pi, 1000)
    2.0000008224672703
    """
    points = operator.index(n)
    if not 1 <= points <= 2**52:
        raise ValueError(f"n is {points}, but must be from 1 to 2**52")
    lower, upper = float(a), float(b)
    address = function_address(f)
    if address is None and not callable(f):
        raise TypeError(f"f must be a function, not {type(f).__name__}")
    errors: list[BaseException] = []
    callback = abi.parexact_block_fn(_block_function(f, errors) if address is None else address)
    out = c_double()

    def call() -> float:
        mark = object()
        _running.add(mark)
        try:
            status = _lib.parexact_integrate(callback, None, lower, upper, points, byref(out))
        finally:
            _running.discard(mark)
        if errors:
            raise errors[0]
        check(status)
        return out.value

    # If the main thread ran Python callbacks itself, a signal that arrives as one begins would be lost.
    return run(call, SHORT if address is None else 10 * points)


def _block_function(f: Any, errors: list[BaseException]) -> Any:
    def block(x: Any, y: Any, count: int, user_data: int | None) -> int:
        if _ending:
            return 1
        try:
            points = np.ctypeslib.as_array(x, (count,))
            points.flags.writeable = False
            values = np.asarray(f(points))
            if values.ndim > 1:
                raise ValueError(f"f returned an array of shape {values.shape} for {count} points")
            np.copyto(np.ctypeslib.as_array(y, (count,)), values, casting="same_kind")
        except BaseException as error:
            errors.append(error)
            return 1
        return 0

    return block


#: One object for each integral that is being computed on any thread.
_running: set[object] = set()

#: Whether the interpreter is ending.
_ending = False


def _end() -> None:
    """Let integrals on daemon threads end: a callback that runs when Python ends would abort the process."""
    global _ending
    _ending = True
    while _running:
        time.sleep(0.001)


atexit.register(_end)
