"""The last job after a SLURM job array: merge the states that `array_draw.py` kept.

It is to start when all tasks of the array have succeeded.

    sbatch --dependency=afterok:JOB threads.sh python array_merge.py states
"""

from __future__ import annotations

import argparse
from pathlib import Path

import parexact


def main() -> None:
    """Merge the states of all tasks, or say which are missing."""
    parser = argparse.ArgumentParser(description="merge the states of a job array")
    parser.add_argument("directory", type=Path, help="where the tasks' states are")
    args = parser.parse_args()
    files = set(args.directory.glob("*-of-*.state"))
    counts = {path.stem.partition("-of-")[2] for path in files}
    if len(counts) != 1:
        parser.error(f"{args.directory} has states of {len(counts)} arrays, not of one")
    count = int(counts.pop())
    wanted = {args.directory / f"{task}-of-{count}.state" for task in range(count)}
    if wanted != files:
        parser.error(f"missing: {', '.join(sorted(path.name for path in wanted - files))}")

    merged = parexact.State()
    for path in files:  # in any order
        merged += parexact.State.from_bytes(path.read_bytes())
    print(merged.result())
    print(f"fingerprint {merged.fingerprint()}")


if __name__ == "__main__":
    main()
