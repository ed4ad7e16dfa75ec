"""Reductions to results of few values each: eight results at a time take a way of their own."""

from __future__ import annotations

import math
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import oracle
import pytest
from calls import bits, fields, reduce
from children import run_python
from header import constant
from layouts import ALL_OPS, AnyArray, expected, slices
from raw import OK, ParexactError, lib
from test_simd import paths_of_this_cpu
from test_states import described

TYPES = [np.float64, np.float32, np.int8, np.int16, np.int32, np.uint32, np.bool_]


def values(rng: np.random.Generator, dtype: type, shape: tuple[int, ...]) -> AnyArray:
    """Return numbers of one of several kinds, a few of them odd."""
    kind = rng.integers(0, 8)
    if dtype is np.bool_:
        return rng.integers(0, 2, shape).astype(dtype)
    if not issubclass(dtype, np.floating):
        limits = np.iinfo(dtype)
        low, high = (limits.min, limits.max) if kind < 4 else (max(limits.min, -9), 10)
        return rng.integers(low, high, shape, dtype=dtype, endpoint=True)
    x = rng.standard_normal(shape)
    if kind == 1:
        x += 1e6
    elif kind == 2:
        x = rng.integers(-50, 50, shape) / 10
    elif kind == 3:
        x = np.round(x)
    elif kind == 4:
        x *= np.exp2(rng.integers(-40, 40, shape))
    elif kind == 5:
        x *= 2.0 ** int(rng.choice([-1060, -1000, -520, -485, -450, 500, 1010]))
    elif kind == 6:
        x = rng.choice([0.0, -0.0, 1.0, -1.0, 2.0**-80], shape)
    elif kind == 7:
        x[rng.random(shape) < 0.02] = rng.choice([np.nan, np.inf, -np.inf])
    with np.errstate(over="ignore"):
        return x.astype(dtype)


def layout(rng: np.random.Generator, x: AnyArray) -> AnyArray:
    """Return an array with the same values, strided in one of several ways."""
    kind = rng.integers(0, 6)
    if kind == 1:
        return np.asfortranarray(x)
    if kind == 2:  # backwards in memory
        every = tuple(slice(None, None, -1) for _ in x.shape)
        return np.ascontiguousarray(x[every])[every]
    if kind == 3:  # every other element of each row
        wide = np.zeros((*x.shape[:-1], 2 * x.shape[-1]), x.dtype)
        wide[..., ::2] = x
        return wide[..., ::2]
    if kind == 4:  # axes in any order
        order = rng.permutation(x.ndim)
        return np.ascontiguousarray(x.transpose(order)).transpose(np.argsort(order))
    if kind == 5:  # at an odd address
        raw = np.zeros(x.nbytes + 1, np.uint8)
        y = raw[1:].view(x.dtype).reshape(x.shape)
        y[...] = x
        return y
    return np.ascontiguousarray(x)


def shape_and_axes(rng: np.random.Generator) -> tuple[tuple[int, ...], list[int]]:
    """Draw a shape of up to four axes, inner ones often short, and some of them to reduce."""
    ndim = int(rng.integers(1, 5))
    most = {1: 70, 2: 40, 3: 12, 4: 6}[ndim]
    shape = [int(n) for n in rng.integers(1, most + 1, ndim)]
    if rng.random() < 0.5:
        shape[-1] = int(rng.integers(1, 10))
    count = int(rng.integers(1, ndim + 1))
    return tuple(shape), sorted(rng.permutation(ndim)[:count].tolist())


def cases() -> list[tuple[Any, ...]]:
    """Return arrays and what to ask of them; the same ones in every process."""
    rng = np.random.default_rng(14)
    found = []
    for k in range(350):
        shape, axes = shape_and_axes(rng)
        x = layout(rng, values(rng, TYPES[k % len(TYPES)] if k % 2 else np.float64, shape))
        op, ddof = ALL_OPS[k % len(ALL_OPS)], int(rng.integers(0, 4))
        found.append((x, axes, op, ddof, ["propagate", "omit"][int(rng.integers(0, 2))]))
    return found


def answers() -> list[bytes]:
    return [reduce(x, op, axes, ddof, nan).tobytes() for x, axes, op, ddof, nan in cases()]


