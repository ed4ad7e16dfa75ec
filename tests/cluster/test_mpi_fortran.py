"""MPI from Fortran: the modules for `use mpi` and for `use mpi_f08`, under Debian's MPICH and Open MPI."""

import re
import struct
from functools import cache
from pathlib import Path

import mpi
import native
import pytest
import rational

IMPLEMENTATIONS = pytest.mark.parametrize("implementation", mpi.DEBIAN, ids=lambda each: each.name)
MODULES = pytest.mark.parametrize("module", ("parexact_mpi", "parexact_mpi_f08"))


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory):
    """Return a function that compiles one of the programs once for each implementation and module."""

    @cache
    def compiled(implementation: mpi.Implementation, module: str, name: str) -> Path:
        directory = tmp_path_factory.mktemp(f"{implementation.name}-{module}")
        flags = [*native.FORTRAN_FLAGS, "-fcheck=all"]
        if module.endswith("f08"):
            flags.append("-DUSE_MPI_F08")
        sources = [native.INCLUDE / f"{module}.f90", native.PROGRAMS / f"{name}.F90"]
        return native.compile_fortran(implementation, sources, directory / name, flags)

    return compiled


def double(bits: str) -> float:
    """Return the double with these bits, given in hexadecimal."""
    return struct.unpack(">d", bytes.fromhex(bits.zfill(16)))[0]


@pytest.mark.parametrize("ranks", mpi.RANKS)
@MODULES
@IMPLEMENTATIONS
def test_every_procedure_gives_the_bits_of_one_process(
    build, implementation, module, ranks
) -> None:
    printed = native.run(implementation, ranks, build(implementation, module, "modules"))
    native.assert_all_hold(printed, ranks, at_least=60)
    assert [double(bits) for bits in printed.splitlines()[0].split()] == rational.statistics()


@MODULES
@IMPLEMENTATIONS
def test_an_array_that_is_merged_in_parts(build, implementation, module) -> None:
    program = build(implementation, module, "modules")
    native.assert_all_hold(native.run(implementation, 2, program, "large"), 2, at_least=2)


@MODULES
@IMPLEMENTATIONS
def test_finalize_frees_operation_and_datatype(build, implementation, module) -> None:
    printed = native.run(implementation, 2, build(implementation, module, "finalize"))
    assert printed.split() == ["freed", "freed"]


def test_the_two_modules_are_one() -> None:
    """The modules differ only in what they declare for MPI, and in the types of its handles."""

    def plain(module: str) -> str:
        text = (native.INCLUDE / f"{module}.f90").read_text(encoding="utf-8")
        text = re.sub(r"type\((MPI_Comm|MPI_Op|MPI_Datatype)\)", "integer", text)
        return (
            text.replace("_f08", "")
            .replace("merge_states", "parexact_mpi_merge")
            .replace(", ierror)", ")")
        )

    def part(text: str, begin: str, end: str) -> str:
        begins = text.index(begin)
        return text[begins : text.index(end, begins)]

    one, other = plain("parexact_mpi"), plain("parexact_mpi_f08")
    assert part(one, "First steps", "\nmodule ") == part(other, "First steps", "\nmodule ")
    declared = part(one, "  ! -", "  ! The module mpi of some MPIs")
    assert declared == part(other, "  ! -", "  ! The function as it is called")
    assert part(one, "\ncontains\n", "end module").rstrip() in other
