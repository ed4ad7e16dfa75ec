"""One line, instead of a traceback, for a script that runs without the packages that it needs.

To be imported before them: `import needs`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType

PYTHON = Path(__file__).resolve().parent.parent / ".venv" / "bin" / "python"
PACKAGES = ("numpy", "numba", "matplotlib")


def explain(kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
    """Say what to type where a package is missing; leave all else to Python."""
    if isinstance(problem, ModuleNotFoundError) and problem.name in PACKAGES:
        script = " ".join(sys.argv) or "SCRIPT"
        made = "" if PYTHON.exists() else " (`make demo` makes it)"
        print(f"{problem.name} is not there: run {PYTHON} {script}{made}", file=sys.stderr)
        return
    sys.__excepthook__(kind, problem, trace)


sys.excepthook = explain
