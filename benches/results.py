"""What a part of the benchmark finds: rows of the table, and the timings behind them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from timing import Timing, speedup


@dataclass(frozen=True)
class Target:
    """The figure that a row should reach."""

    relation: str
    """At least (≥) or at most (≤)."""
    bound: float

    def met(self, measured: float) -> bool:
        """Say whether a figure is good enough."""
        return measured >= self.bound if self.relation == "≥" else measured <= self.bound


def at_least(bound: float) -> Target:
    """Return a target for what should be large."""
    return Target("≥", bound)


def at_most(bound: float) -> Target:
    """Return a target for what should be small."""
    return Target("≤", bound)


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    part: str
    work: str
    against: str
    """The peer, or what the figure is otherwise about."""
    measured: float | None = None
    unit: str = "×"
    """× counts how many times as fast as the peer we are."""
    target: Target | None = None
    error: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    tabled: bool = True
    """Shown in the table, and not in a plot alone."""

    @property
    def met(self) -> bool | None:
        """Say whether the target is met, which a failure never does; `None` if there is no target."""
        if self.error is not None or self.measured is None:
            return False
        return None if self.target is None else self.target.met(self.measured)

    def to_json(self) -> dict[str, Any]:
        """Return all fields and the verdict."""
        return {**asdict(self), "met": self.met}

    @staticmethod
    def from_json(stored: dict[str, Any]) -> Row:
        """Return the row that `to_json` wrote."""
        fields = {name: value for name, value in stored.items() if name != "met"}
        if fields["target"]:
            fields["target"] = Target(**fields["target"])
        return Row(**fields)


def ratio(
    part: str,
    work: str,
    ours: Timing,
    theirs: Timing,
    target: Target | None = None,
    **details: Any,
) -> Row:
    """Return the row that compares two contenders of one race."""
    timings = [ours.to_json(), theirs.to_json()]
    measured = speedup(ours, theirs)
    details = {**details, "timings": timings}
    return Row(part, work, theirs.name, measured, target=target, details=details)


def fastest(timings: Sequence[Timing]) -> Timing:
    """Return the timing with the least median."""
    return min(timings, key=lambda timing: timing.median)


def count(n: int) -> str:
    """Format a count: 5·10⁷."""
    power = int(math.log10(n))
    factor = n / 10**power
    exponent = str(power).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{exponent}" if factor == 1 else f"{factor:g}·10{exponent}"


def show(value: float, unit: str) -> str:
    """Format a figure with three significant digits."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g} {unit}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f} {unit}"
