"""Functions that other processes run, which import them by name."""

from __future__ import annotations

from multiprocessing import shared_memory

import numpy as np
import parexact


def state_of_slice(job: tuple[str, int, int, int]) -> parexact.State:
    """Return the state of a slice of a shared array of doubles."""
    name, size, start, stop = job
    memory = shared_memory.SharedMemory(name=name)
    try:
        return parexact.State(np.ndarray(size, np.float64, memory.buf)[start:stop])
    finally:
        memory.close()


def total(x: np.ndarray) -> float:
    """Return the sum of an array that was pickled."""
    return parexact.sum(x)


def drawn(offset: int) -> float:
    """Return a sum of random numbers, made on several threads."""
    with parexact.threads(2):
        return parexact.sum(parexact.Generator(1).at(offset).normal(size=300_000))
