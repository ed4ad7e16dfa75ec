"""Compiles programs in C and Fortran with the compilers of an MPI, and runs them on some ranks."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import launch
import mpi

INCLUDE = launch.ROOT / "include"
PROGRAMS = Path(__file__).with_name("programs")

C_FLAGS = ("-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-O1", "-g")
FORTRAN_FLAGS = ("-std=f2018", "-Wall", "-Wextra", "-Werror", "-O1", "-g")
LINK = (f"-L{launch.LIBRARIES}", "-lparexact", "-lm")


def compile_c(implementation: mpi.Implementation, source: Path, directory: Path) -> Path:
    """Compile a C program by the implementation's own compiler; a warning is an error."""
    program = directory / source.stem
    compiler = implementation.mpiexec.with_name(f"mpicc{implementation.suffix}")
    launch.run(
        [compiler, *C_FLAGS, f"-I{INCLUDE}", source, *LINK, "-o", program], env=implementation.env
    )
    return program


def compile_fortran(
    implementation: mpi.Implementation,
    sources: Sequence[Path],
    program: Path,
    flags: Sequence[str] = FORTRAN_FLAGS,
) -> Path:
    """Compile a Fortran program with parexact's module, and `sources`; module files land beside it."""
    compiler = implementation.mpiexec.with_name(f"mpifort{implementation.suffix}")
    command = [compiler, *flags, f"-J{program.parent}", INCLUDE / "parexact.f90", *sources, *LINK]
    launch.run([*command, "-o", program], env=implementation.env)
    return program


def run(
    implementation: mpi.Implementation,
    ranks: int,
    program: str | Path,
    *arguments: str,
    env: Mapping[str, str] | None = None,
    status: int = 0,
) -> str:
    """Run a program on so many ranks, with the library of this tree."""
    variables = {**implementation.env, "LD_LIBRARY_PATH": str(launch.LIBRARIES), **(env or {})}
    return launch.run(
        implementation.ranks(ranks, program, *arguments), env=variables, status=status
    )


def assert_all_hold(printed: str, ranks: int, at_least: int = 1) -> None:
    """Read what a test program says in the end: that many ranks made checks, and none failed."""
    said = re.search(r"^(\d+) ranks, (\d+) checks, (\d+) failed$", printed, re.M)
    assert said, printed
    assert int(said[1]) == ranks
    assert int(said[2]) >= at_least * ranks
    assert int(said[3]) == 0


def user(implementation: mpi.Implementation, prefix: Path, directory: Path) -> dict[str, str]:
    """Return the variables of a user who has loaded this MPI and the library below `prefix`.

    The MPI's tools have their usual names in `directory`, where Debian's have suffixes.
    """
    tools = directory / "bin"
    tools.mkdir()
    for tool in ("mpicc", "mpifort", "mpiexec"):
        # No link: MPICH's mpiexec looks for its helpers beside itself.
        (tools / tool).write_text(f'#!/bin/sh\nexec /usr/bin/{tool}{implementation.suffix} "$@"\n')
        (tools / tool).chmod(0o755)
    return {
        **implementation.env,
        "PATH": f"{tools}:/usr/local/bin:/usr/bin:/bin",
        "PKG_CONFIG_PATH": str(prefix / "lib" / "pkgconfig"),
        "LD_LIBRARY_PATH": str(prefix / "lib"),
        "LIBRARY_PATH": str(prefix / "lib"),
        "CPATH": str(prefix / "include"),
        "PAREXACT_FORTRAN_DIR": str(prefix / "include"),
    }
