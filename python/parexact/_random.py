"""Random numbers that depend on a seed, a stream and a position alone: `Generator`."""

from __future__ import annotations

import operator
import os
import threading
from collections.abc import Iterable
from ctypes import byref, c_size_t, c_void_p
from typing import Any, Callable, Union

import numpy as np
import numpy.typing as npt

from parexact import abi
from parexact._arguments import Stats
from parexact._errors import check
from parexact._run import run
from parexact._state import State

Size = Union[None, int, tuple[int, ...]]

_lib = abi.lib
_fill = _lib["parexact_random_fill"]
_fill.restype = abi.PROTOTYPES["parexact_random_fill"][0]
_fill.argtypes = [*abi.PROTOTYPES["parexact_random_fill"][1][:4], c_void_p, c_size_t]

#: Nanoseconds a sample may take on one thread, at most, for the decision which calls are long.
_NANOSECONDS = 20

#: Samples that are converted to integers at a time.
_BLOCK = 1 << 15

_INT64_MAX = np.iinfo(np.int64).max


def _distribution(kind: int, *parameters: Any) -> abi.parexact_distribution:
    described = abi.parexact_distribution(kind=kind)
    for i, parameter in enumerate(parameters):
        if not isinstance(parameter, (int, float)) and np.ndim(parameter) != 0:
            raise TypeError("parameters of distributions are single numbers; call once for each of them")
        described.parameter[i] = float(parameter)
    return described


def _exponential(scale: float = 1.0) -> abi.parexact_distribution:
    if not scale > 0:
        raise ValueError(f"scale is {scale}, but must be above 0")
    return _distribution(abi.PAREXACT_DIST_EXPONENTIAL, 1.0 / scale)


def _poisson(lam: float = 1.0) -> abi.parexact_distribution:
    if lam >= 2.0**62:
        raise ValueError(f"lam is {lam}, so that samples might not fit into int64")
    return _distribution(abi.PAREXACT_DIST_POISSON, lam)


def _integers(low: int, high: int | None = None, *, endpoint: bool = False) -> abi.parexact_distribution:
    if high is None:
        low, high = 0, low
    low, high = operator.index(low), operator.index(high) + bool(endpoint)
    for name, bound in (("low", low), ("high", high)):
        if abs(bound) > 2**53:
            raise ValueError(f"{name} is {bound}, but integers are drawn between -2**53 and 2**53")
    return _distribution(abi.PAREXACT_DIST_INTEGER, low, high)


#: What makes a distribution of the arguments of each method, by the method's name.
_DISTRIBUTIONS: dict[str, Callable[..., abi.parexact_distribution]] = {
    "random": lambda: _distribution(abi.PAREXACT_DIST_UNIFORM, 0.0, 1.0),
    "uniform": lambda low=0.0, high=1.0: _distribution(abi.PAREXACT_DIST_UNIFORM, low, high),
    "normal": lambda loc=0.0, scale=1.0: _distribution(abi.PAREXACT_DIST_NORMAL, loc, scale),
    "exponential": _exponential,
    "lognormal": lambda mean=0.0, sigma=1.0: _distribution(abi.PAREXACT_DIST_LOGNORMAL, mean, sigma),
    "gamma": lambda shape, scale=1.0: _distribution(abi.PAREXACT_DIST_GAMMA, shape, scale),
    "beta": lambda a, b: _distribution(abi.PAREXACT_DIST_BETA, a, b),
    "chisquare": lambda df: _distribution(abi.PAREXACT_DIST_CHI_SQUARED, df),
    "standard_t": lambda df: _distribution(abi.PAREXACT_DIST_STUDENT_T, df),
    "f": lambda dfnum, dfden: _distribution(abi.PAREXACT_DIST_FISHER_F, dfnum, dfden),
    "weibull": lambda a, scale=1.0: _distribution(abi.PAREXACT_DIST_WEIBULL, scale, a),
    "cauchy": lambda loc=0.0, scale=1.0: _distribution(abi.PAREXACT_DIST_CAUCHY, loc, scale),
    "triangular": lambda left, mode, right: _distribution(abi.PAREXACT_DIST_TRIANGULAR, left, right, mode),
    "poisson": _poisson,
    "binomial": lambda n, p: _distribution(abi.PAREXACT_DIST_BINOMIAL, n, p),
    "geometric": lambda p: _distribution(abi.PAREXACT_DIST_GEOMETRIC, p),
    "integers": _integers,
}


