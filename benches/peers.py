"""The others: each function makes a contender of a peer and an array.

All come from PyPI. A peer that is missing is an error, at the start: see `versions`. Large
ones are imported when they are asked for; by then their thread counts are fixed: see `threads.py`.
"""

from __future__ import annotations

import math
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt
import slide
from data import Axes
from timing import Contender

Numbers = npt.NDArray[Any]
Peer = Callable[[Numbers], Contender]

PACKAGES = (
    *("numpy", "numba", "polars", "bottleneck", "numbagg", "xsum", "scipy", "matplotlib"),
    *("randompack", "mkl_random", "mkl"),
)


def versions() -> dict[str, str]:
    """Return the version of each peer; exit with a message if one is missing."""
    found: dict[str, str] = {}
    missing: list[str] = []
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            missing.append(package)
    if missing:
        sys.exit(
            f"peers are not installed for {sys.executable}: {', '.join(missing)}\n"
            "`make bench` installs them; or: pip install -r benches/requirements.txt"
        )
    return found


# --- inexact ---------------------------------------------------------------------------------


def numpy_sum(a: Numbers) -> Contender:
    """Sum with NumPy: pairwise in float64, integers in 64 bits."""
    return Contender("numpy.sum", partial(np.sum, a))


def numpy_var(a: Numbers) -> Contender:
    """Compute NumPy's variance: two passes, and a temporary array as large as the input."""
    return Contender("numpy.var", partial(np.var, a))


def _first(result: Any) -> float:
    return float(np.ravel(result)[0])


def numpy_axis(op: str, a: Numbers, axes: Axes) -> Contender:
    """Reduce along an axis, or several; stands for the first number of the result."""
    return Contender(f"numpy.{op}", partial(getattr(np, op), a, axis=axes), _first)


def scipy_shape(a: Numbers) -> Contender:
    """Skewness and kurtosis, of which each takes passes of its own."""
    import scipy.stats as scipy  # noqa: PLC0415

    def both() -> float:
        return float((scipy.skew(a), scipy.kurtosis(a))[1])

    return Contender("scipy.stats skew and kurtosis", both)


def numpy_corrcoef(x: Numbers, y: Numbers) -> Contender:
    """Return the correlation of two vectors."""
    return Contender("numpy.corrcoef", lambda: np.corrcoef(x, y)[0, 1])


def numpy_average(x: Numbers, weights: Numbers) -> Contender:
    """Return the weighted mean."""
    return Contender("numpy.average", lambda: np.average(x, weights=weights))


def polars_sum(a: Numbers) -> Contender:
    """Sum by polars' `Series.sum`, over the array's own memory."""
    import polars  # noqa: PLC0415

    return Contender("polars sum", polars.Series(a).sum)


def polars_var(a: Numbers) -> Contender:
    """Compute the variance by polars' `Series.var`, over the array's own memory."""
    import polars  # noqa: PLC0415

    return Contender("polars var", partial(polars.Series(a).var, ddof=0))


def bottleneck_nansum(a: Numbers) -> Contender:
    """Sum what is not NaN."""
    import bottleneck  # noqa: PLC0415

    return Contender("bottleneck.nansum", partial(bottleneck.nansum, a))


def bottleneck_nanvar(a: Numbers) -> Contender:
    """Return the variance of what is not NaN, in two passes."""
    import bottleneck  # noqa: PLC0415

    return Contender("bottleneck.nanvar", partial(bottleneck.nanvar, a))


def numbagg_nansum(a: Numbers, axes: Axes = None) -> Contender:
    """Sum what is not NaN, in loops compiled by numba; stands for the first number of the result."""
    import numbagg  # noqa: PLC0415

    return Contender("numbagg.nansum", partial(numbagg.nansum, a, axis=axes), _first)


def numbagg_nanvar(a: Numbers, axes: Axes = None) -> Contender:
    """Return the variance of what is not NaN, in two passes of such loops."""
    import numbagg  # noqa: PLC0415

    return Contender("numbagg.nanvar", partial(numbagg.nanvar, a, axis=axes, ddof=0), _first)


@cache
def _numba_kernels() -> tuple[Callable[[Numbers], float], Callable[[Numbers], float]]:
    import numba  # noqa: PLC0415

    @numba.njit(parallel=True, fastmath=True)
    def total(x: Numbers) -> float:
        s = 0.0
        for i in numba.prange(x.size):
            s += x[i]
        return s

    @numba.njit(parallel=True, fastmath=True)
    def variance(x: Numbers) -> float:
        s = 0.0
        for i in numba.prange(x.size):
            s += x[i]
        mean = s / x.size
        q = 0.0
        for i in numba.prange(x.size):
            q += (x[i] - mean) ** 2
        return q / x.size

    return total, variance


def numba_sum(a: Numbers) -> Contender:
    """Sum in a `prange` loop under fastmath: any order, all threads."""
    return Contender("numba prange sum", partial(_numba_kernels()[0], a))


