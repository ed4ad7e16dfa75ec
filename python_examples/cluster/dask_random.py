"""Random numbers by block: each block draws its own part of one stream, so chunks do not matter.

.venv-cluster/bin/python python_examples/cluster/dask_random.py
"""

from __future__ import annotations

import dask
import dask.array as da
import numpy as np
import parexact.dask

SIZE = (1000, 200)


def main() -> None:
    """Draw one array in several ways."""
    rng = parexact.Generator(seed=2017)
    whole = rng.normal(5, 2, size=SIZE)
    for chunks in ((1000, 200), (250, 200), (300, 70), "auto"):
        x = parexact.dask.random(rng.at(0), "normal", 5, 2, size=SIZE, chunks=chunks)
        print(f"chunks {chunks!s:12} the same numbers: {np.array_equal(x.compute(), whole)}")

    # Dask's own numbers depend on the chunks.
    first, second = (
        da.random.default_rng(2017).normal(5, 2, size=SIZE, chunks=chunks).compute()
        for chunks in ((250, 200), (300, 70))
    )
    print("Dask's own, for two of them:", np.array_equal(first, second))

    # Calls continue where the last one stopped, as calls of the generator do.
    rng = parexact.Generator(seed=2017)
    waits = parexact.dask.random(rng, "exponential", 3, size=100_000, chunks=30_000)
    counts = parexact.dask.random(rng, "poisson", 4, size=100_000, chunks=30_000)
    mean_wait, mean_count = dask.compute(parexact.dask.mean(waits), parexact.dask.mean(counts))
    print(f"position {rng.position}, mean wait {mean_wait:.3f}, mean count {mean_count:.3f}")


if __name__ == "__main__":
    main()
