"""Find the library under test, once, for the tests and for every process they start."""

from __future__ import annotations

import os
import sys

import pytest
from hypothesis import settings
from paths import EXAMPLES, HEADER, LIBRARY

os.environ["PAREXACT_LIBRARY"] = str(LIBRARY)
for name in ("PAREXACT_NUM_THREADS", "PAREXACT_SIMD"):  # the tests choose these themselves
    os.environ.pop(name, None)
sys.path.insert(0, str(EXAMPLES))

settings.register_profile("default", deadline=None, max_examples=150, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_configure() -> None:
    """Say at once what is missing, instead of in every test."""
    for kind, path in [("library", LIBRARY), ("header", HEADER)]:
        if not path.is_file():
            raise pytest.UsageError(f"the {kind} under test is missing: {path} (run `make` first)")
