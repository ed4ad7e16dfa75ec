"""The workshop's numerical note: the order of operations matters, unless the sum is exact.

A computer adds two numbers and rounds, adds the next and rounds again: where the roundings fall
depends on the order. parexact adds without rounding and rounds once, at the end. `float.hex` shows
all the bits of a float.
"""

from __future__ import annotations

import needs  # noqa: F401
from ctypes import byref, c_double

import numpy as np
import numpy.typing as npt
from raw import check, doubles, lib


def exact_sum(x: npt.NDArray[np.float64]) -> float:
    """Return the correctly rounded sum."""
    result = c_double()
    check(lib.parexact_sum_f64(doubles(x), len(x), byref(result)))
    return result.value


def show(label: str, value: float) -> None:
    """Print a value and its bits."""
    print(f"  {label:<28}{value!r:<22}{value.hex()}")


print("Example 1: 0.1 + 0.2 + 0.3 and 0.3 + 0.2 + 0.1")
show("0.1 + 0.2 + 0.3", 0.1 + 0.2 + 0.3)
show("0.3 + 0.2 + 0.1", 0.3 + 0.2 + 0.1)
show("exact_sum([0.1, 0.2, 0.3])", exact_sum(np.array([0.1, 0.2, 0.3])))
show("exact_sum([0.3, 0.2, 0.1])", exact_sum(np.array([0.3, 0.2, 0.1])))

print("Example 2: associativity")
show("(0.1 + 0.2) + 0.3", (0.1 + 0.2) + 0.3)
show("0.1 + (0.2 + 0.3)", 0.1 + (0.2 + 0.3))

print("Example 3: a million numbers of very different sizes, in four orders")
random = np.random.default_rng(2017)
numbers = random.standard_normal(1_000_000) * 10.0 ** random.integers(-12, 13, 1_000_000)
orders = {
    "as they came": numbers,
    "permuted": random.permutation(numbers),
    "sorted": np.sort(numbers),
    "from small to large": numbers[np.argsort(np.abs(numbers))],  # the slide's advice
}
for name, x in orders.items():
    show(f"np.sum, {name}", float(np.sum(x)))
for name, x in orders.items():
    show(f"exact, {name}", exact_sum(x))

numpy_answers = {float(np.sum(x)).hex() for x in orders.values()}
our_answers = {exact_sum(x).hex() for x in orders.values()}
print(f"Different answers: NumPy {len(numpy_answers)}, parexact {len(our_answers)}.")
