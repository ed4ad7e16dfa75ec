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


def printed_by_page(
    page: str, capsys: pytest.CaptureFixture[str], without: str = "mpi4py"
) -> tuple[list[str], list[str]]:
    """Run a page's programs, one after the other; return what comments promise, and what is printed."""
    text = (DOCS / page).read_text(encoding="utf-8")
    programs = re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S)
    programs = [program for program in programs if without not in program]
    namespace: dict[str, object] = {"__name__": "__main__"}
    for program in programs:
        exec(program, namespace)
    promised = re.findall(r"^print.*\)\s+# (.*)$", "".join(programs), re.M)
    return promised, capsys.readouterr().out.splitlines()


def test_quick_start_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """Each print prints what the comment behind it says."""
    promised, printed = printed_by_page("quickstart.md", capsys)
    assert promised == ["1.0 0.0", "False", "True"]
    for line in promised:
        assert line in printed


def test_page_on_clusters_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """All programs run but the one for MPI, which the tests of the cluster run."""
    monkeypatch.chdir(tmp_path)
    promised, printed = printed_by_page("clusters.md", capsys)
    assert promised == printed == ["True", "499999.5", "True"]


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
    for dtype in (np.float16, ">f8"):
        assert parexact.sum(np.ones(3).astype(dtype)) == 3
    for dtype in (np.longdouble, np.complex128, object):
        with pytest.raises(TypeError):
            parexact.sum(np.ones(3).astype(dtype))
    assert parexact.sum(np.ma.array([1.0, 2.0])) == 3
    with pytest.raises(TypeError, match="mask"):
        parexact.sum(np.ma.array([1.0, 2.0], mask=[0, 1]))
    with parexact.Pool(2) as pool:
        endless = pool.imap(abs, iter(int, 1))
        assert [next(endless) for _ in range(20)] == [0] * 20
