"""Fixtures and helpers for the tests of the package."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import parexact
import pytest
from hypothesis import settings

# The oracle of the raw tests is this package's, too.
sys.path.append(str(Path(__file__).resolve().parent.parent))

settings.register_profile("default", deadline=None, max_examples=150, derandomize=True)
settings.load_profile("default")


def pytest_configure() -> None:
    """Make sure that what is tested is what was installed, and that Ctrl-C reaches child processes.

    A shell starts jobs in the background with SIGINT ignored, which is inherited; a handler is not.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    prefix = os.environ.get("PAREXACT_TEST_PREFIX")
    for path in (parexact.__file__, parexact.abi.lib._name):
        if prefix and Path(prefix) not in Path(path).parents:
            raise pytest.UsageError(f"{path} is not below {prefix}")


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
