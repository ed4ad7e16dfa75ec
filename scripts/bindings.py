"""Write the bindings of other languages from include/parexact.h, which stays the one source of all of them.

    python scripts/bindings.py
    python scripts/bindings.py --check

The first writes python/parexact/abi.py, the generated parts of include/parexact.f90 and the file that this
includes, include/parexact_procedures.inc. The second writes nothing, and fails if one of them is out of date.

The header is read by pycparser; versions come from Cargo.toml. `scripts/c_interface.py` holds what was read,
`scripts/ctypes_module.py` and `scripts/fortran_module.py` say it again in Python and in Fortran,
`scripts/fortran_arrays.py` for each kind of Fortran's arrays.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from pathlib import Path

import c_interface
import ctypes_module
import fortran_arrays
import fortran_module

ROOT = Path(__file__).resolve().parent.parent


def generated() -> dict[Path, str]:
    """Return the text that each generated file should have."""
    interface = c_interface.read(ROOT / "include" / "parexact.h", ROOT / "Cargo.toml")
    module = ROOT / "include" / "parexact.f90"
    return {
        ROOT / "python" / "parexact" / "abi.py": ctypes_module.write(interface),
        module: fortran_module.write(interface, module.read_text(encoding="utf-8")),
        ROOT / "include" / "parexact_procedures.inc": fortran_arrays.procedures(),
    }


def difference(path: Path, expected: str) -> str:
    """Return how a file differs from what it should be, as a unified diff; empty if it does not."""
    found = path.read_text(encoding="utf-8") if path.exists() else ""
    name = str(path.relative_to(ROOT))
    lines = difflib.unified_diff(
        found.splitlines(keepends=True), expected.splitlines(keepends=True), name, "from the header"
    )
    return "".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    check = parser.parse_args().check
    outdated = 0
    for path, expected in generated().items():
        changes = difference(path, expected)
        if changes and check:
            outdated += 1
            print(
                f"{changes}{path.relative_to(ROOT)} is out of date: run `make bindings`",
                file=sys.stderr,
            )
        elif changes:
            path.write_text(expected, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    return 1 if outdated else 0


if __name__ == "__main__":
    sys.exit(main())
