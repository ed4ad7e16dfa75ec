"""The loops of the kernels call nothing.

Only what is inlined into a function with an instruction set's features may use its instructions: a closure
or a function that is not costs a call for each vector, and is compiled without them. Nothing else would show
that: the results are the same.
"""

import re
import subprocess
from collections.abc import Iterator

import pytest
from paths import LIBRARY

KERNEL = re.compile(r"parexact::simd::x86_64::(\w+)::\w+::enabled\b")
"""What runs a kernel with an instruction set's features; each kernel has one of its own."""

ONCE_IN_A_WHILE = re.compile(
    # A block of values that the kernel declined, and sums that move to the superaccumulators.
    r"parexact::exact::accumulator::|parexact::exact::window::deposit"
    # The generators of a block of samples, and pieces of samples that are handed on.
    r"|parexact::random::bulk::|\*%r"
)
"""What loops over blocks may call."""

Instruction = tuple[int, str, str]
"""Address, mnemonic, operands."""


def pointers() -> dict[int, int]:
    """Return what the pointers that the loader fills in point to."""
    table = subprocess.run(
        ["readelf", "--relocs", "--wide", str(LIBRARY)], capture_output=True, text=True, check=True
    ).stdout
    relative = re.findall(r"^([0-9a-f]+) +[0-9a-f]+ R_X86_64_RELATIVE +([0-9a-f]+)$", table, re.M)
    return {int(slot, 16): int(target, 16) for slot, target in relative}


def functions() -> Iterator[tuple[int, str, list[Instruction]]]:
    """Yield address and name of the functions of the library, and the instructions of kernels."""
    command = [
        "objdump",
        "--disassemble",
        "--demangle",
        "--no-show-raw-insn",
        "--section=.text",
        str(LIBRARY),
    ]
    first, name, code = 0, "", []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as objdump:
        assert objdump.stdout is not None
        for line in objdump.stdout:
            if head := re.match(r"([0-9a-f]+) <(.*)>:$", line):
                yield first, name, code
                first, name, code = int(head[1], 16), head[2], []
            elif KERNEL.match(name) and (text := re.match(r" *([0-9a-f]+):\t(\S+) *(.*)", line)):
                code.append((int(text[1], 16), text[2], text[3]))
    yield first, name, code
    assert objdump.returncode == 0


def innermost_loops(code: list[Instruction]) -> list[tuple[int, int]]:
    """Return the first and last address of each loop that has no other one inside.

    A jump back over a return comes from a block that is seldom run and lies behind the function's end.
    """
    start = code[0][0]
    loops = set()
    returns = [address for address, mnemonic, _ in code if mnemonic == "ret"]
    for address, mnemonic, operands in code:
        target = re.match(r"([0-9a-f]+) <", operands)
        if mnemonic.startswith("j") and target and start <= int(target[1], 16) <= address:
            first = int(target[1], 16)
            if not any(first <= at <= address for at in returns):
                loops.add((first, address))
    return [
        (first, last)
        for first, last in loops
        if not any(first <= a and b <= last and (a, b) != (first, last) for a, b in loops)
    ]


def calls(code: list[Instruction]) -> list[str]:
    """Return the calls in innermost loops, but for those that are allowed."""
    loops = innermost_loops(code)
    return [
        f"{address:x}: {mnemonic} {operands}"
        for address, mnemonic, operands in code
        if mnemonic == "call"
        and any(first <= address <= last for first, last in loops)
        and not ONCE_IN_A_WHILE.search(operands)
    ]


@pytest.fixture(scope="module")
def kernels() -> list[tuple[str, list[Instruction]]]:
    """Return names and instructions of the kernels; calls by a pointer name what it points to."""
    found = list(functions())
    names = {address: name for address, name, _ in found}
    called = {slot: names[target] for slot, target in pointers().items() if target in names}

    def resolve(instruction: Instruction) -> Instruction:
        address, mnemonic, operands = instruction
        slot = re.search(r"# ([0-9a-f]+) <", operands)
        if mnemonic == "call" and slot and int(slot[1], 16) in called:
            return address, mnemonic, f"{operands} to {called[int(slot[1], 16)]}"
        return instruction

    return [(name, [*map(resolve, code)]) for _, name, code in found if KERNEL.match(name)]


def test_loops_of_kernels_call_nothing(kernels: list[tuple[str, list[Instruction]]]) -> None:
    found = [f"{name}:\n    {call}" for name, code in kernels for call in calls(code)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("instruction_set", "register"), [("avx2", "%ymm"), ("avx512", "%zmm")])
def test_kernels_are_found_and_have_loops_of_vectors(
    kernels: list[tuple[str, list[Instruction]]], instruction_set: str, register: str
) -> None:
    """Without this the other test would pass if kernels were called something else."""
    loops = 0
    for name, code in kernels:
        if KERNEL.match(name)[1] == instruction_set:  # type: ignore[index]
            for first, last in innermost_loops(code):
                body = [operands for address, _, operands in code if first <= address <= last]
                loops += any(register in operands for operands in body)
    assert loops > 50
