"""Native functions that Python code hands over: numba's, ctypes', or addresses."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

#: What ctypes makes of a function, be it one of a library or a callback.
_FUNCTION_POINTER: Any = ctypes.CFUNCTYPE(None).__mro__[1]


def function_address(function: Any) -> int | None:
    """Return the address of a native function, or None for a Python callable.

    Native are objects with an integer `address`, as `numba.cfunc` makes them, ctypes function
    pointers, and integers."""
    address = None
    if isinstance(function, (int, np.integer)) and not isinstance(function, bool):
        address = int(function)
    elif isinstance(getattr(function, "address", None), int):
        address = int(function.address)
    elif isinstance(function, _FUNCTION_POINTER):
        address = ctypes.cast(function, ctypes.c_void_p).value or 0
    if address is not None and not 0 < address < 2**64:
        raise ValueError(f"{address} is not the address of a function")
    return address


def data_address(user_data: Any) -> Any:
    """Return what C gets as `user_data`: the memory of an array, the handle of one of our objects,
    or what ctypes makes of it."""
    interface = getattr(user_data, "__array_interface__", None)
    if interface is not None:
        return interface["data"][0]
    address = getattr(user_data, "address", None)
    if isinstance(address, int):
        return address
    if isinstance(user_data, (ctypes.Structure, ctypes.Union)):
        return ctypes.byref(user_data)
    return user_data
