#!/usr/bin/env python3
"""Where the constants of docs/random.md come from.

    PYTHONPATH=tests/python .venv/bin/python scripts/random_coefficients.py

derives them anew (ten seconds) and says whether they are those of the document, with the errors of
what they make up. Polynomials are minimax ones, by Remez' exchange, their coefficients rounded; the
tables are searched for entries whose logarithm is close to a double.
tests/python/test_random_coefficients.py checks all that.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from mpmath import cos, log, log1p, lu_solve, matrix, mp, mpf, nstr, pi, sin, sqrt
from random_oracle import COS, INVERSE, LN2, LOG, SIN, TABLES, P

mp.prec = 240
Function = Callable[[Any], Any]
Interval = tuple[Any, Any]
QUARTER: Interval = (mpf(0), mpf(1) / 4)


def horner(coefficients: Sequence[Any], x: Any) -> Any:
    """Evaluate a polynomial, lowest coefficient first."""
    result = mpf(0)
    for c in reversed(coefficients):
        result = result * x + mpf(c)
    return result


def chebyshev(interval: Interval, count: int, shift: Any) -> list[Any]:
    """Return points that are dense at the ends of an interval."""
    middle, half = (interval[0] + interval[1]) / 2, (interval[1] - interval[0]) / 2
    return [middle - half * cos(pi * (i + shift) / (count - 1 + 2 * shift)) for i in range(count)]


def remez(f: Function, weight: Function, interval: Interval, degree: int) -> list[Any]:
    """Return the polynomial p whose greatest weight·|p - f| is least, by exchange on a grid."""
    count = degree + 2
    nodes = chebyshev(interval, count, mpf(1) / 2)
    grid = [(x, f(x), weight(x)) for x in chebyshev(interval, 1200, 0)]
    while True:
        system, values = matrix(count, count), matrix(count, 1)
        for i, x in enumerate(nodes):
            for j in range(degree + 1):
                system[i, j] = x**j
            system[i, degree + 1] = (-1) ** i / weight(x)
            values[i] = f(x)
        coefficients = list(lu_solve(system, values))[:-1]
        # The greatest error of each run of one sign is the next node.
        extremes: list[Any] = []
        for x, y, w in grid:
            error = w * (horner(coefficients, x) - y)
            if not extremes or (error > 0) != (extremes[-1][0] > 0):
                extremes.append((error, x))
            elif abs(error) > abs(extremes[-1][0]):
                extremes[-1] = (error, x)
        while len(extremes) > count:
            extremes.pop(0 if abs(extremes[0][0]) < abs(extremes[-1][0]) else -1)
        errors = [abs(error) for error, _ in extremes]
        if len(extremes) < count or max(errors) < min(errors) * (1 + mpf(10) ** -6):
            return coefficients
        nodes = [x for _, x in extremes]


# --- what the constants approximate ------------------------------------------------------------


def log_part(f: Any) -> Any:
    """Return (f - log1p(f))/f², approximated by P."""
    return (f - log1p(f)) / f**2 if f else mpf(1) / 2


def sine_part(z: Any) -> Any:
    """Return sin(π/2·√z)/√z, approximated by SIN."""
    return sin(pi / 2 * sqrt(z)) / sqrt(z) if z else pi / 2


def cosine_part(z: Any) -> Any:
    """Return cos(π/2·√z), approximated by COS."""
    return cos(pi / 2 * sqrt(z))


def parts() -> list[Interval]:
    """Return the intervals of m that the tables divide [½, 1] into."""
    return [(mpf(16 + i) / 32, mpf(17 + i) / 32) for i in range(16)]


def reduced(inverses: Sequence[float]) -> Interval:
    """Return the interval of f = m·INVERSE[i] - 1."""
    ends = [m * mpf(r) - 1 for part, r in zip(parts(), inverses) for m in part]
    return min(ends), max(ends)


# --- errors --------------------------------------------------------------------------------------


def worst(error: Function, interval: Interval) -> float:
    """Return the logarithm to base 2 of the greatest error, on many points."""
    return float(log(max(abs(error(x)) for x in chebyshev(interval, 3001, 0)), 2))


def errors() -> dict[str, float]:
    """Return log2 of the greatest errors of what the constants make up: relative, but of LOG."""

    def by_p(f: Any) -> Any:
        """Of -log(1 + f) as -f + f²·P(f)."""
        return (f**2 * horner(P, f) - f + log1p(f)) / log1p(f) if f else mpf(0)

    exact = [log(mpf(r)) - mpf(LN2) for r in INVERSE[:15]]
    return {
        "P": worst(by_p, reduced(INVERSE)),
        "SIN": worst(lambda z: horner(SIN, z) / sine_part(z) - 1, QUARTER),
        "COS": worst(lambda z: horner(COS, z) / cosine_part(z) - 1, QUARTER),
        "LOG": float(log(max(abs(mpf(t) - x) for t, x in zip(LOG, exact)), 2)),
    }


# --- the constants anew ---------------------------------------------------------------------------


def tables() -> tuple[list[float], list[float]]:
    """Return INVERSE and LOG: of many doubles near 1/m those with the best logarithms.

    The last inverse is 1: near v = 1 nothing but P then makes an error.
    """
    rng = random.Random(1)
    inverses, logs = [], []
    for low, high in parts()[:15]:
        candidates = []
        for _ in range(20000):
            r = float(2 / (low + high)) * (1 + (rng.random() - 0.5) * 2.0**-16)
            t = log(mpf(r)) - mpf(LN2)
            candidates.append((abs(mpf(float(t)) - t), r, float(t)))
        _, r, t = min(candidates)
        inverses.append(r)
        logs.append(t)
    return [*inverses, 1.0], [*logs, -LN2]


def derived() -> dict[str, list[float]]:
    """Return all constants, derived anew."""
    inverses, logs = tables()
    near_zero: Interval = (mpf(2) ** -40, QUARTER[1])
    # Relative to log1p(f)/f, as the error of P counts f times.
    p = remez(log_part, lambda f: f**2 / abs(log1p(f)) if f else abs(f), reduced(inverses), 7)
    # The first coefficients are exact, or π/2 rounded; the others make the best of it.
    half_pi = float(pi / 2)
    sine = remez(
        lambda z: (sine_part(z) - mpf(half_pi)) / z, lambda z: z / sine_part(z), near_zero, 5
    )
    cosine = remez(lambda z: (cosine_part(z) - 1) / z, lambda z: z / cosine_part(z), near_zero, 5)
    return {
        "INVERSE": inverses,
        "LOG": logs,
        "P": [float(c) for c in p],
        "SIN": [half_pi, *(float(c) for c in sine)],
        "COS": [1.0, *(float(c) for c in cosine)],
    }


if __name__ == "__main__":
    print("f in", *(nstr(end, 6) for end in reduced(INVERSE)))
    for name, error in errors().items():
        print(f"{name}: greatest error 2^{error:.2f}")
    for name, values in derived().items():
        print(name, "as in docs/random.md" if values == TABLES[name] else "DIFFERS", *values)
