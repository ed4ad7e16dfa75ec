"""Start Python processes that can import the tests' and the examples' modules."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping

from paths import EXAMPLES, TESTS


def environment(
    changes: Mapping[str, str] | None = None, without: Iterable[str] = ()
) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in set(without)}
    path = os.pathsep.join([str(TESTS), str(EXAMPLES)])
    return {**kept, "PYTHONPATH": path, **(changes or {})}


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Give SIGINT its default in processes that are started meanwhile.

    A shell's background jobs have it ignored, and hand that down. A signal that is caught, as it is
    here for the moment, has its default again in a new program.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def run_python(
    code: str, changes: Mapping[str, str], without: Iterable[str] = (), timeout: float = 60
) -> str:
    """Run a program and return its output; what it wrote to stderr is the failure's message."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(changes, without),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout
