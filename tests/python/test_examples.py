"""The examples run as their first lines say, and print what they promise."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from children import environment
from paths import EXAMPLES, LIBRARY


def run(name: str, *arguments: str, **changes: str) -> str:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name), *arguments],
        env={**environment(), **changes},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def assert_is_the_slides(output: str) -> None:
    first, second = output.splitlines()
    assert first == "2750.0"
    before, after = re.findall(r"-?\d+\.\d+", second)
    assert float(after) == -float(before) != 0


def test_exact_path() -> None:
    assert_is_the_slides(run("slide_sum_my_numbers.py"))


def test_ld_library_path() -> None:
    if LIBRARY.name != "libparexact.so":
        pytest.skip("the library under test has another file name")
    output = run("slide_sum_ld_library_path.py", LD_LIBRARY_PATH=str(LIBRARY.parent))
    assert_is_the_slides(output)


def test_my_statistics() -> None:
    output = run("slide_my_statistics.py", "3", "--start", "20000", "--threads", "1", "2", "5")
    for n in (20000, 20001, 20002):
        assert re.search(rf"^ +{n}  \d", output, re.M)
    assert "my_statistics with 1, 2, 5 threads: yes" in output
    assert "my_statistics and parallel_stats of an array: yes" in output
    assert len(re.findall(r"^ +\d+\.\d{4}  ", output, re.M)) == 5


def test_numerical_note() -> None:
    output = run("slide_numerical_note.py")
    exact = re.findall(r"^ +exact_sum.* (0x\S+)$", output, re.M)
    assert exact == [(0.6).hex()] * 2
    million = re.findall(r"^ +exact, .* (-?0x\S+)$", output, re.M)
    assert len(million) == 4
    assert len(set(million)) == 1
    assert re.search(r"NumPy [234], parexact 1\.", output)


@pytest.fixture(scope="module")
def matplotlib_cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a directory with matplotlib's list of fonts: making it takes seconds and a warning."""
    directory = str(tmp_path_factory.mktemp("matplotlib"))
    command = [sys.executable, "-c", "import matplotlib.pyplot"]
    changed = environment({"MPLCONFIGDIR": directory})
    subprocess.run(command, env=changed, capture_output=True, timeout=100, check=True)
    return directory


def test_random_histogram(tmp_path: Path, matplotlib_cache: str) -> None:
    figure = tmp_path / "new" / "histogram.png"
    arguments = ["--samples", "1200000", "--output", str(figure)]
    output = run("random_histogram.py", *arguments, MPLCONFIGDIR=matplotlib_cache)
    shares = re.findall(r"^(\w+): 1200000 samples, (\d+)% of the bars", output, re.M)
    assert [kind for kind, _ in shares] == ["normal", "exponential"]
    assert all(int(share) >= 85 for _, share in shares)
    assert is_png(figure)


def test_random_speed(tmp_path: Path, matplotlib_cache: str) -> None:
    figure = tmp_path / "speed.png"
    arguments = ["--most", "1000", "--output", str(figure)]
    output = run("random_speed.py", *arguments, MPLCONFIGDIR=matplotlib_cache)
    assert re.search(r"^parexact, 1 thread +1000: \S+ s$", output, re.M)
    assert is_png(figure)


def is_png(file: Path) -> bool:
    return file.read_bytes().startswith(b"\x89PNG\r\n")


def test_missing_library_is_one_clear_line() -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "describe.py"), "x.npy"],
        env=environment({"PAREXACT_LIBRARY": "/nowhere/libparexact.so"}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "/nowhere/libparexact.so" in done.stderr
