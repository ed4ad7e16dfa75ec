"""The workshop's mpi4py example 1 with the library: a `State` travels like any Python object.

The slide's dictionary goes from the master to every worker, and tells it what to draw. Each worker
sends back the state of its numbers, 2 KiB however many they are, and the master adds the states up.
Beside the slide's `mpi4py_example_1.py`; any number of ranks.

    mpiexec -n 4 python -m mpi4py python_examples/cluster/mpi4py_example_1_parexact.py
"""

import parexact
from mpi4py import MPI

comm = MPI.COMM_WORLD
rank = comm.Get_rank()

if rank == 0:
    data = {"kind": "normal", "n": 100_000}
    print("Master, sending: ", data)
    for worker in range(1, comm.size):
        comm.send(data, dest=worker, tag=11)
    states = [comm.recv(source=worker, tag=12) for worker in range(1, comm.size)]
    whole = sum(states, parexact.State())
    print("Master, received: ", whole)

    # The same in one process: worker i has stream i.
    alone = parexact.State()
    for stream in range(1, comm.size):
        alone += parexact.Generator(seed=1, stream=stream).state(data["kind"], n=data["n"])
    print("The same bits in one process:", whole == alone)
else:
    data = comm.recv(source=0, tag=11)
    state = parexact.Generator(seed=1, stream=rank).state(data["kind"], n=data["n"])
    comm.send(state, dest=0, tag=12)
