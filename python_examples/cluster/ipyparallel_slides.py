"""The slides' ipyparallel, in the order of the slides, with parexact at work on the engines.

Four engines, started in one of the three ways:

    ipcluster start -n 4 &
    python python_examples/cluster/ipyparallel_slides.py

    ipcontroller &
    ipengine & ipengine & ipengine & ipengine &
    python python_examples/cluster/ipyparallel_slides.py

    python python_examples/cluster/ipyparallel_slides.py --launch    # ipyparallel.Cluster(n=4)

ipyparallel has changed since the slides, at two places that say "today" below: `pull` and `gather`
answer at once, by promises, and `sync_imports` ignores `as` on the engines.
"""

from __future__ import annotations

import ipyparallel as ipp
import numpy as np
import parexact
from ipyparallel_engines import connected, parser, positive


def my_statistics(n: int) -> tuple[int, float, float]:
    """Do the workshop's job by raw ctypes: the statistics of n normals, whose seed is n, too.

    An engine gets the function alone, so that what it imports is imported within. The name is that
    by which the loader knows the library: the one that the package has loaded, or else the one on
    LD_LIBRARY_PATH. This function needs no package on the engines.
    """
    from ctypes import CDLL, Structure, byref, c_char_p, c_double, c_uint64

    class Stats(Structure):
        _fields_ = [(name, c_uint64) for name in ("count", "nan_count")] + [
            (name, c_double) for name in ("sum", "mean", "variance", "std", "min", "max")
        ]

    library = CDLL("libparexact.so.0")
    stats = Stats()
    if library.my_statistics(c_uint64(n), c_uint64(n), byref(stats)) != 0:
        library.parexact_last_error.restype = c_char_p
        raise RuntimeError(library.parexact_last_error().decode())
    return (stats.count, stats.std, stats.variance)


def show_map(c: ipp.Client, first: int) -> None:
    """Show `map_sync`: ten jobs, dealt out to the engines."""
    args = range(first, first + 10)
    print(c[:].map_sync(my_statistics, args))

    # A function of a module is found by its name: the engines must have the package.
    packaged = c[:].map_sync(parexact.my_statistics, args, args)
    print("the same by the package:", packaged == c[:].map_sync(my_statistics, args))
    here = [parexact.my_statistics(n, seed=n) for n in args]
    print("the same in this process:", packaged == here)


def show_data(dview: ipp.DirectView) -> None:
    """Show how data go to the engines, and come back."""
    dview["const1"] = 12.1
    print(dview["const1"])  # of each engine
    dview.push({"const1": 12.1})
    # Today `pull` and `gather` answer at once, by a promise, an AsyncResult: wait for what it holds.
    print(dview.pull("const1", block=True))
    print(dview.pull("const1").get())

    dview.scatter("const1", [i**2 for i in range(100)])
    print("numbers of each engine:", dview.apply_sync(len, ipp.Reference("const1")))
    const1 = dview.gather("const1").get()
    print("gathered:", const1[:5], "to", const1[-1])
    print("their sum:", sum(dview.apply_sync(parexact.sum, ipp.Reference("const1"))))


def mean_square(n: int) -> float:
    """Return the mean of the squares of 0 to n - 1, with names that the engine must know."""
    return parexact.mean(np.arange(n) ** 2)


@ipp.require("numpy as np", "parexact")
def mean_square_required(n: int) -> float:
    """Return the same, with the decorator that the slides prefer: the function brings its imports along."""
    return parexact.mean(np.arange(n) ** 2)


def mean_square_importing(n: int) -> float:
    """Return the same, with the imports inside the function."""
    import numpy as np
    import parexact

    return parexact.mean(np.arange(n) ** 2)


def show_imports(dview: ipp.DirectView) -> None:
    """Show the ways in which a function's imports come to the engines."""
    sizes = [10, 100, 1000, 10000]
    # Engines keep their names from one program to the next; these are as in new ones.
    dview.execute("for name in ('np', 'parexact'): globals().pop(name, None)", block=True)
    print("mean squares in this process:", [mean_square(n) for n in sizes])

    with dview.sync_imports():
        import numpy as np  # noqa: F401
        import parexact  # noqa: F401
    # Today this binds `numpy` and `parexact` on the engines: `as np` is ignored there.
    try:
        dview.map_sync(mean_square, sizes)
    except ipp.error.CompositeError as error:
        print("sync_imports with `as`:", error.elist[0][1])

    dview.execute("import numpy as np", block=True)
    print("after execute:", dview.map_sync(mean_square, sizes))
    print("@require:", dview.map_sync(mean_square_required, sizes))
    print("imports inside:", dview.map_sync(mean_square_importing, sizes))


def main() -> None:
    """Connect, and show it all."""
    arguments = parser("the slides' ipyparallel")
    arguments.add_argument(
        "--first", type=positive, default=1_000_000, help="numbers of the first job"
    )
    args = arguments.parse_args()
    with connected(args) as c:
        show_map(c, args.first)
        show_data(c[:])
        show_imports(c[:])


if __name__ == "__main__":
    main()
