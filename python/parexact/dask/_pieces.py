"""What the tasks of a reduction do, and what travels between them: values, or states.

A state has 2 KiB for each result, whatever number of values it stands for. Values travel as they are
while they take less than that, and so few of them are copied: below 256 doubles a result a state
would be larger than its values. Both are arrays with as many dimensions as the reduced one, the kept
axes among them unchanged, so that Dask sees what it expects; their dtype tells them apart.

No task writes to what it is given: Dask may give it to others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ctypes import c_int32, c_void_p
from typing import Any

import numpy as np

import parexact
from parexact import abi
from parexact._arguments import RECORD, Stats
from parexact._arrays import AnyArray, as_array
from parexact._errors import check
from parexact._state import COUNT, NANS

#: An element of an array of states.
STATE = np.dtype([("words", np.int64, abi.PAREXACT_STATE_WORDS)])


def start(
    block: Any, axis: tuple[int, ...], keepdims: bool, *, whole: bool, declared: np.dtype[Any]
) -> AnyArray:
    """Return what a block contributes; the block itself if it has all values of its results."""
    values = block_array(block)
    if whole:
        return values
    # A block of another type than the array's must not be joined with others: NumPy could round then.
    if values.dtype == declared and values.nbytes <= _nbytes_of_states(values, axis):
        return _in_one_axis(values, axis)
    return _states(values, axis)


def combine(pieces: Any, axis: tuple[int, ...], keepdims: bool) -> AnyArray:
    """Return one piece for several."""
    values, states = _sorted_out(pieces, axis)
    if values is not None and not states and values.nbytes <= _nbytes_of_states(values, axis):
        return values
    return _merged(values, states, axis)


def finish(pieces: Any, axis: tuple[int, ...], keepdims: bool, *, what: str, **options: Any) -> Any:
    """Return the results of all pieces there are."""
    values, states = _sorted_out(pieces, axis)
    if values is not None and not states:
        return _laid_out(_direct(what, values, axis, options), values.shape, axis, keepdims)
    merged = _merged(values, states, axis)
    return _laid_out(_results(what, merged["words"], options), merged.shape, axis, keepdims)


def elementwise(block: Any, *, what: str, **options: Any) -> Any:
    """Return a result for each element."""
    return _direct(what, block_array(block), (), options)[()]


def block_array(block: Any) -> AnyArray:
    """Return a block as an array that the library takes, or say what to do with the array it is of."""
    if isinstance(block, np.ma.MaskedArray) and np.ma.is_masked(block):
        raise TypeError("a has masked values; pass dask.array.ma.filled(a, numpy.nan) with nan_policy='omit'")
    if not isinstance(block, (np.ndarray, np.generic, int, float)):
        raise TypeError(not_numpy(type(block)))
    return as_array(block)


def not_numpy(kind: type) -> str:
    """Say what to do with an array whose blocks are no NumPy arrays."""
    name = f"{kind.__module__.partition('.')[0]}.{kind.__name__}"
    return (
        f"a has blocks of type {name}, not of numpy.ndarray; pass a.map_blocks(f) with a function that "
        "makes NumPy arrays of them"
    )


# -- Pieces -----------------------------------------------------------------------------------------


def _nbytes_of_states(values: AnyArray, axis: tuple[int, ...]) -> int:
    return STATE.itemsize * _results_of(values.shape, axis)


def _results_of(shape: tuple[int, ...], axis: tuple[int, ...]) -> int:
    return int(np.prod([n for i, n in enumerate(shape) if i not in axis], dtype=np.int64))


def _in_one_axis(values: AnyArray, axis: tuple[int, ...]) -> AnyArray:
    """Return the values with all that belong to a result along the first of the axes, the others of length
    1: values of any blocks can be joined along it, in any order."""
    first, others = axis[0], axis[1:]
    together = np.moveaxis(values, others, range(first + 1, first + len(axis)))
    shape = [1 if i in axis else n for i, n in enumerate(values.shape)]
    shape[first] = int(np.prod([values.shape[i] for i in axis], dtype=np.int64))
    return together.reshape(shape)


def _sorted_out(pieces: Any, axis: tuple[int, ...]) -> tuple[AnyArray | None, list[AnyArray]]:
    """Return the values among the pieces, joined, and the states."""
    flat = list(_flattened(pieces))
    values = [piece for piece in flat if piece.dtype != STATE]
    states = [piece for piece in flat if piece.dtype == STATE]
    if len(values) < 2:
        return (values[0] if values else None), states
    return np.concatenate(values, axis=axis[0]), states


def _flattened(pieces: Any) -> Iterator[AnyArray]:
    """Yield the arrays of lists of lists of them, as Dask nests them."""
    if isinstance(pieces, list):
        for piece in pieces:
            yield from _flattened(piece)
    else:
        yield pieces


def _states(values: AnyArray, axis: tuple[int, ...]) -> AnyArray:
    """Return the states of values, with the reduced axes of length 1."""
    shape = [1 if i in axis else n for i, n in enumerate(values.shape)]
    return parexact.states(values, axis).reshape(-1).view(STATE).reshape(shape)


def _merged(values: AnyArray | None, states: Iterable[AnyArray], axis: tuple[int, ...]) -> AnyArray:
    """Return the states of all values and states."""
    parts = iter(states)
    merged = next(parts).copy() if values is None else _states(values, axis)
    for part in parts:
        _add(merged["words"], part["words"])
    return merged


_VERSION = 0
_GREATEST = slice(abi.PAREXACT_STATE_MAX_FIRST, abi.PAREXACT_STATE_MAX_FIRST + abi.PAREXACT_STATE_MAX_COUNT)


def _add(words: AnyArray, others: AnyArray) -> None:
    """Merge states by adding integers, which docs/state-format.md allows for 2**31 states: several times as
    fast as the library's function, which makes them canonical again. Results are the same bits."""
    greatest = np.maximum(words[..., _GREATEST], others[..., _GREATEST])
    # All words lie together: to add them and put a few right takes half as long as to add the others alone.
    words += others
    words[..., _GREATEST] = greatest
    words[..., _VERSION] = others[..., _VERSION]


