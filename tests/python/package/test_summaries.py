"""Shape, Pair and Weighted: they merge to the bits of the whole, and refuse what is no set of values."""

from __future__ import annotations

import copy
import pickle
import random
from collections.abc import Callable
from typing import Any

import adversarial
import numpy as np
import parexact
import pytest

KINDS = {"Shape": 1, "Pair": 2, "Weighted": 2}
Summary = Any

each_kind = pytest.mark.parametrize("name", list(KINDS))


def columns(name: str, n: int, seed: int = 0, maker: Any = adversarial.whole_range) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [maker(rng, 1, n)[0] for _ in range(KINDS[name])]


def made(name: str, arrays: list[np.ndarray]) -> Summary:
    return getattr(parexact, name)(*arrays)


def results(summary: Summary) -> dict[str, float]:
    """Return the results of a summary by the names of the methods."""
    words = {"words", "fingerprint", "update", "merge", "from_bytes"}
    names = [name for name in dir(summary) if not name.startswith("_") and name not in words]
    return {name: getattr(summary, name)(nan_policy="omit") for name in names}


@each_kind
@pytest.mark.parametrize("maker", adversarial.MAKERS)
def test_any_tree_of_merges_gives_the_bits_of_the_whole(name: str, maker: adversarial.Maker) -> None:
    arrays = columns(name, 60, maker=maker)
    whole = made(name, arrays)
    chance = random.Random(1)
    for _ in range(5):
        order = np.random.default_rng(chance.randrange(2**32)).permutation(60)
        cuts = [0, *sorted(chance.choices(range(61), k=6)), 60]
        parts = [made(name, [a[order[i:j]] for a in arrays]) for i, j in zip(cuts, cuts[1:])]
        while len(parts) > 1:
            first = parts.pop(chance.randrange(len(parts)))
            second = parts.pop(chance.randrange(len(parts)))
            parts.append(first + second)
        assert parts[0] == whole
        assert parts[0].fingerprint() == whole.fingerprint()
        assert repr(results(parts[0])) == repr(results(whole))


@each_kind
def test_plain_sums_of_words_merge_as_well(name: str) -> None:
    """What an MPI_SUM of the additive words and an MPI_MAX of the others give is accepted."""
    abi = parexact.abi
    arrays = columns(name, 40)
    parts = [made(name, [a[i::4] for a in arrays]) for i in range(4)]
    words = np.array([part.words for part in parts])
    merged = made(name, [a[:0] for a in arrays])
    additive = slice(
        abi.PAREXACT_SUMMARY_ADDITIVE_FIRST,
        abi.PAREXACT_SUMMARY_ADDITIVE_FIRST + abi.PAREXACT_SUMMARY_ADDITIVE_COUNT,
    )
    maximum = slice(
        abi.PAREXACT_SUMMARY_MAX_FIRST, abi.PAREXACT_SUMMARY_MAX_FIRST + abi.PAREXACT_SUMMARY_MAX_COUNT
    )
    merged.words[additive] = words[:, additive].sum(axis=0)
    merged.words[maximum] = words[:, maximum].max(axis=0)
    assert merged == made(name, arrays)


@each_kind
def test_operators_bytes_and_copies(name: str) -> None:
    arrays = columns(name, 10)
    whole, empty = made(name, arrays), getattr(parexact, name)()
    assert empty + whole == whole == sum([whole])
    assert whole + whole != whole
    running = left = made(name, [a[:3] for a in arrays])
    running += made(name, [a[3:] for a in arrays])
    assert running is left and left == whole
    assert left.merge(empty) is left
    assert empty.update(*arrays) is empty and empty == whole
    data = bytes(whole)
    assert len(data) == 6144
    for again in (type(whole).from_bytes(data), pickle.loads(pickle.dumps(whole)), copy.deepcopy(whole)):
        assert again == whole and type(again) is type(whole) and bytes(again) == data
    assert whole.words.dtype == np.int64 and whole.words.shape == (768,)
    assert repr(whole) == f"<parexact.{name} of 10 values>"
    with pytest.raises(TypeError):
        hash(whole)


def test_kinds_do_not_mix() -> None:
    summaries = [parexact.State([1.0]), parexact.Shape([1.0]), parexact.Pair([1.0], [1.0])]
    summaries.append(parexact.Weighted([1.0], [1.0]))
    for a in summaries:
        for b in summaries:
            if type(a) is type(b):
                continue
            assert a != b
            with pytest.raises(TypeError, match=f"must be a {type(a).__name__}, not {type(b).__name__}"):
                a.merge(b)
            with pytest.raises(TypeError):
                a + b
            with pytest.raises(ValueError):
                type(a).from_bytes(bytes(b))


@each_kind
def test_masks_select(name: str) -> None:
    arrays = [a.reshape(6, 10) for a in columns(name, 60)]
    mask = np.random.default_rng(9).random((6, 10)) < 0.5
    found = getattr(parexact, name)().update(*arrays, where=mask)
    assert found == made(name, [a[mask] for a in arrays])
    assert getattr(parexact, name)().update(*arrays, where=False).count() == 0
    assert getattr(parexact, name)().update(*arrays, where=mask[0]).count() == 6 * mask[0].sum()


