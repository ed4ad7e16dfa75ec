"""Native callbacks for the tests, compiled by Numba: they run without the interpreter's lock."""

from __future__ import annotations

from numba import cfunc, types
from raw import BlockFunction, MapFunction, TaskFunction

_doubles = types.CPointer(types.float64)
_integers = types.CPointer(types.int64)
_map_of_doubles = types.int32(_doubles, _doubles, types.voidptr)


@cfunc(_map_of_doubles)
def _square(item, result, user_data):
    result[0] = item[0] * item[0]
    return 0


@cfunc(types.int32(_integers, _integers, types.voidptr))
def _collatz(item, result, user_data):
    """Count the steps to 1, whose number differs much between items."""
    n, steps = item[0], 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    result[0] = steps
    return 0


@cfunc(types.int32(_integers, _doubles, types.voidptr))
def _spin(item, result, user_data):
    """Run as many steps as the item says, of about a nanosecond each."""
    total = 0.0
    for i in range(item[0]):
        total += 1.0 / (1.0 + i * total)
    result[0] = total
    return 0


@cfunc(types.int32(_integers))
def _count_down(left):
    """Spins until the number at user_data is 0; what it points to is volatile to nobody else."""
    total = 0.0
    for i in range(left[0]):
        total += 1.0 / (1.0 + i * total)
    left[0] = 0
    return 0 if total >= 0.0 else 1


@cfunc(types.int32(_doubles, _doubles, types.size_t, types.voidptr))
def _gauss_like(x, y, count, user_data):
    for i in range(count):
        y[i] = 1.0 / (1.0 + x[i] * x[i] * (0.5 + x[i]))
    return 0


SQUARE = MapFunction(_square.address)
COLLATZ = MapFunction(_collatz.address)
SPIN = MapFunction(_spin.address)
COUNT_DOWN = TaskFunction(_count_down.address)
RATIONAL = BlockFunction(_gauss_like.address)


def collatz(n: int) -> int:
    """Do the same in Python."""
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


def rational(x: float) -> float:
    """Do the same in Python, operation by operation: Numba must not contract them, nor does it."""
    return 1.0 / (1.0 + x * x * (0.5 + x))
