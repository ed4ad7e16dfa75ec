"""The MPI examples in C and Fortran, compiled and run as the comment at their head says."""

import re
from collections.abc import Sequence
from pathlib import Path

import launch
import mpi
import native
import pytest

IMPLEMENTATIONS = pytest.mark.parametrize("implementation", mpi.DEBIAN, ids=lambda each: each.name)

STATISTICS = "1000 values, sum 499500, mean 499.5, std 288.67499025720952, min 0, max 999\n"
SAME_IN_FORTRAN = (
    "1000 values, sum 499500.0, mean 499.5, std 288.6749902572095, min .0, max 999.0\n"
)
# (999 - 499.5) / std
STANDARDISED = "standardised, the first is -1.7303196219213355 and the last 1.7303196219213355\n"
# The fingerprint that one process prints (c_examples/random.c).
RANDOM = (
    "10000000 values, mean  0.000099, std  0.999937, fingerprint 09C824D33B7688DEC1D781C7479769B3\n"
)
EXPECTED = {
    "c_examples/mpi/scatter_statistics.c": STATISTICS + STANDARDISED,
    "c_examples/mpi/random_by_rank.c": RANDOM,
    "c_examples/mpi/send_state.c": "Master, sending: 1000 numbers\n"
    "Master, received: a state of 1000 numbers, mean 499.5, std 288.675\n",
    "fortran_examples/mpi/scatter_statistics.f90": SAME_IN_FORTRAN + STANDARDISED,
    "fortran_examples/mpi/scatter_statistics_use_mpi.f90": SAME_IN_FORTRAN + STANDARDISED,
    "fortran_examples/mpi/random_by_rank.f90": RANDOM,
}


def commands(source: Path) -> str:
    """Return the indented lines of the comment that a source begins with."""
    lines = source.read_text(encoding="utf-8").splitlines()
    comment = [line for line in lines[:12] if line.startswith((" *  ", "!  "))]
    return "\n".join(re.sub(r"^(?: \*|!) +", "", line) for line in comment)


def run_as_it_says(
    source: Path,
    implementation: mpi.Implementation,
    prefix: Path,
    directory: Path,
    ranks: Sequence[int],
) -> list[str]:
    """Compile an example by the commands at its head, under the usual names of MPI's tools, and run it."""
    env = native.user(implementation, prefix, directory)
    (directory / source.name).symlink_to(source)
    script = commands(source)
    assert "mpiexec" in script and "pkg-config" in script
    printed = [launch.run(["bash", "-euc", script], env=env, cwd=directory)]
    for count in ranks:
        printed.append(
            launch.run(["mpiexec", "-n", str(count), f"./{source.stem}"], env=env, cwd=directory)
        )
    return printed


@pytest.mark.parametrize("name", EXPECTED)
@IMPLEMENTATIONS
def test_an_example_prints_the_same_on_any_number_of_ranks(
    implementation: mpi.Implementation, name: str, installed: Path, tmp_path: Path
) -> None:
    ranks = (2, 3) if "send_state" in name else (1, 3, 7)
    printed = run_as_it_says(launch.ROOT / name, implementation, installed, tmp_path, ranks)
    assert printed == [EXPECTED[name]] * (1 + len(ranks))


@IMPLEMENTATIONS
def test_sums_of_doubles_differ_and_those_of_states_do_not(
    implementation: mpi.Implementation, installed: Path, tmp_path: Path
) -> None:
    source = launch.ROOT / "c_examples" / "mpi" / "sum_of_doubles.c"
    printed = "".join(run_as_it_says(source, implementation, installed, tmp_path, (7,)))
    found = re.findall(r"^(\d) ranks: sum of doubles (\S+), of states (\S+)$", printed, re.M)
    assert [ranks for ranks, _, _ in found] == ["1", "2", "3", "4", "7"]
    assert len({doubles for _, doubles, _ in found}) > 1
    assert len({states for _, _, states in found}) == 1


def test_every_example_is_run() -> None:
    there = {
        str(path.relative_to(launch.ROOT))
        for directory in ("c_examples/mpi", "fortran_examples/mpi")
        for path in (launch.ROOT / directory).iterdir()
    }
    assert there == {*EXPECTED, "c_examples/mpi/sum_of_doubles.c"}
