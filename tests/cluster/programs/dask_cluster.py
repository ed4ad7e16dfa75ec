"""parexact.dask on a cluster of two processes; prints their threads, and whether bits agree."""

import dask.array as da
import numpy as np
import parexact
import parexact.dask
from dask.distributed import Client, LocalCluster


def threads_in_force() -> int:
    """Return how many threads a call of a worker would use."""
    return parexact.get_num_threads()


def main() -> None:
    """Compare the cluster's results with this process's."""
    a = np.random.default_rng(1).standard_normal((1200, 40)) * 10.0 ** np.arange(-20, 20)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        print(*client.run(threads_in_force).values())
        x = da.from_array(a, chunks=(400, 10)).persist()
        for axis in (None, 0):
            print(
                np.array_equal(
                    parexact.dask.var(x, axis=axis).compute(), parexact.var(a, axis=axis)
                )
            )
        few = parexact.dask.std(x.rechunk((50, 10)), axis=0, split_every=2).compute()
        print(np.array_equal(few, parexact.std(a, axis=0)))
        drawn = parexact.dask.random(parexact.Generator(2), "normal", size=(50, 40), chunks=20)
        print(np.array_equal(drawn.compute(), parexact.Generator(2).normal(size=(50, 40))))


if __name__ == "__main__":
    main()
