"""The distributions beside uniform, normal and exponential.

Laws are compared with SciPy by the probability transform u = F(x), which is uniform if and only if
x follows F. Where a law has atoms (integers, or what underflows to 0 and overflows to infinity), u
is spread over the atom at random. All seeds are fixed: a test that passes, passes.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import shutil
import subprocess
from collections.abc import Callable
from ctypes import byref
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from calls import Floats, pointer
from header import constant
from paths import LIBRARY
from raw import OK, Distribution, check, lib
from scipy import special, stats

N = 200_000
ALARM = 1e-6  # p-value of a wrong law
SMALLEST = 2.0**-1022  # normal
LARGEST = math.ldexp(2 - 2**-52, 1023)
SUBNORMAL = 2.0**-1023
NAN, INF = math.nan, math.inf
EVERY = 2.0**53  # up to here, every integer is a double

NAMES = (
    *("LOGNORMAL", "GAMMA", "BETA", "CHI_SQUARED", "STUDENT_T", "FISHER_F", "WEIBULL", "CAUCHY"),
    *("TRIANGULAR", "POISSON", "BINOMIAL", "GEOMETRIC", "INTEGER"),
)
Parameters = tuple[float, ...]


def distribution(name: str, parameters: Parameters, unused: float = NAN) -> Distribution:
    made = Distribution()
    made.kind = constant("DIST_" + name)
    for i in range(3):
        made.parameter[i] = parameters[i] if i < len(parameters) else unused
    return made


def fill(
    name: str,
    parameters: Parameters,
    n: int = N,
    *,
    seed: int = 1,
    stream: int = 2,
    offset: int = 0,
) -> Floats:
    out = np.empty(n)
    made = distribution(name, parameters)
    check(lib.parexact_random_fill(byref(made), seed, stream, offset, pointer(out), n))
    return out


# --- which parameters are valid --------------------------------------------------------------

POSITIVE = (0.0, -0.0, -1.0, SUBNORMAL, NAN, INF, -INF)
SCALE = POSITIVE[2:]  # may be 0
FINITE = (NAN, INF, -INF)
WHOLE = (0.5, EVERY + 2, -EVERY - 2, 2.0**63, 2.0**64, -(2.0**63), 1e300, NAN, INF, -INF)
REFUSED: list[tuple[str, Parameters, int, str, tuple[float, ...]]] = [
    ("LOGNORMAL", (0, 1), 0, "mu", FINITE),
    ("LOGNORMAL", (0, 1), 1, "sigma", (*FINITE, -1.0, -SUBNORMAL)),
    ("GAMMA", (1, 1), 0, "shape", POSITIVE),
    ("GAMMA", (1, 1), 1, "scale", SCALE),
    ("BETA", (1, 1), 0, "a", POSITIVE),
    ("BETA", (1, 1), 1, "b", POSITIVE),
    ("CHI_SQUARED", (1,), 0, "df", POSITIVE),
    ("STUDENT_T", (1,), 0, "df", POSITIVE),
    ("FISHER_F", (1, 1), 0, "df1", POSITIVE),
    ("FISHER_F", (1, 1), 1, "df2", POSITIVE),
    ("WEIBULL", (1, 1), 0, "scale", SCALE),
    ("WEIBULL", (1, 1), 1, "shape", POSITIVE),
    ("CAUCHY", (0, 1), 0, "median", FINITE),
    ("CAUCHY", (0, 1), 1, "scale", SCALE),
    ("TRIANGULAR", (0, 2, 1), 0, "low", FINITE),
    ("TRIANGULAR", (0, 2, 1), 1, "high", (*FINITE, -1.0, -SUBNORMAL)),
    ("TRIANGULAR", (SUBNORMAL, 1, SUBNORMAL), 1, "high", (SUBNORMAL, 1.5 * SUBNORMAL)),
    ("TRIANGULAR", (0, 2, 1), 2, "mode", (*FINITE, -SUBNORMAL, 2.0000001)),
    ("POISSON", (1,), 0, "mean", (*FINITE, -SUBNORMAL, -1.0, EVERY + 2)),
    ("BINOMIAL", (9, 0.5), 0, "n", (*WHOLE, -1.0)),
    ("BINOMIAL", (9, 0.5), 1, "p", (*FINITE, -SUBNORMAL, 1 + 2.0**-52)),
    ("GEOMETRIC", (0.5,), 0, "p", (*POSITIVE, 1 + 2.0**-52)),
    ("INTEGER", (0, 9), 0, "low", WHOLE),
    ("INTEGER", (0, 9), 1, "high", (*WHOLE, 0.0, -0.0, -1.0)),
]


@pytest.mark.parametrize(
    ("name", "good", "index", "parameter", "bad"),
    REFUSED,
    ids=[f"{name}-{parameter}-{i}" for i, (name, _, _, parameter, _) in enumerate(REFUSED)],
)
def test_a_refusal_names_the_parameter(
    name: str, good: Parameters, index: int, parameter: str, bad: tuple[float, ...]
) -> None:
    assert fill(name, good, 3).size == 3
    for value in bad:
        wrong = tuple(value if i == index else x for i, x in enumerate(good))
        out = np.full(3, 42.0)
        made = distribution(name, wrong, 0.0)
        status = lib.parexact_random_fill(byref(made), 1, 2, 0, pointer(out), 3)
        message = lib.parexact_last_error().decode()
        assert status == constant("ERROR_INVALID_ARGUMENT"), (value, message)
        assert message.startswith(f"{parameter} (parameter[{index}]) of {name} is "), message
        assert (out == 42.0).all()


def test_the_ends_of_what_is_valid() -> None:
    for name, parameters in [
        ("LOGNORMAL", (-LARGEST, LARGEST)),
        ("LOGNORMAL", (0.0, -0.0)),
        ("POISSON", (-0.0,)),
        ("POISSON", (EVERY,)),
        ("BINOMIAL", (EVERY, SUBNORMAL)),
        ("BINOMIAL", (0.0, 1.0)),
        ("GEOMETRIC", (1.0,)),
        ("INTEGER", (-EVERY, EVERY)),
        ("TRIANGULAR", (-LARGEST / 2, LARGEST / 2, -LARGEST / 2)),
        ("TRIANGULAR", (0.0, SUBNORMAL, 0.0)),
        ("TRIANGULAR", (-LARGEST, LARGEST, LARGEST)),
        ("WEIBULL", (0.0, SMALLEST)),
        ("WEIBULL", (0.0, LARGEST)),
    ]:
        assert not np.isnan(fill(name, parameters, 100)).any()
    for name in ("GAMMA", "BETA", "CHI_SQUARED", "STUDENT_T", "FISHER_F", "WEIBULL"):
        for parameters in [(SMALLEST, LARGEST), (LARGEST, SMALLEST)]:
            assert not np.isnan(fill(name, parameters, 100)).any()


@pytest.mark.parametrize(
    ("name", "parameters", "value"),
    [
        ("UNIFORM", (-0.1, -0.1), -0.1),
        ("UNIFORM", (-0.0, 0.0), 0.0),
        ("UNIFORM", (LARGEST, LARGEST), LARGEST),
        ("NORMAL", (3.5, 0.0), 3.5),
        ("LOGNORMAL", (0.0, 0.0), 1.0),
        ("GAMMA", (2.5, 0.0), 0.0),
        ("GAMMA", (0.01, -0.0), 0.0),
        ("WEIBULL", (0.0, 1.5), 0.0),
        ("CAUCHY", (-7.0, 0.0), -7.0),
        ("CAUCHY", (-0.0, -0.0), 0.0),
        ("TRIANGULAR", (2.5, 2.5, 2.5), 2.5),
        ("TRIANGULAR", (-LARGEST, -LARGEST, -LARGEST), -LARGEST),
    ],
)
def test_without_width_a_law_is_a_constant(name: str, parameters: Parameters, value: float) -> None:
    x = fill(name, parameters, 5000)
    assert x.tobytes() == np.full(5000, value).tobytes()


def test_triangular_samples_lie_in_their_bounds() -> None:
    ends = [*(5e-324, SUBNORMAL, SMALLEST, 2 * SMALLEST, 1e-307, 1.0, LARGEST)]
    signed = sorted([*(-x for x in ends), 0.0, *ends])
    for low, high in itertools.combinations_with_replacement(signed, 2):
        for mode in (low, high):
            out = np.empty(500)
            made = distribution("TRIANGULAR", (low, high, mode))
            if lib.parexact_random_fill(byref(made), 1, 2, 0, pointer(out), 500) != OK:
                assert 0 < abs(low) < SMALLEST or 0 < abs(high) < SMALLEST
                assert not any(low <= x <= high for x in (-SMALLEST, 0.0, SMALLEST))
                continue
            assert (low <= out).all() and (out <= high).all(), (low, high)
            assert (np.abs(out[out != 0]) >= SMALLEST).all(), (low, high)


def test_unused_parameters_are_ignored() -> None:
    for name, parameters in [("GAMMA", (2.0, 1.0)), ("POISSON", (5.0,)), ("STUDENT_T", (5.0,))]:
        out = np.empty(50)
        made = distribution(name, parameters, 7.0)
        assert lib.parexact_random_fill(byref(made), 1, 2, 0, pointer(out), 50) == OK
        assert (out == fill(name, parameters, 50)).all()


# --- the laws --------------------------------------------------------------------------------

Cdf = Callable[[Floats], Any]


def law_fits(x: Floats, cdf: Cdf, low: float = SMALLEST, high: float = LARGEST) -> float:
    """Return the p-value of x as a sample of this continuous law, of which [low, high] is visible.

    Values below and above, zeros and infinities among them, are only counted.
    """
    spread = np.random.default_rng(5).random(x.size)
    below, above = (float(cdf(np.array([end]))[0]) for end in (low, high))
    inside = (x >= low) & (x <= high)
    u = np.where(x < low, spread * below, above + spread * (1 - above))
    u[inside] = cdf(x[inside])
    return float(stats.kstest(u, "uniform").pvalue)


def count_fits(x: Floats, law: Any) -> float:
    """Return the p-value of x as a sample of this law on the integers."""
    values, where = np.unique(x, return_inverse=True)
    assert (values == np.floor(values)).all()
    below, upto = law.cdf(values - 1), law.cdf(values)
    spread = np.random.default_rng(5).random(x.size)
    u = below[where] + spread * (upto - below)[where]
    return float(stats.kstest(u, "uniform").pvalue)


def gamma_law(shape: float, scale: float = 1.0) -> Cdf:
    """Return the gamma law's F; by its leading term, where x/scale may underflow."""

    def cdf(x: Floats) -> Floats:
        log = np.log(x) - math.log(scale)
        leading = np.exp(shape * log - special.gammaln(1 + shape))
        return np.where(log < -40, leading, special.gammainc(shape, np.exp(log)))

    return cdf


