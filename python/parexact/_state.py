"""Exact moments of a set of values, which may be kept, sent, and merged in any order."""

from __future__ import annotations

import os
import threading
from ctypes import byref, c_double, c_uint64, sizeof
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from parexact import abi
from parexact._arrays import as_array
from parexact._arrays import describe as view_of
from parexact._errors import check
from parexact._reductions import COST, Stats, ddof_of, policy_of
from parexact._run import run

if TYPE_CHECKING:
    from fractions import Fraction

# The words of a state, as docs/state-format.md numbers them.
COUNT, NANS, _POSITIVE_INFINITIES, _NEGATIVE_INFINITIES = 1, 2, 3, 4
_SUM = slice(5, 73)
_SQUARES = slice(73, 207)
#: The unit of the digits of the sum is 2**-1074, the least positive double; of the sum of squares it is the
#: square of that.
_UNIT = 1074
_DIGIT_BITS = 32

#: Taken for each step that reads or writes the words of a state. Such a step takes a microsecond, so that one
#: lock serves all states, two at a time without a thought about their order. The holder may take it again: a
#: signal handler may use the state that the code under it is about to use.
_lock = threading.RLock()


def _renew_lock() -> None:
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)


class State:
    """The exact count, sum, sum of squares and extremes of a set of values, in 2048 bytes, whatever their
    number.

    States of parts merge to the state of the whole, bit for bit, in any order: parts of a file, of a cluster,
    of a day.

    Parameters
    ----------
    a : array_like, optional
        The first values; as for `update`.

    Notes
    -----
    States may be compared (equal sets of values have equal states, up to collisions that agree in all exact
    moments), pickled, and added up with ``sum``. They are not hashable, since they change. The methods may be
    called from several threads at once.

    Examples
    --------
    >>> import parexact
    >>> parts = [parexact.State([0.1, 0.2]), parexact.State([0.3])]
    >>> whole = sum(parts)
    >>> whole.result().sum
    0.6
    >>> whole == parexact.State([0.3, 0.2, 0.1])
    True
    >>> parexact.State.from_bytes(bytes(whole)) == whole
    True
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, a: Any = None) -> None:
        self._struct = _empty()
        if a is not None:
            self.update(a)

    # -- Values in

    def update(self, a: Any) -> State:
        """Add all values of an array, and return this state.

        Parameters
        ----------
        a : array_like
            Numbers or booleans, as for `parexact.sum`.

        Raises
        ------
        TypeError
            If the type of `a` is not supported; the message says what to pass instead.
        ValueError
            If the words of the state are damaged, or it would count 2**63 values or more.

        Notes
        -----
        One pass as `parexact.describe`, into a temporary state, which is merged at the end: an update that
        fails or is interrupted leaves the state as it was.

        Examples
        --------
        >>> import parexact
        >>> parexact.State().update([1, 2]).update([3.5]).result().sum
        6.5
        """
        array = as_array(a)
        fresh = _empty()

        def call() -> None:
            check(abi.lib.parexact_state_update(byref(fresh), byref(view_of(array))))

        run(call, COST * array.size)
        self._merge_struct(fresh)
        return self

    def merge(self, other: State) -> State:
        """Add the values of another state, and return this one. It costs about a microsecond.

        Raises
        ------
        TypeError
            If `other` is no State.
        ValueError
            If the words of one of them are damaged, or there would be 2**63 values or more.

        Examples
        --------
        >>> import parexact
        >>> parexact.State([1]).merge(parexact.State([2])) == parexact.State([1, 2])
        True
        """
        if not isinstance(other, State):
            raise TypeError(f"other must be a State, not {type(other).__name__}; update adds values")
        self._merge_struct(other._struct)
        return self

    def _merge_struct(self, struct: abi.parexact_state) -> None:
        with _lock:
            check(abi.lib.parexact_state_merge(byref(self._struct), byref(struct)))

    def __add__(self, other: Any) -> State:
        if isinstance(other, State):
            return self._copy().merge(other)
        return NotImplemented

    def __radd__(self, other: Any) -> State:
        # `sum` begins with 0.
        if isinstance(other, int) and other == 0:
            return self._copy()
        return NotImplemented

    def __iadd__(self, other: Any) -> State:
        if isinstance(other, State):
            return self.merge(other)
        return NotImplemented

    def _copy(self) -> State:
        copy = type(self).__new__(type(self))
        copy._struct = self._canonical()
        return copy

    def _canonical(self) -> abi.parexact_state:
        """Return a copy of the words in canonical form; ValueError if they are damaged."""
        copy = _empty()
        with _lock:
            check(abi.lib.parexact_state_merge(byref(copy), byref(self._struct)))
        return copy

    # -- Results out

    def result(self, *, ddof: int = 0, nan_policy: str = "propagate") -> Stats:
        """Return the statistics of the values: just those of `parexact.describe` for an array of them.

        Parameters
        ----------
        ddof, nan_policy
            As for `parexact.describe`.

        Raises
        ------
        ValueError
            If the words are damaged, for a negative `ddof`, and for a NaN with ``nan_policy="raise"``.

        Examples
        --------
        >>> import parexact
        >>> parexact.State([1.0, 2.0, 4.0]).result(ddof=1).variance
        2.3333333333333335
        """
        policy = policy_of(nan_policy)
        divisor = ddof_of(ddof)
        stats = abi.parexact_stats()
        with _lock:
            check(abi.lib.parexact_state_result(byref(self._struct), divisor, policy, byref(stats)))
        return Stats(
            stats.count,
            stats.nan_count,
            stats.sum,
            stats.mean,
            stats.variance,
            stats.std,
            stats.min,
            stats.max,
        )

    def norm(self) -> float:
        """Return the Euclidean norm of the values: just that of `parexact.norm`.

        Examples
        --------
        >>> import parexact
        >>> parexact.State([3.0, 4.0]).norm()
        5.0
        """
        norm = c_double()
        with _lock:
            check(abi.lib.parexact_state_norm(byref(self._struct), byref(norm)))
        return norm.value

    def fingerprint(self) -> str:
        """Return 32 hexadecimal digits, XXH3-128 of the canonical bytes. Equal states have equal
        fingerprints.

        Examples
        --------
        >>> import parexact
        >>> parexact.State([0.1] * 3).fingerprint()
        'ba806bc852892fe31d56197b46e83349'
        """
        halves = (c_uint64 * 2)()
        with _lock:
            check(abi.lib.parexact_state_fingerprint(byref(self._struct), halves))
        return f"{halves[1]:016x}{halves[0]:016x}"

    def exact_sum(self) -> Fraction:
        """Return the sum of the values without any rounding.

        Raises
        ------
        ValueError
            If the words are damaged, or some values are not finite.

        Examples
        --------
        >>> import parexact
        >>> parexact.State([0.5, 0.25]).exact_sum()
        Fraction(3, 4)
        """
        _, total, _ = self._exact_moments()
        return _fraction(total, 1 << _UNIT)

    def exact_mean(self) -> Fraction:
        """Return the mean of the values without any rounding.

        Raises
        ------
        ValueError
            As `exact_sum`, and if there are no values.

        Examples
        --------
        >>> import parexact
        >>> parexact.State([1, 1, 2]).exact_mean()
        Fraction(4, 3)
        """
        count, total, _ = self._exact_moments()
        if count == 0:
            raise ValueError("there are no values, and so no mean")
        return _fraction(total, count << _UNIT)

    def exact_variance(self, ddof: int = 0) -> Fraction:
        """Return the variance of the values without any rounding.

        Raises
        ------
        ValueError
            As `exact_sum`, if there are not more than `ddof` values, and for a negative `ddof`.

        Examples
        --------
        >>> import parexact
        >>> parexact.State([1, 2, 4]).exact_variance(ddof=1)
        Fraction(7, 3)
        """
        divisor = ddof_of(ddof)
        count, total, squares = self._exact_moments()
        if count <= divisor:
            raise ValueError(f"there are {count} values; with ddof={divisor} a variance takes {divisor + 1}")
        return _fraction(count * squares - total**2, count * (count - divisor) << 2 * _UNIT)

    def _exact_moments(self) -> tuple[int, int, int]:
        """Return the count, the sum and the sum of squares in their units."""
        words: list[int] = list(self._canonical().words)
        if words[NANS] or words[_POSITIVE_INFINITIES] or words[_NEGATIVE_INFINITIES]:
            infinities = words[_POSITIVE_INFINITIES] + words[_NEGATIVE_INFINITIES]
            raise ValueError(
                f"{words[NANS]} of the values are NaN and {infinities} are infinite, no fractions; "
                "see result()"
            )
        return words[COUNT], _integer(words[_SUM]), _integer(words[_SQUARES])

    # -- The words

    @property
    def words(self) -> npt.NDArray[np.int64]:
        """The 256 words of the state, an array of int64 that is the state's own memory.

        docs/state-format.md says what they mean, and how engines that add integers merge them. The memory is
        not locked: nobody else may use the state while they are changed.
        """
        return _words(self._struct)

    def __bytes__(self) -> bytes:
        """Return the canonical words as 2048 little-endian bytes."""
        return _words(self._canonical()).astype("<i8").tobytes()

    @classmethod
    def from_bytes(cls, b: Any) -> State:
        """Return the state of 2048 bytes, as ``bytes(state)`` gives them.

        Raises
        ------
        TypeError
            If `b` is not bytes, or something like them.
        ValueError
            If there are not 2048 of them, or no set of values can have a state of these words. Other damage
            goes unnoticed: there is no checksum. Keep `fingerprint` beside what is stored, and compare.

        Examples
        --------
        >>> import parexact
        >>> parexact.State.from_bytes(bytes(parexact.State([2.0]))).result().count
        1
        """
        data = memoryview(b).tobytes()
        if len(data) != sizeof(abi.parexact_state):
            raise ValueError(f"a state has {sizeof(abi.parexact_state)} bytes, not {len(data)}")
        given = abi.parexact_state.from_buffer_copy(np.frombuffer(data, "<i8").astype(np.int64).tobytes())
        state = cls.__new__(cls)
        state._struct = _empty()
        state._merge_struct(given)
        return state

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_bytes, (bytes(self),)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, State):
            return NotImplemented
        return bytes(self._canonical()) == bytes(other._canonical())

    def __repr__(self) -> str:
        return f"<parexact.State of {int(self.words[COUNT])} values>"


def _fraction(numerator: int, denominator: int) -> Fraction:
    # Few programs ask for one, and the module takes a while to load.
    from fractions import Fraction

    return Fraction(numerator, denominator)


def _empty() -> abi.parexact_state:
    struct = abi.parexact_state()
    check(abi.lib.parexact_state_init(byref(struct)))
    return struct


def _words(struct: abi.parexact_state) -> npt.NDArray[np.int64]:
    return np.frombuffer(memoryview(struct).cast("B"), np.int64)


def _integer(digits: list[int]) -> int:
    """Return the integer of canonical digits, lowest first; the highest alone has a sign."""
    low = b"".join(digit.to_bytes(_DIGIT_BITS // 8, "little") for digit in digits[:-1])
    return int.from_bytes(low, "little") + (digits[-1] << _DIGIT_BITS * (len(digits) - 1))
