"""The library, an implementation that shares nothing with it, and docs/state-format.md agree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ctypes import byref, c_double, c_int
from dataclasses import dataclass

import numpy as np
import oracle
import pytest
import state_format as fmt
from adversarial import MAKERS, Maker
from calls import bits, fields, fingerprint, floats, result, state_of
from header import constant
from hypothesis import example, given
from hypothesis import strategies as st
from paths import ROOT
from raw import OK, State, check, lib, new_state

BAD_STATE = constant("ERROR_BAD_STATE")
SIZE_OVERFLOW = constant("ERROR_SIZE_OVERFLOW")
DOCUMENT = ROOT / "docs" / "state-format.md"

value_lists = st.lists(st.floats(), max_size=12)
small = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.1, -3.5, 5e-324, 1e308, fmt.NAN])
small_lists = st.lists(st.one_of(small, st.sampled_from([np.inf, -np.inf])), max_size=6)


def words_in(state: State) -> list[int]:
    return list(state.words)


def library_state(words: Sequence[int]) -> State:
    state = State()
    state.words[:] = words
    return state


def library_norm(state: State) -> float:
    out = c_double()
    check(lib.parexact_state_norm(byref(state), byref(out)))
    return out.value


def canonical(state: State) -> list[int]:
    """Return the words after a merge with no values."""
    merged = State.from_buffer_copy(state)
    check(lib.parexact_state_merge(byref(merged), byref(new_state())))
    return words_in(merged)


def assert_agree(state: State, ddof: int = 0) -> None:
    """Whatever follows from a state is the same here and there."""
    words = words_in(state)
    m = fmt.read(words)
    assert canonical(state) == fmt.write(m)
    assert fingerprint(state) == fmt.fingerprint(words)
    assert bits(library_norm(state)) == bits(fmt.norm(m))
    for policy in ("propagate", "omit"):
        expected = fmt.result(m, ddof, policy == "omit")
        assert fields(result(state, ddof, policy)) == fields(expected), policy


# --- words, results and fingerprints -----------------------------------------------------------


def test_constants() -> None:
    assert constant("STATE_WORDS") == lib.parexact_state_words() == fmt.WORDS
    assert constant("STATE_ADDITIVE_FIRST") == fmt.ADDITIVE[0]
    assert constant("STATE_ADDITIVE_COUNT") == len(fmt.ADDITIVE)
    assert constant("STATE_MAX_FIRST") == fmt.MAXIMUM[0]
    assert constant("STATE_MAX_COUNT") == len(fmt.MAXIMUM)


@given(value_lists, st.integers(0, 3))
def test_states_of_lists(values: list[float], ddof: int) -> None:
    state = state_of(floats(values))
    assert words_in(state) == fmt.words_of(values)
    assert_agree(state, ddof)
    # The implementation here against the oracle, which knows no states.
    m = fmt.moments(values)
    assert fields(fmt.result(m, ddof, True)) == fields(oracle.describe(values, ddof, True))


@pytest.mark.parametrize("maker", MAKERS, ids=lambda m: m.__name__)
@pytest.mark.parametrize("n", [1, 7, 300, 5000])
def test_states_of_arrays(maker: Maker, n: int) -> None:
    x = maker(np.random.default_rng([7, MAKERS.index(maker), n]), 1, n)[0]
    state = state_of(x)
    assert words_in(state) == fmt.words_of(x.tolist())
    assert_agree(state, 1)


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_keys_order_as_numbers(x: float, y: float) -> None:
    for z in (x, y):
        assert bits(fmt.from_order_key(fmt.order_key(z))) == bits(z)
    signed = [(z, np.copysign(1.0, z)) for z in (x, y)]
    assert (fmt.order_key(x) < fmt.order_key(y)) == (signed[0] < signed[1])


# --- merging, and digits that are not canonical ------------------------------------------------


@given(value_lists, value_lists)
def test_merging(left: list[float], right: list[float]) -> None:
    a, b = state_of(floats(left)), state_of(floats(right))
    plain = fmt.merge_words(words_in(a), words_in(b))
    assert_agree(library_state(plain))
    check(lib.parexact_state_merge(byref(a), byref(b)))
    assert words_in(a) == fmt.words_of(left + right) == fmt.write(fmt.read(plain))


moves = st.lists(
    st.tuples(st.sampled_from([fmt.SUM, fmt.SQUARES]), st.integers(0, 132), st.integers()),
    max_size=40,
)


@given(small_lists, moves)
def test_digits_that_are_not_canonical(values: list[float], carries) -> None:
    words = fmt.words_of(values)
    for digits, place, amount in carries:
        low = digits[place % (len(digits) - 1)]
        carry = amount % 2**31 - 2**30
        moved = words[low] + (carry << 32), words[low + 1] - carry
        if all(-fmt.LIMIT <= word < fmt.LIMIT for word in moved):
            words[low], words[low + 1] = moved
    state = library_state(words)
    assert canonical(state) == fmt.words_of(values)
    assert_agree(state)


def test_as_many_canonical_states_as_fit() -> None:
    """2^31 copies of a state, added plainly."""
    for values in ([-1.0, 5e-324], [1e308, -0.1], [fmt.NAN, 2.0**-540]):
        once = fmt.words_of(values)
        words = [2**31 * w if i in fmt.ADDITIVE else w for i, w in enumerate(once)]
        assert max(map(abs, words[: fmt.NOT_MIN])) < fmt.LIMIT
        assert_agree(library_state(words), 1)


# --- what is refused ---------------------------------------------------------------------------

interesting = st.one_of(
    st.sampled_from([0, 1, 2, 3, -1, fmt.LIMIT - 1, -fmt.LIMIT, 2**31 - 1, 2**31, -(2**31)]),
    st.sampled_from([fmt.PLUS_INFINITY, fmt.MINUS_INFINITY, ~fmt.PLUS_INFINITY]),
    st.integers(-fmt.LIMIT, fmt.LIMIT - 1),
)
edits = st.lists(
    st.tuples(
        st.one_of(
            st.sampled_from([0, 1, 2, 3, 4, 5, 72, 73, 206, 207, 208, 209, 210, 255]),
            st.sampled_from([1, 2, 3, 4, 207, 208]),
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
    state, stats = library_state(words), result(new_state())
    assert lib.parexact_state_result(byref(state), 0, 0, byref(stats)) == expected
    assert lib.parexact_state_norm(byref(state), byref(c_double())) == expected
    if expected == OK:
        assert_agree(state)
    return expected


@given(small_lists, edits)
def test_same_verdict_on_edited_states(values: list[float], changes) -> None:
    words = fmt.words_of(values)
    for i, add, amount in changes:
        changed = words[i] + amount if add else amount
        words[i] = (changed + fmt.LIMIT) % 2**64 - fmt.LIMIT
    assert_same_verdict(words)


@given(
    st.tuples(st.integers(0, 3), st.integers(0, 1), st.integers(0, 1), st.integers(0, 1)),
    st.sampled_from([-np.inf, -1e308, -1.0, -0.0, 0.0, 1.0, np.inf, None]),
    st.sampled_from([-np.inf, -1e308, -1.0, -0.0, 0.0, 1.0, np.inf, None]),
    st.integers(-1, 1),
)
@example((1, 0, 0, 0), -1.0, 1.0, 0)
def test_same_verdict_on_counters_and_extremes(counters, low, high, beyond: int) -> None:
    m = fmt.Moments(*counters)
    if low is not None:
        m.min_key = fmt.order_key(low) + beyond
    if high is not None:
        m.max_key = fmt.order_key(high) + beyond
    assert_same_verdict(fmt.write(m))


def test_every_rule_at_its_bound() -> None:
    """Each rule of the document's section on validation decides here, and it alone."""
    once = fmt.words_of([3.0])
    both_infinities = fmt.words_of([np.inf, -np.inf])

    def changed(words: Sequence[int], **values: int) -> list[int]:
        copy = list(words)
        for name, value in values.items():
            copy[int(name[1:])] = value
        return copy

    # Extremes that leave room for other sums.
    good = changed(
        fmt.words_of([3.0, 3.0, 3.0, 3.0]), w207=~fmt.order_key(-5.0), w208=fmt.order_key(5.0)
    )
    # Extremes that bound no squares.
    many_zeros = changed(fmt.words_of([0.0, np.inf]), w1=2**63 - 1)
    infinite = changed(good, w1=5, w3=1, w208=fmt.PLUS_INFINITY)
    accepted = [
        good,
        changed(many_zeros, w206=2**3 - 1),  # squares of 63 + 4196 bits
        changed(good, w1=2**63 - 1),
        changed(infinite, w204=2**7 - 1),  # of 3 + 4196 bits
        changed(good, w1=5),  # another set has these sums: the inequality is strict now
    ]
    refused = [
        changed(good, w0=0),
        changed(good, w0=2),
        *(changed(good, w209=error) for error in (1, 3, 6, 16, -1, 2**40)),
        changed(good, w210=1),
        changed(good, w255=-1),
        changed(good, w1=-1),
        changed(good, w2=-1),
        changed(good, w3=-1),
        changed(good, w4=-1),
        changed(good, w2=5),
        changed(good, w1=3),  # 3·Σx² < (Σx)²
        changed(good, w73=-1),  # one unit of the squares less, where the inequality is an equality
        changed(good, w5=1),  # one unit of the sum more
        changed(infinite, w204=2**7),
        changed(good, w206=2**31),
        changed(good, w206=-1),
        changed(good, w72=2**31),
        changed(good, w72=-(2**31) - 1),
        changed(fmt.words_of([]), w73=1),
        changed(fmt.words_of([]), w5=1),
        changed(fmt.words_of([fmt.NAN]), w207=once[207], w208=once[208]),
        changed(fmt.words_of([fmt.NAN, np.inf]), w73=1),
        changed(good, w207=-fmt.LIMIT),
        changed(good, w207=~good[208] - 1),  # the minimum above the maximum
        changed(once, w207=once[207] + 1),  # two extremes of one number
        changed(fmt.words_of([3.0, fmt.NAN]), w208=once[208] + 1),
        [0] * fmt.WORDS,
        [-1] * fmt.WORDS,
        changed(both_infinities, w1=0, w2=2**63 - 1, w3=2**63 - 1, w4=2),  # in sum, 0 mod 2^64
        changed(many_zeros, w206=2**3),
        changed(many_zeros, w206=2**31),  # just beyond the range
    ]
    assert [assert_same_verdict(words) for words in accepted] == [OK] * len(accepted)
    assert [assert_same_verdict(words) for words in refused] == [BAD_STATE] * len(refused)


