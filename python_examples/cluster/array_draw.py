"""A task of a SLURM job array: draw and reduce one slice of a long sequence of normals, and keep its state.

The slices are those of one sequence, whatever the number of tasks: `array_merge.py` finds the same
bits for any array, and the same as one process that draws all of them.

    sbatch --array=0-9 array.sh python array_draw.py 1000000000 states
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import parexact

SEED = 2017


def main() -> None:
    """Draw the slice that is this task's."""
    parser = argparse.ArgumentParser(description="one slice of N normals, by SLURM_ARRAY_TASK_ID")
    parser.add_argument("n", type=int, metavar="N", help="the length of the whole sequence")
    parser.add_argument("directory", type=Path, help="where the tasks' states go")
    args = parser.parse_args()
    try:
        count = int(os.environ["SLURM_ARRAY_TASK_COUNT"])
        task = int(os.environ["SLURM_ARRAY_TASK_ID"]) - int(os.environ["SLURM_ARRAY_TASK_MIN"])
    except KeyError as missing:
        parser.error(f"{missing} is not set: this is a task of `sbatch --array=0-9`")
    if not 0 <= task < count:
        parser.error(f"--array must number the {count} tasks without gaps")

    first, last = args.n * task // count, args.n * (task + 1) // count
    state = parexact.Generator(SEED).at(first).state("normal", n=last - first)

    # A task that is killed while it writes leaves no half of a state under the final name.
    args.directory.mkdir(parents=True, exist_ok=True)
    final = args.directory / f"{task}-of-{count}.state"
    partial = final.with_suffix(".partial")
    partial.write_bytes(bytes(state))
    partial.replace(final)
    print(f"{final}: numbers {first} to {last - 1}, {parexact.get_num_threads()} threads")


if __name__ == "__main__":
    main()
