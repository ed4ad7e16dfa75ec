"""States along axes: the words of each are those that the format defines for its values."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from ctypes import POINTER, byref, c_int32, cast
from itertools import chain, combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import state_format
from adversarial import MAKERS
from calls import as_view, fields, strided
from children import run_python
from hypothesis import given
from hypothesis import strategies as st
from layouts import (
    DTYPES,
    KINDS,
    AnyArray,
    arrays_and_axes,
    ddofs,
    expected,
    laid_out,
    numbers,
    orders,
    place,
    policies,
    slices,
    values_of,
)
from raw import NAN_POLICY, OK, Array, State, Stats, check, lib
from test_simd import paths_of_this_cpu

Words = npt.NDArray[np.int64]
MASKS = [dtype for dtype in DTYPES if dtype.kind != "f"]


def pointer(words: AnyArray, kind: Any = State) -> Any:
    return cast(words.ctypes.data, POINTER(kind))


def init(count: int) -> Words:
    words = np.full((count, 256), -1, np.int64)
    check(lib.parexact_states_init(pointer(words), count))
    return words


def update(
    words: Words, x: AnyArray, where: AnyArray | None = None, axes: Sequence[int] = ()
) -> Words:
    """Add an array to states, in place."""
    mask = None if where is None else byref(as_view_of_mask(where))
    chosen = (c_int32 * len(axes))(*axes) if axes else None
    view = x if isinstance(x, Array) else as_view(x)
    check(
        lib.parexact_state_update_axes(
            pointer(words), len(words), byref(view), mask, chosen, len(axes)
        )
    )
    return words


def as_view_of_mask(where: AnyArray) -> Array:
    return strided(where, 0)


def results(words: Words, ddof: int = 0, nan: str = "propagate") -> list[dict[str, object]]:
    out = (Stats * len(words))()
    check(lib.parexact_state_results(pointer(words), len(words), ddof, NAN_POLICY[nan], out))
    return [fields(stats) for stats in out]


def described(
    x: AnyArray, where: AnyArray | None, axes: Sequence[int], ddof: int, nan: str
) -> list[dict[str, object]]:
    """Return what parexact_describe_axes answers."""
    count = len(slices(x, axes))
    out = (Stats * count)()
    mask = None if where is None else byref(as_view_of_mask(where))
    chosen = (c_int32 * len(axes))(*axes) if axes else None
    check(
        lib.parexact_describe_axes(
            byref(as_view(x)), mask, chosen, len(axes), ddof, NAN_POLICY[nan], out, count
        )
    )
    return [fields(stats) for stats in out]


def defined(parts: Sequence[Sequence[float]]) -> Words:
    """Return the words that the format defines for the values of each part."""
    return np.array([state_format.words_of(part) for part in parts], np.int64).reshape(-1, 256)


def selected(x: AnyArray, where: AnyArray, axes: Sequence[int]) -> list[list[float]]:
    """Return the values of each slice that the mask selects: those where a bit is set."""
    whole = where.view(np.uint8) if where.dtype.kind == "b" else where
    marks = [(mark != 0).ravel() for mark in slices(whole, axes)]
    values = [values_of(part) for part in slices(x, axes)]
    return [[v for v, m in zip(part, mark) if m] for part, mark in zip(values, marks)]


@st.composite
def masked_arrays(draw: st.DrawFn) -> tuple[AnyArray, AnyArray, list[int]]:
    """Draw an array, a mask of any type and layout, and axes."""
    x, axes = draw(arrays_and_axes())
    dtype = draw(st.sampled_from(MASKS))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    # Each byte of an element may be the one that is not 0.
    bytes_ = rng.integers(0, 256, x.size * dtype.itemsize, np.uint8)
    marks = (bytes_ * (rng.random(bytes_.size) < 0.5 / dtype.itemsize)).view(dtype)
    return x, draw(laid_out(marks.reshape(x.shape))), axes


@given(arrays_and_axes())
def test_any_array_over_any_axes(drawn: tuple[AnyArray, list[int]]) -> None:
    x, axes = drawn
    words = defined([values_of(part) for part in slices(x, axes)])
    assert np.array_equal(update(init(len(words)), x, None, axes), words)
    # Added a second time, to states that are not empty.
    twice = defined([2 * values_of(part) for part in slices(x, axes)])
    assert np.array_equal(update(words, strided(x), None, axes), twice)


@given(masked_arrays(), ddofs, policies)
def test_masks(drawn: tuple[AnyArray, AnyArray, list[int]], ddof: int, nan: str) -> None:
    x, where, axes = drawn
    parts = selected(x, where, axes)
    words = update(init(len(parts)), x, where, axes)
    assert np.array_equal(words, defined(parts))
    assert described(x, where, axes, ddof, nan) == results(words, ddof, nan)


@given(arrays_and_axes(), ddofs, policies)
def test_results(drawn: tuple[AnyArray, list[int]], ddof: int, nan: str) -> None:
    x, axes = drawn
    parts = slices(x, axes)
    found = results(update(init(len(parts)), x, None, axes), ddof, nan)
    assert described(x, None, axes, ddof, nan) == found
    names = {
        "sum": "sum",
        "mean": "mean",
        "var": "variance",
        "std": "std",
        "min": "min",
        "max": "max",
    }
    for part, stats in zip(parts, found):
        values = values_of(part)
        nans = sum(map(math.isnan, values))
        assert (stats["nan_count"], stats["count"]) == (nans, len(values) - nans * (nan == "omit"))
        for op, name in names.items():
            one = np.array([expected(part, op, ddof, nan)])
            assert stats[name] == fields_of(one[0]), name


def fields_of(x: float) -> str:
    stats = Stats(sum=x)
    return str(fields(stats)["sum"])


@pytest.mark.parametrize("size", range(4))
def test_every_set_of_axes(size: int) -> None:
    x = np.random.default_rng(1).normal(size=(2, 3, 4))
    x[1, 2, 3] = math.nan
    for axes in combinations(range(3), size):
        words = defined([values_of(part) for part in slices(x, axes)])
        assert np.array_equal(update(init(len(words)), x, None, axes), words), axes


SHAPES = [(700, 40), (40, 700), (300, 1100), (1100, 150), (60_000, 9), (9, 2500)]
#: A state has 2 KiB: of longer axes none are kept.
MOST_STATES = 2500


def fills() -> Iterator[tuple[str, AnyArray, AnyArray | None, int]]:
    """Yield arrays large enough for every way through the library, with a mask and without."""
    rng = np.random.default_rng(5)
    for shape in SHAPES:
        for dtype, kind in [("f8", "small"), ("f8", "any"), ("f4", "not finite"), ("i8", "ends")]:
            x = numbers(rng, np.dtype(dtype), math.prod(shape), kind).reshape(shape)
            if kind == "small":
                x *= rng.choice([1.0, -0.0, 0.125], shape)
            masks: list[AnyArray | None] = [None, rng.random(shape) < 0.3]
            for where in masks:
                for axis in (axis for axis in (0, 1) if shape[1 - axis] <= MOST_STATES):
                    yield f"{shape} {dtype} {kind} {where is None} {axis}", x, where, axis


def digests() -> dict[str, str]:
    """Return a digest of the states of each array."""
    found = {}
    for name, x, where, axis in fills():
        words = update(init(x.shape[1 - axis]), x, where, [axis])
        found[name] = hashlib.sha256(words.tobytes()).hexdigest()
    return found


@pytest.fixture(scope="module")
def here() -> dict[str, str]:
    return digests()


def test_large_arrays_are_their_slices() -> None:
    """Compare some slices of each array with a state that was made of the slice alone."""
    for name, x, where, axis in fills():
        words = update(init(x.shape[1 - axis]), x, where, [axis])
        for i in (0, 1, len(words) // 2, len(words) - 1):
            values = np.take(x, i, 1 - axis)
            if where is not None:
                values = values[np.take(where, i, 1 - axis)]
            one = update(init(1), np.ascontiguousarray(values))
            assert np.array_equal(words[i], one[0]), (name, i)


@pytest.mark.parametrize("path", paths_of_this_cpu())
def test_forced_path(path: str, here: dict[str, str]) -> None:
    child = "import json, test_states; print(json.dumps(test_states.digests()))"
    assert json.loads(run_python(child, {"PAREXACT_SIMD": path}, timeout=300)) == here


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_thread_counts(threads: int, here: dict[str, str]) -> None:
    assert lib.parexact_set_num_threads(threads) == OK
    try:
        assert digests() == here
    finally:
        assert lib.parexact_set_num_threads(0) == OK


@pytest.mark.parametrize("maker", MAKERS)
def test_hard_values_in_columns(maker: Any) -> None:
    """Numbers that the column kernel must leave to others, side by side with those that it takes."""
    rng = np.random.default_rng(3)
    hard, easy = maker(rng, 1, 4000)[0].reshape(200, 20), rng.normal(size=(200, 20))
    for x in (hard, np.concatenate([hard, easy], 1), np.concatenate([easy, hard, easy])):
        words = update(init(x.shape[1]), x, None, [0])
        assert np.array_equal(words, defined(x.T.tolist()))


@pytest.mark.parametrize("sign", [1, -1])
def test_zeros_of_either_sign_in_columns(sign: int) -> None:
    """The one zero that decides is in any of several blocks of rows, or in none."""
    x = np.abs(np.random.default_rng(4).normal(size=(300, 64))) * sign
    for column in range(64):
        x[column::64, column] = 0.0
        if column % 3:
            x[(column * 37) % 300, column] = -0.0
    x[:, 5], x[:, 6] = 0.0, -0.0
    words = update(init(64), x, None, [0])
    assert np.array_equal(words, defined(x.T.tolist()))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_layouts(dtype: np.dtype[Any]) -> None:
    rng = np.random.default_rng(6)
    for kind in KINDS:
        x = numbers(rng, dtype, 90, kind).reshape(6, 15)
        where = rng.random(x.shape) < 0.5
        for name, y in orders(x).items():
            for axis in (0, 1):
                words = defined([values_of(part) for part in slices(x, [axis])])
                assert np.array_equal(update(init(len(words)), y, None, [axis]), words), name
                words = defined(selected(x, where, [axis]))
                for mask in orders(where).values():
                    assert np.array_equal(update(init(len(words)), y, mask, [axis]), words), name


def test_masks_that_are_broadcast() -> None:
    x = np.random.default_rng(7).normal(size=(5, 6, 7))
    for shape in [(1, 6, 1), (5, 1, 1), (1, 1, 7), (1, 1, 1)]:
        small = np.random.default_rng(8).random(shape) < 0.5
        where = np.broadcast_to(small, x.shape)
        for axes in ([0], [1, 2], [2], []):
            words = defined(selected(x, np.ascontiguousarray(where), axes))
            assert np.array_equal(update(init(len(words)), x, where, axes), words)


def test_a_repeated_array() -> None:
    """Strides of 0 in the array: each result has the same values."""
    x = place(np.arange(1.0, 4.0).reshape(3, 1).repeat(500, 1), [8, 0])
    words = update(init(500), x, None, [0])
    assert np.array_equal(words, defined([[1.0, 2.0, 3.0]] * 500))


@given(st.lists(st.lists(st.lists(st.floats()), min_size=3, max_size=3), min_size=1, max_size=4))
def test_merging(parts: list[list[list[float]]]) -> None:
    into = init(3)
    for part in parts:
        words = defined(part)
        check(lib.parexact_states_merge(pointer(into), pointer(words), 3))
    assert np.array_equal(into, defined([list(chain(*values)) for values in zip(*parts)]))


def test_words_that_are_not_canonical() -> None:
    """Words that an engine has added up merge, update and round like canonical ones."""
    rng = np.random.default_rng(9)
    parts = [rng.normal(size=(4, 50)) * 10.0 ** rng.integers(-20, 20, (4, 1)) for _ in range(3)]
    states = [defined(part.tolist()) for part in parts]
    added = sum(state[:, 1:207] for state in states)
    words = states[0].copy()
    words[:, 1:207] = added
    words[:, 207:209] = np.max([state[:, 207:209] for state in states], axis=0)
    whole = defined(np.concatenate(parts, 1).tolist())
    assert not np.array_equal(words, whole)
    assert results(words, 1) == results(whole, 1)
    merged = init(4)
    check(lib.parexact_states_merge(pointer(merged), pointer(words), 4))
    assert np.array_equal(merged, whole)
    doubled = defined(np.concatenate([*parts, *parts], 1).tolist())
    for into, other in ((whole.copy(), words), (words.copy(), whole), (words.copy(), words)):
        check(lib.parexact_states_merge(pointer(into), pointer(other), 4))
        assert np.array_equal(into, doubled)
    updated = update(words.copy(), np.concatenate(parts, 1), None, [1])
    assert np.array_equal(updated, doubled)


def test_words_near_their_limits() -> None:
    """Digits may be as large as words: they are carried before anything is added."""
    x = np.random.default_rng(10).normal(size=(40, 50))
    whole, twice = defined(x.tolist()), defined(np.concatenate([x, x], 1).tolist())
    words = whole.copy()
    most = 2**31 - 1
    for low in [*range(5, 71, 2), *range(73, 205, 2)]:
        words[:, low] += most << 32
        words[:, low + 1] -= most
    assert results(words) == results(whole)
    assert np.array_equal(update(words.copy(), x, None, [1]), twice)
    for into, other in ((words.copy(), whole), (whole.copy(), words), (words.copy(), words)):
        check(lib.parexact_states_merge(pointer(into), pointer(other), 40))
        assert np.array_equal(into, twice)
