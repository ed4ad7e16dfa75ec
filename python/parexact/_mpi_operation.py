"""States and summaries as MPI sees them: the datatype of one, and the operation that merges them.

The operations are the C functions `parexact_mpi_merge` and `parexact_summary_mpi_merge`. MPI calls them
without the interpreter, so that a reduction takes no lock of Python's and also goes on where no Python code
runs, in a non-blocking one.
"""

from __future__ import annotations

import atexit
import threading
from ctypes import CDLL, c_int, c_void_p, cast, sizeof
from typing import Any

import numpy as np

from parexact import abi
from parexact._mergeable import Mergeable
from parexact._mpi4py import MPI
from parexact._state import State


class MergeOperation(MPI.Op):
    """The operation; for mpi4py's methods in lower case, which reduce pickled objects, a Python function."""

    def __call__(self, x: Any, y: Any) -> Mergeable:
        if isinstance(x, Mergeable) and x._is_like(y):
            merged: Mergeable = x + y
            return merged
        raise TypeError(
            f"parexact.mpi.op() merges a State with a State, not {type(x).__name__} with {type(y).__name__}; "
            "for arrays of states use parexact.mpi.allreduce"
        )


class _Reduction:
    """The operation and the datatype of states or of summaries, which exist until MPI or the process ends."""

    def __init__(self, kind: type[Mergeable]) -> None:
        self._words = _words(kind)
        self.datatype = MPI.INT64_T.Create_contiguous(self._words).Commit()
        self.op = MergeOperation()
        # mpi4py itself makes operations of Python functions alone. Its own module depends on the MPI that it
        # runs on, so that the module's handle finds the symbols of that one, whatever else is loaded.
        create = CDLL(MPI.__file__).MPI_Op_create
        create.argtypes = [c_void_p, c_int, c_void_p]
        commutes = 1
        status = create(cast(kind._c_mpi_merge, c_void_p), commutes, c_void_p(MPI._addressof(self.op)))
        if status != MPI.SUCCESS:
            raise MPI.Exception(status)
        # MPI_Finalize deletes the attributes of MPI_COMM_SELF first, while MPI still works.
        self._key = MPI.Comm.Create_keyval(delete_fn=lambda comm, key, reduction: reduction.free())
        MPI.COMM_SELF.Set_attr(self._key, self)

    def free(self) -> None:
        """Free the operation and the datatype."""
        _reductions.pop(self._words, None)
        self.op.Free()
        self.datatype.Free()

    def end(self) -> None:
        """Do what MPI_Finalize would do, while there still is an interpreter to run `free`."""
        MPI.COMM_SELF.Delete_attr(self._key)
        MPI.Comm.Free_keyval(self._key)


#: By the number of words: one for states, and one for all kinds of summaries.
_reductions: dict[int, _Reduction] = {}
_lock = threading.Lock()


def _words(kind: type[Mergeable]) -> int:
    return sizeof(kind._Struct) // np.dtype(np.int64).itemsize


def _made(kind: Any) -> _Reduction:
    """Return operation and datatype, made at the first call; RuntimeError if MPI does not run."""
    if not (isinstance(kind, type) and issubclass(kind, Mergeable)):
        raise TypeError(f"kind is parexact.State, Shape, Pair or Weighted, not {kind!r}")
    words = _words(kind)
    reduction = _reductions.get(words)
    if reduction is None:
        if not MPI.Is_initialized():
            raise RuntimeError(
                "MPI is not initialised: call mpi4py.MPI.Init() first (mpi4py.rc.initialize is off)"
            )
        if MPI.Is_finalized():
            raise RuntimeError("MPI is finalised: after MPI.Finalize() there are no more reductions")
        with _lock:
            reduction = _reductions.get(words) or _Reduction(kind)
            _reductions[words] = reduction
    return reduction


@atexit.register
def _end() -> None:
    # mpi4py finalises MPI only after the interpreter has ended, when `free` can no longer run.
    for reduction in list(_reductions.values()):
        reduction.end()


