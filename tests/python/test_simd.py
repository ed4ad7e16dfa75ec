"""Every SIMD path this CPU has, forced one by one, gives the same bits."""

from __future__ import annotations

import json
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest
from adversarial import MAKERS
from calls import (
    bits,
    describe,
    dot,
    dot_of,
    norm,
    norm_of,
    reduce,
    state_of,
    sum_of,
    total,
)
from children import run_python
from layouts import ALL_OPS, DTYPES, KINDS, numbers, orders
from raw import explain


def paths_of_this_cpu() -> list[str]:
    text = Path("/proc/cpuinfo").read_text(encoding="ascii")
    flags = set(next(line for line in text.splitlines() if line.startswith("flags")).split())
    paths = ["baseline"]
    if {"avx2", "fma"} <= flags:
        paths.append("avx2")
    if {"avx512f", "avx512dq", "fma"} <= flags:
        paths.append("avx512")
    return paths


def answers() -> dict[str, bytes]:
    """Return every result, in bytes, by the call that gave it, which says how to make its values again."""
    found = {}
    for k, maker in enumerate(MAKERS):
        rng = np.random.default_rng([9, k])
        for n in (1, 7, 8, 9, 31, 64, 1000, 1024, 2048, 3000, 150_000):
            x = maker(rng, 1, n + 3)[0][3:]
            of = f"of {n} values by {maker.__name__} (generator [9, {k}]), which begin {x[:3].tolist()}"
            found[f"describe {of}"] = bytes(describe(x, 1, "omit"))
            found[f"sum {of}"] = eight(total(x))
            found[f"norm {of}"] = eight(norm(x))
            found[f"dot {of} with themselves"] = eight(dot(x, x))
            found[f"dot {of} with themselves reversed"] = eight(dot(x[::-1].copy(), x))
            found[f"state {of}"] = bytes(state_of(x))
    for k, dtype in enumerate(DTYPES):
        rng = np.random.default_rng([10, k])
        for shape in ((1, 1), (2, 7), (9, 31), (64, 65), (3, 1025), (1500, 4)):
            for kind in KINDS:
                x = numbers(rng, dtype, shape[0] * shape[1], kind).reshape(shape)
                other = numbers(rng, np.dtype(np.float64), x.size).reshape(shape)
                for order, y in orders(x).items():
                    of = f"of {kind} {dtype} {shape}, {order}, the first {x.flat[0]} (generator [10, {k}])"
                    found[f"sum {of}"] = eight(sum_of(y))
                    found[f"norm {of}"] = eight(norm_of(y))
                    found[f"dot {of} with other values"] = eight(dot_of(y, other))
                    found[f"dot {of} with themselves"] = eight(dot_of(y, y))
                    found[f"state {of}"] = bytes(state_of(y))
                    for op in ALL_OPS:
                        for axis in (0, 1):
                            found[f"{op} along axis {axis} {of}"] = reduce(
                                y, op, [axis], 1, "omit"
                            ).tobytes()
    return found


def eight(x: float) -> bytes:
    return struct.pack("=d", x)


def check_same(here: dict[str, bytes], there: dict[str, bytes]) -> None:
    """Fail with the first call whose results differ, and with the first word that does."""
    assert list(here) == list(there)
    for call, expected in here.items():
        if there[call] == expected:
            continue
        mine, theirs = (np.frombuffer(words, np.float64) for words in (expected, there[call]))
        assert len(mine) == len(theirs), call
        [index, *_] = np.flatnonzero(mine.view(np.uint64) != theirs.view(np.uint64))
        pytest.fail(
            f"{call}: word {index} is {bits(mine[index])} here, {bits(theirs[index])} there"
        )


CHILD = """
import pickle, raw, test_simd
with open({file!r}, "wb") as file:
    pickle.dump((raw.explain(), test_simd.answers()), file)
"""


def on_path(path: str, directory: Path) -> tuple[str, dict[str, bytes]]:
    """Return the path that a process takes which is told to take one, and its answers."""
    file = directory / "answers"
    run_python(CHILD.format(file=str(file)), {"PAREXACT_SIMD": path}, timeout=240)
    account, there = pickle.loads(file.read_bytes())
    return json.loads(account)["simd"]["path"], there


@pytest.fixture(scope="module")
def here() -> dict[str, bytes]:
    return answers()


@pytest.mark.parametrize("path", paths_of_this_cpu())
def test_forced_path(path: str, here: dict[str, bytes], tmp_path: Path) -> None:
    taken, there = on_path(path, tmp_path)
    assert taken == path  # it ran what it was told to run
    check_same(here, there)


def test_unknown_path_is_survived(here: dict[str, bytes], tmp_path: Path) -> None:
    _, there = on_path("abacus", tmp_path)
    check_same(here, there)


def test_a_difference_is_told(here: dict[str, bytes]) -> None:
    """A failure names the call and the first word that differs."""
    call = next(call for call in here if call.startswith("state"))
    changed = bytearray(here[call])
    changed[8 * 5] ^= 1
    with pytest.raises(
        pytest.fail.Exception, match=r"state of 1 values by .*: word 5 is .* here, .* there"
    ):
        check_same(here, {**here, call: bytes(changed)})


def test_the_widest_path_is_the_default() -> None:
    assert json.loads(explain())["simd"]["path"] == paths_of_this_cpu()[-1]
