"""Collects what went wrong on every rank; rank 0 prints it, as one line of JSON that the tests read."""

import json
import re
import struct
import sys
import traceback
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import Any

from mpi4py import MPI

comm = MPI.COMM_WORLD
rank, size = comm.rank, comm.size

_made = 0
_failures: list[str] = []


def check(what: str, holds: Any, detail: Any = "") -> None:
    """Note whether something holds."""
    global _made  # noqa: PLW0603
    _made += 1
    if not holds:
        _failures.append(f"rank {rank}: {what} {detail}")


def bits(numbers: Iterable[float]) -> bytes:
    """Return what tells numbers apart to the last bit: also the two zeros, and NaNs of other bits."""
    return b"".join(struct.pack("<d", number) for number in numbers)


def same(what: str, found: Any, expected: Any) -> None:
    """Check that two numbers, or two tuples of them, are the same bits."""
    pair = [each if isinstance(each, tuple) else (each,) for each in (found, expected)]
    check(what, bits(pair[0]) == bits(pair[1]), f"is {found!r}, not {expected!r}")


def raises(what: str, kind: type[BaseException], pattern: str, call: Callable[[], Any]) -> Any:
    """Check that a call raises just that kind of exception, with these words in it, and return it."""
    try:
        result = call()
    except BaseException as error:
        if type(error) is not kind or pattern not in str(error):
            check(
                what,
                False,
                f"raised {type(error).__name__}: {error}, not {kind.__name__} {pattern!r}",
            )
        else:
            check(what, True)
        return error
    check(what, False, f"returned {result!r} and did not raise {kind.__name__}")
    return None


def run(main: Callable[[], None]) -> None:
    """Run the checks of a program on all ranks. An exception that is no check's ends all of them."""
    try:
        main()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        comm.Abort(1)
    report()


def report() -> None:
    """Print, of all ranks: size of the communicator, number of checks, what failed, shared memory."""
    gathered = comm.gather((size, _made, _failures, shared_memory()))
    if gathered is not None:
        sizes, made, failures, shared = zip(*gathered)
        report = {
            "sizes": sizes,
            "checks": made,
            "failures": list(chain(*failures)),
            "shared_memory": sorted(set(chain(*shared))),
        }
        print(json.dumps(report))


def shared_memory() -> list[str]:
    """Return the files in /dev/shm that this process has mapped: the MPI's own."""
    return re.findall(r"/dev/shm/\S+", Path("/proc/self/maps").read_text())
