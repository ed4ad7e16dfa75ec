"""Times an allreduce of one state beside one of a double; started by parts/mpi_python.py on two ranks.

    mpiexec -n 2 python benches/allreduce.py ROUNDS SECONDS

The contenders take turns of so many seconds. Rank 0 prints a line for each turn: the contender's
name, a tab, and the seconds a call took.
"""

import sys
from time import perf_counter

import numpy as np
import parexact
import parexact.mpi as pm
from mpi4py import MPI

comm = MPI.COMM_WORLD
rounds, turn = int(sys.argv[1]), float(sys.argv[2])

state = parexact.State([0.5 + comm.rank])
merged = parexact.State()
double, total = np.array([0.5 + comm.rank]), np.empty(1)
number = double.item()
states, states_merged, op = pm.buffer(state), pm.buffer(merged), pm.op()

CONTENDERS = {
    "Allreduce of a double": lambda: comm.Allreduce(double, total),
    "allreduce of a double, pickled": lambda: comm.allreduce(number),
    "parexact.mpi.allreduce": lambda: pm.allreduce(comm, state),
    "parexact.mpi.sum": lambda: pm.sum(comm, double),
    "Allreduce of a state": lambda: comm.Allreduce(states, states_merged, op),
    "allreduce of a state, pickled": lambda: comm.allreduce(state),
}


def seconds_for(call, calls):
    """Return the seconds a call takes, both ranks having begun together."""
    comm.Barrier()
    started = perf_counter()
    for _ in range(calls):
        call()
    return (perf_counter() - started) / calls


def main():
    """Let the contenders take turns."""
    whole = parexact.State(np.arange(comm.size) + 0.5)
    assert comm.size > 1
    assert pm.allreduce(comm, state) == whole == comm.allreduce(state)
    assert pm.sum(comm, double) == comm.allreduce(number) == whole.result().sum
    counts = {}
    for name, call in CONTENDERS.items():
        seconds_for(call, 20)
        counts[name] = comm.bcast(max(1, round(turn / seconds_for(call, 100))))
    for _ in range(rounds):
        for name, call in CONTENDERS.items():
            each = seconds_for(call, counts[name])
            if comm.rank == 0:
                print(f"{name}\t{each!r}")


main()
