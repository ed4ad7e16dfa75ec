"""The slide's script with the library put in: a pool of six does `my_statistics` for ten N.

A Python callback holds the interpreter's lock (GIL), but ctypes gives it up as long as the library
draws and reduces the samples: the six work at the same time. There are no processes, so it needs
no `if __name__ == "__main__"`, and works in the interpreter and in Jupyter as well.

    .venv/bin/python python_examples/slide_pool_statistics.py
"""

from ctypes import byref, c_uint64, sizeof
from time import perf_counter

from callbacks import Guarded
from raw import MapFunction, Stats, check, lib, pool


def my_statistics(item, result, _):
    """Compute the statistics of one N, which lies at the address `item`, and write them to `result`."""
    n = c_uint64.from_address(item).value
    check(lib.my_statistics(n, n, byref(Stats.from_address(result))))  # N is the seed, too


tic = perf_counter()

# Create a list of arguments for distribution, and room for the results.
args = (c_uint64 * 10)(*range(1000000, 1000010))
results = (Stats * len(args))()

# Create a pool of 6 workers.
workers = pool()
check(lib.parexact_pool_new(6, byref(workers)))

# Run my_statistics in parallel, each worker receives single argument; raise what it raises.
function = Guarded(MapFunction, my_statistics)
sizes = sizeof(c_uint64), sizeof(Stats)
function.finish(
    lib.parexact_map(
        *(workers, function.pointer, None, args, sizes[0], results, sizes[1], len(args), 1)
    )
)
lib.parexact_pool_free(workers)

print([(s.count, s.std, s.variance) for s in results])
print(f"Total runtime: {perf_counter() - tic:f} s")
