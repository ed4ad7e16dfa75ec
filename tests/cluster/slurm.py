"""A SLURM cluster of one node on the loopback interface, for as long as a `with` statement lasts.

Debian's munged, slurmctld and slurmd run in the foreground under the tests' reaper, as whoever runs the
tests. Key, sockets, ports, state and logs are the cluster's own, so that several run beside each other
and beside a SLURM that the machine has. The daemons reach each other over the loopback interface, whatever
the machine's name is and means, and obey only who has the key.
"""

import os
import pwd
import random
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import launch
import shared_memory

LIFETIME = 1800.0
"""The daemons end after so many seconds, whatever happens to the tests."""

# What the kernel hands out for outgoing connections begins at 32768; a port from there may be taken between
# the moment when we find it free and the moment when the daemon binds it.
PORTS = range(20000, 30000)

CONFIGURATION = """\
ClusterName={name}
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={directory}/munge.socket
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={directory}/state
SlurmdSpoolDir={directory}/spool
SlurmctldPidFile={directory}/slurmctld.pid
SlurmdPidFile={directory}/slurmd.pid
MailProg=/bin/true
# No control groups: a container may not let us make any.
ProctrackType=proctrack/linuxproc
TaskPlugin={task_plugin}
MpiDefault=none
# A node may claim to have other processors than the machine.
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=0,sched_interval=1
# Seconds between the signals that end a job, and until a job without processes is forgotten.
KillWait=2
MinJobAge=900
{extra}
NodeName={host} NodeAddr=127.0.0.1 State=UNKNOWN {node}
PartitionName=main Nodes={host} Default=YES MaxTime=10 State=UP OverSubscribe=NO
"""

ENDED = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY"}
"""The states of a job that will not change."""

FOUR_PROCESSORS = "Boards=1 SocketsPerBoard=1 CoresPerSocket=4 ThreadsPerCore=1"
"""A node that has four processors, whatever the machine has."""


