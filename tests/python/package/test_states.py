"""Arrays of states: along any axes, merged, rounded; and statistics along axes in one pass."""

from __future__ import annotations

import itertools
import math
import pickle
from typing import Any

import numpy as np
import oracle
import parexact
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

AXES = [None, 0, 1, 2, -1, (0, 1), (2, 0), (-1, -2), (0, 1, 2), ()]


@pytest.fixture
def a() -> Any:
    a = np.random.default_rng(1).normal(size=(6, 5, 4))
    a[1, 2, 3] = np.nan
    a[2, 0, 0] = np.inf
    return a


def slices(a: Any, axis: Any) -> Any:
    """Return the slices of an array in the places of the axes that stay."""
    axes = range(a.ndim) if axis is None else [i % a.ndim for i in np.atleast_1d(np.array(axis, int))]
    kept = [i for i in range(a.ndim) if i not in axes]
    return np.moveaxis(a, kept, range(len(kept))), tuple(a.shape[i] for i in kept)


def expected(values: Any, ddof: int, nan_policy: str) -> tuple[Any, ...]:
    answer = oracle.describe(np.ravel(values).tolist(), ddof, nan_policy == "omit")
    return tuple(getattr(answer, name) for name in parexact.Stats._fields)


@pytest.mark.parametrize("axis", AXES)
def test_states_are_those_of_the_slices(a: Any, axis: Any) -> None:
    states = parexact.states(a, axis)
    parts, shape = slices(a, axis)
    assert states.shape == (*shape, 256) and states.dtype == np.int64
    for index in np.ndindex(*shape):
        assert np.array_equal(states[index], parexact.State(parts[index]).words), index


@pytest.mark.parametrize(("ddof", "nan_policy"), [(0, "propagate"), (1, "omit")])
@pytest.mark.parametrize("axis", AXES)
def test_results_and_describe_are_those_of_the_slices(a: Any, axis: Any, ddof: int, nan_policy: str) -> None:
    parts, shape = slices(a, axis)
    found = parexact.results(parexact.states(a, axis), ddof=ddof, nan_policy=nan_policy)
    assert isinstance(found, np.ndarray) and found.shape == shape
    assert found.dtype.names == parexact.Stats._fields
    described = parexact.describe(a, axis, ddof=ddof, nan_policy=nan_policy)
    for index in np.ndindex(*shape):
        wanted = expected(parts[index], ddof, nan_policy)
        np.testing.assert_array_equal(found[index].tolist(), wanted)
        np.testing.assert_array_equal([np.asarray(field)[index] for field in described], wanted)


@given(
    hnp.arrays(
        st.sampled_from([np.float64, np.float32, np.int64, np.uint64, np.int8, np.bool_]),
        hnp.array_shapes(max_dims=3, max_side=40, min_side=0),
    ),
    st.data(),
)
def test_any_array(a: Any, data: st.DataObject) -> None:
    axis = data.draw(st.sampled_from([None, *range(a.ndim), tuple(range(a.ndim))[::-1]]))
    parts, shape = slices(a, axis)
    described = parexact.describe(a, axis, nan_policy="omit")
    found = parexact.results(parexact.states(a, axis), nan_policy="omit")
    for index in itertools.islice(np.ndindex(*shape), 20):
        wanted = expected(parts[index], 0, "omit")
        np.testing.assert_array_equal([np.asarray(field)[index] for field in described], wanted)
        np.testing.assert_array_equal(found[index].tolist(), wanted)


def test_what_describe_returns(a: Any) -> None:
    along = parexact.describe(a, 0)
    for name, field in along._asdict().items():
        assert field.dtype == (np.int64 if "count" in name else np.float64)
        assert field.shape == (5, 4) and field.flags.c_contiguous and field.flags.owndata, name
    assert all(type(field) in (int, float) for field in parexact.describe(np.float64(2.0), ()))
    assert all(type(field) in (int, float) for field in parexact.describe(a, (0, 1, 2)))
    with pytest.raises(ValueError, match="are NaN"):
        parexact.describe(a, 0, nan_policy="raise")


def test_few_values_for_each_result() -> None:
    """They are rounded from machine words where these hold them: not with exponents far apart."""
    rng = np.random.default_rng(2)
    kinds = [rng.normal(size=(50, 3)), rng.choice([0.0, -0.0, 1.0, -1.0], (50, 3))]
    kinds += [kinds[0] * 10.0 ** rng.integers(-300, 300, (50, 3)), np.zeros((50, 0)), np.ones((50, 1))]
    for x in kinds:
        for ddof in (0, 1, 5):
            found = parexact.describe(x, 1, ddof=ddof)
            for i, row in enumerate(x):
                wanted = expected(row, ddof, "propagate")
                numbers = [field[i] for field in found]
                np.testing.assert_array_equal(numbers, wanted)
                assert [math.copysign(1, x) for x in numbers[-2:]] == [
                    math.copysign(1, x) for x in wanted[-2:]
                ]


def test_merged_parts_are_the_whole(a: Any) -> None:
    parts = [parexact.states(a[:1], 0), parexact.states(a[1:4], 0), parexact.states(a[4:], 0)]
    whole = parexact.states(a, 0)
    assert np.array_equal(parexact.merge(parts), whole)
    assert np.array_equal(parexact.merge(parts[::-1]), whole)
    assert np.array_equal(parexact.merge(np.stack(parts, axis=1), axis=1), whole)
    assert np.array_equal(parexact.merge(np.stack(parts, axis=2), axis=-1), whole)
    assert np.array_equal(parexact.merge(parts, axis=(1, 0)), parexact.states(a, (0, 1)))
    assert np.array_equal(parexact.merge(parts, axis=None), parexact.State(a).words)
    assert np.array_equal(parexact.merge(whole, axis=()), whole)
    assert np.array_equal(parexact.merge(whole[::2, ::-1], axis=0), parexact.states(a[:, ::2, ::-1], (0, 1)))
    nothing = parexact.merge(np.empty((0, 3, 256), np.int64))
    assert np.array_equal(nothing, [parexact.State().words] * 3)
    assert parexact.merge(np.empty((2, 0, 256), np.int64)).shape == (0, 256)


