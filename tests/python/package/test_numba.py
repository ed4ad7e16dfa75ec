"""The functions inside code that numba compiles."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import parexact
import pytest

numba = pytest.importorskip("numba")


@numba.njit
def everything(x, y, ddof):  # type: ignore[no-untyped-def]
    return (
        parexact.sum(x),
        parexact.norm(x),
        parexact.mean(x),
        parexact.var(x, ddof=ddof),
        parexact.std(x, ddof=ddof),
        parexact.dot(y, y[::-1]),
    )


@pytest.mark.parametrize(
    "x",
    [
        *(np.array([1e100, 1.0, -1e100]), np.zeros(0), np.arange(24.0).reshape(2, 3, 4)),
        *(np.arange(40.0)[::-3], np.asfortranarray(np.arange(12.0).reshape(3, 4)) * 0.1),
        np.broadcast_to(np.float64(0.1), (7, 3)),
        np.random.default_rng(1).normal(size=300_000),
    ],
)
def test_results_are_those_of_the_package(x: np.ndarray) -> None:
    y = x.ravel()[:1000]
    expected = (
        parexact.sum(x),
        parexact.norm(x),
        parexact.mean(x),
        parexact.var(x, ddof=1),
        parexact.std(x, ddof=1),
        parexact.dot(y, y[::-1]),
    )
    np.testing.assert_array_equal(everything(x, y, 1), expected)


def test_errors_are_raised() -> None:
    with pytest.raises(ValueError, match="ddof"):
        everything(np.ones(3), np.ones(3), -1)

    @numba.njit
    def uneven(x, y):  # type: ignore[no-untyped-def]
        return parexact.dot(x, y)

    with pytest.raises(ValueError, match="same length"):
        uneven(np.ones(3), np.ones(4))
    with pytest.raises(numba.core.errors.TypingError):
        uneven(np.ones(3, np.float32), np.ones(3, np.float32))


def test_cached_functions_work_in_another_process(child: Callable[..., str], tmp_path: Path) -> None:
    """The machine code in the cache must not hold an address of the process that compiled it."""
    module = tmp_path / "cached.py"
    module.write_text(
        "import numba, parexact\n@numba.njit(cache=True)\ndef total(x):\n    return parexact.sum(x)\n",
        encoding="utf-8",
    )
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "import numpy as np, cached\n"
        "print(cached.total(np.array([1e100, 2.0, -1e100])), sum(cached.total.stats.cache_hits.values()))"
    )
    told = [child(code, NUMBA_CACHE_DIR=str(tmp_path / "cache")).split() for _ in range(2)]
    assert told == [["2.0", "0"], ["2.0", "1"]]
