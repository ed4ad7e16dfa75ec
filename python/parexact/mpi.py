"""Statistics of what all ranks of an MPI program have, with mpi4py: the bits of the one-process call.

The functions have the names and results of the package's own. The first argument is a communicator of
mpi4py's, the second what this rank has, which may be nothing. Every rank of the communicator must make the
call.

>>> from mpi4py import MPI
>>> import parexact.mpi
>>> comm = MPI.COMM_WORLD
>>> local = [0.1, 0.2, 0.3] if comm.rank == 0 else []
>>> parexact.mpi.sum(comm, local)
0.6

An error on one rank is an error on all: the rank that failed raises its own exception, the others
`RankError`. An exception outside of these functions is its rank's alone and leaves the others waiting; a
program that is started by ``mpiexec -n 4 python -m mpi4py program.py`` ends on all ranks then.
"""

from __future__ import annotations

from ctypes import byref
from operator import index
from typing import Any

import numpy as np

from parexact import _mpi_request, abi
from parexact._arguments import COST, Stats, ddof_of, policy_of
from parexact._arrays import AnyArray, as_array
from parexact._arrays import describe as view_of
from parexact._errors import check
from parexact._mpi_collective import RankError, merged, reduced
from parexact._mpi_operation import buffer, datatype, op
from parexact._mpi_request import Request
from parexact._run import run
from parexact._state import State
from parexact._statistics import LinregressResult, correlations, covariances, regression
from parexact._summaries import Pair, Shape, Weighted

# `sum`, `min` and `max` are left out: `from parexact.mpi import *` must not hide those of Python.
__all__ = [
    "RankError",
    "Request",
    "allreduce",
    "average",
    "buffer",
    "corrcoef",
    "cov",
    "datatype",
    "describe",
    "dot",
    "iallreduce",
    "kurtosis",
    "linregress",
    "mean",
    "norm",
    "op",
    "reduce",
    "share",
    "skew",
    "std",
    "var",
]


# -- Whole arrays, of which each rank has a part ----------------------------------------------------


def _merged(comm: Any, local: Any, nan_policy: Any, ddof: Any = 0) -> State:
    """Return the state of the values of all ranks; a bad argument is an error on all of them."""

    def state() -> State:
        policy_of(nan_policy)
        ddof_of(ddof)
        array = as_array(local, "local")
        # A new state, to which nobody else refers: no temporary one, as in `State.update`, is needed.
        new = State()
        run(
            lambda: check(abi.lib.parexact_state_update(byref(new._struct), byref(view_of(array)))),
            COST * array.size,
        )
        return new

    return merged(comm, State, state)


def describe(comm: Any, local: Any, *, ddof: int = 0, nan_policy: str = "propagate") -> Stats:
    """Count, sum, mean, variance, standard deviation, minimum and maximum of the values of all ranks.

    Parameters
    ----------
    comm : mpi4py.MPI.Intracomm
        The ranks that take part. All of them must make this call.
    local : array_like
        What this rank has: whatever `parexact.sum` takes, of any shape, also without any element. Types and
        shapes may differ between the ranks.
    ddof, nan_policy
        As for `parexact.describe`. Ranks may ask for different things, and get what they asked for.

    Returns
    -------
    Stats
        On all ranks, the bits that `parexact.describe` gives for all values in one array.

    Raises
    ------
    TypeError, ValueError
        As `parexact.describe`; for a NaN with ``nan_policy="raise"`` on every rank that says so. Also if
        `comm` is no communicator, or an intercommunicator.
    RankError
        If another rank failed: no rank has a result then, and nobody waits for it.
    RuntimeError
        If MPI is not initialised, or finalised.

    Notes
    -----
    One pass over the values at about the speed of memory, on the threads in force, then one ``Allreduce``
    of 2048 bytes, whose merges take about a microsecond a step. Ctrl-C while this rank reduces its own
    values is an error as any other. While it waits for other ranks, MPI does not hear it.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> comm = MPI.COMM_WORLD
    >>> local = [2.0, 4.0] if comm.rank == 0 else []
    >>> parexact.mpi.describe(comm, local)
    Stats(count=2, nan_count=0, sum=6.0, mean=3.0, variance=1.0, std=1.0, min=2.0, max=4.0)
    """
    return _merged(comm, local, nan_policy, ddof).result(ddof=ddof, nan_policy=nan_policy)


