"""Dieharder on the bits of uniforms: 53 of each, of which it takes 32."""

from __future__ import annotations

import contextlib
import re
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
from common import Floats, Outcome
from native import random

# Those that take seconds and have no known flaw of their own.
TESTS = [0, 1, 3, 4, 8, 9, 10, 11, 12, 13, 15, 16, 100, 101, 102, *range(204, 210)]
CHUNK = 2**18
LINE = re.compile(r"^\s*(\w+)\|\s*(\d+)\|\s*\d+\|\s*\d+\|\s*([0-9.eE+-]+)\|\s*(\w+)", re.M)
# What dieharder calls weak: it advises to try once more. What it calls failed is not tried again.
WEAK, BAD = 0.005, 1e-6

Words = npt.NDArray[np.uint32]
Source = Callable[[int, int], Floats]  # seed and offset to samples


def uniforms(seed: int, stream: int, offset: int, n: int) -> Floats:
    """Draw standard uniforms."""
    return random("uniform", 0.0, 1.0, n=n, seed=seed, stream=stream, offset=offset)


def in_order(seed: int, offset: int) -> Floats:
    """Lanes and blocks as they come."""
    return uniforms(seed, 0, offset, CHUNK)


def streams(seed: int, offset: int) -> Floats:
    """Eight streams, one sample of each in turn."""
    n = CHUNK // 8
    return np.stack([uniforms(seed, s, offset // 8, n) for s in range(8)], axis=1).ravel()


def seeds(seed: int, offset: int) -> Floats:
    """Eight neighbouring seeds, one sample of each in turn."""
    n = CHUNK // 8
    return np.stack([uniforms(8 * seed + s, 0, offset // 8, n) for s in range(8)], axis=1).ravel()


def top(u: Floats) -> Words:
    """Return the highest 32 of the 53 bits."""
    return (u * 2.0**32).astype(np.uint32)


def bottom(u: Floats) -> Words:
    """Return the lowest 32 of the 53 bits."""
    return (u * 2.0**53).astype(np.uint64).astype(np.uint32)


VARIANTS: dict[str, tuple[Source, Callable[[Floats], Words]]] = {
    "top 32 bits": (in_order, top),
    "bottom 32 bits": (in_order, bottom),
    "streams in turn": (streams, top),
    "seeds in turn": (seeds, top),
}


def dieharder(test: int, variant: str, seed: int) -> list[tuple[str, float]]:
    """Feed one test until it has enough; return its p-values by name."""
    source, words = VARIANTS[variant]
    with subprocess.Popen(
        ["dieharder", "-g", "200", "-d", str(test)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        offset = 0
        try:
            while True:
                process.stdin.write(words(source(seed, offset)).tobytes())
                offset += CHUNK
        except BrokenPipeError:
            pass
        output = process.stdout.read().decode()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
    found = [(f"{name} {ntuple}", float(p)) for name, ntuple, p, _ in LINE.findall(output)]
    if not found:
        raise RuntimeError(f"dieharder -d {test} said nothing:\n{output}")
    return found


def judged(job: tuple[str, int]) -> list[Outcome]:
    """Run a test, and once more if it is weak; a weak one that repeats is reported as it is."""
    variant, test = job
    outcomes = []
    first = dieharder(test, variant, 1)
    again: list[tuple[str, float]] = []
    for i, (name, p) in enumerate(first):
        outcome = Outcome("dieharder", f"{variant}: {name}", p)
        if BAD <= min(p, 1 - p) < WEAK:
            again = again or dieharder(test, variant, 1001)
            outcome.p, outcome.detail = again[i][1], f"weak at first: {p:.6f}"
        outcomes.append(outcome)
    return outcomes


def run() -> Iterator[Outcome]:
    """Yield the outcomes, of two processes at a time."""
    jobs = [(variant, test) for variant in VARIANTS for test in TESTS]
    with ThreadPoolExecutor(2) as pool:
        for outcomes in pool.map(judged, jobs):
            yield from outcomes
