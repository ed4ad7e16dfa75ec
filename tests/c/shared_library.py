"""Check that libparexact.so exports just the functions of parexact.h, and what it tells the dynamic loader.

Usage: shared_library.py libparexact.so parexact.h
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import c_interface


def output_of(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main(library: Path, header: Path) -> int:
    """Prints each difference; the number of them decides the exit status."""
    differences: list[str] = []
    interface = c_interface.read(header, ROOT / "Cargo.toml")
    functions = {function.name for function in interface.functions}
    symbols = [
        line.split() for line in output_of("nm", "-D", "--defined-only", str(library)).splitlines()
    ]
    exported = {fields[-1] for fields in symbols}
    differences += [f"{name} is in the header and not exported" for name in functions - exported]
    differences += [f"{name} is exported and not in the header" for name in exported - functions]
    differences += [
        f"{fields[-1]} is no ordinary function (nm: {fields[-2]})"
        for fields in symbols
        if fields[-2] != "T"
    ]

    dynamic = output_of("readelf", "--wide", "--dynamic", str(library))
    soname = re.findall(r"\(SONAME\).*\[(.*)\]", dynamic)
    if soname != [interface.soname]:
        differences.append(f"SONAME is {soname}, expected {interface.soname}")
    if not re.search(r"\(FLAGS_1\).*\bNODELETE\b", dynamic):
        differences.append(
            "the flag NODELETE is missing: dlclose would unmap code that worker threads run"
        )
    if not re.search(r"\(SYMBOLIC\)|\(FLAGS\).*\bSYMBOLIC\b", dynamic):
        differences.append(
            "the flag SYMBOLIC is missing: a program's symbols would replace the library's own"
        )
    if re.search(r"\(TEXTREL\)|\((RPATH|RUNPATH)\)", dynamic):
        differences.append("text relocations or a search path of the machine that built it")
    named = library.with_name(interface.soname)
    if not named.exists() or not named.samefile(library):
        differences.append(f"{named} is not a link to {library.name}")

    for difference in sorted(differences):
        print(difference, file=sys.stderr)
    print(f"{len(exported)} symbols compared")
    return 1 if differences else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
