"""Turn what the caller has into a NumPy array that C can read where it lies, or say what to type instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ctypes import POINTER, addressof, c_char, c_double, c_int64, c_void_p, cast
from typing import Any

import numpy as np
import numpy.typing as npt

from parexact import abi

AnyArray = npt.NDArray[Any]

#: The library's number for each type of element, in either byte order. bfloat16, which is not NumPy's own, is
#: added when the first array of it comes.
DTYPES: dict[np.dtype[Any], int] = {
    np.dtype(name): getattr(abi, f"PAREXACT_DTYPE_{short}")
    for name, short in {
        "float64": "F64",
        "float32": "F32",
        "float16": "F16",
        "int64": "I64",
        "int32": "I32",
        "int16": "I16",
        "int8": "I8",
        "uint64": "U64",
        "uint32": "U32",
        "uint16": "U16",
        "uint8": "U8",
        "bool": "BOOL",
    }.items()
}
DTYPES.update(
    {
        dtype.newbyteorder(): number + abi.PAREXACT_DTYPE_SWAPPED
        for dtype, number in DTYPES.items()
        if dtype.itemsize > 1
    }
)

#: Beyond this magnitude some integers are no doubles.
_DOUBLE_LIMIT = 2**53


def as_array(a: Any, name: str = "a") -> AnyArray:
    """Return a NumPy array of the same memory, of a type in `DTYPES`.

    Lists and tuples are copied; anything that NumPy can view is not. Raises TypeError for values that the
    library does not take, for masked or missing values, and where NumPy itself would round them.
    """
    if type(a) is np.ndarray:
        array = a
    else:
        _refuse_what_numpy_would_drop(a, name)
        array = _view(a, name)
    if array.dtype not in DTYPES and not _is_bfloat16(array.dtype):
        raise TypeError(_unsupported(a, array.dtype, name))
    return array


def _is_bfloat16(dtype: np.dtype[Any]) -> bool:
    """Tell whether this is a type of bfloat16, such as that of ml_dtypes, and remember its number."""
    if dtype.name != "bfloat16" or dtype.itemsize != 2:
        return False
    DTYPES[dtype] = abi.PAREXACT_DTYPE_BF16 + (0 if dtype.isnative else abi.PAREXACT_DTYPE_SWAPPED)
    return True


def as_mask(where: Any, array: AnyArray) -> AnyArray:
    """Return the mask that selects elements of an array: booleans of its shape, a view of what is given."""
    mask = as_array(where, "where")
    if mask.dtype != np.bool_:
        raise TypeError(f"where must be an array of booleans, not of {mask.dtype}")
    try:
        return np.broadcast_to(mask, array.shape)
    except ValueError:
        raise ValueError(
            f"where has the shape {mask.shape}, which does not broadcast to {array.shape}"
        ) from None


#: What DLPack calls memory that the CPU reads: its own, and what CUDA pins or manages for it.
_CPU_DEVICES = (1, 3, 13)


def _view(a: Any, name: str) -> AnyArray:
    if isinstance(a, (list, tuple)):
        return _exact_array(a, name)
    if hasattr(a, "__dlpack__") and not hasattr(a, "__array__") and not hasattr(a, "__array_interface__"):
        from_dlpack = getattr(np, "from_dlpack", None)
        if from_dlpack is None:
            raise TypeError(
                f"NumPy {np.__version__} cannot view {name}, which speaks DLPack alone; NumPy 1.22 can"
            )
        if a.__dlpack_device__()[0] not in _CPU_DEVICES:
            raise TypeError(f"{name} lies on another device; copy it to the CPU first")
        try:
            return from_dlpack(a)  # type: ignore[no-any-return]
        except (BufferError, RuntimeError) as error:
            raise TypeError(f"NumPy cannot view {name}: {error}") from None
    return np.asarray(a)


def _exact_array(sequence: Any, name: str) -> AnyArray:
    """Return the array of a list of numbers, having made sure that NumPy did not round any of them."""
    array = np.asarray(sequence)
    if array.dtype == np.float64 and (large := np.abs(array) >= _DOUBLE_LIMIT).any():
        exact = np.asarray(sequence, dtype=object)
        for given, rounded in zip(exact[large].flat, array[large].flat):
            if isinstance(given, (int, np.integer)) and int(given) != int(rounded):
                raise TypeError(
                    f"NumPy makes one array of doubles of the list {name}, and would round {given!r}; "
                    "make arrays of one integer type, and reduce them one by one"
                )
    return array


#: Elements of a list in which nothing is hidden that an array would drop.
_PLAIN = (int, float, bool, complex, str, bytes, type(None), np.generic)


def _refuse_what_numpy_would_drop(a: Any, name: str) -> None:
    """Raise for what `numpy.asarray` loses without a word: masks, missing values, units, column types."""
    if isinstance(a, (list, tuple)):
        for element in a:
            if not isinstance(element, _PLAIN):
                _refuse_what_numpy_would_drop(element, f"an element of {name}")
        return
    if isinstance(a, np.ndarray):
        _refuse_mask(a, name)
        if getattr(a, "unit", None) is not None or getattr(a, "units", None) is not None:
            raise TypeError(f"{name} has a unit, which results would lose; pass {name}.value")
        return
    if hasattr(a, "magnitude") and hasattr(a, "units"):
        raise TypeError(f"{name} has a unit, which results would lose; pass {name}.magnitude")
    if hasattr(a, "dims") and hasattr(a, "data") and not isinstance(a.data, memoryview):
        # An xarray object; its data may be any kind of array.
        _refuse_what_numpy_would_drop(a.data, f"{name}.data")
        return
    if isinstance(getattr(a, "_meta", None), np.ma.MaskedArray):
        raise TypeError(
            f"{name} is a dask array of masked arrays, whose masks NumPy would drop; pass {name}.compute(), "
            "or use parexact.dask"
        )
    _refuse_missing(a, name)
    kinds = _column_types(a)
    if len(kinds) > 1:
        raise TypeError(
            f"the columns of {name} have different types, {', '.join(kinds)}; pass one type at a time"
        )


def _refuse_mask(a: AnyArray, name: str) -> None:
    if isinstance(a, np.ma.MaskedArray):
        if np.ma.is_masked(a):
            raise TypeError(
                f"{name} has masked values; pass {name}.compressed() for the others, "
                f"or {name}.filled(numpy.nan) with nan_policy='omit'"
            )
    elif np.any(getattr(a, "mask", False)):
        raise TypeError(f"{name} has masked values; pass {name}[~{name}.mask].unmasked for the others")


def _refuse_missing(a: Any, name: str) -> None:
    """Raise if a column or a table of pandas, polars or Arrow has missing values; NaNs are none."""
    missing = _null_count(a)
    if missing is None and type(a).__module__.partition(".")[0] == "pandas":
        missing = _pandas_null_count(a)
    if missing:
        raise TypeError(
            f"{name} has {missing} missing value{'s' if missing > 1 else ''}; drop or fill them first"
        )


def _null_count(a: Any) -> int | None:
    counts = getattr(a, "null_count", None)
    if counts is None and hasattr(a, "schema") and hasattr(a, "itercolumns"):
        # A table or a record batch of Arrow.
        return sum(int(column.null_count) for column in a.itercolumns())
    if callable(counts):
        counts = counts()
        if hasattr(counts, "row"):
            # A DataFrame of polars answers a DataFrame of one row.
            counts = sum(counts.row(0))
    return counts if isinstance(counts, int) else None


def _pandas_null_count(a: Any) -> int:
    columns = [a.iloc[:, i] for i in range(a.shape[1])] if getattr(a, "ndim", 1) == 2 else [a]
    # NumPy's types have no missing values. Some of pandas' own types tell them apart from NaN; in the others
    # a NaN counts as missing.
    extended = [
        column for column in columns if not isinstance(getattr(column, "dtype", None), (np.dtype, type(None)))
    ]
    return sum(int(column.isna().sum()) for column in extended)


def _column_types(a: Any) -> list[str]:
    """Return the different types of the columns of a table, or nothing if this is none."""
    dtypes = getattr(a, "dtypes", None)
    if dtypes is None or not hasattr(a, "columns"):
        schema = getattr(a, "schema", None)
        dtypes = getattr(schema, "types", None) if hasattr(a, "itercolumns") else None
    return [] if dtypes is None else list(dict.fromkeys(str(kind) for kind in dtypes))


def _unsupported(a: Any, dtype: np.dtype[Any], name: str) -> str:  # noqa: PLR0911
    what = f"{name} has values of type {dtype}"
    array = name if isinstance(a, np.ndarray) else f"numpy.asarray({name})"
    if dtype.kind == "O":
        return _unsupported_object(a, what, array, name)
    if dtype.fields is not None:
        return f"{what}; pass one field of them, such as {array}[{next(iter(dtype.fields))!r}]"
    if dtype.kind == "c":
        return f"{what}; pass {array}.real and {array}.imag one after the other"
    if dtype.kind in "mM":
        return f"{what}; pass {array}.astype('int64'), counts of its unit"
    if "float" in dtype.name and dtype.itemsize < 4:
        return f"{what}; pass {array}.astype('float32'), which is exact"
    if dtype.kind == "f":
        return f"{what}; pass {array}.astype('float64'), which rounds each value"
    return f"{what}; numbers or booleans are needed"


def _unsupported_object(a: Any, what: str, array: str, name: str) -> str:
    if isinstance(a, (np.ndarray, list, tuple)) or hasattr(a, "dtype"):
        return f"{what}, Python objects; pass {array}.astype('float64'), which rounds them"
    if isinstance(a, (Iterable, Iterator)):
        return f"{name} is a {type(a).__name__}, which NumPy cannot view; pass list({name})"
    return f"{name} is a {type(a).__name__}; pass numbers, or what NumPy can view as an array of them"


_Pin: Any = c_char * 0

#: The ctypes arrays that hold shapes and strides, by the number of dimensions.
_EXTENTS: list[Any] = [c_int64 * (ndim or 1) for ndim in range(65)]


def describe(array: AnyArray) -> abi.parexact_array:
    """Return the library's view of an array, which must outlive it: nothing is copied."""
    flags = array.flags
    ndim = array.ndim
    extents = _EXTENTS[ndim]
    number = DTYPES[array.dtype]
    if not flags.c_contiguous:
        place = array.ctypes.data
        return abi.parexact_array(place, number, ndim, extents(*array.shape), extents(*array.strides))
    # The address of an empty ctypes array made from the buffer costs a third of `array.ctypes.data`. Only
    # contiguous arrays that may be written have one, and types that are NumPy's own. No strides say that an
    # array is contiguous.
    if flags.writeable and number & ~abi.PAREXACT_DTYPE_SWAPPED != abi.PAREXACT_DTYPE_BF16:
        place = addressof(_Pin.from_buffer(array))
    else:
        place = array.ctypes.data
    return abi.parexact_array(place, number, ndim, extents(*array.shape))


def address(array: AnyArray) -> Any:
    """Return a `double *` to the first element."""
    return cast(c_void_p(array.ctypes.data), POINTER(c_double))