def sum(comm: Any, local: Any, *, nan_policy: str = "propagate") -> float:
    """Sum of the values of all ranks: the exact real sum, rounded once.

    Parameters, exceptions and cost are those of `describe`, the result is that of `parexact.sum`.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> comm = MPI.COMM_WORLD
    >>> local = [1e100, 1.0, -1e100] if comm.rank == 0 else []
    >>> parexact.mpi.sum(comm, local)
    1.0
    """
    return float(_merged(comm, local, nan_policy).result(nan_policy=nan_policy).sum)


def mean(comm: Any, local: Any, *, nan_policy: str = "propagate") -> float:
    """Arithmetic mean of the values of all ranks: the exact one, rounded once.

    Parameters, exceptions and cost are those of `describe`, the result is that of `parexact.mean`.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> comm = MPI.COMM_WORLD
    >>> local = [1e308, 1.7e308] if comm.rank == 0 else []
    >>> parexact.mpi.mean(comm, local)
    1.35e+308
    """
    return float(_merged(comm, local, nan_policy).result(nan_policy=nan_policy).mean)


def var(comm: Any, local: Any, *, ddof: int = 0, nan_policy: str = "propagate") -> float:
    """Variance of the values of all ranks: of the exact deviations from the exact mean, rounded once.

    Parameters, exceptions and cost are those of `describe`, the result is that of `parexact.var`.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> comm = MPI.COMM_WORLD
    >>> local = [1, 2, 3, 4] if comm.rank == 0 else []
    >>> parexact.mpi.var(comm, local, ddof=1)
    1.6666666666666667
    """
    return float(_merged(comm, local, nan_policy, ddof).result(ddof=ddof, nan_policy=nan_policy).variance)


def std(comm: Any, local: Any, *, ddof: int = 0, nan_policy: str = "propagate") -> float:
    """Standard deviation of the values of all ranks: the root of the exact variance, rounded once.

    Parameters, exceptions and cost are those of `describe`, the result is that of `parexact.std`.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> comm = MPI.COMM_WORLD
    >>> local = [2.0, 4.0] if comm.rank == 0 else []
    >>> parexact.mpi.std(comm, local)
    1.0
    """
    return float(_merged(comm, local, nan_policy, ddof).result(ddof=ddof, nan_policy=nan_policy).std)


def min(comm: Any, local: Any, *, nan_policy: str = "propagate") -> float:
    """Minimum of the values of all ranks; NaN if there are none.

    Parameters, exceptions and cost are those of `describe`, the result is that of `parexact.min`.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> comm = MPI.COMM_WORLD
    >>> parexact.mpi.min(comm, [comm.rank, 7])
    0.0
    """
    return float(_merged(comm, local, nan_policy).result(nan_policy=nan_policy).min)


def max(comm: Any, local: Any, *, nan_policy: str = "propagate") -> float:
    """Maximum of the values of all ranks; NaN if there are none.

    Parameters, exceptions and cost are those of `describe`, the result is that of `parexact.max`.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> comm = MPI.COMM_WORLD
    >>> parexact.mpi.max(comm, [comm.rank]) == comm.size - 1
    True
    """
    return float(_merged(comm, local, nan_policy).result(nan_policy=nan_policy).max)


def norm(comm: Any, local: Any, *, nan_policy: str = "propagate") -> float:
    """Euclidean norm of the values of all ranks: the root of the exact sum of squares, rounded once.

    Parameters, exceptions and cost are those of `describe`, the result is that of `parexact.norm`.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> comm = MPI.COMM_WORLD
    >>> local = [3e300, 4e300] if comm.rank == 0 else []
    >>> parexact.mpi.norm(comm, local)
    5e+300
    """
    state = _merged(comm, local, nan_policy)
    policy = policy_of(nan_policy)
    if policy == abi.PAREXACT_NAN_RAISE:
        state.result(nan_policy=nan_policy)
    if policy == abi.PAREXACT_NAN_OMIT:
        state._drop_nans()
    return state.norm()


