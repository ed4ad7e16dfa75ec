"""parexact beside its peers: `python benches/run.py [--only P1,shapes] [--quick]`, or `make bench`.

Each part runs in a process of its own for each thread count, because runtimes fix theirs when they
are loaded. Prints one table; writes JSON and plots to benches/results/ (a quick or partial run
writes to target/bench/ instead, unless told otherwise).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import machine
import plots
import report
from parts import PARTS, Part
from results import Row
from threads import environment

HERE = Path(__file__).resolve().parent
TIMEOUT = 1800.0


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="parts, with commas between them; default: all")
    parser.add_argument("--list", action="store_true", help="say which parts there are")
    parser.add_argument("--quick", action="store_true", help="small and short: figures mean little")
    parser.add_argument("--output", type=Path, help="directory for bench.json and the plots")
    options = parser.parse_args(argv)
    wanted = options.only.split(",") if options.only else PARTS
    for name in wanted:
        if name not in PARTS:
            parser.error(f"no part {name!r}; there are {', '.join(PARTS)}")
    options.parts = [name for name in PARTS if name in wanted]
    return options


def measure(part: Part, threads: int, quick: bool) -> list[Row]:
    """Measure one part in a new process."""
    print(f"{part.name}: {part.title} [{threads} thr.]", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "rows.json"
        command = [sys.executable, str(HERE / "child.py"), part.name, str(threads), str(file)]
        command += ["--quick"] * quick
        reason = None
        try:
            # The table alone goes to standard output.
            code = subprocess.run(
                command, env=environment(threads), stdout=sys.stderr, timeout=TIMEOUT, check=False
            ).returncode
            if code != 0:
                reason = f"its process ended with {code}"
        except subprocess.TimeoutExpired:
            reason = f"not done after {TIMEOUT:.0f} s"
        rows = [Row.from_json(row) for row in json.loads(file.read_text())] if file.exists() else []
    if reason:
        rows.append(Row(part.name, part.title, "", error=reason))
    return rows


def main(argv: Sequence[str] | None = None) -> int:
    """Measure what is asked for; the exit status says whether all of it could be measured."""
    options = arguments(argv)
    if options.list:
        for part in PARTS.values():
            print(f"{part.name:8} {part.title}")
        return 0
    complete = not options.quick and not options.only
    output = options.output or (HERE / "results" if complete else HERE.parent / "target" / "bench")
    here = machine.describe()
    print("\n".join(report.machine_lines(here)), file=sys.stderr, flush=True)
    if here["load_average"][0] > 0.5:
        print("the machine is not quiet: ratios suffer, times more so", file=sys.stderr)
    rows = [
        row
        for name in options.parts
        for threads in PARTS[name].threads
        for row in measure(PARTS[name], threads, options.quick)
    ]
    settings = {"parts": options.parts, "quick": options.quick}
    report.write(output / "bench.json", here, settings, rows)
    drawn = plots.draw(output, here, rows)
    print("\n".join(["", *report.machine_lines(here), "", report.table(rows), ""]))
    print(
        f"written: {', '.join(os.path.relpath(path) for path in [output / 'bench.json', *drawn])}"
    )
    return 1 if any(row.error for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
