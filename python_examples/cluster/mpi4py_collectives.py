"""Scatter, gather, reduce, allreduce, non-blocking: states give the same bits in each way.

A table on rank 0 is scattered, and the means of its columns are found in five ways.

    mpiexec -n 4 python -m mpi4py python_examples/cluster/mpi4py_collectives.py
"""

import numpy as np
import parexact.mpi
from mpi4py import MPI

comm = MPI.COMM_WORLD
ROWS, COLUMNS = 1000, 5

# Scatter: rank 0 has a table, and every rank gets its share of the rows.
mine = parexact.mpi.share(comm, ROWS)
rows = np.empty((len(mine), COLUMNS))
counts = comm.gather(rows.size)
table = parexact.Generator(seed=1).normal(size=(ROWS, COLUMNS)) if comm.rank == 0 else None
comm.Scatterv([table, counts, MPI.DOUBLE] if comm.rank == 0 else None, rows)

# One state for each column, as an array of 256 words a column.
states = np.stack([parexact.State(column).words for column in rows.T])


def means(words):
    """Return the mean of each column."""
    return [parexact.State.from_bytes(state.tobytes()).result().mean for state in words]


# Non-blocking: the reduction is on its way while this rank does something else.
request = parexact.mpi.iallreduce(comm, states)
largest = max(abs(value) for value in rows.flat) if rows.size else 0.0
ended, result = request.test()
while not ended:
    ended, result = request.test()
found = {"iallreduce": means(result)}

# Allreduce: every rank has the result.
found["allreduce"] = means(parexact.mpi.allreduce(comm, states))

# Reduce: rank 0 has it, the others have None.
result = parexact.mpi.reduce(comm, states, root=0)
if comm.rank == 0:
    found["reduce"] = means(result)

# mpi4py's own method, with the operation and the datatype: always together.
result = np.empty_like(states)
comm.Allreduce(parexact.mpi.buffer(states), parexact.mpi.buffer(result), parexact.mpi.op())
found["Allreduce"] = means(result)

# Gather: the states come to rank 0 as Python objects, which adds them up.
gathered = comm.gather([parexact.State(column) for column in rows.T])
if comm.rank == 0:
    found["gather"] = [sum(column).result().mean for column in zip(*gathered)]
    expected = parexact.mean(table, axis=0).tolist()
    print("the means of the columns:", expected)
    for way, result in found.items():
        print(f"{way} (ranks: {comm.size}), the same bits as one process: {result == expected}")
print(
    f"rank {comm.rank} meanwhile found that none of its numbers exceeds {largest:.3f}", flush=True
)