@each_kind
def test_a_failed_update_leaves_the_summary_as_it_was(name: str) -> None:
    summary = made(name, columns(name, 10))
    before = bytes(summary)
    bad: list[tuple[tuple[Any, ...], dict[str, Any], type[Exception]]] = [
        (([1j],) * KINDS[name], {}, TypeError),
        (([1.0, 2.0],) * KINDS[name], {"where": [True] * 3}, ValueError),
        (([1.0, 2.0],) * KINDS[name], {"where": [1, 0]}, TypeError),
    ]
    if KINDS[name] == 2:
        bad += [(([1.0, 2.0], [1.0]), {}, ValueError), (([1.0], None), {}, TypeError)]
    for arguments, keywords, error in bad:
        with pytest.raises(error):
            summary.update(*arguments, **keywords)
    assert bytes(summary) == before


@each_kind
def test_damage_is_refused(name: str) -> None:
    kind = getattr(parexact, name)
    data = bytes(made(name, columns(name, 20, maker=adversarial.moderate)))
    for wrong in (b"", data[:-1], data + b"\0"):
        with pytest.raises(ValueError, match="6144 bytes"):
            kind.from_bytes(wrong)
    with pytest.raises(TypeError):
        kind.from_bytes("text")
    for word, value in [(0, 7), (0, 0), (1, -1), (1, 0), (2, -5), (2, 10**6), (765, 6), (767, 1)]:
        words = np.frombuffer(data, "<i8").copy()
        words[word] = value
        with pytest.raises(ValueError):
            kind.from_bytes(words.tobytes())
        summary = kind()
        summary.words[:] = words
        for call in (kind.count, kind.fingerprint, bytes, kind().merge):
            with pytest.raises(ValueError):
                call(summary)


@each_kind
def test_random_damage_gives_a_refusal_or_possible_results(name: str) -> None:
    """There is no checksum: a digit that is a little wrong is the digit of other values."""
    kind, chance = getattr(parexact, name), random.Random(2)
    data = np.frombuffer(bytes(made(name, columns(name, 20))), "<i8")
    refused = 0
    for _ in range(300):
        words = data.copy()
        for _ in range(chance.choice([1, 1, 2, 8])):
            words[chance.randrange(768)] ^= chance.choice([1, 1 << 40, -(1 << 63), -1])
        try:
            damaged = kind.from_bytes(words.tobytes())
        except ValueError:
            refused += 1
            continue
        assert kind.from_bytes(bytes(damaged)) == damaged
        found = results(damaged)
        assert found["count"] >= 0
        assert name == "Weighted" or not any(
            found[key] < 0 for key in found if key.startswith(("var", "std"))
        )
        assert not abs(found.get("correlation", 0.0)) > 1
    assert 0 < refused < 300


@each_kind
def test_counts_do_not_overflow(name: str) -> None:
    summary = made(name, [np.ones(1)] * KINDS[name])
    for _ in range(62):
        summary += summary + getattr(parexact, name)()
    assert summary.count() == 2**62
    before = bytes(summary)
    with pytest.raises(ValueError):
        summary.merge(summary)
    assert bytes(summary) == before


def test_results_are_those_of_the_functions() -> None:
    x, y = columns("Pair", 50, maker=adversarial.moderate)
    shape, pair, state = parexact.Shape(x), parexact.Pair(x, y), parexact.State(x).result()
    for name in ("count", "nan_count", "sum", "mean", "variance", "std", "min", "max"):
        assert getattr(shape, name)() == getattr(state, name), name
        if "count" not in name:
            assert getattr(pair, f"{name}_x")() == getattr(state, name), name
            assert getattr(pair, f"{name}_y")() == getattr(parexact.State(y).result(), name), name
        weighted = parexact.Weighted(x, np.ones(50))
        assert getattr(weighted, name)() == getattr(state, name), name
    for bias in (True, False):
        assert shape.skewness(bias=bias) == parexact.skew(x, bias=bias)
        assert shape.kurtosis(bias=bias) == parexact.kurtosis(x, bias=bias)
    assert pair.dot() == parexact.dot(x, y)
    assert pair.covariance() == parexact.cov(x, y)[0, 1]
    assert pair.correlation() == parexact.corrcoef(x, y)[0, 1]
    assert pair.slope() == parexact.linregress(x, y).slope
    assert pair.norm_y() == parexact.norm(y)
    assert parexact.Weighted(x, y).mean() == parexact.average(x, weights=y)
    assert parexact.Weighted(x, np.ones(50)).reliability_variance() == parexact.var(x, ddof=1)


def test_a_forked_child_goes_on(child: Callable[..., str]) -> None:
    printed = child(
        "import os, parexact\nshape = parexact.Shape([1.0, 2.0, 6.0])\npid = os.fork()\n"
        "if pid == 0:\n    shape.update([1.0]); print(shape.count(), flush=True); os._exit(0)\n"
        "os.waitpid(pid, 0); print(shape.count())"
    )
    assert printed.split() == ["4", "3"]
