"""An exact group-by with flox: the variance of each month of the year, whatever the chunks.

flox reduces each chunk group by group, combines what it got, and finalises. Here what a chunk gives
is one state for each group. flox passes arrays with one element a group, so that a state travels
as one element of 2048 bytes, of NumPy's void type.

    .venv-cluster/bin/python python_examples/cluster/flox_groupby.py
"""

from __future__ import annotations

from typing import Any

import dask.array as da
import flox
import numpy as np
import parexact

STATE = np.dtype((np.void, parexact.State().words.nbytes))


def words_of(states: np.ndarray) -> np.ndarray:
    """Return the words of the states that flox holds: one axis more, of 256 integers."""
    return np.ascontiguousarray(states)[..., np.newaxis].view(np.int64)


def states_of(words: np.ndarray) -> np.ndarray:
    """Return words as the states that flox holds."""
    return np.ascontiguousarray(words).view(STATE)[..., 0]


def chunk(
    group_idx: np.ndarray, array: np.ndarray, *, size: int, axis: int = -1, **_: Any
) -> np.ndarray:
    """Return the states of each group of a chunk along its last axis."""
    order = np.argsort(group_idx, kind="stable")
    values = np.take(array, order, axis=-1)
    # Values of a group lie together now; those of group -1 belong to none.
    ends = np.searchsorted(group_idx[order], np.arange(size + 1))
    groups = [parexact.states(values[..., i:j], axis=-1) for i, j in zip(ends, ends[1:])]
    return states_of(np.stack(groups, axis=-2))


def combine(states: np.ndarray, *, axis: Any = None, keepdims: bool = True, **_: Any) -> np.ndarray:
    """Merge states along axes that are kept, with length 1."""
    axes = tuple(np.atleast_1d(axis) % states.ndim)
    merged = parexact.merge(words_of(states), axis=axes)
    return np.expand_dims(states_of(merged), axes)


def variance(states: np.ndarray, **_: Any) -> np.ndarray:
    """Return the variance of each group."""
    return parexact.results(words_of(states))["variance"]


EXACT_VARIANCE = flox.Aggregation(
    "exact_variance",
    numpy=None,
    chunk=(chunk,),
    combine=(combine,),
    finalize=variance,
    fill_value=0,
    dtypes=(STATE,),
    final_dtype=np.float64,
)


def main() -> None:
    """Compare chunkings along time with exact results of each month, one by one."""
    rng = np.random.default_rng(2017)
    days = 730
    field = 280 + 15 * rng.standard_normal((6, 5, days)) * 10.0 ** rng.integers(-3, 3, days)
    month = np.arange(days) // 30 % 12
    expected = np.stack([parexact.var(field[..., month == m], axis=-1) for m in range(12)], axis=-1)
    for days_a_chunk in (730, 200, 31, 7):
        x = da.from_array(field, chunks=(6, 3, days_a_chunk))
        kwargs = {"expected_groups": np.arange(12), "method": "map-reduce", "engine": "numpy"}
        theirs, _ = flox.groupby_reduce(x, month, func="var", **kwargs)
        ours, _ = flox.groupby_reduce(x, month, func=EXACT_VARIANCE, **kwargs)
        theirs, ours = da.compute(theirs, ours)
        print(
            f"{days_a_chunk:4} days a chunk: the bits of each month by itself: "
            f"{np.array_equal(ours, expected)}; flox's own variance: {np.array_equal(theirs, expected)}"
        )


if __name__ == "__main__":
    main()
