#!/bin/bash
# A Python program on many ranks, by mpi4py.
#
#   sbatch mpi4py.sh program.py ARGUMENTS...                           mpi4py with MPICH, Intel MPI
#   MPI=pmix sbatch mpi4py.sh program.py ARGUMENTS...                  mpi4py with Open MPI
#   PYTHON=~/venv/bin/python sbatch mpi4py.sh program.py ARGUMENTS...  the interpreter of an environment
#
# MPI is the protocol by which the ranks find each other (`srun --mpi=list` names what the cluster has). A
# package parexact that carries no library of its own takes the one in LD_LIBRARY_PATH, which must then be
# set in the shell that calls sbatch (`module load parexact` does that), or here.
#
#SBATCH --job-name=parexact-mpi4py
#SBATCH --ntasks=4
#SBATCH --cpus-per-task=1
#SBATCH --time=00:10:00
set -euo pipefail
protocol=${MPI:-pmi2}
python=${PYTHON:-python3}

# Since version 22.05 srun does not take over the --cpus-per-task of sbatch.
export SRUN_CPUS_PER_TASK=${SLURM_CPUS_PER_TASK:-1}

# --cpu-bind=cores: each rank has processors of its own, and the library uses as many threads (`python -m
# parexact`: "the processors that this process may run on"). `-m mpi4py` and --kill-on-bad-exit: an
# exception on one rank ends the job; the others would wait for it for ever.
ranks() {
    srun --mpi="$protocol" --cpu-bind=cores --kill-on-bad-exit=1 "$python" -m mpi4py "$@"
}

# With a protocol that this MPI does not speak, each process is a rank 0 of 1, does the whole work, and
# nothing fails. This finds out before the work begins.
if ! ranks -c '
import os
from mpi4py.MPI import COMM_WORLD
raise SystemExit(COMM_WORLD.size != int(os.environ["SLURM_NTASKS"]))
'; then
    echo "$SLURM_NTASKS processes do not make one communicator of $SLURM_NTASKS ranks under" \
        "srun --mpi=$protocol. Set MPI to pmi2 for MPICH or pmix for Open MPI." >&2
    exit 1
fi

ranks "$@"
