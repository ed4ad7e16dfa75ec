"""Skewness, kurtosis, weighted means, covariances and regression against fractions and certified values."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Iterator

import adversarial
import numpy as np
import parexact
import pytest

import statistics_oracle as exact

FINITE = [maker for maker in adversarial.MAKERS if maker is not adversarial.not_finite]

#: NIST's Norris (https://www.itl.nist.gov/div898/strd/lls/data/Norris.shtml): y, then x.
NORRIS = """
0.1 0.2  338.8 337.4  118.1 118.2  888.0 884.6  9.2 10.1  228.1 226.5  668.5 666.3  998.5 996.3  449.1 448.6
778.9 777.0  559.2 558.2  0.3 0.4  0.1 0.6  778.1 775.5  668.8 666.9  339.3 338.0  448.9 447.5  10.8 11.6
557.7 556.0  228.3 228.1  998.0 995.8  888.8 887.6  119.6 120.2  0.3 0.3  0.6 0.3  557.6 556.8  339.3 339.1
888.0 887.2  998.5 999.0  778.9 779.0  10.2 11.1  117.6 118.3  228.9 229.2  668.4 669.1  449.2 448.9  0.2 0.5
"""


def same(found: object, wanted: object) -> bool:
    """Say whether results have the same bits; all NaNs are one."""
    a, b = np.asarray(found, float) + 0.0, np.asarray(wanted, float) + 0.0
    return a.shape == b.shape and np.array_equal(a, b, equal_nan=True)


def rows(n: int, seed: int = 0) -> Iterator[list[float]]:
    """Yield hard rows of n finite values."""
    for number, maker in enumerate(FINITE):
        yield from maker(np.random.default_rng([seed, number, n]), 4, n).tolist()


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 9, 40])
def test_higher_moments_are_exact(n: int) -> None:
    for values in rows(n):
        for bias in (True, False):
            assert same(parexact.skew(values, bias=bias), exact.skew(values, bias)), values
            assert same(parexact.kurtosis(values, bias=bias), exact.kurtosis(values, bias)), values


@pytest.mark.parametrize("n", [1, 2, 3, 4, 9, 40])
def test_two_variables_are_exact(n: int) -> None:
    for x, y in zip(rows(n), list(rows(n, seed=1))[::-1]):
        for a, b in ((x, y), (x, x[::-1]), (x, [2 * v if abs(v) < 1e307 else v for v in x])):
            for ddof in (0, 1):
                wanted = [
                    [exact.covariance(a, a, ddof), exact.covariance(a, b, ddof)],
                    [exact.covariance(b, a, ddof), exact.covariance(b, b, ddof)],
                ]
                assert same(parexact.cov(a, b, ddof=ddof), wanted), (a, b)
            mixed = exact.correlation(a, b)
            ends = [1.0 if exact.codeviation(v, v) else math.nan for v in (a, b)]
            assert same(parexact.corrcoef(a, b), [[ends[0], mixed], [mixed, ends[1]]]), (a, b)
            line = parexact.linregress(a, b)
            found = (line.slope, line.intercept, line.stderr, line.intercept_stderr)
            assert same(found, exact.line(a, b)), (a, b)
            assert same(line.rvalue, mixed)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 9, 40])
def test_weights_are_exact(n: int) -> None:
    rng = np.random.default_rng(n)
    for values, others in zip(rows(n), list(rows(n, seed=2))[::-1]):
        for weights in (rng.integers(1, 5, n).tolist(), others, [abs(w) for w in others]):
            mean, *_ = exact.weighted(values, weights)
            if not sum(map(exact.Fraction, weights)):
                for function in (parexact.average, parexact.mean, parexact.var, parexact.std):
                    with pytest.raises(ZeroDivisionError, match="weights"):
                        function(values, weights=weights)
                continue
            assert same(parexact.average(values, weights=weights), mean)
            assert same(parexact.mean(values, weights=weights), mean)
            for ddof in (0, 1):
                _, variance, std = exact.weighted(values, weights, ddof)
                assert same(parexact.var(values, ddof=ddof, weights=weights), variance), (values, weights)
                assert same(parexact.std(values, ddof=ddof, weights=weights), std), (values, weights)


def test_integers_beyond_2_to_the_53() -> None:
    x = np.array([2**63 - 1, -(2**63), 2**62 + 1, 2**53 + 1, 3])
    y = np.array([2**64 - 1, 2**64 - 2, 2**63 + 1, 1, 2**53 + 1], np.uint64)
    a, b = x.tolist(), y.tolist()
    assert same(parexact.skew(x), exact.skew(a))
    assert same(parexact.kurtosis(y), exact.kurtosis(b))
    assert same(parexact.cov(x, y)[0, 1], exact.covariance(a, b))
    assert same(parexact.corrcoef(x, y)[0, 1], exact.correlation(a, b))
    assert same(parexact.average(x, weights=y), exact.weighted(a, b)[0])
    assert parexact.sum(x, exact=True) == sum(a)
    assert parexact.sum(y, exact=True) == sum(b)
    assert same(parexact.dot(x, y), exact.dot(a, b))


@pytest.mark.parametrize("kind", ["f2", ">f8", ">f4", ">f2", "i1", ">i8", "?", "bfloat16"])
def test_types_give_the_bits_of_their_doubles(kind: str) -> None:
    dtype = np.dtype(pytest.importorskip("ml_dtypes").bfloat16 if kind == "bfloat16" else kind)
    x = np.random.default_rng(3).integers(-90, 90, (30, 7)).astype(dtype)
    doubles = x.astype(float)
    for name in ("skew", "kurtosis"):
        for axis in (None, 0, (1, 0), ()):
            function = getattr(parexact, name)
            assert same(function(x[::-2].T, axis), function(doubles[::-2].T, axis)), (name, axis)
    assert same(parexact.cov(x[:, 0], x[:, 1]), parexact.cov(doubles[:, 0], doubles[:, 1]))
    weights = np.arange(1, 31)
    assert same(parexact.average(x, 0, weights), parexact.average(doubles, 0, weights))
    assert same(parexact.average(doubles, weights=x * x), parexact.average(doubles, weights=(x * x) + 0.0))


@pytest.mark.parametrize("name", ["skew", "kurtosis"])
def test_axes_out_keepdims_and_layouts(name: str) -> None:
    function: Callable[..., object] = getattr(parexact, name)
    oracle: Callable[..., float] = getattr(exact, name)
    a = adversarial.moderate(np.random.default_rng(4), 12, 10).reshape(3, 4, 10)
    for given in (a, np.asfortranarray(a), a[::-1, :, ::-2], a.transpose(2, 0, 1), a[:, :0]):
        for axis in (0, -1, (0, 2), (2, 0), None):
            axes = tuple(range(3)) if axis is None else np.atleast_1d(axis) % 3
            last = np.moveaxis(given, axes, range(-len(axes), 0))
            kept = last.shape[: 3 - len(axes)]
            wanted = np.array([oracle(last[i].ravel().tolist()) for i in np.ndindex(*kept)]).reshape(kept)
            assert same(function(given, axis), wanted), axis
            shape = np.sum(given, axis=axis if axis is None else tuple(axes), keepdims=True).shape
            assert same(function(given, axis, keepdims=True), wanted.reshape(shape))
            out = np.full((*kept, 2), 7.0)[..., 0]
            assert function(given, axis, out=out) is out
            assert same(out, wanted)
    for axis, error in ((3, np.exceptions.AxisError), ((0, 0), ValueError), (0.5, TypeError)):
        with pytest.raises(error):
            function(a, axis)


def test_nan_policies() -> None:
    x, y = [1.0, math.nan, 2.0, 4.0, 7.0], [3.0, 1.0, math.nan, 1.0, 5.0]
    kept = [1.0, 2.0, 4.0, 7.0]
    for function in (parexact.skew, parexact.kurtosis):
        assert math.isnan(function(x))
        assert function(x, nan_policy="omit") == function(kept)
        with pytest.raises(ValueError, match="NaN"):
            function(x, nan_policy="raise")
        with pytest.raises(ValueError, match="nan_policy"):
            function(x, nan_policy="drop")
    # A pair with a NaN is left out, whichever of its values is one.
    pairs = [1.0, 4.0, 7.0], [3.0, 1.0, 5.0]
    for function in (parexact.cov, parexact.corrcoef, parexact.linregress):
        assert np.isnan(function(x, y)).all()
        assert same(function(x, y, nan_policy="omit"), function(*pairs))
        with pytest.raises(ValueError, match="NaN"):
            function(x, y, nan_policy="raise")
    assert math.isnan(parexact.average(x, weights=y))
    assert parexact.average(x, weights=y, nan_policy="omit") == exact.weighted(*pairs)[0]
    assert parexact.dot(x, y, nan_policy="omit") == 42.0


def test_infinities() -> None:
    x = [1.0, math.inf, 2.0]
    for value in (parexact.skew(x), parexact.kurtosis(x), parexact.linregress(x, [1, 2, 3]).slope):
        assert math.isnan(value)
    assert np.isnan(parexact.corrcoef(x, [1.0, 2.0, 3.0])[0]).all()
    assert parexact.average(x, weights=[1, 2, 3]) == math.inf
    assert math.isnan(parexact.average(x, weights=[1, 0, 3]))
    assert math.isnan(parexact.average([1.0, 2.0], weights=[math.inf, 1]))


def test_correlation_of_two_points_is_one() -> None:
    """NumPy finds 0.9999999999999998 here, and elsewhere more than 1."""
    assert (parexact.corrcoef([0, 1], [1.35951, 1.3595100000000007]) == 1.0).all()
    assert parexact.linregress([0, 1], [1.35951, 1.3595100000000007]).rvalue == 1.0
    assert parexact.corrcoef([0, 1], [5e-324, 0.0])[0, 1] == -1.0
    assert parexact.corrcoef([-1.7e308, 1.7e308, 0], [-1e-320, 1e-320, 0])[0, 1] == 1.0


def test_norris_has_its_certified_values() -> None:
    y, x = np.array(NORRIS.split(), float).reshape(-1, 2).T
    assert len(x) == 36
    line = parexact.linregress(x, y)
    pair = parexact.Pair(x, y)
    # NIST's values are of the decimal data; those here of the nearest doubles. 15 digits certified.
    for found, certified in [
        (line.slope, 1.00211681802045),
        (line.intercept, -0.262323073774029),
        (line.stderr, 0.429796848199937e-03),
        (line.intercept_stderr, 0.232818234301152),
        (pair.residual_std(), 0.884796396144373),
        (pair.r_squared(), 0.999993745883712),
    ]:
        assert math.isclose(found, certified, rel_tol=2e-14), (found, certified)
    wanted = exact.line(x.tolist(), y.tolist())
    assert (line.slope, line.intercept, line.stderr, line.intercept_stderr) == wanted


def test_lines_through_the_origin_have_their_certified_values() -> None:
    """NIST's NoInt1 and NoInt2."""
    x = np.arange(60.0, 71.0)
    assert math.isclose(parexact.Pair(x, x + 70).slope_origin(), 2.07438016528926, rel_tol=1e-14)
    pair = parexact.Pair([4, 5, 6], [3, 4, 4])
    assert math.isclose(pair.slope_origin(), 0.727272727272727, rel_tol=1e-14)


