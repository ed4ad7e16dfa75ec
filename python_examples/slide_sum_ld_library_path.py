"""The workshop's first ctypes example: let the dynamic loader find the shared library.

CDLL with a bare name looks where the dynamic loader looks, so the directory has to be named before
Python starts:

    export LD_LIBRARY_PATH=target/release
    .venv/bin/python python_examples/slide_sum_ld_library_path.py
"""

import needs  # noqa: F401
from ctypes import CDLL, POINTER, c_double, c_size_t

import numpy as np

# Open the SO.
my_lib = CDLL("libparexact.so")

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
