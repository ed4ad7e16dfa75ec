#!/usr/bin/env python3
"""The statistical quality of the random numbers: `make test-random`.

    run.py [--only GROUP,...]       of: fit tails correlation dieharder

Prints a table of p-values and, of a whole run, writes docs/random-quality.json. One that is too
small for chance fails; so does too uneven a distribution of all of them.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import battery
import common
import correlation
import fit
import numpy as np
import tails

GROUPS = {
    "fit": fit.run,
    "tails": tails.run,
    "correlation": correlation.run,
    "dieharder": battery.run,
}


def main() -> int:
    """Run the groups that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(GROUPS))
    chosen = parser.parse_args().only.split(",")
    outcomes: list[common.Outcome] = []
    for group in chosen:
        begun, count = time.monotonic(), len(outcomes)
        for outcome in GROUPS[group]():
            outcomes.append(outcome)
            mark = "FAILED" if outcome.failed else ""
            line = f"{outcome.group:12} {outcome.name:52} {outcome.p:.6f} {outcome.detail} {mark}"
            print(line.rstrip(), flush=True)
        print(f"--- {group}: {len(outcomes) - count} in {time.monotonic() - begun:.0f} s\n")

    # Of those that come of different samples.
    separate = ("Kolmogorov-Smirnov", "chi-square", "values")
    p = np.sort([outcome.p for outcome in outcomes if outcome.name.endswith(separate)])
    if len(p):
        uneven = common.kolmogorov_smirnov(p)
        outcomes.append(common.Outcome("summary", f"{len(p)} of these p-values", uneven))
    failed = [outcome for outcome in outcomes if outcome.failed]
    for outcome in failed:
        print("FAILED:", outcome)
    smallest = min(outcomes, key=lambda outcome: outcome.p)
    print(f"{len(outcomes)} p-values, {len(failed)} failed; smallest: {smallest}")
    if chosen == list(GROUPS):
        table = [[o.group, o.name, float(f"{o.p:.6g}"), o.detail] for o in outcomes]
        rows = ",\n".join(json.dumps(row) for row in table)
        path = common.ROOT / "docs" / "random-quality.json"
        path.write_text(f"[\n{rows}\n]\n", encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