def test_words_are_merged_by_any_engine(a: Any) -> None:
    """Sums and maxima of words are states too; merging no axes makes them canonical."""
    parts = np.stack([parexact.states(a[i::2], 0) for i in range(2)])
    words = parts[0].copy()
    words[..., 1:207] = parts[..., 1:207].sum(axis=0)
    words[..., 207:210] = parts[..., 207:210].max(axis=0)
    whole = parexact.states(a, 0)
    assert np.array_equal(parexact.merge(words, axis=()), whole)
    assert parexact.results(words).tobytes() == parexact.results(whole).tobytes()


def test_states_of_other_kinds(a: Any) -> None:
    one, two = parexact.State([1.0, 2.0]), parexact.State([4.0])
    assert parexact.results(one)["mean"] == 1.5 and parexact.results(one).shape == ()
    assert parexact.results([one, two])["mean"].tolist() == [1.5, 4.0]
    assert parexact.results(parexact.merge([one, two]))["sum"] == 7.0
    assert parexact.results([[one], [two]]).shape == (2, 1)
    states = parexact.states(a, 0)
    for same in (pickle.loads(pickle.dumps(states)), states.tolist(), states.astype(">i8"), tuple(states)):
        assert parexact.results(same).tobytes() == parexact.results(states).tobytes()
    xarray = pytest.importorskip("xarray")
    cube = xarray.DataArray(a, dims=("t", "y", "x"))
    assert np.array_equal(parexact.states(cube, 0), states)
    kept = xarray.DataArray(states, dims=("y", "x", "word"))
    assert parexact.results(kept)["count"].tolist() == [[6] * 4] * 5


def test_errors_speak_of_the_callers_array(a: Any) -> None:
    states = np.stack([parexact.states(a, 2)] * 3)
    damaged = states.copy()
    damaged[2, 4, 1, 1] = damaged[2, 5, 3, 1] = -1
    for call in (parexact.results, parexact.merge, lambda s: parexact.merge(s, axis=(1, 2))):
        with pytest.raises(ValueError, match=r"^states\[2, 4, 1\]: a counter of the state is negative"):
            call(damaged)
    with pytest.raises(ValueError, match=r"^states: a counter"):
        parexact.results(damaged[2, 4, 1])
    with pytest.raises(ValueError, match=r"^states\[0, 1, 2\]: 1 of 4 values are NaN"):
        parexact.results(states, nan_policy="raise")
    for call in (parexact.merge, lambda s: parexact.merge(s, axis=0)):
        with pytest.raises(ValueError, match=r"^states\[2, 4, 1\]: a counter of the state is negative"):
            call(list(damaged))
    full = parexact.State([0.0]).words
    full[1] = 2**62
    with pytest.raises(
        ValueError, match=r"^states\[1, 0\]: its count is 4611686018427387904; it must be at most"
    ):
        parexact.merge(np.stack([[full], [full]]))


def test_refusals(a: Any) -> None:
    states = parexact.states(a, 0)
    for wrong in (states.astype(float), states.astype(np.int32), states.astype(np.uint64), ["x"], None):
        for call in (parexact.merge, parexact.results):
            with pytest.raises(TypeError, match=r"states(\[0\])? must be an array of int64"):
                call(wrong)
    for shape in ((), (255,), (256, 255), (2, 257)):
        for call in (parexact.merge, parexact.results):
            with pytest.raises(ValueError, match="the last axis must have the 256 words of a state"):
                call(np.zeros(shape, np.int64))
    with pytest.raises(
        ValueError, match=r"states\[1\] has the shape \(4, 256\), but states\[0\] has \(5, 4, 256\)"
    ):
        parexact.merge([states, states[0]])
    for axis in (2, -3, (0, 5)):
        with pytest.raises(np.exceptions.AxisError):
            parexact.merge(states, axis=axis)
    with pytest.raises(np.exceptions.AxisError):
        parexact.states(a, 3)
    for call in (lambda: parexact.merge(states, axis=(0, 0)), lambda: parexact.states(a, (1, -2))):
        with pytest.raises(ValueError, match="duplicate value in 'axis'"):
            call()
    with pytest.raises(TypeError):
        parexact.states(["x"], 0)
    for other in (states, parexact.State()):
        with pytest.raises(TypeError, match=r"states come as a list: merge\(\[a, b\]\)"):
            parexact.merge(states, other)
    with pytest.raises(ValueError, match="ddof is"):
        parexact.results(states, ddof=-1)
    with pytest.raises(ValueError, match="nan_policy is 'propagate'"):
        parexact.results(states, nan_policy="ignore")


def test_interrupted_by_a_control() -> None:
    """A cancelled call raises; what it was given stays as it was."""
    states = parexact.states(np.ones((3, 1000)), 0)
    before = states.copy()
    with parexact.Control() as control:
        control.cancel()
        for call in (lambda: parexact.merge([states, states]), lambda: parexact.results(states)):
            with pytest.raises(parexact.CancelledError):
                call()
        with pytest.raises(parexact.CancelledError):
            parexact.states(np.ones((3, 1000)), 0)
        with pytest.raises(parexact.CancelledError):
            parexact.describe(np.ones((3, 1000)), 0)
    assert np.array_equal(states, before)
