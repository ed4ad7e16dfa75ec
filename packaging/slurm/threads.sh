#!/bin/bash
# One process on one node, with as many threads as the job has processors.
#
#   sbatch threads.sh PROGRAM ARGUMENTS...
#   sbatch --cpus-per-task=16 threads.sh python analysis.py
#
# SLURM gives the job the variables of the shell that calls sbatch: LD_LIBRARY_PATH must name the directory of
# libparexact.so there (`module load parexact` does that), or here.
#
#SBATCH --job-name=parexact
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=4
#SBATCH --time=00:10:00
set -euo pipefail

# Since version 22.05 srun does not take over the --cpus-per-task of sbatch. Without this line the program
# would be bound to one processor, and the library would use one thread.
export SRUN_CPUS_PER_TASK=${SLURM_CPUS_PER_TASK:-1}

# The process may run on any of the processors that the task was given, and nowhere else. The library then
# starts as many threads; parexact_explain says: rule "affinity", or "SLURM_CPUS_PER_TASK" on a cluster that
# binds nothing.
exec srun --cpu-bind=cores "$@"
