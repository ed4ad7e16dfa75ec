"""Arrays of states: along any axes, merged, rounded."""

from __future__ import annotations

from typing import Any

import numpy as np
import parexact
import pytest


@pytest.fixture
def a() -> Any:
    a = np.random.default_rng(1).normal(size=(6, 5, 4))
    a[1, 2, 3] = np.nan
    a[2, 0, 0] = np.inf
    return a


@pytest.mark.parametrize("axis", [None, 0, 1, 2, -1, (0, 1), (2, 0), (0, 1, 2), ()])
def test_states_are_those_of_the_slices(a: Any, axis: Any) -> None:
    states = parexact.states(a, axis)
    axes = tuple(range(3)) if axis is None else np.atleast_1d(np.array(axis, int)) % 3
    kept = [i for i in range(3) if i not in axes]
    assert states.shape == (*(a.shape[i] for i in kept), 256)
    slices = np.moveaxis(a, kept, range(len(kept)))
    for index in np.ndindex(*states.shape[:-1]):
        assert np.array_equal(states[index], parexact.State(slices[index]).words), index


def test_merged_parts_are_the_whole(a: Any) -> None:
    parts = [parexact.states(a[:1], 0), parexact.states(a[1:4], 0), parexact.states(a[4:], 0)]
    whole = parexact.states(a, 0)
    assert np.array_equal(parexact.merge(parts), whole)
    assert np.array_equal(parexact.merge(np.stack(parts, axis=1), axis=1), whole)
    assert np.array_equal(parexact.merge(parts, axis=None), parexact.State(a).words)


def test_results_are_those_of_the_states(a: Any) -> None:
    states = parexact.states(a, 1)
    found = parexact.results(states, ddof=1, nan_policy="omit")
    assert found.shape == states.shape[:-1]
    for index in np.ndindex(*found.shape):
        expected = parexact.describe(a[index[0], :, index[1]], ddof=1, nan_policy="omit")
        np.testing.assert_array_equal(found[index].tolist(), expected)
