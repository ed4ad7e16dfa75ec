"""Build the shared library with cargo and put it into the wheel: hatchling calls this.

A wheel carries a stripped copy of the library and the licences of the crates in it. It fits every
Python 3 of its platform, since nothing in it is compiled for one version of Python. An editable
install links the package to `target/release` instead, where `make` leaves the library.

Two variables are for `make wheel`, which builds against an old glibc: PAREXACT_WHEEL_PLATFORM is
the platform tag, and PAREXACT_WHEEL_LIBRARY a library that was built before."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class LibraryHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the library to the wheel that is being built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the library; `version` is hatchling's name for the kind of wheel, `standard` or
        `editable`."""
        if not sys.platform.startswith("linux") or platform.machine() != "x86_64":
            raise RuntimeError(
                "parexact supports Linux on x86-64 only; other systems are not tested yet"
            )
        root = Path(self.root)
        build_data["pure_python"] = False
        tag = os.environ.get("PAREXACT_WHEEL_PLATFORM") or sysconfig.get_platform().replace(
            "-", "_"
        ).replace(".", "_")
        build_data["tag"] = f"py3-none-{tag}"
        ready = os.environ.get("PAREXACT_WHEEL_LIBRARY")
        library = Path(ready) if ready else _cargo_build(root)
        if version == "editable":
            link = root / "python" / "parexact" / "libparexact.so"
            link.unlink(missing_ok=True)
            link.symlink_to(os.path.relpath(library, link.parent))
            return
        self.scratch = Path(tempfile.mkdtemp(prefix="parexact-wheel-"))
        stripped = self.scratch / "libparexact.so"
        shutil.copy2(library, stripped)
        strip = os.environ.get("STRIP", "strip")
        subprocess.run([strip, "--strip-unneeded", stripped], check=True)
        licences = self.scratch / "THIRD-PARTY-LICENSES.txt"
        licences.write_text(_licences(root), encoding="utf-8")
        build_data["force_include"][str(stripped)] = "parexact/libparexact.so"
        build_data["force_include"][str(licences)] = "parexact/THIRD-PARTY-LICENSES.txt"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what `initialize` made outside the tree."""
        if version != "editable":
            shutil.rmtree(self.scratch)


def _cargo_build(root: Path) -> Path:
    if shutil.which("cargo") is None:
        raise RuntimeError(
            "building parexact needs cargo: install Rust 1.89 or later from https://rustup.rs, "
            "or a wheel that is ready"
        )
    target = Path(os.environ.get("CARGO_TARGET_DIR") or root / "target").resolve()
    command = ["cargo", "rustc", "--release", "--lib", "--crate-type", "cdylib"]
    print("building the library; its link-time optimisation takes a minute or two", file=sys.stderr)
    subprocess.run(
        command, cwd=root, check=True, env={**os.environ, "CARGO_TARGET_DIR": str(target)}
    )
    return target / "release" / "libparexact.so"


def _licences(root: Path) -> str:
    """Return the licences of the crates that the library contains, and of Rust's standard library."""
    command = [
        "cargo",
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--filter-platform",
        "x86_64-unknown-linux-gnu",
    ]
    metadata = json.loads(
        subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE).stdout
    )
    packages = {package["id"]: package for package in metadata["packages"]}
    depends = {node["id"]: node["deps"] for node in metadata["resolve"]["nodes"]}
    inside: set[str] = set()
    waiting = [metadata["resolve"]["root"]]
    while waiting:
        for dependency in depends[waiting.pop()]:
            # A kind of null is a dependency of the library itself, not of its build or its tests.
            used = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            if used and dependency["pkg"] not in inside:
                inside.add(dependency["pkg"])
                waiting.append(dependency["pkg"])
    parts = [
        "The shared library contains the following crates, and the standard library of Rust\n"
        "(MIT OR Apache-2.0, https://www.rust-lang.org/policies/licenses).\n"
    ]
    for package in sorted((packages[i] for i in inside), key=lambda p: str(p["name"])):
        parts.append(f"{'-' * 78}\n{package['name']} {package['version']}: {package['license']}\n")
        folder = Path(package["manifest_path"]).parent
        for file in sorted(folder.iterdir()):
            if file.is_file() and file.name.upper().startswith(
                ("LICENSE", "LICENCE", "COPYING", "UNLICENSE")
            ):
                parts.append(
                    f"\n{file.name}\n\n{file.read_text(encoding='utf-8', errors='replace').rstrip()}\n"
                )
    return "\n".join(parts)
