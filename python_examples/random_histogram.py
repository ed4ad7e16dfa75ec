"""Histograms of ten million random numbers against the densities they are drawn from.

The lower row shows how far each bar is from what is expected, in standard errors: about 95 of 100
bars should be within ±2.

    .venv/bin/python python_examples/random_histogram.py
    .venv/bin/python python_examples/random_histogram.py --samples 1000000 --output figure.png
"""

from __future__ import annotations

import argparse
import math
import needs  # noqa: F401
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from raw import TARGET, random

mpl.use("agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

Doubles = npt.NDArray[np.float64]

SEED = 2017
PIECE = 1 << 20  # numbers at a time: any memory is enough
BARS = 120
FINE = 64  # points of the density in each bar


@dataclass(frozen=True)
class Law:
    """A distribution, where to look at it, and its density there."""

    parameters: tuple[float, ...]
    low: float
    high: float
    density: Callable[[Doubles], Doubles]


LAWS = {
    "normal": Law((0, 1), -5, 5, lambda x: np.exp(-x * x / 2) / math.sqrt(2 * math.pi)),
    "exponential": Law((1,), 0, 10, lambda x: np.exp(-x)),
    "gamma": Law((2.5, 1), 0, 12, lambda x: x**1.5 * np.exp(-x) / math.gamma(2.5)),
}


def counts(kind: str, samples: int) -> npt.NDArray[np.int64]:
    """Count the samples in each bar, drawing piece by piece."""
    law = LAWS[kind]
    found = np.zeros(BARS, dtype=np.int64)
    for offset in range(0, samples, PIECE):
        n = min(PIECE, samples - offset)
        x = random(kind, *law.parameters, n=n, seed=SEED, offset=offset)
        found += np.histogram(x, BARS, (law.low, law.high))[0]
    return found


def draw(upper: Axes, lower: Axes, kind: str, samples: int) -> float:
    """Draw one distribution; return the share of bars within two standard errors."""
    law = LAWS[kind]
    edges = np.linspace(law.low, law.high, BARS + 1)
    width = edges[1] - edges[0]
    middles = (edges[:-1] + edges[1:]) / 2
    fine = law.low + (np.arange(BARS * FINE) + 0.5) * (width / FINE)
    expected = samples * width * law.density(fine).reshape(BARS, FINE).mean(axis=1)
    found = counts(kind, samples)
    errors = (found - expected) / np.sqrt(expected)

    parameters = ", ".join(map(str, law.parameters))
    upper.bar(middles, found / (samples * width), width, color="#56B4E9", label="drawn")
    upper.plot(fine, law.density(fine), color="#D55E00", linewidth=1.5, label="density")
    upper.set_title(f"{kind} ({parameters})", loc="left")
    upper.legend(frameon=False)

    enough = expected >= 10  # below, counts are too few to be normal
    lower.axhspan(-2, 2, color="#eeeeee")
    lower.plot(middles[enough], errors[enough], ".", markersize=4, color="#0072B2")
    lower.set_ylim(-5, 5)
    lower.set_xlabel("value")
    for axes in (upper, lower):
        axes.spines[["top", "right"]].set_visible(False)
    return float(np.mean(np.abs(errors[enough]) <= 2))


def parse() -> argparse.Namespace:
    """Read how much to draw, and where to put the figure."""
    parser = argparse.ArgumentParser(description="histograms of random numbers")
    parser.add_argument("--samples", type=int, default=10_000_000, help="of each (default 10⁷)")
    parser.add_argument(
        "--kinds", nargs="+", choices=LAWS, default=["normal", "exponential"], help="what to draw"
    )
    parser.add_argument("--output", type=Path, default=TARGET / "random_histogram.png")
    return parser.parse_args()


def main() -> None:
    """Draw all of them side by side."""
    args = parse()
    figure, grid = plt.subplots(
        *(2, len(args.kinds)),
        figsize=(4.8 * len(args.kinds), 5.2),
        height_ratios=(3, 1.4),
        sharex="col",
        squeeze=False,
        layout="constrained",
    )
    for upper, lower, kind in zip(*grid, args.kinds):
        share = draw(upper, lower, kind, args.samples)
        print(f"{kind}: {args.samples} samples, {share:.0%} of the bars within 2 standard errors")
    grid[0, 0].set_ylabel("density")
    grid[1, 0].set_ylabel("standard errors")
    args.output.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(args.output, dpi=100)
    print(f"written: {args.output}")


if __name__ == "__main__":
    main()