def student_law(df: float) -> Cdf:
    """Return Student's F; far out by its tail, a power, where SciPy's squares overflow."""

    def upper(x: Floats) -> Floats:
        far = stats.t.sf(1e100, df) * (np.maximum(x, 1.0) / 1e100) ** -df
        return np.where(x > 1e100, far, stats.t.sf(np.minimum(x, 1e100), df))

    return lambda x: np.where(x > 0, 1 - upper(np.abs(x)), upper(np.abs(x)))


def fisher_law(df1: float, df2: float) -> Cdf:
    """Return Fisher's F; above 1 by that of the inverse, which keeps the digits near 0."""

    def lower(x: Floats, df1: float, df2: float) -> Floats:
        log = np.minimum(np.log(x) + math.log(df1) - math.log(df2), 700.0)
        y = np.exp(log)
        return special.betainc(df1 / 2, df2 / 2, y / (1 + y))

    return lambda x: np.where(
        x <= 1, lower(np.minimum(x, 1.0), df1, df2), 1 - lower(1 / np.maximum(x, 1.0), df2, df1)
    )


def weibull_law(scale: float, shape: float) -> Cdf:
    return lambda x: -np.expm1(-np.exp(shape * (np.log(x) - math.log(scale))))


def lognormal_law(mu: float, sigma: float) -> Cdf:
    return lambda x: special.ndtr((np.log(x) - mu) / sigma)


