"""Collective calls in which an error on one rank is an error on all of them.

A rank that raised before it entered a collective call would leave the others waiting in there for ever. So it
takes part all the same, tells them that it failed, and raises afterwards; the others raise `RankError`. Its
number comes with that at no cost: a maximum over the ranks carries it, see `failure_code`.

Where all ranks bring one state, one reduction does: a rank that failed brings a state with an error word
(`merged`). Where they may bring anything, they agree first by a short message, the `Header`.
"""

from __future__ import annotations

from ctypes import byref, c_int32
from hashlib import blake2b
from itertools import starmap
from operator import index
from typing import Any, Callable, TypeVar

import numpy as np
import numpy.typing as npt

from parexact import abi
from parexact._errors import Error, exception
from parexact._mergeable import Mergeable
from parexact._mpi4py import MPI
from parexact._mpi_operation import buffer, datatype, op, states_array
from parexact._state import State

Words = npt.NDArray[np.int64]

M = TypeVar("M", bound=Mergeable)

#: A rank that failed says so in the upper half of the error word. MPI takes its maximum; statuses of the
#: library are far below 2**32.
_RANK_SHIFT = 32

#: States that are sent or copied at a time: messages stay below 2 GiB, where counts of bytes exceed an int,
#: and between two copies, of about 16 ms, Ctrl-C is heard.
MESSAGE_STATES = 2**19
_COPY_STATES = 2**14


class RankError(Error):
    """Another rank failed in the same call, so that there is no result on this rank either.

    Attributes
    ----------
    rank : int
        The rank that failed, the lowest if several did. It raised its own exception, which says why.
    """

    rank: int

    def __init__(self, rank: int) -> None:
        super().__init__(
            f"rank {rank} failed in this call, so that no rank has a result; its own exception says why",
            abi.PAREXACT_ERROR_BAD_STATE,
        )
        self.rank = rank

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.rank,)


def failure_code(comm: MPI.Comm) -> int:
    """Return what this rank says if it fails: at least 1, and the more the lower the rank, so that a
    maximum over the ranks gives the lowest that failed."""
    return comm.size - comm.rank


def check_communicator(comm: Any) -> None:
    """Raise unless states can be reduced over a communicator."""
    if not isinstance(comm, MPI.Comm):
        raise TypeError(f"comm must be a communicator of mpi4py, not {type(comm).__name__}")
    if comm == MPI.COMM_NULL:
        raise ValueError("comm is MPI.COMM_NULL: this process is not in that communicator")
    if comm.Is_inter():
        raise ValueError("comm is an intercommunicator; reduce over comm.Merge(), which has all its ranks")


def _join(
    comm: MPI.Comm, operation: MPI.Op, prepare: Callable[[], Any], fail: Callable[[], Any]
) -> BaseException | None:
    """Reduce over all ranks, in place, the buffer that `prepare` returns.

    If it raises, be it KeyboardInterrupt, the buffer of `fail` takes part instead, and the exception goes
    on. What a signal handler raised while this rank was waiting for the others is returned.
    """
    message = None
    joined: list[None] = []
    try:
        message = prepare()
        # Between the reduction and the list there is only C, where no signal handler runs: if one raises,
        # then before the reduction or after it, and the list tells which.
        joined.extend(starmap(comm.Allreduce, [(MPI.IN_PLACE, message, operation)]))
    except BaseException as error:
        if joined:
            return error
        if message is None or not isinstance(error, MPI.Exception):
            comm.Allreduce(MPI.IN_PLACE, fail(), operation)
        raise
    return None


def merged(comm: Any, kind: type[M], local: Callable[[], M]) -> M:
    """Return the state, or the summary, of the values of all ranks, by one reduction; `local` makes this
    rank's."""
    merge = op(kind)
    check_communicator(comm)
    made: list[M] = []

    def prepare() -> list[Any]:
        made.append(local())
        return buffer(made[0])

    def fail() -> list[Any]:
        failed = kind._of_struct(kind._empty())
        failed.words[kind._ERROR] = failure_code(comm) << _RANK_SHIFT
        return buffer(failed)

    interruption = _join(comm, merge, prepare, fail)
    if interruption is not None:
        raise interruption
    (state,) = made
    code = int(state.words[kind._ERROR]) >> _RANK_SHIFT
    if code:
        raise RankError(comm.size - code)
    return state


class Header:
    """What the ranks tell one another before they reduce what may have any shape: four words, of which a
    maximum over the ranks is taken.

    The first is the `failure_code`, or 0. The second is a number that stands for all that must be the same
    on all ranks, the third is its negative, so that both extremes of it are known. The fourth is how many
    states there are.
    """

    def __init__(self, comm: MPI.Comm) -> None:
        self._comm = comm
        self._brought = ""
        self.words = np.empty(4, np.int64)

    def fail(self) -> Words:
        """Say that this rank failed, and nothing about what it brings. Return the words."""
        self.words[:] = failure_code(self._comm), -(2**63), -(2**63), 0
        return self.words

    def agree(self, brought: str, states: int) -> Words:
        """Say what this rank brings. Return the words."""
        digest = int.from_bytes(blake2b(brought.encode(), digest_size=8).digest(), "little") >> 1
        self._brought = brought
        self.words[:] = 0, digest, -digest, states
        return self.words

    @property
    def states(self) -> int:
        """The largest number of states that a rank brings."""
        return int(self.words[3])

    def error(self) -> Exception | None:
        """Return what a rank that did not fail itself must raise, or None; called after the reduction."""
        if self.words[0]:
            return RankError(self._comm.size - int(self.words[0]))
        _, highest, minus_lowest, _ = self.words.tolist()
        if highest != -minus_lowest:
            return ValueError(f"the ranks differ: on this one {self._brought}; on another one it is not so")
        return None