def units(x: float) -> int:
    return int(x) << 1074


@pytest.mark.parametrize(
    ("low", "high", "least", "greatest"),
    [
        (2.0, 4.0, 2, 4),
        (-4.0, -2.0, -4, -2),
        (-1.0, 3.0, -1, 3),
        (2.0**53 - 1, 2.0**53 - 1, 2**53 - 1, 2**53 - 1),
        # Integers may be beyond what they were rounded to.
        (2.0**53, 2.0**53, 2**53 - 1, 2**53 + 2),
        (-(2.0**53), 2.0**53, -(2**53) - 2, 2**53 + 2),
        (2.0**63, 2.0**64, 2**63 - 1024, 2**64 + 4096),
        (-(2.0**63), -(2.0**54), -(2**63) - 2048, -(2**54) + 2),
        (2.0**64 + 4096, 2.0**64 + 4096, 2**64 + 4096, 2**64 + 4096),
    ],
)
def test_the_mean_lies_between_the_extremes(
    low: float, high: float, least: int, greatest: int
) -> None:
    for end, beyond in [(least, -1), (greatest, 1)]:
        m = fmt.moments([low, high])
        m.count = 5
        m.total = 5 * (end << 1074)
        # Enough for any sum, and no more than the extremes allow.
        m.squares = 5 * max(least**2, greatest**2) << 2148
        assert assert_same_verdict(fmt.write(m)) == OK
        m.total += beyond
        assert assert_same_verdict(fmt.write(m)) == BAD_STATE
        # Infinities are no part of the sum, but the extreme on their side tells nothing then.
        m.count += 1
        if beyond < 0:
            m.minus, m.min_key = 1, fmt.MINUS_INFINITY
        else:
            m.plus, m.max_key = 1, fmt.PLUS_INFINITY
        m.squares += 1 << 2148 + 80
        assert assert_same_verdict(fmt.write(m)) == OK