# -- Results ----------------------------------------------------------------------------------------


def _direct(what: str, values: AnyArray, axis: tuple[int, ...], options: dict[str, Any]) -> AnyArray:
    """Return the results of values."""
    with _without_index():
        found = getattr(parexact, what)(values, axis=axis, **options)
    if what != "describe":
        return np.asarray(found)
    records = np.empty(np.shape(found.sum), RECORD)
    for name, field in zip(Stats._fields, found):
        records[name] = field
    return records


def _results(what: str, words: AnyArray, options: dict[str, Any]) -> AnyArray:
    """Return the results of states."""
    with _without_index():
        found = parexact.results(words, **options)
    if what == "norm":
        return _norms(words, options["nan_policy"])
    return found if what == "describe" else found[{"var": "variance"}.get(what, what)]


@contextmanager
def _without_index() -> Iterator[None]:
    """Leave out the index in front of a message: it is one of this task's arrays, which the caller does not
    know."""
    try:
        yield
    except ValueError as error:
        raise ValueError(str(error).rpartition("]: ")[2]) from None


def _norms(words: AnyArray, nan_policy: str) -> AnyArray:
    """Return the norms of states. The library gives them one by one, and of a state with NaNs as NaN."""
    if nan_policy == "omit":
        words = words.copy()
        words[..., COUNT] -= words[..., NANS]
        words[..., NANS] = 0
    norms = np.empty(words.shape[:-1])
    state, norm = words.ctypes.data, norms.ctypes.data
    for _ in range(norms.size):
        check(_lib_norm(state, norm))
        state, norm = state + STATE.itemsize, norm + norms.itemsize
    return norms


_lib_norm: Any = abi.lib["parexact_state_norm"]
_lib_norm.argtypes = [c_void_p, c_void_p]
_lib_norm.restype = c_int32


def _laid_out(results: AnyArray, shape: tuple[int, ...], axis: tuple[int, ...], keepdims: bool) -> Any:
    """Return results with the reduced axes of length 1, or without them; a scalar if none are left."""
    if keepdims:
        return results.reshape([1 if i in axis else n for i, n in enumerate(shape)])
    return results.reshape([n for i, n in enumerate(shape) if i not in axis])[()]
