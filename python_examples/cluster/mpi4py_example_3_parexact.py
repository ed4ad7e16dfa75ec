"""The workshop's mpi4py example 3 with the library, and without a message of our own.

`parexact.mpi` has the functions of NumPy for what all ranks have together. Every rank makes the
call, and every rank gets the result. Beside the slide's `mpi4py_example_3.py`; any number of ranks.

    mpiexec -n 4 python -m mpi4py python_examples/cluster/mpi4py_example_3_parexact.py
"""

import numpy as np
import parexact.mpi
from mpi4py import MPI

comm = MPI.COMM_WORLD
rank = comm.Get_rank()

# Each rank has its part of np.arange(1000) / 10.
mine = parexact.mpi.share(comm, 1000)
data = np.arange(mine.start, mine.stop, dtype=np.float64) / 10

mean = parexact.mpi.mean(comm, data)
std = parexact.mpi.std(comm, data, ddof=1)
print(f"rank {rank} has {len(data)} numbers; of all of them the mean is {mean!r}, the std {std!r}")
