"""The C interface of parexact for the scripts beside this file: every prototype and struct, once.

The two slide_sum_*.py scripts show how little is needed to call one function. All others share
this module, so that a prototype is written down in one place only.
"""

from __future__ import annotations

import math
import needs  # noqa: F401
import os
from ctypes import (
    CDLL,
    CFUNCTYPE,
    POINTER,
    Structure,
    byref,
    c_char_p,
    c_double,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_uint64,
    c_void_p,
    create_string_buffer,
)
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

# Where `make` builds, and where the scripts put their figures unless told otherwise.
TARGET = Path(__file__).resolve().parent.parent / "target"


def load() -> CDLL:
    """Open $PAREXACT_LIBRARY, else ../target/release, else what the loader finds by name.

    CDLL gives the interpreter lock (GIL) back during each call; PyDLL would keep it. A call that
    waits for Python callbacks on other threads would then wait for ever.
    """
    built = TARGET / "release" / "libparexact.so"
    name = str(built) if built.exists() else "libparexact.so"
    name = os.environ.get("PAREXACT_LIBRARY") or name
    try:
        return CDLL(name)
    except OSError as error:
        hint = "run `make`, or set PAREXACT_LIBRARY or LD_LIBRARY_PATH"
        raise OSError(f"parexact is not there: {error} ({hint})") from None


lib = load()


# --- structs ---------------------------------------------------------------------------------

lib.parexact_state_words.restype = c_size_t
STATE_WORDS: int = lib.parexact_state_words()


class Stats(Structure):
    """`parexact_stats`: what is known about the numbers."""

    count: int
    nan_count: int
    sum: float
    mean: float
    variance: float
    std: float
    min: float
    max: float
    _fields_ = [
        ("count", c_uint64),
        ("nan_count", c_uint64),
        ("sum", c_double),
        ("mean", c_double),
        ("variance", c_double),
        ("std", c_double),
        ("min", c_double),
        ("max", c_double),
    ]


class Array(Structure):
    """`parexact_array`: a view of memory that somebody else owns; see `view`."""

    _fields_ = [
        ("data", c_void_p),
        ("dtype", c_int32),
        ("ndim", c_int32),
        ("shape", POINTER(c_int64)),
        ("strides", POINTER(c_int64)),
    ]


class State(Structure):
    """`parexact_state`: a reduction under way. Plain integers: copy it, save it, send it."""

    _fields_ = [("words", c_int64 * STATE_WORDS)]


class Distribution(Structure):
    """`parexact_distribution`: for example `distribution("normal", 0, 1)`."""

    _fields_ = [("kind", c_int32), ("reserved", c_int32), ("parameter", c_double * 3)]


# --- constants -------------------------------------------------------------------------------

OK = 0
NAN_FOUND = 5
CALLBACK_FAILED = 7
CANCELLED = 8
TIMEOUT = 9
CLOSED = 10
NOT_OWNER = 11
DEADLOCK = 12
FORKED = 13

NAN_POLICY = {"propagate": 0, "omit": 1, "raise": 2}

DTYPE: dict[np.dtype[Any], int] = {
    np.dtype(np.float64): 0,
    np.dtype(np.float32): 1,
    np.dtype(np.int64): 2,
    np.dtype(np.int32): 3,
    np.dtype(np.int16): 4,
    np.dtype(np.int8): 5,
    np.dtype(np.uint64): 6,
    np.dtype(np.uint32): 7,
    np.dtype(np.uint16): 8,
    np.dtype(np.uint8): 9,
    np.dtype(np.bool_): 10,
}

DISTRIBUTION = {
    "uniform": 0,
    "normal": 1,
    "exponential": 2,
    "lognormal": 3,
    "gamma": 4,
    "beta": 5,
    "chi_squared": 6,
    "student_t": 7,
    "fisher_f": 8,
    "weibull": 9,
    "cauchy": 10,
    "triangular": 11,
    "poisson": 12,
    "binomial": 13,
    "geometric": 14,
    "integer": 15,
}

# What each of them is given, in this order.
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

OP = {"sum": 0, "mean": 1, "var": 2, "std": 3, "min": 4, "max": 5, "norm": 6}


# --- callbacks -------------------------------------------------------------------------------

# What C calls back. MapFunction(f) wraps a Python function, and has to be kept as long as C may
# call it; MapFunction(address) is native code, such as the `address` of a numba.cfunc. A Python
# function holds the GIL while it runs, so that only one runs at a time, and no exception may leave
# it; see callbacks.py.
MapFunction = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_void_p)  # item, result, user_data
TaskFunction = CFUNCTYPE(c_int32, c_void_p)  # user_data
BlockFunction = CFUNCTYPE(  # x, y, count, user_data
    *(c_int32, POINTER(c_double), POINTER(c_double), c_size_t, c_void_p)
)


# --- prototypes ------------------------------------------------------------------------------

status = c_int32

# Opaque handles.
control = c_void_p
pool = c_void_p
job = c_void_p
lock = c_void_p
queue = c_void_p

