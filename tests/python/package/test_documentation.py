"""The examples of the docstrings and of the pages run, and the types are right."""

from __future__ import annotations

import doctest
import importlib
import math
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import parexact
import pytest

PACKAGE = Path(parexact.__file__).parent
DOCS = Path(__file__).resolve().parents[3] / "docs"


# Without an MPI parexact.mpi cannot be imported: the tests of the cluster run its examples.
NOT_HERE = ("__main__", "mpi", "_mpi")


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith(NOT_HERE))
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


def test_quick_start_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The page's programs, one after the other; what a comment behind a print says is what is printed."""
    text = (DOCS / "quickstart.md").read_text(encoding="utf-8")
    programs = re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S)
    assert len(programs) >= 5
    namespace: dict[str, object] = {"__name__": "__main__"}
    for program in programs:
        exec(program, namespace)
    promised = re.findall(r"^print.*\)\s+# (.*)$", text, re.M)
    assert promised == ["1.0 0.0", "False", "True"]
    printed = capsys.readouterr().out.splitlines()
    for line in promised:
        assert line in printed


def test_differences_from_numpy_are_true() -> None:
    """The page's table, line by line where a line can be checked."""
    tenths = [0.1, 0.1, 0.1]
    assert parexact.var(tenths) == 0 != np.var(tenths)
    assert type(parexact.sum(np.int8([100, 100]))) is float
    assert parexact.sum(np.full(3, 2**62)) == 3 * 2.0**62 != np.sum(np.full(3, 2**62))
    with pytest.raises(ValueError):
        np.min([])
    assert math.isnan(parexact.min([])) and math.isnan(parexact.mean([]))
    assert math.copysign(1, parexact.min([0.0, -0.0])) == -1
    assert math.isnan(parexact.var([1.0], ddof=1))
    np.testing.assert_array_equal(parexact.var(np.ones(3), axis=()), np.zeros(3))
    with pytest.raises(ValueError, match="vdot"):
        parexact.dot(np.ones((2, 2)), np.ones((2, 2)))
    for dtype in (np.float16, np.complex128, object, ">f8"):
        with pytest.raises(TypeError):
            parexact.sum(np.ones(3).astype(dtype))
    assert parexact.sum(np.ma.array([1.0, 2.0])) == 3
    with pytest.raises(TypeError, match="mask"):
        parexact.sum(np.ma.array([1.0, 2.0], mask=[0, 1]))
    with parexact.Pool(2) as pool:
        endless = pool.imap(abs, iter(int, 1))
        assert [next(endless) for _ in range(20)] == [0] * 20