# -- Higher moments, weights, pairs -------------------------------------------------------------------


def skew(comm: Any, local: Any, *, bias: bool = True, nan_policy: str = "propagate") -> float:
    """Skewness of the values of all ranks: from the exact moments, rounded once.

    Parameters, exceptions and cost are those of `describe`, the result is that of `parexact.skew`. What
    travels are the 6144 bytes of a `parexact.Shape`.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> comm = MPI.COMM_WORLD
    >>> local = [1.0, 2.0, 6.0] if comm.rank == 0 else []
    >>> parexact.mpi.skew(comm, local) == parexact.skew([1.0, 2.0, 6.0])
    True
    """
    return float(_shape(comm, local, nan_policy).skewness(bias=bias, nan_policy=nan_policy))


def kurtosis(comm: Any, local: Any, *, bias: bool = True, nan_policy: str = "propagate") -> float:
    """Excess kurtosis of the values of all ranks: from the exact moments, rounded once.

    Parameters, exceptions and cost are those of `describe`, the result is that of `parexact.kurtosis`.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> comm = MPI.COMM_WORLD
    >>> local = [1.0, 2.0, 3.0] if comm.rank == 0 else []
    >>> parexact.mpi.kurtosis(comm, local)
    -1.5
    """
    return float(_shape(comm, local, nan_policy).kurtosis(bias=bias, nan_policy=nan_policy))


def average(comm: Any, local: Any, weights: Any = None, *, nan_policy: str = "propagate") -> float:
    """Weighted mean of the values of all ranks: the exact one, rounded once.

    Parameters
    ----------
    comm, local, nan_policy
        As for `describe`.
    weights : array_like, optional
        A number for each value of this rank, of the shape of `local`. By default all are 1.

    Returns
    -------
    float
        On all ranks, the bits that `parexact.average` gives for all values in one array.

    Raises
    ------
    TypeError, ValueError, RankError, RuntimeError
        As `describe`; ValueError also if the shapes differ.
    ZeroDivisionError
        If the weights of all ranks add up to exactly 0; where weights are given.

    Notes
    -----
    As `describe`; what travels are the 6144 bytes of a `parexact.Weighted`.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> comm = MPI.COMM_WORLD
    >>> local, weights = ([1.0, 2.0, 4.0], [3, 1, 4]) if comm.rank == 0 else ([], [])
    >>> parexact.mpi.average(comm, local, weights)
    2.625
    """

    def summary() -> Weighted:
        policy_of(nan_policy)
        array = as_array(local, "local")
        # Every rank brings a summary of one kind, whether it has weights or not.
        given = np.broadcast_to(np.int8(1), array.shape) if weights is None else weights
        return Weighted()._added(array, given, ("local", "weights"))

    whole = merged(comm, Weighted, summary)
    if weights is not None and whole.sum_weights(nan_policy=nan_policy) == 0:
        raise ZeroDivisionError("the weights of all ranks add up to 0")
    return float(whole.mean(nan_policy=nan_policy))


def dot(comm: Any, x: Any, y: Any, *, nan_policy: str = "propagate") -> float:
    """Dot product of what all ranks have: the exact sum of the exact products, rounded once.

    Parameters
    ----------
    comm : mpi4py.MPI.Intracomm
        As for `describe`.
    x, y : array_like
        What this rank has: two arrays of one shape, whatever it is.
    nan_policy
        As for `parexact.dot`.

    Returns
    -------
    float
        On all ranks, the bits that `parexact.vdot` gives for all values in two arrays.

    Raises
    ------
    TypeError, ValueError, RankError, RuntimeError
        As `describe`; ValueError also if the shapes differ.

    Notes
    -----
    One pass over the values, at the cost of about three dot products, then one ``Allreduce`` of the 6144
    bytes of a `parexact.Pair`.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> comm = MPI.COMM_WORLD
    >>> x, y = ([1e200, 1.0, -1e200], [1e200, 1.0, 1e200]) if comm.rank == 0 else ([], [])
    >>> parexact.mpi.dot(comm, x, y)
    1.0
    """
    return float(_pair(comm, x, y, nan_policy).dot(nan_policy=nan_policy))


