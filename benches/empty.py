"""An empty function for the peers' maps, in a module of its own because processes import it."""

from __future__ import annotations


def empty(_: int) -> int:
    """Do nothing."""
    return 0
