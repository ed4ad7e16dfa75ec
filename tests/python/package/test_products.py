"""Dot products along axes and of matrices: NumPy's shapes, the exact sums of fractions, nothing copied."""

from __future__ import annotations

import math
import tracemalloc

import adversarial
import numpy as np
import parexact
import pytest

import statistics_oracle as exact

SHAPES = [((), (3,)), ((4,), ()), ((2, 3), (2, 3)), ((1, 3), (2, 1)), ((0,), ()), ((2, 1, 2), (3, 1))]


def operand(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    count = math.prod(shape)
    return adversarial.cancelling(rng, 1, max(count, 1))[0][:count].reshape(shape)


def by_fractions(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the dot products along the last axis."""
    shape = np.broadcast_shapes(x.shape, y.shape)
    x, y = np.broadcast_to(x, shape), np.broadcast_to(y, shape)
    products = [exact.dot(x[i].tolist(), y[i].tolist()) for i in np.ndindex(shape[:-1])]
    return np.array(products).reshape(shape[:-1])


@pytest.mark.parametrize("n", [0, 1, 2, 7])
@pytest.mark.parametrize("shapes", SHAPES)
def test_vecdot_is_exact(shapes: tuple[tuple[int, ...], tuple[int, ...]], n: int) -> None:
    rng = np.random.default_rng(n)
    x, y = (operand(rng, (*shape, n)) for shape in shapes)
    wanted = by_fractions(x, y)
    np.testing.assert_array_equal(parexact.vecdot(x, y), wanted)
    axis = -min(x.ndim, y.ndim)
    moved = np.moveaxis(x, -1, axis), np.moveaxis(y, -1, axis)
    np.testing.assert_array_equal(parexact.vecdot(*moved, axis=axis), wanted)


@pytest.mark.parametrize("m,n,p", [(1, 1, 1), (2, 3, 4), (5, 0, 2), (0, 3, 2), (3, 9, 1)])
@pytest.mark.parametrize("shapes", SHAPES)
def test_products_of_matrices_are_exact(
    shapes: tuple[tuple[int, ...], tuple[int, ...]], m: int, n: int, p: int
) -> None:
    rng = np.random.default_rng(m + n + p)
    x, y = operand(rng, (*shapes[0], m, n)), operand(rng, (*shapes[1], n, p))
    wanted = by_fractions(x[..., :, None, :], np.swapaxes(y, -1, -2)[..., None, :, :])
    found = parexact.matmul(x, y)
    assert found.shape == np.matmul(np.zeros(x.shape), np.zeros(y.shape)).shape
    np.testing.assert_array_equal(found, wanted)
    vectors = y[..., 0] if p else y.sum(-1)
    np.testing.assert_array_equal(parexact.matvec(x, vectors), by_fractions(x, vectors[..., None, :]))
    np.testing.assert_array_equal(parexact.matmul(x[..., ::-1, :], y[..., ::-1]), wanted[..., ::-1, ::-1])


def test_vectors_are_rows_in_front_and_columns_behind() -> None:
    a, v, w = np.arange(24.0).reshape(2, 3, 4), np.arange(4.0), np.arange(3.0)
    assert type(parexact.matmul(v, v)) is float
    for x, y in ((v, v), (a, v), (w, a), (a[0], v), (w, a[0]), (a, a.swapaxes(1, 2)), (a[0], a[1].T)):
        np.testing.assert_array_equal(parexact.matmul(x, y), np.matmul(x, y))


@pytest.mark.parametrize("kinds", [("f2", ">f8"), ("i8", "u8"), ("?", "f4"), (">i2", ">f2")])
def test_any_two_types(kinds: tuple[str, str]) -> None:
    rng = np.random.default_rng(2)
    x, y = (rng.integers(0, 100, (3, 5)).astype(kind) for kind in kinds)
    np.testing.assert_array_equal(parexact.vecdot(x, y), parexact.vecdot(x + 0.0, y + 0.0))
    np.testing.assert_array_equal(parexact.matmul(x, y.T), parexact.matmul(x + 0.0, y.T + 0.0))


def test_out_and_policies() -> None:
    x, y = np.array([[1.0, math.nan, 2.0], [0.0, 1.0, 1.0]]), np.array([3.0, 4.0, math.inf])
    np.testing.assert_array_equal(parexact.vecdot(x, y), [math.nan, math.inf])
    np.testing.assert_array_equal(parexact.vecdot(x, y, nan_policy="omit"), [math.inf, math.inf])
    assert math.isnan(parexact.dot([0.0], [math.inf], nan_policy="omit"))
    for function in (parexact.vecdot, parexact.matvec, parexact.matmul):
        with pytest.raises(ValueError, match="NaN"):
            function(x, y, nan_policy="raise")
        out = np.zeros(4)[::2]
        assert function(x, y, out=out) is out
        np.testing.assert_array_equal(out, [math.nan, math.inf])
        with pytest.raises(ValueError, match=r"^out has the shape"):
            function(x, y, out=np.zeros(3))


def test_shapes_that_do_not_fit() -> None:
    one, two, three = np.ones(1), np.ones((2, 2)), np.ones((3, 2))
    for call, error, words in [
        (lambda: parexact.vecdot(one, two), ValueError, "of 1 and of 2 elements"),
        (lambda: parexact.vecdot(two, three), ValueError, "broadcast"),
        (lambda: parexact.vecdot(1.0, one), ValueError, "x1 has 0 dimensions"),
        (lambda: parexact.vecdot(two, two, axis=2), np.exceptions.AxisError, "out of bounds"),
        (lambda: parexact.matvec(one, one), ValueError, "x1 has 1 dimension; at least 2 are"),
        (lambda: parexact.matmul(two, three), ValueError, "2 and of 3 elements"),
        (lambda: parexact.matmul(two, 1.0), ValueError, "x2 has 0 dimensions"),
    ]:
        with pytest.raises(error, match=words):
            call()


def test_nothing_is_copied() -> None:
    x, y = np.ones((500, 400)), np.ones((400, 60))
    tracemalloc.start()
    try:
        parexact.matmul(x, y)
        parexact.vecdot(x[:, None, :], np.ones(400))
        # The results alone, of 240 and 4 kB; both operands broadcast would take 96 MB each.
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
