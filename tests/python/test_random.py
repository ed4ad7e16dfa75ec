"""Random numbers: the bits of the definition, whoever draws which part of a stream."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Iterator, Sequence
from ctypes import byref
from pathlib import Path

import numpy as np
import pytest
import random_oracle as oracle
from calls import Floats, bits, fields, fingerprint, pointer, state_of
from children import run_python
from header import constant
from random_kinds import BULK, FAMILY, KINDS, Parameters
from raw import (
    DISTRIBUTION,
    State,
    Stats,
    check,
    distribution,
    explain,
    lib,
    new_state,
    random,
)
from test_simd import paths_of_this_cpu

BLOCK = oracle.BLOCK
WORTH_THREADS = 2**17  # so many samples are worth several threads, unless these are slow to wake up
GOLDEN = Path(__file__).with_name("random_golden.json")
CASES = [(kind, parameters) for kind, all_of_it in KINDS.items() for parameters in all_of_it]
BULK_CASES = [(kind, parameters) for kind, all_of_it in BULK.items() for parameters in all_of_it]
STANDARD = [(kind, all_of_it[0]) for kind, all_of_it in KINDS.items()]
SEED, STREAM = 2**63 + 11, 2**64 - 3


@pytest.fixture(autouse=True)
def default_threads() -> Iterator[None]:
    yield
    check(lib.parexact_set_num_threads(0))


def sampled_state(
    kind: str, parameters: Parameters, offset: int, n: int, into: State | None = None
) -> State:
    state = new_state() if into is None else into
    d = distribution(kind, *parameters)
    check(lib.parexact_random_state(byref(d), SEED, STREAM, offset, n, byref(state)))
    return state


def same(x: Floats, y: Floats | Sequence[float]) -> bool:
    return x.tobytes() == np.asarray(y, dtype=np.float64).tobytes()


# --- the definition --------------------------------------------------------------------------


def test_kinds_are_named_once() -> None:
    assert list(BULK) + list(FAMILY) == list(DISTRIBUTION)
    for kind, number in DISTRIBUTION.items():
        assert constant("DIST_" + kind.upper()) == number


@pytest.mark.parametrize(
    ("key", "counter", "answer"),
    [
        ([0, 0], [0] * 4, "16554d9eca36314c db20fe9d672d0fdc d7e772cee186176b 7e68b68aec7ba23b"),
        (
            [oracle.MASK] * 2,
            [oracle.MASK] * 4,
            "87b092c3013fe90b 438c3c67be8d0224 9cc7d7c69cd777b6 a09caebf594f0ba0",
        ),
        (
            [0x452821E638D01377, 0xBE5466CF34E90C6C],
            [0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89],
            "a528f45403e61d95 38c72dbd566e9788 a5a1610e72fd18b5 57bd43b5e52b7fe6",
        ),
    ],
)
def test_philox_has_the_known_answers(key: list[int], counter: list[int], answer: str) -> None:
    """Random123 1.14, tests/kat_vectors, `philox4x64 10`."""
    assert oracle.philox(key, counter) == [int(word, 16) for word in answer.split()]


@pytest.mark.parametrize("kind", BULK)
@pytest.mark.parametrize(
    ("seed", "stream", "block"),
    [(0, 0, 0), (SEED, STREAM, 1), (2024, 7, 2**28 + 3), (oracle.MASK, 1, 2**52 - 1)],
)
def test_whole_blocks(kind: str, seed: int, stream: int, block: int) -> None:
    expected = oracle.standard(kind, seed, stream, block)
    n = BLOCK - (block == 2**52 - 1)  # offset + n stays below 2^64
    drawn = random(kind, *BULK[kind][0], n=n, seed=seed, stream=stream, offset=block * BLOCK)
    assert same(drawn, expected[:n])


@pytest.mark.parametrize(("kind", "parameters"), BULK_CASES)
def test_parameters(kind: str, parameters: Parameters) -> None:
    n = 600
    words = oracle.block_words(oracle.KIND[kind], SEED, STREAM, 5)[: n + 8]
    standard = oracle.standard_block(kind, words)
    expected = [oracle.with_parameters(kind, parameters, sample) for sample in standard]
    drawn = random(kind, *parameters, n=n, seed=SEED, stream=STREAM, offset=5 * BLOCK)
    assert same(drawn, expected[:n])


def test_both_words_of_numpy_and_python_agree() -> None:
    many = oracle.many_words(1, SEED, STREAM, 2**40, 2)
    one_by_one = [oracle.block_words(1, SEED, STREAM, 2**40 + i) for i in range(2)]
    assert many.tolist() == one_by_one[0] + one_by_one[1]


@pytest.mark.parametrize("kind", ["normal", "exponential"])
def test_extremes_of_many(kind: str) -> None:
    """The rarest of 2^24 samples: ends of the tables, long exponents, small angles."""
    n, chosen = 2**24, 12
    samples = random(kind, *BULK[kind][0], n=n, seed=SEED, stream=STREAM)
    indices: set[int] = set()
    for order in (samples, -samples, np.abs(samples), np.abs(samples - 1.0)):
        indices.update(np.argpartition(order, chosen)[:chosen].tolist())
    for index in indices:
        expected = oracle.sample_at(kind, BULK[kind][0], SEED, STREAM, index)
        assert bits(samples[index]) == bits(expected), index


def test_uniforms_stay_below_their_upper_bound() -> None:
    low, high = 1.0, 1.0 + 2.0**-52  # half of all roundings would reach it
    assert set(random("uniform", low, high, n=10_000)) == {low}
    low, high = 2.0**53, 2.0**53 + 6.0
    values, counts = np.unique(random("uniform", low, high, n=30_000), return_counts=True)
    assert values.tolist() == [low, low + 2, low + 4]
    assert counts.min() > 4000


SMALLEST = 2.0**-1022  # normal
LARGEST = math.nextafter(math.inf, 0.0)


def test_uniforms_lie_in_their_bounds() -> None:
    """low <= x < high, whatever the bounds are, or no such number is normal or 0."""
    positive = [5e-324, 2.2e-308, SMALLEST, 2 * SMALLEST, 2.0**-53, 1.0, 2.0**53, 1e308, LARGEST]
    near = {math.nextafter(x, toward) for x in positive for toward in (0.0, x, LARGEST)}
    bounds = sorted({0.0} | near | {-x for x in near})
    for low, high in itertools.combinations(bounds, 2):
        d, out = distribution("uniform", low, high), np.empty(2000)
        status = lib.parexact_random_fill(byref(d), SEED, STREAM, 0, pointer(out), out.size)
        if 0 < abs(low) < SMALLEST and not any(low <= x < high for x in (0.0, SMALLEST)):
            assert status == constant("ERROR_INVALID_ARGUMENT"), (low, high)
            assert "subnormal" in lib.parexact_last_error().decode()
            continue
        check(status)
        assert (low <= out).all() and (out < high).all(), (low, high)
        assert (np.abs(out[out != 0]) >= SMALLEST).all(), (low, high)


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("uniform", (0.0, 3e-308)),
        ("uniform", (-5e-324, 5e-324)),
        ("normal", (0.0, 1e-307)),
        ("normal", (-0.0, 0.0)),
        ("exponential", (1.7e308,)),
    ],
)
def test_what_would_be_subnormal_is_plus_zero(kind: str, parameters: Parameters) -> None:
    samples = random(kind, *parameters, n=50_000)
    zero = samples == 0.0
    assert zero.any()
    assert not np.signbit(samples[zero]).any()
    assert np.abs(samples[~zero]).min(initial=math.inf) >= 2.0**-1022


def test_samples_may_overflow_but_are_never_nan() -> None:
    samples = random("normal", 1e308, 1e308, n=50_000)
    assert np.isposinf(samples).any()
    assert not np.isnan(samples).any()


# --- golden values ---------------------------------------------------------------------------

GOLDEN_INDICES = [0, 1, 7, 8, 4095, 4096, 100_003, 2**32 + 1, 2**40 + 5, 2**64 - 2]


def golden() -> dict[str, dict[str, list[str]]]:
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


def write_golden() -> None:
    """Write the values of this library: `make golden`, for distributions that are new."""
    found: dict[str, dict[str, list[str]]] = {}
    for kind, parameters in CASES:
        values = [golden_value(kind, parameters, index).hex() for index in GOLDEN_INDICES]
        found.setdefault(kind, {})[repr(parameters)] = values
    for kind, parameters in STANDARD:
        found[kind]["fingerprint"] = golden_fingerprint(kind, parameters)
    GOLDEN.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def golden_fingerprint(kind: str, parameters: Parameters) -> list[str]:
    """Return that of many samples: hardly one of them shows the last bit of a constant."""
    n = 2**27 if kind in BULK else 2**21
    return [f"{word:#018x}" for word in fingerprint(sampled_state(kind, parameters, 0, n))]


def golden_value(kind: str, parameters: Parameters, index: int) -> float:
    drawn = random(kind, *parameters, n=1, seed=20_260_801, stream=42, offset=index)
    return float(drawn[0])


@pytest.mark.parametrize(("kind", "parameters"), CASES)
def test_golden_values(kind: str, parameters: Parameters) -> None:
    drawn = [golden_value(kind, parameters, index).hex() for index in GOLDEN_INDICES]
    assert drawn == golden()[kind][repr(parameters)]


@pytest.mark.parametrize(("kind", "parameters"), STANDARD)
def test_golden_fingerprints(kind: str, parameters: Parameters) -> None:
    assert golden_fingerprint(kind, parameters) == golden()[kind]["fingerprint"]


def test_golden_values_are_of_these_kinds() -> None:
    assert list(golden()) == list(KINDS)


# --- parts of a stream -----------------------------------------------------------------------


def slices(n: int) -> list[tuple[int, int]]:
    """Return parts of n samples, few and many, at all alignments."""
    rng = np.random.default_rng(n)
    parts = [(0, 0), (0, 1), (1, 1), (BLOCK - 1, 2), (BLOCK, BLOCK), (7, BLOCK), (n - 1, 1)]
    parts += [(0, WORTH_THREADS - 1), (0, WORTH_THREADS), (13, WORTH_THREADS + 1), (5, n - 7)]
    for _ in range(12):
        start = int(rng.integers(0, n))
        parts.append((start, int(rng.integers(0, min(n - start, 3 * BLOCK) + 1))))
    return parts


@pytest.mark.parametrize(("kind", "parameters"), STANDARD)
def test_any_part_is_that_part_of_the_whole(kind: str, parameters: Parameters) -> None:
    n, base = WORTH_THREADS + 5 * BLOCK + 77, 2**41 + 4_000
    whole = random(kind, *parameters, n=n, seed=SEED, stream=STREAM, offset=base)
    for start, length in slices(n):
        part = random(kind, *parameters, n=length, seed=SEED, stream=STREAM, offset=base + start)
        assert same(part, whole[start : start + length]), (start, length)


@pytest.mark.parametrize(("kind", "parameters"), STANDARD)
def test_any_number_of_threads(kind: str, parameters: Parameters) -> None:
    """1 to 16 of them, on some samples and on more; stored and reduced."""
    whole: dict[int, tuple[bytes, bytes]] = {}
    for threads in range(1, 17):
        check(lib.parexact_set_num_threads(threads))
        for n in (WORTH_THREADS - 1, WORTH_THREADS + 20 * BLOCK + 3):
            drawn = random(kind, *parameters, n=n, seed=SEED, stream=STREAM, offset=99)
            answer = (
                hashlib.sha256(drawn).digest(),
                bytes(sampled_state(kind, parameters, 99, n)),
            )
            assert whole.setdefault(n, answer) == answer, threads


def test_unaligned_outputs() -> None:
    for kind, parameters in STANDARD:
        n = 3 * BLOCK + 5
        buffer = np.full(8 * n + 24, 0x5A, dtype=np.uint8)
        d = distribution(kind, *parameters)
        for shift in (1, 4, 9):
            out = buffer[shift : shift + 8 * n]
            check(lib.parexact_random_fill(byref(d), SEED, STREAM, 3, pointer(out), n))
            expected = random(kind, *parameters, n=n, seed=SEED, stream=STREAM, offset=3)
            assert out.tobytes() == expected.tobytes()
            out[:] = 0x5A
            assert (buffer == 0x5A).all()  # and nothing around it


@pytest.mark.parametrize(("kind", "parameters"), CASES)
def test_reduced_is_drawn_and_reduced(kind: str, parameters: Parameters) -> None:
    for offset, n in [(0, 0), (0, 1), (4095, 2), (77, 50_000), (2**63, WORTH_THREADS + 777)]:
        drawn = random(kind, *parameters, n=n, seed=SEED, stream=STREAM, offset=offset)
        assert bytes(sampled_state(kind, parameters, offset, n)) == bytes(state_of(drawn))
    already = np.array([1e300, -3.0, math.nan])
    drawn = random(kind, *parameters, n=1000, seed=SEED, stream=STREAM, offset=8)
    into = sampled_state(kind, parameters, 8, 1000, into=state_of(already))
    assert bytes(into) == bytes(state_of(already, drawn))


@pytest.mark.parametrize(("kind", "parameters"), STANDARD)
def test_parts_merge_in_any_order(kind: str, parameters: Parameters) -> None:
    n, offset = 100_000, 12_345
    rng = np.random.default_rng(1)
    cuts = [0, *sorted(rng.integers(0, n, 9).tolist()), n]
    whole = bytes(sampled_state(kind, parameters, offset, n))
    for _ in range(3):
        merged = new_state()
        for i in rng.permutation(len(cuts) - 1):
            part = sampled_state(kind, parameters, offset + cuts[i], cuts[i + 1] - cuts[i])
            check(lib.parexact_state_merge(byref(merged), byref(part)))
        assert bytes(merged) == whole


def test_ten_parts_of_ten_million() -> None:
    part, merged = 10_000_000, new_state()
    for i in (3, 0, 9, 1, 4, 8, 2, 7, 6, 5):
        state = sampled_state("normal", (0.0, 1.0), i * part, part)
        check(lib.parexact_state_merge(byref(merged), byref(state)))
    assert bytes(merged) == bytes(sampled_state("normal", (0.0, 1.0), 0, 10 * part))


@pytest.mark.parametrize("seed", [0, 1, 2**64 - 1])
@pytest.mark.parametrize("n", [0, 1, 4096, 1_000_003])
def test_my_statistics(n: int, seed: int) -> None:
    drawn = random("normal", 0.0, 1.0, n=n, seed=seed)
    expected, found = Stats(), Stats()
    check(lib.parallel_stats(pointer(drawn), n, byref(expected)))
    check(lib.my_statistics(n, seed, byref(found)))
    assert fields(found) == fields(expected)


# --- SIMD paths --------------------------------------------------------------------------------


def digests() -> dict[str, str]:
    """Return, for each distribution, a digest of stored and of reduced samples."""
    found = {}
    for kind, parameters in CASES:
        digest = hashlib.sha256()
        # Bulk generators take one block, two, or many at a time.
        for offset, n in [(0, 1), (BLOCK, 3 * BLOCK), (2**50 + 7, 40_000), (5, 150_000)]:
            digest.update(random(kind, *parameters, n=n, seed=SEED, stream=3, offset=offset))
            digest.update(bytes(sampled_state(kind, parameters, offset, n)))
        found[f"{kind}{parameters}"] = digest.hexdigest()
    return found


CHILD = "import json, raw, test_random; print(json.dumps([raw.explain(), test_random.digests()]))"


@pytest.fixture(scope="module")
def here() -> dict[str, str]:
    return digests()


@pytest.mark.parametrize("path", paths_of_this_cpu())
def test_forced_path(path: str, here: dict[str, str]) -> None:
    account, there = json.loads(run_python(CHILD, {"PAREXACT_SIMD": path}))
    assert json.loads(account)["simd"]["path"] == path
    assert there == here


def test_the_widest_path_is_the_default() -> None:
    assert json.loads(explain())["simd"]["path"] == paths_of_this_cpu()[-1]


# --- nothing is shared -------------------------------------------------------------------------


def ranks(x: Floats) -> Floats:
    """Return ranks of mean 0 and variance 1; those of ties are averaged."""
    _, value, counts = np.unique(x, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - counts / 2)[value] - len(x) / 2
    return rank / rank.std()


def test_kinds_seeds_and_streams_have_nothing_in_common() -> None:
    """Rank correlations at lag 0: 5.5 standard deviations, of some thousand pairs."""
    n = 2**15
    variants = [(0, 0), (1, 0), (0, 1), (1, 1), (2**32, 0), (0, 2**32), (2**63, 0), (0, 2**63)]
    drawn = {
        (kind, seed, stream): ranks(random(kind, *parameters, n=n, seed=seed, stream=stream))
        for kind, parameters in STANDARD
        for seed, stream in variants
    }
    names, matrix = list(drawn), np.stack(list(drawn.values()))
    correlations = matrix @ matrix.T / n
    for (i, one), (j, other) in itertools.combinations(enumerate(names), 2):
        assert abs(correlations[i, j]) < 5.5 / math.sqrt(n), (one, other)


def test_bulk_kinds_use_words_of_their_own() -> None:
    """If bulk kinds shared words, the u and e of one index would have 41 bits in common."""
    n = 2**15
    u = random("uniform", 0.0, 1.0, n=n, seed=SEED)
    v = np.exp(-random("exponential", 1.0, n=n, seed=SEED))
    pairs = random("normal", 0.0, 1.0, n=n, seed=SEED).reshape(-1, 2, 8)
    w = np.exp(-(pairs**2).sum(axis=1) / 2).ravel()
    x = u.reshape(-1, 2, 8)[:, 0].ravel()
    y = v.reshape(-1, 2, 8)[:, 0].ravel()
    for one, other in [(u * 4096 % 1, v), (x * 4096 % 1, w), (y, w)]:
        assert np.abs(one - other).min() > 2.0**-30
    # The check must be able to fail: it finds shared words in a made-up sample.
    x = np.array(oracle.block_words(2, SEED, 0, 0)[:100], dtype=np.uint64)
    assert np.abs((x >> np.uint64(11)) * 2.0**-53 * 4096 % 1 - v[:100]).max() < 2.0**-38


@pytest.mark.parametrize(("kind", "parameters"), STANDARD)
def test_different_streams_differ(kind: str, parameters: Parameters) -> None:
    drawn = [
        random(kind, *parameters, n=64, seed=seed, stream=stream).tobytes()
        for seed in (0, 1, 2**63)
        for stream in (0, 1, 2**63)
    ]
    assert len(set(drawn)) == len(drawn)