def distribution(kind: str, *parameters: Any) -> abi.parexact_distribution:
    """Return the distribution from which the method of that name draws, given its arguments."""
    make = _DISTRIBUTIONS.get(kind)
    if make is None:
        raise ValueError(f"kind is {kind!r}, but must be one of {', '.join(_DISTRIBUTIONS)}")
    return make(*parameters)


class Generator:
    """A place in a stream of random numbers, from which calls draw on.

    Number i of a distribution, a seed and a stream is always the same number: with any number of
    threads, in pieces of any size, on any machine. `docs/random.md` defines each of them. The
    methods have the names and arguments of `numpy.random.Generator`; parameters are single numbers.

    Parameters
    ----------
    seed : int, optional
        0 to 2**64 - 1. By default one from the system, which the attribute ``seed`` tells.
    stream : int, optional
        0 to 2**64 - 1. Different streams of a seed are independent: one for each rank, for instance.

    Notes
    -----
    A call continues where the last one stopped; several threads that draw from one generator get
    different numbers, and which thread gets which depends on who comes first. Threads that need the
    same numbers each time have generators of their own: ``spawn``, or ``at``. Not for cryptography.

    Examples
    --------
    >>> import parexact
    >>> rng = parexact.Generator(seed=1)
    >>> x = rng.normal(size=1_000_000)
    >>> rng.at(999_997).normal(size=3).tolist() == x[-3:].tolist()
    True
    """

    __slots__ = ("_lock", "_position", "_seed", "_stream")

    def __init__(self, seed: int | None = None, stream: int = 0) -> None:
        self._seed = int.from_bytes(os.urandom(8), "little") if seed is None else _unsigned(seed, "seed")
        self._stream = _unsigned(stream, "stream")
        self._position = 0
        self._lock = threading.Lock()

    @property
    def seed(self) -> int:
        """The seed."""
        return self._seed

    @property
    def stream(self) -> int:
        """The number of the stream."""
        return self._stream

    @property
    def position(self) -> int:
        """How many numbers of the stream have been drawn or passed over."""
        return self._position

    def at(self, position: int) -> Generator:
        """Return a generator of the same seed and stream at another position, at no cost.

        Examples
        --------
        >>> import parexact
        >>> parexact.Generator(seed=1).at(10).position
        10
        """
        other = Generator(self._seed, self._stream)
        other._position = _unsigned(position, "position")
        return other

    def spawn(self, n: int) -> list[Generator]:
        """Return n generators on streams of their own, and move on by n positions.

        Their streams follow from this generator's stream and position by a hash, and have the top
        bit set, which keeps them apart from streams that are numbered by hand."""
        first = self._reserve(operator.index(n))
        return [Generator(self._seed, _child_stream(self._stream, first + i)) for i in range(n)]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Generator):
            return NotImplemented
        return self._key() == other._key()

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, self._key()

    def __copy__(self) -> Generator:
        return _restore(*self._key())

    def __deepcopy__(self, memo: Any) -> Generator:
        return _restore(*self._key())

    def __repr__(self) -> str:
        return f"parexact.Generator(seed={self._seed}, stream={self._stream}).at({self._position})"

    def _key(self) -> tuple[int, int, int]:
        return self._seed, self._stream, self._position

    def _reserve(self, count: int) -> int:
        if count < 0:
            raise ValueError(f"{count} numbers cannot be drawn")
        with self._lock:
            first = self._position
            if first + count > 2**64:
                raise ValueError(f"the stream has 2**64 numbers, and {first} + {count} are more")
            # The last number of a stream leaves no position after it; the stream begins anew.
            self._position = (first + count) % 2**64
        return first

    def _draw(
        self, described: abi.parexact_distribution, size: Size, out: Any, dtype: type[Any] = np.float64
    ) -> Any:
        target = _target(size, out, dtype)
        direct = target.flags.c_contiguous and target.flags.aligned
        buffer = target if direct else np.empty(target.shape, dtype)
        count = buffer.size
        # Integers are drawn as doubles into their own memory, and converted there.
        memory = buffer.ctypes.data
        offset = self._reserve(count)

        def call() -> None:
            check(_fill(byref(described), self._seed, self._stream, offset, memory, count))

        run(call, count * _NANOSECONDS)
        if dtype is np.int64:
            _doubles_to_integers(buffer)
        if buffer is not target:
            target[...] = buffer
        if out is None and size is None:
            return buffer.item()
        return target if out is None else out

    def random(self, size: Size = None, out: Any = None) -> Any:
        """Draw uniforms in [0, 1), multiples of 2**-53."""
        return self._draw(_DISTRIBUTIONS["random"](), size, out)

    def uniform(self, low: float = 0.0, high: float = 1.0, size: Size = None, out: Any = None) -> Any:
        """Draw uniforms in [low, high)."""
        return self._draw(_DISTRIBUTIONS["uniform"](low, high), size, out)

    def normal(self, loc: float = 0.0, scale: float = 1.0, size: Size = None, out: Any = None) -> Any:
        """Draw normals of mean `loc` and standard deviation `scale`."""
        return self._draw(_DISTRIBUTIONS["normal"](loc, scale), size, out)

    def exponential(self, scale: float = 1.0, size: Size = None, out: Any = None) -> Any:
        """Draw exponentials of mean `scale`; the rate is 1/scale, rounded once."""
        return self._draw(_exponential(scale), size, out)

    def lognormal(self, mean: float = 0.0, sigma: float = 1.0, size: Size = None, out: Any = None) -> Any:
        """Draw numbers whose logarithm is normal of mean `mean` and standard deviation `sigma`."""
        return self._draw(_DISTRIBUTIONS["lognormal"](mean, sigma), size, out)

    def gamma(self, shape: float, scale: float = 1.0, size: Size = None, out: Any = None) -> Any:
        """Draw from the gamma distribution of mean shape * scale."""
        return self._draw(_DISTRIBUTIONS["gamma"](shape, scale), size, out)

    def beta(self, a: float, b: float, size: Size = None, out: Any = None) -> Any:
        """Draw from the beta distribution, on [0, 1]."""
        return self._draw(_DISTRIBUTIONS["beta"](a, b), size, out)

    def chisquare(self, df: float, size: Size = None, out: Any = None) -> Any:
        """Draw from the chi-square distribution of `df` degrees of freedom."""
        return self._draw(_DISTRIBUTIONS["chisquare"](df), size, out)

    def standard_t(self, df: float, size: Size = None, out: Any = None) -> Any:
        """Draw from Student's t distribution of `df` degrees of freedom."""
        return self._draw(_DISTRIBUTIONS["standard_t"](df), size, out)

    def f(self, dfnum: float, dfden: float, size: Size = None, out: Any = None) -> Any:
        """Draw from Fisher's F distribution of `dfnum` and `dfden` degrees of freedom."""
        return self._draw(_DISTRIBUTIONS["f"](dfnum, dfden), size, out)

    def weibull(self, a: float, scale: float = 1.0, size: Size = None, out: Any = None) -> Any:
        """Draw from the Weibull distribution of shape `a`."""
        return self._draw(_DISTRIBUTIONS["weibull"](a, scale), size, out)

    def cauchy(self, loc: float = 0.0, scale: float = 1.0, size: Size = None, out: Any = None) -> Any:
        """Draw from the Cauchy distribution of median `loc`."""
        return self._draw(_DISTRIBUTIONS["cauchy"](loc, scale), size, out)

    def triangular(self, left: float, mode: float, right: float, size: Size = None, out: Any = None) -> Any:
        """Draw from the triangular distribution on [left, right] with its peak at `mode`."""
        return self._draw(_DISTRIBUTIONS["triangular"](left, mode, right), size, out)

    def poisson(self, lam: float = 1.0, size: Size = None, out: Any = None) -> Any:
        """Draw counts of events of which `lam` are expected; int64."""
        return self._draw(_poisson(lam), size, out, np.int64)

    def binomial(self, n: int, p: float, size: Size = None, out: Any = None) -> Any:
        """Draw counts of successes in `n` trials of probability `p`; int64."""
        return self._draw(_DISTRIBUTIONS["binomial"](n, p), size, out, np.int64)

    def geometric(self, p: float, size: Size = None, out: Any = None) -> Any:
        """Draw counts of trials up to the first success, from 1; int64. What exceeds int64 becomes
        its greatest value."""
        return self._draw(_DISTRIBUTIONS["geometric"](p), size, out, np.int64)

    def integers(
        self, low: int, high: int | None = None, size: Size = None, *, endpoint: bool = False, out: Any = None
    ) -> Any:
        """Draw integers in [low, high), or in [0, low) if `high` is not given; int64, bounds up to
        2**53 in magnitude.

        With `endpoint`, `high` itself is drawn, too.
        """
        return self._draw(_integers(low, high, endpoint=endpoint), size, out, np.int64)

    def describe(self, kind: str, *parameters: Any, n: int, ddof: int = 0, progress: bool = False) -> Stats:
        """Return the statistics of the next `n` numbers of a distribution, none of which is stored.

        Parameters
        ----------
        kind : str
            The name of a method, such as ``"normal"``; its arguments follow.
        n : int
            How many.
        ddof : int, optional
            The divisor of the variance is n - ddof.
        progress : bool, optional
            Show a progress bar.

        Examples
        --------
        >>> import parexact
        >>> rng = parexact.Generator(seed=1)
        >>> rng.describe("normal", 0, 1, n=1000) == parexact.describe(rng.at(0).normal(size=1000))
        True
        """
        return self._state(kind, parameters, n, progress).result(ddof=ddof)

    def state(self, kind: str, *parameters: Any, n: int) -> State:
        """Return the state of the next `n` numbers of a distribution, none of which is stored; see
        `describe`."""
        return self._state(kind, parameters, n, False)

    def _state(self, kind: str, parameters: tuple[Any, ...], n: int, progress: bool) -> State:
        described = distribution(kind, *parameters)
        count = operator.index(n)
        drawn = abi.parexact_state()
        check(_lib.parexact_state_init(byref(drawn)))
        offset = self._reserve(count)

        def call() -> None:
            check(
                _lib.parexact_random_state(
                    byref(described), self._seed, self._stream, offset, count, byref(drawn)
                )
            )

        run(call, count * _NANOSECONDS, progress)
        state = State()
        state._merge_struct(drawn)
        return state


