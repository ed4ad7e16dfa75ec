"""Exact moments of a set of values, which may be kept, sent, and merged in any order."""

from __future__ import annotations

from ctypes import byref, c_double
from typing import TYPE_CHECKING, Any

from parexact import abi
from parexact._arguments import COST, Stats, ddof_of, policy_of
from parexact._arrays import as_array, as_mask
from parexact._arrays import describe as view_of
from parexact._errors import check
from parexact._mergeable import Mergeable
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


class State(Mergeable):
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
    >>> parexact.State([0.1] * 3).fingerprint()
    'ba806bc852892fe31d56197b46e83349'
    """

    _Struct = abi.parexact_state
    _c_merge = abi.lib.parexact_state_merge
    _c_fingerprint = abi.lib.parexact_state_fingerprint
    _c_mpi_merge = abi.lib.parexact_mpi_merge
    _ERROR = abi.PAREXACT_STATE_MAX_FIRST + abi.PAREXACT_STATE_MAX_COUNT - 1
    _kind = 0
    _noun = "state"

    def __init__(self, a: Any = None) -> None:
        self._struct = self._empty()
        if a is not None:
            self.update(a)

    @classmethod
    def _empty(cls) -> abi.parexact_state:
        struct = abi.parexact_state()
        check(abi.lib.parexact_state_init(byref(struct)))
        return struct

    # -- Values in

    def update(self, a: Any, *, where: Any = None) -> State:
        """Add all values of an array, and return this state.

        Parameters
        ----------
        a : array_like
            Numbers or booleans, as for `parexact.sum`.
        where : array_like of bool, optional
            Which values to add, as for `parexact.sum`.

        Raises
        ------
        TypeError
            If the type of `a` is not supported; the message says what to pass instead.
        ValueError
            If `where` does not broadcast to the shape of `a`, the words of the state are damaged, or it would
            count 2**63 values or more.

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
        mask = None if where is None else as_mask(where, array)
        fresh = self._empty()

        def call() -> None:
            values = byref(view_of(array))
            if mask is None:
                check(abi.lib.parexact_state_update(byref(fresh), values))
            else:
                update = abi.lib.parexact_state_update_axes
                check(update(byref(fresh), 1, values, byref(view_of(mask)), None, 0))

        run(call, COST * array.size)
        self._merge_struct(fresh)
        return self

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
        self._call(abi.lib.parexact_state_result, divisor, policy, byref(stats))
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
        self._call(abi.lib.parexact_state_norm, byref(norm))
        return norm.value

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

    def _drop_nans(self) -> None:
        """Forget the NaNs, which are counted, and take part in nothing else. What is left is the state of the
        other values."""
        self.words[COUNT] -= self.words[NANS]
        self.words[NANS] = 0

    def _not_finite(self) -> tuple[int, int]:
        """Return how many values are NaN, and how many are infinite."""
        words: list[int] = list(self._canonical().words)
        return words[NANS], words[_POSITIVE_INFINITIES] + words[_NEGATIVE_INFINITIES]

    def _exact_moments(self) -> tuple[int, int, int]:
        """Return the count, the sum and the sum of squares in their units."""
        words: list[int] = list(self._canonical().words)
        nans, infinities = self._not_finite()
        if nans or infinities:
            raise ValueError(
                f"{nans} of the values are NaN and {infinities} are infinite, no fractions; see result()"
            )
        return words[COUNT], _integer(words[_SUM]), _integer(words[_SQUARES])


def _fraction(numerator: int, denominator: int) -> Fraction:
    # Few programs ask for one, and the module takes a while to load.
    from fractions import Fraction

    return Fraction(numerator, denominator)


def _integer(digits: list[int]) -> int:
    """Return the integer of canonical digits, lowest first; the highest alone has a sign."""
    low = b"".join(digit.to_bytes(_DIGIT_BITS // 8, "little") for digit in digits[:-1])
    return int.from_bytes(low, "little") + (digits[-1] << _DIGIT_BITS * (len(digits) - 1))
