"""Statistics of more data than the process may have in memory, in blocks from disk.

A limit on the process's memory stands for a small machine: reading all of the numbers fails, while
Dask reads block after block, and what is kept of a block is a state of 2 KiB.

    .venv-cluster/bin/python python_examples/cluster/dask_larger_than_memory.py --blocks 100
"""

from __future__ import annotations

import argparse
import re
import resource
import tempfile
from pathlib import Path

import dask
import dask.array as da
import numpy as np
import parexact.dask

ROWS, COLUMNS = 500, 1000  # of a block: 4 MB
MEGABYTE = 1_000_000


def limit_memory(headroom: int) -> None:
    """Let this process have no more memory than it has, and so many bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    now = int(re.search(r"VmSize:\s+(\d+) kB", status)[1]) * 1024
    resource.setrlimit(resource.RLIMIT_AS, (now + headroom, resource.RLIM_INFINITY))


def main() -> None:
    """Write numbers to disk block by block, and reduce them."""
    parser = argparse.ArgumentParser(description="Statistics of data larger than memory")
    parser.add_argument("--blocks", type=int, default=100, help="of 4 MB each (default 100)")
    parser.add_argument("--memory", type=int, default=100, help="MB to work with (default 100)")
    args = parser.parse_args()

    shape = (args.blocks * ROWS, COLUMNS)
    rng = parexact.Generator(seed=2017)
    drawn = parexact.dask.random(rng, "normal", 10, 2, size=shape, chunks=(ROWS, COLUMNS))
    with tempfile.TemporaryDirectory() as folder:
        # The threads that compute exist from here on, and the limit leaves them what they have.
        da.to_npy_stack(folder, drawn, axis=0)
        x = da.from_npy_stack(folder, mmap_mode=None)
        print(f"{x.nbytes / MEGABYTE:.0f} MB on disk in {x.npartitions} files")
        limit_memory(args.memory * MEGABYTE)
        try:
            np.empty(x.shape).fill(0)
        except MemoryError:
            print(f"{args.memory} MB are not enough for all of them at once")
        stats, columns = dask.compute(parexact.dask.describe(x), parexact.dask.mean(x, axis=0))
    print(f"mean {float(stats.mean)!r}, std {float(stats.std)!r}, count {stats.count}")
    print(f"means of columns from {columns.min():.6f} to {columns.max():.6f}")

    # The generator can reduce the same numbers without storing any.
    same = rng.at(0).describe("normal", 10, 2, n=x.size)
    print("the bits of one pass over all of them:", tuple(stats) == tuple(same))


if __name__ == "__main__":
    main()
