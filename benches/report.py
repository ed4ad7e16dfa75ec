"""The table that is printed, and the JSON that is kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from results import Row, show

HEADINGS = ("part", "work", "against", "target", "measured", "")


def machine_lines(machine: dict[str, Any]) -> list[str]:
    """Return what a reader of the table must know about the machine."""
    simd = machine["parexact"]["simd"]
    load = ", ".join(f"{value:.2f}" for value in machine["load_average"])
    caches = ", ".join(f"{name} {size >> 10} KiB" for name, size in machine["caches"].items())
    peers = ", ".join(f"{name} {version}" for name, version in machine["peers"].items())
    return [
        f"parexact {machine['parexact']['version']} ({machine['revision']}), {simd['path']} of "
        f"{' '.join(simd['cpu_features'])}",
        f"{machine['cpu']}, {machine['cpus']} processors, {caches}; {machine['system']}",
        f"load average at the start: {load}; {machine['when']}",
        f"Python {machine['python']}, {peers}",
    ]


def verdict(row: Row) -> str:
    """Return the last column of a row: whether its target is met."""
    if row.error is not None:
        return "FAILED"
    return {True: "met", False: "NOT MET", None: ""}[row.met]


def _cells(row: Row) -> tuple[str, ...]:
    target = f"{row.target.relation} {row.target.bound:g} {row.unit}" if row.target else ""
    measured = "" if row.measured is None else show(row.measured, row.unit)
    return row.part, row.work, row.against, target, measured, verdict(row)


def table(rows: Sequence[Row]) -> str:
    """Return the table, followed by the reasons of the rows that failed."""
    lines = [HEADINGS, *(_cells(row) for row in rows if row.tabled or row.error)]
    widths = [max(map(len, column)) for column in zip(*lines)]
    text = []
    for line in lines:
        left = [cell.ljust(width) for cell, width in zip(line[:3], widths)]
        right = [cell.rjust(width) for cell, width in zip(line[3:5], widths[3:])]
        text.append("  ".join([*left, *right, line[5]]).rstrip())
    text.insert(1, "─" * max(map(len, text)))
    reasons = dict.fromkeys(f"{row.part}: {row.error}" for row in rows if row.error)
    if reasons:
        text += ["", "failed:", *(f"  {reason}" for reason in reasons)]
    judged = [row for row in rows if row.target is not None and row.error is None]
    met = sum(row.met is True for row in judged)
    failed = sum(row.error is not None for row in rows)
    text += ["", f"targets met: {met}, not met: {len(judged) - met}; rows that failed: {failed}"]
    return "\n".join(text)


def write(path: Path, machine: dict[str, Any], settings: dict[str, Any], rows: list[Row]) -> None:
    """Write all rows and their timings as JSON."""
    stored = {"machine": machine, "settings": settings, "rows": [row.to_json() for row in rows]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n")
