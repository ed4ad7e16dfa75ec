"""Every SIMD path this CPU has, forced one by one, gives the same bits."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from adversarial import MAKERS
from calls import (
    bits,
    describe,
    dot,
    dot_of,
    fields,
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
    if {"avx512f", "avx512dq", "avx512vl"} <= flags:
        paths.append("avx512")
    return paths


def digests() -> dict[str, str]:
    """Return, for each kind of array, a digest of every result and every state byte."""
    found = {}
    for k, maker in enumerate(MAKERS):
        digest = hashlib.sha256()
        rng = np.random.default_rng([9, k])
        for n in (1, 7, 8, 9, 31, 64, 1000, 1024, 2048, 3000, 150_000):
            x = maker(rng, 1, n + 3)[0][3:]
            answers = [fields(describe(x, 1, "omit")), total(x).hex(), norm(x).hex()]
            answers += [bits(dot(x, x)), bits(dot(x[::-1].copy(), x))]
            digest.update(repr(answers).encode())
            digest.update(bytes(state_of(x)))
        found[maker.__name__] = digest.hexdigest()
    for k, dtype in enumerate(DTYPES):
        digest = hashlib.sha256()
        rng = np.random.default_rng([10, k])
        for shape in ((1, 1), (2, 7), (9, 31), (64, 65), (3, 1025), (1500, 4)):
            for kind in KINDS:
                x = numbers(rng, dtype, shape[0] * shape[1], kind).reshape(shape)
                other = numbers(rng, np.dtype(np.float64), x.size).reshape(shape)
                for y in orders(x).values():
                    answers = [
                        bits(sum_of(y)),
                        bits(norm_of(y)),
                        bits(dot_of(y, other)),
                        bits(dot_of(y, y)),
                    ]
                    digest.update(repr(answers).encode())
                    digest.update(bytes(state_of(y)))
                    for op in ALL_OPS:
                        for axis in (0, 1):
                            digest.update(reduce(y, op, [axis], 1, "omit").tobytes())
        found[dtype.name] = digest.hexdigest()
    return found


CHILD = "import json, raw, test_simd; print(json.dumps([raw.explain(), test_simd.digests()]))"


@pytest.fixture(scope="module")
def here() -> dict[str, str]:
    return digests()


@pytest.mark.parametrize("path", paths_of_this_cpu())
def test_forced_path(path: str, here: dict[str, str]) -> None:
    account, there = json.loads(run_python(CHILD, {"PAREXACT_SIMD": path}))
    assert json.loads(account)["simd"]["path"] == path  # it ran what it was told to run
    assert there == here


def test_unknown_path_is_survived(here: dict[str, str]) -> None:
    _, there = json.loads(run_python(CHILD, {"PAREXACT_SIMD": "abacus"}))
    assert there == here


def test_the_widest_path_is_the_default() -> None:
    assert json.loads(explain())["simd"]["path"] == paths_of_this_cpu()[-1]
