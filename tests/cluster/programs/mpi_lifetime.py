"""The operation and the datatype are MPI's from the first use to the end of MPI, and given back then.

mpi_lifetime.py explicit     MPI is initialised and finalised by the program
mpi_lifetime.py atexit       both are left to mpi4py
"""

import atexit
import sys

import mpi4py

EXPLICIT = sys.argv[1] == "explicit"
if EXPLICIT:
    mpi4py.rc.initialize = False
    mpi4py.rc.finalize = False

from mpi4py import MPI  # noqa: E402


def after_ours() -> None:
    """Look whether both were given back: what was registered first is called last."""
    print("given back:", op == MPI.OP_NULL and datatype == MPI.DATATYPE_NULL)


atexit.register(after_ours)

import parexact.mpi as pm  # noqa: E402


def refusal() -> None:
    """Say how a function refuses to work."""
    for call in (
        pm.op,
        pm.datatype,
        lambda: pm.sum(MPI.COMM_WORLD, [1.0]),
        lambda: pm.allreduce(MPI.COMM_WORLD, pm.State([1.0])),
        lambda: pm.iallreduce(MPI.COMM_WORLD, pm.State([1.0])),
    ):
        try:
            call()
        except RuntimeError as error:
            print("refused:", error)


if EXPLICIT:
    refusal()
    MPI.Init()
print("sum:", pm.sum(MPI.COMM_WORLD, [1.5]))
op, datatype = pm.op(), pm.datatype()
if EXPLICIT:
    MPI.Finalize()
    print("given back:", op == MPI.OP_NULL and datatype == MPI.DATATYPE_NULL)
    refusal()
