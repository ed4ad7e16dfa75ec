"""The display of a long call's progress: a tqdm bar if there is tqdm, else a line on the standard error."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any


class Bar:
    """What `progress=True` shows; `finish` completes it, `close` removes nothing."""

    def __init__(self) -> None:
        self._tqdm: Any = None
        self._shown = ""
        try:
            from tqdm.auto import tqdm
        except ImportError:
            return
        self._tqdm = tqdm(total=100, unit="%", bar_format="{l_bar}{bar}| {elapsed}<{remaining}")

    def update(self, done: int, total: int) -> None:
        """Show that `done` of `total` is done; a total of 0 is not known yet."""
        if total > 0:
            self._show(min(100.0, 100.0 * done / total))

    def _show(self, percent: float) -> None:
        if self._tqdm is not None:
            self._tqdm.update(percent - self._tqdm.n)
            return
        text = f"{percent:3.0f} % done"
        # A process without a console, such as pythonw's or a daemon's, may have no standard error.
        if text != self._shown and sys.stderr is not None:
            self._shown = text
            print(f"\r{text}", end="", file=sys.stderr, flush=True)

    def finish(self) -> None:
        """Show that all is done."""
        self._show(100.0)

    def close(self) -> None:
        """Leave the display as it is, and end the line."""
        if self._tqdm is not None:
            self._tqdm.close()
        elif self._shown:
            print(file=sys.stderr, flush=True)


@contextlib.contextmanager
def shown(progress: Any) -> Iterator[Bar | None]:
    """Return a bar that is there while the block runs, or None if `progress` is false."""
    if not progress:
        yield None
        return
    bar = Bar()
    try:
        yield bar
    finally:
        bar.close()
