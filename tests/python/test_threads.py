"""Thread counts: how they are chosen, and that they never show in a result."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator

import numpy as np
import oracle
import pytest
from adversarial import moderate, whole_range
from calls import bits, describe, fields, norm, state_of, total
from children import run_python
from raw import OK, lib

LAUNCHERS = ["MPI_LOCALNRANKS", "OMPI_COMM_WORLD_LOCAL_SIZE", "MV2_COMM_WORLD_LOCAL_SIZE"]
CONFIGURED = [
    "PAREXACT_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "OMP_NUM_THREADS",
    "SLURM_CPUS_PER_TASK",
    "SLURM_STEP_TASKS_PER_NODE",
    *LAUNCHERS,
]


@pytest.fixture(autouse=True)
def defaults() -> Iterator[None]:
    yield
    lib.parexact_set_num_threads_local(0)
    assert lib.parexact_set_num_threads(0) == OK


@pytest.mark.parametrize("maker", [moderate, whole_range])
def test_any_thread_count_gives_the_same_bits(maker) -> None:
    # Long enough to give sixteen threads something to do; copies keep the oracle quick.
    rng, copies = np.random.default_rng(7), 19
    base = maker(rng, 1, 60_013)[0]
    x = rng.permutation(np.tile(base, copies))
    units = [oracle.in_units(v) for v in base.tolist()]
    expected = oracle.from_integers(units, oracle.UNIT, copies=copies)
    root = oracle.rounded_root(copies * sum(u * u for u in units), 1 << (2 * oracle.UNIT))
    state = bytes(state_of(*np.array_split(x, 50)))  # pieces too short for many threads
    for n in range(1, 17):
        assert lib.parexact_set_num_threads(n) == OK
        assert fields(describe(x)) == fields(expected), n
        assert bits(total(x)) == bits(expected.sum), n
        assert bits(norm(x)) == bits(root), n
        assert bytes(state_of(x)) == state, n


def test_many_threads_calling_at_once() -> None:
    x = whole_range(np.random.default_rng(8), 1, 200_000)[0]
    expected = fields(describe(x))
    wrong: list[object] = []

    def work(threads: int) -> None:
        lib.parexact_set_num_threads_local(threads)
        for _ in range(5):
            answer = fields(describe(x))
            if answer != expected:
                wrong.append(answer)

    callers = [threading.Thread(target=work, args=(i % 5,), daemon=True) for i in range(12)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(60)
    assert not any(caller.is_alive() for caller in callers)
    assert not wrong


def test_process_wide_count() -> None:
    default = lib.parexact_get_num_threads()
    assert default >= 1
    for n in (3, 1, 7):
        assert lib.parexact_set_num_threads(n) == OK
        assert lib.parexact_get_num_threads() == n
        assert lib.parexact_get_num_threads_local() == n
    assert lib.parexact_set_num_threads(0) == OK
    assert lib.parexact_get_num_threads() == default


def test_local_count_is_for_this_thread_alone() -> None:
    assert lib.parexact_set_num_threads(5) == OK
    assert lib.parexact_set_num_threads_local(2) == 0
    assert lib.parexact_get_num_threads_local() == 2
    assert lib.parexact_get_num_threads() == 5
    seen: list[int] = []
    other = threading.Thread(target=lambda: seen.append(lib.parexact_get_num_threads_local()))
    other.start()
    other.join(30)
    assert seen == [5]
    assert lib.parexact_set_num_threads_local(3) == 2
    assert lib.parexact_set_num_threads_local(0) == 3
    assert lib.parexact_get_num_threads_local() == 5


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"PAREXACT_NUM_THREADS": "3"}, 3),
        ({"RAYON_NUM_THREADS": "3"}, 3),
        ({"OMP_NUM_THREADS": "3"}, 3),
        ({"OMP_NUM_THREADS": "4,2"}, 4),
        ({"PAREXACT_NUM_THREADS": "6", "RAYON_NUM_THREADS": "5", "OMP_NUM_THREADS": "4"}, 6),
        ({"RAYON_NUM_THREADS": "5", "OMP_NUM_THREADS": "4", "SLURM_CPUS_PER_TASK": "3"}, 5),
        ({"OMP_NUM_THREADS": "4", "SLURM_CPUS_PER_TASK": "3"}, 4),
    ],
)
def test_environment(environment: dict[str, str], expected: int) -> None:
    code = "import raw; print(raw.lib.parexact_get_num_threads())"
    assert run_python(code, environment, without=CONFIGURED).split() == [str(expected)]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, 1),
        ({"SLURM_CPUS_PER_TASK": "3"}, 1),
        ({"SLURM_CPUS_PER_TASK": "3", "OMP_NUM_THREADS": "0"}, 1),
        ({"SLURM_CPUS_PER_TASK": "3", "OMP_NUM_THREADS": "4"}, 4),
        ({"SLURM_CPUS_PER_TASK": "3", "RAYON_NUM_THREADS": "5"}, 5),
        ({"SLURM_CPUS_PER_TASK": "3", "PAREXACT_NUM_THREADS": "6"}, 6),
    ],
)
def test_an_allotment_does_not_exceed_the_mask(environment: dict[str, str], expected: int) -> None:
    """Only orders give more threads to a process that is bound to one processor, as ranks are."""
    code = """