def normal_law(mean: float, sd: float) -> Cdf:
    return lambda x: special.ndtr((x - mean) / sd)


def scaled_gamma_law(shape: float, scale: float) -> Cdf:
    return lambda x: special.gammainc(shape, x / scale)


CONTINUOUS: list[tuple[str, Parameters, Cdf]] = [
    ("LOGNORMAL", (0.0, 1.0), stats.lognorm(1).cdf),
    ("LOGNORMAL", (-5.0, 0.01), lognormal_law(-5, 0.01)),
    ("LOGNORMAL", (10.0, 500.0), lognormal_law(10, 500)),
    ("GAMMA", (2.5, 3.0), stats.gamma(2.5, scale=3).cdf),
    ("GAMMA", (1.0, 1e-300), gamma_law(1, 1e-300)),
    ("GAMMA", (0.3, 1.0), gamma_law(0.3)),
    ("GAMMA", (0.0624, 1.0), gamma_law(0.0624)),
    ("GAMMA", (0.0626, 1.0), gamma_law(0.0626)),
    ("GAMMA", (0.001, 1.0), gamma_law(0.001)),
    ("GAMMA", (0.001, 1e300), gamma_law(0.001, 1e300)),
    ("GAMMA", (4.0, 1e308), gamma_law(4, 1e308)),
    ("GAMMA", (4.0, SMALLEST), gamma_law(4, SMALLEST)),
    ("GAMMA", (1e8, 1.0), gamma_law(1e8)),
    ("GAMMA", (1e20, 1.0), normal_law(1e20, 1e10)),
    ("BETA", (2.0, 3.0), stats.beta(2, 3).cdf),
    ("BETA", (0.5, 0.5), stats.beta(0.5, 0.5).cdf),
    ("BETA", (0.01, 5.0), stats.beta(0.01, 5).cdf),
    ("BETA", (1e5, 2e5), stats.beta(1e5, 2e5).cdf),
    ("BETA", (0.5, 1e16), scaled_gamma_law(0.5, 1e-16)),
    ("BETA", (50.0, 1e15), scaled_gamma_law(50, 1e-15)),
    ("BETA", (2.0, 1e300), scaled_gamma_law(2, 1e-300)),
    ("BETA", (1e16, 1e16), normal_law(0.5, math.sqrt(1 / 8e16))),
    ("CHI_SQUARED", (1.0,), stats.chi2(1).cdf),
    ("CHI_SQUARED", (3.0,), stats.chi2(3).cdf),
    ("CHI_SQUARED", (0.01,), gamma_law(0.005, 2)),
    ("CHI_SQUARED", (1e10,), stats.chi2(1e10).cdf),
    ("STUDENT_T", (5.0,), stats.t(5).cdf),
    ("STUDENT_T", (1.0,), stats.cauchy.cdf),
    ("STUDENT_T", (0.126,), student_law(0.126)),
    ("STUDENT_T", (0.124,), student_law(0.124)),
    ("STUDENT_T", (0.01,), student_law(0.01)),
    ("STUDENT_T", (1e300,), special.ndtr),
    ("FISHER_F", (3.0, 7.0), stats.f(3, 7).cdf),
    ("FISHER_F", (0.126, 7.0), fisher_law(0.126, 7)),
    ("FISHER_F", (0.124, 7.0), fisher_law(0.124, 7)),
    ("FISHER_F", (7.0, 0.03), fisher_law(7, 0.03)),
    ("FISHER_F", (0.01, 0.01), fisher_law(0.01, 0.01)),
    ("FISHER_F", (1e300, 5.0), lambda x: special.gammaincc(2.5, 2.5 / x)),
    ("WEIBULL", (2.0, 1.5), stats.weibull_min(1.5, scale=2).cdf),
    ("WEIBULL", (2.0, 0.06), weibull_law(2, 0.06)),
    ("WEIBULL", (1e-300, 0.001), weibull_law(1e-300, 0.001)),
    ("WEIBULL", (1e300, 0.001), weibull_law(1e300, 0.001)),
    ("WEIBULL", (3.0, 1e6), weibull_law(3, 1e6)),
    ("CAUCHY", (1.0, 2.0), stats.cauchy(1, 2).cdf),
    ("CAUCHY", (-1e308, 1e308), lambda x: stats.cauchy.cdf(x / 1e308 + 1)),
    ("TRIANGULAR", (0.0, 1.0, 0.3), stats.triang(0.3).cdf),
    ("TRIANGULAR", (-2.0, 6.0, -2.0), stats.triang(0, -2, 8).cdf),
    ("TRIANGULAR", (-2.0, 6.0, 6.0), stats.triang(1, -2, 8).cdf),
    ("TRIANGULAR", (-8e307, 8e307, 4e307), stats.triang(0.75, -8e307, 1.6e308).cdf),
    ("TRIANGULAR", (-1e308, 1e308, 5e307), lambda x: stats.triang(0.75, -1, 2).cdf(x / 1e308)),
    ("UNIFORM", (-1e308, 1e308), lambda x: x / 1e308 / 2 + 0.5),
    ("UNIFORM", (-LARGEST, 1e308), lambda x: (x / 2 + LARGEST / 2) / (LARGEST / 2 + 5e307)),
    ("POISSON", (EVERY,), normal_law(EVERY, math.sqrt(EVERY))),
    ("BINOMIAL", (EVERY, 0.5), normal_law(EVERY / 2, math.sqrt(EVERY) / 2)),
    ("BINOMIAL", (EVERY, 2.0**-20), normal_law(2.0**33, math.sqrt(2.0**33))),
    ("GEOMETRIC", (1e-12,), lambda x: -np.expm1(-x * 1e-12)),
    ("GEOMETRIC", (1e-300,), lambda x: -np.expm1(-x * 1e-300)),
    ("GEOMETRIC", (SMALLEST,), lambda x: -np.expm1(-x * SMALLEST)),
    ("INTEGER", (-EVERY, EVERY), lambda x: x / 2.0**54 + 0.5),
]
SIGNED = ("UNIFORM", "STUDENT_T", "CAUCHY", "TRIANGULAR", "INTEGER")


