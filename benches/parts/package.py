"""The Python package: what it adds to a C call, how long its import takes, and the wheel's library
beside `make`'s."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from ctypes import CDLL, byref, c_double
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np
import ours
import parexact
import peers
from data import make
from results import Row, at_least, at_most, ratio
from timing import Contender

from .registry import Run, part

WHEEL_LIBRARY = (
    Path(__file__).resolve().parents[2] / "target/x86_64-unknown-linux-gnu/release/libparexact.so"
)


@part("P14", "the Python package, 1000 values")
def calls(run: Run) -> Iterator[Row]:
    """Compare the package's functions with NumPy's, and with C calls whose arguments are ready."""
    x = make("normals", 1000)
    package_sum = Contender("parexact.sum", partial(parexact.sum, x), exact=True)
    package_describe = Contender(
        "parexact.describe", partial(parexact.describe, x), lambda stats: stats.variance, exact=True
    )
    mine, numpy_sum = run.race(package_sum, peers.numpy_sum(x)).values()
    yield ratio(run.part, "parexact.sum, 1000", mine, numpy_sum, at_least(1 / 1.5), n=x.size)
    mine, numpy_var = run.race(package_describe, peers.numpy_var(x)).values()
    yield ratio(run.part, "parexact.describe, 1000", mine, numpy_var, at_least(2), n=x.size)
    for work, package, raw in (
        ("parexact.sum adds", package_sum, ours.sum_f64(x)),
        ("parexact.describe adds", package_describe, ours.describe(x)),
    ):
        mine, call = run.race(package, raw).values()
        added = statistics.median(b - a for a, b in zip(call.seconds, mine.seconds)) * 1e6
        details = {"timings": [mine.to_json(), call.to_json()]}
        yield Row(run.part, work, "the raw call", added, "µs", at_most(1.5), details=details)


@part("P15", "import parexact")
def imports(run: Run) -> Iterator[Row]:
    """Time the import in new processes, with and without parexact in turns; that of NumPy is subtracted."""
    seconds: dict[str, list[float]] = {"import numpy": [], "import numpy, parexact": []}
    for _ in range(3 if run.quick else 15):
        for code, taken in seconds.items():
            started = perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            taken.append(perf_counter() - started)
    numpy_alone, both = seconds.values()
    added = statistics.median(b - a for a, b in zip(numpy_alone, both)) * 1e3
    yield Row(
        run.part, "import parexact", "import numpy", added, "ms", at_most(50), details=seconds
    )


@part("P16", "the wheel's library beside that of `make`, 10⁶ in cache, 1 thread")
def wheel(run: Run) -> Iterator[Row]:
    """Compare the wheel's library, which zig links against an old glibc, with the one that `make` builds."""
    x = make("normals", 1_000_000)
    if not WHEEL_LIBRARY.exists():
        error = FileNotFoundError(f"{WHEEL_LIBRARY}: run `make wheel` first")
        yield run.failed("exact sum, 10⁶", "make", error)
        return
    library = CDLL(str(WHEEL_LIBRARY))
    for work, name in (
        ("exact sum, 10⁶", "parexact_sum_f64"),
        ("exact norm, 10⁶", "parexact_norm_f64"),
    ):
        contenders = []
        for place, function in (("wheel", library[name]), ("make", parexact.abi.lib[name])):
            function.restype, function.argtypes = parexact.abi.PROTOTYPES[name]
            out = c_double()
            call = partial(function, ours.raw.doubles(x), x.size, byref(out))
            contenders.append(Contender(place, call, partial(_value, out), exact=True))
        mine, other = run.race(*contenders).values()
        yield ratio(run.part, f"{work}, wheel", mine, other, at_least(0.97), n=np.size(x))


def _value(out: c_double, status: int) -> float:
    ours.raw.check(status)
    return out.value
