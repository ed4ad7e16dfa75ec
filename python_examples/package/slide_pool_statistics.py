"""The slide's script with the import changed; beside the raw `../slide_pool_statistics.py`.

`parexact.Pool` has the interface of `multiprocessing.Pool`, with threads underneath: no `if
__name__ == "__main__"`, no pickles, and it works in the interpreter and in Jupyter as well.
`my_statistics` gives the interpreter's lock up while it computes, so that six calls run at once.

    .venv/bin/python python_examples/package/slide_pool_statistics.py
"""

from time import perf_counter

from parexact import Pool, my_statistics

tic = perf_counter()

# Create a list of arguments for distribution: N, which is the seed, too.
args = [(N, N) for N in range(1000000, 1000010)]

# Create a pool of 6 workers, and run my_statistics in parallel.
with Pool(6) as pool:
    print(pool.starmap(my_statistics, args))

print(f"Total runtime: {perf_counter() - tic:f} s")
