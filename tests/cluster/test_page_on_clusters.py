"""The program with which docs/clusters.md begins prints the same digits on any number of ranks."""

import re
from pathlib import Path

import launch
import mpi
import parexact
import pytest

PAGE = launch.ROOT / "docs" / "clusters.md"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = re.search(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert text is not None
    path = tmp_path_factory.mktemp("page") / "mean.py"
    path.write_text(text[1], encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def expected() -> str:
    """The result of one process without MPI."""
    result = parexact.Generator(seed=2017).state("normal", n=10**8).result()
    return f"mean {result.mean!r}, std {result.std!r}"


@pytest.mark.parametrize("ranks", [1, 3])
@pytest.mark.parametrize("wheel", mpi.WHEELS, ids=lambda wheel: wheel.name)
def test_first_program(wheel: mpi.Implementation, ranks: int, program: Path, expected: str) -> None:
    printed = launch.run(wheel.program(ranks, program), env=wheel.env)
    assert printed.splitlines() == [f"{ranks} ranks: {expected}"]
