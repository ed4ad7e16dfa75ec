"""What recipes must agree with: Cargo.toml, pyproject.toml, and the files that are installed."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def field(file: str, name: str) -> str:
    """Return the value of a line `name = "value"` of a TOML file."""
    match = re.search(rf'^{name} = "(.*)"$', (ROOT / file).read_text(), re.MULTILINE)
    assert match, f"{file}: {name}"
    return match[1]


def items(file: str, name: str) -> list[str]:
    """Return the strings of a line `name = ["value", ...]` of a TOML file."""
    match = re.search(rf"^{name} = \[(.*)\]$", (ROOT / file).read_text(), re.MULTILINE)
    assert match, f"{file}: {name}"
    return re.findall('"([^"]+)"', match[1])


VERSION = field("Cargo.toml", "version")
LICENSE = field("Cargo.toml", "license")
RUST = field("Cargo.toml", "rust-version")

# What both package managers install: no modulefile, for they have their own ways.
INSTALLED = {
    *(f"include/{source.name}" for source in (ROOT / "include").iterdir()),
    "lib/cmake/parexact/parexact-config-version.cmake",
    "lib/cmake/parexact/parexact-config.cmake",
    "lib/libparexact.a",
    "lib/libparexact.so",
    f"lib/libparexact.so.{VERSION.partition('.')[0]}",
    f"lib/libparexact.so.{VERSION}",
    "lib/pkgconfig/parexact.pc",
}
