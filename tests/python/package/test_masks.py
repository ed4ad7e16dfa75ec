"""`where=` selects values, and `exact=True` rounds nothing."""

from __future__ import annotations

import math
from fractions import Fraction

import adversarial
import numpy as np
import parexact
import pytest

REDUCTIONS = ["sum", "mean", "min", "max", "var", "std", "norm", "skew", "kurtosis"]


def bits(x: object) -> bytes:
    return np.asarray(x, float).tobytes()


@pytest.mark.parametrize("name", REDUCTIONS)
@pytest.mark.parametrize("kind", ["f8", "f2", ">i4", "?"])
def test_results_are_those_of_what_is_selected(name: str, kind: str) -> None:
    function = getattr(parexact, name)
    rng = np.random.default_rng(1)
    a = rng.integers(-9, 9, (4, 5, 6)).astype(kind)
    masks = [rng.random((4, 5, 6)) < 0.4, rng.random((5, 1)) < 0.5, rng.random(6) < 0.5, True, False]
    for given in (a, np.asfortranarray(a), a[::-1, ::2]):
        for mask in masks:
            if np.ndim(mask) == 2 and given.shape[1] != 5:
                mask = mask[::2]
            if np.ndim(mask) == 3 and given.shape[1] != 5:
                mask = mask[:, ::2]
            wide = np.broadcast_to(mask, given.shape)
            assert bits(function(given, axis=None, where=mask)) == bits(function(given[wide]))
            for axis in (0, -1):
                rows, picks = np.moveaxis(given, axis, -1), np.moveaxis(wide, axis, -1)
                wanted = [function(rows[i][picks[i]]) for i in np.ndindex(rows.shape[:-1])]
                assert bits(function(given, axis=axis, where=mask)) == bits(wanted)
                kept = function(given, axis=axis, where=mask, keepdims=True)
                assert kept.shape == np.sum(given, axis=axis, keepdims=True).shape
                assert bits(kept) == bits(wanted)


def test_describe_with_a_mask() -> None:
    a = adversarial.not_finite(np.random.default_rng(2), 8, 9)
    mask = np.random.default_rng(3).random((8, 9)) < 0.6
    for policy in ("propagate", "omit"):
        wanted = parexact.describe(a[mask], nan_policy=policy)
        assert bits(parexact.describe(a, where=mask, nan_policy=policy)) == bits(wanted)
        columns = parexact.describe(a, 0, where=mask, nan_policy=policy, ddof=1)
        for i in range(9):
            one = parexact.describe(a[mask[:, i], i], nan_policy=policy, ddof=1)
            assert bits([field[i] for field in columns]) == bits(one)
    assert parexact.describe([1.0, math.nan], where=[True, False], nan_policy="raise").count == 1


@pytest.mark.parametrize("name", ["sum", "mean", "min", "max", "var", "std", "norm"])
def test_masks_without_axes(name: str) -> None:
    """Nothing is reduced: what is not selected is a set of no values."""
    function = getattr(parexact, name)
    a, mask = np.array([-0.0, 2.0, -3.0, math.nan]), np.array([True, False, True, True])
    for policy in ("propagate", "omit"):
        wanted = [function(a[i : i + 1][mask[i : i + 1]], nan_policy=policy) for i in range(4)]
        if name in ("sum", "mean") and policy == "propagate":
            wanted[0] = -0.0
        assert bits(function(a, axis=(), where=mask, nan_policy=policy)) == bits(wanted)


def test_weights_with_a_mask() -> None:
    a, weights = np.array([1.0, 2.0, 4.0, math.nan]), [1, 2, 3, 1]
    mask = [True, False, True, False]
    assert parexact.mean(a, weights=weights, where=mask) == 3.25
    assert parexact.var(a, weights=weights, where=mask) == parexact.var([1.0, 4.0, 4.0, 4.0])
    with pytest.raises(ZeroDivisionError):
        parexact.mean(a, weights=weights, where=False)


def test_masks_that_are_refused() -> None:
    a = np.ones((2, 3))
    for mask, error in [
        ([1, 0, 1], TypeError),
        ([True] * 2, ValueError),
        (np.ones((1, 2, 3), bool), ValueError),
    ]:
        for name in REDUCTIONS:
            with pytest.raises(error, match="where"):
                getattr(parexact, name)(a, axis=0, where=mask)
        with pytest.raises(error, match="where"):
            parexact.describe(a, where=mask)


@pytest.mark.parametrize("maker", adversarial.MAKERS[:-1])
def test_exact_sums(maker: adversarial.Maker) -> None:
    a = maker(np.random.default_rng(4), 3, 50)
    found = parexact.sum(a, exact=True)
    assert type(found) is Fraction
    assert found == sum(map(Fraction, a.ravel().tolist()))
    mask = a > 0
    assert parexact.sum(a, exact=True, where=mask) == sum(map(Fraction, a[mask].tolist()))


def test_exact_sums_of_integers_are_ints() -> None:
    for values in ([2**63 - 1] * 3, np.full(3, 2**64 - 1, np.uint64), np.ones(3, bool), np.array([7], ">i8")):
        found = parexact.sum(values, exact=True)
        assert type(found) is int
        assert found == sum(int(v) for v in values)
    assert parexact.sum([], exact=True) == 0
    assert parexact.sum(np.float16([0.5, 0.25]), exact=True) == Fraction(3, 4)


def test_exact_sums_that_do_not_exist() -> None:
    for values in ([math.nan, 1.0], [math.inf]):
        with pytest.raises(ValueError, match="no exact sum"):
            parexact.sum(values, exact=True)
    assert parexact.sum([math.nan, 0.5], exact=True, nan_policy="omit") == Fraction(1, 2)
    for keywords in ({"axis": 0}, {"keepdims": True}, {"out": np.zeros(())}):
        with pytest.raises(ValueError, match="exact"):
            parexact.sum([1.0], exact=True, **keywords)