def test_any_shape_and_layout() -> None:
    for (x, axes, op, ddof, nan), answer in zip(cases(), answers(), strict=True):
        found = [bits(v) for v in np.frombuffer(answer).tolist()]
        wanted = [bits(expected(part, op, ddof, nan)) for part in slices(x, axes)]
        assert found == wanted, (x.dtype, x.shape, x.strides, axes, op, ddof, nan)


CHILD = """
import pickle, test_few_values
with open({file!r}, "wb") as file:
    pickle.dump(test_few_values.answers(), file)
"""


@pytest.mark.parametrize("path", paths_of_this_cpu())
def test_every_instruction_set(path: str, tmp_path: Path) -> None:
    file = tmp_path / "answers"
    run_python(CHILD.format(file=str(file)), {"PAREXACT_SIMD": path})
    assert pickle.loads(file.read_bytes()) == answers()


@pytest.mark.parametrize(
    "count", [1, 2, 3, 4, 7, 8, 9, 31, 32, 33, 63, 64, 65, 100, 1000, 1025, 4096, 4097]
)
def test_counts_where_ways_change(count: int) -> None:
    """Along and across, with results around a multiple of eight."""
    rng = np.random.default_rng([15, count])
    for results in (1, 7, 8, 9, 17):
        x = values(rng, np.float64, (results, count))
        sample = [int(k) for k in rng.integers(0, results, 3)] if count > 100 else range(results)
        for op in ALL_OPS:
            along = reduce(x, op, [1], 1, "omit")
            assert (
                reduce(np.ascontiguousarray(x.T), op, [0], 1, "omit").tobytes() == along.tobytes()
            )
            for k in sample:
                assert bits(along[k]) == bits(expected(x[k], op, 1, "omit")), (op, results, k)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("count", [1, 3, 8, 30, 100])
def test_many_results(axis: int, count: int) -> None:
    """Several strips and panels; sums by an oracle of its own, the others in a sample."""
    rng = np.random.default_rng([16, axis, count])
    results = 40_000 // count + 3
    x = rng.random((results, count)) - 0.25
    x[rng.integers(0, results, 20), rng.integers(0, count, 20)] *= 2.0**-70
    y = x if axis == 1 else np.ascontiguousarray(x.T)
    assert reduce(y, "sum", [axis]).tolist() == [math.fsum(row) for row in x.tolist()]
    for op in ALL_OPS:
        found = reduce(y, op, [axis], 0)
        for k in [0, results - 1, *rng.integers(0, results, 40).tolist()]:
            assert bits(found[k]) == bits(expected(x[k], op)), (op, k)


