"""Random numbers by rank: each rank draws its slice of one stream, the numbers of one process.

Number i of a stream depends on the seed and on i alone. So nobody needs a generator per rank, nor
numbers that change with the number of ranks. The slices are reduced as they are drawn and never
stored: 10^9 of them take no memory.

    mpiexec -n 4 python -m mpi4py python_examples/cluster/random_slices.py
    mpiexec -n 4 python -m mpi4py python_examples/cluster/random_slices.py 1000000000
"""

import sys

import parexact.mpi
from mpi4py import MPI

n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
seed = 2017

comm = MPI.COMM_WORLD
mine = parexact.mpi.share(comm, n)
rng = parexact.Generator(seed).at(mine.start)

# A few of them, to look at: rank after rank they are the first numbers of each slice.
first = rng.at(mine.start).normal(size=min(2, len(mine))).tolist()
for rank, numbers in enumerate(comm.gather(first) or []):
    print(f"rank {rank} begins with {numbers}")

state = parexact.mpi.allreduce(comm, rng.state("normal", 0.0, 1.0, n=len(mine)))
stats = state.result()
if comm.rank == 0:
    print((stats.count, stats.std, stats.variance))
    alone = parexact.my_statistics(n, seed)
    print(
        "the same bits as my_statistics in one process:",
        (stats.count, stats.std, stats.variance) == alone,
    )
