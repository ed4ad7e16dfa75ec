"""The workshop's mpi4py example 1, as it is printed: a dictionary goes from rank 0 to rank 1.

It takes two ranks. Further ones do nothing; with one there is nobody to send to, and MPI says so
("invalid rank"). `mpi4py_example_1_parexact.py` is for any number.

    mpiexec -n 2 python -m mpi4py python_examples/cluster/mpi4py_example_1.py
"""

# fmt: off
from mpi4py import MPI

# Get communicator.
comm = MPI.COMM_WORLD

# Get process ID.
rank = comm.Get_rank()

if rank == 0:
    data = {'a': 'my-string', 'b': 3.14}
    print('Master, sending: ', data)
    comm.send(data, dest=1, tag=11)
elif rank == 1:
    data = comm.recv(source=0, tag=11)
    print('Worker, received: ', data)
