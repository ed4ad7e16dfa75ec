"""Exact statistics of your own files, .npy or numeric .csv, larger than memory if need be.

    .venv/bin/python python_examples/describe.py measurements.npy table.csv --ddof 1 --nan omit

A file is read in chunks and each chunk is added to a `parexact_state`, a reduction under way that
never rounds: the answer does not depend on the size of the chunks, and is rounded once, at the
end. A .npy file gives one row of statistics, a .csv file one for each column.
"""

from __future__ import annotations

import argparse
import csv
import io
import needs  # noqa: F401
import os
import re
import sys
import time
from collections.abc import Iterator
from ctypes import byref
from typing import Any, BinaryIO, NoReturn, TextIO

import numpy as np
import numpy.typing as npt
from raw import NAN_FOUND, NAN_POLICY, State, Stats, check, lib, new_state, view

NPY_CHUNK = 1 << 20  # numbers
CSV_CHUNK = 1 << 14  # rows


class BadFile(Exception):
    """The file cannot be described; the text says why, in one line."""


class Progress:
    """A bar on stderr, shown from the second half-second on: small files never see it."""

    def __init__(self, label: str, total: int, wanted: bool | None) -> None:
        self.label = label
        self.total = max(total, 1)
        self.wanted = sys.stderr.isatty() if wanted is None else wanted
        self.next = time.monotonic() + (0 if wanted else 0.5)
        self.drawn = False

    def show(self, done: int) -> None:
        """Draw, at most ten times a second, and always at the end."""
        now = time.monotonic()
        finished = done >= self.total and (self.drawn or now >= self.next)
        if self.wanted and (finished or now >= self.next):
            self.next = now + 0.1
            self.drawn = True
            share = min(done / self.total, 1.0)
            bar = "#" * int(30 * share)
            print(f"\r{self.label} [{bar:<30}] {share:4.0%}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Leave the line of the bar."""
        if self.drawn:
            print(file=sys.stderr)
            self.drawn = False


# --- .npy ------------------------------------------------------------------------------------


def open_npy(path: str) -> npt.NDArray[Any]:
    """Map the file into memory as one dimension; nothing is read yet."""
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as error:  # object arrays, pickles, truncated or damaged files
        raise BadFile(f"not a usable .npy file: {error}") from None
    if not isinstance(array, np.ndarray):
        raise BadFile("an archive of several arrays: unpack it first")
    if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
        raise BadFile(f"values of type {array.dtype} are no numbers that parexact can add exactly")
    # The order of the numbers does not matter here, so take them as they lie in the file.
    return array.reshape(-1, order="F" if array.flags.fnc else "C")


def native_type(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the type in the machine's byte order, which chunks that are copied have."""
    return dtype.newbyteorder("=")


def read_npy(path: str, progress: bool | None) -> list[tuple[str, State]]:
    """Reduce the whole array, chunk by chunk."""
    numbers = open_npy(path)
    dtype = native_type(numbers.dtype)
    state = new_state()
    bar = Progress(os.path.basename(path), numbers.size, progress)
    try:
        for start in range(0, numbers.size, NPY_CHUNK):
            chunk = numbers[start : start + NPY_CHUNK].astype(dtype, copy=False)
            check(lib.parexact_state_update(byref(state), byref(view(chunk))))
            bar.show(start + chunk.size)
    finally:
        bar.close()
    return [("", state)]


# --- .csv ------------------------------------------------------------------------------------


def sniff(line: str) -> str:
    """Guess the delimiter from one line; a comma may be part of a number, a semicolon never is."""
    for delimiter in ";\t|,":
        if delimiter in line:
            return delimiter
    return " " if len(line.split()) > 1 else ","


def rows(text: TextIO, delimiter: str | None) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and cells, without blank lines and the # comments of np.savetxt."""
    for number, line in enumerate(text, start=1):
        if not line.strip(" \r\n") or line.startswith("#"):
            continue
        delimiter = delimiter or sniff(line)
        if delimiter == " ":
            yield number, line.split()
            continue
        try:
            yield number, next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
        except csv.Error as error:
            raise BadFile(f"line {number}: {error}") from None


# As float() reads them, but without its underscores.
NUMBER = re.compile(r"\s*[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf(inity)?|nan)\s*", re.ASCII | re.I)


def number_or_none(cell: str) -> float | None:
    """Return the nearest float64, NaN for an empty cell, None for what is not a number."""
    if not cell.strip():
        return float("nan")
    return float(cell) if NUMBER.fullmatch(cell) else None


def is_header(cells: list[str], wanted: bool | None) -> bool:
    """Tell whether the first row names the columns: by option, or if no cell of it is a number."""
    if wanted is not None:
        return wanted
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and all(number_or_none(cell) is None for cell in filled)


def read_csv(
    file: BinaryIO, delimiter: str | None, header: bool | None, progress: bool | None
) -> list[tuple[str, State]]:
    """Reduce each column."""
    names: list[str] = []
    states: list[State] = []
    block: list[list[float]] = []

    def flush() -> None:
        for state, column in zip(states, np.array(block, dtype=np.float64).T):
            check(lib.parexact_state_update(byref(state), byref(view(column))))
        block.clear()
        if bar is not None:
            bar.show(file.tell())

    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    bar = None
    if file.seekable():  # a pipe has no length
        bar = Progress(os.path.basename(file.name), os.fstat(file.fileno()).st_size, progress)
    try:
        for line, cells in rows(text, delimiter):
            if not states:
                states = [new_state() for _ in cells]
                names = [f"column {i + 1}" for i in range(len(cells))]
                if is_header(cells, header):
                    names = [c.strip() or n for c, n in zip(cells, names)]
                    continue
            if len(cells) != len(states):
                raise BadFile(f"line {line}: {len(cells)} cells where {len(states)} are needed")
            block.append([])
            for i, cell in enumerate(cells):
                value = number_or_none(cell)
                if value is None:
                    raise BadFile(f"line {line}, column {i + 1}: not a number: {cell[:40]!r}")
                block[-1].append(value)
            if len(block) == CSV_CHUNK:
                flush()
        flush()
    except UnicodeDecodeError as error:
        raise BadFile(f"not a text file: {error.reason}") from None
    finally:
        if bar is not None:
            bar.close()
    if not states:
        raise BadFile("no numbers in it")
    return list(zip(names, states))


# --- the table -------------------------------------------------------------------------------

TITLES = ["count", "nan", "mean", "std", "variance", "min", "max", "sum"]


def describe(path: str, args: argparse.Namespace) -> list[list[str]]:
    """Return the rows of the table for one file."""
    with open(path, "rb") as file:  # once only: it may be a pipe
        if path.endswith(".npy") or file.peek(6).startswith(b"\x93NUMPY"):
            reductions = read_npy(path, args.progress)
        else:
            reductions = read_csv(file, args.delimiter, args.header, args.progress)
    table = []
    for name, state in reductions:
        s = Stats()
        status = lib.parexact_state_result(byref(state), args.ddof, NAN_POLICY[args.nan], byref(s))
        if status == NAN_FOUND:
            raise BadFile(f"{name + ': ' if name else ''}there are NaNs, and --nan is raise")
        check(status)
        numbers = [s.mean, s.std, s.variance, s.min, s.max, s.sum]
        table.append([path, name, str(s.count), str(s.nan_count), *map(repr, numbers)])
    return table


def show(table: list[list[str]]) -> None:
    """Print aligned columns: text to the left, numbers to the right."""
    lines = [["file", "column", *TITLES], *table]
    if all(not line[1] for line in table):
        lines = [[line[0], *line[2:]] for line in lines]
    widths = [max(map(len, column)) for column in zip(*lines)]
    text = len(widths) - len(TITLES)
    for line in lines:
        cells = [
            cell.ljust(width) if i < text else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths))
        ]
        print("  ".join(cells).rstrip())


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Exact statistics of .npy and .csv files")
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--ddof", type=int, default=0, help="variance over n - ddof (default 0)")
    parser.add_argument("--nan", choices=NAN_POLICY, default="propagate", help="what NaNs do")
    parser.add_argument("--delimiter", help="of a .csv; found out by default, ' ' is any blanks")
    yes_no = argparse.BooleanOptionalAction
    parser.add_argument("--header", action=yes_no, help="whether a .csv starts with names")
    parser.add_argument("--progress", action=yes_no, help="progress bar (default: on a terminal)")
    args = parser.parse_args()
    if args.ddof < 0:
        parser.error("--ddof must not be negative")
    args.delimiter = "\t" if args.delimiter == "\\t" else args.delimiter
    if args.delimiter is not None and (len(args.delimiter) != 1 or args.delimiter in '"\r\n'):
        parser.error("--delimiter must be one character")
    return args


def main() -> NoReturn:
    """Describe each file; one that cannot be read costs a line on stderr and exit code 2."""
    args = parse()
    table: list[list[str]] = []
    code = 0
    try:
        for path in args.files:
            try:
                table += describe(path, args)
            except (BadFile, OSError) as error:
                reason = error.strerror if isinstance(error, OSError) else str(error)
                reason = " ".join(str(reason or error).split())
                print(f"describe: {path}: {reason}", file=sys.stderr)
                code = 2
        if table:
            show(table)
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
