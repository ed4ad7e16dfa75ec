"""The workshop's mpi4py example 2 with the library: arrays go out, and their states come back.

The master sends each worker a piece of an array with its type, as on the slide. The worker reduces
it and sends the words of its state, an array of 256 integers. Beside the slide's
`mpi4py_example_2.py`; any number of ranks.

    mpiexec -n 4 python -m mpi4py python_examples/cluster/mpi4py_example_2_parexact.py
"""

import numpy as np
import parexact
from mpi4py import MPI

comm = MPI.COMM_WORLD
rank = comm.Get_rank()

if rank == 0:
    data = np.arange(1000, dtype="d") / 10
    pieces = np.array_split(data, comm.size)
    for worker in range(1, comm.size):
        comm.send(len(pieces[worker]), dest=worker, tag=76)
        comm.Send([pieces[worker], MPI.DOUBLE], dest=worker, tag=77)
    whole = parexact.State(pieces[0])
    for worker in range(1, comm.size):
        state = parexact.State()
        comm.Recv([state.words, MPI.INT64_T], source=worker, tag=78)
        whole += state
    print(whole.result())
    print("The same bits in one process:", whole.result() == parexact.describe(data))
else:
    data = np.empty(comm.recv(source=0, tag=76), dtype="d")
    comm.Recv([data, MPI.DOUBLE], source=0, tag=77)
    comm.Send([parexact.State(data).words, MPI.INT64_T], dest=0, tag=78)
