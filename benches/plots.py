"""The figures: throughput over size, kinds of data, element types, random numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from results import Row

OURS = "parexact"

# Okabe and Ito's colours, which colour-blind people tell apart; a peer has the same one everywhere.
COLOURS = {
    OURS: "#D55E00",
    "xsum large": "#009E73",
    "numpy.sum": "#0072B2",
    "numpy.var": "#0072B2",
    "polars sum": "#CC79A7",
    "polars var": "#CC79A7",
    "numba prange sum": "#56B4E9",
    "numba prange var": "#56B4E9",
    "bottleneck.nanvar": "#E69F00",
    "bottleneck.nansum": "#E69F00",
    "numbagg.nanvar": "#F0E442",
    "numbagg.nansum": "#F0E442",
    "randompack": "#009E73",
    "randompack, 53 bits": "#8CCFBB",
    "MKL SFMT19937": "#CC79A7",
    "NumPy SFC64": "#56B4E9",
    "NumPy PCG64": "#0072B2",
    "NumPy Philox": "#E69F00",
}
MARKERS = {"xsum large": "s", "numpy": "v", "polars": "D", "numba": "^", "bottleneck": "P"}
EXACT = (OURS, "xsum large")
QUANTITIES = {
    "sum": "Sum",
    "describe": "Statistics: n, sum, mean, var, std, min, max at once; the others: var alone",
}
RATE = "10⁹ values per second"
COST = "ns per number"
SLOWEST = 0.005
STYLE = {
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "legend.frameon": False,
    "savefig.dpi": 110,
}

Rates = dict[str, dict[Any, float]]


def _label(name: str) -> str:
    return f"{name} (exact)" if name in EXACT else name


def _marker(name: str) -> str:
    return next((mark for start, mark in MARKERS.items() if name.startswith(start)), "o")


def _rates(rows: Sequence[Row], key: str) -> Rates:
    """Return 10⁹ values a second, by contender and by one of the details."""
    rates: Rates = {}
    for row in rows:
        if row.error is None:
            for timing in row.details["timings"]:
                rate = row.details["n"] / timing["median_seconds"] / 1e9
                rates.setdefault(timing["name"], {})[row.details[key]] = rate
    return rates


def _of(rows: Sequence[Row], part: str, **details: Any) -> list[Row]:
    return [
        row
        for row in rows
        if row.part == part
        and row.error is None
        and all(row.details.get(name) == value for name, value in details.items())
    ]


def _caption(figure: Figure, machine: dict[str, Any]) -> None:
    text = (
        f"{machine['cpu']}, {machine['cpus']} processors, {machine['parexact']['simd']['path']}; "
        f"medians of turns taken side by side; {machine['when'][:10]}"
    )
    figure.supxlabel(text, x=0.01, ha="left", fontsize=8, color="#555555")


def _mark_caches(axes: Axes, caches: dict[str, int]) -> None:
    """Draw where an array of float64 outgrows each cache."""
    for name, size in caches.items():
        axes.axvline(size / 8, color="#999999", linewidth=0.8, linestyle=":", zorder=1)
        axes.text(
            size / 8, 1.0, f"{name} ", transform=axes.get_xaxis_transform(),
            ha="right", va="top", fontsize=8, color="#777777",
        )  # fmt: skip


def _curves(axes: Axes, rates: Rates) -> dict[str, Any]:
    """Draw one curve for each contender; return them by label."""
    drawn = {}
    for name, curve in rates.items():
        (drawn[_label(name)],) = axes.plot(
            list(curve),
            list(curve.values()),
            color=COLOURS[name],
            marker=_marker(name),
            markersize=5,
            linewidth=2.8 if name == OURS else 1.4,
            linestyle="-" if name in EXACT else "--",
            zorder=4 if name == OURS else 3,
        )
    axes.set_xscale("log")
    axes.set_yscale("log")  # small arrays count too
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_ylabel(RATE)
    axes.set_xlabel("values in the array (float64, standard normals)")
    axes.xaxis.set_tick_params(labelbottom=True)
    return drawn


def over_size(machine: dict[str, Any], rows: Sequence[Row]) -> Figure | None:
    """Draw throughput over size: sum and statistics, 1 and 2 threads."""
    threads = sorted({row.details["threads"] for row in _of(rows, "sizes")})
    if not threads:
        return None
    figure = plt.figure(figsize=(2.4 + 5.0 * len(threads), 8.8), layout="constrained")
    for part, (quantity, title) in zip(figure.subfigures(2, 1), QUANTITIES.items()):
        part.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
        names: dict[str, Any] = {}
        for axes, count in zip(
            part.subplots(1, len(threads), sharey=True, squeeze=False)[0], threads
        ):
            some = _of(rows, "sizes", quantity=quantity, threads=count)
            names.update(_curves(axes, _rates(some, "n")))
            axes.set_title(f"{count} thread{'s' if count > 1 else ''}")
            _mark_caches(axes, machine["caches"])
        # Threads that wait for a processor would stretch the scale by orders of magnitude.
        axes.set_ylim(bottom=max(SLOWEST, axes.get_ylim()[0]))
        part.legend(names.values(), names, loc="outside right center", fontsize=9)
    _caption(figure, machine)
    return figure


def _bars(axes: Axes, rates: Rates, label: Callable[[str], str] = str) -> None:
    """Draw groups of bars with their figures on top."""
    groups = list(dict.fromkeys(group for values in rates.values() for group in values))
    present = {group: [name for name in rates if group in rates[name]] for group in groups}
    width = 0.84 / max(map(len, present.values()))
    for name, values in rates.items():
        middle = [
            groups.index(group)
            + (present[group].index(name) - (len(present[group]) - 1) / 2) * width
            for group in values
        ]
        heights = list(values.values())
        bars = axes.bar(middle, heights, width * 0.94, color=COLOURS[name], label=label(name))
        figures = [f"{height:.{1 if height >= 1 else 2}f}" for height in heights]
        axes.bar_label(bars, figures, fontsize=8, padding=1, color="#444444")
    axes.set_xticks(range(len(groups)), groups)
    axes.grid(axis="x", visible=False)
    axes.margins(y=0.1)


def grouped(
    machine: dict[str, Any], rows: Sequence[Row], part: str, key: str, what: str
) -> Figure | None:
    """Draw bars by one of the details: sums above, statistics below."""
    rows = [row for row in rows if key in row.details]
    found = {quantity: _of(rows, part, quantity=quantity) for quantity in QUANTITIES}
    found = {quantity: some for quantity, some in found.items() if some}
    if not found:
        return None
    figure, grid = plt.subplots(
        len(found), 1, figsize=(10.5, 0.6 + 4.1 * len(found)), squeeze=False, layout="constrained"
    )
    for (axes,), (quantity, some) in zip(grid, found.items()):
        rates = _rates(some, key)
        _bars(axes, rates, _label)
        axes.legend(fontsize=9, ncols=len(rates), loc="lower left", bbox_to_anchor=(-0.01, 1.0))
        axes.set_title(QUANTITIES[quantity], pad=26)
        axes.set_ylabel(RATE)
    figure.suptitle(what, x=0.01, ha="left", fontsize=12.5, fontweight="bold")
    _caption(figure, machine)
    return figure


def random_numbers(machine: dict[str, Any], rows: Sequence[Row]) -> Figure | None:
    """Draw what a number costs, by distribution."""
    some = _of(rows, "P7")
    if not some:
        return None
    rates = _rates(some, "kind")
    costs = {
        name: {kind: 1 / rate for kind, rate in values.items()} for name, values in rates.items()
    }
    figure, axes = plt.subplots(figsize=(10.5, 4.6), layout="constrained")
    _bars(axes, costs)
    figure.legend(loc="outside right center", fontsize=9)
    axes.set_ylabel(COST)
    what = "Random numbers, float64, into a buffer in cache, 1 thread: the lower the faster"
    figure.suptitle(what, x=0.01, ha="left", fontsize=12.5, fontweight="bold")
    _caption(figure, machine)
    return figure


def draw(directory: Path, machine: dict[str, Any], rows: Sequence[Row]) -> list[Path]:
    """Draw what the rows are enough for, and return the files written."""
    directory.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    with mpl.rc_context(STYLE):
        for name, figure in {
            "sizes": over_size(machine, rows),
            "kinds": grouped(
                machine, rows, "medium", "kind", "Kinds of data, 10⁶ float64 values, 1 thread"
            ),
            "dtypes": grouped(
                machine, rows, "medium", "dtype", "Element types, 10⁶ values, 1 thread"
            ),
            "random": random_numbers(machine, rows),
        }.items():
            if figure is not None:
                written.append(directory / f"{name}.png")
                figure.savefig(written[-1])
                plt.close(figure)
    return written
