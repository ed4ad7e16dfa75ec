"""Every kind of input gives the result of its numbers, or is refused with words that say what to pass."""

from __future__ import annotations

import array
import ctypes
import mmap
import warnings
from collections import deque
from decimal import Decimal
from fractions import Fraction
from functools import cache
from multiprocessing import shared_memory

import numpy as np
import parexact
import pytest

VALUES = [0.1, 0.2, 0.3, -1e17, 1e17, 5.0]
TOTAL = float(sum(map(Fraction, VALUES)))


@pytest.mark.parametrize(
    "dtype",
    ["f8", "f4", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?", "longlong", "ulonglong", "intc"],
)
def test_every_supported_type(dtype: str) -> None:
    values = np.array([1, 0, 1, 1], dtype)
    assert parexact.sum(values) == 3.0
    assert parexact.describe(values).max == 1.0


@pytest.mark.parametrize("kind", ["f8", "f4", "f2", "i8", "i4", "i2", "u8", "u4", "u2"])
def test_either_byte_order_is_read_where_it_lies(kind: str) -> None:
    """The bits are those of a native copy, for whatever the bytes say: subnormals and infinities, too."""
    rng = np.random.default_rng(7)
    raw = rng.integers(0, 256, 4096 * np.dtype(kind).itemsize, dtype=np.uint8)
    swapped = raw.view(np.dtype(kind).newbyteorder("S")).reshape(64, 64)
    native = swapped.astype(kind)
    for given, same in ((swapped, native), (swapped[::-2, 3::5].T, native[::-2, 3::5].T)):
        for policy in ("propagate", "omit"):
            for axis in (None, 0, 1):
                found = parexact.describe(given, axis, nan_policy=policy)
                wanted = parexact.describe(same, axis, nan_policy=policy)
                for a, b in zip(found, wanted):
                    assert np.asarray(a).tobytes() == np.asarray(b).tobytes(), (policy, axis)
    assert parexact.State(swapped) == parexact.State(native)
    assert parexact.sum(WithInterface(swapped), nan_policy="omit") == parexact.sum(native, nan_policy="omit")


def test_every_float_of_16_bits() -> None:
    """All bit patterns of float16 and bfloat16 give what their exact conversion to float64 gives."""
    ml_dtypes = pytest.importorskip("ml_dtypes")
    patterns = np.arange(2**16, dtype=np.uint16)
    for kind in (np.dtype(np.float16), np.dtype(ml_dtypes.bfloat16)):
        halves = patterns.view(kind)
        with np.errstate(invalid="ignore"):
            doubles = halves.astype(np.float64)
        finite = np.isfinite(doubles)
        # NaNs become the one quiet NaN, whatever their bits are.
        canonical = np.where(np.isnan(doubles), np.nan, doubles)
        assert parexact.max(halves, axis=()).tobytes() == canonical.tobytes()
        assert parexact.State(halves) == parexact.State(doubles)
        assert parexact.var(halves[finite]) == parexact.var(doubles[finite])
        assert parexact.norm(halves, where=finite) == parexact.norm(doubles[finite])
        assert parexact.sum(halves[finite][::-3]) == parexact.sum(doubles[finite][::-3])


class WithInterface:
    """An object that NumPy can view by the array interface alone."""

    def __init__(self, values: np.ndarray) -> None:
        self.kept = values
        self.__array_interface__ = values.__array_interface__


class WithDlpack:
    """An object that speaks DLPack and nothing else."""

    def __init__(self, values: np.ndarray, device: tuple[int, int] = (1, 0)) -> None:
        self.values, self.device = values, device

    def __dlpack__(self, **keywords: object) -> object:
        return self.values.__dlpack__()

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.device


class WithArray:
    """An object that makes an array when it is asked for one."""

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        return np.array(VALUES)


@cache
def producers() -> dict[str, object]:
    x = np.array(VALUES)
    pandas = pytest.importorskip("pandas")
    polars = pytest.importorskip("polars")
    pyarrow = pytest.importorskip("pyarrow")
    xarray = pytest.importorskip("xarray")
    wide = np.zeros((6, 3))
    wide[::-1, 1] = x
    read_only = x.copy()
    read_only.flags.writeable = False
    raw = bytearray(x.nbytes + 1)
    raw[1:] = x.tobytes()
    map_ = mmap.mmap(-1, x.nbytes)
    map_[:] = x.tobytes()
    return {
        "list": VALUES,
        "tuple": tuple(VALUES),
        "nested": [VALUES[:3], tuple(VALUES[3:])],
        "list of scalars": list(x),
        "strided": wide[:, 1],
        "negative strides": x[::-1],
        "column": wide[:, 1:2],
        "read-only": read_only,
        "unaligned": np.frombuffer(raw, np.float64, offset=1),
        "mmap": np.frombuffer(map_, np.float64),
        "fortran": np.asfortranarray(x.reshape(2, 3)),
        "array.array": array.array("d", VALUES),
        "memoryview": memoryview(x),
        "ctypes": (ctypes.c_double * 6)(*VALUES),
        "interface": WithInterface(x),
        "dlpack": WithDlpack(x),
        "__array__": WithArray(),
        "matrix": np.asmatrix(x),
        "masked without mask": np.ma.array(x),
        "masked nothing": np.ma.array(x, mask=False),
        "pandas": pandas.Series(VALUES),
        "pandas nullable": pandas.Series(VALUES, dtype="Float64"),
        "pandas arrow": pandas.Series(VALUES, dtype="double[pyarrow]"),
        "pandas index": pandas.Index(VALUES),
        "pandas frame": pandas.DataFrame({"a": VALUES[:3], "b": VALUES[3:]}),
        "polars": polars.Series(VALUES),
        "polars frame": polars.DataFrame({"a": VALUES[:3], "b": VALUES[3:]}),
        "arrow": pyarrow.array(VALUES),
        "arrow chunks": pyarrow.chunked_array([VALUES[:2], VALUES[2:]]),
        "arrow table": pyarrow.table({"a": VALUES[:3], "b": VALUES[3:]}),
        "xarray": xarray.DataArray(x.reshape(2, 3), dims=("a", "b")),
    }


@pytest.mark.parametrize("kind", list(producers()))
def test_whatever_numpy_can_view(kind: str) -> None:
    assert parexact.sum(producers()[kind]) == TOTAL


def test_memmap(tmp_path: object) -> None:
    np.save(f"{tmp_path}/x.npy", np.array(VALUES))
    for mode in ("r", "r+", "c"):
        assert parexact.sum(np.load(f"{tmp_path}/x.npy", mmap_mode=mode)) == TOTAL


def test_shared_memory_can_be_closed_after_use() -> None:
    memory = shared_memory.SharedMemory(create=True, size=80)
    try:
        x = np.ndarray(10, np.float64, memory.buf)
        x[:] = 0.1
        assert parexact.sum(x) == 1.0
        parexact.describe(x)
        del x
    finally:
        memory.close()
        memory.unlink()


def test_the_array_may_be_resized_after_a_call() -> None:
    x = np.ones(4)
    parexact.sum(x)
    parexact.State(x)
    x.resize(8, refcheck=False)
    assert parexact.sum(x) == 4.0


@pytest.mark.parametrize(
    "value", [3, 3.0, True, np.float64(3), np.int8(3), np.array(3), np.uint64(2**63), 2**64 - 1]
)
def test_scalars(value: object) -> None:
    result = parexact.sum(value)
    assert type(result) is float
    assert result == float(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 4)])
