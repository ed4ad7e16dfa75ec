"""Reductions of xarray objects over named dimensions, for NumPy's arrays and for Dask's.

`DataArray.reduce` hands the array inside to a function, and the numbers of the dimensions:
`parexact.var` takes a NumPy array, `parexact.dask.var` a dask array, which stays lazy. (The first
would take the second as well, but compute all of it at once.)

    .venv-cluster/bin/python python_examples/cluster/xarray_reduce.py
"""

from __future__ import annotations

import numpy as np
import parexact.dask
import xarray as xr


def main() -> None:
    """Reduce one field over time, and over space, in memory and in chunks."""
    rng = np.random.default_rng(2017)
    field = xr.DataArray(
        280 + 15 * rng.standard_normal((730, 18, 36)),
        dims=("time", "lat", "lon"),
        coords={"lat": np.arange(-85.0, 90, 10), "lon": np.arange(0.0, 360, 10)},
        name="temperature",
    )
    for dim in ("time", ("lat", "lon"), None):
        plain = field.reduce(parexact.var, dim)
        same = []
        for chunks in ({"time": 50}, {"time": 365, "lat": 7}, {"lon": 5}):
            lazy = field.chunk(chunks).reduce(parexact.dask.var, dim)
            assert lazy.chunks is not None  # nothing has been computed
            same.append(lazy.compute().identical(plain))
        print(f"variance over {dim}: dimensions left {plain.dims}, the same bits in chunks: {same}")

    # Options of the functions pass through reduce; a Dataset's variables are reduced one by one.
    field[5, :, :] = np.nan
    data = field.chunk(time=100).to_dataset()
    means = data.reduce(parexact.dask.mean, ("time", "lon"), nan_policy="omit", keep_attrs=True)
    print(
        f"zonal means from {float(means.temperature.min()):.3f} to {float(means.temperature.max()):.3f}"
    )


if __name__ == "__main__":
    main()
