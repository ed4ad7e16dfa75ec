"""Fixtures and helpers for the tests of the package."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest


@pytest.fixture
def child() -> Callable[..., str]:
    """Return a function that runs Python code in a process of its own, and returns what it printed."""

    def run(code: str, *, timeout: float = 120, status: int = 0, **variables: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert done.returncode == status, f"status {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    return run
