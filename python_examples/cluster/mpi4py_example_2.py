"""The workshop's mpi4py example 2, as it is printed: an array goes to rank 1, with its type.

It takes two ranks. Further ones do nothing; with one there is nobody to send to, and MPI says so.
It prints nothing: `mpi4py_example_2_parexact.py` does something with the array.

    mpiexec -n 2 python -m mpi4py python_examples/cluster/mpi4py_example_2.py
"""

# fmt: off
# ruff: noqa: I001
from mpi4py import MPI
import numpy as np

comm = MPI.COMM_WORLD
rank = comm.Get_rank()

if rank == 0:
    data = np.arange(1000, dtype='d')
    comm.Send([data, MPI.DOUBLE], dest=1, tag=77)
elif rank == 1:
    data = np.empty(1000, dtype='d')
    comm.Recv([data, MPI.DOUBLE], source=0, tag=77)
