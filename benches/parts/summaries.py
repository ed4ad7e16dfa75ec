"""Higher moments, pairs, weights, floats of 16 bits and the other byte order: 10⁶ values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import ours
import peers
from data import make
from ours import raw
from results import Row, Target, at_least
from timing import Contender

from .registry import Run, part

N = 1_000_000

SHAPE = [raw.abi.PAREXACT_RESULT_SKEWNESS, raw.abi.PAREXACT_RESULT_KURTOSIS]
PAIR = [raw.abi.PAREXACT_RESULT_COVARIANCE, raw.abi.PAREXACT_RESULT_CORRELATION]


@part("summaries", "skewness, correlation, weights, float16, the other byte order, 10⁶ values")
def summaries(run: Run) -> Iterator[Row]:
    """Compare exact results with inexact ones."""
    x, y = np.split(make("normals", 2 * N), 2)
    weights = np.abs(y)
    halves, swapped = x.astype(np.float16), x.astype(">f8")
    shape, pair = raw.abi.PAREXACT_SUMMARY_SHAPE, raw.abi.PAREXACT_SUMMARY_PAIR
    weighted = raw.abi.PAREXACT_SUMMARY_WEIGHTED
    mean, variance = raw.abi.PAREXACT_RESULT_MEAN, raw.abi.PAREXACT_RESULT_VARIANCE

    def average(result: int) -> Contender:
        return ours.summarize(weighted, result, x, weights)

    work: dict[str, tuple[Contender, Contender, Target | None]] = {
        "skewness and kurtosis": (
            ours.summary(shape, SHAPE, x),
            peers.scipy_shape(x),
            at_least(3),
        ),
        "covariance and correlation": (
            ours.summary(pair, PAIR, x, y),
            peers.numpy_corrcoef(x, y),
            at_least(2),
        ),
        "weighted mean": (average(mean), peers.numpy_average(x, weights), at_least(1)),
        "weighted variance": (average(variance), peers.numpy_average(x, weights), None),
        "sum, float16": (ours.sum_view(halves), peers.numpy_sum(halves), at_least(5)),
        "describe, float16": (ours.describe(halves), peers.numpy_var(halves), None),
        "sum, swapped": (ours.sum_view(swapped), peers.numpy_sum(swapped), at_least(1.5)),
        "describe, swapped": (ours.describe(swapped), peers.numpy_var(swapped), None),
    }
    for name, (mine, peer, target) in work.items():
        targets = {} if target is None else {peer.name: target}
        yield from run.compare(f"{name}, 10⁶", mine, peer, targets=targets, n=N)
