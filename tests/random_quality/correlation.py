"""Correlations that must not be: between kinds, streams, seeds, blocks, lanes and lags.

Each is a sum of squares of standard normal numbers: one for each pair, of values and of squares.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from common import Floats, Outcome
from native import random
from random_kinds import KINDS
from scipy import special, stats

N = 2**20


def scores(x: Floats) -> Floats:
    """Return the normal scores of ranks, ties in random order."""
    order = np.lexsort((np.random.default_rng(0).random(len(x)), x))
    rank = np.empty(len(x))
    rank[order] = (np.arange(len(x)) + 0.5) / len(x)
    return special.ndtri(rank)


def outcome(name: str, z: Floats) -> Outcome:
    """Judge many correlations, each times the root of the number of products."""
    p = stats.chi2.sf((z**2).sum(), len(z))
    return Outcome(
        "correlation", name, float(p), f"{len(z)} of them, greatest |z| {abs(z).max():.2f}"
    )


def among(name: str, rows: Floats) -> Iterator[Outcome]:
    """Correlate all pairs of rows."""
    for what, y in (("values", rows), ("squares", (rows**2 - 1) / np.sqrt(2))):
        matrix = y @ y.T / np.sqrt(y.shape[1])
        yield outcome(f"{name}, {what}", matrix[np.triu_indices(len(y), 1)])


def shifted(name: str, x: Floats, shifts: range) -> Iterator[Outcome]:
    """Correlate with later samples."""
    for what, y in (("values", x), ("squares", (x**2 - 1) / np.sqrt(2))):
        z = [(y[:-s] @ y[s:]) / np.sqrt(len(y) - s) for s in shifts]
        yield outcome(f"{name}, {what}", np.array(z))


def run() -> Iterator[Outcome]:
    """Yield the outcomes."""
    kinds = [scores(random(kind, *p[0], n=N, seed=5)) for kind, p in KINDS.items()]
    yield from among("kinds", np.stack(kinds))
    for kind in ("uniform", "normal", "exponential"):
        parameters = KINDS[kind][0]

        def draw(
            n: int = N,
            seed: int = 5,
            stream: int = 0,
            kind: str = kind,
            parameters: tuple[float, ...] = parameters,
        ) -> Floats:
            return scores(random(kind, *parameters, n=n, seed=seed, stream=stream))

        yield from among(f"{kind}: streams 0 to 15", np.stack([draw(stream=i) for i in range(16)]))
        yield from among(f"{kind}: seeds 0 to 15", np.stack([draw(seed=i) for i in range(16)]))
        seeds = np.stack([draw(seed=1 << i) for i in range(0, 64, 4)])
        yield from among(f"{kind}: seeds of one bit", seeds)
        x = draw(2**23, seed=6)
        yield from shifted(f"{kind}: lags 1 to 16", x, range(1, 17))
        yield from shifted(f"{kind}: lags 4088 to 4104", x, range(4088, 4105))
        yield from among(f"{kind}: lanes", x.reshape(-1, 8).T)
        yield from among(f"{kind}: steps 0 to 15 of blocks", first_steps(x))


def first_steps(x: Floats) -> Floats:
    """Return, for each of the first 16 steps, its samples in all blocks and lanes."""
    return x.reshape(-1, 512, 8)[:, :16].transpose(1, 0, 2).reshape(16, -1)