def test_a_regression_line_is_scipys() -> None:
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(5)
    x = rng.normal(size=50)
    y = 0.2 * x + rng.normal(size=50)
    ours, theirs = parexact.linregress(x, y), stats.linregress(x, y)
    assert ours._fields == tuple(theirs._fields)[:5] and len(ours) == len(theirs)
    np.testing.assert_allclose([*ours, ours.intercept_stderr], [*theirs, theirs.intercept_stderr], 1e-12)
    again = pickle.loads(pickle.dumps(ours))
    assert again == ours and again.intercept_stderr == ours.intercept_stderr


def test_without_scipy_the_p_value_is_nan(child: Callable[..., str]) -> None:
    printed = child(
        "import sys; sys.modules['scipy'] = sys.modules['scipy.special'] = None\n"
        "import parexact; line = parexact.linregress([1, 2, 3], [1, 3, 4])\n"
        "print(line.slope, line.pvalue)"
    )
    assert printed.split() == ["1.5", "nan"]


def test_arguments_that_are_refused() -> None:
    for call, error, words in [
        (lambda: parexact.cov([1.0, 2.0], [1.0]), ValueError, "same shape"),
        (lambda: parexact.cov(np.ones((2, 2)), np.ones((2, 2))), ValueError, "dimension"),
        (lambda: parexact.cov([1.0], [1.0], ddof=-1), ValueError, "ddof"),
        (lambda: parexact.cov([1.0], [1.0], ddof=0.5), TypeError, "integer"),
        (lambda: parexact.linregress([1j], [1.0]), TypeError, "^x has values of type complex128"),
        (lambda: parexact.average([1.0, 2.0], weights=[1.0]), TypeError, "axis"),
        (lambda: parexact.average(np.ones((2, 3)), 1, [1.0, 2.0]), ValueError, "weights have the shape"),
        (lambda: parexact.average([1.0], weights=[1j]), TypeError, "^weights has values"),
        (lambda: parexact.skew([1.0], out=np.zeros(1)), ValueError, "^out has the shape"),
    ]:
        with pytest.raises(error, match=words):
            call()


