"""10^9 normals: chi-square over fine bins, counts beyond 4, 5 and 6 sigma; Box-Muller's pairs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from common import Outcome, chi_squared, kolmogorov_smirnov
from native import random
from scipy import special, stats

TOTAL, CHUNK = 10**9, 4 * 10**6
WIDTH, REACH = 1 / 64, 9


def run() -> Iterator[Outcome]:
    """Yield the outcomes."""
    half = round(REACH / WIDTH)
    counts = np.zeros(2 * half, dtype=np.int64)
    for offset in range(0, TOTAL, CHUNK):
        z = random("normal", 0.0, 1.0, n=CHUNK, seed=20, stream=2, offset=offset)
        z *= 1 / WIDTH  # exact
        z += half
        counts += np.bincount(z.astype(np.int16), minlength=2 * half)
    edges = np.arange(-half, 1) * WIDTH
    expected = np.diff(special.ndtr(edges)) * TOTAL
    p, df = chi_squared(counts, np.concatenate([expected, expected[::-1]]))
    yield Outcome("tails", "normal, 10^9 samples, bins of 1/64", p, f"{df} degrees of freedom")
    for sigma in (4, 5, 6):
        tail = round(sigma / WIDTH)
        for side, found in (
            ("below -", int(counts[: half - tail].sum())),
            ("above +", int(counts[half + tail :].sum())),
        ):
            mean = TOTAL * special.ndtr(-sigma)
            p = min(1.0, 2 * min(stats.poisson.cdf(found, mean), stats.poisson.sf(found - 1, mean)))
            detail = f"{found} found, {mean:.1f} expected"
            yield Outcome("tails", f"normal {side}{sigma} sigma", float(p), detail)
    yield from pairs()


def pairs() -> Iterator[Outcome]:
    """Radius and angle of the pairs."""
    x = random("normal", 0.0, 1.0, n=2**23, seed=21).reshape(-1, 2, 8)
    squares = np.sort((x**2).sum(axis=1).ravel())
    turns = np.sort(np.arctan2(x[:, 0], x[:, 1]).ravel() / (2 * np.pi) + 0.5)
    yield Outcome("tails", "squared radius of pairs", kolmogorov_smirnov(-np.expm1(-squares / 2)))
    yield Outcome("tails", "angle of pairs", kolmogorov_smirnov(turns))
