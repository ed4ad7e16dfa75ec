"""The examples of the docstrings, which hold on any number of ranks."""

import doctest

import checks
import parexact.mpi
from checks import check
from parexact import _mpi_collective, _mpi_operation, _mpi_request


def main() -> None:
    """Run them on every rank."""
    for module in parexact.mpi, _mpi_collective, _mpi_operation, _mpi_request:
        result = doctest.testmod(module)
        check(f"the examples of {module.__name__}", result.failed == 0)
    for name in [*parexact.mpi.__all__, "sum", "min", "max"]:
        thing = getattr(parexact.mpi, name)
        examples = [thing.__doc__, *(each.__doc__ for each in vars(thing).values() if callable(each))] \
            if isinstance(thing, type) else [thing.__doc__]  # fmt: skip
        if name != "RankError":
            check(f"{name} has an example", any(">>>" in (text or "") for text in examples))


checks.run(main)
