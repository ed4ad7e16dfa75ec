"""Statistics of higher orders and of two variables: each the exact result, rounded once."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from parexact import abi
from parexact._arguments import axes_of, ddof_of, delivered, policy_of, result_shape
from parexact._arrays import AnyArray, as_array
from parexact._reductions import mean
from parexact._summaries import Pair
from parexact._summarize import PAIR, SHAPE, STATE, as_weights, reduce, summarized, sums_of_weights


def skew(
    a: Any,
    axis: Any = None,
    *,
    bias: bool = True,
    out: AnyArray | None = None,
    keepdims: bool = False,
    where: Any = None,
    nan_policy: str = "propagate",
) -> Any:
    """Skewness: the third moment of the exact deviations from the exact mean over the third power of their
    standard deviation, rounded once.

    ``RN(m₃ / m₂^1.5)`` with ``m_k = Σ (a - mean)^k / n``

    Parameters
    ----------
    a, axis, out, keepdims, where, nan_policy
        As for `parexact.sum`. SciPy's default axis is 0; here it is None, all axes, as for the others.
    bias : bool, optional
        With False the unbiased estimate from a sample: the result times ``√(n (n - 1)) / (n - 2)``, still
        rounded once.

    Returns
    -------
    float or ndarray of float64
        A float if no axes are left. NaN if all values are equal, with infinities, for no values, and with
        ``bias=False`` for fewer than 3.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `parexact.sum`.

    Notes
    -----
    One pass over the values. Sums of fourth powers take several times as long as `describe`. See `Shape` for
    data in pieces.

    Examples
    --------
    >>> import parexact
    >>> parexact.skew([1.0, 2.0, 3.0])
    0.0
    >>> parexact.skew([1e8, 1e8 + 1, 1e8 + 5]) == parexact.skew([0, 1, 5])
    True
    """
    result = abi.PAREXACT_RESULT_SKEWNESS if bias else abi.PAREXACT_RESULT_SKEWNESS_UNBIASED
    return reduce(SHAPE, result, a, axis, out=out, keepdims=keepdims, where=where, nan_policy=nan_policy)


def kurtosis(
    a: Any,
    axis: Any = None,
    *,
    bias: bool = True,
    out: AnyArray | None = None,
    keepdims: bool = False,
    where: Any = None,
    nan_policy: str = "propagate",
) -> Any:
    """Excess kurtosis, which is Fisher's: 0 for a normal distribution. From the exact moments, rounded once.

    ``RN(m₄ / m₂² - 3)`` with ``m_k = Σ (a - mean)^k / n``

    Parameters
    ----------
    a, axis, out, keepdims, where, nan_policy
        As for `parexact.sum`. SciPy's default axis is 0; here it is None, all axes, as for the others.
    bias : bool, optional
        With False the unbiased estimate from a sample:
        ``((n² - 1) m₄/m₂² - 3 (n - 1)²) / ((n - 2) (n - 3))``, rounded once.

    Returns
    -------
    float or ndarray of float64
        A float if no axes are left. NaN if all values are equal, with infinities, for no values, and with
        ``bias=False`` for fewer than 4.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `parexact.sum`.

    Notes
    -----
    Cost as `skew`.

    Examples
    --------
    >>> import parexact
    >>> parexact.kurtosis([1.0, 2.0, 3.0])
    -1.5
    """
    result = abi.PAREXACT_RESULT_KURTOSIS if bias else abi.PAREXACT_RESULT_KURTOSIS_UNBIASED
    return reduce(SHAPE, result, a, axis, out=out, keepdims=keepdims, where=where, nan_policy=nan_policy)


def average(
    a: Any,
    axis: Any = None,
    weights: Any = None,
    returned: bool = False,
    *,
    keepdims: bool = False,
    nan_policy: str = "propagate",
) -> Any:
    """Weighted mean: the exact sum of the products over the exact sum of the weights, rounded once.

    ``RN(Σ w a / Σ w)``

    Parameters
    ----------
    a, axis, keepdims, nan_policy
        As for `parexact.sum`. A value that is NaN or has the weight NaN counts as a NaN.
    weights : array_like, optional
        A number for each value, of either sign: an array of the shape of `a`, or one of the shape of the axes
        that are reduced. By default all are 1, and this is `parexact.mean`.
    returned : bool, optional
        Return the sums of the weights, too.

    Returns
    -------
    average : float or ndarray of float64
        A float if no axes are left.
    sum_of_weights : float or ndarray of float64
        With ``returned=True``; it has the shape of the averages.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `parexact.sum`; also for weights of another shape.
    ZeroDivisionError
        If weights are given, and those of a result add up to exactly 0.

    Notes
    -----
    One pass over the values and the weights, and one more with `returned`. See `Weighted` for data in pieces.

    Examples
    --------
    >>> import parexact
    >>> parexact.average([1.0, 2.0, 4.0], weights=[3, 1, 4])
    2.625
    >>> parexact.average([[1.0, 2.0], [3.0, 5.0]], 1, [1, 3], returned=True)
    (array([1.75, 4.5 ]), array([4., 4.]))
    """
    means = mean(a, axis, weights=weights, keepdims=keepdims, nan_policy=nan_policy)
    if not returned:
        return means
    array, policy = as_array(a), policy_of(nan_policy)
    axes = axes_of(axis, array.ndim)
    if weights is None:
        totals = summarized(STATE, abi.PAREXACT_RESULT_COUNT, array, axes, policy=policy)
    else:
        totals = sums_of_weights(array, as_weights(weights, array, axis), axes, None, policy)
    return means, delivered(totals.reshape(result_shape(array, axes, keepdims)), None)


# -- Two variables ----------------------------------------------------------------------------------


def cov(x: Any, y: Any = None, *, ddof: int = 1, nan_policy: str = "propagate") -> AnyArray:
    """Covariance matrix: of the exact deviations from the exact means, each element rounded once.

    ``RN((n Σ x y - Σ x Σ y) / (n (n - ddof)))``

    Parameters
    ----------
    x, y : array_like of one dimension
        The values of two variables, as many of each. Or, without `y`, the rows of a matrix `x` are the
        variables, and its columns the observations.
    ddof : int, optional
        1 for the unbiased estimate from a sample, as in NumPy; 0 for the covariance of a population.
    nan_policy : {'propagate', 'omit', 'raise'}, optional
        What to do about pairs with a NaN. By default all elements are NaN that are about such a pair: of two
        variables x and y all four. Or these pairs are left out, for each element by itself. Or it is a
        ValueError.

    Returns
    -------
    ndarray of float64
        Of the shape ``(2, 2)`` for x and y: the variance of x, the covariance, the covariance, the variance
        of y. Of the shape ``(k, k)`` for a matrix of k rows; the variance, of no dimensions, for one vector.

    Raises
    ------
    TypeError, ValueError
        As `dot`; TypeError also for a `ddof` that is no integer, ValueError for a negative one.

    Notes
    -----
    One pass over x and y, at the cost of about three dot products; of a matrix k passes over half of it, on
    average. See `Pair` for data in pieces.

    Examples
    --------
    >>> import parexact
    >>> parexact.cov([0.0, 1.0, 2.0], [2.0, 1.0, 0.0])
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    divisor, policy = ddof_of(ddof), policy_of(nan_policy)
    if y is not None:
        return covariances(_pair_of(x, y, "cov"), ddof, nan_policy)
    return _matrix(abi.PAREXACT_RESULT_COVARIANCE, x, "cov", divisor, policy)


