"""The parts of the benchmark, in the order of the table.

A new one is a function marked with `@part`, in a module that is imported here.
"""

# The order counts.
# ruff: noqa: F401, I001
from . import vectors, shapes, small, medium, dots, summaries, axes
from . import random, pool, scaling, memory, states, package
from . import mpi, mpi_python, chunked, sweeps
from .registry import PARTS, Part, Run

__all__ = ["PARTS", "Part", "Run"]