class Operand:
    """A canonical copy of the states that a rank brings. The reduction turns it into the result."""

    def __init__(self, x: Any) -> None:
        #: What is merged; the words of an array are those of states.
        self.of: type[Mergeable] = State
        if isinstance(x, Mergeable):
            self.of = type(x)
            self._copy: Any = x._copy()
            self.words: Words = self._copy.words.reshape(1, -1)
            self.kind = f"x is a {'State' if isinstance(x, State) else x._noun}"
        else:
            self._copy = _canonical(states_array(x))
            self.words = self._copy.reshape(-1, abi.PAREXACT_STATE_WORDS)
            self.kind = f"x is an array of the shape {self._copy.shape}"

    @property
    def messages(self) -> list[list[Any]]:
        """The states as buffers of mpi4py's, of which none has too many."""
        return _messages(self.words, self.of)

    def result(self) -> Any:
        """Return the states again, of the same kind as they came; ValueError if they could not be merged."""
        if self.words[:, self.of._ERROR].any():
            # All that were merged were valid: that is the only thing that can go wrong.
            raise ValueError("together the states of all ranks have 2**63 values or more")
        return self._copy


def _canonical(states: Words) -> Words:
    """Return a contiguous copy of states in canonical form; ValueError if one is damaged."""
    copy = np.empty(states.shape, np.int64)
    copy[...] = State().words
    given = np.ascontiguousarray(states).reshape(-1, abi.PAREXACT_STATE_WORDS)
    into = copy.reshape(-1, abi.PAREXACT_STATE_WORDS)
    for start in range(0, len(given), _COPY_STATES):
        block = given[start : start + _COPY_STATES]
        abi.lib.parexact_mpi_merge(
            block.ctypes.data, into[start:].ctypes.data, byref(c_int32(len(block))), None
        )
    damaged = np.flatnonzero(into[:, State._ERROR])
    if damaged.size:
        first = damaged[0]
        words = abi.parexact_state.from_buffer_copy(given[first])
        status = abi.lib.parexact_state_merge(byref(State()._struct), byref(words))
        place = ", ".join(map(str, np.unravel_index(first, states.shape[:-1])))
        raise ValueError(f"x[{place}]: {exception(status)}")
    return copy


def _messages(words: Words, kind: type[Mergeable]) -> list[list[Any]]:
    starts = range(0, len(words), MESSAGE_STATES)
    return [[words[start : start + MESSAGE_STATES], datatype(kind)] for start in starts]


def reduced(comm: Any, x: Any, to_all: bool, root: Any = 0) -> Any:
    """Return the merged states of all ranks, on all of them or on the root, where others return None."""
    op()
    check_communicator(comm)
    header = Header(comm)
    operands: list[Operand] = []
    merges: list[MPI.Op] = []
    roots: list[int] = []
    sent: list[Words] = []

    def prepare() -> Words:
        operands.append(Operand(x))
        merges.append(op(operands[0].of))
        roots.append(_root_of(root, comm))
        if not to_all and roots[0] == comm.rank:
            # MPICH 4.0 and 4.1 crash where a root other than 0 gives MPI.IN_PLACE (its issue 6540).
            sent.append(operands[0].words.copy())
        where = "all ranks get the result" if to_all else f"root is {roots[0]}"
        return header.agree(f"{operands[0].kind}, and {where}", len(operands[0].words))

    interruption = _join(comm, MPI.MAX, prepare, header.fail)
    (operand,), (merge,), (to,) = operands, merges, roots
    error = interruption or header.error()
    if header.error() is None:
        # The others go on, so this rank does, too, whatever interrupted it. All in C, as in `_join`.
        if to_all:
            list(starmap(comm.Allreduce, [(MPI.IN_PLACE, part, merge) for part in operand.messages]))
        elif comm.rank == to:
            parts = zip(_messages(sent[0], operand.of), operand.messages)
            list(starmap(comm.Reduce, [(own, part, merge, to) for own, part in parts]))
        else:
            list(starmap(comm.Reduce, [(part, None, merge, to) for part in operand.messages]))
    if error is not None:
        raise error
    return operand.result() if to_all or comm.rank == to else None


def _root_of(root: Any, comm: MPI.Comm) -> int:
    number = index(root)
    if not 0 <= number < comm.size:
        raise ValueError(f"root is {number}, but there are ranks from 0 to {comm.size - 1}")
    return number
