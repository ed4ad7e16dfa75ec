"""Beside other ways of working in parallel, and other libraries' arrays."""

from __future__ import annotations

import asyncio
import concurrent.futures
import ctypes
import multiprocessing
from multiprocessing import shared_memory
from typing import Any

import numpy as np
import parexact
import pytest

import neighbour_jobs as jobs

VALUES = np.random.default_rng(5).normal(size=100_000) * 10.0 ** np.arange(-20, 20).repeat(2500)
PIECES = [(start, start + 12_500) for start in range(0, 100_000, 12_500)]


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_processes_reduce_slices_of_one_array(method: str) -> None:
    parexact.sum(np.ones(10**6))  # the parent's threads are there
    memory = shared_memory.SharedMemory(create=True, size=VALUES.nbytes)
    try:
        np.ndarray(VALUES.shape, np.float64, memory.buf)[:] = VALUES
        work = [(memory.name, VALUES.size, *piece) for piece in PIECES]
        with multiprocessing.get_context(method).Pool(3) as pool:
            states = pool.map_async(jobs.state_of_slice, work).get(timeout=100)
            sums = pool.map_async(jobs.drawn, range(4)).get(timeout=100)
    finally:
        memory.close()
        memory.unlink()
    assert sum(states).result() == parexact.describe(VALUES)
    assert sums == [jobs.drawn(offset) for offset in range(4)]


def test_joblib() -> None:
    joblib = pytest.importorskip("joblib")
    expected = [jobs.total(VALUES[a:b]) for a, b in PIECES]
    for backend in ("loky", "threading"):
        run = joblib.Parallel(n_jobs=2, backend=backend, timeout=100)
        assert run(joblib.delayed(jobs.total)(VALUES[a:b]) for a, b in PIECES) == expected
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor().shutdown(wait=True)


@pytest.mark.parametrize(
    "executor", [concurrent.futures.ThreadPoolExecutor, concurrent.futures.ProcessPoolExecutor]
)
def test_concurrent_futures(executor: Any) -> None:
    expected = [jobs.total(VALUES[a:b]) for a, b in PIECES]
    with executor(3) as running:
        assert list(running.map(jobs.total, [VALUES[a:b] for a, b in PIECES], timeout=100)) == expected


def test_asyncio() -> None:
    async def all_of_them() -> list[float]:
        return await asyncio.gather(*(asyncio.to_thread(jobs.total, VALUES[a:b]) for a, b in PIECES))

    assert asyncio.run(all_of_them()) == [jobs.total(VALUES[a:b]) for a, b in PIECES]


def test_pandas() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": VALUES[:1000], "b": VALUES[1000:2000]})
    assert parexact.sum(frame["a"]) == parexact.sum(VALUES[:1000])
    np.testing.assert_array_equal(parexact.var(frame, axis=0), parexact.var(frame.to_numpy(), axis=0))
    frame["c"] = range(1000)
    with pytest.raises(TypeError, match="different types"):
        parexact.sum(frame)
    with pytest.raises(TypeError):
        parexact.sum(pandas.Series([1, 2, None], dtype="Int64"))


def test_polars() -> None:
    polars = pytest.importorskip("polars")
    series = polars.Series(VALUES)
    assert parexact.describe(series) == parexact.describe(VALUES)
    with pytest.raises(TypeError, match="missing"):
        parexact.sum(polars.Series([1.0, None]))


def test_pyarrow() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    assert parexact.describe(pyarrow.array(VALUES)) == parexact.describe(VALUES)
    assert parexact.sum(pyarrow.array([1, 2, 3], pyarrow.int16())) == 6
    with pytest.raises(TypeError, match="missing"):
        parexact.sum(pyarrow.array([1.0, None]))


def test_xarray() -> None:
    xarray = pytest.importorskip("xarray")
    array = xarray.DataArray(VALUES.reshape(100, 1000), dims=("time", "x"), attrs={"units": "K"})
    assert parexact.mean(array) == parexact.mean(VALUES)
    reduced = array.reduce(parexact.std, dim="time")
    np.testing.assert_array_equal(reduced, parexact.std(VALUES.reshape(100, 1000), axis=0))


class Tensor:
    """The least that produces DLPack: what torch does, without its gigabytes."""

    def __init__(self, x: np.ndarray) -> None:
        self.x = x

    def __dlpack__(self, **arguments: Any) -> Any:
        return self.x.__dlpack__()

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.x.__dlpack_device__()


def test_dlpack() -> None:
    assert parexact.describe(Tensor(VALUES)) == parexact.describe(VALUES)


def test_buffers() -> None:
    shared = multiprocessing.Array(ctypes.c_double, 3, lock=False)
    shared[:] = [1e100, 1.0, -1e100]
    assert parexact.sum(shared) == 1.0
    assert parexact.sum(memoryview(VALUES)) == parexact.sum(VALUES)