@pytest.mark.parametrize(
    ("name", "parameters", "cdf"), CONTINUOUS, ids=[f"{n}{p}" for n, p, _ in CONTINUOUS]
)
def test_continuous_laws(name: str, parameters: Parameters, cdf: Cdf) -> None:
    low = -LARGEST if name in SIGNED else SMALLEST
    with np.errstate(all="ignore"):
        assert law_fits(fill(name, parameters), cdf, low) > ALARM


def test_tiny_beta() -> None:
    """Most of the upper half rounds to 1, where only the lower half keeps its digits."""
    law = stats.beta(0.01, 0.01)
    assert law_fits(fill("BETA", (0.01, 0.01)), law.cdf, high=0.5) > ALARM
    for parameters in [(1e-20, 3e-20), (SMALLEST, 3 * SMALLEST)]:
        x = fill("BETA", parameters)
        assert set(np.unique(x)) == {0.0, 1.0}
        assert stats.binomtest(int(x.sum()), N, 0.25).pvalue > ALARM


NEAR_ONE: list[tuple[Parameters, Cdf]] = [
    ((0.0071, 0.04222), lambda t: special.betainc(0.04222, 0.0071, t)),  # by logarithms
    ((3.0, 0.03), lambda t: special.betainc(0.03, 3, t)),
    ((0.07, 0.0625), lambda t: special.betainc(0.0625, 0.07, t)),
    ((3e15, 0.5), lambda t: special.gammainc(0.5, 3e15 * t)),
    ((1e16, 4.0), lambda t: special.gammainc(4.0, 1e16 * t)),
]


