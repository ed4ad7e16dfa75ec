"""The examples of the package run, name the raw script beside them, and print what is true."""

from __future__ import annotations

import ast
import math
import os
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import parexact
import pytest

RAW = Path(__file__).resolve().parents[3] / "python_examples"
EXAMPLES = RAW / "package"
# What the raw scripts import, and the one about the dynamic loader: the package finds its library itself.
WITHOUT_COMPANION = {"callbacks", "needs", "raw", "slide_sum_ld_library_path"}
# Examples of the package that have no raw counterpart.
WITHOUT_RAW = {"reduction_tree"}


def run(script: Path, *arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, str(script), *map(str, arguments)],
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def example(name: str, *arguments: object) -> str:
    return run(EXAMPLES / f"{name}.py", *arguments)


def test_every_raw_script_has_a_companion_that_names_it() -> None:
    raw = {path.stem for path in RAW.glob("*.py")} - WITHOUT_COMPANION
    assert {path.stem for path in EXAMPLES.glob("*.py")} == raw | WITHOUT_RAW
    for name in raw:
        text = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
        assert f"`../{name}.py`" in (ast.get_docstring(ast.parse(text)) or "").splitlines()[0]


def test_sum_my_numbers() -> None:
    arr = np.linspace(5, 50, 100)
    lines = example("slide_sum_my_numbers").splitlines()
    assert [float(line.split()[-1]) for line in lines[:4]] == [
        2750.0,
        math.fsum(arr[::2]),
        math.fsum(arr.astype(np.float32)),
        4950.0,
    ]
    assert lines[4].startswith("TypeError: ") and "complex128" in lines[4]


def exact_std_and_variance(n: int, seed: int) -> tuple[float, float]:
    samples = [Fraction(x) for x in parexact.Generator(seed).normal(size=n)]
    mean = sum(samples) / n
    variance = sum((x - mean) ** 2 for x in samples) / n
    return math.sqrt(variance), float(variance)


def test_my_statistics() -> None:
    output = example("slide_my_statistics", 2, "--start", 3000)
    found = [ast.literal_eval(line) for line in re.findall(r"^\(.*\)$", output, re.M)]
    for (n, std, variance), expected in zip(found, (3000, 3001)):
        exact = exact_std_and_variance(n, 2017 + n)
        assert n == expected
        assert variance == exact[1]
        assert abs(std - exact[0]) <= math.ulp(std)
    assert len(found) == 2
    assert "the same bits on one thread: True" in output
    assert "the same bits from an array: True" in output


def test_pool_statistics() -> None:
    ours, raw = (run(place / "slide_pool_statistics.py").splitlines() for place in (EXAMPLES, RAW))
    assert ours[0] == raw[0]
    assert [n for n, _, _ in ast.literal_eval(ours[0])] == list(range(1000000, 1000010))
    assert re.fullmatch(r"Total runtime: \d+\.\d{6} s", ours[1])


def steps_to_leave(side: int, limit: int) -> int:
    re_, im = np.meshgrid(np.linspace(-2.0, 0.6, side), np.linspace(-1.3, 1.3, side))
    x, y = np.zeros_like(re_), np.zeros_like(re_)
    inside, steps = np.ones(re_.shape, bool), 0
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(limit):
            x, y = x * x - y * y + re_, 2.0 * x * y + im
            inside &= x * x + y * y <= 4.0
            steps += int(inside.sum())
    return steps


def test_pool_map() -> None:
    output = example("slide_pool_map", "--side", 30, "--limit", 100)
    assert f"{steps_to_leave(30, 100)} steps in all; the same each way: True\n" in output
    assert output.endswith("ValueError: a negative number of steps\n")


def test_map_async_progress() -> None:
    output = example("map_async_progress", "--items", 60)
    mean, error, expected = map(int, re.findall(r"\d+", output.splitlines()[-1]))
    assert expected == 798  # √(2·10⁶/π)
    assert 0 < error < 200
    assert abs(mean - expected) < 4 * error


def test_lock_and_queue() -> None:
    output = example("slide_lock_queue")
    assert "all in one piece: True" in output
    assert "DeadlockError: " in output
    found = re.findall(r"^ +\d+\. sample +(\d+) has mean (\d+\.\d{3})$", output, re.M)
    means = {int(sample): float(mean) for sample, mean in found}
    assert sorted(means) == list(range(12))
    for sample, mean in means.items():
        assert abs(mean - np.random.default_rng(sample).normal(10, 1, 1000).mean()) < 1e-3


