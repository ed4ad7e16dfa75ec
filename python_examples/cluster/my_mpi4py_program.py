"""The workshop's job on the ranks of an MPI program: `mpiexec -n 4 python my_mpi4py_program.py`.

What `Pool.map` did on one node: `my_statistics(N)` for ten N, each rank a share of them. The
results come back in order, and do not depend on the number of ranks. From this directory, as on the
slide:

    mpiexec -n 4 python my_mpi4py_program.py

If one rank raises an exception, the others wait for it for ever then. With `python -m mpi4py` all
of them end:

    mpiexec -n 4 python -m mpi4py my_mpi4py_program.py
"""

import parexact.mpi
from mpi4py import MPI

comm = MPI.COMM_WORLD
args = range(1000000, 1000010)

tic = MPI.Wtime()
# A range can be cut out of a range: this rank's values of N.
mine = parexact.mpi.share(comm, len(args))
results = comm.gather([parexact.my_statistics(N) for N in args[mine.start : mine.stop]], root=0)
toc = MPI.Wtime()

if comm.rank == 0:
    for part in results:
        for result in part:
            print(result)
    print(f"Total runtime: {toc - tic:f} s, ranks: {comm.size}")