@pytest.mark.parametrize(
    ("parameters", "distance_cdf"), NEAR_ONE, ids=[f"{parameters}" for parameters, _ in NEAR_ONE]
)
def test_beta_near_one(parameters: Parameters, distance_cdf: Cdf) -> None:
    """Each double just below 1, and 1 itself, has the probability of the numbers nearest to it."""
    steps = (1.0 - fill("BETA", parameters)) * 2.0**53  # exact
    doubles = 16
    edges = distance_cdf((np.arange(doubles) + 0.5) * 2.0**-53)
    expected = N * np.diff(np.concatenate([[0.0], edges, [1.0]]))
    found = np.bincount(np.minimum(steps, doubles).astype(int), minlength=doubles + 1)
    assert (expected > 5).all()
    assert stats.chisquare(found, expected).pvalue > ALARM


DISCRETE: list[tuple[str, Parameters, Any]] = [
    *(("POISSON", (m,), stats.poisson(m)) for m in (1e-4, 0.5, 5.0, 11.9, 12.0, 15.0, 40.0, 1e3)),
    *(
        ("BINOMIAL", (n, p), stats.binom(n, p))
        for n, p in [
            *((10.0, 0.3), (30.0, 0.3), (40.0, 0.9), (100.0, 0.5), (1000.0, 0.01), (1e6, 0.5)),
            *((1e6, 9e-6), (1e9, 9e-9), (1e6, 1 - 2.0**-17), (3.0, 1 - 2.0**-50)),
        ]
    ),
    # Beyond, the binomial law is the Poisson law, as near as 2e5 values can tell.
    *(
        ("BINOMIAL", (n, p), stats.poisson(n * p))
        for n, p in [(1e15, 9e-15), (EVERY, 6e-15), (EVERY, 9.9e-16), (1e9, 2.0**-26), (1e9, 1e-7)]
    ),
    *(("GEOMETRIC", (p,), stats.geom(p)) for p in (0.9, 0.3, 0.05, 1e-4)),
    ("INTEGER", (-3.0, 4.0), stats.randint(-3, 4)),
    ("INTEGER", (5.0, 6.0), stats.randint(5, 6)),
    ("INTEGER", (EVERY - 100, EVERY), stats.randint(2**53 - 100, 2**53)),
]


