"""Do what slurm_ranks.py does by the engines of ipyparallel: slurm_ipyparallel.py N."""

import json
import os
import sys

import ipyparallel
import parexact

PARTS = 10


def draw(n: int, first: int) -> parexact.State:
    return parexact.Generator(seed=12).at(first).state("normal", n=n)


n = int(sys.argv[1])
with ipyparallel.Client() as client:
    client.wait_for_engines(int(os.environ["SLURM_NTASKS"]), timeout=60)
    bounds = [n * part // PARTS for part in range(PARTS + 1)]
    sizes = [last - first for first, last in zip(bounds, bounds[1:])]
    view = client[:]
    view.execute("import parexact", block=True)
    states = client.load_balanced_view().map_sync(draw, sizes, bounds[:-1])
    merged = sum(states)
    result = {
        "size": len(client),
        "fingerprint": merged.fingerprint(),
        "sum": merged.result().sum,
        "explain": view.apply_sync(parexact.explain),
    }
print(json.dumps(result))