def op(kind: type[Mergeable] = State) -> MPI.Op:
    """Return the operation that merges states, for mpi4py's reductions; **never without its datatype**.

    Parameters
    ----------
    kind : type, optional
        `parexact.State`; or `Shape`, `Pair` or `Weighted`, which have one operation and one datatype.

    Returns
    -------
    mpi4py.MPI.Op
        Commutative, and the same one at each call. MPI frees it when it ends. mpi4py's methods in lower case
        take it, too, for `parexact.State`.

    Raises
    ------
    RuntimeError
        If MPI is not initialised, or finalised.

    Warnings
    --------
    MPI tells an operation how many elements there are, and not how large they are. With an element of any
    other type than `datatype`, such as the ``MPI.INT64_T`` that mpi4py supposes for an array, it would read
    and write beyond the end of the memory and crash the program. `buffer` gives the right pair.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> state, first = parexact.State([1.5]), parexact.State()
    >>> MPI.COMM_SELF.Scan(parexact.mpi.buffer(state), parexact.mpi.buffer(first), parexact.mpi.op())
    >>> first == state
    True
    """
    return _made(kind).op


def datatype(kind: type[Mergeable] = State) -> MPI.Datatype:
    """Return the datatype of one state: 256 contiguous ``MPI.INT64_T``, committed; 768 for a summary.

    Parameters
    ----------
    kind : type, optional
        As for `op`.

    Returns
    -------
    mpi4py.MPI.Datatype
        The same one at each call. MPI frees it when it ends.

    Raises
    ------
    RuntimeError
        If MPI is not initialised, or finalised.

    Examples
    --------
    >>> import parexact.mpi
    >>> parexact.mpi.datatype().Get_size()
    2048
    """
    return _made(kind).datatype


def buffer(x: Any) -> list[Any]:
    """Return states as mpi4py's methods in upper case take them: ``[words, datatype()]``, not copied.

    Parameters
    ----------
    x : State, Shape, Pair, Weighted or ndarray of int64
        A state, or states along the last axis, which has 256 words; contiguous in C order. A summary goes
        with the operation of its kind, such as ``op(parexact.Pair)``.

    Raises
    ------
    TypeError
        If `x` is something else.
    ValueError
        If it is an array of another shape, or not contiguous.
    RuntimeError
        If MPI is not initialised, or finalised.

    Notes
    -----
    Together with `op` this is all that `Reduce`, `Scan`, `Exscan`, `Reduce_scatter` and the
    non-blocking reductions take. They check nothing: a shape that differs between ranks, or a rank that
    does not come, is the caller's affair. `allreduce`, `reduce` and `iallreduce` do check.

    Examples
    --------
    >>> from mpi4py import MPI
    >>> import parexact.mpi
    >>> state = parexact.State([0.1, 0.2, 0.3])
    >>> MPI.COMM_SELF.Allreduce(MPI.IN_PLACE, parexact.mpi.buffer(state), parexact.mpi.op())
    >>> state.result().sum
    0.6
    """
    if isinstance(x, Mergeable):
        return [x.words, datatype(type(x))]
    words = states_array(x)
    if not words.flags.c_contiguous:
        raise ValueError("x is not contiguous in C order; pass numpy.ascontiguousarray(x)")
    return [words, datatype()]


def states_array(x: Any) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return an array of states as it is, or raise what says why it is none."""
    if not isinstance(x, np.ndarray):
        raise TypeError(
            f"x must be a State, or an int64 array of states, not {type(x).__name__}; "
            "parexact.State(values) makes a state of values"
        )
    if x.dtype != np.int64:
        raise TypeError(f"x must be an array of int64, the words of states, not of {x.dtype}")
    if x.ndim == 0 or x.shape[-1] != abi.PAREXACT_STATE_WORDS:
        raise ValueError(
            f"x has the shape {x.shape}, but states have {abi.PAREXACT_STATE_WORDS} words along the last axis"
        )
    return x
