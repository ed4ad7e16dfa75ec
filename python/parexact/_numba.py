"""parexact's functions inside `@numba.njit` code: numba calls `init` when it starts, through an entry point.

A compiled function calls the shared library by symbol, not by an address that was valid in one
process, so that functions compiled with ``cache=True`` find it again. Float64 arrays of any number
of dimensions and any layout are taken as they are."""

from __future__ import annotations

from typing import Any


def init() -> None:
    """Teach numba the functions; numba calls this once in each process."""
    import llvmlite.binding
    import numpy as np
    from numba import types
    from numba.extending import overload, register_jitable

    import parexact
    from parexact import abi

    # LLVM looks symbols up in libraries that it was told of.
    llvmlite.binding.load_library_permanently(abi.lib._name)

    pointer, word = types.voidptr, types.int64

    def external(name: str, *arguments: Any) -> Any:
        return types.ExternalFunction(name, types.int32(*arguments))

    c_sum = external("parexact_sum", pointer, pointer)
    c_norm = external("parexact_norm", pointer, pointer)
    c_dot = external("parexact_dot", pointer, pointer, pointer)
    c_describe = external("parexact_describe", pointer, word, types.int32, pointer)

    @register_jitable
    def extents(a: Any) -> Any:
        """Return shape and strides, one after the other."""
        ndim = a.ndim
        both = np.empty(2 * ndim + 1, np.int64)
        for i in range(ndim):
            both[i] = a.shape[i]
            both[ndim + i] = a.strides[i]
        return both

    @register_jitable
    def view(a: Any, both: Any) -> Any:
        """Return a `parexact_array` as four words: address, dtype (0: float64) below ndim, shape, strides."""
        words = np.empty(4, np.int64)
        words[0] = a.ctypes.data
        words[1] = np.int64(a.ndim) << 32
        words[2] = both.ctypes.data
        words[3] = both.ctypes.data + 8 * a.ndim
        return words

    def is_float64(a: Any) -> bool:
        return isinstance(a, types.Array) and a.dtype == types.float64

    def overload_scalar(function: Any, c_function: Any) -> None:
        @overload(function)
        def implementation(a: Any) -> Any:
            if not is_float64(a):
                return None

            def call(a: Any) -> Any:
                both = extents(a)
                words = view(a, both)
                out = np.empty(1)
                status = c_function(words.ctypes, out.ctypes)
                # The arrays must live until the call has ended, which this use sees to.
                if status != 0 or both[-1:].size != 1:
                    raise RuntimeError("the call was cancelled, or the array exceeds the address space")
                return out[0]

            return call

    def overload_statistic(function: Any, index: int) -> None:
        @overload(function)
        def implementation(a: Any, axis: Any = None, ddof: Any = 0) -> Any:
            if not is_float64(a) or not (axis is None or isinstance(axis, (types.NoneType, types.Omitted))):
                return None

            def call(a: Any, axis: Any = None, ddof: Any = 0) -> Any:
                both = extents(a)
                words = view(a, both)
                out = np.empty(8)
                status = c_describe(words.ctypes, ddof, 0, out.ctypes)
                if status != 0 or both[-1:].size != 1:
                    raise ValueError(
                        "ddof is negative, the call was cancelled, or the array exceeds the address space"
                    )
                return out[index]

            return call

    overload_scalar(parexact.sum, c_sum)
    overload_scalar(parexact.norm, c_norm)
    # Where the statistics stand in parexact_stats.
    for index, function in ((3, parexact.mean), (4, parexact.var), (5, parexact.std)):
        overload_statistic(function, index)

    @overload(parexact.dot)
    def dot(x: Any, y: Any) -> Any:
        if not (is_float64(x) and is_float64(y) and x.ndim == y.ndim == 1):
            return None

        def call(x: Any, y: Any) -> Any:
            if x.size != y.size:
                raise ValueError("x and y must have the same length")
            both_x, both_y = extents(x), extents(y)
            words_x, words_y = view(x, both_x), view(y, both_y)
            out = np.empty(1)
            status = c_dot(words_x.ctypes, words_y.ctypes, out.ctypes)
            if status != 0 or both_x[-1:].size != both_y[-1:].size:
                raise RuntimeError("the call was cancelled, or an array exceeds the address space")
            return out[0]

        return call