def corrcoef(x: Any, y: Any = None, *, nan_policy: str = "propagate") -> AnyArray:
    """Pearson's correlation coefficients, each from -1 to 1 and rounded once: 1 where it is exactly 1.

    ``RN((n Σ x y - Σ x Σ y) / √((n Σ x² - (Σ x)²) (n Σ y² - (Σ y)²)))``

    Parameters
    ----------
    x, y, nan_policy
        As for `cov`.

    Returns
    -------
    ndarray of float64
        As for `cov`: of the shape ``(2, 2)`` for x and y. NaN where a variable is constant, or has an
        infinity.

    Raises
    ------
    TypeError, ValueError
        As `cov`.

    Notes
    -----
    Cost as `cov`.

    Examples
    --------
    >>> import parexact
    >>> parexact.corrcoef([0, 1], [1.35951, 1.3595100000000007])
    array([[1., 1.],
           [1., 1.]])
    """
    policy = policy_of(nan_policy)
    if y is not None:
        return correlations(_pair_of(x, y, "corrcoef"), nan_policy)
    return _matrix(abi.PAREXACT_RESULT_CORRELATION, x, "corrcoef", 0, policy)


def covariances(pair: Pair, ddof: int, nan_policy: str) -> AnyArray:
    """Return the covariance matrix of two variables."""
    results = [
        abi.PAREXACT_RESULT_VARIANCE,
        abi.PAREXACT_RESULT_COVARIANCE,
        abi.PAREXACT_RESULT_VARIANCE_Y,
    ]
    of_x, mixed, of_y = pair._values(results, ddof, nan_policy)
    return np.array([[of_x, mixed], [mixed, of_y]])


def correlations(pair: Pair, nan_policy: str) -> AnyArray:
    """Return the correlation matrix of two variables."""
    mixed = pair._value(abi.PAREXACT_RESULT_CORRELATION, 0, nan_policy)
    if not math.isnan(mixed):
        return np.array([[1.0, mixed], [mixed, 1.0]])
    # One of them is constant, or there are NaNs or infinities. With this divisor a deviation does not
    # underflow: of n values it is at least √((n - 1) / n) times the unit of which all of them are multiples.
    count = int(pair._value(abi.PAREXACT_RESULT_COUNT, 0, nan_policy))
    both = [abi.PAREXACT_RESULT_STD, abi.PAREXACT_RESULT_STD_Y]
    deviations = pair._values(both, count - 1 if count else 0, nan_policy)
    of_x, of_y = (1.0 if deviation > 0 else math.nan for deviation in deviations)
    return np.array([[of_x, mixed], [mixed, of_y]])


