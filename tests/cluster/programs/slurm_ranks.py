"""Do what slurm_ranks.c does, in Python: slurm_ranks.py N."""

import json
import sys

import parexact.mpi
from mpi4py import MPI

world = MPI.COMM_WORLD
n = int(sys.argv[1])
mine = parexact.mpi.share(world, n)
state = parexact.Generator(seed=12).at(mine.start).state("normal", n=len(mine))
merged = parexact.mpi.allreduce(world, state)
explained = world.gather({**parexact.explain(), "loaded": parexact.abi.lib._name})
if explained is not None:
    result = {
        "size": world.size,
        "fingerprint": merged.fingerprint(),
        "sum": merged.result().sum,
        "explain": explained,
    }
    print(json.dumps(result))
