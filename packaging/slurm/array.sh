#!/bin/bash
# Many independent tasks, each with its own share of the work, and a last job that merges what they wrote.
#
#   tasks=$(sbatch --parsable --array=0-9 array.sh python array_draw.py 1000000000 states)
#   sbatch --dependency=afterok:"$tasks" --kill-on-invalid-dep=yes threads.sh python array_merge.py states
#
# SLURM starts the tasks when and where there is room. Each finds its number in SLURM_ARRAY_TASK_ID and the
# number of tasks in SLURM_ARRAY_TASK_COUNT. The last job starts when all of them have succeeded; with
# --kill-on-invalid-dep it ends, instead of waiting for ever, when one has failed. LD_LIBRARY_PATH must name
# the directory of libparexact.so in the shell that calls sbatch (`module load parexact` does that), or
# here.
#
#SBATCH --job-name=parexact-array
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --time=00:10:00
set -euo pipefail

# Since version 22.05 srun does not take over the --cpus-per-task of sbatch.
export SRUN_CPUS_PER_TASK=${SLURM_CPUS_PER_TASK:-1}

# The task may run on the processors that it was given, and the library uses as many threads.
exec srun --cpu-bind=cores "$@"