def test_numerical_note() -> None:
    output = example("slide_numerical_note")
    exact = Fraction(0.1) + Fraction(0.2) + Fraction(0.3)
    assert "0.3 + 0.2 + 0.1: False" in output
    assert "with parexact.sum: True" in output
    assert f"doubles: {exact}\n" in output
    random = np.random.default_rng(2017)
    numbers = random.standard_normal(1_000_000) * 10.0 ** random.integers(-12, 13, 1_000_000)
    assert re.findall(r"parexact\.sum (\S+)$", output, re.M) == [math.fsum(numbers).hex()] * 4


def test_pi() -> None:
    output = example("slide_pi", "--points", 5000)
    table = re.findall(r"^ +(\d+)  (3\.\d+) +-?\d\.\d{4}e", output, re.M)
    assert [int(n) for n, _ in table] == [1, 2, 10, 50, 100, 500]
    integrals = re.findall(r"^(?:pi|integrate, \w+) +(\S+)$", output, re.M)
    assert len(integrals) == 3
    for n, value in [*table, *((5000, value) for value in integrals)]:
        points = (np.arange(int(n)) + 0.5) / int(n)
        rule = math.fsum(4.0 / (1.0 + points * points)) / int(n)
        assert abs(float(value) - rule) <= 2 * math.ulp(rule)
    assert "an error below 1e-6 is 289." in output  # 1/(12·N²) < 10⁻⁶


def test_shared_arrays() -> None:
    output = example("shared_arrays", "--rows", 40, "--columns", 30)
    row = np.random.default_rng(2017).normal(5, 3, (40, 30))[20]
    scaled = (row[0] - row.mean()) / row.std()
    firsts = [float(number) for number in re.findall(r"first (-?\d+\.\d{6})$", output, re.M)]
    assert firsts == pytest.approx([row[0], scaled, -scaled], abs=1e-6)
    assert "scaled: mean 0.0, std 1.0" in output
    assert "negated: 40 rows" in output


def test_random_histogram() -> None:
    output = example("random_histogram", "--samples", 1_200_000)
    shares = re.findall(r"^(\w+): 1200000 samples, (\d+)% of the bars", output, re.M)
    assert [kind for kind, _ in shares] == ["normal", "exponential"]
    assert all(int(share) >= 80 for _, share in shares)
    assert output.count("#" * 60) >= 2


def test_random_speed() -> None:
    output = example("random_speed", "--most", 1000)
    assert re.search(r"^ +1000  \S+ +\S+ +\S+$", output, re.M)


def test_describe(tmp_path: Path) -> None:
    values = np.random.default_rng(3).normal(size=(50, 2))
    np.save(tmp_path / "x.npy", values.astype(np.float32))
    np.savetxt(tmp_path / "x.csv", values, delimiter=",", header="first,second", fmt="%.17g")
    files = [tmp_path / "x.npy", tmp_path / "x.csv"]
    lines = example("describe", *files, "--ddof", 1, "--header").splitlines()
    assert len(lines) == 3
    for line, column in zip(lines, [values.astype(np.float32).ravel(), *values.T]):
        numbers = [Fraction(float(x)) for x in column]
        mean = sum(numbers) / len(numbers)
        variance = sum((x - mean) ** 2 for x in numbers) / (len(numbers) - 1)
        assert f"count={len(numbers)} nan_count=0 " in line
        assert f"sum={float(sum(numbers))!r} mean={float(mean)!r} variance={float(variance)!r} " in line
        assert line.endswith(f"min={float(column.min())!r} max={float(column.max())!r}")


@pytest.mark.parametrize(("ranks", "steps"), [(1, 0), (4096, 12), (5000, 13)])
def test_reduction_tree(ranks: int, steps: int) -> None:
    """The tree is the same for one block of ranks and for several."""
    lines = example("reduction_tree", "--ranks", ranks, "--samples", 2).splitlines()
    told = dict(re.split(r" {2,}", line, maxsplit=1) for line in lines[:-1])
    assert told["ranks"] == f"{ranks}, with 2 samples each"
    assert told["steps"] == f"{steps}: the height of the tree"
    total = 2048 * (ranks - 1) / 1e6
    assert told["messages"] == f"{ranks - 1} of 2048 bytes, {total:.6g} MB in all"
    samples = [Fraction(x) for x in parexact.Generator(2017).normal(size=2 * ranks)]
    std, _ = exact_std_and_variance(2 * ranks, 2017)
    assert float(told["mean"]) == float(sum(samples) / len(samples))
    assert abs(float(told["std"]) - std) <= math.ulp(std)
    assert lines[-1] == "the same bits as in one call: True"
