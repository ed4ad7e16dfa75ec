"""A cluster for the tests takes jobs, lives beside another, and leaves nothing behind."""

import os
import time
from pathlib import Path

import launch
import pytest
import shared_memory
import slurm


def test_two_at_once_and_nothing_is_left(tmp_path: Path) -> None:
    """A job that is still running, in a session of its own, ends with its cluster, not with the other."""
    started = tmp_path / "pid"
    script = tmp_path / "job.sh"
    script.write_text(f"#!/bin/bash\nsetsid sleep 1000 & echo $! > {started}\nwait\n")
    with slurm.cluster() as outer:
        with slurm.cluster() as inner:
            job = inner.submit(script)
            deadline = time.monotonic() + launch.SECONDS
            while not (started.exists() and started.read_text()):
                assert time.monotonic() < deadline, inner.logs()
                time.sleep(0.05)
            assert inner.states(job) == {"RUNNING"}
            outer.run(["scontrol", "show", "job", job], status=1)
            assert outer.run(["srun", "--ntasks=4", "echo", "here"]).split() == ["here"] * 4
        with pytest.raises(ProcessLookupError):
            os.kill(int(started.read_text()), 0)
        assert outer.run(["srun", "echo", "still here"]).strip() == "still here"
    assert not inner.directory.exists()
    assert not outer.directory.exists()


def test_a_cluster_that_does_not_start_says_why() -> None:
    with (
        pytest.raises(AssertionError, match="NoSuchParameter"),
        slurm.cluster(extra="NoSuchParameter=1"),
    ):
        pass


def test_a_job_that_ends_otherwise_fails_with_what_it_printed(tmp_path: Path) -> None:
    script = tmp_path / "job.sh"
    script.write_text("#!/bin/bash\necho a reason >&2\nexit 3\n")
    slow = tmp_path / "slow.sh"
    slow.write_text("#!/bin/bash\necho a beginning\nsleep 1000\n")
    with slurm.cluster() as cluster:
        with pytest.raises(AssertionError, match=r"FAILED(.|\n)*not COMPLETED(.|\n)*a reason"):
            cluster.wait(cluster.submit(script))
        assert cluster.wait(cluster.submit(script), ended="FAILED") == "a reason\n"
        with pytest.raises(AssertionError, match=r"not COMPLETED(.|\n)*a beginning"):
            cluster.wait(cluster.submit(slow), seconds=2)
        with pytest.raises(AssertionError, match=r"exit status 3(.|\n)*slurmctld\.log"):
            cluster.run(["srun", "bash", "-c", "exit 3"])


def test_shared_memory_of_killed_ranks_is_removed(tmp_path: Path) -> None:
    """Files stay that were there before, or that a process still uses."""
    old, used, abandoned = (
        shared_memory.DIRECTORY / f"mpich_shm_{tmp_path.parent.name}-{os.getpid()}-{name}"
        for name in ("old", "used", "abandoned")
    )
    use = f"f = open({str(used)!r}, 'r+b'); m = mmap.mmap(f.fileno(), 0); time.sleep(1000)"
    try:
        old.write_bytes(b"0")
        before = shared_memory.files()
        used.write_bytes(b"0")
        abandoned.write_bytes(b"0")
        with launch.running(
            [launch.sys.executable, "-c", f"import mmap, time; {use}"], log=tmp_path / "log"
        ):
            deadline = time.monotonic() + launch.SECONDS
            while used not in shared_memory.mapped():
                assert time.monotonic() < deadline
                time.sleep(0.05)
            shared_memory.remove_abandoned(before)
        assert (old.exists(), used.exists(), abandoned.exists()) == (True, True, False)
    finally:
        for path in old, used, abandoned:
            path.unlink(missing_ok=True)
