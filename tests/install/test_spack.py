"""Spack's package agrees with Cargo.toml, and builds and installs by this Makefile.

Spack is no package of Python, so the class is run with a stand-in for what it imports. The `make` that it
calls is real."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from manifests import INSTALLED, LICENSE, ROOT, RUST, VERSION

PACKAGE = ROOT / "packaging" / "spack" / "package.py"


class Prefix(str):
    """A prefix, whose attributes are directories below it."""

    def __getattr__(self, name: str) -> Prefix:
        return Prefix(f"{self}/{name}")


class MakefilePackage:
    """Spack's class of this name, as far as the package does not replace it."""

    def __init__(self, prefix: str) -> None:
        self.prefix = Prefix(prefix)


class Directives:
    """What the directives in the body of the class say: their names and first arguments."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def named(self, name: str) -> Callable[..., None]:
        return lambda value, **_: self.said.append((name, value))

    def values(self, name: str) -> list[str]:
        return [value for said, value in self.said if said == name]


@pytest.fixture
def spack(monkeypatch: pytest.MonkeyPatch) -> tuple[type[Any], Directives]:
    """Return the package's class, and what its directives say."""
    directives = Directives()
    known = ("depends_on", "license", "requires", "version")
    for name, contents in {
        "spack.package": {directive: directives.named(directive) for directive in known},
        "spack_repo.builtin.build_systems.makefile": {"MakefilePackage": MakefilePackage},
    }.items():
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            part = ".".join(parts[:length])
            monkeypatch.setitem(sys.modules, part, ModuleType(part))
        vars(sys.modules[name]).update(contents)
    scope: dict[str, Any] = {}
    exec(compile(PACKAGE.read_text(), PACKAGE, "exec"), scope)
    return scope["Parexact"], directives


def test_package_agrees_with_cargo(spack: tuple[type[Any], Directives]) -> None:
    _, directives = spack
    versions = directives.values("version")
    assert versions[0] == VERSION, f"Cargo.toml is at {VERSION}, the newest of {PACKAGE} is not"
    assert directives.values("license") == [LICENSE]
    assert f"rust@{RUST}:" in directives.values("depends_on")


def test_package_builds_and_installs(spack: tuple[type[Any], Directives], tmp_path: Path) -> None:
    package = spack[0](str(tmp_path))

    def make(*arguments: str) -> str:
        command = [os.environ.get("MAKE", "make"), "-C", str(ROOT), *arguments]
        return subprocess.run(
            command, check=True, timeout=60, stdout=subprocess.PIPE, text=True
        ).stdout

    # The libraries are there; what make would do shows that the crates of Cargo.lock are asked for.
    assert "cargo rustc --locked --release" in make("--dry-run", *package.build_targets)
    make(*package.install_targets)
    files = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if not file.is_dir()}
    assert files == INSTALLED


def test_package_tells_programs_where_the_library_is(spack: tuple[type[Any], Directives]) -> None:
    said: dict[str, str] = {}
    environment = SimpleNamespace(prepend_path=said.__setitem__, set=said.__setitem__)
    spack[0]("/parexact").setup_run_environment(environment)
    assert said == {
        "LD_LIBRARY_PATH": "/parexact/lib",
        "PAREXACT_FORTRAN_DIR": "/parexact/include",
    }
