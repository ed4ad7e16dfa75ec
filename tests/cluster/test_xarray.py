"""xarray's and flox's own ways to call a function: names of dimensions, coordinates, missing groups."""

from __future__ import annotations

from typing import Any

import dask.array as da
import flox
import flox_groupby
import numpy as np
import oracle
import parexact
import parexact.dask
import pytest
import xarray as xr


def field() -> xr.DataArray:
    """Return numbers whose plain sums depend on their order."""
    rng = np.random.default_rng(1)
    values = rng.standard_normal((300, 3, 4)) * 10.0 ** rng.integers(-20, 20, (300, 3, 4))
    return xr.DataArray(values, dims=("time", "y", "x"), coords={"y": [10, 20, 30]})


@pytest.mark.parametrize("dim", ["time", "x", ("y", "time"), None])
def test_reduce(dim: Any) -> None:
    a = field()
    kept = [d for d in a.dims if dim is not None and d not in np.atleast_1d(dim)]
    sets = a.stack(kept=kept, reduced=[d for d in a.dims if d not in kept]) if kept else a
    rows = sets.values if kept else [sets.values.ravel()]
    expected = np.array([oracle.describe(row.tolist()).variance for row in rows])
    plain = a.reduce(parexact.var, dim)
    assert plain.values.tobytes() == expected.tobytes()
    assert plain.dims == tuple(kept)
    for chunks in ({"time": 300}, {"time": 70, "x": 3}, {"time": 290, "y": 1}):
        lazy = a.chunk(chunks).reduce(parexact.dask.var, dim)
        assert isinstance(lazy.data, da.Array)
        assert lazy.compute().identical(plain)
        with_all = a.chunk(chunks).reduce(parexact.dask.var, dim, keepdims=True)
        assert with_all.shape == a.reduce(np.var, dim, keepdims=True).shape


def test_a_data_array_itself_is_refused_with_advice() -> None:
    with pytest.raises(TypeError, match=r"a is a DataArray, not a dask array; pass a\.data$"):
        parexact.dask.var(field().chunk())


def test_groups_with_flox() -> None:
    """Labels in any order, a group without values and values without a group."""
    rng = np.random.default_rng(5)
    values = field().values.reshape(300, 12).T.copy()
    labels = rng.integers(-1, 6, 300)
    labels[labels == 3] = 4
    for chunks in ((12, 300), (5, 41), (12, (299, 1))):
        found, groups = flox.groupby_reduce(
            da.from_array(values, chunks=chunks),
            labels,
            func=flox_groupby.EXACT_VARIANCE,
            expected_groups=np.arange(6),
            method="map-reduce",
            engine="numpy",
        )
        assert groups.tolist() == list(range(6))
        expected = [
            [oracle.describe(row[labels == group].tolist()).variance for group in range(6)]
            for row in values
        ]
        np.testing.assert_array_equal(found.compute(), expected)