@pytest.mark.parametrize(
    ("name", "parameters", "law"), DISCRETE, ids=[f"{n}{p}" for n, p, _ in DISCRETE]
)
def test_laws_on_the_integers(name: str, parameters: Parameters, law: Any) -> None:
    assert count_fits(fill(name, parameters), law) > ALARM


def test_rare_failures() -> None:
    """A binomial of p near 1 counts down from n."""
    x = fill("BINOMIAL", (1e10, 1 - 2.0**-30))
    assert count_fits(1e10 - x, stats.poisson(1e10 * 2.0**-30)) > ALARM


MOMENTS: list[tuple[str, Parameters, Any]] = [
    ("LOGNORMAL", (0.5, 0.25), stats.lognorm(0.25, scale=math.exp(0.5))),
    ("GAMMA", (2.5, 3.0), stats.gamma(2.5, scale=3)),
    ("GAMMA", (0.25, 4.0), stats.gamma(0.25, scale=4)),
    ("BETA", (2.0, 3.0), stats.beta(2, 3)),
    ("CHI_SQUARED", (3.0,), stats.chi2(3)),
    ("STUDENT_T", (20.0,), stats.t(20)),
    ("FISHER_F", (5.0, 40.0), stats.f(5, 40)),
    ("WEIBULL", (2.0, 1.5), stats.weibull_min(1.5, scale=2)),
    ("TRIANGULAR", (-1.0, 3.0, 0.0), stats.triang(0.25, -1, 4)),
    *((name, parameters, law) for name, parameters, law in DISCRETE if 0.2 < law.var() < 1e9),
]


@pytest.mark.parametrize(
    ("name", "parameters", "law"), MOMENTS, ids=[f"{n}{p}" for n, p, _ in MOMENTS]
)
def test_moments(name: str, parameters: Parameters, law: Any) -> None:
    x = fill(name, parameters, seed=2)
    mean, variance, excess = (float(m) for m in law.stats("mvk"))
    assert abs(x.mean() - mean) < 6 * math.sqrt(variance / N)
    assert abs(x.var() - variance) < 6 * variance * math.sqrt((excess + 2) / N)


def test_a_wrong_law_is_noticed() -> None:
    """The comparisons above see a hundredth of a standard deviation or so, and a missing value."""
    assert law_fits(fill("GAMMA", (2.5, 3.0)), stats.gamma(2.55, scale=3).cdf) < ALARM
    assert law_fits(fill("GAMMA", (0.001, 1e300)), gamma_law(0.001, 1e290)) < ALARM
    assert law_fits(fill("STUDENT_T", (0.01,)), student_law(0.0105), -LARGEST) < ALARM
    assert law_fits(fill("FISHER_F", (0.01, 0.01)), fisher_law(0.01, 0.0105)) < ALARM
    assert law_fits(fill("INTEGER", (-EVERY, EVERY)), lambda x: x / 2.01**54, -LARGEST) < ALARM
    assert count_fits(fill("GEOMETRIC", (0.3,)) - 1, stats.geom(0.3)) < ALARM
    assert count_fits(fill("POISSON", (40.0,)), stats.poisson(40.2)) < ALARM
    assert count_fits(fill("BINOMIAL", (40.0, 0.9)), stats.binom(40, 0.902)) < ALARM
    assert count_fits(fill("INTEGER", (-3.0, 4.0)), stats.randint(-3, 5)) < ALARM


# --- what values look like at the corners ----------------------------------------------------

CORNERS = [
    *(SMALLEST, 1e-300, 1e-160, 1e-20, 1e-9, 0.01, 0.0624, 0.0625, 0.5, 1.0, 2.0, 12.0),
    *(1e10, EVERY, 1e155, 1e300, LARGEST),
]


