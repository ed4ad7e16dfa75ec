"""Thin calls for the tests: arrays in, statuses and bits out."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterable
from ctypes import POINTER, byref, c_double, c_uint64
from typing import Any

import numpy as np
import numpy.typing as npt
from native import NAN_POLICY, State, Stats, check, lib, new_state, view

Floats = npt.NDArray[np.float64]


def floats(values: Iterable[float]) -> Floats:
    return np.array(list(values), dtype=np.float64)


def pointer(x: Floats) -> Any:
    return ctypes.cast(x.ctypes.data, POINTER(c_double))


def bits(x: float) -> str:
    """All 64 bits; a failing comparison then shows value and bits."""
    return f"{x!r} {struct.unpack('<Q', struct.pack('<d', x))[0]:#018x}"


def fields(s: Any) -> dict[str, object]:
    """Return parexact_stats, or the oracle's answer, in comparable form."""
    answer: dict[str, object] = {"count": s.count, "nan_count": s.nan_count}
    for name in ("sum", "mean", "variance", "std", "min", "max"):
        answer[name] = bits(getattr(s, name))
    return answer


def describe(x: npt.NDArray[Any], ddof: int = 0, nan: str = "propagate") -> Stats:
    out = Stats()
    check(lib.parexact_describe(byref(view(x)), ddof, NAN_POLICY[nan], byref(out)))
    return out


def total(x: Floats) -> float:
    out = c_double()
    check(lib.parexact_sum_f64(pointer(x), len(x), byref(out)))
    return out.value


def norm(x: Floats) -> float:
    out = c_double()
    check(lib.parexact_norm_f64(pointer(x), len(x), byref(out)))
    return out.value


def state_of(*arrays: npt.NDArray[Any]) -> State:
    state = new_state()
    for x in arrays:
        check(lib.parexact_state_update(byref(state), byref(view(x))))
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