import os
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
import json, raw
threads = json.loads(raw.explain())["threads"]
print(raw.lib.parexact_get_num_threads(), threads["count"], threads["slurm_cpus_per_task"])
"""
    output = run_python(code, environment, without=CONFIGURED).split()
    assert output == [str(expected), str(expected), environment.get("SLURM_CPUS_PER_TASK", "None")]


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs two processors")
def test_an_allotment_lowers_the_count() -> None:
    code = "import raw; print(raw.lib.parexact_get_num_threads())"
    assert run_python(code, {"SLURM_CPUS_PER_TASK": "1"}, without=CONFIGURED).split() == ["1"]


ACCOUNT = """
import json, raw
threads = json.loads(raw.explain())["threads"]
names = "count rule value affinity cgroup_quota ranks_on_node ranks_variable node_processors"
print(json.dumps([threads[name] for name in names.split()]))
"""
ON_ONE_PROCESSOR = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})" + ACCOUNT


def step(tasks: str, node: str) -> dict[str, str]:
    return {"SLURM_STEP_TASKS_PER_NODE": tasks, "SLURM_NODEID": node}


@pytest.mark.parametrize(
    ("environment", "ranks", "variable"),
    [
        *(({name: "2"}, 2, name) for name in LAUNCHERS),
        (step("2", "0"), 2, "SLURM_STEP_TASKS_PER_NODE"),
        (step("2(x3),1", "2"), 2, "SLURM_STEP_TASKS_PER_NODE"),
        (step("2(x3),5", "3"), 5, "SLURM_STEP_TASKS_PER_NODE"),
        # mpiexec in a job: the step is that of its helpers.
        ({**step("1", "0"), "MPI_LOCALNRANKS": "2"}, 2, "MPI_LOCALNRANKS"),
        ({**step("4", "0"), "MPI_LOCALNRANKS": "1"}, 4, "SLURM_STEP_TASKS_PER_NODE"),
    ],
)
def test_ranks_share_the_node(environment: dict[str, str], ranks: int, variable: str) -> None:
    told = json.loads(run_python(ACCOUNT, environment, without=CONFIGURED))
    count, rule, value, affinity, quota, *sharing, node = told
    assert sharing == [ranks, variable]
    assert node >= affinity == len(os.sched_getaffinity(0))
    share = max(1, node // ranks)
    if quota is None:
        assert count == min(affinity, share)
        assert share >= affinity or (rule, value) == ("share of the node", str(ranks))
    bound = json.loads(run_python(ON_ONE_PROCESSOR, environment, without=CONFIGURED))
    assert bound[:4] == [1, "affinity", "1", 1]
    assert bound[5:] == [ranks, variable, node]


@pytest.mark.parametrize(
    "value", ["", "0", "-1", "x", "2.5", "99999999999999999999999", "4(x", "4,"]
)
def test_damaged_launcher_variables_are_not_believed(value: str) -> None:
    environment = {**dict.fromkeys(LAUNCHERS, value), **step(value, "0")}
    told = json.loads(run_python(ACCOUNT, environment, without=CONFIGURED))
    assert told == json.loads(run_python(ACCOUNT, {}, without=CONFIGURED))
    assert told[5:7] == [None, None]


def test_the_process_of_a_batch_script_has_the_node_for_itself() -> None:
    environment = {"SLURM_TASKS_PER_NODE": "4", "SLURM_NODEID": "0", "SLURM_PROCID": "0"}
    told = json.loads(run_python(ACCOUNT, environment, without=CONFIGURED))
    assert told == json.loads(run_python(ACCOUNT, {}, without=CONFIGURED))


def test_programs_that_a_rank_starts_have_its_share() -> None:
    code = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {ACCOUNT!r}], check=True)"
    )
    environment = {"MPI_LOCALNRANKS": "2"}
    told = json.loads(run_python(code, environment, without=CONFIGURED))
    assert told == json.loads(run_python(ACCOUNT, environment, without=CONFIGURED))


@pytest.mark.parametrize("order", ["PAREXACT_NUM_THREADS", "RAYON_NUM_THREADS", "OMP_NUM_THREADS"])
def test_orders_are_not_divided(order: str) -> None:
    environment = {"MPI_LOCALNRANKS": "4", order: "3"}
    told = json.loads(run_python(ACCOUNT, environment, without=CONFIGURED))
    assert told[:3] == [3, order, "3"]


def test_threads_start_on_first_use_and_not_before() -> None:
    """Long sums do start threads, so that the tests of thread counts can fail."""
    code = """
