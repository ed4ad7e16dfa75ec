"""Maps of native functions over arrays, on all workers of a pool at once."""

from __future__ import annotations

import time
from ctypes import byref
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from parexact import _progress, abi
from parexact._arrays import _refuse_what_numpy_would_drop
from parexact._chunks import OVER, Job
from parexact._errors import TimeoutError, check
from parexact._native import data_address, function_address
from parexact._sync import Control
from parexact._wait import wait

if TYPE_CHECKING:
    from parexact._pool import Pool

_lib = abi.lib

#: Seconds for which an interrupted map waits until the items that run have ended, so that the caller's
#: control can be used again at once.
_PATIENCE = 0.1

#: Maps whose end nobody has noticed yet: the library reads and writes their memory, whether anybody
#: wants the result or not.
running: set[NativeResult] = set()


class NativeResult(Job):
    """The result of `map_async` of a native function: as `AsyncResult`."""

    def __init__(
        self,
        pool: Pool,
        function: Any,
        iterable: Any,
        dtype: npt.DTypeLike | None,
        out: Any,
        chunksize: int,
        user_data: Any,
    ) -> None:
        super().__init__()
        items = _items(iterable)
        results, self._out = _results(items, dtype, out)
        self._results = results
        self._kept = (items, user_data, function)
        self._pool = pool
        current = Control.current()
        self._control = Control() if current is None else current
        self._borrowed = current is not None
        self._interrupted = False
        count = len(items)
        for other in list(running):
            other.ready()
        running.add(self)
        try:
            with self._control:
                check(
                    _lib.parexact_map_async(
                        *(
                            pool._handle,
                            abi.parexact_map_fn(function_address(function) or 0),
                            data_address(user_data),
                        ),
                        *(items.ctypes.data, items.nbytes // count if count else 0),
                        *(results.ctypes.data, results.itemsize, count, chunksize, byref(self.handle)),
                    )
                )
        except BaseException:
            if self.handle:
                self.interrupt()
            else:
                running.discard(self)
            raise

    @property
    def pool(self) -> Pool:
        return self._pool

    def interrupt(self) -> None:
        """Let no further item begin. If the control is the caller's, it is reset once the map is over."""
        if self not in running:
            return
        self._interrupted = self._borrowed and not self._control.cancelled
        self._control.cancel()

    def _cancel(self) -> None:
        self.interrupt()
        if self._borrowed:
            end = time.monotonic() + _PATIENCE
            while not self.ready() and time.monotonic() < end:
                time.sleep(0.001)

    def _note(self, status: int) -> int:
        """Release the memory if the status says that the job is over, and return the status."""
        if status in OVER and self in running:
            running.discard(self)
            if self._interrupted:
                self._control.reset()
        return status

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the result is there, or for `timeout` seconds."""
        status = self._note(wait(self.look, timeout))
        if status not in OVER and status != abi.PAREXACT_ERROR_TIMEOUT:
            check(status)

    def get(self, timeout: float | None = None) -> npt.NDArray[Any]:
        """Return the array of results; `parexact.Error` if the function answered other than 0."""
        status = self._note(wait(self.look, timeout))
        if status == abi.PAREXACT_ERROR_TIMEOUT:
            raise TimeoutError("the result is not there yet")
        check(status)
        if self._out is not self._results:
            self._out[...] = self._results
        return self._out

    def ready(self) -> bool:
        """Tell whether the result is there."""
        return self._note(self.look(0.0)) in OVER

    def successful(self) -> bool:
        """Tell whether no call failed; ValueError if the result is not there yet."""
        status = self._note(self.look(0.0))
        if status not in OVER:
            raise ValueError(f"{self!r} is not ready")
        return status == abi.PAREXACT_OK

    def _show(self, progress: Any) -> None:
        """Wait for the end, with a display."""
        with _progress.shown(progress) as bar:
            while bar is not None and not self.ready():
                self.wait(0.1)
                bar.update(*self._control.progress)


def _items(iterable: Any) -> npt.NDArray[Any]:
    _refuse_what_numpy_would_drop(iterable, "items")
    items = np.asarray(iterable)
    if items.ndim == 0 or items.dtype.hasobject:
        raise TypeError(
            "items for a native function must be an array of numbers or records with at least one axis"
        )
    if not items.dtype.isnative:
        raise TypeError("items are in the other byte order; pass items.astype(items.dtype.newbyteorder('='))")
    return np.require(items, requirements=["C", "A"])


def _results(
    items: npt.NDArray[Any], dtype: npt.DTypeLike | None, out: Any
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the array that the function writes to, and the one that the caller gets."""
    wanted = items.dtype if dtype is None else np.dtype(dtype)
    if wanted.hasobject:
        raise TypeError(f"a native function cannot make results of type {wanted}")
    shape = (len(items),)
    if out is None:
        made = np.empty(shape, wanted)
        return made, made
    if not isinstance(out, np.ndarray) or out.dtype != wanted:
        what = f"{type(out).__name__}" if not isinstance(out, np.ndarray) else f"an array of {out.dtype}"
        raise TypeError(f"out must be an array of {wanted}, the results' dtype, not {what}")
    if out.shape != shape:
        raise ValueError(f"out has the shape {out.shape}, but the results have {shape}")
    if not out.flags.writeable:
        raise ValueError("out is read-only")
    if (
        out.flags.c_contiguous
        and out.flags.aligned
        and out.dtype.isnative
        and not np.may_share_memory(out, items)
    ):
        return out, out
    return np.empty(shape, wanted), out


def forget() -> None:
    """Forget all maps: those of the parent process, in a child."""
    running.clear()
