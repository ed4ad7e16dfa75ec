"""describe.py on files as users have them: good, large, foreign and broken."""

from __future__ import annotations

import io
import math
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import oracle
import pytest
from children import environment, interruptible
from paths import EXAMPLES

COMMAND = [sys.executable, str(EXAMPLES / "describe.py")]
NUMBERS = ["mean", "std", "variance", "min", "max", "sum"]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(
        command, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )


def table(*arguments: object) -> list[list[str]]:
    """Return the cells below the titles: name, count, nan and the numbers."""
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return [line.split() for line in done.stdout.splitlines()[1:]]


def numbers(values: Any, ddof: int = 0, omit: bool = False) -> list[str]:
    answer = oracle.describe([float(v) for v in values], ddof, omit)
    return [
        str(answer.count),
        str(answer.nan_count),
        *(repr(getattr(answer, name)) for name in NUMBERS),
    ]


def refusal(*arguments: object) -> str:
    """Return the one line with which a bad file is refused."""
    done = run(*arguments)
    assert done.returncode == 2, done.stdout
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize(
    "dtype", ["<f8", ">f8", "<f4", ">f4", "f2", "i8", ">i8", "u8", ">i2", "u1", "i1", "?"]
)
def test_npy_dtypes(tmp_path: Path, dtype: str) -> None:
    x = (np.random.default_rng(1).standard_normal((30, 40)) * 30).astype("i1").astype(dtype)
    if np.dtype(dtype).kind == "u":
        x = x & np.array(127, dtype)
    path = tmp_path / "x.npy"
    np.save(path, x)
    assert table(path) == [[str(path), *numbers(x.ravel().tolist())]]


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (7,), (300, 5000), (5, 6, 7)])
def test_npy_shapes_and_orders(tmp_path: Path, shape: tuple[int, ...], order: Any) -> None:
    x = np.asarray(np.random.default_rng(2).standard_normal(shape), order=order)
    path = tmp_path / "x.npy"
    np.save(path, x)
    if x.size > 10_000:  # more than one chunk; the oracle would take long
        assert table(path)[0][-1] == repr(math.fsum(x.ravel().tolist()))
    else:
        assert table(path, "--ddof", 1) == [[str(path), *numbers(x.ravel().tolist(), 1)]]


@pytest.mark.parametrize("dtype", ["<i8", ">i8", "<u8", ">u8"])
def test_integers_beyond_2_53(tmp_path: Path, dtype: str) -> None:
    path = tmp_path / "x.npy"
    limits = np.iinfo(dtype)
    for values in ([2**53, 1, 1, 1], [2**53 + 1, 3], [limits.max] * 3, [limits.min, limits.max, 7]):
        np.save(path, np.array(values, dtype=dtype))
        answer = oracle.from_integers(values)
        numbers_there = [repr(getattr(answer, name)) for name in NUMBERS]
        assert table(path)[0][3:] == numbers_there