def draw_runs(
    described: abi.parexact_distribution,
    seed: int,
    stream: int,
    offsets: Iterable[int],
    runs: npt.NDArray[Any],
) -> None:
    """Fill each row of a contiguous matrix with the numbers of a stream from an offset of its own on."""
    count = runs.shape[1]

    def call() -> None:
        for row, offset in zip(runs, offsets):
            check(_fill(byref(described), seed, stream, offset, row.ctypes.data, count))

    run(call, runs.size * _NANOSECONDS)
    if runs.dtype == np.int64:
        _doubles_to_integers(runs)


def _restore(seed: int, stream: int, position: int) -> Generator:
    return Generator(seed, stream).at(position)


def _unsigned(number: int, name: str) -> int:
    value = operator.index(number)
    if not 0 <= value < 2**64:
        raise ValueError(f"{name} is {value}, but must be from 0 to 2**64 - 1")
    return value


def _child_stream(stream: int, position: int) -> int:
    data = stream.to_bytes(8, "little") + position.to_bytes(8, "little")
    import hashlib

    digest = hashlib.blake2b(data, digest_size=8, person=b"parexact spawn").digest()
    return int.from_bytes(digest, "little") | 1 << 63


def _target(size: Size, out: Any, dtype: type[Any]) -> npt.NDArray[Any]:
    if out is None:
        return np.empty(() if size is None else size, dtype)
    if not isinstance(out, np.ndarray) or out.dtype != dtype or not out.flags.writeable:
        raise TypeError(f"out must be a writable array of {np.dtype(dtype)}")
    if size is not None and np.broadcast_shapes(size) != out.shape:
        raise ValueError(f"size is {size}, but out has the shape {out.shape}")
    return out


def _doubles_to_integers(buffer: npt.NDArray[Any]) -> None:
    """Replace the doubles in the memory of a contiguous int64 array by their values, block by block."""
    integers = buffer.reshape(-1)
    doubles = integers.view(np.float64)
    for start in range(0, integers.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        values = doubles[block].copy()
        fits = values < 2.0**63
        integers[block] = np.where(fits, values, 0.0)
        if not fits.all():
            integers[block][~fits] = _INT64_MAX
