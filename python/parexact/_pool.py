"""Pools of threads with the interface of `multiprocessing.Pool`."""

from __future__ import annotations

import atexit
import ctypes
import operator
import os
import sys
import time
import weakref
from collections.abc import Iterable
from ctypes import byref, c_void_p
from typing import Any, Callable

import numpy.typing as npt

from parexact import _chunks, _native_map, abi
from parexact._chunks import Batch, Chunk
from parexact._errors import check
from parexact._native import function_address
from parexact._native_map import NativeResult
from parexact._results import AsyncResult, Results
from parexact._threads import get_num_threads

_lib = abi.lib


class Pool:
    """A number of worker threads, with the interface of `multiprocessing.Pool`.

    Native functions (``numba.cfunc``, ctypes function pointers, addresses) run on all workers at
    once and work on arrays where they are. Python functions run correctly, but one at a time,
    because of the interpreter's lock, except where they call code that gives it up, as NumPy and
    parexact do: for pure Python code `multiprocessing.Pool` is the better choice. In a notebook
    both kinds of functions may be defined where they are used. Inside ``with``, the end of the
    block cancels what has not begun and waits for what runs.

    Parameters
    ----------
    processes : int, optional
        The number of workers; by default that of `parexact.get_num_threads`.
    initializer, initargs : callable and tuple, optional
        Called on each worker before its first Python function.

    Examples
    --------
    >>> import parexact
    >>> with parexact.Pool(4) as pool:
    ...     pool.map(abs, [-1, 2, -3])
    [1, 2, 3]
    """

    def __init__(
        self,
        processes: int | None = None,
        initializer: Callable[..., Any] | None = None,
        initargs: Iterable[Any] = (),
    ) -> None:
        workers = get_num_threads() if processes is None else operator.index(processes)
        if workers < 1:
            raise ValueError("Number of processes must be at least 1")
        if initializer is not None and not callable(initializer):
            raise TypeError("initializer must be a callable")
        self._handle = c_void_p()
        check(_lib.parexact_pool_new(workers, byref(self._handle)))
        self._workers = workers
        self._initializer = initializer
        self._initargs = tuple(initargs)
        #: Chunks that are not done.
        self._active: set[Chunk] = set()
        self._closed = False
        self._terminated = False
        _pools.add(self)

    def _initialize(self) -> None:
        """Call the initializer, once on each thread."""
        if self._initializer is None:
            return
        initialized = _chunks.local.__dict__.setdefault("initialized", weakref.WeakSet())
        if self not in initialized:
            self._initializer(*self._initargs)
            initialized.add(self)

    def _check_running(self) -> None:
        if self._closed or self._terminated:
            raise ValueError("Pool not running")

    def _chunksize(self, chunksize: int | None, count: int) -> int:
        """Return multiprocessing's choice: about four chunks for each worker."""
        if chunksize is None:
            return max(1, -(-count // (4 * self._workers)))
        if chunksize < 1:
            raise ValueError(f"chunksize is {chunksize}, but must be at least 1")
        return chunksize

    # -- all at once

    def apply(
        self, func: Callable[..., Any], args: Iterable[Any] = (), kwds: dict[str, Any] | None = None
    ) -> Any:
        """Call a Python function on a worker and return its result."""
        return _get(self.apply_async(func, args, kwds))

    def apply_async(
        self,
        func: Callable[..., Any],
        args: Iterable[Any] = (),
        kwds: dict[str, Any] | None = None,
        callback: Callable[[Any], Any] | None = None,
        error_callback: Callable[[BaseException], Any] | None = None,
    ) -> AsyncResult:
        """Call a Python function in the background. The callbacks run on the worker, when the
        result is there."""
        self._refuse_native(func, "apply")
        self._check_running()
        positional, named = tuple(args), dict(kwds or {})
        batch = Batch(self, lambda _: func(*positional, **named))
        return AsyncResult(batch, [[None]], True, callback, error_callback)._start()

    def map(
        self,
        func: Any,
        iterable: Any,
        chunksize: int | None = None,
        *,
        dtype: npt.DTypeLike | None = None,
        out: npt.NDArray[Any] | None = None,
        user_data: Any = None,
        progress: bool = False,
    ) -> Any:
        """Call a function for each item and return the results in order.

        Parameters
        ----------
        func : callable or native function
            A Python function of one argument; or a native one with the signature of
            ``parexact_map_fn``: a ``numba.cfunc``, a ctypes function pointer or an address.
        iterable : iterable
            The items. For a native function an array: an item is one entry along axis 0.
        chunksize : int, optional
            Items that a worker takes at a time.
        dtype : dtype, optional
            For a native function: that of one result, by default that of the items.
        out : array, optional
            For a native function: where to put the results, shape ``(len(items),)``.
        user_data : optional
            For a native function: an array or an address that it gets as its third argument.
        progress : bool, optional
            Show a progress bar.

        Returns
        -------
        A list; for a native function, an array.
        """
        result = self.map_async(func, iterable, chunksize, dtype=dtype, out=out, user_data=user_data)
        return _get(result, progress)

    def map_async(
        self,
        func: Any,
        iterable: Any,
        chunksize: int | None = None,
        callback: Callable[[Any], Any] | None = None,
        error_callback: Callable[[BaseException], Any] | None = None,
        *,
        dtype: npt.DTypeLike | None = None,
        out: npt.NDArray[Any] | None = None,
        user_data: Any = None,
    ) -> Any:
        """Do the same in the background, and return an `AsyncResult` at once; items must not be
        changed meanwhile."""
        self._check_running()
        if function_address(func) is not None:
            if callback is not None or error_callback is not None:
                raise TypeError("maps of native functions take no callback; wait for the result")
            chosen = 0 if chunksize is None else self._chunksize(chunksize, 0)
            return NativeResult(self, func, iterable, dtype, out, chosen, user_data)
        if dtype is not None or out is not None or user_data is not None:
            raise TypeError("dtype, out and user_data are for native functions; func is a Python callable")
        return self._map(func, iterable, chunksize, callback, error_callback)

    def _map(
        self,
        func: Callable[[Any], Any],
        iterable: Iterable[Any],
        chunksize: int | None,
        callback: Callable[[Any], Any] | None,
        error_callback: Callable[[BaseException], Any] | None,
    ) -> AsyncResult:
        calls = list(iterable)
        size = self._chunksize(chunksize, len(calls))
        pieces = [calls[i : i + size] for i in range(0, len(calls), size)]
        return AsyncResult(Batch(self, func), pieces, False, callback, error_callback)._start()

    def starmap(
        self, func: Callable[..., Any], iterable: Iterable[Any], chunksize: int | None = None
    ) -> list[Any]:
        """Call a Python function with the arguments in each item, ``func(*item)``, and return the
        results in order."""
        results: list[Any] = _get(self.starmap_async(func, iterable, chunksize))
        return results

    def starmap_async(
        self,
        func: Callable[..., Any],
        iterable: Iterable[Any],
        chunksize: int | None = None,
        callback: Callable[[Any], Any] | None = None,
        error_callback: Callable[[BaseException], Any] | None = None,
    ) -> AsyncResult:
        """Do the same in the background."""
        self._refuse_native(func, "starmap")
        self._check_running()
        return self._map(lambda item: func(*item), iterable, chunksize, callback, error_callback)

    # -- one after the other

    def imap(self, func: Callable[[Any], Any], iterable: Iterable[Any], chunksize: int = 1) -> Results:
        """Yield the results in order, each as soon as it is there.

        A few chunks for each worker are under way at a time, and the iterable is read as they end,
        on the thread that asks for results, so that it may be long or endless."""
        return self._imap(func, iterable, chunksize, "imap")

    def imap_unordered(
        self, func: Callable[[Any], Any], iterable: Iterable[Any], chunksize: int = 1
    ) -> Results:
        """Yield the results in the order in which they arrive."""
        return self._imap(func, iterable, chunksize, "imap_unordered")

    def _imap(
        self, func: Callable[[Any], Any], iterable: Iterable[Any], chunksize: int, method: str
    ) -> Results:
        self._refuse_native(func, method)
        self._check_running()
        size = self._chunksize(chunksize, 1)
        return Results(Batch(self, func), iter(iterable), size, 2 * self._workers + 1, method == "imap")

    @staticmethod
    def _refuse_native(func: Any, method: str) -> None:
        if function_address(func) is not None:
            raise TypeError(f"{method} takes Python callables; native functions go to map and map_async")

    # -- the end

    def close(self) -> None:
        """Take no more work; what was given is done."""
        self._closed = True

    def terminate(self) -> None:
        """Take no more work, and let nothing begin that has not begun."""
        self._closed = self._terminated = True
        for job in list(_native_map.running):
            if job.pool is self:
                job.interrupt()

    def join(self) -> None:
        """Wait for what runs, and end the workers; after `close` or `terminate`."""
        if not self._closed:
            raise ValueError("Pool is still running")
        self._drain(None)
        self._free()

    def _drain(self, timeout: float | None) -> bool:
        """Wait for what is under way, and tell whether nothing is left after `timeout` seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            jobs: list[Any] = [*self._active, *(job for job in list(_native_map.running) if job.pool is self)]
            if not jobs:
                return True
            for job in jobs:
                job.wait(None if end is None else max(end - time.monotonic(), 0.0))
            if end is not None and time.monotonic() >= end:
                return False

    def _free(self) -> None:
        handle, self._handle = self._handle, c_void_p()
        if handle:
            _lib.parexact_pool_free(handle)

    def __enter__(self) -> Pool:
        self._check_running()
        return self

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        self.terminate()
        if kind is None or not issubclass(kind, KeyboardInterrupt):
            self.join()

    def __reduce__(self) -> Any:
        raise TypeError(
            "a parexact.Pool lives in one process and cannot be pickled; threads share it as it is"
        )

    def __del__(self) -> None:
        # Active chunks refer to their pool, so there are none left to wait for.
        if hasattr(self, "_handle"):
            self._free()


def _get(result: Any, progress: Any = False) -> Any:
    """Return a result that nobody else can ask for. If the wait is interrupted, calls that have not begun
    are therefore cancelled."""
    try:
        if progress:
            result._show(progress)
        return result.get()
    except KeyboardInterrupt:
        result._cancel()
        raise


#: All pools that exist, to be ended when Python ends.
_pools: weakref.WeakSet[Pool] = weakref.WeakSet()

#: Seconds that running Python functions have to end by themselves when Python ends.
_GRACE = 1.0


def _end_pools() -> None:
    """Cancel and join what runs: a callback that is still running when Python ends would abort the
    process."""
    pools = list(_pools)
    for pool in pools:
        pool.terminate()
    end = time.monotonic() + _GRACE
    try:
        for pool in pools:
            while not pool._drain(max(end - time.monotonic(), _GRACE / 10)):
                _interrupt(pool)
            pool._free()
    except KeyboardInterrupt:
        # Ctrl-C: the user does not want to wait for functions that cannot be stopped.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(130)


def _interrupt(pool: Pool) -> None:
    """Raise SystemExit in the Python functions that run, as soon as they execute Python code."""
    for chunk in list(pool._active):
        if chunk.thread is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(chunk.thread), ctypes.py_object(SystemExit)
            )


def _after_fork() -> None:
    """Forget what the parent's workers do; the library makes new workers for a pool that is used here."""
    _chunks.forget()
    _native_map.forget()
    for pool in list(_pools):
        pool._active = set()


atexit.register(_end_pools)
os.register_at_fork(after_in_child=_after_fork)
