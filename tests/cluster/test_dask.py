"""parexact.dask: the bits of the package and of exact fractions, for any chunks, and lazily."""

from __future__ import annotations

import doctest
import importlib
import itertools
import math
import random
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dask
import dask.array as da
import launch
import numpy as np
import oracle
import parexact
import parexact.dask
import pytest
from numpy.exceptions import AxisError
from parexact.dask import _pieces

WHATS = ("sum", "mean", "var", "std", "min", "max", "norm")
FIELD = {"var": "variance"}


@pytest.fixture(autouse=True)
def in_this_thread() -> Iterator[None]:
    """Tasks run one after the other, unless a test says otherwise."""
    with dask.config.set(scheduler="synchronous"):
        yield


def wide(shape: tuple[int, ...], seed: int = 1) -> np.ndarray:
    """Return numbers whose plain sums depend on their order."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal(shape) * 10.0 ** rng.integers(-30, 30, shape)


def bits(x: Any) -> bytes:
    return np.asarray(x).tobytes()


def slices(a: np.ndarray, axis: Any) -> Iterator[list[Any]]:
    """Yield the values of each result, in C order of the axes that stay."""
    axes = range(a.ndim) if axis is None else np.atleast_1d(axis) % a.ndim
    kept = [i for i in range(a.ndim) if i not in axes]
    moved = np.moveaxis(a, kept, range(len(kept)))
    for index in np.ndindex(*moved.shape[: len(kept)]):
        yield moved[index].ravel().tolist()


def exact(what: str, a: np.ndarray, axis: Any, ddof: int = 0, omit: bool = False) -> bytes:
    """Return the bits of the results as fractions give them."""
    found = []
    for values in slices(a, axis):
        if what == "norm":
            kept = [x for x in values if not (omit and math.isnan(x))]
            found.append(oracle.norm(kept))
        else:
            found.append(getattr(oracle.describe(values, ddof, omit), FIELD.get(what, what)))
    return np.array(found, np.float64).tobytes()


CHUNKINGS = ((12, 5, 4), (5, 2, 3), (1, 5, 2), ((0, 7, 5), (4, 1), (2, 0, 2)), (12, 5, (1, 3)))


@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 2), (2, 0), (-2, 0), (0, 1, 2)])
@pytest.mark.parametrize("what", WHATS)
def test_bits_are_those_of_fractions(what: str, axis: Any) -> None:
    a = wide((12, 5, 4))
    ddof = {"ddof": 1} if what in ("var", "std") else {}
    expected = exact(what, a, axis, **ddof)
    reduce = getattr(parexact.dask, what)
    plain = getattr(parexact, what)
    assert bits(plain(a, axis=axis, **ddof)) == expected
    for chunks, keepdims, split_every in zip(
        CHUNKINGS, (False, True, False, True, False), (None, 2, {0: 3, -1: 2}, 7, 2)
    ):
        lazy = reduce(
            da.from_array(a, chunks=chunks),
            axis=axis,
            keepdims=keepdims,
            split_every=split_every,
            **ddof,
        )
        found = np.asarray(lazy.compute())
        assert found.tobytes() == expected, chunks
        assert found.shape == lazy.shape == np.shape(plain(a, axis=axis, keepdims=keepdims))
        assert lazy.dtype == found.dtype == lazy._meta.dtype == np.float64
        assert lazy._meta.ndim == lazy.ndim


@pytest.mark.parametrize("seed", range(12))
def test_many_values_a_result_in_random_chunks(seed: int) -> None:
    """Results of so many values that states travel between tasks, or values and states together."""
    rng = random.Random(seed)
    a = wide((900, 3), seed)
    cuts = sorted(rng.choices(range(901), k=rng.randrange(12)))
    rows = tuple(b - a for a, b in itertools.pairwise([0, *cuts, 900]))
    x = da.from_array(a, chunks=(rows, rng.choice((3, 2, 1))))
    for axis in (None, 0, 1):
        for what in ("var", "norm", "min"):
            lazy = getattr(parexact.dask, what)(x, axis=axis, split_every=rng.choice((None, 2, 3)))
            assert bits(lazy.compute()) == exact(what, a, axis), (rows, axis)


@pytest.mark.parametrize("axis", [None, 0, 1, (0, 2), (0, 1, 2)])
@pytest.mark.parametrize("what", ["skew", "kurtosis"])
def test_higher_moments_have_the_bits_of_the_package(what: str, axis: Any) -> None:
    a = wide((12, 5, 4))
    for chunks, keepdims, split_every in zip(CHUNKINGS, (False, True) * 3, (None, 2, 3, 7, 2)):
        for bias in (True, False):
            keys = {"axis": axis, "keepdims": keepdims, "bias": bias}
            x = da.from_array(a, chunks=chunks)
            lazy = getattr(parexact.dask, what)(x, split_every=split_every, **keys)
            wanted = getattr(parexact, what)(a, **keys)
            assert lazy.shape == np.shape(wanted)
            assert bits(lazy.compute()) == bits(wanted), chunks


def test_two_variables_and_weights_have_the_bits_of_the_package() -> None:
    x, y = wide((900,), 1), wide((900,), 2)
    for chunks in (900, 100, (1, 0, 899), 7):
        for others in (chunks, 450):
            a, b = da.from_array(x, chunks=chunks), da.from_array(y, chunks=others)
            for what in ("dot", "vdot", "cov", "corrcoef"):
                lazy = getattr(parexact.dask, what)(a, b)
                assert bits(lazy.compute()) == bits(getattr(parexact, what)(x, y)), (what, chunks)
            lazy = parexact.dask.average(a, weights=b)
            assert bits(lazy.compute()) == bits(parexact.average(x, weights=y)), chunks
    with pytest.raises(ZeroDivisionError):
        parexact.dask.average(da.ones(9, chunks=2), weights=da.zeros(9, chunks=3)).compute()
    with pytest.raises(ValueError, match="same shape"):
        parexact.dask.cov(da.ones(9), da.ones(8))


def test_weights_along_axes() -> None:
    a, weights = wide((12, 5, 4)), np.abs(wide((12, 5, 4), 2))
    for chunks in CHUNKINGS:
        x, w = da.from_array(a, chunks=chunks), da.from_array(weights, chunks=(5, 5, 2))
        for axis in (0, (0, 2), None):
            for keepdims in (False, True):
                lazy = parexact.dask.average(x, axis, w, keepdims=keepdims)
                wanted = parexact.average(a, axis, weights, keepdims=keepdims)
                assert lazy.shape == np.shape(wanted)
                assert bits(lazy.compute()) == bits(wanted), (chunks, axis)


@pytest.mark.parametrize(
    "dtype",
    [
        *("float32", "float16", ">f8", ">f4", ">f2", ">i8", ">u2"),
        *("int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8", "bool"),
    ],
)
def test_types(dtype: str) -> None:
    rng = np.random.default_rng(3)
    if np.dtype(dtype).kind == "f":
        a = (rng.normal(size=(300, 4)) * 2.0 ** rng.integers(-14, 15, (300, 4))).astype(dtype)
    elif dtype == "bool":
        a = rng.integers(0, 2, (300, 4)).astype(bool)
    else:
        limits = np.iinfo(dtype)
        native = np.dtype(dtype).newbyteorder("=")
        a = rng.integers(limits.min, limits.max, (300, 4), native, endpoint=True).astype(dtype)
    x = da.from_array(a, chunks=(70, 3))
    for axis in (None, 0):
        for what in WHATS:
            found = getattr(parexact.dask, what)(x, axis=axis)
            assert found.dtype == np.float64
            assert bits(found.compute()) == exact(what, a, axis), (what, axis)


SPECIAL = (
    [1.5, np.nan, 2.0],
    [np.inf, 1.0, 2.0],
    [np.inf, -np.inf, 0.0],
    [-0.0, 0.0, -0.0],
    [np.nan] * 3,
)


@pytest.mark.parametrize("copies", [1, 300])
@pytest.mark.parametrize("what", WHATS)
def test_special_values(what: str, copies: int) -> None:
    a = np.array([row * copies for row in SPECIAL])
    for chunks in ((2, 1), (5, 400), (1, 3 * copies)):
        if chunks[1] == 1 and copies > 1:
            continue
        x = da.from_array(a, chunks=chunks)
        reduce = getattr(parexact.dask, what)
        for axis in (None, 0, 1):
            assert bits(reduce(x, axis=axis).compute()) == exact(what, a, axis)
            assert bits(reduce(x, axis=axis, nan_policy="omit").compute()) == exact(
                what, a, axis, omit=True
            )
            lazy = reduce(x, axis=axis, nan_policy="raise")
            with pytest.raises(ValueError, match=r"^\d+ of \d+ values are NaN"):
                lazy.compute()
        clean = reduce(x[1:4], axis=1, nan_policy="raise")
        assert bits(clean.compute()) == exact(what, a[1:4], 1)


def test_no_axes_and_no_dimensions() -> None:
    a = np.array([[1.5, -0.0, np.nan], [np.inf, 2.0, -3.0]])
    x = da.from_array(a, chunks=(1, 2))
    scalar = da.from_array(np.array(-0.0))
    for what in WHATS:
        ours, plain = getattr(parexact.dask, what), getattr(parexact, what)
        lazy = ours(x, axis=())
        assert lazy.shape == a.shape and lazy.dtype == np.float64
        assert bits(lazy.compute()) == bits(plain(a, axis=()))
        for axis, keepdims in itertools.product((None, ()), (False, True)):
            lazy = ours(scalar, axis=axis, keepdims=keepdims)
            assert lazy.shape == () and np.shape(lazy.compute()) == ()
            assert bits(lazy.compute()) == bits(plain(np.array(-0.0), axis=axis))


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 3)])
def test_nothing(shape: tuple[int, ...]) -> None:
    a = np.empty(shape)
    x = da.from_array(a, chunks=1)
    for what, axis in itertools.product(WHATS, (None, 0, -1)):
        lazy = getattr(parexact.dask, what)(x, axis=axis)
        plain = getattr(parexact, what)(a, axis=axis)
        assert lazy.shape == np.shape(lazy.compute()) == np.shape(plain)
        assert bits(lazy.compute()) == bits(plain)


def test_unknown_chunk_sizes() -> None:
    a = wide((40, 3))
    x = da.from_array(a, chunks=(9, 2))
    some = x[x[:, 0] > 0]
    assert np.isnan(some.shape[0])
    kept = a[a[:, 0] > 0]
    for axis in (None, 0, 1):
        for keepdims in (False, True):
            found = parexact.dask.var(some, axis=axis, keepdims=keepdims).compute()
            assert bits(found) == exact("var", kept, axis)
            assert np.shape(found) == np.var(kept, axis=axis, keepdims=keepdims).shape


# -- describe


def test_describe_looks_at_each_block_once() -> None:
    looks = []

    def look(block: np.ndarray) -> np.ndarray:
        looks.append(block.shape)
        return block

    a = wide((600, 4))
    a[3, 1] = np.nan
    x = da.from_array(a, chunks=(300, 2)).map_blocks(look, dtype=float, meta=np.empty((0, 0)))
    for axis, keepdims in itertools.product((None, 0, 1, (), (0, 1)), (False, True)):
        stats = parexact.dask.describe(x, axis=axis, ddof=1, nan_policy="omit", keepdims=keepdims)
        assert isinstance(stats, parexact.Stats)
        assert all(isinstance(field, da.Array) for field in stats)
        looks.clear()
        (computed,) = dask.compute(stats)
        assert len(looks) == 4
        expected = parexact.describe(a, axis=axis, ddof=1, nan_policy="omit")
        for name, lazy, found, plain in zip(stats._fields, stats, computed, expected):
            assert lazy.dtype == found.dtype == (np.int64 if "count" in name else np.float64)
            assert bits(found) == bits(plain), (axis, name)
            assert np.shape(found) == lazy.shape
            if axis != ():
                assert lazy.shape == np.sum(a, axis=axis, keepdims=keepdims).shape


# -- What travels


def test_what_travels_is_the_smaller() -> None:
    """Values or states travel, whichever are smaller, and no block is written to."""
    for rows in (1, 100, 255, 256, 257, 1000):
        block = wide((rows, 6))
        before = block.copy()
        piece = _pieces.start(block, (0,), True, whole=False, declared=block.dtype)
        assert piece.shape[1] == 6 and piece.ndim == 2
        assert (piece.dtype == _pieces.STATE) == (rows > 256)
        assert piece.nbytes == min(block.nbytes, 6 * 2048)
        pieces = [[piece], [piece], [[piece]]]
        copy = piece.copy()
        three = _pieces.combine(pieces, (0,), True)
        assert three.nbytes == min(3 * block.nbytes, 6 * 2048)
        found = _pieces.finish(
            [three, piece], (0,), False, what="var", ddof=0, nan_policy="propagate"
        )
        assert bits(found) == exact("var", np.concatenate([block] * 4), 0)
        assert bits(piece) == bits(copy)
        assert bits(block) == bits(before)


def test_blocks_of_another_type_than_the_array_says() -> None:
    """NumPy would join uint64 and int64 as doubles, and round."""
    a = da.from_array(np.array([2**53 + 1, -(2**53)], object), chunks=1)
    x = a.map_blocks(
        lambda block: np.array(block, np.uint64 if block[0] > 0 else np.int64), dtype=np.int64
    )
    assert parexact.dask.sum(x).compute() == 1.0
    assert parexact.dask.sum(da.concatenate([x, x[1:]])).compute() == 1.0 - 2.0**53


# -- Laziness


def test_nothing_is_computed_before_it_is_asked_for() -> None:
    def fail(block: np.ndarray) -> np.ndarray:
        raise AssertionError("computed")

    x = da.ones((6, 6), chunks=2).map_blocks(fail, dtype=float, meta=np.empty((0, 0)))
    for what in (*WHATS, "describe"):
        for axis in (None, 0, ()):
            lazy = getattr(parexact.dask, what)(x, axis=axis)
    with pytest.raises(AssertionError, match="computed"):
        dask.compute(lazy)


def test_names_are_the_same_for_the_same_call_and_differ_otherwise() -> None:
    x = da.from_array(wide((6, 6)), chunks=2)
    y = da.from_array(wide((6, 6), seed=2), chunks=2)
    rng = parexact.Generator(seed=4)

    def calls() -> Iterator[da.Array]:
        for a, what, axis in itertools.product((x, y), WHATS, (None, 0, 1, ())):
            yield getattr(parexact.dask, what)(a, axis=axis)
            yield getattr(parexact.dask, what)(a, axis=axis, nan_policy="omit")
        yield parexact.dask.var(x, ddof=1)
        yield from parexact.dask.describe(x)
        for kind, *parameters in (("normal", 0, 1), ("normal", 0, 2), ("uniform", 0, 1)):
            for position, size in ((0, 9), (1, 9), (0, 8)):
                yield parexact.dask.random(rng.at(position), kind, *parameters, size=size)
        yield parexact.dask.random(parexact.Generator(4, stream=1), "normal", 0, 1, size=9)

    first, second = ([lazy.name for lazy in calls()] for _ in range(2))
    assert first == second
    assert len(set(first)) == len(first)


# -- Refusals


def refused(error: type[Exception], match: str, call: Callable[[], Any]) -> None:
    with pytest.raises(error, match=match):
        call()


def test_arguments_are_refused_at_once() -> None:
    x = da.ones((4, 4), chunks=2)
    var = parexact.dask.var
    for dtype, advice in {
        "longdouble": r"a\.astype\('float64'\)",
        "complex128": r"a\.real",
        "object": r"a\.astype\('float64'\)",
        "datetime64[s]": r"a\.astype\('int64'\)",
        "S3": "numbers",
    }.items():
        other = da.from_array(np.zeros((4, 4), dtype), chunks=2)
        refused(TypeError, rf"^a has values of type .*{advice}", lambda x=other: var(x))
        refused(TypeError, "^a has values", lambda x=other: parexact.dask.sum(x, axis=()))
    refused(TypeError, r"a is a ndarray.*from_array.*parexact\.var", lambda: var(np.ones(3)))
    refused(TypeError, r"a is a list, not a dask array", lambda: parexact.dask.min([1, 2]))
    refused(AxisError, "axis 2 is out of bounds", lambda: var(x, axis=2))
    refused(ValueError, "duplicate", lambda: var(x, axis=(0, -2)))
    refused(TypeError, "integer", lambda: var(x, axis=0.5))
    refused(ValueError, "nan_policy is .*not 'drop'", lambda: var(x, nan_policy="drop"))
    refused(ValueError, "ddof is .*not -1", lambda: var(x, ddof=-1))
    refused(TypeError, "integer", lambda: parexact.dask.std(x, ddof=0.5))
    for split_every in (1, {0: 1}, 0):
        refused(
            ValueError, "split_every .* at least 2", lambda n=split_every: var(x, split_every=n)
        )
    refused(AxisError, "axis 3", lambda: var(x, split_every={3: 2}))


class Foreign:
    """A stand-in for an array of another library."""

    __module__ = "cupy"
    shape, ndim, dtype = (2,), 1, np.dtype(float)

    def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray:
        raise AssertionError("converted without being asked")

    def __array_function__(self, *args: Any) -> Any:
        return NotImplemented


def test_blocks_that_are_no_numpy_arrays_are_refused() -> None:
    x = da.ones(4, chunks=2).map_blocks(lambda block: Foreign(), dtype=float, meta=np.empty(0))
    for axis in (None, 0, ()):
        lazy = parexact.dask.sum(x, axis=axis)
        refused(TypeError, r"a has blocks of type cupy\.Foreign.*map_blocks", lazy.compute)
    x._meta = Foreign()
    refused(TypeError, r"a has blocks of type cupy\.Foreign", lambda: parexact.dask.sum(x))


def test_masked_values_are_refused_or_there_are_none() -> None:
    a = np.ma.masked_equal(np.arange(8.0), 5.0)
    x = da.from_array(a, chunks=4)
    for axis in (None, ()):
        lazy = parexact.dask.sum(x, axis=axis)
        refused(TypeError, r"a has masked values.*dask\.array\.ma\.filled", lazy.compute)
    assert parexact.dask.sum(x[:4]).compute() == 6.0
    filled = da.ma.filled(x, np.nan)
    assert parexact.dask.sum(filled, nan_policy="omit").compute() == 23.0
    # NumPy's view of it would drop the mask.
    refused(TypeError, r"masked", lambda: parexact.sum(x))


def test_an_ordinary_function_computes_a_dask_array() -> None:
    a = wide((8, 4))
    assert parexact.sum(da.from_array(a, chunks=3)) == parexact.sum(a)


# -- Random numbers


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [("normal", (5, 2)), ("gamma", (2.5,)), ("integers", (0, 10)), ("random", ())],
)
def test_random_numbers_do_not_depend_on_chunks(kind: str, parameters: tuple[Any, ...]) -> None:
    rng = parexact.Generator(seed=7, stream=3).at(11)
    for size, chunks in (
        (20, 7),
        ((4, 5, 6), (2, 2, 2)),
        ((4, 5, 6), (3, 5, 6)),
        ((4, 5, 6), (1, 2, 6)),
        ((4, 5, 6), ((1, 0, 3), 5, (0, 6))),
        ((4, 1, 6), -1),
        ((), "auto"),
        ((4, 0), 2),
    ):
        start = rng.position
        lazy = parexact.dask.random(rng, kind, *parameters, size=size, chunks=chunks)
        expected = np.asarray(getattr(rng.at(start), kind)(*parameters, size=size))
        assert rng.position == start + expected.size
        found = np.asarray(lazy.compute())
        assert found.shape == lazy.shape == expected.shape
        assert found.dtype == lazy.dtype == expected.dtype
        assert bits(found) == bits(expected), (size, chunks)
        assert bits(lazy.compute()) == bits(expected)


def test_random_refuses() -> None:
    rng = parexact.Generator(seed=1)
    draw = parexact.dask.random
    refused(
        TypeError, "rng must be a parexact.Generator, not int", lambda: draw(1, "normal", size=3)
    )
    refused(ValueError, "kind is 'gauss', but must be one of", lambda: draw(rng, "gauss", size=3))
    refused(ValueError, "kind is 'at'", lambda: draw(rng, "at", 3, size=3))
    refused(ValueError, "scale|sd", lambda: draw(rng, "normal", 0, -1, size=3))
    refused(ValueError, "negative|-3", lambda: draw(rng, "normal", size=-3))
    refused(ValueError, "2\\*\\*64", lambda: draw(rng.at(2**64 - 2), "normal", size=3, chunks=3))
    assert rng.position == 0


# -- Schedulers, and how it is imported


def test_threads_and_processes() -> None:
    a = wide((1200, 30))
    x = da.from_array(a, chunks=(400, 10))
    lazy = [parexact.dask.var(x), parexact.dask.var(x, axis=0), parexact.dask.var(x, axis=1)]
    expected = [exact("var", a, axis) for axis in (None, 0, 1)]
    for scheduler in ("threads", "processes"):
        found = dask.compute(*lazy, scheduler=scheduler, num_workers=2)
        assert [bits(each) for each in found] == expected, scheduler


def test_a_cluster_of_processes(tmp_path: Path) -> None:
    """Its nannies give each worker one thread; and no process is left behind."""
    program = launch.ROOT / "tests/cluster/programs/dask_cluster.py"
    # multiprocessing's resource tracker ends a moment after the last process that uses it.
    printed = launch.run(
        [sys.executable, program], env={"TMPDIR": str(tmp_path)}, seconds=240, grace=10
    )
    assert printed.split() == ["1", "1", "True", "True", "True", "True"]


def test_expressions() -> None:
    """Dask's other way to build graphs, where it exists."""
    code = """
import dask.array as da, numpy as np, parexact, parexact.dask
a = np.random.default_rng(1).standard_normal((600, 7))
for axis in (None, 0, 1, ()):
    for what in ("var", "norm"):
        found = getattr(parexact.dask, what)(da.from_array(a, chunks=(200, 3)), axis=axis).compute()
        expected = getattr(parexact, what)(a, axis=axis)
        assert np.asarray(found).tobytes() == np.asarray(expected).tobytes()
print(da.ARRAY_EXPR_ENABLED)
"""
    printed = launch.run([sys.executable, "-c", code], env={"DASK_ARRAY__QUERY_PLANNING": "True"})
    assert printed == "True\n"


def test_imports() -> None:
    code = "import sys, parexact; assert not any(n.split('.')[0] == 'dask' for n in sys.modules)"
    launch.run([sys.executable, "-c", code])
    code = "import sys; sys.modules['dask'] = None; import parexact; print(1); import parexact.dask"
    with pytest.raises(
        AssertionError, match=r"1\n(.|\n)*ImportError: .*pip install 'dask\[array\]'"
    ):
        launch.run([sys.executable, "-c", code])


@pytest.mark.parametrize("name", ["parexact.dask", "parexact.dask._random"])
def test_docstrings(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted >= 3
    assert found.failed == 0


def test_readme() -> None:
    readme = (launch.ROOT / "README.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"^```py\n(import dask.*?)^```$", readme, re.M | re.S)
    printed = launch.run([sys.executable, "-c", program]).splitlines()
    promised = re.findall(r"^print.*  # (.*)$", program, re.M)
    assert promised and printed == promised
