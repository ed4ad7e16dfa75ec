"""The engines of the ipyparallel programs beside this file: those that run, or some of a program's own.

The programs take `-n`, the number of engines to wait for, and `--launch`, to launch so many and to
stop them at the end. Without `--launch` they connect to engines that were started on the command
line, in one of two ways:

    ipcluster start -n 4 &

    ipcontroller &
    ipengine & ipengine & ipengine & ipengine &

`ipcluster stop` ends the former; `ipyparallel.Client().shutdown(hub=True)` in Python ends either.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import ipyparallel as ipp

SECONDS = 60  # to wait for engines: they need ten, and more on a busy machine


def parser(description: str) -> argparse.ArgumentParser:
    """Return a parser of the arguments that all the programs take."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("-n", type=positive, default=4, help="engines to wait for (default 4)")
    made.add_argument(
        "--launch",
        nargs="?",
        const="local",
        choices=["local", "mpi", "slurm"],
        help="launch the engines: as processes of this machine (local, the default), by mpiexec, by sbatch",
    )
    return made


def positive(text: str) -> int:
    """Return the number that an argument is, if it is at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is below 1")
    return number


@contextmanager
def connected(args: argparse.Namespace) -> Iterator[ipp.Client]:
    """Return a client of the engines, which share the processors of each node."""
    with ipp.Cluster(n=args.n, engines=args.launch) if args.launch else running(args.n) as client:
        threads = share_processors(client[:])
        print(f"engines {client.ids}, threads of each: {threads}")
        yield client


def running(n: int) -> ipp.Client:
    """Return a client of engines that run; end the program if there are none."""
    try:
        client = ipp.Client()
        client.wait_for_engines(n, timeout=SECONDS)
    except OSError as error:  # a TimeoutError is one
        sys.exit(f"{error}\nStart engines: `ipcluster start -n {n} &`, or add --launch.")
    return client


def share_processors(view: ipp.DirectView) -> list[int]:
    """Give each engine its share of the processors, and return how many threads each of them uses.

    An engine takes itself to be alone: it would compute on all the processors that it may use, and
    n engines on a node of p processors would start n·p threads, which wait for each other. Those
    that may use the same processors share them here; a launcher that binds each engine to some of
    its own has done so already. The same by hand, for all engines alike:

        PAREXACT_NUM_THREADS=2 ipcluster start -n 4

    The number of threads never changes a result.
    """
    places = view.apply_sync(place)
    engines = Counter(places)
    return view.map_sync(take_share, [engines[each] for each in places])  # one for each engine


# What runs on an engine finds nothing of what this file imports: the engine gets the function
# alone. `interactive` says so; without it the engine would try to import this file.


@ipp.interactive
def place() -> tuple[str, tuple[int, ...]]:
    """Return an engine's node, and the processors that it may use there."""
    import os
    import socket

    return socket.gethostname(), tuple(sorted(os.sched_getaffinity(0)))


@ipp.interactive
def take_share(engines: int) -> int:
    """Share the processors with so many engines; use fewer threads if the environment says so."""
    import parexact

    parexact.set_num_threads(0)  # an earlier program may have set it
    share = max(1, parexact.cpu_count() // engines)
    parexact.set_num_threads(min(share, parexact.get_num_threads()))
    return parexact.get_num_threads()
