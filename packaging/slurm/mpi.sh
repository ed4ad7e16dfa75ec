#!/bin/bash
# A C or Fortran program on many ranks.
#
#   sbatch mpi.sh ./program ARGUMENTS...                                    MPICH, Intel MPI
#   MPI=pmix MPICC=mpicc.openmpi sbatch mpi.sh ./program ARGUMENTS...       Open MPI
#   sbatch --ntasks=64 --cpus-per-task=8 mpi.sh ./program ARGUMENTS...      64 ranks with eight threads each
#
# MPI is the protocol by which the ranks find each other (`srun --mpi=list` names what the cluster has).
# MPICC is the compiler of the MPI that the program was built with. LD_LIBRARY_PATH must name the directory
# of libparexact.so in the shell that calls sbatch (`module load parexact` does that), or here.
#
#SBATCH --job-name=parexact-mpi
#SBATCH --ntasks=4
#SBATCH --cpus-per-task=1
#SBATCH --time=00:10:00
set -euo pipefail
protocol=${MPI:-pmi2}

# Since version 22.05 srun does not take over the --cpus-per-task of sbatch.
export SRUN_CPUS_PER_TASK=${SLURM_CPUS_PER_TASK:-1}

# --cpu-bind=cores: each rank has processors of its own, and the library uses as many threads
# (parexact_explain: rule "affinity"). --kill-on-bad-exit: a rank that fails ends the job; the others would
# wait for it for ever.
ranks() {
    srun --mpi="$protocol" --cpu-bind=cores --kill-on-bad-exit=1 "$@"
}

# With a protocol that the program's MPI does not speak, each process is a rank 0 of 1, does the whole work,
# and nothing fails. A program that is compiled here finds out before the work begins.
check=$PWD/.check_ranks.$SLURM_JOB_ID
trap 'rm -f "$check"' EXIT
"${MPICC:-mpicc}" -x c -o "$check" - <<'C'
#include <mpi.h>
#include <stdlib.h>
int main(int argc, char **argv)
{
    int size;
    MPI_Init(&argc, &argv);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    MPI_Finalize();
    return size != atoi(getenv("SLURM_NTASKS"));
}
C
if ! ranks "$check"; then
    echo "$SLURM_NTASKS processes do not make one communicator of $SLURM_NTASKS ranks under" \
        "srun --mpi=$protocol. Set MPI to pmi2 for MPICH or pmix for Open MPI, and MPICC to the" \
        "compiler of the same MPI." >&2
    exit 1
fi

ranks "$@"
