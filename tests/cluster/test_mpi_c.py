"""MPI from C: each kind of reduction, each algorithm and each error.

All of it runs under Debian's MPICH and Open MPI, and what takes little time under those of the wheels.

The programs compare words with those of a state that one process made, and count their checks; what
the states stand for is compared with exact rational arithmetic here.
"""

import itertools
import re
from functools import cache
from pathlib import Path

import launch
import mpi
import native
import pytest
import rational

IMPLEMENTATIONS = pytest.mark.parametrize("implementation", mpi.DEBIAN, ids=lambda each: each.name)
MPICH, OPEN_MPI = mpi.DEBIAN
NEW_MPICH, NEW_OPEN_MPI, INTEL = mpi.WHEELS


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory):
    """Return a function that compiles one of the programs once for each implementation."""

    @cache
    def compiled(implementation: mpi.Implementation, name: str) -> Path:
        directory = tmp_path_factory.mktemp(implementation.name)
        return native.compile_c(implementation, native.PROGRAMS / f"{name}.c", directory)

    return compiled


@pytest.mark.parametrize("ranks", mpi.RANKS)
@IMPLEMENTATIONS
def test_every_reduction_gives_the_bits_of_one_process(build, implementation, ranks) -> None:
    printed = native.run(implementation, ranks, build(implementation, "reductions"))
    native.assert_all_hold(printed, ranks, at_least=36)
    assert [float.fromhex(v) for v in printed.splitlines()[0].split()] == rational.statistics()


@pytest.mark.parametrize("ranks", (1, 2, 3, 4))
@IMPLEMENTATIONS
def test_an_error_on_one_rank_is_an_error_on_all(build, implementation, ranks) -> None:
    printed = native.run(implementation, ranks, build(implementation, "errors"))
    native.assert_all_hold(printed, ranks, at_least=100)


@pytest.mark.parametrize("name", ("reductions", "errors"))
@pytest.mark.parametrize("implementation", (NEW_MPICH, NEW_OPEN_MPI), ids=("mpich", "openmpi"))
def test_newer_versions_agree(build, implementation, name) -> None:
    native.assert_all_hold(
        native.run(implementation, 4, build(implementation, name)), 4, at_least=36
    )


@pytest.mark.parametrize("name", ("reductions", "errors"))
def test_intel_mpi_runs_what_was_compiled_with_mpich(build, name, tmp_path) -> None:
    """Both have one ABI, and Intel's wheel has no compiler. Debian gave MPICH's library another name."""
    libraries = INTEL.mpiexec.resolve().parents[1] / "lib"
    (tmp_path / "libmpich.so.12").symlink_to(libraries / "libmpi.so.12")
    env = {"LD_LIBRARY_PATH": f"{tmp_path}:{libraries}:{launch.LIBRARIES}"}
    native.assert_all_hold(native.run(INTEL, 4, build(MPICH, name), env=env), 4, at_least=36)


def open_mpi_algorithms() -> dict[str, dict[str, str]]:
    """Return the variables for each algorithm of Open MPI's reductions with each size of segments.

    allreduce has 1 to 6, reduce 1 to 7, reduce_scatter_block 1 to 4: one run takes one of each.
    """
    settings = {}
    for number, bytes_a_segment in itertools.product(range(1, 8), (0, 1000, 5000)):
        allreduce, block = min(number, 6), (number - 1) % 4 + 1
        settings[f"{number}-{bytes_a_segment}"] = {
            "OMPI_MCA_coll_tuned_use_dynamic_rules": "1",
            "OMPI_MCA_coll_tuned_allreduce_algorithm": str(allreduce),
            "OMPI_MCA_coll_tuned_allreduce_algorithm_segmentsize": str(bytes_a_segment),
            "OMPI_MCA_coll_tuned_reduce_algorithm": str(number),
            "OMPI_MCA_coll_tuned_reduce_algorithm_segmentsize": str(bytes_a_segment),
            "OMPI_MCA_coll_tuned_reduce_scatter_block_algorithm": str(block),
        }
    return settings


def mpich_algorithms() -> dict[str, dict[str, str]]:
    """Return the variables for each algorithm of MPICH's reductions: one run takes one of each.

    Of these the trees and the ring work in segments.
    """
    names = {
        "ALLREDUCE": "nb smp recursive_doubling reduce_scatter_allgather nb nb",
        "REDUCE": "nb smp binomial reduce_scatter_gather nb nb",
        "REDUCE_SCATTER_BLOCK": "nb recursive_doubling recursive_halving pairwise noncommutative nb",
        "IALLREDUCE": "sched_naive sched_smp sched_recursive_doubling sched_reduce_scatter_allgather "
        "tsp_tree tsp_recexch_single_buffer",
        "IREDUCE": "sched_binomial sched_smp sched_reduce_scatter_gather sched_binomial tsp_tree "
        "tsp_ring",
    }
    common = {
        "MPIR_CVAR_DEVICE_COLLECTIVES": "none",  # they would come first
        "MPIR_CVAR_IALLREDUCE_TREE_PIPELINE_CHUNK_SIZE": "5000",
        "MPIR_CVAR_IREDUCE_TREE_PIPELINE_CHUNK_SIZE": "5000",
        "MPIR_CVAR_IREDUCE_RING_CHUNK_SIZE": "5000",
    }
    variables = [f"MPIR_CVAR_{name}_INTRA_ALGORITHM" for name in names]
    runs = zip(*(each.split() for each in names.values()))
    return {str(i): {**common, **dict(zip(variables, run))} for i, run in enumerate(runs, 1)}


ALGORITHMS = {OPEN_MPI: open_mpi_algorithms(), MPICH: mpich_algorithms()}


@IMPLEMENTATIONS
def test_no_algorithm_splits_a_state(build, implementation) -> None:
    """Segments are smaller than a state, and no multiple of it."""
    calls = []
    for name, variables in ALGORITHMS[implementation].items():
        ranks = 4 if name[0] in "1357" else 3
        printed = native.run(
            implementation, ranks, build(implementation, "segments"), env=variables
        )
        native.assert_all_hold(printed, ranks, at_least=4)
        calls.append(int(re.search(r"^calls (\d+)", printed, re.M)[1]))
    # Without segments MPI calls the operation some ten times, for all states at once; with them, hundreds.
    assert min(calls) < 30
    assert max(calls) > 300
