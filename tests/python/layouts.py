"""Arrays of every type in every layout: for hypothesis to draw, and made to order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import oracle
from hypothesis import strategies as st
from raw import DTYPE, NAN_POLICY, OP

AnyArray = npt.NDArray[Any]

DTYPES: list[np.dtype[Any]] = list(DTYPE)
KINDS = ["any", "ends", "small", "not finite"]
LONGEST = 400  # elements of a drawn array: the oracle takes microseconds for each


# --- values ----------------------------------------------------------------------------------


def ends(dtype: np.dtype[Any]) -> AnyArray:
    """Return the numbers at the borders of a type's range, and a few in the middle."""
    if dtype.kind == "b":
        return np.array([0, 1, 2, 128, 255], dtype=np.uint8).view(dtype)
    if dtype.kind == "f":
        limits = np.finfo(dtype)
        middle = [0.0, limits.smallest_subnormal, limits.tiny, 1.0, limits.max]
        return np.array([*middle, *(-x for x in middle)], dtype=dtype)
    limits = np.iinfo(dtype)
    low, high = int(limits.min), int(limits.max)
    return np.array([low, low + 1, 0, 1, high // 2, high // 2 + 1, high - 1, high], dtype=dtype)


def numbers(rng: np.random.Generator, dtype: np.dtype[Any], n: int, kind: str = "any") -> AnyArray:
    """Return n numbers: any finite bits, ends of the range, small integers, or not all finite."""
    raw = rng.integers(0, 256, n * dtype.itemsize, dtype=np.uint8)
    if dtype.kind == "b":  # true is any byte but 0
        return (raw * rng.integers(0, 2, n, dtype=np.uint8)).view(dtype)
    if kind == "ends":
        return rng.choice(ends(dtype), n)
    if kind == "small":
        low = 0 if dtype.kind == "u" else -9
        return rng.integers(low, 10, n).astype(dtype)
    x = raw.view(dtype)
    if dtype.kind == "f":
        x = np.where(np.isfinite(x), x, dtype.type(-1))
        if kind == "not finite":
            odd = rng.choice(np.array([np.nan, np.inf, -np.inf], dtype), n)
            x = np.where(rng.random(n) < rng.choice([0.02, 0.3]), odd, x)
    return x.astype(dtype, copy=False)  # `where` answers native bytes


# --- layouts ---------------------------------------------------------------------------------


def place(values: AnyArray, strides: Sequence[int], start: int = 0) -> AnyArray:
    """Return an array with the values at these strides in bytes, `start` bytes off alignment.

    Where elements overlap, the last one written wins.
    """
    reach = [(n - 1) * s for n, s in zip(values.shape, strides)] if values.size else []
    first = start - sum(r for r in reach if r < 0)
    size = first + sum(r for r in reach if r > 0) + values.itemsize
    words = np.full(size // 8 + 1, 0x5B5B5B5B5B5B5B5B, dtype=np.uint64)
    x = np.ndarray(values.shape, values.dtype, words.view(np.uint8), first, tuple(strides))
    x[...] = values
    return x


@st.composite
def shapes(draw: st.DrawFn, max_dims: int = 5) -> tuple[int, ...]:
    shape = draw(st.lists(st.integers(0, 5) | st.sampled_from([2, 3, 9, 65]), max_size=max_dims))
    while np.prod(shape, dtype=np.int64) > LONGEST:
        shape.remove(max(shape))
    return tuple(shape)


@st.composite
def laid_out(draw: st.DrawFn, values: AnyArray) -> AnyArray:
    """Draw a layout: axes in any order, steps of any sign, gaps, repetition, odd addresses.

    Slices, transposition, Fortran order, broadcasting, fields of records and sliding windows are
    all of this kind.
    """
    size = values.itemsize
    pitch = size + draw(st.sampled_from([0, 0, 0, 1, 3, size, 64 - size]))
    strides = [0] * values.ndim
    for axis in draw(st.permutations(range(values.ndim))):
        step = draw(st.sampled_from([1, 1, 1, -1, 2, -3, 0]))
        strides[axis] = step * pitch
        if not draw(st.integers(0, 15)):  # now and then elements that overlap
            strides[axis] = draw(st.integers(-size - 1, size + 1))
        pitch *= max(1, values.shape[axis]) * abs(step) or 1
        pitch += draw(st.sampled_from([0, 0, size, 5]))
    return place(values, strides, draw(st.sampled_from([0, 0, size, 1, 7])))


@st.composite
def arrays(draw: st.DrawFn, shape: tuple[int, ...] | None = None) -> AnyArray:
    """Draw an array of any type, shape, layout and kind of values."""
    if shape is None:
        shape = draw(shapes())
    dtype, kind = draw(st.sampled_from(DTYPES)), draw(st.sampled_from(KINDS))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = int(np.prod(shape, dtype=np.int64))
    return draw(laid_out(numbers(rng, dtype, count, kind).reshape(shape)))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[AnyArray, AnyArray]:
    """Draw two arrays of one shape."""
    shape = draw(shapes())
    return draw(arrays(shape)), draw(arrays(shape))


@st.composite
def arrays_and_axes(draw: st.DrawFn) -> tuple[AnyArray, list[int]]:
    """Draw an array and some of its axes, in any order, counted from either end."""
    x = draw(arrays())
    chosen = draw(st.lists(st.sampled_from(range(x.ndim)), unique=True)) if x.ndim else []
    return x, [axis - draw(st.sampled_from([0, x.ndim])) for axis in chosen]


ddofs = st.integers(0, 3)
policies = st.sampled_from(["propagate", "omit"])


# --- what must come out ----------------------------------------------------------------------


def values_of(x: AnyArray) -> list[float]:
    """Return all elements, exactly: a byte of a bool array that is not 0 is 1."""
    if x.dtype.kind == "b":
        return (x.view(np.uint8) != 0).ravel().astype(np.int64).tolist()
    return x.ravel().tolist()


def slices(x: AnyArray, axes: Sequence[int]) -> list[AnyArray]:
    """Return the part of x behind each output of a reduction, in C order; no axes are all."""
    reduced = {axis % x.ndim for axis in axes} or set(range(x.ndim))
    kept = [[slice(None)] if axis in reduced else range(n) for axis, n in enumerate(x.shape)]
    return [x[(*index, ...)] for index in product(*kept)]


def expected(x: AnyArray, op: str, ddof: int = 0, nan: str = "propagate") -> float:
    """Return what a reduction of all elements must answer."""
    values = values_of(x)
    omit = nan == "omit"
    if op == "norm":
        return oracle.norm([v for v in values if not (omit and math.isnan(v))])
    return getattr(oracle.describe(values, ddof, omit), {"var": "variance"}.get(op, op))


# --- everything, in few words ----------------------------------------------------------------


def orders(x: AnyArray) -> dict[str, AnyArray]:
    """Return the same values in other layouts, the kinds that kernels tell apart."""
    size = x.itemsize
    item = [size * int(np.prod(x.shape[k + 1 :], dtype=np.int64)) for k in range(x.ndim)]
    return {
        "C order": np.ascontiguousarray(x),
        "Fortran order": np.asfortranarray(x),
        "backwards": place(x, [-s for s in item]),
        "every other": place(x, [2 * s for s in item]),
        "records": place(x, [s // size * (size + 3) for s in item], 1),
        "unaligned": place(x, item, 1),
    }


ALL_OPS = list(OP)
ALL_POLICIES = list(NAN_POLICY)
