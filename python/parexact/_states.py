"""Arrays of states: one for each slice of an array, merged and rounded all at once."""

from __future__ import annotations

from ctypes import byref, c_int32, c_int64, c_size_t, c_void_p
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from parexact import abi
from parexact._arguments import COST, RECORD, axes_of, ddof_of, kept_shape, policy_of, with_axes
from parexact._arrays import AnyArray, as_array
from parexact._arrays import describe as view_of
from parexact._errors import check, exception, with_index
from parexact._run import run
from parexact._state import State

Words = npt.NDArray[np.int64]

#: Nanoseconds for one state, at most.
_COST_STATE = 5000


def _function(name: str, *argtypes: Any) -> Any:
    function: Any = abi.lib[name]
    function.argtypes = argtypes
    function.restype = c_int32
    return function


_init = _function("parexact_states_init", c_void_p, c_size_t)
_merge = _function("parexact_states_merge", c_void_p, c_void_p, c_size_t)
_update = _function("parexact_state_update_axes", c_void_p, c_size_t, c_void_p, c_void_p, c_void_p, c_int32)
_results = _function("parexact_state_results", c_void_p, c_size_t, c_int64, c_int32, c_void_p)


def states(a: Any, axis: Any = None) -> Words:
    """Return one state for each slice of an array along `axis`: exact moments, to be kept, sent and merged.

    Parameters
    ----------
    a : array_like
        Numbers or booleans, as for `parexact.sum`.
    axis : None, int or tuple of ints, optional
        The axes that are reduced, as for `parexact.sum`: all by default, none with ``()``.

    Returns
    -------
    numpy.ndarray
        Of int64 and the shape ``(..., 256)``: the words of each state, as `State.words` has those of one.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `parexact.sum`.

    Notes
    -----
    One pass over `a`. A state takes 2048 bytes, however many values it has.

    Examples
    --------
    >>> import parexact
    >>> parts = [parexact.states(rows, axis=0) for rows in ([[1, 2], [3, 4]], [[5, 6]])]
    >>> parexact.results(parexact.merge(parts))["mean"]
    array([3., 4.])
    """
    array = as_array(a)
    axes = axes_of(axis, array.ndim)
    words: Words = np.empty((*kept_shape(array, axes), abi.PAREXACT_STATE_WORDS), np.int64)
    count = words.size // abi.PAREXACT_STATE_WORDS
    array, axes = with_axes(array, axes)

    def call() -> None:
        check(_init(words.ctypes.data, count))
        view = view_of(array)
        check(_update(words.ctypes.data, count, byref(view), None, (c_int32 * len(axes))(*axes), len(axes)))

    run(call, COST * array.size + _COST_STATE * count)
    return words


