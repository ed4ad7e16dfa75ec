"""The distributions under test, each with parameters from all over its domain.

The first parameters are those of tests that go over kinds alone. Tests and tests/random_quality go
over KINDS; random_golden.json has values of all of them.
"""

from __future__ import annotations

Parameters = tuple[float, ...]

BULK: dict[str, list[Parameters]] = {
    "uniform": [
        (0.0, 1.0),
        (-1.0, 1.0),
        (0.0, 2.0**-1000),
        (-0.0, 1.0),
        (1.0, 1.0 + 2.0**-52),
        (-3e-300, 7e307),
        (2.0**53, 2.0**53 + 6.0),
        (0.0, 3e-308),
        (-5e-324, 5e-324),
        (-2.2e-307, 0.0),
        (-3e-308, -5e-324),
        (5e-324, 3e-308),
        (-1e308, 1e308),
        (-1.7976931348623157e308, 1.7976931348623157e308),
        (-2.5, -2.5),
        (0.0, -0.0),
    ],
    "normal": [
        (0.0, 1.0),
        (1e6, 3.0),
        (-2.5, 0.125),
        (0.1, 0.0),
        (-0.0, 0.0),
        (0.0, 1e-307),
        (1e308, 1e308),
        (5e-324, 2.0**-1022),
    ],
    "exponential": [(1.0,), (0.3,), (1e-300,), (2.0**-1022,), (1.7e308,), (7.0,)],
}
FAMILY: dict[str, list[Parameters]] = {
    "lognormal": [(0.0, 1.0), (-3.0, 0.25)],
    "gamma": [(2.5, 1.0), (0.3, 2.0), (0.01, 1.0), (1.0, 3.0), (400.0, 0.1)],
    "beta": [(2.0, 3.0), (0.5, 0.5), (0.03, 0.2), (30.0, 4.0)],
    "chi_squared": [(3.0,), (1.0,), (0.1,), (150.0,)],
    "student_t": [(4.0,), (1.0,), (0.1,), (60.0,)],
    "fisher_f": [(5.0, 7.0), (1.0, 1.0), (0.1, 4.0)],
    "weibull": [(1.0, 2.0), (3.0, 0.5), (1.0, 0.05)],
    "cauchy": [(0.0, 1.0), (-7.0, 0.01)],
    "triangular": [(0.0, 1.0, 0.25), (-5.0, 5.0, 5.0), (-5.0, 5.0, -5.0)],
    "poisson": [(3.5,), (0.01,), (12.0,), (1000.0,)],
    "binomial": [(20.0, 0.3), (1000.0, 0.9), (5.0, 1e-9), (1e6, 0.5)],
    "geometric": [(0.3,), (0.9,), (1e-3,)],
    "integer": [(0.0, 10.0), (-(2.0**53), 2.0**53), (-3.0, 4.0)],
}

KINDS = {**BULK, **FAMILY}
