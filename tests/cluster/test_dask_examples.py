"""The examples with Dask, xarray and flox run, and print what is true."""

from __future__ import annotations

import re
import sys

import launch
import numpy as np
import oracle

EXAMPLES = launch.ROOT / "python_examples" / "cluster"


def example(name: str, *arguments: object) -> str:
    return launch.run([sys.executable, EXAMPLES / f"{name}.py", *map(str, arguments)])


def test_statistics() -> None:
    output = example("dask_statistics")
    pairs = re.findall(r"^\(.*\) +(\S+) +(\S+)$", output, re.M)
    assert len(pairs) == 4
    assert len({theirs for theirs, _ in pairs}) > 1
    rng = np.random.default_rng(2017)
    numbers = rng.standard_normal((1000, 300)) * 10.0 ** rng.uniform(-3, 3, (1000, 1))
    values = numbers.ravel().tolist()
    exact = oracle.describe(values, ddof=1)
    assert {ours for _, ours in pairs} == {oracle.describe(values).variance.hex()}
    assert "for all chunks: True" in output
    assert f"variance   {exact.variance!r}\n" in output
    assert f"mean       {exact.mean!r}\n" in output


def test_larger_than_memory() -> None:
    output = example("dask_larger_than_memory", "--blocks", 40, "--memory", 100)
    assert "160 MB on disk in 40 files\n" in output
    assert "100 MB are not enough for all of them at once\n" in output
    assert "the bits of one pass over all of them: True\n" in output
    mean, std = map(float, re.search(r"mean (\S+), std (\S+), count 20000000\n", output).groups())
    assert abs(mean - 10) < 5 * 2 / 20_000_000**0.5
    assert abs(std - 2) < 5 * 2 / (2 * 20_000_000) ** 0.5


def test_random() -> None:
    output = example("dask_random")
    assert re.findall(r"the same numbers: (\w+)$", output, re.M) == ["True"] * 4
    assert "Dask's own, for two of them: False\n" in output
    wait, count = map(float, re.search(r"mean wait (\S+), mean count (\S+)", output).groups())
    assert abs(wait - 3) < 0.05
    assert abs(count - 4) < 0.04


def test_xarray() -> None:
    output = example("xarray_reduce")
    assert re.findall(r"in chunks: (.*)$", output, re.M) == ["[True, True, True]"] * 3
    assert "dimensions left ('lat', 'lon')," in output
    assert "dimensions left ('time',)," in output
    low, high = map(float, re.search(r"zonal means from (\S+) to (\S+)\n", output).groups())
    assert 279.5 < low < high < 280.5


def test_flox() -> None:
    output = example("flox_groupby")
    assert (
        re.findall(r"by itself: (\w+); flox's own variance: (\w+)$", output, re.M)
        == [("True", "False")] * 4
    )
