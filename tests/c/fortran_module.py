"""Checks that parexact.f90 binds exactly the functions of parexact.h, with matching types, and has its constants.

Usage: fortran_module.py parexact.h parexact.f90
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from header import (
    Binding,
    Prototype,
    abstract_interfaces,
    bindings,
    callbacks,
    header_constants,
    module_constants,
    prototypes,
)

VALUES = {
    "int64_t": "integer(c_int64_t), value",
    "uint64_t": "integer(c_int64_t), value",
    "int32_t": "integer(c_int32_t), value",
    "parexact_status": "integer(c_int32_t), value",
    "int": "integer(c_int), value",
    "size_t": "integer(c_size_t), value",
    "double": "real(c_double), value",
}
STRUCTS = {"parexact_stats", "parexact_array", "parexact_state", "parexact_distribution"}
CALLBACKS = {"parexact_map_fn", "parexact_task_fn", "parexact_block_fn"}
BY_VALUE = VALUES | {name: f"procedure({name})" for name in CALLBACKS}


def fortran_argument(c_type: str) -> set[str]:
    """The Fortran declarations that are passed as this C type is."""
    if c_type in BY_VALUE:
        return {BY_VALUE[c_type]}
    target = c_type.removesuffix("*")
    if target == "void":  # an address, or any variable by reference
        return {"type(c_ptr), value", "type(*)", "type(parexact_state)", "integer(c_int)"}
    if target.endswith("*"):
        return {"type(c_ptr)"}
    if target in STRUCTS:
        return {f"type({target})"}
    if target in VALUES:
        return {VALUES[target].removesuffix(", value")}
    return {"type(c_ptr), value"}  # text, and handles


def fortran_result(c_type: str) -> str | None:
    """The Fortran result type of a function that returns this C type; None for a subroutine."""
    if c_type == "void":
        return None
    return VALUES[c_type].removesuffix(", value") if c_type in VALUES else "type(c_ptr)"


def differences_of(
    what: str, functions: dict[str, Prototype], bound: list[Binding]
) -> Iterator[str]:
    """How the module's declarations differ from the header's."""
    if not functions or not bound:
        yield f"found {len(functions)} and {len(bound)} {what}s: is the text understood at all?"
    counts = Counter(binding.name for binding in bound)
    for name in functions.keys() - counts.keys():
        yield f"{name} is in the header and not in the module"
    for name in counts.keys() - functions.keys():
        yield f"{name} is in the module and not in the header"
    for name, count in counts.items():
        if count > 1:
            yield f"{name} is bound {count} times"
    for binding in bound:
        function = functions.get(binding.name)
        if function is None:
            continue
        if binding.returns != fortran_result(function.returns):
            yield f"{binding.name} returns {function.returns} in C and {binding.returns} in Fortran"
        if len(binding.arguments) != len(function.arguments):
            yield f"{binding.name} has {len(function.arguments)} arguments, Fortran {len(binding.arguments)}"
            continue
        for position, (c_type, fortran_type) in enumerate(
            zip(function.arguments, binding.arguments), 1
        ):
            if fortran_type not in fortran_argument(c_type):
                yield f"{binding.name}, argument {position}: {c_type} in C, {fortran_type} in Fortran"


def main(header: Path, module: Path) -> int:
    """Prints each difference; the number of them decides the exit status."""
    functions, bound = prototypes(header), bindings(module)
    pointers = callbacks(header)
    differences = [
        *differences_of("function", functions, bound),
        *differences_of("callback", pointers, abstract_interfaces(module)),
    ]
    # Procedures of the module that have no name for C say so: name="".
    declared_bindings = len(re.findall(r'name="(?!")', module.read_text().lower()))
    if declared_bindings != len(bound):
        differences.append(
            f"{declared_bindings} bind(C, name=...) in the module, but only {len(bound)} understood"
        )
    if pointers.keys() != CALLBACKS:
        differences.append(f"the header's callbacks are {', '.join(sorted(pointers))}")

    c_constants, f_constants = header_constants(header), module_constants(module)
    if not c_constants:
        differences.append("no constants found in the header")
    for name in sorted(c_constants.keys() | f_constants.keys()):
        if c_constants.get(name) != f_constants.get(name):
            differences.append(
                f"{name} is {c_constants.get(name)} in the header, {f_constants.get(name)} in the module"
            )

    for difference in sorted(differences):
        print(difference, file=sys.stderr)
    print(
        f"{len(functions)} functions, {len(pointers)} callbacks and {len(c_constants)} constants compared"
    )
    return 1 if differences else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