def test_nan_policies(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    x = [1.0, float("nan"), 4.0]
    np.save(path, np.array(x))
    assert table(path) == [[str(path), *numbers(x)]]
    assert table(path, "--nan", "omit") == [[str(path), *numbers(x, omit=True)]]
    assert "NaN" in refusal(path, "--nan", "raise")


CSV_FILES = {
    "header": "a,b\n1,2\n3,4.5\n",
    "no header": "1,2\n3,4.5\n",
    "windows": "a,b\r\n1,2\r\n3,4.5\r\n",
    "byte order mark": "\ufeffa,b\n1,2\n3,4.5\n",
    "semicolons": "a;b\n1;2\n3;4.5\n",
    "tabs": "a\tb\n1\t2\n3\t4.5\n",
    "blanks": "a b\n 1   2\n3 4.5\n",
    "quotes": '"a","b"\n"1","2"\n"3","4.5"\n',
    "comments and blank lines": "# made by hand\n\na, b\n1, 2\n\n3, 4.5\n",
    "no newline at the end": "a,b\n1,2\n3,4.5",
    "exponents": "a,b\n1e0,.2E+1\n+3.,45e-1\n",
}


@pytest.mark.parametrize("kind", CSV_FILES)
def test_csv(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(CSV_FILES[kind].encode())
    found = table(path)
    assert [row[-8:] for row in found] == [numbers([1, 3]), numbers([2, 4.5])]
    assert [row[1] for row in found] == (
        ["column", "column"] if kind == "no header" else ["a", "b"]
    )


def test_csv_empty_cells_are_nan(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,\n,3\n2,nan\n")
    found = [row[2:] for row in table(path, "--nan", "omit")]
    assert found == [numbers([1, np.nan, 2], omit=True), numbers([np.nan, 3, np.nan], omit=True)]


def test_csv_of_years(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("2020,2021\n1,2\n")
    assert [row[-8] for row in table(path)] == ["2", "2"]  # nothing tells a year from a number
    assert [row[1:3] for row in table(path, "--header")] == [["2020", "1"], ["2021", "1"]]


def test_csv_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("1:2\n3:4\n")
    assert [row[-1] for row in table(path, "--delimiter", ":")] == ["4.0", "6.0"]


def test_csv_longer_than_a_chunk(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    x = np.random.default_rng(3).standard_normal((40_000, 2)) * [1e-200, 1e200]
    path.write_text("\n".join(f"{a!r},{b!r}" for a, b in x.tolist()))
    assert [row[-8:] for row in table(path)] == [numbers(column) for column in x.T.tolist()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n3,x4\n", "line 3, column 2"),
        ("# note\n\n1,2\n3,4\nfive,6\n", "line 5, column 1"),
        ("1,oops\n3,4\n", "line 1, column 2"),
        ("a,b\n1,2\n3\n", "line 3"),
        ("a,b\n1,2\n3,4,5\n", "line 3"),
        ("a,b\n1,1_000\n", "line 2, column 2"),
        ("a;b\n1;2,5\n", "line 2, column 2"),
        ("a,b\n1,0x10\n", "line 2, column 2"),
        ("a,b\n1,١\n", "line 2, column 2"),
        ("", "no numbers"),
        ("\n\n# nothing\n", "no numbers"),
    ],
)
def test_bad_csv(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    assert expected in refusal(path)


def save(array: Any) -> Callable[[Path], None]:
    return lambda path: np.save(path, array, allow_pickle=True)


def archive(path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, a=np.arange(3.0))


def saved_bytes() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.arange(100.0))
    return buffer.getvalue()


BAD: dict[str, Callable[[Path], object]] = {
    "truncated": lambda path: path.write_bytes(saved_bytes()[:-8]),
    "truncated header": lambda path: path.write_bytes(saved_bytes()[:40]),
    "damaged header": lambda path: path.write_bytes(saved_bytes().replace(b"shape", b"shave")),
    "empty": lambda path: path.write_bytes(b""),
    "noise": lambda path: path.write_bytes(bytes(range(256))),
    "objects": save(np.array([{}, 1], dtype=object)),
    "pickle": lambda path: path.write_bytes(pickle.dumps([1.0, 2.0])),
    "archive": archive,
    "complex": save(np.array([1j])),
    "text": save(np.array(["1"])),
    "records": save(np.zeros(3, dtype=[("a", "f8")])),
    "directory": lambda path: path.mkdir(),
    "missing": lambda path: None,
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_npy(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.npy"
    BAD[kind](path)
    assert str(path) in refusal(path)


def test_binary_named_csv(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(bytes(range(128, 256)) * 10)
    assert "text" in refusal(path)
    path.write_bytes(b"1,2\n\x00,3\n")
    refusal(path)


def test_good_files_beside_bad_ones(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.arange(3.0))
    done = run(tmp_path / "missing.npy", tmp_path / "x.npy")
    assert done.returncode == 2
    assert done.stdout.split()[-1] == "3.0"


def test_wrong_options(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.arange(3.0))
    for options in (["--ddof", "-1"], ["--nan", "maybe"], ["--delimiter", "ab"], ["--ddof", "x"]):
        done = run(tmp_path / "x.npy", *options)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


def test_progress(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.ones(3_000_000))
    assert run(path).stderr == ""  # not a terminal
    bar = run(path, "--progress").stderr
    assert "100%" in bar
    assert bar.endswith("\n")


def test_pipe(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "/dev/stdin", "--progress"],
        env=environment(),
        input=CSV_FILES["header"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [line.split()[-8:] for line in done.stdout.splitlines()[1:]] == [
        numbers([1, 3]),
        numbers([2, 4.5]),
    ]


def test_control_c(tmp_path: Path) -> None:
    """A pipe without an end keeps the reader waiting: that is when the user loses patience."""
    path = tmp_path / "x.csv"
    os.mkfifo(path)
    with interruptible():
        job = subprocess.Popen(
            [*COMMAND, str(path)],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    try:
        with path.open("w"):  # opens once the reader is there, past its imports
            time.sleep(0.2)
            job.send_signal(signal.SIGINT)
            output, errors = job.communicate(timeout=30)
    finally:
        job.kill()
    assert job.returncode == 130
    assert output == ""
    assert errors == ""