# The arguments of a map: pool, function, user_data, items, results, count and chunk size.
_map = [
    *(pool, MapFunction, c_void_p),
    *(c_void_p, c_size_t, c_void_p, c_size_t, c_size_t, c_size_t),
]

PROTOTYPES: dict[str, tuple[Any, list[Any]]] = {
    "sum_my_numbers": (c_double, [POINTER(c_double), c_size_t]),
    "parallel_stats": (status, [POINTER(c_double), c_size_t, POINTER(Stats)]),
    "parexact_sum_f64": (status, [POINTER(c_double), c_size_t, POINTER(c_double)]),
    "parexact_norm_f64": (status, [POINTER(c_double), c_size_t, POINTER(c_double)]),
    "parexact_dot_f64": (
        status,
        [POINTER(c_double), POINTER(c_double), c_size_t, POINTER(c_double)],
    ),
    "parexact_sum": (status, [POINTER(Array), POINTER(c_double)]),
    "parexact_norm": (status, [POINTER(Array), POINTER(c_double)]),
    "parexact_dot": (status, [POINTER(Array), POINTER(Array), POINTER(c_double)]),
    "parexact_describe": (status, [POINTER(Array), c_int64, c_int32, POINTER(Stats)]),
    "parexact_reduce": (
        status,
        [
            *(POINTER(Array), c_int32, POINTER(c_int32), c_int32),
            *(c_int64, c_int32, POINTER(c_double), c_size_t),
        ],
    ),
    "parexact_state_words": (c_size_t, []),
    "parexact_state_init": (status, [POINTER(State)]),
    "parexact_state_update": (status, [POINTER(State), POINTER(Array)]),
    "parexact_state_merge": (status, [POINTER(State), POINTER(State)]),
    "parexact_state_result": (status, [POINTER(State), c_int64, c_int32, POINTER(Stats)]),
    "parexact_state_norm": (status, [POINTER(State), POINTER(c_double)]),
    "parexact_state_fingerprint": (status, [POINTER(State), POINTER(c_uint64)]),
    "parexact_mpi_merge": (None, [c_void_p, c_void_p, POINTER(c_int), c_void_p]),
    "my_statistics": (status, [c_uint64, c_uint64, POINTER(Stats)]),
    "parexact_random_fill": (
        status,
        [POINTER(Distribution), c_uint64, c_uint64, c_uint64, POINTER(c_double), c_size_t],
    ),
    "parexact_random_state": (
        status,
        [POINTER(Distribution), c_uint64, c_uint64, c_uint64, c_uint64, POINTER(State)],
    ),
    "parexact_set_num_threads": (status, [c_size_t]),
    "parexact_get_num_threads": (c_size_t, []),
    "parexact_set_num_threads_local": (c_size_t, [c_size_t]),
    "parexact_get_num_threads_local": (c_size_t, []),
    "parexact_control_new": (status, [POINTER(control)]),
    "parexact_control_attach": (control, [control]),
    "parexact_control_cancel": (None, [control]),
    "parexact_control_progress": (None, [control, POINTER(c_uint64), POINTER(c_uint64)]),
    "parexact_control_reset": (None, [control]),
    "parexact_control_free": (None, [control]),
    "parexact_pool_new": (status, [c_size_t, POINTER(pool)]),
    "parexact_pool_free": (None, [pool]),
    "parexact_map": (status, _map),
    "parexact_map_async": (status, [*_map, POINTER(job)]),
    "parexact_submit": (status, [pool, TaskFunction, c_void_p, POINTER(job)]),
    "parexact_job_wait": (status, [job, c_double]),
    "parexact_job_free": (None, [job]),
    "parexact_lock_new": (status, [POINTER(lock)]),
    "parexact_lock_acquire": (status, [lock, c_double]),
    "parexact_lock_release": (status, [lock]),
    "parexact_lock_free": (None, [lock]),
    "parexact_queue_new": (status, [c_size_t, c_size_t, POINTER(queue)]),
    "parexact_queue_put": (status, [queue, c_void_p, c_double]),
    "parexact_queue_get": (status, [queue, c_double, c_void_p]),
    "parexact_queue_length": (c_size_t, [queue]),
    "parexact_queue_close": (status, [queue]),
    "parexact_queue_free": (None, [queue]),
    "parexact_pi": (status, [c_uint64, POINTER(c_double)]),
    "parexact_integrate": (
        status,
        [BlockFunction, c_void_p, c_double, c_double, c_uint64, POINTER(c_double)],
    ),
    "parexact_explain": (status, [c_void_p, c_size_t, POINTER(c_size_t)]),
    "parexact_version": (c_char_p, []),
    "parexact_status_name": (c_char_p, [status]),
    "parexact_last_error": (c_char_p, []),
}

for _name, (_result, _arguments) in PROTOTYPES.items():
    _function = getattr(lib, _name)
    _function.restype = _result
    _function.argtypes = _arguments


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

    Its values must be of a type in `DTYPE`: no other byte order, no float16 and no objects.
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
