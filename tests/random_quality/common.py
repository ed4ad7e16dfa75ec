"""What the statistical tests share: samples, and outcomes that are p-values."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import special, stats

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "python_examples"), str(ROOT / "tests" / "python")]

Floats = npt.NDArray[np.float64]

# Of some hundred p-values, one below this comes up in ten thousand runs.
FAILED = 1e-6


@dataclass
class Outcome:
    """A test's p-value: uniform in [0, 1] if the numbers are what they should be."""

    group: str
    name: str
    p: float
    detail: str = ""

    @property
    def failed(self) -> bool:
        """Too small to be chance; dieharder's may also be too great. Written so that NaN fails."""
        p = min(self.p, 1 - self.p) if self.group == "dieharder" else self.p
        return not p >= FAILED


def two_sided(z: float) -> float:
    """Return the p-value of a standard normal number."""
    return float(2 * special.ndtr(-abs(z)))


def chi_squared(observed: Floats, expected: Floats) -> tuple[float, int]:
    """Return p-value and degrees of freedom, small cells pooled from both ends."""
    cells: list[tuple[float, float]] = []
    total = (0.0, 0.0)
    for o, e in zip(observed, expected):
        total = (total[0] + float(o), total[1] + float(e))
        if total[1] >= 20:
            cells.append(total)
            total = (0.0, 0.0)
    if cells:
        cells[-1] = (cells[-1][0] + total[0], cells[-1][1] + total[1])
    o, e = np.array(cells).T
    df = len(cells) - 1
    return float(stats.chi2.sf(((o - e) ** 2 / e).sum(), df)), df


def kolmogorov_smirnov(cdf: Floats) -> float:
    """Return the p-value of sorted values of the distribution function."""
    n = len(cdf)
    i = np.arange(n)
    distance = max((cdf - i / n).max(), ((i + 1) / n - cdf).max())
    return float(stats.kstwo.sf(distance, n))


def anderson_darling(log_cdf: Floats, log_sf: Floats) -> float:
    """Return the p-value, by the limit law of Marsaglia and Marsaglia (JSS 9, 2, 2004)."""
    n = len(log_cdf)
    weights = 2 * np.arange(n) + 1
    z = float(-n - np.mean(weights * (log_cdf + log_sf[::-1])))
    if z < 2:
        series = (0.0347962 - (0.011672 - 0.00168691 * z) * z) * z
        series = 2.00012 + (0.247105 - (0.0649821 - series) * z) * z
        return float(1 - np.exp(-1.2337141 / z) / np.sqrt(z) * series)
    series = 0.43424 - (0.082433 - (0.008056 - 0.0003146 * z) * z) * z
    return float(-np.expm1(-np.exp(1.0776 - (2.30695 - series * z) * z)))
