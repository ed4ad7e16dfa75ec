"""Non-blocking reductions of states."""

from __future__ import annotations

from itertools import starmap
from typing import Any

import numpy as np
from mpi4py import MPI

from parexact import abi
from parexact._mpi_collective import Header, Operand, check_communicator, messages
from parexact._mpi_operation import op


class Request:
    """A reduction under way, as `iallreduce` returns it. `wait` and `test` are those of mpi4py's requests for
    objects.

    MPI writes to memory that this object holds, and that is kept until the reduction has ended, also if
    nobody refers to the object any more.
    """

    def __init__(self, header: Header, operand: Operand, requests: list[MPI.Request]) -> None:
        self._header = header
        self._operand = operand
        self._agreement, *self._states = requests
        _under_way.add(self)

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
        self._agreement.Wait()
        if not self._header.differs:
            MPI.Request.Waitall(self._states)
            _under_way.discard(self)
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
        if not self._agreement.Test():
            return False, None
        if not self._header.differs:
            if not MPI.Request.Testall(self._states):
                return False, None
            _under_way.discard(self)
        return True, self._result()

    def _result(self) -> Any:
        error = self._header.error()
        if error is not None:
            raise error
        return self._operand.result()


#: Those whose memory MPI may still write to. A reduction of shapes that differ is never known to have ended.
_under_way: set[Request] = set()


def ireduced(comm: Any, x: Any) -> Request:
    """Begin to merge the states of all ranks.

    The header and the states are on their way at once, since a rank that does not wait yet must not hold up
    one that does. So differing shapes are known only when the reduction has begun.
    """
    merge = op()
    check_communicator(comm)
    header = Header(comm)
    failure = Header(comm)
    requests: list[MPI.Request] = []
    try:
        operand = Operand(x)
        header.agree(operand.kind, len(operand.words))
        parts = [(MPI.IN_PLACE, part, merge) for part in operand.messages]
        # In C from the first to the last, as in `_join`.
        requests.extend(starmap(comm.Iallreduce, [(MPI.IN_PLACE, header.words, MPI.MAX), *parts]))
    except BaseException as error:
        if requests:
            Request(header, operand, requests)
        elif not isinstance(error, MPI.Exception):
            _take_part(comm, failure, merge)
        raise
    return Request(header, operand, requests)


def _take_part(comm: MPI.Comm, failure: Header, merge: MPI.Op) -> None:
    """Tell the others that this rank failed, and join their reduction with states that mean nothing."""
    comm.Iallreduce(MPI.IN_PLACE, failure.words, MPI.MAX).Wait()
    if not failure.differs:
        nothing = np.zeros((failure.states, abi.PAREXACT_STATE_WORDS), np.int64)
        parts = [(MPI.IN_PLACE, part, merge) for part in messages(nothing)]
        MPI.Request.Waitall(list(starmap(comm.Iallreduce, parts)))
