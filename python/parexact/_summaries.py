"""Summaries: exact sums of higher powers, of pairs and of weighted values, which merge as states do."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import byref, c_double, c_int32
from typing import Any, Callable, ClassVar

from parexact import abi
from parexact._arguments import ddof_of, policy_of
from parexact._arrays import AnyArray, as_array, as_mask
from parexact._arrays import describe as view_of
from parexact._errors import check
from parexact._mergeable import Mergeable
from parexact._run import run
from parexact._summarize import COSTS


class Summary(Mergeable):
    """What the three kinds of summaries have in common."""

    _Struct = abi.parexact_summary
    _c_merge = abi.lib.parexact_summary_merge
    _c_fingerprint = abi.lib.parexact_summary_fingerprint
    _c_mpi_merge = abi.lib.parexact_summary_mpi_merge
    # Behind the extremes of two variables.
    _ERROR = abi.PAREXACT_SUMMARY_MAX_FIRST + 4

    @classmethod
    def _empty(cls) -> abi.parexact_summary:
        struct = abi.parexact_summary()
        check(abi.lib.parexact_summary_init(byref(struct), cls._kind))
        return struct

    def _add(self, x: AnyArray, y: AnyArray | None, where: Any) -> None:
        """Add values to a temporary summary, and merge that."""
        mask = None if where is None else as_mask(where, x)
        fresh = self._empty()

        def call() -> None:
            views = [None if array is None else byref(view_of(array)) for array in (x, y, mask)]
            check(abi.lib.parexact_summary_update(byref(fresh), *views))

        run(call, COSTS[self._kind] * x.size)
        self._merge_struct(fresh)

    def _value(self, result: int, ddof: Any, nan_policy: Any) -> float:
        """Return one of the results."""
        return self._values([result], ddof, nan_policy)[0]

    def _values(self, results: Sequence[int], ddof: Any, nan_policy: Any) -> list[float]:
        """Return several of the results."""
        policy, divisor = policy_of(nan_policy), ddof_of(ddof)
        count = len(results)
        values = (c_double * count)()
        wanted = (c_int32 * count)(*results)
        self._call(abi.lib.parexact_summary_results, wanted, count, divisor, policy, values)
        return list(values)


Accessor = Callable[..., Any]


def _count(name: str, result: int, document: str) -> Accessor:
    """Return a method that answers a number of values."""

    def method(self: Summary, *, nan_policy: str = "propagate") -> int:
        return int(self._value(result, 0, nan_policy))

    return _named(method, name, document)


def _plain(name: str, result: int, document: str) -> Accessor:
    """Return a method that answers one result."""

    def method(self: Summary, *, nan_policy: str = "propagate") -> float:
        return self._value(result, 0, nan_policy)

    return _named(method, name, document)


def _with_ddof(name: str, result: int, document: str, default: int = 0) -> Accessor:
    """Return a method that answers a result for which the degrees of freedom matter."""

    def method(self: Summary, *, ddof: int = default, nan_policy: str = "propagate") -> float:
        return self._value(result, ddof, nan_policy)

    return _named(method, name, document)


def _with_bias(name: str, biased: int, unbiased: int, document: str) -> Accessor:
    """Return a method that answers a result of the values, or an estimate from a sample."""

    def method(self: Summary, *, bias: bool = True, nan_policy: str = "propagate") -> float:
        return self._value(biased if bias else unbiased, 0, nan_policy)

    return _named(method, name, document)


def _named(method: Accessor, name: str, document: str) -> Accessor:
    method.__name__ = name
    method.__qualname__ = name
    method.__doc__ = document
    return method


_COUNT_METHOD = _count("count", abi.PAREXACT_RESULT_COUNT, "How many values or pairs the results are about.")
_NAN_COUNT_METHOD = _count(
    "nan_count",
    abi.PAREXACT_RESULT_NAN_COUNT,
    "How many values are NaN, or how many pairs have a NaN, under any policy.",
)


class Shape(Summary):
    """The exact sums of a set of values to the fourth power, in 6144 bytes: skewness and kurtosis in pieces.

    Shapes of parts merge to the shape of the whole, bit for bit, in any order, as states do. They may be
    compared, pickled, and added up with ``sum``.

    Parameters
    ----------
    a : array_like, optional
        The first values; as for `update`.

    Notes
    -----
    The results are methods: ``count``, ``nan_count``, ``sum``, ``mean``, ``variance``, ``std``, ``min``,
    ``max``, ``norm``, ``skewness`` and ``kurtosis``. All take ``nan_policy``, ``variance`` and ``std`` also
    ``ddof``, ``skewness`` and ``kurtosis`` also ``bias``. Each is the exact real result, rounded once.

    Examples
    --------
    >>> import parexact
    >>> parts = [parexact.Shape([1.0, 2.0]), parexact.Shape([6.0])]
    >>> sum(parts) == parexact.Shape([6.0, 2.0, 1.0])
    True
    >>> sum(parts).skewness() == parexact.skew([1.0, 2.0, 6.0])
    True
    """

    _kind: ClassVar[int] = abi.PAREXACT_SUMMARY_SHAPE
    _noun = "Shape"

    def __init__(self, a: Any = None) -> None:
        self._struct = self._empty()
        if a is not None:
            self.update(a)

    def update(self, a: Any, *, where: Any = None) -> Shape:
        """Add all values of an array, or those that `where` selects, and return this object.

        Parameters, exceptions and cost are those of `State.update`; the pass takes several times as long.
        """
        self._add(as_array(a), None, where)
        return self

    count = _COUNT_METHOD
    nan_count = _NAN_COUNT_METHOD
    sum = _plain("sum", abi.PAREXACT_RESULT_SUM, "Return the sum.")
    mean = _plain("mean", abi.PAREXACT_RESULT_MEAN, "Return the mean; NaN if there are no values.")
    variance = _with_ddof("variance", abi.PAREXACT_RESULT_VARIANCE, "Return the variance.")
    std = _with_ddof("std", abi.PAREXACT_RESULT_STD, "Return the root of the exact variance.")
    min = _plain("min", abi.PAREXACT_RESULT_MIN, "Return the minimum; NaN if there are no values.")
    max = _plain("max", abi.PAREXACT_RESULT_MAX, "Return the maximum; NaN if there are no values.")
    norm = _plain("norm", abi.PAREXACT_RESULT_NORM, "Return the Euclidean norm.")
    skewness = _with_bias(
        "skewness",
        abi.PAREXACT_RESULT_SKEWNESS,
        abi.PAREXACT_RESULT_SKEWNESS_UNBIASED,
        "Return the skewness, just that of `parexact.skew`.",
    )
    kurtosis = _with_bias(
        "kurtosis",
        abi.PAREXACT_RESULT_KURTOSIS,
        abi.PAREXACT_RESULT_KURTOSIS_UNBIASED,
        "Return the excess kurtosis, just that of `parexact.kurtosis`.",
    )


class Pair(Summary):
    """The exact first and second moments of pairs (x, y), in 6144 bytes: covariance, correlation and the
    regression line in pieces.

    Pairs of parts merge to those of the whole, bit for bit, in any order, as states do. They may be compared,
    pickled, and added up with ``sum``.

    Parameters
    ----------
    x, y : array_like, optional
        The first values; as for `update`.

    Notes
    -----
    The results are methods: ``count``, ``nan_count``; of each variable ``sum_x``, ``mean_x``, ``variance_x``,
    ``std_x``, ``min_x``, ``max_x``, ``norm_x`` and ``sum_y`` to ``norm_y``; ``dot``, ``covariance``,
    ``correlation``; of the line through the points ``slope``, ``intercept``, ``r_squared``, ``residual_std``,
    ``slope_stderr``, ``intercept_stderr``; and ``slope_origin`` of the line through the origin. All take
    ``nan_policy``, variances, deviations (0 by default) and the covariance (1 by default) also ``ddof``. Each
    is the exact real result, rounded once.

    A pair with a NaN is skipped under ``nan_policy="omit"``, and makes each result NaN by default, also those
    of the other variable.

    Examples
    --------
    >>> import parexact
    >>> parts = [parexact.Pair([1.0, 2.0], [3.0, 5.0]), parexact.Pair([3.0], [7.0])]
    >>> whole = sum(parts)
    >>> whole.slope(), whole.intercept(), whole.correlation()
    (2.0, 1.0, 1.0)
    """

    _kind: ClassVar[int] = abi.PAREXACT_SUMMARY_PAIR
    _noun = "Pair"

    def __init__(self, x: Any = None, y: Any = None) -> None:
        self._struct = self._empty()
        if x is not None or y is not None:
            self.update(x, y)

    def update(self, x: Any, y: Any, *, where: Any = None) -> Pair:
        """Add all pairs of two arrays of one shape, or those that `where` selects, and return this object.

        Exceptions are those of `State.update`; ValueError also if the shapes differ. One pass, at the cost of
        about three dot products.
        """
        first, second = as_pair(x, y)
        self._add(first, second, where)
        return self

    count = _COUNT_METHOD
    nan_count = _NAN_COUNT_METHOD
    sum_x = _plain("sum_x", abi.PAREXACT_RESULT_SUM, "Return the sum of x.")
    sum_y = _plain("sum_y", abi.PAREXACT_RESULT_SUM_Y, "Return the sum of y.")
    mean_x = _plain("mean_x", abi.PAREXACT_RESULT_MEAN, "Return the mean of x.")
    mean_y = _plain("mean_y", abi.PAREXACT_RESULT_MEAN_Y, "Return the mean of y.")
    variance_x = _with_ddof("variance_x", abi.PAREXACT_RESULT_VARIANCE, "Return the variance of x.")
    variance_y = _with_ddof("variance_y", abi.PAREXACT_RESULT_VARIANCE_Y, "Return the variance of y.")
    std_x = _with_ddof("std_x", abi.PAREXACT_RESULT_STD, "Return the standard deviation of x.")
    std_y = _with_ddof("std_y", abi.PAREXACT_RESULT_STD_Y, "Return the standard deviation of y.")
    min_x = _plain("min_x", abi.PAREXACT_RESULT_MIN, "Return the minimum of x.")
    min_y = _plain("min_y", abi.PAREXACT_RESULT_MIN_Y, "Return the minimum of y.")
    max_x = _plain("max_x", abi.PAREXACT_RESULT_MAX, "Return the maximum of x.")
    max_y = _plain("max_y", abi.PAREXACT_RESULT_MAX_Y, "Return the maximum of y.")
    norm_x = _plain("norm_x", abi.PAREXACT_RESULT_NORM, "Return the Euclidean norm of x.")
    norm_y = _plain("norm_y", abi.PAREXACT_RESULT_NORM_Y, "Return the Euclidean norm of y.")
    dot = _plain("dot", abi.PAREXACT_RESULT_DOT, "Return the dot product, Σ x y.")
    covariance = _with_ddof(
        "covariance",
        abi.PAREXACT_RESULT_COVARIANCE,
        "Return the covariance: Σ (x - mean)(y - mean) / (n - ddof).",
        default=1,
    )
    correlation = _plain(
        "correlation",
        abi.PAREXACT_RESULT_CORRELATION,
        "Return Pearson's coefficient, from -1 to 1; NaN if x or y is constant.",
    )
    slope = _plain("slope", abi.PAREXACT_RESULT_SLOPE, "Return the slope of the regression line of y on x.")
    intercept = _plain("intercept", abi.PAREXACT_RESULT_INTERCEPT, "Return the intercept of that line.")
    r_squared = _plain("r_squared", abi.PAREXACT_RESULT_R_SQUARED, "Return the square of the correlation.")
    residual_std = _plain(
        "residual_std",
        abi.PAREXACT_RESULT_RESIDUAL_STD,
        "Return √(RSS / (n - 2)), where RSS is the sum of the squared residuals of that line.",
    )
    slope_stderr = _plain(
        "slope_stderr", abi.PAREXACT_RESULT_SLOPE_STDERR, "Return the standard error of the slope."
    )
    intercept_stderr = _plain(
        "intercept_stderr",
        abi.PAREXACT_RESULT_INTERCEPT_STDERR,
        "Return the standard error of the intercept.",
    )
    slope_origin = _plain(
        "slope_origin",
        abi.PAREXACT_RESULT_SLOPE_ORIGIN,
        "Return the slope of the line through the origin: Σ x y / Σ x².",
    )


class Weighted(Summary):
    """The exact sums of values with weights, in 6144 bytes: weighted means and variances in pieces.

    Those of parts merge to that of the whole, bit for bit, in any order, as states do. They may be compared,
    pickled, and added up with ``sum``.

    Parameters
    ----------
    a, weights : array_like, optional
        The first values; as for `update`.

    Notes
    -----
    The results are methods: ``count``, ``nan_count``, ``sum`` (Σ w a), ``mean``, ``variance``, ``std``,
    ``min``, ``max``, ``sum_weights``, ``reliability_variance`` and ``reliability_std``. All take
    ``nan_policy``, ``variance`` and ``std`` also ``ddof``. Each is the exact real result, rounded once. Where
    the weights add up to 0, the mean and the variances are NaN.

    Weights may have any sign. A value that is NaN or has the weight NaN is skipped under
    ``nan_policy="omit"``, and makes each result NaN by default.

    Examples
    --------
    >>> import parexact
    >>> parts = [parexact.Weighted([1.0, 2.0], [3, 1]), parexact.Weighted([4.0], [4])]
    >>> sum(parts).mean()
    2.625
    """

    _kind: ClassVar[int] = abi.PAREXACT_SUMMARY_WEIGHTED
    _noun = "Weighted"

    def __init__(self, a: Any = None, weights: Any = None) -> None:
        self._struct = self._empty()
        if a is not None or weights is not None:
            self.update(a, weights)

    def update(self, a: Any, weights: Any, *, where: Any = None) -> Weighted:
        """Add all values of an array, each with its weight, or those that `where` selects, and return this
        object.

        The weights have the shape of `a`. Exceptions are those of `State.update`; ValueError also if the
        shapes differ.
        """
        return self._added(a, weights, ("a", "weights"), where)

    def _added(self, a: Any, weights: Any, names: tuple[str, str], where: Any = None) -> Weighted:
        """Add values whose arguments have these names in messages."""
        first, second = as_pair(a, weights, names)
        self._add(first, second, where)
        return self

    count = _COUNT_METHOD
    nan_count = _NAN_COUNT_METHOD
    sum = _plain("sum", abi.PAREXACT_RESULT_SUM, "Return the sum of the products: Σ w a.")
    mean = _plain("mean", abi.PAREXACT_RESULT_MEAN, "Return the weighted mean: Σ w a / Σ w.")
    variance = _with_ddof(
        "variance",
        abi.PAREXACT_RESULT_VARIANCE,
        "Return the variance under frequency weights: (Σw Σwa² - (Σwa)²) / (Σw (Σw - ddof)).",
    )
    std = _with_ddof("std", abi.PAREXACT_RESULT_STD, "Return the root of the exact variance.")
    min = _plain("min", abi.PAREXACT_RESULT_MIN, "Return the minimum of the values, whatever their weights.")
    max = _plain("max", abi.PAREXACT_RESULT_MAX, "Return the maximum of the values, whatever their weights.")
    sum_weights = _plain("sum_weights", abi.PAREXACT_RESULT_SUM_WEIGHTS, "Return the sum of the weights.")
    reliability_variance = _plain(
        "reliability_variance",
        abi.PAREXACT_RESULT_RELIABILITY_VARIANCE,
        "Return the unbiased variance under reliability weights: (Σw Σwa² - (Σwa)²) / ((Σw)² - Σ(w²)).",
    )
    reliability_std = _plain(
        "reliability_std",
        abi.PAREXACT_RESULT_RELIABILITY_STD,
        "Return the root of the exact variance under reliability weights.",
    )


def as_pair(x: Any, y: Any, names: tuple[str, str] = ("x", "y")) -> tuple[AnyArray, AnyArray]:
    """Return two arrays of one shape."""
    first, second = as_array(x, names[0]), as_array(y, names[1])
    if first.shape != second.shape:
        raise ValueError(
            f"{names[0]} and {names[1]} must have the same shape, "
            f"but these are {first.shape} and {second.shape}"
        )
    return first, second
