"""Where things are. PAREXACT_LIBRARY and PAREXACT_HEADER name an installed library instead."""

from __future__ import annotations

import os
from pathlib import Path

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent.parent
EXAMPLES = ROOT / "python_examples"
_BUILT = ROOT / "target" / "release" / "libparexact.so"
LIBRARY = Path(os.environ.get("PAREXACT_LIBRARY") or _BUILT).resolve()
HEADER = Path(os.environ.get("PAREXACT_HEADER") or ROOT / "include" / "parexact.h").resolve()
