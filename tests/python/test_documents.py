"""What README and docs/ list by hand is what the header declares."""

from __future__ import annotations

import re

import pytest
from header import CONSTANTS
from parexact import abi
from paths import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
RANDOM = (ROOT / "docs" / "random.md").read_text(encoding="utf-8")
KINDS = {
    name.removeprefix("PAREXACT_DIST_"): value
    for name, value in CONSTANTS.items()
    if name.startswith("PAREXACT_DIST_")
}
SONAMES = [
    *("CHANGELOG.md", "cbindgen.toml", "include/parexact.h", "packaging/README.md"),
    *("packaging/slurm/README.md", "docs/clusters.md", "docs/ipyparallel.md"),
    *("python_examples/cluster/ipyparallel_slides.py", "tests/cluster/test_slurm.py"),
]


def functions_of_readme() -> list[str]:
    """Return the functions in the first column of README's table.

    A name that begins with `_` stands for the row's first name with so many of its last words replaced.
    """
    table = README.split("\n## What there is\n")[1].split("\nThe number of threads")[0]
    found = []
    for row in re.findall(r"^\| (`[^|]*) \|", table, re.M):
        first, *others = re.findall(r"`(\w+)`", row)
        found.append(first)
        for other in others:
            kept = first.rsplit("_", other.count("_"))[0] if other.startswith("_") else ""
            found.append(kept + other)
    return found


def test_readme_lists_every_function_once() -> None:
    listed = functions_of_readme()
    assert len(listed) == len(set(listed))
    assert set(listed) == set(abi.PROTOTYPES)


def test_readme_lists_every_distribution() -> None:
    table = README.split("| kind | parameters | kind | parameters |\n")[1].split("\n\n")[0]
    listed = re.findall(r"\| `(\w+)` \|", table)
    assert sorted(listed) == sorted(KINDS)


def test_the_definition_lists_every_distribution_by_its_number() -> None:
    table = RANDOM.split("| kind | distribution | parameters | samples |\n")[1].split("\n\n")[0]
    listed = re.findall(r"^\| (\d+) \| ([^|]*) \|", table, re.M)
    # "Student's t" is STUDENT_T.
    names = {re.sub(r"'s|\W+", "_", name).replace("__", "_").upper(): int(n) for n, name in listed}
    assert names == KINDS


@pytest.mark.parametrize("file", SONAMES)
def test_sonames_are_that_of_the_version(file: str) -> None:
    """Prose and examples name the SONAME, whose number is the first of the version in Cargo.toml."""
    found = re.findall(r"libparexact\.so\.\d+(?!\.?\d)", (ROOT / file).read_text(encoding="utf-8"))
    assert found and set(found) == {abi.SONAME}
