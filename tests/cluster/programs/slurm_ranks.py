"""What slurm_ranks.c does, in Python: slurm_ranks.py N."""

import json
import sys

import numpy as np
import parexact
from mpi4py import MPI

world = MPI.COMM_WORLD
n = int(sys.argv[1])
first, last = (n * (world.rank + i) // world.size for i in (0, 1))
state = parexact.Generator(seed=12).at(first).state("normal", n=last - first)
# The additive words merge by SUM, those of minimum and maximum by MAX; word 0 is the version.
added, largest = np.empty_like(state.words), np.empty_like(state.words)
world.Allreduce(state.words, added, MPI.SUM)
world.Allreduce(state.words, largest, MPI.MAX)
additive = slice(
    parexact.abi.PAREXACT_STATE_ADDITIVE_FIRST,
    parexact.abi.PAREXACT_STATE_ADDITIVE_FIRST + parexact.abi.PAREXACT_STATE_ADDITIVE_COUNT,
)
largest[additive] = added[additive]
merged = parexact.State.from_bytes(largest.tobytes())
explained = world.gather({**parexact.explain(), "loaded": parexact.abi.lib._name})
if explained is not None:
    result = {
        "size": world.size,
        "fingerprint": merged.fingerprint(),
        "sum": merged.result().sum,
        "explain": explained,
    }
    print(json.dumps(result))
