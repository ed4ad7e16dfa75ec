"""Pools, jobs, locks and queues when the process forks, and when it ends."""

from __future__ import annotations

import subprocess
import sys

import pytest
from children import environment
from test_processes import run_job


def run(*arguments: str) -> None:
    run_job(*arguments, program="process_pools.py")


def test_inherited_handles() -> None:
    run("inherited_handles")


def test_multiprocessing() -> None:
    run("multiprocessing_pool")


def test_forks_in_the_middle_of_use() -> None:
    run("fork_storm", "40")


def test_a_callback_that_forks() -> None:
    run("fork_in_a_callback")


# --- the end of the process ------------------------------------------------------------------

HEAD = """
import sys, threading, time
from ctypes import *
import numpy as np
from callbacks import Background, Guarded
from handles import EQUAL, arguments
from raw import MapFunction, TaskFunction, check, lib
"""

PYTHON_MAP = """
def work(*_):
    time.sleep(0.0005)
    return sum(range(100))

callback = Guarded(MapFunction, work)
background = Background()
given = arguments(callback.pointer, None, None, count=2**40)
background.start(lib.parexact_map_async, *given)
time.sleep(0.05)
"""

PYTHON_TASK = """
def task(_):
    while not background.cancelled.is_set():
        time.sleep(0.001)

class Cancelled(Background):
    cancelled = threading.Event()
    def cancel(self):
        self.cancelled.set()
        super().cancel()

callback = Guarded(TaskFunction, task)
background = Cancelled()
for _ in range(5):
    background.start(lib.parexact_submit, None, callback.pointer, None)
time.sleep(0.02)
"""

NATIVE_JOB = """
job = c_void_p()
check(lib.parexact_map_async(*arguments(EQUAL, None, None, count=2**50, user_data=0), byref(job)))
"""

NATIVE_CALL = """
def for_years():
    lib.parexact_pi(2**52, byref(c_double()))

threading.Thread(target=for_years, daemon=True).start()
time.sleep(0.05)
"""

NATIVE_POOL = """
pool, job = c_void_p(), c_void_p()
check(lib.parexact_pool_new(2, byref(pool)))
given = arguments(EQUAL, None, None, pool, count=2**50, user_data=0)
check(lib.parexact_map_async(*given, byref(job)))
"""

WAITING = """
queue, lock = c_void_p(), c_void_p()
check(lib.parexact_queue_new(1, 8, byref(queue)))
check(lib.parexact_lock_new(byref(lock)))
check(lib.parexact_lock_acquire(lock, -1))
for wait in (
    lambda: lib.parexact_queue_get(queue, -1, byref(c_double())),
    lambda: lib.parexact_lock_acquire(lock, -1),
):
    threading.Thread(target=wait, daemon=True).start()
time.sleep(0.05)
"""

SITUATIONS = {
    "a Python map and an atexit": PYTHON_MAP,
    "Python tasks and an atexit": PYTHON_TASK,
    "a native job": NATIVE_JOB,
    "a native call of another thread": NATIVE_CALL,
    "a native job in a pool": NATIVE_POOL,
    "threads that wait": WAITING,
}


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize(("end", "code"), [("", 0), ("sys.exit(7)", 7), ("1 / 0", 1)])
def test_python_exits(situation: str, end: str, code: int) -> None:
    """Python exits soon, with its own exit code, and the library prints nothing."""
    done = subprocess.run(
        [sys.executable, "-c", HEAD + SITUATIONS[situation] + end],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    if code == 1:
        assert done.stderr.startswith("Traceback")
        assert done.stderr.endswith("ZeroDivisionError: division by zero\n")
        assert len(done.stderr.splitlines()) <= 5
    else:
        assert done.stderr == ""