import json, raw, numpy as np
from calls import total
print(json.loads(raw.explain())["pool"]["workers"])
total(np.ones(10))
total(np.ones(1_200_000))
account = json.loads(raw.explain())
print(account["pool"]["workers"], account["threads"]["count"], account["threads"]["rule"])
"""
    before, after, count, rule = run_python(code, {"PAREXACT_NUM_THREADS": "3"}).split()
    assert int(before) == 0
    assert 1 <= int(after) <= 3
    assert (count, rule) == ("3", "PAREXACT_NUM_THREADS")


@pytest.mark.parametrize("value", ["", "0", "-1", "many", "99999999999999999999", "4.5", "1e3"])
def test_environment_nonsense_is_survived(value: str) -> None:
    code = """
import raw, numpy as np
from calls import total
n = raw.lib.parexact_get_num_threads()
assert 1 <= n <= 4096, n
print(total(np.ones(200_000)))
"""
    environment = {"PAREXACT_NUM_THREADS": value}
    # Patient: a count without end may start as many threads as the library allows.
    output = run_python(code, environment, without=CONFIGURED, timeout=120)
    assert output.split() == ["200000.0"]


def test_absurd_counts_are_survived() -> None:
    code = """
import raw, numpy as np
from calls import total
for n in (2**20, 2**63, 2**64 - 1):
    raw.lib.parexact_set_num_threads_local(n)
    assert raw.lib.parexact_get_num_threads_local() >= 1
    raw.lib.parexact_set_num_threads_local(1)
    before = raw.lib.parexact_get_num_threads()
    if raw.lib.parexact_set_num_threads(n) != raw.OK:
        assert raw.lib.parexact_get_num_threads() == before
        assert raw.lib.parexact_last_error()
    assert total(np.ones(200_000)) == 200_000
print("done")
"""
    assert run_python(code, {}).split() == ["done"]
