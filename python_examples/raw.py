"""What the raw scripts beside this file share: from NumPy to C, and from a status to an exception.

`parexact.abi` has the constants, structs and prototypes of the C interface under their C names.
This module gives them short names, and looks at an array before it hands its address over, as C
cannot.
"""

from __future__ import annotations

import math
import needs  # noqa: F401
from ctypes import POINTER, byref, c_double, c_int64, c_size_t, c_void_p, create_string_buffer
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from parexact import abi
from parexact.abi import lib

# Where the examples put their figures.
TARGET = Path(__file__).resolve().parent.parent / "target"

Array = abi.parexact_array
Distribution = abi.parexact_distribution
State = abi.parexact_state
Stats = abi.parexact_stats

# What C calls back. MapFunction(f) wraps a Python function, and has to be kept as long as C may
# call it; MapFunction(address) is native code, such as the `address` of a numba.cfunc. A Python
# function holds the GIL while it runs, so that only one runs at a time, and no exception may leave
# it; see callbacks.py.
MapFunction = abi.parexact_map_fn
TaskFunction = abi.parexact_task_fn
BlockFunction = abi.parexact_block_fn

# Handles: C says what is behind them.
control = pool = job = lock = queue = c_void_p

PROTOTYPES = abi.PROTOTYPES
STATE_WORDS = abi.PAREXACT_STATE_WORDS

OK = abi.PAREXACT_OK
NAN_FOUND = abi.PAREXACT_ERROR_NAN_FOUND
CALLBACK_FAILED = abi.PAREXACT_ERROR_CALLBACK_FAILED
CANCELLED = abi.PAREXACT_ERROR_CANCELLED
TIMEOUT = abi.PAREXACT_ERROR_TIMEOUT
CLOSED = abi.PAREXACT_ERROR_CLOSED
NOT_OWNER = abi.PAREXACT_ERROR_NOT_OWNER
DEADLOCK = abi.PAREXACT_ERROR_DEADLOCK
FORKED = abi.PAREXACT_ERROR_FORKED


def _named(prefix: str) -> dict[str, int]:
    """Return the constants that begin so, by the rest of their names in lower case."""
    found = vars(abi).items()
    return {name[len(prefix) :].lower(): value for name, value in found if name.startswith(prefix)}


NAN_POLICY = _named("PAREXACT_NAN_")
OP = _named("PAREXACT_OP_")
DISTRIBUTION = _named("PAREXACT_DIST_")

# NumPy's letters for the kinds of types are those of the constants, but for booleans. It has no bfloat16.
_DTYPE = _named("PAREXACT_DTYPE_")
_SWAPPED = _DTYPE.pop("swapped")
del _DTYPE["bf16"]

DTYPE: dict[np.dtype[Any], int] = {
    np.dtype("bool" if name == "bool" else f"{name[0]}{int(name[1:]) // 8}"): value
    for name, value in _DTYPE.items()
}
# The byte order that is not the machine's, where there is one.
DTYPE |= {
    dtype.newbyteorder("S"): value + _SWAPPED
    for dtype, value in DTYPE.items()
    if dtype.itemsize > 1
}

PARAMETERS = {
    "uniform": ("low", "high"),
    "normal": ("mean", "sd"),
    "exponential": ("rate",),
    "lognormal": ("mu", "sigma"),
    "gamma": ("shape", "scale"),
    "beta": ("a", "b"),
    "chi_squared": ("df",),
    "student_t": ("df",),
    "fisher_f": ("df1", "df2"),
    "weibull": ("scale", "shape"),
    "cauchy": ("median", "scale"),
    "triangular": ("low", "high", "mode"),
    "poisson": ("mean",),
    "binomial": ("n", "p"),
    "geometric": ("p",),
    "integer": ("low", "high"),
}


# --- from NumPy to C, and from a status to an exception --------------------------------------


class ParexactError(RuntimeError):
    """A call failed: `status` is its PAREXACT_ERROR_* number, the text is the library's message."""

    def __init__(self, status: int) -> None:
        self.status = status
        name = lib.parexact_status_name(status).decode()
        super().__init__(f"{name}: {lib.parexact_last_error().decode()}")


def check(status: int) -> None:
    """Raise unless the call went well."""
    if status != OK:
        raise ParexactError(status)


def refuse_mask(array: npt.NDArray[Any]) -> None:
    """Raise if there is a mask: the library would take the values behind it for numbers."""
    if isinstance(array, np.ma.MaskedArray):
        raise TypeError("a masked array: pass array.compressed(), or fill it with NaNs")


def doubles(array: npt.NDArray[np.float64]) -> Any:
    """Return a `double *` to a contiguous float64 array, which must outlive the call."""
    refuse_mask(array)
    if array.dtype != np.float64 or not array.flags.c_contiguous:
        raise TypeError("a C-contiguous float64 array is needed")
    return array.ctypes.data_as(POINTER(c_double))


def records(array: npt.NDArray[Any]) -> tuple[Any, int]:
    """Return where the items of an array begin and how long each is, as a map wants it.

    What runs along the first axis are the items: numbers, records of a structured dtype, or rows.
    The place keeps the array alive: hold on to it as long as C uses the memory.
    """
    refuse_mask(array)
    if array.ndim == 0 or not array.flags.c_contiguous:
        raise TypeError("a C-contiguous array of items is needed")
    return array.ctypes, array.itemsize * math.prod(array.shape[1:])


def view(array: npt.NDArray[Any]) -> Array:
    """Describe an array to the library, without copying it: any shape and strides, exact integers.

    Its values must be of a type in `DTYPE`: no objects, for example.
    """
    refuse_mask(array)
    if array.dtype not in DTYPE:
        raise TypeError(f"values of type {array.dtype} are not in DTYPE: convert the array first")
    extents = c_int64 * max(array.ndim, 1)
    described = Array()
    described.data = array.ctypes.data
    described.dtype = DTYPE[array.dtype]
    described.ndim = array.ndim
    described.shape = extents(*array.shape)
    if not array.flags.c_contiguous:  # else NULL, which says just that
        described.strides = extents(*array.strides)
    described.owner = array  # the view keeps the memory alive
    return described


def distribution(kind: str, *parameters: float) -> Distribution:
    """Describe a distribution to the library, by its name and `PARAMETERS`; none has a default."""
    names = PARAMETERS[kind]
    if len(parameters) != len(names):
        raise TypeError(f"{kind} takes {', '.join(names)}; {len(parameters)} parameters are given")
    return Distribution(DISTRIBUTION[kind], 0, (c_double * 3)(*parameters))


def random(
    kind: str, *parameters: float, n: int, seed: int = 0, stream: int = 0, offset: int = 0
) -> npt.NDArray[np.float64]:
    """Return samples `offset` to `offset + n` of a distribution's stream."""
    out = np.empty(n)
    described = distribution(kind, *parameters)
    check(lib.parexact_random_fill(byref(described), seed, stream, offset, doubles(out), n))
    return out


def new_state() -> State:
    """Return a state that has seen no numbers."""
    state = State()
    check(lib.parexact_state_init(byref(state)))
    return state


def explain() -> str:
    """Return the library's own account, in JSON, of its threads and SIMD path."""
    needed = c_size_t()
    check(lib.parexact_explain(None, 0, byref(needed)))
    buffer = create_string_buffer(needed.value)
    check(lib.parexact_explain(buffer, needed.value, byref(needed)))
    return buffer.value.decode()
