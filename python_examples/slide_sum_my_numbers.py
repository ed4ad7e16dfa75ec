"""The workshop's first ctypes example: open a shared library by its exact path.

The slide compiles `sum_my_numbers` from C. Here the same function comes from parexact: the same
signature and the same nasty change of one element, but a correctly rounded sum. PAREXACT_LIBRARY
names a library elsewhere.

    .venv/bin/python python_examples/slide_sum_my_numbers.py
"""

import needs  # noqa: F401
import os
from ctypes import CDLL, POINTER, c_double, c_size_t
from pathlib import Path

import numpy as np

# Open the SO.
release = Path(__file__).resolve().parent.parent / "target" / "release"
my_lib = CDLL(os.environ.get("PAREXACT_LIBRARY", str(release / "libparexact.so")))

# Configure function parameters and return type.
my_lib.sum_my_numbers.argtypes = [POINTER(c_double), c_size_t]
my_lib.sum_my_numbers.restype = c_double

# Create a native array of 100 elements, fill with values and get pointer.
arr = np.linspace(5, 50, 100, dtype=np.double)
arr_ptr = arr.ctypes.data_as(POINTER(c_double))
before = arr[50]

# Call function and print result.
print(my_lib.sum_my_numbers(arr_ptr, len(arr)))

# Nasty: one element changed. The library and NumPy share the same memory, nothing was copied.
print(f"arr[50] was {before}, is now {arr[50]}")
