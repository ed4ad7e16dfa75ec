"""Histograms of random numbers, with the package; beside the raw `../random_histogram.py`.

The numbers are drawn piece by piece: a generator continues where its last call stopped, and the
numbers do not depend on the size of the pieces. About 95 of 100 bars should be within two standard
errors of what the density says. The raw script draws the figure.

    .venv/bin/python python_examples/package/random_histogram.py
    .venv/bin/python python_examples/package/random_histogram.py --samples 1000000
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable

import numpy as np
import parexact

PIECE = 1 << 20  # numbers at a time: any memory is enough
BARS = 40


def standard_normal(x: float) -> float:
    """Return the probability of a value below x."""
    return 0.5 * math.erfc(-x / math.sqrt(2))


def standard_exponential(x: float) -> float:
    """Return the probability of a value below x."""
    return -math.expm1(-x)


def histogram(
    kind: str, low: float, high: float, below: Callable[[float], float], samples: int
) -> None:
    """Count, and draw a line for each bar."""
    draw = getattr(parexact.Generator(seed=2017), kind)
    found = np.zeros(BARS, dtype=np.int64)
    for start in range(0, samples, PIECE):
        x = draw(size=min(PIECE, samples - start))
        found += np.histogram(x, BARS, (low, high))[0]
    edges = np.linspace(low, high, BARS + 1)
    expected = samples * np.diff([below(edge) for edge in edges])
    enough = expected >= 10  # below, counts are too few to be normal
    near = np.abs(found - expected) <= 2 * np.sqrt(expected)
    print(
        f"{kind}: {samples} samples, {near[enough].mean():.0%} of the bars within 2 standard errors"
    )
    for edge, count in zip(edges, found):
        print(f"{edge:6.2f} {'#' * round(60 * count / found.max())}".rstrip())


def main() -> None:
    """Draw the histograms of a normal and of an exponential distribution."""
    parser = argparse.ArgumentParser(description="histograms of random numbers")
    parser.add_argument("--samples", type=int, default=10_000_000, help="of each (default 10⁷)")
    samples = parser.parse_args().samples
    histogram("normal", -5, 5, standard_normal, samples)
    histogram("exponential", 0, 10, standard_exponential, samples)


if __name__ == "__main__":
    main()