def _pair_of(x: Any, y: Any, name: str) -> Pair:
    first, second = as_array(x, "x"), as_array(y, "y")
    if first.ndim != 1 or second.ndim != 1:
        raise ValueError(
            f"{name} of two variables takes arrays of one dimension, but x has {first.ndim} and y has "
            f"{second.ndim}; for a matrix with a variable in each row leave y out"
        )
    return Pair(first, second)


def _matrix(result: int, m: Any, name: str, ddof: int, policy: int) -> AnyArray:
    """Return a result for each two rows of a matrix."""
    rows = as_array(m, "x")
    if rows.ndim > 2:
        raise ValueError(f"{name} takes an array of one or two dimensions, but x has {rows.ndim}")
    single = rows.ndim < 2
    rows = np.atleast_2d(rows)
    count = len(rows)
    matrix = np.empty((count, count))
    for i in range(count):
        others = rows[i:]
        row = np.broadcast_to(rows[i], others.shape)
        matrix[i, i:] = summarized(PAIR, result, row, (1,), y=others, ddof=ddof, policy=policy)
        matrix[i:, i] = matrix[i, i:]
    return matrix.reshape(()) if single else matrix


class _Regression(NamedTuple):
    slope: float
    intercept: float
    rvalue: float
    pvalue: float
    stderr: float


class LinregressResult(_Regression):
    """The regression line, as SciPy gives it: a tuple of five, which has `intercept_stderr` as an attribute.

    Each but `pvalue` is the exact result, rounded once.
    """

    #: The standard error of the intercept.
    intercept_stderr: float

    def __new__(
        cls,
        slope: float,
        intercept: float,
        rvalue: float,
        pvalue: float,
        stderr: float,
        intercept_stderr: float,
    ) -> LinregressResult:
        result = super().__new__(cls, slope, intercept, rvalue, pvalue, stderr)
        result.intercept_stderr = intercept_stderr
        return result

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (*self, self.intercept_stderr)

    def __repr__(self) -> str:
        values = zip((*self._fields, "intercept_stderr"), (*self, self.intercept_stderr))
        return f"LinregressResult({', '.join(f'{name}={value!r}' for name, value in values)})"


def linregress(x: Any, y: Any, *, nan_policy: str = "propagate") -> LinregressResult:
    """Regression line of y on x by ordinary least squares, from exact sums, each number rounded once.

    ``slope = RN(Σ (x - mean)(y - mean) / Σ (x - mean)²)``

    Parameters
    ----------
    x, y : array_like of one dimension
        As many numbers in each.
    nan_policy : {'propagate', 'omit', 'raise'}, optional
        A pair with a NaN makes all results NaN, or is left out, or is a ValueError.

    Returns
    -------
    LinregressResult
        As SciPy's: a named tuple of ``slope``, ``intercept``, ``rvalue`` (the correlation), ``pvalue`` and
        ``stderr`` (of the slope), with the attribute ``intercept_stderr``. The p-value, of the hypothesis
        that the slope is 0, is that of SciPy's distribution for the exact statistic, and NaN if SciPy is not
        installed. If x is constant, all of them are NaN; if y is, `rvalue` and `pvalue` are. Of fewer than 3
        pairs the standard errors and the p-value are NaN.

    Raises
    ------
    TypeError, ValueError
        As `cov`.

    Notes
    -----
    Cost as `cov`. For the line through the origin, the residuals' standard deviation and r² see `Pair`.

    Examples
    --------
    >>> import parexact
    >>> line = parexact.linregress([1.0, 2.0, 3.0, 4.0], [3.0, 5.0, 7.0, 9.0])
    >>> line.slope, line.intercept, line.rvalue, line.stderr
    (2.0, 1.0, 1.0, 0.0)
    """
    return regression(_pair_of(x, y, "linregress"), nan_policy)


def regression(pair: Pair, nan_policy: str) -> LinregressResult:
    """Return the regression line of the pairs."""
    slope, intercept, rvalue, stderr, intercept_stderr, count = pair._values(
        [
            abi.PAREXACT_RESULT_SLOPE,
            abi.PAREXACT_RESULT_INTERCEPT,
            abi.PAREXACT_RESULT_CORRELATION,
            abi.PAREXACT_RESULT_SLOPE_STDERR,
            abi.PAREXACT_RESULT_INTERCEPT_STDERR,
            abi.PAREXACT_RESULT_COUNT,
        ],
        0,
        nan_policy,
    )
    pvalue = _two_sided(slope, stderr, count - 2)
    return LinregressResult(slope, intercept, rvalue, pvalue, stderr, intercept_stderr)


def _two_sided(slope: float, stderr: float, df: float) -> float:
    """Return how probable a slope at least as far from 0 is if the true one is 0."""
    if math.isnan(slope) or math.isnan(stderr) or df < 1:
        return math.nan
    if stderr == 0:
        return 0.0 if slope else math.nan
    try:
        from scipy.special import stdtr
    except ImportError:
        return math.nan
    return float(2 * stdtr(df, -abs(slope / stderr)))
