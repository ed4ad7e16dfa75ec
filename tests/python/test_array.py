"""Views of arrays as users have them: dtypes, shapes and what slicing makes of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import oracle
import pytest
from calls import describe, fields
from raw import DTYPE


@pytest.mark.parametrize("shape", [(), (1,), (0,), (3, 0, 2), (4, 5), (2, 3, 4, 5), (1,) * 20])
def test_shapes(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(1).standard_normal(shape)
    x = np.asarray(x)
    assert fields(describe(x)) == fields(oracle.describe(x.ravel().tolist()))


@pytest.mark.parametrize("n", [10, 5000])
@pytest.mark.parametrize("dtype", DTYPE, ids=str)
def test_dtypes(dtype: np.dtype[Any], n: int) -> None:
    raw = np.random.default_rng(2).integers(0, 256, n * dtype.itemsize, dtype=np.uint8)
    if dtype.kind == "f":
        raw = raw & np.uint8(0xBF)  # finite
    x = raw.view(dtype) if dtype.kind != "b" else raw > 99
    values = x.tolist()
    if dtype.kind == "f":
        expected = oracle.describe(values)
    else:
        expected = oracle.from_integers([int(v) for v in values])
    assert fields(describe(x)) == fields(expected)


VIEWS = {
    "transposed": lambda x: x.T,
    "reversed": lambda x: x[::-1, ::-1],
    "every other": lambda x: x[1::2, ::3],
    "column": lambda x: x[:, 3],
    "Fortran order": np.asfortranarray,
    "broadcast": lambda x: np.broadcast_to(x[0], (50, x.shape[1])),
}


@pytest.mark.parametrize("make", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int16])
def test_strides(make: Any, dtype: Any) -> None:
    x = make((np.random.default_rng(3).standard_normal((60, 70)) * 1000).astype(dtype))
    values = [float(v) for v in x.ravel().tolist()]
    assert fields(describe(x)) == fields(oracle.describe(values))


def test_unaligned() -> None:
    raw = np.zeros(8 * 3000 + 1, dtype=np.uint8)
    x = raw[1:].view(np.float64)
    x[:] = np.random.default_rng(4).standard_normal(3000)
    assert fields(describe(x)) == fields(oracle.describe(x.tolist()))
