"""Algorithms that cut large messages into segments never cut a state in two.

The states all differ, so that one that was shifted, or put together of two, shows. The algorithm is
set by variables of the MPI, from outside.
"""

import checks
import numpy as np
import parexact
import parexact.mpi as pm
from checks import check, comm, rank, size
from mpi4py import MPI

COUNT = 301


def main() -> None:
    """Reduce an array in each way."""
    x = np.random.default_rng(5).normal(size=(COUNT, size))
    mine = np.stack([parexact.State(row[rank]).words for row in x])
    whole = np.stack([parexact.State(row).words for row in x])
    op, last = pm.op(), size - 1

    def equal(what: str, found: np.ndarray, expected: np.ndarray = whole) -> None:
        wrong = np.flatnonzero((found != expected).any(axis=1))
        check(what, wrong.size == 0, f"{wrong.size} states differ, the first is {wrong[:1]}")

    found = np.zeros_like(mine)
    comm.Allreduce(pm.buffer(mine), pm.buffer(found), op)
    equal("Allreduce", found)
    found = mine.copy()
    comm.Allreduce(MPI.IN_PLACE, pm.buffer(found), op)
    equal("Allreduce in place", found)
    found = np.zeros_like(mine)
    comm.Iallreduce(pm.buffer(mine), pm.buffer(found), op).Wait()
    equal("Iallreduce", found)
    for root in 0, last:
        found = np.zeros_like(mine)
        to = pm.buffer(found) if rank == root else None
        comm.Reduce(pm.buffer(mine), to, op, root=root)
        if rank == root:
            equal(f"Reduce to {root}", found)
        found[:] = 0
        comm.Ireduce(pm.buffer(mine), to, op, root=root).Wait()
        if rank == root:
            equal(f"Ireduce to {root}", found)
    each = COUNT // size
    block = np.zeros((each, 256), np.int64)
    comm.Reduce_scatter_block(pm.buffer(mine[: each * size]), pm.buffer(block), op)
    equal("Reduce_scatter_block", block, whole[each * rank : each * (rank + 1)])
    equal("parexact.mpi.allreduce", pm.allreduce(comm, mine))
    equal("parexact.mpi.iallreduce", pm.iallreduce(comm, mine).wait())


checks.run(main)