def cov(comm: Any, x: Any, y: Any, *, ddof: int = 1, nan_policy: str = "propagate") -> AnyArray:
    """Covariance matrix of two variables of which each rank has a part: each element rounded once.

    Parameters, exceptions and cost are those of `dot`, the result is that of `parexact.cov`.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> comm = MPI.COMM_WORLD
    >>> x, y = ([0.0, 1.0, 2.0], [2.0, 1.0, 0.0]) if comm.rank == 0 else ([], [])
    >>> parexact.mpi.cov(comm, x, y)
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    return covariances(_pair(comm, x, y, nan_policy, ddof), ddof, nan_policy)


def corrcoef(comm: Any, x: Any, y: Any, *, nan_policy: str = "propagate") -> AnyArray:
    """Correlation matrix of two variables of which each rank has a part: each element rounded once.

    Parameters, exceptions and cost are those of `dot`, the result is that of `parexact.corrcoef`.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> comm = MPI.COMM_WORLD
    >>> parexact.mpi.corrcoef(comm, [comm.rank, -1], [-comm.rank, 1])
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    return correlations(_pair(comm, x, y, nan_policy), nan_policy)


def linregress(comm: Any, x: Any, y: Any, *, nan_policy: str = "propagate") -> LinregressResult:
    """Regression line of y on x, of which each rank has a part: from exact sums, each number rounded once.

    Parameters, exceptions and cost are those of `dot`, the result is that of `parexact.linregress`.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> comm = MPI.COMM_WORLD
    >>> line = parexact.mpi.linregress(comm, [comm.rank, -1], [2 * comm.rank, -2])
    >>> line.slope, line.intercept
    (2.0, 0.0)
    """
    return regression(_pair(comm, x, y, nan_policy), nan_policy)


def _shape(comm: Any, local: Any, nan_policy: Any) -> Shape:
    """Return the moments of the values of all ranks; a bad argument is an error on all of them."""

    def summary() -> Shape:
        policy_of(nan_policy)
        return Shape().update(as_array(local, "local"))

    return merged(comm, Shape, summary)


def _pair(comm: Any, x: Any, y: Any, nan_policy: Any, ddof: Any = 0) -> Pair:
    """Return the moments of the pairs of all ranks; a bad argument is an error on all of them."""

    def summary() -> Pair:
        policy_of(nan_policy)
        ddof_of(ddof)
        return Pair().update(x, y)

    return merged(comm, Pair, summary)


# -- States -----------------------------------------------------------------------------------------


def allreduce(comm: Any, x: Any) -> Any:
    """Merge states over all ranks; every rank gets the result.

    Parameters
    ----------
    comm : mpi4py.MPI.Intracomm
        The ranks that take part. All of them must make this call.
    x : State, Shape, Pair, Weighted or ndarray of int64
        This rank's state or summary; or states along the last axis, of 256 words, with any strides. It is not
        changed.

    Returns
    -------
    State, Shape, Pair, Weighted or ndarray of int64
        As `x`: a new state, or an array of its shape, in canonical form. State i is merged with state i of
        the other ranks.

    Raises
    ------
    TypeError
        If `x` is no State, no summary and no array of int64, or `comm` no communicator.
    ValueError
        If the last axis has not 256 words, a state is damaged, or the states have 2**63 values or more
        together; if `x` has not the same kind and shape on all ranks; if `comm` is an intercommunicator.
    RankError
        If another rank failed.
    RuntimeError
        If MPI is not initialised, or finalised.

    Notes
    -----
    Two reductions: a short message by which the ranks agree, then the states, by `op`: the C function,
    without the interpreter. Each merge takes about a microsecond a state. Large arrays go in messages of 1
    GiB, so that their number is not limited by MPI's counts.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> comm = MPI.COMM_WORLD
    >>> state = parexact.State([comm.rank])
    >>> parexact.mpi.allreduce(comm, state) == parexact.State(range(comm.size))
    True
    """
    return reduced(comm, x, to_all=True)