@pytest.mark.parametrize("op", ALL_OPS)
@pytest.mark.parametrize("count", [3, 100])
def test_any_number_of_threads(op: str, count: int) -> None:
    """There are so many values that helpers are asked at once, and each takes strips of results."""
    x = np.random.default_rng([18, count]).standard_normal((3_000_000 // count, count))
    try:
        for y, axis in ((x, 1), (np.ascontiguousarray(x.T), 0)):
            seen = set()
            for threads in (1, 2, 5):
                assert lib.parexact_set_num_threads(threads) == OK
                seen.add(reduce(y, op, [axis]).tobytes())
            assert len(seen) == 1
    finally:
        assert lib.parexact_set_num_threads(0) == OK


@pytest.mark.parametrize("op", ALL_OPS)
def test_one_nan_among_many_results(op: str) -> None:
    x = np.random.default_rng(17).standard_normal((100, 10))
    clean = reduce(x, op, [1])
    x[57, 3] = math.nan
    for y, axis in ((x, 1), (np.ascontiguousarray(x.T), 0)):
        found = reduce(y, op, [axis])
        assert math.isnan(found[57])
        assert np.delete(found, 57).tobytes() == np.delete(clean, 57).tobytes()
        found = reduce(y, op, [axis], 0, "omit")
        assert bits(found[57]) == bits(expected(x[57], op, 0, "omit"))
        assert np.delete(found, 57).tobytes() == np.delete(clean, 57).tobytes()
        with pytest.raises(ParexactError) as caught:
            reduce(y, op, [axis], 0, "raise")
        assert caught.value.status == constant("ERROR_NAN_FOUND")


def among_nans(rng: np.random.Generator, results: int, count: int) -> AnyArray:
    """Return results that have no NaN, one, some, many or nothing else, next to each other."""
    x = values(rng, np.float64, (results, count))
    for k, row in enumerate(x):
        share = [0, 0.5 / count, 0.01, 0.3, 0.9, 1][(k + count) % 6]
        chosen = rng.random(count) < share
        row[chosen] = rng.choice([math.nan, -math.nan], chosen.sum())
    return x


@pytest.mark.parametrize("count", [1, 2, 3, 4, 8, 9, 16, 30, 65, 100, 1000, 1025, 4096])
def test_nans_among_the_values(count: int) -> None:
    """Each result has a count of its own, which decides whether it has a variance."""
    rng = np.random.default_rng([19, count])
    for results in (1, 8, 19):
        x = among_nans(rng, results, count)
        y = np.ascontiguousarray(x.T)
        sample = [int(k) for k in rng.integers(0, results, 6)] if count > 100 else range(results)
        for op in ALL_OPS:
            for ddof in (0, 1, count // 2, count - 1, count, 2**40):
                for nan in ("omit", "propagate"):
                    along = reduce(x, op, [1], ddof, nan)
                    assert reduce(y, op, [0], ddof, nan).tobytes() == along.tobytes()
                    for k in sample:
                        wanted = bits(expected(x[k], op, ddof, nan))
                        assert bits(along[k]) == wanted, (op, ddof, nan, results, k)
                if op not in ("var", "std"):
                    break


@pytest.mark.parametrize("count", [2, 3, 10, 100])
@pytest.mark.parametrize("nan", ["omit", "propagate"])
def test_statistics_count_the_nans(count: int, nan: str) -> None:
    x = among_nans(np.random.default_rng([20, count]), 50, count)
    for y, axis in ((x, 1), (np.ascontiguousarray(x.T), 0)):
        for ddof in (0, 1, 2):
            found = described(y, None, [axis], ddof, nan)
            for k, row in enumerate(x):
                wanted = oracle.describe(row.tolist(), ddof, nan == "omit")
                assert found[k] == fields(wanted), (ddof, k)


@pytest.mark.parametrize("op", ALL_OPS)
def test_an_error_names_a_nan(op: str) -> None:
    """Also where a result has no variance, whatever the NaNs are."""
    x = np.random.default_rng(21).standard_normal((50, 6))
    x[20:, 2:] = math.nan
    for y, axis in ((x, 1), (np.ascontiguousarray(x.T), 0)):
        for ddof in (0, 3, 6, 7):
            with pytest.raises(ParexactError) as caught:
                reduce(y, op, [axis], ddof, "raise")
            assert caught.value.status == constant("ERROR_NAN_FOUND")
            assert "4 of 6 values" in str(caught.value)


@pytest.mark.parametrize("nan", [math.nan, -math.nan])
def test_signs_of_extremes_among_nans(nan: float) -> None:
    rows = [[0.0, -0.0], [-0.0, -1.0], [0.0, 1.0], [-0.0, -0.0], [0.0, 0.0], [-math.inf, math.inf]]
    for fill in (3, 20):
        x = np.array([row + [nan] * fill for row in rows] * 3)
        for y, axis in ((x, 1), (np.ascontiguousarray(x.T), 0)):
            for op in ("min", "max"):
                wanted = [bits(expected(row, op, 0, "omit")) for row in x]
                assert [bits(v) for v in reduce(y, op, [axis], 0, "omit")] == wanted, op


def test_a_signed_zero_of_each_kind() -> None:
    """Sums and means of 0 are +0.0; extremes keep the sign."""
    x = np.array([[-0.0, -0.0], [0.0, -0.0], [-0.0, 0.0], [1.0, -1.0]] * 5)
    for y, axis in ((x, 1), (np.ascontiguousarray(x.T), 0)):
        for op in ALL_OPS:
            wanted = [bits(expected(row, op)) for row in x]
            assert [bits(v) for v in reduce(y, op, [axis])] == wanted, op