def test_arrays_of_nothing(shape: tuple[int, ...]) -> None:
    assert parexact.sum(np.empty(shape)) == 0.0
    assert np.isnan(parexact.min(np.empty(shape)))
    assert parexact.sum([]) == 0.0


def test_broadcast_arrays() -> None:
    x = np.broadcast_to(np.array([0.1, 0.7]), (1000, 2))
    assert parexact.sum(x) == float(1000 * (Fraction(0.1) + Fraction(0.7)))


def test_lists_of_integers_are_exact_or_refused() -> None:
    assert parexact.sum([2**62, 2**62 - 1]) == float(2**63 - 1)
    assert parexact.sum([2**63, 2**63 + 2**11]) == float(2**64 + 2**11)
    assert parexact.sum([2**60, 0.5]) == float(2**60)
    for mixed in ([2**63 + 1, -1], [np.uint64(2**63 + 1), np.int64(-1)], [2**53 + 1, 0.5]):
        with pytest.raises(TypeError, match="would round"):
            parexact.sum(mixed)
    with pytest.raises(TypeError, match="float64"):
        parexact.sum([2**70])


# Each refused value, and words that the message must have.
@cache
def refused() -> dict[str, tuple[object, str]]:
    x = np.array([1.0, 2.0])
    pandas = pytest.importorskip("pandas")
    polars = pytest.importorskip("polars")
    pyarrow = pytest.importorskip("pyarrow")
    pint = pytest.importorskip("pint")
    xarray = pytest.importorskip("xarray")
    ml_dtypes = pytest.importorskip("ml_dtypes")
    units = pytest.importorskip("astropy.units")
    masked = pytest.importorskip("astropy.utils.masked")
    table = {"a": [1, 2], "b": [0.5, 1.5]}
    metre = pint.UnitRegistry().metre
    return {
        "float8": (x.astype(ml_dtypes.float8_e5m2), r"float8_e5m2; pass a\.astype\('float32'\)"),
        "longdouble": (x.astype("longdouble"), r"a\.astype\('float64'\), which rounds"),
        "complex": (x + 1j, r"a\.real and a\.imag"),
        "list of complex": ([1j], r"numpy\.asarray\(a\)\.real"),
        "objects": (np.array([1, None]), "Python objects"),
        "fractions": ([Fraction(1, 3)], "Python objects"),
        "decimals": ([Decimal(1)], "Python objects"),
        "text": ("12", "numbers or booleans"),
        "texts": (np.array(["1", "2"]), "numbers or booleans"),
        "bytes": (b"12", "numbers or booleans"),
        "dates": (np.array(["2026-01-01"], "M8[D]"), r"a\.astype\('int64'\)"),
        "spans": (np.array([3], "m8[s]"), r"a\.astype\('int64'\)"),
        "records": (np.zeros(2, [("u", "f8"), ("v", "i4")]), r"a\['u'\]"),
        "mask": (np.ma.array(x, mask=[0, 1]), r"a\.compressed\(\)"),
        "masked constant": (np.ma.masked, "masked"),
        "masked in a list": ([np.ma.array(x, mask=[0, 1])], "an element of a has masked values"),
        "astropy mask": (masked.Masked(x, mask=[True, False]), "masked values"),
        "astropy unit": (x * units.m, r"unit.*a\.value"),
        "pint unit": (x * metre, r"unit.*a\.magnitude"),
        "pint units in a list": ([1.0 * metre, 2.0 * metre], "unit"),
        "pint unit in xarray": (xarray.DataArray(x * metre), "unit"),
        "none": (None, "NoneType"),
        "set": ({1.0}, r"set.*list\(a\)"),
        "dict": ({1: 2.0}, "dict"),
        "generator": ((i for i in range(3)), r"generator.*list\(a\)"),
        "deque of text": (deque(["a"]), "numbers or booleans"),
        "pandas missing": (pandas.Series([1, None], dtype="Int64"), "1 missing value;"),
        "pandas arrow missing": (pandas.Series([1.0, None], dtype="double[pyarrow]"), "1 missing value;"),
        "pandas frame missing": (pandas.DataFrame({"a": pandas.array([1, None, None])}), "2 missing values"),
        "pandas mixed": (pandas.DataFrame(table), "int64, float64"),
        "polars missing": (polars.Series([1, None]), "1 missing value;"),
        "polars frame missing": (polars.DataFrame({"a": [1, None], "b": [None, 1]}), "2 missing values"),
        "polars mixed": (polars.DataFrame(table), "Int64, Float64"),
        "arrow missing": (pyarrow.array([1.0, None]), "1 missing value;"),
        "arrow table missing": (pyarrow.table({"a": [1.0, None]}), "1 missing value;"),
        "arrow mixed": (pyarrow.table(table), "int64, double"),
        "device": (WithDlpack(x, device=(2, 0)), "CPU"),
    }