@pytest.mark.parametrize(
    ("low", "high", "least", "greatest"),
    [
        (-4.0, 2.0, 4, 4),
        (-2.0, 4.0, 4, 4),
        (-(2.0**53) + 1, 2.0, 2**53 - 1, 2**53 - 1),
        (-(2.0**53), 2.0, 2**53 - 1, 2**53 + 2),
        (-2.0, 2.0**64, 2**64 - 2048, 2**64 + 4096),
        (-2.0, 2.0**64 + 4096, 2**64 + 4096, 2**64 + 4096),
    ],
)
def test_the_squares_fit_the_extremes(low: float, high: float, least: int, greatest: int) -> None:
    m = fmt.moments([low, high])
    m.count, m.total = 5, 0
    for squares, expected in [
        (least**2 << 2148, OK),
        ((least**2 << 2148) - 1, BAD_STATE),
        (5 * greatest**2 << 2148, OK),
        ((5 * greatest**2 << 2148) + 1, BAD_STATE),
    ]:
        m.squares = squares
        assert assert_same_verdict(fmt.write(m)) == expected
    # With an infinity, the finite values may lie anywhere on its side.
    m.count += 1
    m.plus, m.max_key = 1, fmt.PLUS_INFINITY
    assert assert_same_verdict(fmt.write(m)) == OK
    m.squares = units(low) ** 2
    assert assert_same_verdict(fmt.write(m)) == OK
    m.minus, m.min_key = 1, fmt.MINUS_INFINITY
    m.count += 1
    m.squares = 0
    assert assert_same_verdict(fmt.write(m)) == OK


