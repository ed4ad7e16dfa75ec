"""States: any order and grouping merge to equal bytes, and plain integer addition merges too."""

from __future__ import annotations

from ctypes import byref, c_double, c_int, c_uint64

import numpy as np
import oracle
import pytest
from adversarial import MAKERS, Maker, moderate, whole_range
from calls import (
    bits,
    describe,
    fields,
    fingerprint,
    floats,
    from_words,
    norm,
    result,
    state_of,
    words,
)
from header import constant
from hypothesis import given
from hypothesis import strategies as st
from raw import OK, STATE_WORDS, State, check, lib, view

ADDITIVE = slice(
    constant("STATE_ADDITIVE_FIRST"),
    constant("STATE_ADDITIVE_FIRST") + constant("STATE_ADDITIVE_COUNT"),
)
MAXIMUM = slice(
    constant("STATE_MAX_FIRST"), constant("STATE_MAX_FIRST") + constant("STATE_MAX_COUNT")
)
BAD_STATE = constant("ERROR_BAD_STATE")


def merged(*states: State) -> State:
    into = State.from_buffer_copy(states[0])
    for other in states[1:]:
        check(lib.parexact_state_merge(byref(into), byref(other)))
    return into


def added(*states: State) -> State:
    """Merge as MPI or a database would: add the additive words, take the maximum of the others."""
    stacked = np.stack([words(s) for s in states])
    whole = stacked[0].copy()
    whole[ADDITIVE] = stacked[:, ADDITIVE].sum(axis=0)
    whole[MAXIMUM] = stacked[:, MAXIMUM].max(axis=0)
    return from_words(whole)


@given(st.lists(st.lists(st.floats(), max_size=8), max_size=6), st.randoms(use_true_random=False))
def test_splits_and_permutations_leave_the_same_bytes(parts: list[list[float]], random) -> None:
    whole = [x for part in parts for x in part]
    reference = bytes(state_of(floats(whole)))
    random.shuffle(whole)
    assert bytes(state_of(floats(whole))) == reference
    assert bytes(state_of(*map(floats, parts))) == reference
    states = [state_of(floats(part)) for part in parts] + [state_of()]
    random.shuffle(states)
    assert bytes(merged(*states)) == reference


@pytest.mark.parametrize("maker", MAKERS, ids=lambda m: m.__name__)
def test_long_splits_and_permutations(maker: Maker) -> None:
    rng = np.random.default_rng(MAKERS.index(maker))
    x = maker(rng, 1, 20_000)[0]
    reference = bytes(state_of(x))
    for _ in range(5):
        y = rng.permutation(x)
        cuts = np.sort(rng.integers(0, len(x) + 1, rng.integers(0, 12)))
        parts = np.split(y, cuts)
        assert bytes(state_of(*parts)) == reference
        assert bytes(merged(*[state_of(p) for p in reversed(parts)])) == reference


@pytest.mark.parametrize("maker", MAKERS, ids=lambda m: m.__name__)
def test_integer_addition_is_merge(maker: Maker) -> None:
    rng = np.random.default_rng(100 + MAKERS.index(maker))
    x = maker(rng, 1, 10_000)[0]
    states = [state_of(part) for part in np.array_split(x, 37)]
    by_addition, by_merge, at_once = added(*states), merged(*states), state_of(x)
    assert fingerprint(by_addition) == fingerprint(by_merge) == fingerprint(at_once)
    # Merging with an empty state writes the canonical form.
    assert bytes(merged(by_addition, state_of())) == bytes(by_merge) == bytes(at_once)
    assert fields(result(by_addition, 1, "omit")) == fields(result(at_once, 1, "omit"))


def test_addition_of_additions() -> None:
    x = whole_range(np.random.default_rng(5), 1, 6400)[0]
    states = [state_of(part) for part in np.array_split(x, 64)]
    tree = [added(*states[i : i + 8]) for i in range(0, 64, 8)]
    assert fingerprint(added(*tree)) == fingerprint(state_of(x))
    # A state that is not canonical can also go on.
    grown = added(*states[:63])
    check(lib.parexact_state_merge(byref(grown), byref(states[63])))
    assert bytes(grown) == bytes(state_of(x))


@given(st.lists(st.floats(), max_size=12), st.integers(0, 3), st.sampled_from([False, True]))
def test_result_is_describe(values: list[float], ddof: int, omit: bool) -> None:
    state = state_of(floats(values))
    policy = "omit" if omit else "propagate"
    assert fields(result(state, ddof, policy)) == fields(oracle.describe(values, ddof, omit))
    out = c_double()
    check(lib.parexact_state_norm(byref(state), byref(out)))
    assert bits(out.value) == bits(norm(floats(values)))


def test_different_numbers_different_fingerprints() -> None:
    arrays = [[], [0.0], [-0.0], [1.0], [1.0, 0.0], [5e-324], [float("nan")], [float("inf")]]
    prints = {fingerprint(state_of(floats(values))) for values in arrays}
    assert len(prints) == len(arrays)


