"""Print, on rank 0, what the library of each rank says about its number of threads: a JSON list."""

import json

import parexact
from mpi4py import MPI

comm = MPI.COMM_WORLD
told = comm.gather(parexact.explain()["threads"])
if comm.rank == 0:
    print(json.dumps(told))
