"""The reductions against fractions and NumPy: values, axes, out, keepdims, NaN policies, errors."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import oracle
import parexact
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

REDUCTIONS = {
    "sum": np.sum,
    "mean": np.mean,
    "min": np.min,
    "max": np.max,
    "var": np.var,
    "std": np.std,
    "norm": lambda a, **keywords: np.sqrt(np.sum(np.square(np.asarray(a, float)), **keywords)),
}
FIELDS = {"sum": "sum", "mean": "mean", "min": "min", "max": "max", "var": "variance", "std": "std"}


def same(x: object, y: object) -> bool:
    """Say whether two results have the same bits."""
    return np.asarray(x, float).tobytes() == np.asarray(y, float).tobytes()


def expected(name: str, values: list, ddof: int = 0) -> float:
    if name == "norm":
        return oracle.norm(values)
    return getattr(oracle.describe(values, ddof), FIELDS[name])


@given(hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0)))
def test_all_of_an_array_is_exact(a: np.ndarray) -> None:
    values = a.ravel().tolist()
    for name in REDUCTIONS:
        assert same(getattr(parexact, name)(a), expected(name, values)), name
    for ddof in (0, 1, 3):
        assert same(parexact.var(a, ddof=ddof), expected("var", values, ddof))
        assert same(parexact.std(a, ddof=ddof), expected("std", values, ddof))
        stats = parexact.describe(a, ddof=ddof)
        answer = oracle.describe(values, ddof)
        assert stats[:2] == (answer.count, answer.nan_count)
        assert same(stats[2:], [answer.sum, answer.mean, answer.variance, answer.std, answer.min, answer.max])


@given(
    st.sampled_from(["f8", "f4", "i8", "u8", "i2", "?"]).flatmap(
        lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4))
    ),
    st.data(),
)
def test_axes_are_exact(a: np.ndarray, data: st.DataObject) -> None:
    axes = tuple(data.draw(st.sets(st.integers(0, a.ndim - 1), min_size=1)))
    given_axes = data.draw(st.sampled_from([axes, tuple(i - a.ndim for i in axes)]))
    keepdims = data.draw(st.booleans())
    kept = [i for i in range(a.ndim) if i not in axes]
    shape = tuple(a.shape[i] for i in kept)
    length = math.prod(a.shape[i] for i in axes)
    slices = np.moveaxis(a, kept, range(len(kept))).reshape(math.prod(shape), length)
    for name in REDUCTIONS:
        found = getattr(parexact, name)(a, axis=given_axes, keepdims=keepdims)
        wanted = np.array([expected(name, row.tolist()) for row in slices]).reshape(shape)
        if keepdims:
            wanted = np.expand_dims(wanted, axes)
        assert same(found, wanted), name
        assert np.shape(found) == wanted.shape
        assert isinstance(found, np.ndarray if wanted.ndim else float)


def test_stats_along_axes() -> None:
    a = np.array([[1.0, np.nan, 3.0], [4.0, 5.0, np.inf], [np.nan, np.nan, np.nan]])
    for policy in ("propagate", "omit"):
        for axis in (0, 1, -1, (1,), ()):
            stats = parexact.describe(a, axis, ddof=1, nan_policy=policy)
            rows = {0: a.T, (): a.reshape(-1, 1)}.get(axis, a)
            wanted = [parexact.describe(row, ddof=1, nan_policy=policy) for row in rows]
            for field in parexact.Stats._fields:
                column = np.array([getattr(one, field) for one in wanted], float)
                found = getattr(stats, field)
                assert found.shape == (a.shape if axis == () else (3,))
                assert found.dtype == (np.int64 if "count" in field else np.float64)
                np.testing.assert_array_equal(found.ravel(), column, err_msg=f"{field} {axis} {policy}")
    both = parexact.describe(a, (0, 1), nan_policy="omit")
    assert both.count == 5 and type(both.sum) is float
    with pytest.raises(ValueError, match="NaN"):
        parexact.describe(a, 0, nan_policy="raise")
    assert parexact.describe(np.zeros((0, 2)), 0).count.tolist() == [0, 0]
    assert parexact.describe(np.zeros((2, 0)), 0).count.shape == (0,)


# -- Policies


def test_nan_policies() -> None:
    a = [1.0, math.nan, 3.0]
    for name in REDUCTIONS:
        function = getattr(parexact, name)
        for x in (a, np.array(a), np.array(a)[::-1]):
            assert math.isnan(function(x))
            assert same(function(x, nan_policy="omit"), expected(name, [1.0, 3.0]))
            with pytest.raises(ValueError, match="NaN"):
                function(x, nan_policy="raise")
        for wrong in ("ignore", "Omit", None, 1):
            with pytest.raises(ValueError, match="nan_policy is 'propagate', 'omit' or 'raise'"):
                function(np.ones(3), nan_policy=wrong)
    assert parexact.describe(a, nan_policy="omit")[:2] == (2, 1)


# -- The empty tuple reduces nothing


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "u8", "?"])
def test_the_empty_tuple_is_elementwise(dtype: str) -> None:
    a = np.array([[0, 1, 2], [3, 0, 5]], dtype)[:, ::-1]
    for name in ("sum", "mean", "min", "max"):
        found = getattr(parexact, name)(a, axis=())
        assert found.dtype == np.float64
        assert (found == a).all() and not np.shares_memory(found, a)
    for name in ("var", "std"):
        assert same(getattr(parexact, name)(a, axis=()), np.zeros((2, 3)))
        assert np.isnan(getattr(parexact, name)(a, axis=(), ddof=1)).all()
    assert (parexact.norm(a, axis=()) == a).all()


def test_the_empty_tuple_with_special_values() -> None:
    a = np.array([-0.0, math.nan, -math.inf, -5e-324, -2.0])
    for name in ("sum", "mean", "min", "max"):
        assert same(getattr(parexact, name)(a, axis=()), a)
    assert same(parexact.norm(a, axis=()), np.abs(a))
    np.testing.assert_array_equal(parexact.var(a, axis=()), [0, math.nan, math.nan, 0, 0])
    assert parexact.sum(a, axis=(), nan_policy="omit")[1] == 0.0
    assert math.isnan(parexact.mean(a, axis=(), nan_policy="omit")[1])
    for name in REDUCTIONS:
        with pytest.raises(ValueError, match="NaN"):
            getattr(parexact, name)(a, axis=(), nan_policy="raise")
    assert same(parexact.sum(np.float64(-0.0), axis=()), -0.0)
    assert same(parexact.sum(np.float64(-0.0)), 0.0)
    assert parexact.norm(np.int64(-(2**63)), axis=()) == 2.0**63
    assert parexact.sum(np.array([2**53 + 1]), axis=()) == 2.0**53
    deep = np.ones((1,) * 30 + (2, 2))
    assert parexact.var(deep, axis=()).shape == deep.shape


# -- out and keepdims


@pytest.mark.parametrize("name", list(REDUCTIONS))
def test_out(name: str) -> None:
    function = getattr(parexact, name)
    a = np.arange(12.0).reshape(3, 4)
    wanted = function(a, axis=1)
    for out in (
        np.empty(3),
        np.empty(6)[::-2],
        np.empty((3, 2), order="F")[:, 1],
        np.empty(3).view(np.matrix).A1,
    ):
        assert function(a, axis=1, out=out) is out
        assert (out == wanted).all()
    whole = np.empty(())
    assert function(a, out=whole) is whole
    assert whole == function(a)
    kept = np.empty((1, 1))
    assert function(a, out=kept, keepdims=True) is kept


def test_out_may_overlap_the_input() -> None:
    for name in REDUCTIONS:
        a = np.arange(12.0).reshape(3, 4)
        wanted = getattr(parexact, name)(a, axis=1)
        getattr(parexact, name)(a, axis=1, out=a[:, 2])
        assert same(a[:, 2], wanted)
        b = np.arange(12.0).reshape(3, 4) - 3
        wanted = getattr(parexact, name)(b, axis=())
        assert same(getattr(parexact, name)(b, axis=(), out=b[::-1, ::-1]), wanted)
        again = getattr(parexact, name)(b, axis=())
        assert same(getattr(parexact, name)(b, axis=(), out=b), again)


def test_wrong_out_is_refused_and_untouched() -> None:
    a = np.arange(12.0).reshape(3, 4)
    for out, error in [
        (np.zeros(4), ValueError),
        (np.zeros((3, 1)), ValueError),
        (np.zeros(3, "f4"), TypeError),
        (np.zeros(3, ">f8"), TypeError),
        ([0.0] * 3, TypeError),
        (np.broadcast_to(0.0, 3), ValueError),
    ]:
        with pytest.raises(error, match="out "):
            parexact.sum(a, axis=1, out=out)
        assert not np.any(out)
    kept = np.zeros(3)
    with pytest.raises(ValueError, match="NaN"):
        parexact.sum(np.full((3, 2), np.nan), axis=1, out=kept, nan_policy="raise")
    assert not kept.any()


def test_keepdims() -> None:
    a = np.ones((2, 3, 4))
    for name in REDUCTIONS:
        for axis in (None, 0, -1, (0, 2), (), (0, 1, 2)):
            found = getattr(parexact, name)(a, axis=axis, keepdims=True)
            assert np.shape(found) == np.shape(np.sum(a, axis=axis, keepdims=True)), (name, axis)
    assert type(parexact.sum(3.0, keepdims=True)) is float


# -- Errors


def test_wrong_axes() -> None:
    axis_error = getattr(np, "exceptions", np).AxisError
    a = np.ones((2, 3))
    for function in [getattr(parexact, name) for name in REDUCTIONS] + [parexact.describe]:
        for axis in (2, -3, (0, 2), 2**70):
            with pytest.raises(axis_error):
                function(a, axis=axis)
        with pytest.raises(ValueError, match="duplicate value in 'axis'"):
            function(a, axis=(0, -2))
        for axis in (0.0, "0", [0, 1], (0, 1.0)):
            with pytest.raises(TypeError):
                function(a, axis=axis)
        with pytest.raises(axis_error):
            function(3.0, axis=0)


def test_wrong_ddof() -> None:
    for function in (parexact.var, parexact.std, parexact.describe):
        for x in (np.ones(3), [1, 2]):
            for wrong in (-1, 2**63):
                with pytest.raises(ValueError, match="ddof"):
                    function(x, ddof=wrong)
            for wrong in (0.5, "1", None):
                with pytest.raises(TypeError):
                    function(x, ddof=wrong)
        assert math.isnan(getattr(function(np.ones(3), ddof=2**63 - 1), "std", math.nan))
    assert parexact.var(np.array([1.0, 2.0]), ddof=np.int8(1)) == 0.5


def test_order_is_no_argument_of_norm() -> None:
    with pytest.raises(TypeError):
        parexact.norm([1.0], 2)  # type: ignore[misc]


# -- Dot products


@given(st.lists(st.tuples(st.floats(), st.floats())))
def test_dot_is_exact(pairs: list[tuple[float, float]]) -> None:
    x, y = [p[0] for p in pairs], [p[1] for p in pairs]
    wanted = oracle.dot(x, y)
    for a, b in [(x, y), (np.array(x), np.array(y)), (np.array(x)[::-1], np.array(y)[::-1])]:
        assert same(parexact.dot(np.asarray(a, float), np.asarray(b, float)), wanted)
    assert same(parexact.vdot(np.array(x).reshape(-1, 1), np.array(y).reshape(-1, 1)), wanted)


def test_dot_shapes() -> None:
    matrix, vector = np.ones((2, 3)), np.ones(3)
    for x, y in [(matrix, matrix), (vector, matrix), (matrix, vector), (1.0, vector), (2.0, 3.0)]:
        with pytest.raises(ValueError, match="vdot"):
            parexact.dot(x, y)
    for function in (parexact.dot, parexact.vdot):
        with pytest.raises(ValueError, match="same shape"):
            function(np.ones(3), np.ones(4))
    with pytest.raises(ValueError, match="same shape"):
        parexact.vdot(matrix, np.ones(6))
    assert parexact.vdot(matrix, matrix) == 6.0
    assert parexact.vdot(2.0, 3) == 6.0
    assert parexact.dot([2**62, 1], np.array([4, 1], "u1")) == float(2**64)


# -- The workshop's job


def test_my_statistics() -> None:
    n, std, var = parexact.my_statistics(10_000, 7)
    assert n == 10_000 and type(n) is int
    assert (n, std, var) == parexact.my_statistics(np.int64(10_000), seed=np.uint64(7))
    assert 0.9 < std < 1.1 and std == pytest.approx(math.sqrt(var), rel=1e-15)
    assert parexact.my_statistics(1000) == parexact.my_statistics(1000, 0) != parexact.my_statistics(1000, 1)
    assert math.isnan(parexact.my_statistics(0)[1])
    for arguments in [(-1,), (2**63,), (1, -1), (1, 2**64)]:
        with pytest.raises(ValueError, match="is an integer from 0"):
            parexact.my_statistics(*arguments)
    for wrong in (1.5, "1", None):
        with pytest.raises(TypeError):
            parexact.my_statistics(wrong)


# -- Ways of use


def test_star_import_leaves_builtins_alone() -> None:
    names: dict[str, object] = {}
    exec("from parexact import *", names)
    assert not {"sum", "min", "max"} & names.keys()
    assert {"mean", "describe", "State"} <= names.keys()
    for name in parexact.__all__:
        assert hasattr(parexact, name)


def test_results_do_not_depend_on_the_path() -> None:
    for size in (0, 1, 1000, 4096, 4097, 2**18, 2**18 + 1):
        x = np.random.default_rng(size).normal(size=size) * 1e3
        fixed = x.copy()
        fixed.flags.writeable = False
        for name in REDUCTIONS:
            function = getattr(parexact, name)
            wanted = function(x)
            for other in (fixed, x[::-1], np.repeat(x, 2)[::2], x.reshape(1, -1)):
                assert same(function(other), wanted), (name, size)
            assert same(function(x.reshape(1, -1), axis=1)[0], wanted)
        assert parexact.dot(x, x) == parexact.dot(fixed, x[::-1][::-1])


def test_exact_sum_of_a_fraction_sum() -> None:
    x = np.random.default_rng(3).normal(size=3001) * np.logspace(-300, 300, 3001)
    assert parexact.sum(x) == float(sum(map(Fraction, x.tolist()))) == math.fsum(x)


def test_a_refused_result_is_named_by_its_index() -> None:
    """The first one in C order, whatever the order in memory, as the caller sees the shape of the results."""
    a = np.ones((40, 5, 50), order="F")
    a[3, 2, 40] = a[30, 1, 2] = math.nan
    calls = [
        (lambda **more: parexact.sum(a, 1, **more), r"^result\[3, 40\]: 1 of 5 values are NaN$"),
        (lambda **more: parexact.var(a, 1, keepdims=True, **more), r"^result\[3, 0, 40\]: 1 of 5"),
        (lambda **more: parexact.describe(a, 1, **more), r"^result\[3, 40\]: 1 of 5"),
        (lambda **more: parexact.skew(a, 1, **more), r"^result\[3, 40\]: 1 of 5"),
        (lambda **more: parexact.max(a, (1, 2), **more), r"^result\[3\]: 1 of 250"),
        (lambda **more: parexact.vecdot(a, a, axis=1, **more), r"^result\[3, 40\]: 1 of 5"),
        (lambda **more: parexact.sum(a, **more), r"^2 of 10000 values are NaN$"),
    ]
    for call, message in calls:
        with pytest.raises(ValueError, match=message):
            call(nan_policy="raise")