def merge(states: Any, axis: Any = 0) -> Words:
    """Merge states along `axis`: each result has the values of all of them.

    Parameters
    ----------
    states : array_like of int64
        Of the shape ``(..., 256)``, as `states` returns them, or a list of such arrays or of `State` objects.
    axis : None, int or tuple of ints, optional
        The axes of ``...`` that are merged; the first by default, all with None.

    Returns
    -------
    numpy.ndarray
        The words of the merged states, in canonical form: the same whatever the order of merging.

    Raises
    ------
    TypeError
        If `states` is no array of int64, or `axis` is an array or a `State`, as in ``merge(a, b)``.
    ValueError
        If its last axis does not have 256 words; if the words of a state are damaged, or it would count 2**63
        values or more: the message says which one.
    numpy.exceptions.AxisError
        If there is no such axis.

    Examples
    --------
    >>> import parexact
    >>> halves = [parexact.State([0.1, 0.2]), parexact.State([0.3])]
    >>> parexact.results(parexact.merge(halves))["sum"].item()
    0.6
    """
    if isinstance(axis, (np.ndarray, State)):
        raise TypeError("axis must be an int, a tuple of ints or None; states come as a list: merge([a, b])")
    if axis == 0 and isinstance(states, (list, tuple)) and states:
        return _merge_list([as_states(part, f"states[{i}]") for i, part in enumerate(states)])
    words = as_states(states)
    axes = axes_of(axis, words.ndim - 1)
    kept = [i for i in range(words.ndim - 1) if i not in axes]
    # What is merged comes first. Its states are taken one after the other, and only those that do not lie
    # together are copied.
    ordered = words.transpose(*axes, *kept, words.ndim - 1)
    merged_shape, shape = ordered.shape[: len(axes)], ordered.shape[len(axes) :]
    merged: Words = np.empty(shape, np.int64)
    count = merged.size // abi.PAREXACT_STATE_WORDS

    def index(place: tuple[int, ...], number: int) -> tuple[int, ...]:
        """Return where in `states` the state of this number among those of a place is."""
        rest = [int(i) for i in np.unravel_index(number, shape[:-1])]
        where = dict(zip([*axes, *kept], [*place, *rest]))
        return tuple(where[i] for i in range(words.ndim - 1))

    def call() -> None:
        check(_init(merged.ctypes.data, count))
        for place in np.ndindex(*merged_shape):
            part = np.ascontiguousarray(ordered[place])
            if status := _merge(merged.ctypes.data, part.ctypes.data, count):
                error = exception(status)
                raise with_index(error, "states", partial(index, place))

    run(call, _COST_STATE * (words.size // abi.PAREXACT_STATE_WORDS))
    return merged


def _merge_list(parts: list[Words]) -> Words:
    """Merge arrays of states, one after the other, without a copy of all of them together."""
    shape = parts[0].shape
    for i, part in enumerate(parts):
        if part.shape != shape:
            raise ValueError(f"states[{i}] has the shape {part.shape}, but states[0] has {shape}")
    merged: Words = np.empty(shape, np.int64)
    count = merged.size // abi.PAREXACT_STATE_WORDS

    def index(i: int, number: int) -> tuple[int, ...]:
        """Return the part, and where in it the state of this number is."""
        return (i, *(int(place) for place in np.unravel_index(number, shape[:-1])))

    def call() -> None:
        check(_init(merged.ctypes.data, count))
        for i, part in enumerate(parts):
            contiguous = np.ascontiguousarray(part)
            if status := _merge(merged.ctypes.data, contiguous.ctypes.data, count):
                error = exception(status)
                raise with_index(error, "states", partial(index, i))

    run(call, _COST_STATE * count * len(parts))
    return merged


def results(states: Any, *, ddof: int = 0, nan_policy: str = "propagate") -> AnyArray:
    """Return the statistics of each state.

    Parameters
    ----------
    states : array_like of int64
        Of the shape ``(..., 256)``, as for `merge`.
    ddof, nan_policy
        As for `parexact.describe`; with ``nan_policy="raise"`` the message says which state has a NaN.

    Returns
    -------
    numpy.ndarray
        A structured array of the shape ``...`` with the fields of `Stats`.

    Raises
    ------
    TypeError, ValueError
        As `merge`; also for a negative `ddof`, and for a NaN with ``nan_policy="raise"``.

    Examples
    --------
    >>> import parexact
    >>> of_rows = parexact.results(parexact.states([[1.0, 2.0], [3.0, 5.0]], axis=1))
    >>> of_rows["variance"]
    array([0.25, 1.  ])
    >>> of_rows.dtype.names == parexact.Stats._fields
    True
    """
    policy = policy_of(nan_policy)
    divisor = ddof_of(ddof)
    words = np.ascontiguousarray(as_states(states))
    stats = np.empty(words.shape[:-1], RECORD)

    def call() -> None:
        if status := _results(words.ctypes.data, stats.size, divisor, policy, stats.ctypes.data):
            raise with_index(
                exception(status), "states", lambda number: np.unravel_index(number, stats.shape)
            )

    run(call, _COST_STATE * stats.size)
    return stats


def as_states(states: Any, name: str = "states") -> Words:
    """Return an array of the words of states, a view where it can be one."""
    array: AnyArray = np.asarray(_words(states))
    if array.dtype.kind != "i" or array.dtype.itemsize != np.dtype(np.int64).itemsize:
        raise TypeError(f"{name} must be an array of int64, the words of states, not of {array.dtype}")
    if array.ndim == 0 or array.shape[-1] != abi.PAREXACT_STATE_WORDS:
        raise ValueError(
            f"{name} has the shape {array.shape}; the last axis must have the "
            f"{abi.PAREXACT_STATE_WORDS} words of a state"
        )
    return array.astype(np.int64, copy=False)


def _words(states: Any) -> Any:
    """Return the words of what may be a State, or a list of such."""
    if isinstance(states, State):
        return states.words
    if isinstance(states, (list, tuple)):
        return [_words(state) for state in states]
    return states
