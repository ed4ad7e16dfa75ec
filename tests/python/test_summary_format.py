"""Summaries: the library, an implementation that shares nothing with it, and the document agree."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from ctypes import byref, c_double, c_int, c_int32, c_uint64
from dataclasses import dataclass

import numpy as np
import pytest
import state_format
import summary_format as fmt
from adversarial import MAKERS, Maker
from calls import bits, floats
from header import constant
from hypothesis import given
from hypothesis import strategies as st
from parexact.abi import parexact_summary
from paths import ROOT
from raw import OK, check, lib, view

BAD_STATE = constant("ERROR_BAD_STATE")
INVALID_ARGUMENT = constant("ERROR_INVALID_ARGUMENT")
SIZE_OVERFLOW = constant("ERROR_SIZE_OVERFLOW")
DOCUMENT = ROOT / "docs" / "state-format.md"
LIMIT = state_format.LIMIT

kinds = st.sampled_from(list(fmt.KINDS.values()))
pair_lists = st.lists(st.tuples(st.floats(), st.floats()), max_size=8)
small = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.1, -3.5, 2.0, 5e-324, 1e308, math.nan])
infinities = st.sampled_from([math.inf, -math.inf])
small_pairs = st.lists(st.tuples(small, small), max_size=6)
special_pairs = st.lists(st.tuples(small | infinities, small | infinities), max_size=6)
Pairs = Sequence[tuple[float, float]]


def library_words(kind: int, x: Sequence[float], y: Sequence[float]) -> list[int]:
    """Return the words that the library makes of pairs."""
    summary = parexact_summary()
    check(lib.parexact_summary_init(byref(summary), kind))
    a, b = view(floats(x)), view(floats(y))
    second = None if kind == fmt.SHAPE else byref(b)
    check(lib.parexact_summary_update(byref(summary), byref(a), second, None))
    return list(summary.words)


def of_words(words: Sequence[int]) -> parexact_summary:
    summary = parexact_summary()
    summary.words[:] = words
    return summary


def fingerprint(words: Sequence[int]) -> tuple[int, int]:
    out = (c_uint64 * 2)()
    check(lib.parexact_summary_fingerprint(byref(of_words(words)), out))
    return (out[0], out[1])


def merged(a: Sequence[int], b: Sequence[int]) -> list[int]:
    into = of_words(a)
    check(lib.parexact_summary_merge(byref(into), byref(of_words(b))))
    return list(into.words)


def results(words: Sequence[int], ddof: int, omit: bool) -> dict[str, str]:
    names = fmt.RESULTS_OF[words[0] >> 32]
    wanted = (c_int32 * len(names))(*[constant(f"RESULT_{name}") for name in names])
    out = (c_double * len(names))()
    summary = of_words(words)
    check(lib.parexact_summary_results(byref(summary), wanted, len(names), ddof, int(omit), out))
    return dict(zip(names, map(bits, out)))


def assert_agree(words: Sequence[int], ddof: int = 0) -> None:
    """Whatever follows from a summary is the same here and there."""
    s = fmt.read(words)
    assert merged(words, fmt.write(fmt.Sums(s.kind))) == fmt.write(s)
    assert fingerprint(words) == fmt.fingerprint(words)
    for omit in (False, True):
        expected = {name: bits(fmt.result(s, name, ddof, omit)) for name in fmt.RESULTS_OF[s.kind]}
        assert results(words, ddof, omit) == expected


def split(pairs: Pairs) -> tuple[list[float], list[float]]:
    return [x for x, _ in pairs], [y for _, y in pairs]


# --- words, results and fingerprints -----------------------------------------------------------


def test_constants() -> None:
    assert constant("SUMMARY_WORDS") == lib.parexact_summary_words() == fmt.WORDS
    assert constant("SUMMARY_ADDITIVE_FIRST") == fmt.ADDITIVE[0]
    assert constant("SUMMARY_ADDITIVE_COUNT") == len(fmt.ADDITIVE)
    assert constant("SUMMARY_MAX_FIRST") == fmt.MAXIMUM[0]
    assert constant("SUMMARY_MAX_COUNT") == len(fmt.MAXIMUM)
    assert [constant(f"RESULT_{name}") for name in fmt.RESULTS] == list(range(len(fmt.RESULTS)))
    assert {name: constant(f"SUMMARY_{name}") for name in fmt.KINDS} == fmt.KINDS


@given(kinds, st.one_of(pair_lists, special_pairs), st.integers(0, 3))
def test_summaries_of_lists(kind: int, pairs: Pairs, ddof: int) -> None:
    x, y = split(pairs)
    words = library_words(kind, x, y)
    assert words == fmt.write(fmt.sums_of(kind, x, y))
    assert_agree(words, ddof)


@pytest.mark.parametrize("maker", MAKERS, ids=lambda m: m.__name__)
@pytest.mark.parametrize("kind", fmt.KINDS)
@pytest.mark.parametrize("n", [1, 7, 300, 3000])
def test_summaries_of_arrays(maker: Maker, kind: str, n: int) -> None:
    x, y = maker(np.random.default_rng([8, MAKERS.index(maker), n]), 2, n)
    x, y = x.tolist(), y.tolist()
    words = library_words(fmt.KINDS[kind], x, y)
    assert words == fmt.write(fmt.sums_of(fmt.KINDS[kind], x, y))
    assert_agree(words, 1)


# --- merging, and digits that are not canonical ------------------------------------------------


@given(kinds, special_pairs, special_pairs)
def test_merging(kind: int, left: Pairs, right: Pairs) -> None:
    a, b = (library_words(kind, *split(pairs)) for pairs in (left, right))
    plain = fmt.merge_words(a, b)
    assert_agree(plain)
    whole = fmt.write(fmt.sums_of(kind, *split([*left, *right])))
    assert merged(a, b) == whole == fmt.write(fmt.read(plain))


@given(kinds, small_pairs, st.lists(st.tuples(st.integers(0), st.integers(0), st.integers())))
def test_digits_that_are_not_canonical(kind: int, pairs: Pairs, moves) -> None:
    whole = fmt.write(fmt.sums_of(kind, *split(pairs)))
    words = list(whole)
    for which, place, amount in moves:
        digits = fmt.places(kind)[fmt.SUMS[kind][which % len(fmt.SUMS[kind])]]
        low = digits[place % (len(digits) - 1)]
        carry = amount % 2**31 - 2**30
        moved = words[low] + (carry << 32), words[low + 1] - carry
        if all(-LIMIT <= word < LIMIT for word in moved):
            words[low], words[low + 1] = moved
    assert merged(words, fmt.write(fmt.Sums(kind))) == whole
    assert_agree(words)


# --- what is refused ---------------------------------------------------------------------------

interesting = st.one_of(
    st.sampled_from([0, 1, 2, 3, -1, LIMIT - 1, -LIMIT, 2**31 - 1, 2**31, -(2**31)]),
    st.sampled_from([state_format.PLUS_INFINITY, state_format.MINUS_INFINITY]),
    st.integers(-LIMIT, LIMIT - 1),
)
edits = st.lists(
    st.tuples(
        st.one_of(
            st.integers(0, 11),
            st.integers(761, 767),
            st.sampled_from(
                [77, 78, 211, 212, 279, 411, 412, 413, 414, 477, 547, 548, 677, 678, 760]
            ),
            st.integers(0, fmt.WORDS - 1),
        ),
        st.booleans(),
        interesting,
    ),
    max_size=3,
)


def verdict(words: Sequence[int]) -> int:
    try:
        fmt.read(words)
    except fmt.BadStateError:
        return BAD_STATE
    return OK


def assert_same_verdict(words: Sequence[int]) -> int:
    expected = verdict(words)
    summary, out = of_words(words), c_double()
    assert lib.parexact_summary_result(byref(summary), 0, 0, 0, byref(out)) == expected
    if expected == OK:
        assert_agree(words)
    return expected


@given(kinds, special_pairs, edits)
def test_same_verdict_on_edited_summaries(kind: int, pairs: Pairs, changes) -> None:
    words = fmt.write(fmt.sums_of(kind, *split(pairs)))
    for i, add, amount in changes:
        changed = words[i] + amount if add else amount
        words[i] = (changed + LIMIT) % 2**64 - LIMIT
    assert_same_verdict(words)


@given(kinds, special_pairs, st.lists(st.tuples(st.integers(0, 8), st.integers(0, 3)), max_size=4))
def test_same_verdict_on_counters(kind: int, pairs: Pairs, changes) -> None:
    s = fmt.sums_of(kind, *split(pairs))
    for i, value in changes:
        s.counters[i] = value
    assert_same_verdict(fmt.write(s))


@given(kinds, small_pairs, st.lists(st.tuples(st.integers(0, 4), st.integers(-2, 2)), max_size=4))
def test_same_verdict_on_sums(kind: int, pairs: Pairs, changes) -> None:
    s = fmt.sums_of(kind, *split(pairs))
    for i, units in changes:
        powers = fmt.SUMS[kind][i % len(fmt.SUMS[kind])]
        s.sums[powers] += units
    assert_same_verdict(fmt.write(s))


def bound(kind: int, powers: tuple[int, int], sums: fmt.Sums, beyond: int) -> list[int]:
    """Return words in which one sum is `beyond` units beyond its exact value."""
    copy = fmt.Sums(kind, list(sums.counters), dict(sums.sums), list(sums.keys))
    copy.sums[powers] += beyond
    return fmt.write(copy)


def test_every_inequality_at_its_bound() -> None:
    """Equal values make each inequality of Cauchy and Schwarz an equality."""
    x, y = [2.0, 2.0, 2.0], [3.0, 3.0, 3.0]
    for kind in fmt.KINDS.values():
        s = fmt.sums_of(kind, x, y)
        assert assert_same_verdict(fmt.write(s)) == OK
        for powers in fmt.SUMS[kind]:
            for beyond in (-1, 1):
                expected = BAD_STATE
                # More weight on the same values is possible, and so are fewer cubes.
                if (kind, powers, beyond) in [
                    (fmt.WEIGHTED, (0, 2), 1),
                    (fmt.WEIGHTED, (0, 1), -1),
                    (fmt.WEIGHTED, (1, 1), -1),
                    (fmt.WEIGHTED, (2, 1), -1),
                    (fmt.SHAPE, (3, 0), -1),
                ]:
                    expected = OK
                assert assert_same_verdict(bound(kind, powers, s, beyond)) == expected, (
                    kind,
                    powers,
                    beyond,
                )
    one = fmt.sums_of(fmt.SHAPE, [3.0])
    assert assert_same_verdict(bound(fmt.SHAPE, (4, 0), one, 1)) == BAD_STATE


@pytest.mark.parametrize("kind", fmt.KINDS)
def test_every_word_that_must_be_what_it_is(kind: str) -> None:
    code = fmt.KINDS[kind]
    pairs = [(1.0, 2.0), (2.0, 0.5), (4.0, 1.0)]
    good = fmt.write(fmt.sums_of(code, *split(pairs)))
    last = fmt.places(code)[fmt.SUMS[code][-1]].stop
    unused = [*range(last, fmt.ADDITIVE.stop), 766, 767]
    if code != fmt.PAIR:
        unused += [763, 764]
    if code == fmt.SHAPE:
        unused += range(5, 10)
    damage = [
        (i, good[i] + change) for i in unused for change in (1, -1) if good[i] + change >= -LIMIT
    ]
    damage += [(fmt.ERROR, error) for error in (1, 3, 6, 8, 16, -1, 2**40)]
    damage += [(0, good[0] + change) for change in (1, -1, 3 << 32, 2**62)]
    damage += [(0, version) for version in (0, 1)]
    damage += [(i, -1) for i in fmt.COUNTERS]
    damage += [
        (2, 4),
        (3, 4),
        (4, 1),
    ]  # more NaNs or infinities than pairs, or none among the extremes
    for i, word in damage:
        assert assert_same_verdict([*good[:i], word, *good[i + 1 :]]) == BAD_STATE, (i, word)


def test_inequalities_that_decide_alone() -> None:
    # The cubes of these cancel, so that they say nothing about the fourth powers.
    s = fmt.sums_of(fmt.SHAPE, [-2.0, 2.0])
    assert assert_same_verdict(fmt.write(s)) == OK
    for beyond in (-1, 1):
        assert assert_same_verdict(bound(fmt.SHAPE, (4, 0), s, beyond)) == BAD_STATE
    # Where there is an infinity, deviations from the mean are not looked at.
    s = fmt.sums_of(fmt.PAIR, [2.0, 2.0, math.inf], [3.0, 3.0, 0.0])
    assert assert_same_verdict(fmt.write(s)) == OK
    for beyond, expected in [(-1, OK), (1, BAD_STATE)]:
        assert assert_same_verdict(bound(fmt.PAIR, (1, 1), s, beyond)) == expected
    # The extremes bound no squares: their size alone does.
    s = fmt.sums_of(fmt.PAIR, [0.0, math.inf], [0.0, 0.0])
    s.counters[0] = 2**63 - 1
    for squares, expected in [(2**4259 - 1, OK), (2**4259, BAD_STATE)]:
        s.sums[2, 0] = squares
        assert assert_same_verdict(fmt.write(s)) == expected


def test_digits_beyond_their_range() -> None:
    """Σx⁴ of so many values, whose squares leave room for it, but not the digits."""
    largest = math.nextafter(math.inf, 0.0)
    s = fmt.sums_of(fmt.SHAPE, [-largest, largest])
    s.counters[0] = 2**62
    s.sums = {(1, 0): 0, (2, 0): 2**4257, (3, 0): 0, (4, 0): 2**8511}
    assert assert_same_verdict(fmt.write(s)) == BAD_STATE


@pytest.mark.parametrize("kind", ["PAIR", "WEIGHTED"])
def test_counters_of_infinite_products(kind: str) -> None:
    """Each pair with an infinity has one infinite or invalid product."""
    s = fmt.sums_of(fmt.KINDS[kind], [math.inf, 1.0, 2.0, 3.0], [1.0, math.inf, 2.0, 5.0])
    for products, expected in [(0, BAD_STATE), (1, OK), (2, OK), (3, BAD_STATE)]:
        for place in (6, 7, 8):
            s.counters[6:] = [0, 0, 0]
            s.counters[place] = products
            assert assert_same_verdict(fmt.write(s)) == expected, (place, products)


edited_pairs = st.tuples(kinds, small_pairs, edits)


@given(edited_pairs, edited_pairs)
def test_mpi_merge(left, right) -> None:
    def edited(kind: int, pairs: Pairs, changes) -> list[int]:
        words = fmt.write(fmt.sums_of(kind, *split(pairs)))
        for i, _, amount in changes[:1]:
            words[i] = amount
        return words

    incoming, into = edited(*left), edited(*right)
    summary = of_words(into)
    lib.parexact_summary_mpi_merge(byref(of_words(incoming)), byref(summary), byref(c_int(1)), None)
    expected = list(into)

    def kind_of(words: Sequence[int]) -> int | None:
        valid = words[0] >> 32 in fmt.SUMS and words[0] % 2**32 == fmt.VERSION
        return words[0] >> 32 if valid else None

    error = None
    if None in (kind_of(into), kind_of(incoming)):
        error = BAD_STATE
    elif kind_of(into) != kind_of(incoming):
        error = INVALID_ARGUMENT
    else:
        try:
            expected = fmt.write(fmt.merge(fmt.read(into), fmt.read(incoming)))
        except fmt.BadStateError:
            error = BAD_STATE
        except fmt.CountOverflowError:
            error = SIZE_OVERFLOW
    if error is not None:
        expected[fmt.ERROR] = max(error, into[fmt.ERROR], incoming[fmt.ERROR])
    assert list(summary.words) == expected


# --- the document's vectors --------------------------------------------------------------------


@dataclass
class Vector:
    kind: int
    x: list[float]
    y: list[float]
    words: list[int]
    fingerprint: tuple[int, int]
    results: list[str]


def vectors() -> dict[str, Vector]:
    """Parse the test vectors of the document."""
    text = DOCUMENT.read_text(encoding="utf-8").split("\n## Test vectors of summaries\n")[1]
    found = {}
    for title, block in re.findall(r"^### ([^\n]*)\n\n```text\n(.*?)^```$", text, re.M | re.S):
        words = [0] * fmt.WORDS
        rest = {}
        # An indented line goes on with the one before.
        for line in re.sub(r"\n +", " ", block).splitlines():
            place = re.fullmatch(r"words? (\d+)(?:-(\d+))? +([0-9a-f]{16})", line)
            if place:
                first, last = int(place[1]), int(place[2] or place[1])
                word = int(place[3], 16)
                signed = word - 2**64 if word >= 2**63 else word
                words[first : last + 1] = [signed] * (last + 1 - first)
            else:
                name, *values = line.split()
                rest[name] = values
        assert rest.keys() == {"kind", "x", "y", "fingerprint", "results"}, title
        x, y = ([float(value) for value in rest[name]] for name in "xy")
        low, high = (int(half, 16) for half in rest["fingerprint"])
        (kind,) = rest["kind"]
        found[title] = Vector(fmt.KINDS[kind], x, y, words, (low, high), rest["results"])
    return found


VECTORS = vectors()


def test_there_are_vectors_of_every_kind() -> None:
    assert {vector.kind for vector in VECTORS.values()} == set(fmt.KINDS.values())


@pytest.mark.parametrize("title", VECTORS)
def test_vector(title: str) -> None:
    vector = VECTORS[title]
    here = fmt.write(fmt.sums_of(vector.kind, vector.x, vector.y))
    assert vector.words == here == library_words(vector.kind, vector.x, vector.y or vector.x)
    assert vector.fingerprint == fmt.fingerprint(here) == fingerprint(here)
    assert_agree(vector.words, 1)
    names = fmt.RESULTS_OF[vector.kind]
    numbers = [repr(fmt.result(fmt.read(here), name, 1, True)) for name in names]
    assert vector.results == [f"{name}={number}" for name, number in zip(names, numbers)]
