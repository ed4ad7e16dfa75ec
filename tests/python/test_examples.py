"""The examples run as their first lines say, and print what they promise."""

from __future__ import annotations

import ast
import re
import signal
import subprocess
import sys
import time
from ctypes import byref
from pathlib import Path

import pytest
import raw
from children import environment, interruptible
from paths import EXAMPLES, LIBRARY, ROOT


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


def test_pool_statistics() -> None:
    output = run("slide_pool_statistics.py")
    table, seconds = output.splitlines()
    assert re.fullmatch(r"Total runtime: \d+\.\d{6} s", seconds)
    results = ast.literal_eval(table)
    assert [n for n, _, _ in results] == list(range(1000000, 1000010))
    for n, std, variance in results:
        samples = raw.random("normal", 0, 1, n=n, seed=n)
        stats = raw.Stats()
        raw.check(raw.lib.parallel_stats(raw.doubles(samples), n, byref(stats)))
        assert (stats.std, stats.variance) == (std, variance)


def test_numerical_note() -> None:
    output = run("slide_numerical_note.py")
    exact = re.findall(r"^ +exact_sum.* (0x\S+)$", output, re.M)
    assert exact == [(0.6).hex()] * 2
    million = re.findall(r"^ +exact, .* (-?0x\S+)$", output, re.M)
    assert len(million) == 4
    assert len(set(million)) == 1
    assert re.search(r"NumPy [234], parexact 1\.", output)


def test_pool_map() -> None:
    output = run("slide_pool_map.py", "--side", "40", "--workers", "2")
    assert len(re.findall(r"^ +\d+\.\d{4} s  ", output, re.M)) == 6
    assert "the same steps each way, in the order of the points: yes" in output
    assert "ValueError: -1 steps" in output
    assert "index 800:" in output
    assert output.endswith("Python ends all the same.\n")


def test_map_async_progress() -> None:
    output = run("map_async_progress.py", "--items", "60", "--bar")
    assert "[" + 40 * "#" + "] 60/60\n" in output
    assert re.search(r"^60 of 60 walks, \d", output, re.M)
    mean, error, expected = map(int, re.findall(r"\d+", output.splitlines()[-1]))
    assert expected == 798  # √(2·10⁶/π)
    assert 0 < error < 200
    assert abs(mean - expected) < 4 * error


def test_map_async_progress_stopped_by_ctrl_c() -> None:
    with interruptible():
        program = subprocess.Popen(
            [sys.executable, str(EXAMPLES / "map_async_progress.py"), "--items", "10000000"],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert "Ctrl-C" in program.stdout.readline()
    time.sleep(0.3)
    program.send_signal(signal.SIGINT)
    try:
        output, errors = program.communicate(timeout=60)
    finally:
        program.kill()
    assert re.fullmatch(r"stopped after \d+ of 10000000 walks, .*\n", output)
    assert (program.returncode, errors) == (130, "")


def test_lock_and_queue() -> None:
    output = run("slide_lock_queue.py")
    assert "with a lock 200 are in one piece" in output
    samples = re.findall(r"^ +\d+\. sample +(\d+) has mean \d+\.\d{3}$", output, re.M)
    assert sorted(map(int, samples)) == list(range(12))


def test_shared_arrays() -> None:
    output = run("shared_arrays.py", "--rows", "300", "--columns", "50")
    assert "the same numbers each way: yes" in output
    assert "the same memory as before: yes" in output
    assert "a view made before has mean 0.0 and std 1.0 now" in output


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


def test_pi(tmp_path: Path, matplotlib_cache: str) -> None:
    figure = tmp_path / "pi.png"
    arguments = ["--points", "20000", "--output", str(figure)]
    output = run("slide_pi.py", *arguments, MPLCONFIGDIR=matplotlib_cache)
    assert re.findall(r"^ +(\d+)  3\.\d+ ", output, re.M) == ["1", "2", "10", "50", "100", "500"]
    assert "error below 1e-6 is 289." in output
    assert len(re.findall(r"times as long$", output, re.M)) == 2
    assert is_png(figure)


@pytest.mark.parametrize(
    ("script", "arguments"),
    [
        ("random_histogram", ["--samples", "1200000"]),
        ("random_speed", ["--most", "1000"]),
        ("slide_pi", ["--points", "20000"]),
    ],
)
def test_figures_land_in_one_place(
    tmp_path: Path, matplotlib_cache: str, script: str, arguments: list[str]
) -> None:
    """In the repository's target/, here another directory, wherever the script is run."""
    assert raw.TARGET == ROOT / "target"
    target, elsewhere = tmp_path / "target", tmp_path / "elsewhere"
    elsewhere.mkdir()
    code = (
        "import raw, pathlib, runpy, sys;"
        f"raw.TARGET = pathlib.Path({str(target)!r}); sys.argv = {['', *arguments]};"
        f"runpy.run_path({str(EXAMPLES / script) + '.py'!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment({"MPLCONFIGDIR": matplotlib_cache}),
        cwd=elsewhere,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert is_png(target / f"{script}.png")
    assert not list(elsewhere.iterdir())


def is_png(file: Path) -> bool:
    return file.read_bytes().startswith(b"\x89PNG\r\n")


SCRIPTS = sorted(set(EXAMPLES.glob("*.py")) - {EXAMPLES / "needs.py"})


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_missing_packages_are_one_clear_line(script: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-S", str(script)],  # without site-packages
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert re.fullmatch(
        rf"(numpy|numba|matplotlib) is not there: run \S+/\.venv/bin/python {script}( \(.*\))?\n",
        done.stderr,
    )


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
