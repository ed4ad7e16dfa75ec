"""Which library the package loads, and what it says if there is none that fits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import parexact
import pytest
from parexact import abi
from parexact._library import load

OWN = Path(parexact.__file__).parent / "libparexact.so"


def test_versions_agree() -> None:
    assert parexact.__version__ == abi.VERSION == abi.lib.parexact_version().decode()
    assert abi.SONAME == f"libparexact.so.{abi.VERSION.split('.')[0]}"


def test_the_variable_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = tmp_path / "elsewhere.so"
    link.symlink_to(abi.lib._name)
    monkeypatch.setenv("PAREXACT_LIBRARY", str(link))
    assert load(abi.VERSION, abi.SONAME)._name == str(link)
    # A variable that names the wrong file is an error, not a hint.
    monkeypatch.setenv("PAREXACT_LIBRARY", str(tmp_path / "missing.so"))
    with pytest.raises(ImportError, match=r"\$PAREXACT_LIBRARY: .*missing\.so"):
        load(abi.VERSION, abi.SONAME)


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAREXACT_LIBRARY", abi.lib._name)
    with pytest.raises(ImportError, match=rf"is version {abi.VERSION}, but this package needs 77\.5"):
        load("77.5.1", abi.SONAME)
    major, minor, _ = abi.VERSION.split(".")
    assert load(f"{major}.{minor}.999", abi.SONAME)


def test_a_library_that_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAREXACT_LIBRARY", "libc.so.6")
    with pytest.raises(ImportError, match="no function parexact_version"):
        load(abi.VERSION, abi.SONAME)


def test_a_failure_names_every_place(tmp_path: Path) -> None:
    """A copy of the package without its library, in a process whose loader finds none."""
    package = tmp_path / "parexact"
    package.mkdir()
    for file in Path(parexact.__file__).parent.glob("*.py"):
        (package / file.name).write_bytes(file.read_bytes())
    variables = {k: v for k, v in os.environ.items() if k not in ("PAREXACT_LIBRARY", "LD_LIBRARY_PATH")}
    variables["PYTHONPATH"] = str(tmp_path)

    def attempt() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "import parexact; print(parexact.abi.lib._name)"],
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )

    failed = attempt()
    assert failed.returncode == 1
    last = failed.stderr.splitlines()[-1]
    assert last.startswith("ImportError: the shared library of parexact could not be loaded")
    for part in ("the package's own file", str(package / "libparexact.so"), "system's loader", abi.SONAME):
        assert part in last
    # Where LD_LIBRARY_PATH leads to one by that name, that is taken.
    (tmp_path / abi.SONAME).symlink_to(abi.lib._name)
    variables["LD_LIBRARY_PATH"] = str(tmp_path)
    assert attempt().stdout.strip() == abi.SONAME
