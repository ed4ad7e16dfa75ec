"""Runs a command with a time limit, and ends every process that it leaves behind.

    python reaper.py SECONDS GRACE COMMAND...

Engines, daemons and launchers put themselves into sessions of their own, so that no process group
holds them all. Whatever its parents do, an orphan goes to the nearest ancestor that is a "child
subreaper" (prctl(2)): this process. It ends what is left when the command ends, when the time is
up, when it gets SIGTERM, and when the process that started it dies. What a command that succeeds
leaves behind has GRACE seconds to notice it and to end by itself.

The exit status is the command's, 128 + n if signal n ended it, and 124 if the time was up. What had
to be ended is named on the standard error.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

TIME_IS_UP = 124


def children(pid: int) -> list[int]:
    """Return the children of a process, whichever of its threads started them."""
    found = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    except OSError:  # it has ended meanwhile
        pass
    return found


def descendants(pid: int) -> list[int]:
    """Return all processes below one, parents before their children."""
    found = []
    for child in children(pid):
        found += [child, *descendants(child)]
    return found


def is_running(pid: int) -> bool:
    """Say whether a process exists and has not ended; one that waits to be collected has ended."""
    try:
        # The name, in parentheses, may hold any character; the state follows it (proc(5)).
        return (
            Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
            not in "ZX"
        )
    except OSError:
        return False


def describe(pid: int) -> str:
    """Return a process's command line; empty for one that has ended, and while it begins a program."""
    try:
        return (
            Path(f"/proc/{pid}/cmdline")
            .read_bytes()
            .replace(b"\0", b" ")
            .decode(errors="replace")
            .strip()
        )
    except OSError:
        return ""


def wait_for_ended() -> bool:
    """Collect the children that have ended, so that they are no zombies; say whether others are left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def wait(process: "subprocess.Popen[bytes]", seconds: float) -> int:
    """Return a process's exit status; collect the orphans that end meanwhile, as init does for others.

    An orphan that has ended and is not collected would still seem to run to whoever waits for its end.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == process.pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode
        if pid == 0:
            time.sleep(0.01)
    raise subprocess.TimeoutExpired(process.args, seconds)


def left() -> list[int]:
    """Return the descendants that still run."""
    wait_for_ended()
    return [pid for pid in descendants(os.getpid()) if is_running(pid)]


def let_end(seconds: float) -> None:
    """Wait until all descendants have ended, for so long at most."""
    deadline = time.monotonic() + seconds
    while left() and time.monotonic() < deadline:
        time.sleep(0.01)


def end_all() -> list[str]:
    """End every descendant, wait until none is left, and return what was running."""
    ended = {}
    deadline = time.monotonic() + 5
    # Killing a parent may give us orphans, and a process may start another before it is killed.
    while wait_for_ended() and time.monotonic() < deadline:
        for pid in left():
            if pid not in ended:
                if not describe(pid):
                    time.sleep(0.01)  # It begins a program just now, and has no command line yet.
                ended[pid] = describe(pid)[:150]
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                ended.pop(pid)
        time.sleep(0.001)
    return [f"{pid} {command}" for pid, command in ended.items()]


def main() -> int:
    """Run the command of the command line."""
    seconds, grace, command = float(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
    libc = ctypes.CDLL(None, use_errno=True)
    for option, value in (PR_SET_CHILD_SUBREAPER, 1), (PR_SET_PDEATHSIG, signal.SIGTERM):
        if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")

    def stop(signum: int, _frame: object) -> None:
        raise SystemExit(128 + signum)

    signal.signal(signal.SIGTERM, stop)
    # A shell that starts us in the background has SIGINT ignored; the command gets what a terminal gives.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    status = TIME_IS_UP
    try:
        process = subprocess.Popen(command)
        status = wait(process, seconds)
        status = 128 - status if status < 0 else status
        if status == 0:
            let_end(grace)
    except subprocess.TimeoutExpired:
        print(f"reaper: {seconds:g} seconds are up", file=sys.stderr)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for process_left in end_all():
            print(f"reaper: ended {process_left}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
