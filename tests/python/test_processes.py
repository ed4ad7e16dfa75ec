"""fork and spawn: before the library's first use, after it, and during a call."""

from __future__ import annotations

import subprocess
import sys

import pytest
from children import environment
from paths import TESTS


def run_job(*arguments: str, program: str = "process_jobs.py", timeout: float = 100) -> None:
    job = subprocess.Popen(
        [sys.executable, "-W", "ignore", str(TESTS / program), *arguments],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        output, _ = job.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        job.kill()
        output, _ = job.communicate()
        pytest.fail(f"hung: {output}")
    assert job.returncode == 0, output
    assert output.strip() == "ok"


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize("before", ["unused", "used"])
def test_pool(method: str, before: str) -> None:
    run_job("pool", method, before)


def test_two_hundred_forks_in_the_middle_of_use() -> None:
    run_job("fork_storm", "200")


def test_children_of_children() -> None:
    run_job("grandchildren")
