"""Every distribution against its law: Kolmogorov-Smirnov, Anderson-Darling, chi-square, moments."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from common import Floats, Outcome, anderson_darling, chi_squared, kolmogorov_smirnov, two_sided
from native import random
from random_kinds import KINDS, Parameters
from scipy import stats

N = 2_000_000
DISCRETE = ("poisson", "binomial", "geometric", "integer")


def law(kind: str, p: Parameters) -> Any:
    """Return SciPy's distribution of these parameters."""
    makers: dict[str, Any] = {
        "uniform": lambda: stats.uniform(p[0], p[1] - p[0]),
        "normal": lambda: stats.norm(*p),
        "exponential": lambda: stats.expon(scale=1 / p[0]),
        "lognormal": lambda: stats.lognorm(p[1], scale=math.exp(p[0])),
        "gamma": lambda: stats.gamma(p[0], scale=p[1]),
        "beta": lambda: stats.beta(*p),
        "chi_squared": lambda: stats.chi2(*p),
        "student_t": lambda: stats.t(*p),
        "fisher_f": lambda: stats.f(*p),
        "weibull": lambda: stats.weibull_min(p[1], scale=p[0]),
        "cauchy": lambda: stats.cauchy(*p),
        "triangular": lambda: stats.triang((p[2] - p[0]) / (p[1] - p[0]), p[0], p[1] - p[0]),
        "poisson": lambda: stats.poisson(*p),
        "binomial": lambda: stats.binom(int(p[0]), p[1]),
        "geometric": lambda: stats.geom(*p),
        "integer": lambda: stats.randint(int(p[0]), int(p[1])),
    }
    return makers[kind]()


def ordinary(kind: str, p: Parameters) -> bool:
    """Are the parameters none that make samples round, underflow or overflow on purpose?"""
    if kind == "uniform":
        return 1e-3 < p[1] - p[0] < 1e3 > abs(p[0])
    if kind == "normal":
        return 1e-3 < p[1] < 1e3
    if kind == "binomial":  # else hardly a sample is not 0
        return p[0] * p[1] > 1e-3
    if kind == "integer":  # SciPy's moments overflow beyond
        return p[1] - p[0] < 1e6
    return kind != "exponential" or 1e-3 < p[0] < 1e3


def continuous(name: str, x: Floats, distribution: Any) -> Iterator[Outcome]:
    """Compare with the distribution function."""
    x = np.sort(x)
    cdf = distribution.cdf(x)
    # Where a law piles up at the ends of the doubles, the part in between is a law too.
    inside = (x > x.min()) & (x < x.max()) if np.diff(x[[0, 1]])[0] == 0 else np.full(len(x), True)
    if not inside.all():
        # Nothing between 0 and 2^-1022 stays what it is.
        ends = max(x.min(), 2.0**-1022), np.nextafter(x.max(), -np.inf)
        low, high = distribution.cdf(ends)
        cdf = (cdf[inside] - low) / (high - low)
        yield Outcome("fit", f"{name} Kolmogorov-Smirnov", kolmogorov_smirnov(cdf), "inner part")
        return
    yield Outcome("fit", f"{name} Kolmogorov-Smirnov", kolmogorov_smirnov(cdf))
    with np.errstate(divide="ignore"):
        tails = distribution.logcdf(x), distribution.logsf(x)
    if all(np.isfinite(tail).all() for tail in tails):
        yield Outcome("fit", f"{name} Anderson-Darling", anderson_darling(*tails))


def discrete(name: str, x: Floats, distribution: Any) -> Iterator[Outcome]:
    """Compare counts with probabilities."""
    low, high = distribution.ppf(1e-12) - 1, distribution.ppf(1 - 1e-12)
    if high - low < 10_000:
        values = np.arange(low, high + 1)
        below, above = x <= low, x > high
        observed = np.bincount(
            (np.clip(x, low, high + 1) - low).astype(int), minlength=len(values) + 1
        )
        observed[0], observed[-1] = below.sum(), above.sum()
        expected = np.append(distribution.pmf(values), distribution.sf(high)) * len(x)
        expected[0] = distribution.cdf(low) * len(x)
    else:  # equal parts of a wide range
        edges = np.floor(np.linspace(low, high, 1001))
        observed = np.histogram(x, np.concatenate([[-np.inf], edges + 0.5, [np.inf]]))[0]
        cdf = np.concatenate([[0.0], distribution.cdf(edges), [1.0]])
        expected = np.diff(cdf) * len(x)
    p, df = chi_squared(observed, expected)
    if df == 0:  # one value, but for once in a long while
        return
    yield Outcome("fit", f"{name} chi-square", p, f"{df} degrees of freedom")


def moments(name: str, x: Floats, distribution: Any) -> Iterator[Outcome]:
    """Compare mean and variance, where their own variances are finite."""
    if "integer" in name:  # SciPy's own overflow
        low, high = (float(end) for end in distribution.support())
        mean, variance, kurtosis = (low + high) / 2, ((high - low + 1) ** 2 - 1) / 12, -1.2
    else:
        mean, variance, _, kurtosis = (float(m) for m in distribution.stats("mvsk"))
    if not (math.isfinite(variance) and math.isfinite(kurtosis)) or kurtosis > 1000:
        return
    z = (x.mean() - mean) / math.sqrt(variance / len(x))
    yield Outcome("fit", f"{name} mean", two_sided(z), f"z = {z:+.2f}")
    z = (np.mean((x - mean) ** 2) / variance - 1) / math.sqrt((kurtosis + 2) / len(x))
    yield Outcome("fit", f"{name} variance", two_sided(z), f"z = {z:+.2f}")


def run() -> Iterator[Outcome]:
    """Yield the outcomes of all kinds and parameters."""
    for kind, all_of_it in KINDS.items():
        for stream, parameters in enumerate(all_of_it):
            if not ordinary(kind, parameters):
                continue
            x = random(kind, *parameters, n=N, seed=3, stream=stream)
            name = f"{kind}({', '.join(f'{p:g}' for p in parameters)})"
            test = discrete if kind in DISCRETE else continuous
            yield from test(name, x, law(kind, parameters))
            yield from moments(name, x, law(kind, parameters))