def test_equal_values_have_their_own_sums() -> None:
    for value in (0.1, -3.0, 5e-324, 1.7e308, 0.0):
        for n in (1, 2, 1000):
            good = fmt.moments([value] * n)
            assert assert_same_verdict(fmt.write(good)) == OK
            for total, squares in [(1, 0), (-1, 0), (0, 1), (0, -1), (2, 1)]:
                m = fmt.moments([value] * n)
                m.total += total
                m.squares += squares
                assert assert_same_verdict(fmt.write(m)) == BAD_STATE


edges = st.sampled_from([2**k + d for k in (53, 54, 62, 63, 64) for d in range(-3, 4)])


@given(
    st.lists(st.one_of(edges, st.integers(0, 2**64 - 1)), min_size=1, max_size=8),
    st.booleans(),
    st.integers(0, 2),
)
@example([2**53 + 1], False, 0)
@example([2**53 + 1], True, 2)
@example([2**64 - 1, 2**64 - 1], False, 1)
def test_states_of_integers_are_accepted(values: list[int], signed: bool, copies: int) -> None:
    """Extremes are rounded, sums are not: the mean may lie outside of the extremes."""
    if signed:
        low, high, dtype = -(2**63), 2**63 - 1, np.int64
        values = [-value if i % 2 == copies % 2 else value for i, value in enumerate(values)]
    else:
        low, high, dtype = 0, 2**64 - 1, np.uint64
    clipped = [min(max(value, low), high) for value in values] * (1 + copies)
    state = state_of(np.array(clipped, dtype=dtype))
    m = fmt.read(words_in(state))
    assert m.total == sum(clipped) << 1074
    assert_agree(state)


def test_digits_reach_both_ends_of_their_range() -> None:
    m = fmt.moments([1.0, -1.0, np.inf, -np.inf])
    m.count, m.squares = 2**63 - 1, 2**4259 - 1
    largest = 2**2161 - 2**2099  # beyond that, not even these squares are enough
    for total in (largest, -largest):
        m.total = total
        assert assert_same_verdict(fmt.write(m)) == OK
    for total in (2**2161 - 1, -(2**2161)):
        m.total = total
        assert assert_same_verdict(fmt.write(m)) == BAD_STATE


