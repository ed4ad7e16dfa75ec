"""Programs of their own processes, for what a test cannot do to itself: be interrupted, fork, exit."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

#: Seconds that no program should need.
PATIENCE = 60.0


def run(code: str, *, status: int = 0, timeout: float = PATIENCE, **variables: str) -> str:
    """Run a program, and return what it printed; fail unless it ends with the status."""
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            out, error = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    assert process.returncode == status, f"status {process.returncode}\n{out}\n{error}"
    return out


#: What `interrupted` runs. The program prints its line when the call is about to begin; the first
#: signal may come before it has, so that a few are sent until one is answered. The time from the
#: signal to the exception is what counts.
_INTERRUPTED = """
import os, signal, sys, threading, time
import parexact
{preparation}
sent = []
def interrupt():
    time.sleep(0.3)
    sent.append(time.monotonic())
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt, daemon=True).start()
try:
    {call}
    raise SystemExit("was not interrupted")
except KeyboardInterrupt:
    took = time.monotonic() - sent[0]
print(f"{{took:.3f}}")
{afterwards}
"""


def interrupted(preparation: str, call: str, afterwards: str = "") -> float:
    """Interrupt a call by a real signal, and return the seconds until KeyboardInterrupt came."""
    code = _INTERRUPTED.format(
        preparation=textwrap.dedent(preparation), call=call, afterwards=textwrap.dedent(afterwards)
    )
    return float(run(code).splitlines()[0])


def can_use_another_user() -> bool:
    """Tell whether this process may become another user, whom a limit of processes applies to."""
    return os.geteuid() == 0 and Path("/proc/self/status").exists()
