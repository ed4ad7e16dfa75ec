"""One array, cut in four ways: Dask's variance has other digits each time, parexact's the same bits.

.venv-cluster/bin/python python_examples/cluster/dask_statistics.py
"""

from __future__ import annotations

import dask
import dask.array as da
import numpy as np
import parexact.dask

CHUNKS = ((1000, 300), (100, 300), (1000, 7), (97, 31))


def main() -> None:
    """Compare variances over all of the array and along an axis, and describe it in one pass."""
    rng = np.random.default_rng(2017)
    numbers = rng.standard_normal((1000, 300)) * 10.0 ** rng.uniform(-3, 3, (1000, 1))
    print(f"{'chunks':12} {'dask.array.var':>26} {'parexact.dask.var':>26}")
    along = []
    for chunks in CHUNKS:
        x = da.from_array(numbers, chunks=chunks)
        lazy = x.var(), parexact.dask.var(x), parexact.dask.var(x, axis=0)
        theirs, ours, columns = dask.compute(*lazy)
        along.append(columns.tobytes())
        print(f"{chunks!s:12} {float(theirs).hex():>26} {float(ours).hex():>26}")
    print(f"the package in one piece {float(parexact.var(numbers)).hex():>41}")
    print("along axis 0, the same bits for all chunks:", len(set(along)) == 1)

    # The eight statistics of a description share one pass when they are computed together.
    x = da.from_array(numbers, chunks=(100, 300))
    (stats,) = dask.compute(parexact.dask.describe(x, ddof=1))
    for name, value in stats._asdict().items():
        print(f"{name:10} {value}")


if __name__ == "__main__":
    main()
