"""The programs of README and of the other pages that need MPI, compiled and run by the commands there."""

from pathlib import Path

import launch
import mpi
import native
import pages
import pytest

PAGES = [page for page in pages.pages() if pages.with_mpi(page)]


@pytest.mark.parametrize("implementation", mpi.DEBIAN, ids=lambda each: each.name)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_programs_do_what_the_page_says(
    page: Path, implementation: mpi.Implementation, installed: Path, tmp_path: Path
) -> None:
    env = native.user(implementation, installed, tmp_path)
    (tmp_path / "fortran_examples").symlink_to(launch.ROOT / "fortran_examples")
    for step in pages.with_mpi(page):
        if step.name:
            (tmp_path / step.name).write_text(step.text, encoding="utf-8")
        else:
            command = ["bash", "-euo", "pipefail", "-c", step.text]
            step.check(launch.run(command, env=env, cwd=tmp_path))


def test_pages_with_programs() -> None:
    assert {page.name for page in PAGES} >= {"README.md", "clusters.md"}