def test_mpi_merge_takes_many_states() -> None:
    rng = np.random.default_rng(6)
    left = [moderate(rng, 1, 500)[0] for _ in range(5)]
    right = [moderate(rng, 1, 500)[0] for _ in range(5)]
    incoming = (State * 5)(*map(state_of, left))
    inout = (State * 5)(*map(state_of, right))
    before = bytes(incoming)
    lib.parexact_mpi_merge(incoming, inout, byref(c_int(4)), None)
    for i in range(4):
        assert bytes(inout[i]) == bytes(state_of(left[i], right[i]))
    assert bytes(inout[4]) == bytes(state_of(right[4]))  # len counts states
    assert bytes(incoming) == before


def test_mpi_merge_poisons_what_it_cannot_merge() -> None:
    damaged = state_of(floats([1.0]))
    damaged.words[0] += 1
    inout = state_of(floats([2.0]))
    lib.parexact_mpi_merge(byref(damaged), byref(inout), byref(c_int(1)), None)
    assert lib.parexact_state_result(byref(inout), 0, 0, describe(floats([]))) != OK
    # The poison spreads through every further merge.
    onwards = state_of(floats([3.0]))
    lib.parexact_mpi_merge(byref(inout), byref(onwards), byref(c_int(1)), None)
    assert lib.parexact_state_result(byref(onwards), 0, 0, describe(floats([]))) != OK


def test_mpi_merge_survives_nonsense() -> None:
    state = state_of(floats([1.0]))
    before = bytes(state)
    for n in (0, -1, -(2**31)):
        lib.parexact_mpi_merge(byref(state_of()), byref(state), byref(c_int(n)), None)
    lib.parexact_mpi_merge(None, byref(state), byref(c_int(1)), None)
    lib.parexact_mpi_merge(byref(state), None, byref(c_int(1)), None)
    lib.parexact_mpi_merge(byref(state_of()), byref(state), None, None)
    assert fields(result(from_words(np.frombuffer(before, np.int64)))) == fields(
        describe(floats([1.0]))
    )


def damage(kind: str) -> State:
    w = words(state_of(floats([1.0, 2.0, -3.5]))).copy()
    first = ADDITIVE.start
    if kind == "another version":
        w[0] += 1
    elif kind == "no version":
        w[0] = 0
    elif kind == "all zero":
        w[:] = 0
    elif kind == "all ones":
        w[:] = -1
    elif kind == "negative count":
        w[first] = -3
    elif kind == "more NaNs than numbers":
        w[first + 1] = 4
    elif kind == "negative NaNs":
        w[first + 1] = -1
    elif kind == "sum too large for its squares":
        w[first + 4 + 60] += 1
    elif kind == "negative squares":
        w[ADDITIVE.stop - 1] = -1
    return from_words(w)


DAMAGES = [
    "another version",
    "no version",
    "all zero",
    "all ones",
    "negative count",
    "more NaNs than numbers",
    "negative NaNs",
    "sum too large for its squares",
    "negative squares",
]


@pytest.mark.parametrize("kind", DAMAGES)
def test_damaged_states_are_refused(kind: str) -> None:
    bad, good = damage(kind), state_of(floats([1.0]))
    reference = bytes(good)
    before = bytes(bad)
    stats = describe(floats([42.0]))
    untouched = bytes(stats)
    pair = (c_uint64 * 2)(7, 8)
    out = c_double(42.0)
    assert lib.parexact_state_result(byref(bad), 0, 0, byref(stats)) == BAD_STATE
    assert lib.parexact_state_norm(byref(bad), byref(out)) == BAD_STATE
    assert lib.parexact_state_fingerprint(byref(bad), pair) == BAD_STATE
    assert lib.parexact_state_merge(byref(good), byref(bad)) == BAD_STATE
    assert lib.parexact_state_merge(byref(bad), byref(good)) == BAD_STATE
    assert bytes(stats) == untouched
    assert (out.value, list(pair)) == (42.0, [7, 8])
    assert (bytes(good), bytes(bad)) == (reference, before)
    assert lib.parexact_last_error()


@given(
    st.lists(
        st.tuples(st.integers(0, STATE_WORDS - 1), st.integers(-(2**63), 2**63 - 1)), max_size=8
    )
)
def test_random_damage_never_crashes(changes: list[tuple[int, int]]) -> None:
    w = words(state_of(floats([1.0, 2.0, -3.5]))).copy()
    for i, value in changes:
        w[i] = value
    state, stats = from_words(w), describe(floats([]))
    for policy in range(3):
        lib.parexact_state_result(byref(state), 0, policy, byref(stats))
    lib.parexact_state_norm(byref(state), byref(c_double()))
    other = state_of(floats([1.0]))
    lib.parexact_mpi_merge(byref(state), byref(other), byref(c_int(1)), None)
    lib.parexact_state_merge(byref(other), byref(state))
    lib.parexact_state_merge(byref(state), byref(other))


def test_counts_that_overflow_are_refused() -> None:
    w = words(state_of()).copy()
    w[ADDITIVE.start] = 2**63 - 1  # as many zeros: no digit is set
    ends = words(state_of(floats([0.0])))
    w[MAXIMUM] = ends[MAXIMUM]
    full, one = from_words(w), state_of(floats([1.0]))
    assert result(full).count == 2**63 - 1
    before = bytes(full), bytes(one)
    assert lib.parexact_state_merge(byref(full), byref(one)) != OK
    assert lib.parexact_state_merge(byref(one), byref(full)) != OK
    assert lib.parexact_state_update(byref(full), byref(view(floats([1.0])))) != OK
    assert (bytes(full), bytes(one)) == before
