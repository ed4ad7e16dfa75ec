"""The first ctypes example, with the package; beside the raw `../slide_sum_my_numbers.py`.

The raw script opens the library, declares the function and passes a pointer, which says nothing
about the array behind it. The package looks at the array: any number type, shape and strides are
summed exactly, and no element is changed.

    .venv/bin/python python_examples/package/slide_sum_my_numbers.py
"""

from __future__ import annotations

import numpy as np
import parexact

arr = np.linspace(5, 50, 100)

print("the sum", parexact.sum(arr))
print("of every other element", parexact.sum(arr[::2]))
print("as float32", parexact.sum(arr.astype(np.float32)))
print("of integers", parexact.sum(np.arange(100).reshape(10, 10)))

# Where the library cannot take the numbers as they are, it says what to type instead.
try:
    parexact.sum(arr.astype(complex))
except TypeError as error:
    print("TypeError:", error)
