"""The examples of python_examples/cluster for mpi4py run on 1 to 4 ranks and print what is true.

Each rank count has another MPI: an example takes a second or more to start.
"""

import ast
import math
import re
from fractions import Fraction
from pathlib import Path

import launch
import mpi
import parexact
import pytest
from mpi_python import run

EXAMPLES = launch.ROOT / "python_examples" / "cluster"

MPICH, OPEN_MPI, INTEL = mpi.WHEELS
on_ranks = pytest.mark.parametrize(
    ("wheel", "ranks"),
    [(MPICH, 1), (OPEN_MPI, 2), (INTEL, 3), (MPICH, 4)],
    ids=lambda value: getattr(value, "name", str(value)),
)

SLIDES = {
    1: """\
from mpi4py import MPI

# Get communicator.
comm = MPI.COMM_WORLD

# Get process ID.
rank = comm.Get_rank()

if rank == 0:
    data = {'a': 'my-string', 'b': 3.14}
    print('Master, sending: ', data)
    comm.send(data, dest=1, tag=11)
elif rank == 1:
    data = comm.recv(source=0, tag=11)
    print('Worker, received: ', data)
""",
    2: """\
from mpi4py import MPI
import numpy as np

comm = MPI.COMM_WORLD
rank = comm.Get_rank()

if rank == 0:
    data = np.arange(1000, dtype='d')
    comm.Send([data, MPI.DOUBLE], dest=1, tag=77)
elif rank == 1:
    data = np.empty(1000, dtype='d')
    comm.Recv([data, MPI.DOUBLE], source=0, tag=77)
""",
    3: """\
from mpi4py import MPI
import numpy as np

comm = MPI.COMM_WORLD
rank = comm.Get_rank()

if rank == 0:
    data = np.arange(1000, dtype=np.float64)
    comm.Send(data, dest=1, tag=77)
elif rank == 1:
    data = np.empty(1000, dtype=np.float64)
    comm.Recv(data, source=0, tag=77)
""",
}


@pytest.mark.parametrize("number", SLIDES)
@on_ranks
def test_examples_as_they_are_printed(
    wheel: mpi.Implementation, ranks: int, number: int, tmp_path: Path
) -> None:
    script = EXAMPLES / f"mpi4py_example_{number}.py"
    assert script.read_text().endswith(SLIDES[number])
    if ranks == 1:
        if number == 1:
            # Alone, no rank waits for ever; and MPI_Abort would leave MPICH's shared memory behind.
            start = wheel.ranks(ranks, wheel.python, script)
            shell = ["bash", "-c", '"$@" 2>&1 || echo "it failed"', "bash"]
            printed = launch.run([*shell, *start], env=wheel.env)
            assert re.search("invalid rank", printed, re.I)
            assert printed.endswith("it failed\n")
        return
    lines = run(wheel, ranks, script, scratch=tmp_path).splitlines()
    dictionary = "{'a': 'my-string', 'b': 3.14}"
    said = [f"Master, sending:  {dictionary}", f"Worker, received:  {dictionary}"]
    assert sorted(lines) == (said if number == 1 else [])


@on_ranks
def test_example_1_with_states(wheel: mpi.Implementation, ranks: int, tmp_path: Path) -> None:
    printed = run(wheel, ranks, EXAMPLES / "mpi4py_example_1_parexact.py", scratch=tmp_path)
    assert f"<parexact.State of {100_000 * (ranks - 1)} values>" in printed
    assert "The same bits in one process: True" in printed


@on_ranks
def test_example_2_with_states(wheel: mpi.Implementation, ranks: int, tmp_path: Path) -> None:
    printed = run(wheel, ranks, EXAMPLES / "mpi4py_example_2_parexact.py", scratch=tmp_path)
    values = [Fraction(i / 10) for i in range(1000)]
    total = sum(values)
    variance = sum(value**2 for value in values) / 1000 - (total / 1000) ** 2
    expected = f"sum={float(total)}, mean={float(total / 1000)}, variance={float(variance)}, "
    assert f"Stats(count=1000, nan_count=0, {expected}" in printed
    assert "The same bits in one process: True" in printed