@pytest.mark.parametrize("name", NAMES)
def test_no_nan_no_subnormal_no_negative_zero(name: str) -> None:
    signed = [*CORNERS, *(-x for x in CORNERS), 0.0, -0.0]
    valid = 0
    out = np.empty(300)
    for first in signed:
        for second in signed:
            made = distribution(name, (first, second, first))
            if lib.parexact_random_fill(byref(made), 3, 4, 0, pointer(out), out.size) != OK:
                continue
            valid += 1
            assert not np.isnan(out).any(), (first, second)
            assert (np.abs(out[out != 0]) >= SMALLEST).all(), (first, second)
            assert not np.signbit(out[out == 0]).any(), (first, second)
    assert valid >= 17


def test_infinities_and_zeros_are_the_laws_own() -> None:
    assert (fill("LOGNORMAL", (800.0, 0.0), 9) == INF).all()
    assert (fill("LOGNORMAL", (-800.0, 0.0), 9) == 0).all()
    t = fill("STUDENT_T", (1e-9,), 1000)
    assert set(np.unique(t)) == {-INF, INF}
    assert set(np.unique(fill("FISHER_F", (1e-9, 1e-9), 1000))) == {0.0, INF}
    x = fill("STUDENT_T", (0.05,))  # P(|t| > 1.8e308) is about 4e-16
    assert np.isfinite(x).all()


# --- the words behind the values -------------------------------------------------------------


KEY = {"seed": 2**63 + 12345, "stream": 2**64 - 3}


def philox(kind: str, index: int, n: int, block: int = 0) -> Any:
    """Return the words of n samples from index on: block number `block` of each, in rows.

    NumPy adds 1 to its 256-bit counter before each block, so it walks along the index.
    """
    third = 1 << 32 | constant("DIST_" + kind)
    counter = (index | block << 64 | third << 128) - 1
    key = KEY["seed"] | KEY["stream"] << 64
    generator = np.random.Philox(key=key, counter=counter % 2**256)
    return generator.random_raw(4 * n).reshape(n, 4)


def units(words: npt.NDArray[np.uint64]) -> Floats:
    return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53


