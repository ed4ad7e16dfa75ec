"""The examples of the docstrings run, and the types are right."""

from __future__ import annotations

import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import parexact
import pytest

PACKAGE = Path(parexact.__file__).parent


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem != "__main__")
)
def test_examples(name: str) -> None:
    module = parexact if name == "__init__" else importlib.import_module(f"parexact.{name}")
    assert doctest.testmod(module).failed == 0


def test_every_public_name_has_an_example() -> None:
    for name in [*parexact.__all__, "sum", "min", "max"]:
        thing = getattr(parexact, name)
        if name != "abi" and not (isinstance(thing, type) and issubclass(thing, (Exception, tuple))):
            assert ">>>" in (thing.__doc__ or ""), name


def test_types() -> None:
    pytest.importorskip("mypy")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", str(PACKAGE)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout
