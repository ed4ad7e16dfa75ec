"""An empty function for the others' maps: in a module of its own, as processes import it."""

from __future__ import annotations


def empty(_: int) -> int:
    """Do nothing."""
    return 0