@pytest.mark.parametrize(("low", "count"), [(-3, 7), (7, 1), (-(2**53), 2**64 // 1025 + 1)])
def test_integers_from_their_words(low: int, count: int) -> None:
    """The last count makes one word in 1025 a word too many; else that is rare or never so."""
    n, offset = 20_000, 2**40
    expected, retries = [], 0
    for row in philox("INTEGER", offset, n).tolist():
        for word in row:
            if word * count % 2**64 >= 2**64 % count:
                expected.append(float(low + (word * count >> 64)))
                break
            retries += 1
    x = fill("INTEGER", (float(low), float(low + count)), n, **KEY, offset=offset)
    assert x.tolist() == expected
    assert retries > 5 if count > 7 else retries == 0


@pytest.mark.parametrize("p", [0.5, 0.3, 0.01])
def test_trials_from_their_words(p: float) -> None:
    n = 20_000
    u = units(philox("GEOMETRIC", 5, n)[:, 0])
    expected = 1 + np.floor(np.log1p(-u) / math.log1p(-p))
    assert (fill("GEOMETRIC", (p,), n, **KEY, offset=5) == expected).all()


def test_poisson_from_the_words_of_many_blocks() -> None:
    """Knuth: how many uniforms can be multiplied before the product falls to exp(-mean)."""
    n, mean = 20_000, 8.0
    rows = [units(philox("POISSON", 5, n, block)) for block in range(10)]
    products = np.cumprod(np.hstack(rows), axis=1)
    expected = (products > math.exp(-mean)).sum(axis=1)
    assert expected.max() > 16  # five blocks
    assert (fill("POISSON", (mean,), n, **KEY, offset=5) == expected).all()


def test_formulas_of_one_word() -> None:
    n = 20_000

    def first(kind: str) -> Any:
        return philox(kind, 5, n)[:, 0]

    def close(kind: str, parameters: Parameters, expected: Floats) -> None:
        x = fill(kind, parameters, n, **KEY, offset=5)
        np.testing.assert_allclose(x, expected, rtol=1e-12, atol=1e-12)

    u = units(first("WEIBULL") | np.uint64(1 << 11))
    close("WEIBULL", (2.0, 1.5), 2 * (-np.log(u)) ** (1 / 1.5))
    close("WEIBULL", (2.0, 0.05), 2 * (-np.log(u)) ** 20)
    close("CAUCHY", (1.0, 2.0), 1 + 2 * np.tan(np.pi * units(first("CAUCHY"))))
    close("TRIANGULAR", (0.0, 1.0, 0.3), stats.triang(0.3).ppf(units(first("TRIANGULAR"))))


@pytest.mark.parametrize("name", NAMES)
def test_values_do_not_depend_on_who_draws_them(name: str) -> None:
    parameters = (0.0, 2.0, 1.0) if name in ("TRIANGULAR", "INTEGER") else (2.0, 0.5)
    parameters = (0.5,) if name == "GEOMETRIC" else parameters
    together = fill(name, parameters, 200)
    for offset in (1, 63, 199):
        assert (fill(name, parameters, 200 - offset, offset=offset) == together[offset:]).all()
    assert (fill(name, parameters, 200, stream=3) != together).any()
    assert (fill(name, parameters, 200, seed=3) != together).any()


# --- the mathematics that was built in -------------------------------------------------------

GOLDEN: dict[str, str] = {
    "LOGNORMAL": "724dee60567428b6",
    "GAMMA": "4bb1b6e57b014691",
    "BETA": "d6afa8b0d4327202",
    "CHI_SQUARED": "a392a4afce4aec7e",
    "STUDENT_T": "41212b08aa01c647",
    "FISHER_F": "61ecbdf30a363d08",
    "WEIBULL": "2cc56d8f9ca21dc2",
    "CAUCHY": "533641dfee298e6e",
    "TRIANGULAR": "7e4d929b5282dc96",
    "POISSON": "b4ec014bf237b6c6",
    "BINOMIAL": "ae274ea43a95b55f",
    "GEOMETRIC": "a0ee3664e4afec69",
    "INTEGER": "db3fb1bffaf7bc37",
}
GOLDEN_PARAMETERS: dict[str, list[Parameters]] = {
    "LOGNORMAL": [(0.0, 1.0), (10.0, 500.0)],
    "GAMMA": [(2.5, 3.0), (1.0, 1.0), (0.3, 1.0), (0.01, 1e200)],
    "BETA": [(2.0, 3.0), (0.5, 0.5), (0.05, 5.0), (0.5, 1e16)],
    "CHI_SQUARED": [(3.0,), (1.0,), (0.1,)],
    "STUDENT_T": [(5.0,), (1.0,), (0.1,)],
    "FISHER_F": [(3.0, 7.0), (0.1, 7.0)],
    "WEIBULL": [(2.0, 1.5), (2.0, 0.05)],
    "CAUCHY": [(1.0, 2.0)],
    "TRIANGULAR": [(0.0, 1.0, 0.3)],
    "POISSON": [(5.0,), (40.0,), (1e6,)],
    "BINOMIAL": [(30.0, 0.3), (1000.0, 0.01), (1e6, 0.5), (1e10, 1e-9)],
    "GEOMETRIC": [(0.3,), (1e-5,), (1e-15,)],
    "INTEGER": [(-3.0, 4.0), (-EVERY, EVERY - 5)],
}


@pytest.mark.parametrize("name", NAMES)
def test_the_bits_of_the_values(name: str) -> None:
    """The bits are the same on every machine, because results that follow from them are published."""
    digest = hashlib.sha256()
    for parameters in GOLDEN_PARAMETERS[name]:
        digest.update(fill(name, parameters, 5000).astype("<f8").tobytes())
    assert digest.hexdigest()[:16] == GOLDEN[name]


def test_no_mathematics_of_the_system() -> None:
    """With the feature `num-traits/std`, the samplers would use the system's libm."""
    nm = shutil.which("nm")
    if not nm:
        pytest.skip("needs nm (binutils)")
    listed = subprocess.run(
        [nm, "-D", "--undefined-only", str(LIBRARY)], capture_output=True, text=True, check=True
    )
    imported = {line.split()[-1].split("@")[0] for line in listed.stdout.splitlines()}
    assert imported  # the list was read
    forbidden = {
        "exp",
        "exp2",
        "expm1",
        "log",
        "log2",
        "log10",
        "log1p",
        "pow",
        "sin",
        "cos",
        "tan",
    }
    assert not imported & (forbidden | {"sqrt", "cbrt", "lgamma", "tgamma"})
