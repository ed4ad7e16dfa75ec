"""The workshop's numerical note, with the package; beside the raw `../slide_numerical_note.py`.

A computer rounds after each addition, so that the order matters. `parexact.sum` adds without
rounding and rounds once, at the end. `State` keeps the exact sum, as a fraction.

    .venv/bin/python python_examples/package/slide_numerical_note.py
"""

from __future__ import annotations

import numpy as np
import parexact

print("0.1 + 0.2 + 0.3 == 0.3 + 0.2 + 0.1:", 0.1 + 0.2 + 0.3 == 0.3 + 0.2 + 0.1)
print("with parexact.sum:", parexact.sum([0.1, 0.2, 0.3]) == parexact.sum([0.3, 0.2, 0.1]))
print("the exact sum of these three doubles:", parexact.State([0.1, 0.2, 0.3]).exact_sum())

random = np.random.default_rng(2017)
numbers = random.standard_normal(1_000_000) * 10.0 ** random.integers(-12, 13, 1_000_000)
orders = {
    "as they came": numbers,
    "permuted": random.permutation(numbers),
    "sorted": np.sort(numbers),
    "from small to large": numbers[np.argsort(np.abs(numbers))],  # the slide's advice
}
print("\na million numbers of very different sizes, in four orders")
for name, x in orders.items():
    print(f"  {name:<20}  np.sum {float(np.sum(x)).hex()}  parexact.sum {parexact.sum(x).hex()}")