@pytest.mark.parametrize("kind", list(refused()))
def test_refusals_say_what_to_pass(kind: str) -> None:
    value, words = refused()[kind]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for call in (
            parexact.sum,
            parexact.describe,
            parexact.State().update,
            lambda a: parexact.mean(a, axis=0),
        ):
            with pytest.raises(TypeError, match=words):
                call(value)


def test_messages_name_the_callers_argument() -> None:
    with pytest.raises(TypeError, match=r"^y has values of type complex128; pass y\.real"):
        parexact.dot(np.ones(2), np.ones(2) * 1j)


def test_what_a_message_proposes_works() -> None:
    x = np.array([1.5, 2.5])
    ml_dtypes = pytest.importorskip("ml_dtypes")
    assert parexact.sum(x.astype(ml_dtypes.float8_e5m2).astype("float32")) == 4.0
    masked = np.ma.array(x, mask=[0, 1])
    assert parexact.sum(masked.compressed()) == 1.5
    assert parexact.sum(masked.filled(np.nan), nan_policy="omit") == 1.5


def test_input_is_never_changed() -> None:
    x = np.array([3.0, np.nan, -0.0, 1e300])
    before = x.tobytes()
    for function in (parexact.sum, parexact.mean, parexact.min, parexact.max, parexact.var, parexact.std):
        for policy in ("propagate", "omit"):
            function(x, nan_policy=policy)
            function(x, axis=(), nan_policy=policy)
    parexact.describe(x, nan_policy="omit")
    parexact.State(x)
    assert x.tobytes() == before