def program(name: str) -> str:
    """Return the path of one of SLURM's programs; the daemons' directory may be missing from PATH."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin")
    assert path is not None, f"{name} is missing; scripts/require.sh slurm installs it"
    return path


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on."""
    found: list[int] = []
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as candidate:
            try:
                candidate.bind(("", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise AssertionError(f"no free port from {PORTS.start} to {PORTS.stop}")


def real_processors() -> str:
    """Return what slurmd finds in this machine, as slurm.conf says it."""
    found = subprocess.run(
        [program("slurmd"), "-C"],
        capture_output=True,
        text=True,
        check=True,
        timeout=launch.SECONDS,
    ).stdout
    wanted = ("CPUs=", "Boards=", "SocketsPerBoard=", "CoresPerSocket=", "ThreadsPerCore=")
    return " ".join(word for word in found.split() if word.startswith(wanted))


@dataclass(frozen=True)
class Cluster:
    """A cluster that is up."""

    directory: Path
    """Its own, and a place for the jobs' files; gone with the cluster."""

    def run(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        seconds: float = launch.SECONDS,
        status: int = 0,
    ) -> str:
        """Run one of SLURM's commands, as `launch.run` does; fail with the daemons' logs too."""
        try:
            return launch.run(
                [program(str(command[0])), *command[1:]],
                env={**self.environment, **(env or {})},
                cwd=cwd or self.directory,
                seconds=seconds,
                status=status,
            )
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.logs()}") from None

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which SLURM's commands, and what they start, find this cluster."""
        return {
            "SLURM_CONF": str(self.directory / "slurm.conf"),
            "TMPDIR": str(self.directory / "tmp"),
        }

    def submit(self, *arguments: str | Path, env: Mapping[str, str] | None = None) -> str:
        """Submit a job, or an array of them, and return its number."""
        return self.run(
            ["sbatch", "--parsable", f"--output={self.directory}/job-%A-%a.out", *arguments],
            env=env,
        ).strip()

    def wait(self, job: str, *, seconds: float = launch.SECONDS, ended: str = "COMPLETED") -> str:
        """Wait until a job, or each task of an array, has ended, and return what was printed.

        Fail, with that and the daemons' logs, if it did not end in that state. (`sbatch --wait` would do, but
        it asks only once in ten seconds.)
        """
        deadline = time.monotonic() + seconds
        while not (states := self.states(job)) <= ENDED:
            if time.monotonic() > deadline:
                self.run(["scancel", job])
                break
            time.sleep(0.1)
        outputs = sorted(self.directory.glob(f"job-{job}-*.out"))
        printed = "".join(output.read_text(errors="replace") for output in outputs)
        assert states == {ended}, f"job {job} is {states}, not {ended}:\n{printed}\n{self.logs()}"
        return printed

    def states(self, job: str) -> set[str]:
        """Return the states of a job's tasks."""
        return set(re.findall(r"JobState=(\w+)", self.run(["scontrol", "show", "job", job])))

    def logs(self) -> str:
        """Return the end of what each daemon has said."""
        return "\n".join(
            f"{log.name}:\n{log.read_text(errors='replace')[-3000:]}"
            for log in sorted(self.directory.glob("*.log"))
        )

    def wait_until_idle(
        self, daemons: "Sequence[subprocess.Popen[bytes]]", seconds: float = 60.0
    ) -> None:
        """Wait for the node to be ready for jobs; fail at once if a daemon has ended."""
        deadline = time.monotonic() + seconds
        state = ""
        while state != "idle":
            alive = all(daemon.poll() is None for daemon in daemons)
            assert alive and time.monotonic() < deadline, (
                f"the node is {state!r}, not idle\n{self.logs()}"
            )
            time.sleep(0.1)
            answer = subprocess.run(
                [program("sinfo"), "--noheader", "--format=%T"],
                env=launch.environment(self.environment),
                capture_output=True,
                text=True,
                check=False,
                timeout=launch.SECONDS,
            )
            state = answer.stdout.strip()


@contextmanager
def cluster(
    *, node: str = FOUR_PROCESSORS, task_plugin: str = "task/none", extra: str = ""
) -> Iterator[Cluster]:
    """Start a cluster, wait until it takes jobs, and end it with all its jobs after the body."""
    with ExitStack() as stack:
        # After all else: the daemons' end kills the ranks of jobs that still run.
        stack.callback(shared_memory.remove_abandoned, shared_memory.files())
        # Below /tmp, because the path of a socket has 107 characters at most.
        directory = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="slurm-", dir="/tmp"))
        )
        for name in "state", "spool", "tmp":
            (directory / name).mkdir()
        key = directory / "munge.key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(128))
        # By default slurmd looks for control groups when it starts, and ends if there are none, as in some
        # containers. This plugin looks for them when it puts a job into one, which it never does here.
        (directory / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\n")
        controller_port, node_port = free_ports(2)
        (directory / "slurm.conf").write_text(
            CONFIGURATION.format(
                # Names of clusters are lower case.
                name=directory.name.lower(),
                host=socket.gethostname().partition(".")[0],
                controller_port=controller_port,
                node_port=node_port,
                directory=directory,
                user=pwd.getpwuid(os.getuid()).pw_name,
                task_plugin=task_plugin,
                extra=extra,
                node=node,
            )
        )
        here = Cluster(directory)
        munge_files = [
            f"--{name}-file={directory}/munged.{name}" for name in ("pid", "log", "seed")
        ]
        munged = [
            "--foreground",
            f"--key-file={key}",
            f"--socket={directory}/munge.socket",
            *munge_files,
        ]
        daemons = [
            stack.enter_context(
                launch.running(
                    [program(daemon), *options],
                    log=directory / f"{daemon}.log",
                    env=here.environment,
                    cwd=directory,
                    seconds=LIFETIME,
                )
            )
            for daemon, *options in (
                # munged trusts no directory below one that others may write to, such as /tmp, unless forced.
                ("munged", "--force", *munged),
                ("slurmctld", "-c", "-D"),
                ("slurmd", "-c", "-D"),
            )
        ]
        here.wait_until_idle(daemons)
        yield here
