"""The number of threads of every contender, which the environment fixes before anything is imported."""

from __future__ import annotations

import os

VARIABLES = (
    "PAREXACT_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
)


def environment(count: int) -> dict[str, str]:
    """Return the environment of a process in which every runtime has that many threads."""
    return {**os.environ, **dict.fromkeys(VARIABLES, str(count))}
