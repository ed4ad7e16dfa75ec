"""Programs that tests start end in time, and every MPI starts as many ranks as it is asked for."""

import os
import subprocess
import time
from pathlib import Path

import launch
import mpi
import pytest


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_process_in_a_session_of_its_own_is_ended_and_named(tmp_path: Path) -> None:
    leave = f"setsid sleep 1000 & echo $! > {tmp_path}/pid"
    with pytest.raises(AssertionError, match=r"processes were left(.|\n)*sleep 1000"):
        launch.run(["bash", "-c", leave])
    assert not is_running(int((tmp_path / "pid").read_text()))
    launch.run(["bash", "-c", leave], may_leave=True)
    assert not is_running(int((tmp_path / "pid").read_text()))


def test_a_process_that_ends_soon_after_the_command_is_not_left(tmp_path: Path) -> None:
    leave = ["bash", "-c", f"(sleep 0.2; touch {tmp_path}/done) & true"]
    launch.run(leave, grace=launch.SECONDS)
    assert (tmp_path / "done").exists()
    with pytest.raises(AssertionError, match="processes were left"):
        launch.run(leave)


def test_the_time_limit_ends_a_program_and_its_children() -> None:
    with pytest.raises(AssertionError, match="exit status 124"):
        launch.run(["bash", "-c", "sleep 1000 & wait"], seconds=0.5)


def test_an_unexpected_exit_status_fails_with_what_was_printed() -> None:
    with pytest.raises(AssertionError, match=r"exit status 3, not 0(.|\n)*a reason"):
        launch.run(["bash", "-c", "echo a reason >&2; exit 3"])
    assert launch.run(["bash", "-c", "echo said; exit 3"], status=3) == "said\n"


def test_what_runs_beside_the_body_ends_with_it(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    with launch.running(["bash", "-c", f"echo $$ > {pids}; exec sleep 1000"], log=tmp_path / "log"):
        while not (pids.exists() and pids.read_text()):
            time.sleep(0.01)
        assert is_running(int(pids.read_text()))
    assert not is_running(int(pids.read_text()))


def test_what_a_killed_test_started_ends(tmp_path: Path) -> None:
    """A test that is killed cannot clean up: its death ends the reaper, and so the program."""
    code = f"import launch; launch.run(['bash', '-c', 'echo $$ > {tmp_path}/pid; exec sleep 1000'])"
    with subprocess.Popen(
        [launch.sys.executable, "-c", code], cwd=Path(launch.__file__).parent
    ) as test:
        deadline = time.monotonic() + launch.SECONDS
        while not ((tmp_path / "pid").exists() and (tmp_path / "pid").read_text()):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        test.kill()
    pid = int((tmp_path / "pid").read_text())
    while is_running(pid):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("ranks", mpi.RANKS)
@pytest.mark.parametrize("implementation", mpi.WHEELS, ids=lambda each: each.name)
def test_a_wheel_s_launcher_starts_one_communicator(
    implementation: mpi.Implementation, ranks: int
) -> None:
    """Without this every comparison of rank counts could be one of 1 with 1."""
    code = "from mpi4py.MPI import COMM_WORLD as c; s = c.gather(c.size); print(*s or [])"
    printed = launch.run(implementation.program(ranks, "-c", code), env=implementation.env)
    assert printed.split() == [str(ranks)] * ranks