@on_ranks
def test_example_3_with_the_package(wheel: mpi.Implementation, ranks: int, tmp_path: Path) -> None:
    printed = run(wheel, ranks, EXAMPLES / "mpi4py_example_3_parexact.py", scratch=tmp_path)
    values = [Fraction(i / 10) for i in range(1000)]
    mean = sum(values) / 1000
    std = math.sqrt(sum((value - mean) ** 2 for value in values) / 999)
    found = re.findall(r"rank (\d) has (\d+) numbers; .* mean is (\S+), the std (\S+)", printed)
    assert sorted(int(rank) for rank, *_ in found) == list(range(ranks))
    assert sum(int(count) for _, count, *_ in found) == 1000
    assert {mean for *_, mean, _ in found} == {repr(float(mean))}
    (found_std,) = {float(std) for *_, std in found}
    assert abs(found_std - std) <= math.ulp(std)


@on_ranks
def test_the_slide_s_program(wheel: mpi.Implementation, ranks: int, tmp_path: Path) -> None:
    """Started as on the slide, from its directory, by `python` alone."""
    script = "my_mpi4py_program.py"
    printed = run(wheel, ranks, script, scratch=tmp_path, cwd=EXAMPLES, module=False)
    *results, runtime = printed.splitlines()
    assert re.fullmatch(rf"Total runtime: \d+\.\d{{6}} s, ranks: {ranks}", runtime)
    expected = [parexact.my_statistics(n) for n in range(1000000, 1000010)]
    assert [ast.literal_eval(line) for line in results] == expected


@on_ranks
def test_collectives(wheel: mpi.Implementation, ranks: int, tmp_path: Path) -> None:
    printed = run(wheel, ranks, EXAMPLES / "mpi4py_collectives.py", scratch=tmp_path)
    table = parexact.Generator(seed=1).normal(size=(1000, 5))
    means = [float(sum(map(Fraction, column.tolist())) / 1000) for column in table.T]
    assert f"the means of the columns: {means}\n" in printed
    ways = re.findall(rf"^(\w+) \(ranks: {ranks}\), the same bits .*: True$", printed, re.M)
    assert ways == ["iallreduce", "allreduce", "reduce", "Allreduce", "gather"]
    assert len(re.findall(r"^rank \d meanwhile", printed, re.M)) == ranks
    assert f"exceeds {abs(table).max():.3f}\n" in printed


@on_ranks
def test_a_plain_sum_differs(wheel: mpi.Implementation, ranks: int, tmp_path: Path) -> None:
    printed = run(wheel, ranks, EXAMPLES / "plain_sum_differs.py", scratch=tmp_path)
    rows = re.findall(r"^ +(\d)  (\S+) +(\S+)$", printed, re.M)
    assert [int(row) for row, *_ in rows] == list(range(1, ranks + 1))
    numbers = parexact.Generator(seed=2017).normal(size=1_000_000)
    assert {exact for *_, exact in rows} == {math.fsum(numbers).hex()}
    plain = {plain for _, plain, _ in rows}
    assert len(plain) > 1 or ranks == 1
    assert f"different plain sums: {len(plain)}\ndifferent exact sums: 1\n" in printed


@on_ranks
def test_random_slices(wheel: mpi.Implementation, ranks: int, tmp_path: Path) -> None:
    printed = run(wheel, ranks, EXAMPLES / "random_slices.py", "100003", scratch=tmp_path)
    begins = re.findall(r"^rank \d begins with (.*)$", printed, re.M)
    numbers = parexact.Generator(seed=2017).normal(size=100003)
    assert ast.literal_eval(begins[0]) == numbers[:2].tolist()
    assert len(begins) == ranks
    assert all(ast.literal_eval(two)[0] in numbers for two in begins)
    assert "the same bits as my_statistics in one process: True" in printed
    exact = [Fraction(value) for value in numbers.tolist()]
    variance = sum(value**2 for value in exact) / 100003 - (sum(exact) / 100003) ** 2
    assert f", {float(variance)})\n" in printed


def test_every_example_is_run() -> None:
    """Every example of mpi4py is in a test here; other tests have the other examples."""
    text = Path(__file__).read_text()
    for script in EXAMPLES.glob("*.py"):
        if "import MPI" in script.read_text() and not re.fullmatch(
            r"mpi4py_example_\d", script.stem
        ):
            assert script.name in text, script.name
