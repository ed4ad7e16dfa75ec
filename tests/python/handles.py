"""Pools, jobs, locks, queues and controls for the tests: made, used, and freed at the end."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import byref, c_double, c_uint64, c_void_p
from typing import Any

import numpy as np
import numpy.typing as npt
from raw import MapFunction, check, lib, records

PATIENCE = 60.0  # seconds for what never takes one


@contextmanager
def new(kind: str, *arguments: Any) -> Iterator[c_void_p]:
    """Make a pool, lock, queue or control."""
    handle = c_void_p()
    check(getattr(lib, f"parexact_{kind}_new")(*arguments, byref(handle)))
    try:
        yield handle
    finally:
        getattr(lib, f"parexact_{kind}_free")(handle)


@contextmanager
def started(function: Any, *arguments: Any) -> Iterator[c_void_p]:
    """Start a job by parexact_submit or parexact_map_async; it ends before its arguments do."""
    handle = c_void_p()
    check(function(*arguments, byref(handle)))
    try:
        yield handle
    finally:
        lib.parexact_job_wait(handle, PATIENCE)  # its callback must not outlive the test
        lib.parexact_job_free(handle)


@contextmanager
def attached(control: c_void_p) -> Iterator[None]:
    """Let a control govern this thread."""
    previous = lib.parexact_control_attach(control)
    try:
        yield
    finally:
        lib.parexact_control_attach(previous)


def progress(control: c_void_p) -> tuple[int, int]:
    done, total = c_uint64(), c_uint64()
    lib.parexact_control_progress(control, byref(done), byref(total))
    return done.value, total.value


def arguments(
    function: Any,
    items: npt.NDArray[Any] | None,
    results: npt.NDArray[Any] | None,
    pool: c_void_p | None = None,
    *,
    chunk: int = 0,
    user_data: Any = None,
    count: int | None = None,
) -> tuple[Any, ...]:
    """Return those of a map of one array to another; without arrays a count is needed."""
    if count is None:
        count = len(items if items is not None else results)
    place = [(None, 0) if array is None else records(array) for array in (items, results)]
    return (pool, function, user_data, *place[0], *place[1], count, chunk)


def run_map(*given: Any, **more: Any) -> int:
    """Map, and return the status; see `arguments`."""
    return lib.parexact_map(*arguments(*given, **more))


def message() -> str:
    return lib.parexact_last_error().decode()


# libc's memcmp(item, result, size) happens to be a map function, a native one: it answers 0 if the
# item and its result are equal, and something else where they differ. The size is its user_data.
EQUAL = MapFunction(ctypes.cast(ctypes.CDLL(None).memcmp, c_void_p).value)


def number(address: int | None) -> c_double:
    """Return the double at the address that a callback gets."""
    return c_double.from_address(address)


def index_of(address: int, array: npt.NDArray[np.generic]) -> int:
    return (address - array.ctypes.data) // records(array)[1]
