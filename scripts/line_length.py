"""Check that no line of what is written by hand is longer than 110 columns.

    python scripts/line_length.py [FILE...]

looks at these files, or at all that git tracks, and prints each line that is too long. Columns are
characters: Σ is one. Lines that cannot be broken are let be: the rows of a Markdown table, also in Rust's
documentation, and a line of one word, such as a link.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LENGTH = 110
ROOT = Path(__file__).resolve().parent.parent

# Kinds of files that people write. Data, notebooks, pictures and Cargo.lock are none of these.
NAMES = {"Makefile", "CMakeLists.txt", ".editorconfig", ".gitignore", "run"}
SUFFIXES = {
    *(".rs", ".py", ".pyi", ".ipy"),
    *(".c", ".h", ".cc", ".cpp", ".hpp", ".f90", ".F90"),
    *(".sh", ".toml", ".yaml", ".yml", ".cmake", ".in", ".txt", ".md"),
}


def tracked() -> list[Path]:
    """Return the files that git tracks."""
    names = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [ROOT / name for name in names.stdout.split("\0") if name]


def is_hand_written(path: Path) -> bool:
    return path.is_file() and (path.suffix in SUFFIXES or path.name in NAMES)


def is_breakable(path: Path, line: str) -> bool:
    documents = {".md": "|", ".rs": ("//! |", "/// |")}
    is_row = path.suffix in documents and line.lstrip().startswith(documents[path.suffix])
    return not is_row and len(line.split()) > 1


def too_long(path: Path) -> list[str]:
    """Return a message for each line of a file that is too long."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        f"{path.relative_to(ROOT)}:{number}: {len(line)} columns"
        for number, line in enumerate(lines, 1)
        if len(line) > LENGTH and is_breakable(path, line)
    ]


def main(files: list[str]) -> int:
    paths = [Path(file).resolve() for file in files] or tracked()
    found = [message for path in paths if is_hand_written(path) for message in too_long(path)]
    for message in found:
        print(message, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
