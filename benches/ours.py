"""parexact as a contender: plain ctypes, over the prototypes of python_examples/raw.py."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from ctypes import POINTER, byref, c_double, c_int32
from functools import partial
from itertools import count, repeat
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from data import Axes
from timing import Contender

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "python_examples"))
import raw

NAME = "parexact"
Numbers = npt.NDArray[Any]

OPS = {"sum": 0, "mean": 1, "var": 2, "std": 3, "min": 4, "max": 5, "norm": 6}


class Missing(Exception):
    """The library, or raw.py, does not have the function."""


def function(name: str) -> Callable[..., int]:
    """Return one of the library's functions, with its prototype."""
    if name not in raw.PROTOTYPES:
        raise Missing(f"{name} has no prototype in raw.py")
    found: Callable[..., int] = getattr(raw.lib, name)
    return found


def _contender(call: Callable[[], int], value: Callable[[], float], name: str = NAME) -> Contender:
    """Return the call as a contender that fails if the status is not OK."""

    def checked(status: int) -> float:
        raw.check(status)
        return value()

    return Contender(name, call, checked, exact=True)


def sum_f64(x: npt.NDArray[np.float64]) -> Contender:
    """Sum a vector by the plain function, whose call costs least."""
    out = c_double()
    call = partial(function("parexact_sum_f64"), raw.doubles(x), x.size, byref(out))
    return _contender(call, lambda: out.value)


def sum_view(a: Numbers) -> Contender:
    """Sum any array."""
    out = c_double()
    call = partial(function("parexact_sum"), byref(raw.view(a)), byref(out))
    return _contender(call, lambda: out.value)


def describe(a: Numbers, nan: str = "propagate") -> Contender:
    """n, sum, mean, var, std, min and max of any array; stands for its variance."""
    out = raw.Stats()
    policy = raw.NAN_POLICY[nan]
    view = raw.view(a)
    call = partial(function("parexact_describe"), byref(view), 0, policy, byref(out))
    return _contender(call, lambda: out.variance)


def norm(a: Numbers) -> Contender:
    """Return the Euclidean norm of any array."""
    out = c_double()
    call = partial(function("parexact_norm"), byref(raw.view(a)), byref(out))
    return _contender(call, lambda: out.value)


def dot(x: Numbers, y: Numbers) -> Contender:
    """Return the dot product of any two arrays of one shape."""
    out = c_double()
    views = byref(raw.view(x)), byref(raw.view(y))
    call = partial(function("parexact_dot"), *views, byref(out))
    return _contender(call, lambda: out.value)


def summary(kind: int, results: Sequence[int], x: Numbers, y: Numbers | None = None) -> Contender:
    """Make a summary of arrays, and some of its results; stands for the last one."""
    made = raw.abi.parexact_summary()
    wanted = (c_int32 * len(results))(*results)
    out = (c_double * len(results))()
    init, update = function("parexact_summary_init"), function("parexact_summary_update")
    rounded = function("parexact_summary_results")
    views = [None if a is None else byref(raw.view(a)) for a in (x, y)]

    def call() -> int:
        return (
            init(byref(made), kind)
            or update(byref(made), *views, None)
            or rounded(byref(made), wanted, len(results), 0, 0, out)
        )

    return _contender(call, lambda: out[-1])


def summarize(kind: int, result: int, x: Numbers, y: Numbers | None = None) -> Contender:
    """Compute one result of a summary that is not kept."""
    out = c_double()
    views = [None if a is None else byref(raw.view(a)) for a in (x, y)]
    arguments = (kind, result, *views, None, None, 0, 0, 0, byref(out), 1)
    call = partial(function("parexact_summarize"), *arguments)
    return _contender(call, lambda: out.value)


def reduce(
    a: Numbers, op: str, axes: Axes = None, nan: str = "propagate", name: str = NAME
) -> Contender:
    """Reduce along an axis, along several, or altogether; stands for the first number of the result."""
    reduced = () if axes is None else (axes,) if isinstance(axes, int) else axes
    out = np.empty(np.delete(a.shape, reduced) if reduced else ())
    call = partial(
        function("parexact_reduce"),
        byref(raw.view(a)),
        OPS[op],
        (c_int32 * len(reduced))(*reduced) if reduced else None,
        len(reduced),
        0,
        raw.NAN_POLICY[nan],
        out.ctypes.data_as(POINTER(c_double)),
        out.size,
    )
    return _contender(call, lambda: float(out.flat[0]), name)


# --- random numbers --------------------------------------------------------------------------

SEED = 1


def fill(kind: str, *parameters: float, n: int) -> Contender:
    """Draw n numbers into one buffer, and the next n in the next call; stands for the last one."""
    out = np.empty(n)
    # Whatever advances the offset is timed too: nothing of it runs in the interpreter.
    calls = map(
        function("parexact_random_fill"),
        repeat(byref(raw.distribution(kind, *parameters))),
        *(repeat(SEED), repeat(0), count(0, n)),
        *(repeat(raw.doubles(out)), repeat(n)),
    )
    return _contender(partial(next, calls), lambda: float(out[-1]))


def fused(kind: str, *parameters: float, n: int) -> Contender:
    """Draw the first n numbers into a state, which stores none; stands for their variance."""
    d, state, out = raw.distribution(kind, *parameters), raw.State(), raw.Stats()
    draw, result = function("parexact_random_state"), function("parexact_state_result")
    arguments = byref(d), SEED, 0, 0, n, byref(state)

    def call() -> int:
        raw.lib.parexact_state_init(byref(state))
        return draw(*arguments) or result(byref(state), 0, 0, byref(out))

    return _contender(call, lambda: out.variance, f"{NAME}, none stored")


def fill_then_describe(kind: str, *parameters: float, n: int) -> Contender:
    """Draw the same numbers into an array and describe that."""
    d, x, out = raw.distribution(kind, *parameters), np.empty(n), raw.Stats()
    draw, describe = function("parexact_random_fill"), function("parexact_describe")
    arguments, view = (byref(d), SEED, 0, 0, raw.doubles(x), n), raw.view(x)

    def call() -> int:
        return draw(*arguments) or describe(byref(view), 0, 0, byref(out))

    return _contender(call, lambda: out.variance, "fill, then describe")


def my_statistics(sizes: Sequence[int]) -> Contender:
    """Run the slide's loop; stands for the last variance."""
    out = raw.Stats()
    draw = function("my_statistics")

    def call() -> int:
        return max(draw(size, SEED, byref(out)) for size in sizes)

    return _contender(call, lambda: out.variance)


# --- the pool --------------------------------------------------------------------------------


def pi(n: int) -> Contender:
    """Compute π(n)."""
    out = c_double()
    call = partial(function("parexact_pi"), n, byref(out))
    return _contender(call, lambda: out.value)


def map_empty(n: int) -> Contender:
    """Call a compiled function that does nothing for n items of 8 bytes, with results of 8."""
    import numba  # noqa: PLC0415

    @numba.cfunc("int32(voidptr, voidptr, voidptr)")
    def empty(item: object, result: object, user_data: object) -> int:
        return 0

    items, results = np.zeros(n), np.zeros(n)
    places = (items.ctypes.data, 8, results.ctypes.data, 8)
    callback = raw.MapFunction(empty.address)
    call = partial(function("parexact_map"), None, callback, None, *places, n, 0)
    keep = (empty, items, results)
    return _contender(call, lambda: float(len(keep) * 0))
