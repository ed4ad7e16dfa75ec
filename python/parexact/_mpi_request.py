"""Non-blocking reductions of states.

The header by which the ranks agree and the states are on their way at once: a rank that begins waits for no
other, and one that wants the result needs nobody to wait with it. So states are sent before it is known
whether all ranks have equally many, and where the sizes of messages differ between the ranks, some MPIs
crash. Here they never do: the size of a message depends on its number alone. The last message of a rank is
filled up with states of no values, and a rank with fewer messages than another adds the missing ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, islice, starmap, takewhile
from typing import Any

import numpy as np

from parexact import _mpi_collective, abi
from parexact._mpi4py import MPI
from parexact._mpi_collective import Header, Operand, Words, check_communicator
from parexact._mpi_operation import datatype, op
from parexact._state import State


def _sizes() -> Iterator[int]:
    """Yield how many states each message has: half of all before it, so that at most a third is filling."""
    total = 0
    while True:
        size = min(max(total // 2, 1), _mpi_collective.MESSAGE_STATES)
        yield size
        total += size


def _message_count(states: int) -> int:
    """Return how many messages a number of states takes."""
    return len(list(takewhile(lambda total: total < states, accumulate(_sizes(), initial=0))))


class _Messages:
    """The states of a rank as messages, and back."""

    def __init__(self, states: Words) -> None:
        self.arrays: list[Words] = []
        self._states = states
        start = 0
        for size in islice(_sizes(), _message_count(len(states))):
            part = states[start : start + size]
            start += size
            self.arrays.append(part if len(part) == size else _filled_up(part, size))

    def unpack(self) -> None:
        """Copy the result of the last message back, if it was filled up."""
        if self.arrays and not np.shares_memory(self.arrays[-1], self._states):
            rest = len(self._states) - sum(map(len, self.arrays[:-1]))
            self._states[-rest:] = self.arrays[-1][:rest]


def _filled_up(part: Words, size: int) -> Words:
    full = np.empty((size, abi.PAREXACT_STATE_WORDS), np.int64)
    full[...] = State().words
    full[: len(part)] = part
    return full


def _missing(sent: int, states: int) -> list[Words]:
    """Return messages of no values, as many as so many states have more than were sent."""
    none = np.empty((0, abi.PAREXACT_STATE_WORDS), np.int64)
    return [_filled_up(none, size) for size in islice(_sizes(), sent, max(sent, _message_count(states)))]


def _begin(
    comm: MPI.Comm, first: list[tuple[Any, ...]], arrays: list[Words], begun: list[MPI.Request]
) -> None:
    """Begin reductions, and list their requests: all in C, where no signal handler comes in between."""
    merge = op()
    messages = [(MPI.IN_PLACE, [array, datatype()], merge) for array in arrays]
    begun.extend(starmap(comm.Iallreduce, [*first, *messages]))


class Request:
    """A reduction under way, as `iallreduce` returns it; with the methods of mpi4py's requests for objects.

    MPI writes to memory that this object holds, and that is kept until the reduction has ended, also if
    nobody refers to the object any more.
    """

    def __init__(self, comm: MPI.Comm, header: Header, operand: Operand, messages: _Messages) -> None:
        self._comm = comm
        self._header = header
        self._operand = operand
        self._messages = messages
        self._begun: list[MPI.Request] = []
        self._added: list[Words] | None = None
        self._ended = False

    def _begin(self) -> None:
        _under_way.add(self)
        _begin(self._comm, [(MPI.IN_PLACE, self._header.words, MPI.MAX)], self._messages.arrays, self._begun)

    def wait(self) -> Any:
        """Wait for the end, and return the result, of the same kind as what was given.

        Raises
        ------
        RankError
            If another rank failed.
        ValueError
            If the shape differs between the ranks, or the states have 2**63 values or more together.

        Notes
        -----
        Once it has ended, each further call answers the same.

        Examples
        --------
        >>> from mpi4py import MPI
        >>> import parexact.mpi
        >>> request = parexact.mpi.iallreduce(MPI.COMM_SELF, parexact.State([1.0, 2.0]))
        >>> request.wait().result().sum
        3.0
        """
        if not self._ended:
            self._begun[0].Wait()
            self._add_missing()
            MPI.Request.Waitall(self._begun)
            self._end()
        return self._result()

    def test(self) -> tuple[bool, Any]:
        """Return ``(True, result)`` if the reduction has ended, else ``(False, None)``; without waiting.

        Raises
        ------
        RankError, ValueError
            As `wait`.

        Examples
        --------
        >>> from mpi4py import MPI
        >>> import parexact.mpi
        >>> request = parexact.mpi.iallreduce(MPI.COMM_SELF, parexact.State([1.0, 2.0]))
        >>> ended = False
        >>> while not ended:
        ...     ended, state = request.test()
        >>> state.result().sum
        3.0
        """
        if not self._ended:
            if not self._begun[0].Test():
                return False, None
            self._add_missing()
            if not MPI.Request.Testall(self._begun):
                return False, None
            self._end()
        return True, self._result()

    def _add_missing(self) -> None:
        """Take part in the messages that only other ranks have, which means that the shapes differ."""
        if self._added is None:
            self._added = _missing(len(self._messages.arrays), self._header.states)
            _begin(self._comm, [], self._added, self._begun)

    def _end(self) -> None:
        self._messages.unpack()
        self._ended = True
        _under_way.discard(self)

    def _result(self) -> Any:
        error = self._header.error()
        if error is not None:
            raise error
        return self._operand.result()


#: The requests to whose memory MPI may still write.
_under_way: set[Request] = set()


def ireduced(comm: Any, x: Any) -> Request:
    """Begin to merge the states of all ranks. A failure on this rank waits for the others, and tells them."""
    op()
    check_communicator(comm)
    header = Header(comm)
    request: Request | None = None
    try:
        operand = Operand(x)
        if not issubclass(operand.of, State):
            # Ranks that brought different kinds would send messages of different sizes.
            raise TypeError(f"iallreduce merges states; for a {operand.of.__name__} use allreduce")
        messages = _Messages(operand.words)
        header.agree(operand.kind, len(operand.words))
        request = Request(comm, header, operand, messages)
        request._begin()
    except BaseException:
        if request is None or not request._begun:
            _take_part(comm, header)
            if request is not None:
                _under_way.discard(request)
        raise
    return request


def _take_part(comm: MPI.Comm, header: Header) -> None:
    """Tell the others that this rank failed, and bring no values to what they reduce."""
    begun: list[MPI.Request] = []
    _begin(comm, [(MPI.IN_PLACE, header.fail(), MPI.MAX)], [], begun)
    begun[0].Wait()
    arrays = _missing(0, header.states)
    _begin(comm, [], arrays, begun)
    MPI.Request.Waitall(begun)
