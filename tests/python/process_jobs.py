"""The programs of test_processes: each prints `ok`, or says what went wrong and fails."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time

import numpy as np
from calls import describe, fields
from raw import check, lib

PATIENCE = 20.0  # seconds for one child


def numbers(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(300_000) * 10.0 ** (seed % 30)


def job(seed: int) -> dict[str, object]:
    """What a worker process does."""
    check(lib.parexact_set_num_threads(2))
    return fields(describe(numbers(seed), 1))


def pool(method: str, used_before: bool) -> None:
    """A multiprocessing.Pool and the parent itself must agree."""
    if used_before:
        job(0)
    with multiprocessing.get_context(method).Pool(2) as workers:
        theirs = workers.map_async(job, range(8)).get(timeout=60)
    assert theirs == [job(seed) for seed in range(8)]


def fork_storm(count: int) -> None:
    """Fork again and again while other threads are inside the library."""
    check(lib.parexact_set_num_threads(4))
    x = numbers(3)
    expected = fields(describe(x))
    over = threading.Event()
    wrong: list[object] = []

    def busy() -> None:
        while not over.is_set():
            answer = fields(describe(x))
            if answer != expected:
                wrong.append(answer)

    threads = [threading.Thread(target=busy, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for i in range(count):
            child = os.fork()
            if child == 0:
                code = 1
                try:
                    code = 0 if fields(describe(x)) == expected else 2
                finally:
                    os._exit(code)
            await_child(child, i)
    finally:
        over.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    assert not wrong, wrong[0]


def await_child(child: int, i: int) -> None:
    """Wait, but not for ever; a child that hangs is ended."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert os.waitstatus_to_exitcode(status) == 0, f"child {i}: {status}"
            return
        time.sleep(0.0005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise AssertionError(f"child {i} hung")


def grandchildren() -> None:
    """A forked child that uses the library and forks again."""
    expected = job(1)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            assert job(1) == expected
            grandchild = os.fork()
            if grandchild == 0:
                os._exit(0 if job(1) == expected else 3)
            await_child(grandchild, 1)
            code = 0
        finally:
            os._exit(code)
    await_child(child, 0)


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "pool":
        pool(rest[0], rest[1] == "used")
    elif what == "fork_storm":
        fork_storm(int(rest[0]))
    elif what == "grandchildren":
        grandchildren()
    print("ok")
