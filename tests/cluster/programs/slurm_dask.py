"""Do what slurm_ranks.py does by the workers of a Dask cluster: slurm_dask.py N."""

import json
import os
import sys

import parexact
from distributed import Client

PARTS = 10


def draw(part: int) -> parexact.State:
    first, last = (n * (part + i) // PARTS for i in (0, 1))
    return parexact.Generator(seed=12).at(first).state("normal", n=last - first)


n = int(sys.argv[1])
with Client() as client:
    client.wait_for_workers(int(os.environ["SLURM_NTASKS"]), timeout=60)
    merged = sum(client.gather(client.map(draw, range(PARTS))))
    explained = client.run(parexact.explain)
    result = {
        "size": len(client.scheduler_info(n_workers=-1)["workers"]),
        "fingerprint": merged.fingerprint(),
        "sum": merged.result().sum,
        "explain": list(explained.values()),
    }
print(json.dumps(result))
