"""The programs of README and of the other pages, compiled and run by the commands beside them.

Each page is followed from its beginning to its end, in a directory that looks like a clone in which `make`
has run, with a home directory of its own. Other pages than README find its programs there, and an
installation in ~/parexact. What needs MPI is for tests/cluster/test_page_programs.py.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "python"))
import pages  # noqa: E402

README = ROOT / "README.md"
SECONDS = 300


class Reader:
    """Types what the pages say."""

    def __init__(self, scratch: Path) -> None:
        self.clone = scratch / "clone"
        self.home = scratch / "home"
        self.clone.mkdir()
        self.home.mkdir()
        for entry in ROOT.iterdir():
            (self.clone / entry.name).symlink_to(entry)

    def types(self, commands: str) -> str:
        """Return what the commands print; they fail if one of them does."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            env={**os.environ, "HOME": str(self.home)},
            cwd=self.clone,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def writes(self, name: str, text: str) -> None:
        assert not (self.clone / name).is_symlink(), f"{name} is a file of the clone"
        (self.clone / name).write_text(text, encoding="utf-8")


PAGES = [page for page in pages.pages() if pages.without_mpi(page)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_programs_do_what_the_page_says(page: Path, tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    if page != README:
        # Of several with one name the first one is meant.
        for step in reversed(pages.steps(README)):
            if step.name:
                reader.writes(step.name, step.text)
        reader.types('make install PREFIX="$HOME/parexact"')
    for step in pages.without_mpi(page):
        if step.name:
            reader.writes(step.name, step.text)
        else:
            step.check(reader.types(step.text))
