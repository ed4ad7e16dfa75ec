"""A million numbers summed by 1, 2, 3, ... ranks: MPI.SUM changes the digits, parexact does not.

The order of additions follows the number of ranks, and each addition of doubles rounds. So a plain
sum depends on how many nodes the job got, and a program that compares, sorts or branches on it
does, too.

    mpiexec -n 4 python -m mpi4py python_examples/cluster/plain_sum_differs.py
"""

import numpy as np
import parexact.mpi
from mpi4py import MPI

N = 1_000_000

comm = MPI.COMM_WORLD
plain, exact = [], []
for ranks in range(1, comm.size + 1):
    # The first so many ranks make a communicator of their own; the others look on.
    some = comm.Split(0 if comm.rank < ranks else MPI.UNDEFINED)
    if some == MPI.COMM_NULL:
        continue
    mine = parexact.mpi.share(some, N)
    x = parexact.Generator(seed=2017).at(mine.start).normal(size=len(mine))
    # One after the other, as a loop in C adds them up.
    local = np.cumsum(x)[-1].item()
    plain.append(some.allreduce(local, MPI.SUM))
    exact.append(parexact.mpi.sum(some, x))
    some.Free()

if comm.rank == 0:
    print("ranks  MPI.SUM of doubles      parexact.mpi.sum")
    for ranks, (one, other) in enumerate(zip(plain, exact), start=1):
        print(f"{ranks:5}  {one.hex():22}  {other.hex()}")
    print("different plain sums:", len(set(plain)))
    print("different exact sums:", len(set(exact)))