def reduce(comm: Any, x: Any, root: int = 0) -> Any:
    """Merge states over all ranks; one of them gets the result.

    Parameters
    ----------
    comm, x
        As for `allreduce`.
    root : int, optional
        The rank that gets the result, the same on all ranks.

    Returns
    -------
    State, Shape, Pair, Weighted, ndarray of int64 or None
        On the root as `allreduce`, on the others None.

    Raises
    ------
    TypeError, ValueError, RankError, RuntimeError
        As `allreduce`; ValueError also for a root that is no rank, or not the same on all ranks. Whether
        the states have too many values together is known to the root alone.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> comm = MPI.COMM_WORLD
    >>> state = parexact.mpi.reduce(comm, parexact.State([1.0]))
    >>> state == (parexact.State([1.0] * comm.size) if comm.rank == 0 else None)
    True
    """
    return reduced(comm, x, to_all=False, root=root)


def iallreduce(comm: Any, x: Any) -> Request:
    """Begin to merge states over all ranks, and go on; the result is there later.

    Parameters
    ----------
    comm, x
        As for `allreduce`, but no summaries. `x` may be changed at once: it is copied.

    Returns
    -------
    Request
        With ``wait()``, which returns the result, and ``test()``, which returns whether it is there, and
        the result.

    Raises
    ------
    TypeError, ValueError, RuntimeError
        As `allreduce`, for what is wrong on this rank. It then waits for the other ranks, to tell them, and
        they raise `RankError` when they wait or test. There a kind or shape that differs between the ranks is
        a ValueError, too.

    Notes
    -----
    The agreement and the states are on their way together, and no rank waits before it wants the result.
    Every request must be waited for, or tested until it has ended. Whether MPI works while nobody calls it
    depends on the MPI: call ``test`` now and then. Several requests may be under way at a time; but shapes
    that differ are found out with certainty only if no other one is under way on the communicator.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> comm = MPI.COMM_WORLD
    >>> request = parexact.mpi.iallreduce(comm, parexact.State([comm.rank]))
    >>> other_work = comm.rank**2
    >>> request.wait() == parexact.State(range(comm.size))
    True
    """
    return _mpi_request.ireduced(comm, x)


# -- Who does what ----------------------------------------------------------------------------------


def share(comm: Any, n: int) -> range:
    """Return which of n things this rank does: its share of ``range(n)``.

    Parameters
    ----------
    comm : mpi4py.MPI.Intracomm
        The ranks that share. There is no communication.
    n : int
        How many: rows, files, samples.

    Returns
    -------
    range
        Its ``start``, ``stop`` and ``len`` say where this rank's part is. Rank after rank the parts make up
        ``range(n)``, and the first ``n % comm.size`` ranks have one more: the parts of `numpy.array_split`.

    Raises
    ------
    TypeError
        If `n` is no integer.
    ValueError
        If it is negative.

    Notes
    -----
    Random numbers of `parexact.Generator` depend on their position alone. So each rank draws its share of one
    stream, and all ranks together have the same numbers, however many ranks there are.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> comm = MPI.COMM_WORLD
    >>> mine = parexact.mpi.share(comm, 1000)
    >>> local = parexact.Generator(seed=1).at(mine.start).normal(size=len(mine))
    >>> parexact.mpi.sum(comm, local) == parexact.sum(parexact.Generator(seed=1).normal(size=1000))
    True
    """
    count = index(n)
    if count < 0:
        raise ValueError(f"n is {count}, but must not be negative")
    each, more = divmod(count, comm.size)
    # The `more` first ranks do one more. Python's own min is hidden here.
    start = comm.rank * each + (comm.rank if comm.rank < more else more)
    return range(start, start + each + (comm.rank < more))
