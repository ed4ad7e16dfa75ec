"""What is generated from the header: up to date, and understood as the compiler understands it."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path

import header
import raw
from header import constant
from parexact import abi
from paths import HEADER, ROOT

SCRIPTS = ROOT / "scripts"


def test_generated_files_are_up_to_date() -> None:
    subprocess.run([sys.executable, SCRIPTS / "bindings.py", "--check"], check=True)


def test_an_outdated_file_is_found(tmp_path: Path) -> None:
    """The check must be able to fail: a copy of the tree whose header has one more parameter."""
    for folder in ("scripts", "include", "python"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    (tmp_path / "Cargo.toml").symlink_to(ROOT / "Cargo.toml")
    (tmp_path / "include").unlink()
    (tmp_path / "include").mkdir()
    text = (ROOT / "include" / "parexact.h").read_text(encoding="utf-8")
    changed = text.replace("parexact_pi(uint64_t n,", "parexact_pi(uint64_t n, int32_t rule,")
    assert changed != text
    (tmp_path / "include" / "parexact.h").write_text(changed, encoding="utf-8")
    module = ROOT / "include" / "parexact.f90"
    (tmp_path / "include" / "parexact.f90").write_text(
        module.read_text(encoding="utf-8"), encoding="utf-8"
    )
    code = (
        "import sys, pathlib, runpy; sys.path.insert(0, 'scripts'); import bindings;"
        "bindings.ROOT = pathlib.Path.cwd(); sys.argv = ['bindings.py', '--check'];"
        "sys.exit(bindings.main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "abi.py is out of date" in done.stderr
    assert "parexact.f90 is out of date" in done.stderr


def test_sizes_and_offsets_are_the_compilers(tmp_path: Path) -> None:
    """An independent witness: the C compiler's own layout of the structs, and its constants."""
    structs = (raw.Stats, raw.Array, raw.State, raw.Distribution)
    lines = []
    expected = []
    for struct in structs:
        lines.append(f'printf("%zu\\n", sizeof({struct.__name__}));')
        expected.append(ctypes.sizeof(struct))
        for name, *_ in struct._fields_:
            lines.append(f'printf("%zu\\n", offsetof({struct.__name__}, {name}));')
            expected.append(getattr(struct, name).offset)
    for name, value in header.CONSTANTS.items():
        lines.append(f'printf("%d\\n", {name});')
        expected.append(value)
    body = "\n".join(lines)
    source = tmp_path / "layout.c"
    source.write_text(
        f'#include "{HEADER}"\n#include <stddef.h>\n#include <stdio.h>\nint main(void) {{\n{body}\n}}\n',
        encoding="utf-8",
    )
    subprocess.run(["cc", source, "-o", tmp_path / "layout"], check=True)
    printed = subprocess.run([tmp_path / "layout"], check=True, capture_output=True, text=True)
    assert [int(line) for line in printed.stdout.split()] == expected


def test_prototypes_are_those_of_the_library() -> None:
    """Every exported function has a prototype, and every prototype a function."""
    exported = {
        line.split()[-1]
        for line in subprocess.run(
            ["nm", "-D", "--defined-only", abi.lib._name],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.splitlines()
    }
    assert exported == set(abi.PROTOTYPES)


def test_state_size_agrees_with_header() -> None:
    assert constant("STATE_WORDS") == raw.STATE_WORDS
    assert ctypes.sizeof(raw.State) == 8 * constant("STATE_WORDS")


def test_state_constants_describe_one_layout() -> None:
    end = constant("STATE_ADDITIVE_FIRST") + constant("STATE_ADDITIVE_COUNT")
    assert constant("STATE_ADDITIVE_FIRST") == 1
    assert end <= constant("STATE_MAX_FIRST")
    assert constant("STATE_MAX_FIRST") + constant("STATE_MAX_COUNT") <= constant("STATE_WORDS")


def test_every_status_has_a_name_of_its_own() -> None:
    names = {n: v for n, v in header.CONSTANTS.items() if n == "PAREXACT_OK" or "_ERROR_" in n}
    assert sorted(names.values()) == list(range(16))
    for name, value in names.items():
        assert raw.lib.parexact_status_name(value).decode() in (name, name[len("PAREXACT_") :])
    for unknown in (-1, 16, 2**31 - 1, -(2**31)):
        assert raw.lib.parexact_status_name(unknown)


def test_version_is_a_version() -> None:
    parts = raw.lib.parexact_version().decode().split(".")
    assert len(parts) == 3
    assert all(part.split("-")[0].isdigit() for part in parts)
