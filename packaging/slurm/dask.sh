#!/bin/bash
# A Dask program: scheduler and program on the first node, and a worker for each of the job's tasks.
#
#   sbatch dask.sh program.py ARGUMENTS...
#   PYTHON=~/venv/bin/python sbatch --ntasks=16 --cpus-per-task=8 dask.sh program.py ARGUMENTS...
#
# The program connects by `Client()`, for DASK_SCHEDULER_ADDRESS names the scheduler, and waits by
# `client.wait_for_workers(int(os.environ["SLURM_NTASKS"]))`. LD_LIBRARY_PATH must name the directory of
# libparexact.so in the shell that calls sbatch (`module load parexact` does that), or here, unless the
# package parexact carries the library.
#
#SBATCH --job-name=parexact-dask
#SBATCH --ntasks=4
#SBATCH --cpus-per-task=1
#SBATCH --time=00:10:00
set -euo pipefail
python=${PYTHON:-python3}
# INTERFACE=ib0, for instance: the network on which the nodes see each other, if it is not the one to the
# outside.
network=(${INTERFACE:+--interface "$INTERFACE"})
# Otherwise scheduler and workers report each connection.
export DASK_LOGGING__DISTRIBUTED=${DASK_LOGGING__DISTRIBUTED:-warning}

# Since version 22.05 srun does not take over the --cpus-per-task of sbatch.
export SRUN_CPUS_PER_TASK=${SLURM_CPUS_PER_TASK:-1}

# A directory that all nodes see.
address=$PWD/.dask-$SLURM_JOB_ID.json

"$python" -m dask scheduler "${network[@]}" --port 0 --no-dashboard --scheduler-file "$address" &
scheduler=$!
# A scheduler that is asked to end asks its workers to end.
trap 'kill $scheduler 2>/dev/null; wait; rm -f "$address"' EXIT
until [ -s "$address" ]; do
    kill -0 $scheduler 2>/dev/null || { echo "The Dask scheduler did not start." >&2 && exit 1; }
    sleep 0.1
done

# A worker runs one task on each processor that it was given. Its nanny sets OMP_NUM_THREADS=1, which the
# library obeys (parexact_explain: rule "OMP_NUM_THREADS"): the tasks run beside each other, not the threads
# of one task.
srun --cpu-bind=cores "$python" -m dask worker "${network[@]}" --scheduler-file "$address" --no-dashboard \
    --nthreads "$SRUN_CPUS_PER_TASK" --death-timeout 60 --local-directory "${TMPDIR:-/tmp}" &

read_address='import json, sys; print(json.load(open(sys.argv[1]))["address"])'
DASK_SCHEDULER_ADDRESS=$("$python" -c "$read_address" "$address")
export DASK_SCHEDULER_ADDRESS
"$python" "$@"