def test_weights_of_axes_and_their_sums() -> None:
    a = np.random.default_rng(6).integers(-50, 50, (3, 4, 5)).astype(float)
    weights = np.arange(1.0, 16.0).reshape(5, 3)
    # The axes of the weights are those of `axis`, in its order.
    found, totals = parexact.average(a, (2, 0), weights, returned=True)
    wide = np.broadcast_to(weights.T[:, None, :], a.shape)
    assert same(found, parexact.average(a, (0, 2), wide))
    assert same(totals, np.full(4, 120.0))
    assert parexact.average(a, (2, 0), weights, keepdims=True).shape == (1, 4, 1)
    assert same(parexact.average(a, 1), parexact.mean(a, 1))
    np.testing.assert_allclose(parexact.average(a, 1, [1, 2, 3, 4]), np.average(a, 1, [1, 2, 3, 4]))


@pytest.mark.parametrize("maker", [adversarial.whole_range, adversarial.moderate, adversarial.ties])
def test_the_number_of_threads_changes_no_bit(maker: adversarial.Maker) -> None:
    a = maker(np.random.default_rng(8), 300, 1000)
    x, y = a.ravel(), a[::-1].ravel()
    found = set()
    for count in (1, 2, 4):
        with parexact.threads(count):
            results = [parexact.skew(a, 0), parexact.kurtosis(x), parexact.cov(x, y), parexact.corrcoef(x, y)]
            results += [parexact.average(x, weights=np.abs(y)), parexact.vecdot(a, a[::-1])]
            results += [parexact.sum(a, 1, where=a > 0)]
        found.add(b"".join(np.asarray(result).tobytes() for result in results))
    assert len(found) == 1
