"""Thin calls for the tests: arrays in, statuses and bits out."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterable, Sequence
from ctypes import POINTER, byref, c_double, c_int32, c_int64, c_uint64
from typing import Any

import numpy as np
import numpy.typing as npt
from raw import DTYPE, NAN_POLICY, OP, Array, State, Stats, check, lib, new_state, view

Floats = npt.NDArray[np.float64]


def floats(values: Iterable[float]) -> Floats:
    return np.array(list(values), dtype=np.float64)


def pointer(x: Floats) -> Any:
    return ctypes.cast(x.ctypes.data, POINTER(c_double))


def bits(x: float) -> str:
    """All 64 bits; a failing comparison then shows value and bits."""
    x = float(x)  # NumPy's own floats print otherwise
    return f"{x!r} {struct.unpack('<Q', struct.pack('<d', x))[0]:#018x}"


def fields(s: Any) -> dict[str, object]:
    """Return parexact_stats, or the oracle's answer, in comparable form."""
    answer: dict[str, object] = {"count": s.count, "nan_count": s.nan_count}
    for name in ("sum", "mean", "variance", "std", "min", "max"):
        answer[name] = bits(getattr(s, name))
    return answer


def array(
    data: Any,
    dtype: int = 0,
    ndim: int = 1,
    shape: Sequence[int] | None = None,
    strides: Sequence[int] | None = None,
) -> Array:
    """Return a view made by hand, wrong if need be; None is NULL."""
    a = Array()
    a.data = data.ctypes.data if data is not None else None
    a.dtype, a.ndim = dtype, ndim
    if shape is not None:
        a.shape = (c_int64 * max(len(shape), 1))(*shape)
    if strides is not None:
        a.strides = (c_int64 * max(len(strides), 1))(*strides)
    a.owner = data  # the view keeps the memory alive
    return a


def strided(x: npt.NDArray[Any], ignored: int = 2**63 - 1) -> Array:
    """Return a view that tells all strides, and nonsense where only one index is possible."""
    strides = [s if n > 1 else ignored for n, s in zip(x.shape, x.strides)]
    return array(x, DTYPE[x.dtype], x.ndim, x.shape, strides)


def describe(x: npt.NDArray[Any] | Array, ddof: int = 0, nan: str = "propagate") -> Stats:
    out = Stats()
    check(lib.parexact_describe(byref(as_view(x)), ddof, NAN_POLICY[nan], byref(out)))
    return out


def total(x: Floats) -> float:
    out = c_double()
    check(lib.parexact_sum_f64(pointer(x), len(x), byref(out)))
    return out.value


def norm(x: Floats) -> float:
    out = c_double()
    check(lib.parexact_norm_f64(pointer(x), len(x), byref(out)))
    return out.value


def sum_of(x: npt.NDArray[Any] | Array) -> float:
    """Return the sum of an array, or of a view made by hand."""
    out = c_double()
    check(lib.parexact_sum(byref(as_view(x)), byref(out)))
    return out.value


def norm_of(x: npt.NDArray[Any] | Array) -> float:
    out = c_double()
    check(lib.parexact_norm(byref(as_view(x)), byref(out)))
    return out.value


def dot_of(x: npt.NDArray[Any] | Array, y: npt.NDArray[Any] | Array) -> float:
    out = c_double()
    check(lib.parexact_dot(byref(as_view(x)), byref(as_view(y)), byref(out)))
    return out.value


def dot(x: Floats, y: Floats) -> float:
    out = c_double()
    check(lib.parexact_dot_f64(pointer(x), pointer(y), len(x), byref(out)))
    return out.value


def reduce(
    x: npt.NDArray[Any] | Array,
    op: str,
    axes: Sequence[int] = (),
    ddof: int = 0,
    nan: str = "propagate",
) -> Floats:
    """Return an array of the axes that are kept; no axes are all of them."""
    a = as_view(x)
    shape = a.shape[: a.ndim]
    reduced = {axis % a.ndim for axis in axes} or set(range(a.ndim))
    out = np.full([n for axis, n in enumerate(shape) if axis not in reduced], np.pi)
    policy = NAN_POLICY[nan]
    chosen = (c_int32 * len(axes))(*axes) if axes else None
    check(
        lib.parexact_reduce(
            byref(a), OP[op], chosen, len(axes), ddof, policy, pointer(out), out.size
        )
    )
    return out


def as_view(x: npt.NDArray[Any] | Array) -> Array:
    return x if isinstance(x, Array) else view(x)


def state_of(*arrays: npt.NDArray[Any] | Array) -> State:
    state = new_state()
    for x in arrays:
        check(lib.parexact_state_update(byref(state), byref(as_view(x))))
    return state


def result(state: State, ddof: int = 0, nan: str = "propagate") -> Stats:
    out = Stats()
    check(lib.parexact_state_result(byref(state), ddof, NAN_POLICY[nan], byref(out)))
    return out


def fingerprint(state: State) -> tuple[int, int]:
    out = (c_uint64 * 2)()
    check(lib.parexact_state_fingerprint(byref(state), out))
    return (out[0], out[1])


def words(state: State) -> npt.NDArray[np.int64]:
    return np.frombuffer(bytes(state), dtype=np.int64)


def from_words(values: npt.NDArray[np.int64]) -> State:
    return State.from_buffer_copy(np.ascontiguousarray(values, dtype=np.int64).tobytes())
