#!/bin/bash
# An ipyparallel program: controller and program on the first node, and an engine for each of the job's tasks.
#
#   sbatch ipyparallel.sh program.py ARGUMENTS...
#   PYTHON=~/venv/bin/python sbatch --ntasks=16 ipyparallel.sh program.py ARGUMENTS...
#
# The program connects by `ipyparallel.Client()`, for IPYTHONDIR names the directory with the controller's
# connection files, and waits by `client.wait_for_engines(int(os.environ["SLURM_NTASKS"]))`. LD_LIBRARY_PATH
# must name the directory of libparexact.so in the shell that calls sbatch (`module load parexact` does
# that), or here, unless the package parexact carries the library.
#
#SBATCH --job-name=parexact-ipyparallel
#SBATCH --ntasks=4
#SBATCH --cpus-per-task=1
#SBATCH --time=00:10:00
set -euo pipefail
python=${PYTHON:-python3}

# Since version 22.05 srun does not take over the --cpus-per-task of sbatch.
export SRUN_CPUS_PER_TASK=${SLURM_CPUS_PER_TASK:-1}

# A directory that all nodes see, and of this job alone: two jobs have two controllers.
export IPYTHONDIR=$PWD/.ipython-$SLURM_JOB_ID
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$IPYTHONDIR"' EXIT

# The engines connect from other nodes.
"$python" -m ipyparallel.controller --ip='*' --log-level=WARN &
controller=$!
security=$IPYTHONDIR/profile_default/security
until [ -s "$security/ipcontroller-engine.json" ] && [ -s "$security/ipcontroller-client.json" ]; do
    kill -0 $controller 2>/dev/null || { echo "The controller did not start." >&2 && exit 1; }
    sleep 0.1
done

# An engine runs one task at a time, with as many threads of the library as it has processors
# (parexact_explain: rule "affinity").
srun --cpu-bind=cores "$python" -m ipyparallel.engine --log-level=WARN &

"$python" "$@"
