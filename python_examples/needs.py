"""One line, instead of a traceback, for a script that lacks a package or the library.

To be imported before them: `import needs`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType

PYTHON = Path(__file__).resolve().parent.parent / ".venv" / "bin" / "python"
PACKAGES = ("numpy", "numba", "matplotlib", "parexact")
NO_LIBRARY = "the shared library of parexact"  # how the loader's message begins


def explain(kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
    """Say what is missing, and what to type for a package; leave all else to Python."""
    if isinstance(problem, ModuleNotFoundError) and problem.name in PACKAGES:
        script = " ".join(sys.argv) or "SCRIPT"
        made = "" if PYTHON.exists() else " (`make demo` makes it)"
        print(f"{problem.name} is not there: run {PYTHON} {script}{made}", file=sys.stderr)
    elif isinstance(problem, ImportError) and str(problem).startswith(NO_LIBRARY):
        print(problem, file=sys.stderr)
    else:
        sys.__excepthook__(kind, problem, trace)


sys.excepthook = explain
