"""Results of Python functions that a pool calls: all at once, or one after the other."""

from __future__ import annotations

import collections
import itertools
import queue
import threading
import time
import traceback
from collections.abc import Iterator
from typing import Any, Callable

from parexact import _progress
from parexact._chunks import Batch, Chunk, on_worker
from parexact._errors import TimeoutError
from parexact._wait import SLICE

#: Seconds between two looks at the progress of a map.
_LOOK = 0.1


class AsyncResult:
    """The result of a call in the background; see `multiprocessing.pool.AsyncResult`."""

    def __init__(
        self,
        batch: Batch,
        pieces: list[list[Any]],
        single: bool,
        callback: Callable[[Any], Any] | None = None,
        error_callback: Callable[[BaseException], Any] | None = None,
    ) -> None:
        self._batch = batch
        self._single = single
        self._chunks = [Chunk(batch, piece) for piece in pieces]
        self._calls = sum(map(len, pieces))
        self._callback = callback
        self._error_callback = error_callback
        self._left = len(self._chunks)
        self._lock = threading.Lock()
        self._announced = False
        batch.on_end = self._ended

    def _start(self) -> AsyncResult:
        try:
            for chunk in self._chunks:
                chunk.submit()
        except BaseException:
            self._cancel()
            raise
        if not self._chunks:
            self._announce()
        return self

    def _cancel(self) -> None:
        """Let no further call begin."""
        self._batch.cancelled = True

    def _ended(self, chunk: Chunk) -> None:
        with self._lock:
            self._left -= 1
            if self._left > 0:
                return
        self._announce()

    def _announce(self) -> None:
        try:
            failed = self._failed()
            if failed is not None and self._error_callback is not None and failed.error is not None:
                self._error_callback(failed.error)
            elif failed is None and self._callback is not None:
                self._callback(self._value())
        except BaseException:
            traceback.print_exc()
        finally:
            self._announced = True

    def _failed(self) -> Chunk | None:
        """Return the first chunk that failed, in the order of the calls."""
        return next((chunk for chunk in self._chunks if chunk.error is not None), None)

    def _value(self) -> Any:
        results = [result for chunk in self._chunks for result in chunk.results]
        return results[0] if self._single else results

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the result is there, or for `timeout` seconds."""
        # The callback runs in the job that ends last: when all jobs have ended, it has run.
        end = None if timeout is None else time.monotonic() + timeout
        for chunk in self._chunks:
            if not chunk.wait(None if end is None else max(end - time.monotonic(), 0.0)):
                return

    def get(self, timeout: float | None = None) -> Any:
        """Return the result, or raise what the function raised, with its traceback; TimeoutError
        after `timeout` seconds."""
        self.wait(timeout)
        if not self.ready():
            raise TimeoutError("the result is not there yet")
        failed = self._failed()
        if failed is not None and failed.error is not None:
            raise failed.error.with_traceback(failed.traceback)
        return self._value()

    def ready(self) -> bool:
        """Tell whether the result is there."""
        return self._announced or (all(chunk.poll() for chunk in self._chunks) and self._announced)

    def successful(self) -> bool:
        """Tell whether no call raised; ValueError if the result is not there yet."""
        if not self.ready():
            raise ValueError(f"{self!r} is not ready")
        return self._failed() is None

    def _show(self, progress: Any) -> None:
        """Wait for the end, with a display."""
        with _progress.shown(progress) as bar:
            while bar is not None and not self.ready():
                self.wait(_LOOK)
                bar.update(sum(len(chunk.results) for chunk in self._chunks), self._calls)


class Results(Iterator[Any]):
    """What `imap` returns: yields results as they arrive, and reads the items a window ahead, on
    the caller's thread."""

    def __init__(
        self, batch: Batch, items: Iterator[Any], chunksize: int, window: int, ordered: bool
    ) -> None:
        self._batch = batch
        self._items = items
        self._chunksize = chunksize
        self._window = window
        self._ordered = ordered
        self._under_way: dict[Chunk, None] = {}
        self._ready: collections.deque[Any] = collections.deque()
        self._failed: Chunk | None = None
        self._items_error: Exception | None = None
        self._exhausted = False
        self._lock = threading.RLock()
        self._fill()

    def __iter__(self) -> Results:
        return self

    def __next__(self) -> Any:
        return self.next()

    def next(self, timeout: float | None = None) -> Any:
        """Return the next result, or raise what its call raised; TimeoutError if it is not there in
        `timeout` seconds.

        As with multiprocessing, the results of later items can still be had after an exception.
        """
        end = None if timeout is None else time.monotonic() + timeout
        try:
            with self._lock:
                return self._next(end)
        except KeyboardInterrupt:
            self._batch.cancelled = True
            raise

    def _next(self, end: float | None) -> Any:
        while not self._ready:
            failed, self._failed = self._failed, None
            if failed is not None and failed.error is not None:
                raise failed.error.with_traceback(failed.traceback)
            if not self._under_way:
                error, self._items_error = self._items_error, None
                if error is not None:
                    raise error
                raise StopIteration
            chunk = self._oldest(end) if self._ordered else self._arrived(end)
            del self._under_way[chunk]
            self._ready.extend(chunk.results)
            self._failed = chunk if chunk.error is not None else None
            self._fill()
        return self._ready.popleft()

    def _fill(self) -> None:
        """Submit chunks until a window of them is under way."""
        while not self._exhausted and len(self._under_way) < self._window:
            try:
                calls = list(itertools.islice(self._items, self._chunksize))
            except Exception as error:
                # `next` raises it after the results of the items before.
                self._items_error, calls = error, []
            if not calls or self._batch.is_cancelled():
                self._exhausted = True
                return
            chunk = Chunk(self._batch, calls)
            chunk.submit()
            self._under_way[chunk] = None

    def _oldest(self, end: float | None) -> Chunk:
        oldest = next(iter(self._under_way))
        if not oldest.wait(_left(end)):
            raise TimeoutError("the next result is not there yet")
        return oldest

    def _arrived(self, end: float | None) -> Chunk:
        arrived = self._batch.arrived
        while True:
            try:
                return arrived.get_nowait()
            except queue.Empty:
                pass
            oldest = next(iter(self._under_way))
            left = _left(end)
            # A worker must wait in the library, which lets it run other jobs meanwhile and notices a
            # circle of waits; any other thread waits for whichever result arrives first.
            if oldest.wait(0.001 if left is None else min(left, 0.001)) or on_worker():
                continue
            try:
                return arrived.get(timeout=SLICE if left is None else min(left, SLICE))
            except queue.Empty:
                if left is not None and left <= SLICE:
                    raise TimeoutError("the next result is not there yet") from None

    def __del__(self) -> None:
        # Nobody can ask for the results of calls that have not begun.
        self._batch.cancelled = True


def _left(end: float | None) -> float | None:
    return None if end is None else max(end - time.monotonic(), 0.0)