@given(small_lists, small_lists, edits, edits)
@example([], [1.0], [(1, False, 2**63 - 1), (207, False, -1), (208, False, 0)], [])
def test_mpi_merge(left, right, left_edits, right_edits) -> None:
    def edited(values, changes) -> list[int]:
        words = fmt.words_of(values)
        for i, _, amount in changes:
            words[i] = amount
        return words

    incoming, into = edited(left, left_edits), edited(right, right_edits)
    state = library_state(into)
    lib.parexact_mpi_merge(byref(library_state(incoming)), byref(state), byref(c_int(1)), None)
    expected = list(into)
    try:
        expected = fmt.write(fmt.merge(fmt.read(into), fmt.read(incoming)))
    except fmt.BadStateError:
        expected[fmt.ERROR] = max(BAD_STATE, into[fmt.ERROR], incoming[fmt.ERROR])
    except fmt.CountOverflowError:
        expected[fmt.ERROR] = SIZE_OVERFLOW
    assert words_in(state) == expected


# --- the document's vectors --------------------------------------------------------------------


@dataclass
class Vector:
    parts: list[list[float]]
    words: list[int]
    fingerprint: tuple[int, int]
    describe: list[str]
    norm: str


def vectors_text() -> str:
    """Return the section with the vectors of states; others follow it."""
    after = DOCUMENT.read_text(encoding="utf-8").split("\n## Test vectors\n")[1]
    return after.split("\n## ")[0]


def vectors() -> dict[str, Vector]:
    """Parse the test vectors of the document."""
    found = {}
    for title, block in re.findall(
        r"^### ([^\n]*)\n\n```text\n(.*?)^```$", vectors_text(), re.M | re.S
    ):
        words = [0] * fmt.WORDS
        rest = {}
        # An indented line goes on with the one before.
        for line in re.sub(r"\n +", " ", block).splitlines():
            place = re.fullmatch(r"words? (\d+)(?:-(\d+))? +([0-9a-f]{16})", line)
            if place:
                first, last = int(place[1]), int(place[2] or place[1])
                word = int(place[3], 16)
                assert word != 0
                signed = word - 2**64 if word >= 2**63 else word
                words[first : last + 1] = [signed] * (last + 1 - first)
            else:
                name, *values = line.split()
                rest[name] = values
        assert rest.keys() == {"values", "fingerprint", "describe", "norm"}, title
        parts = [[float(x) for x in p.split()] for p in " ".join(rest["values"]).split(" + ")]
        low, high = (int(half, 16) for half in rest["fingerprint"])
        (norm,) = rest["norm"]
        found[title] = Vector(parts, words, (low, high), rest["describe"], norm)
    return found


VECTORS = vectors()


def test_every_vector_of_the_document_is_found() -> None:
    assert len(VECTORS) == vectors_text().count("\n```text\n") > 0
    parts = [vector.parts for vector in VECTORS.values()]
    assert [[]] in parts  # no values
    assert any(len(p) > 1 for p in parts)  # and a plain sum of states


@pytest.mark.parametrize("title", VECTORS)
def test_vector(title: str) -> None:
    vector = VECTORS[title]
    states = [state_of(floats(part)) for part in vector.parts]
    plain = fmt.words_of(vector.parts[0])
    for part in vector.parts[1:]:
        plain = fmt.merge_words(plain, fmt.words_of(part))
    by_library = words_in(states[0])
    for state in states[1:]:
        by_library = fmt.merge_words(by_library, words_in(state))
    assert vector.words == plain == by_library

    state, m = library_state(vector.words), fmt.read(vector.words)
    assert vector.fingerprint == fmt.fingerprint(vector.words) == fingerprint(state)
    count, nan_count, *numbers = vector.describe
    for answer in (fmt.result(m, 1, True), result(state, 1, "omit")):
        assert (int(count), int(nan_count)) == (answer.count, answer.nan_count)
        names = ("sum", "mean", "variance", "std", "min", "max")
        assert numbers == [repr(getattr(answer, name)) for name in names]
    assert vector.norm == repr(fmt.norm(m)) == repr(library_norm(state))
    assert_agree(state, 1)
