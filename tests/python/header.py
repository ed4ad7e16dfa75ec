"""The constants of parexact.h under short names, so that no test repeats a number of it."""

from __future__ import annotations

from parexact import abi

CONSTANTS: dict[str, int] = {
    name: value for name, value in vars(abi).items() if name.startswith("PAREXACT_")
}


def constant(name: str) -> int:
    """Return PAREXACT_<name>."""
    return CONSTANTS["PAREXACT_" + name]