def numba_var(a: Numbers) -> Contender:
    """Compute the variance in two such loops: the mean, then the squared deviations."""
    return Contender("numba prange var", partial(_numba_kernels()[1], a))


def numba_pi(n: int) -> Contender:
    """Compute π(n) in a `prange` loop under fastmath."""
    import numba  # noqa: PLC0415

    @numba.njit(parallel=True, fastmath=True)
    def pi(n: int) -> float:
        s = 0.0
        for i in numba.prange(n):
            x = (i + 0.5) / n
            s += 4.0 / (1.0 + x * x)
        return s / n

    return Contender("numba prange fastmath", partial(pi, n))


def numba_serial_pi(n: int) -> Contender:
    """Compute π(n) in a serial compiled loop, each operation rounded."""
    import numba  # noqa: PLC0415

    @numba.njit
    def pi(n: int) -> float:
        s = 0.0
        for i in range(n):
            x = (i + 0.5) / n
            s += 4.0 / (1.0 + x * x)
        return s / n

    return Contender("numba, strict and serial", partial(pi, n))


# --- exact -----------------------------------------------------------------------------------


def xsum_large(a: Numbers) -> Contender:
    """Sum by Neal's large superaccumulator, which is faster than his small one for many numbers."""
    import xsum  # noqa: PLC0415

    def call() -> float:
        accumulator = xsum.xsum_large_accumulator()
        xsum.xsum_add(accumulator, a)
        return xsum.xsum_round(accumulator)

    return Contender("xsum large", call, exact=True)


def fsum(a: Numbers) -> Contender:
    """Sum by `math.fsum`, Shewchuk's expansions, from a list that is made before."""
    return Contender("math.fsum", partial(math.fsum, a.tolist()), exact=True)


def statistics_pvariance(a: Numbers) -> Contender:
    """Compute the variance by `statistics.pvariance`, exact fractions, from a list that is made before."""
    call = partial(statistics.pvariance, a.tolist())
    return Contender("statistics.pvariance", call, exact=True)


# --- random numbers --------------------------------------------------------------------------

SEED = 1


def randompack(kind: str, n: int, name: str = "randompack", **options: Any) -> Contender:
    """Fill a buffer; its uniforms have 52 bits unless told otherwise."""
    import randompack as package  # noqa: PLC0415

    out = np.empty(n)
    rng = package.Rng(**options)
    rng.seed(SEED)
    draw = {"uniform": rng.unif, "normal": rng.normal, "exponential": rng.exp}[kind]
    return Contender(name, partial(draw, out=out), lambda _: float(out[-1]))


def randompack_53(kind: str, n: int) -> Contender:
    """Fill a buffer, with uniforms of 53 bits as all the other generators have."""
    return randompack(kind, n, "randompack, 53 bits", full_mantissa=True)


def numpy_generator(bits: type[np.random.BitGenerator], kind: str, n: int) -> Contender:
    """Fill a buffer from one of NumPy's bit generators."""
    out = np.empty(n)
    rng = np.random.Generator(bits(SEED))
    draw = {
        "uniform": rng.random,
        "normal": rng.standard_normal,
        "exponential": rng.standard_exponential,
    }[kind]
    return Contender(f"NumPy {bits.__name__}", partial(draw, out=out), lambda _: float(out[-1]))


def mkl_random(kind: str, n: int) -> Contender:
    """Return a new array: it cannot fill one. Normals by inversion, its fastest method."""
    import mkl_random as package  # noqa: PLC0415

    rng = package.MKLRandomState(SEED, brng="SFMT19937")
    call = {
        "uniform": partial(rng.random_sample, n),
        "normal": partial(rng.standard_normal, n, method="ICDF"),
        "exponential": partial(rng.standard_exponential, n),
    }[kind]
    return Contender("MKL SFMT19937", call, lambda drawn: float(drawn[-1]))


def generators(kind: str) -> list[Callable[[str, int], Contender]]:
    """Return the generators that draw a kind of numbers."""
    numpy_bits = np.random.SFC64, np.random.PCG64, np.random.Philox
    return [
        randompack,
        *([randompack_53] if kind == "uniform" else []),
        mkl_random,
        *(partial(numpy_generator, bits) for bits in numpy_bits),
    ]


def slide_serial(sizes: Sequence[int]) -> Contender:
    """Run the slide's loop in this process; stands for the last variance."""
    return Contender("slide, serial", partial(slide.serial, sizes), lambda found: found[-1][2])


class SlidePool:
    """The slide's Pool in a process of its own, which is asked through a pipe: some µs."""

    def __init__(self, workers: int, mode: str, sizes: Sequence[int]) -> None:
        command = [sys.executable, str(Path(slide.__file__)), str(workers), mode]
        command += [str(sizes[0]), str(len(sizes))]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> SlidePool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.communicate()  # closes its input, which ends it

    def contender(self, name: str) -> Contender:
        """Return one job as a contender."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        ask, answer = self.process.stdin, self.process.stdout

        def call() -> str:
            ask.write("\n")
            ask.flush()
            return answer.readline()

        return Contender(name, call)
