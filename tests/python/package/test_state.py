"""States: values in, results out, merging, bytes, pickles, threads."""

from __future__ import annotations

import copy
import math
import os
import pickle
import re
import threading
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import oracle
import parexact
import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st
from parexact import State

#: What messages about damaged words speak of.
DAMAGE = re.compile("state|word|value|version|count")
FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(st.lists(st.floats())))
def test_parts_merge_to_the_whole(parts: list[list[float]]) -> None:
    values = [x for part in parts for x in part]
    whole = State(values)
    states = [State(part) for part in parts]
    assert sum(states, State()) == whole
    if states:
        assert sum(states) == whole
    one = State()
    for state in reversed(states):
        one += state
    assert one == whole
    updated = State()
    for part in parts:
        assert updated.update(part) is updated
    assert bytes(updated) == bytes(whole)
    for ddof in (0, 1):
        answer = oracle.describe(values, ddof)
        found = whole.result(ddof=ddof)
        np.testing.assert_array_equal(
            found,
            [
                answer.count,
                answer.nan_count,
                answer.sum,
                answer.mean,
                answer.variance,
                answer.std,
                answer.min,
                answer.max,
            ],
        )
        assert str(found) == str(parexact.describe(np.array(values, float), ddof=ddof))
    np.testing.assert_array_equal(whole.norm(), oracle.norm(values))


@given(st.lists(FINITE, min_size=1))
def test_fractions(values: list[float]) -> None:
    exact = [Fraction(x) for x in values]
    n, total = len(exact), sum(exact)
    state = State(values)
    assert state.exact_sum() == total
    assert state.exact_mean() == total / n
    assert state.exact_variance() == sum((x - total / n) ** 2 for x in exact) / n
    for ddof in (1, n):
        if n > ddof:
            assert state.exact_variance(ddof) == sum((x - total / n) ** 2 for x in exact) / (n - ddof)
        else:
            with pytest.raises(ValueError, match="variance takes"):
                state.exact_variance(ddof=ddof)


def test_fractions_that_do_not_exist() -> None:
    assert State().exact_sum() == 0
    with pytest.raises(ValueError, match="no values"):
        State().exact_mean()
    for special in (math.nan, math.inf, -math.inf):
        for method in (State.exact_sum, State.exact_mean, State.exact_variance):
            with pytest.raises(ValueError, match="no fraction"):
                method(State([1.0, special]))
    with pytest.raises(ValueError, match="ddof"):
        State([1.0]).exact_variance(-1)
    with pytest.raises(TypeError):
        State([1.0]).exact_variance(0.5)  # type: ignore[arg-type]


def test_addition_makes_a_new_state() -> None:
    a, b = State([1.0]), State([2.0])
    c = a + b
    assert c == State([1.0, 2.0]) and a == State([1.0]) and b == State([2.0])
    d = 0 + a
    d += b
    assert d == c and a == State([1.0])
    a += a
    assert a == State([1.0, 1.0])
    for wrong in (1, 0.0, None, [1.0], "x"):
        with pytest.raises(TypeError):
            a + wrong
        with pytest.raises(TypeError):
            a.merge(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        1 + a
    with pytest.raises(TypeError):
        a += 1.0


def test_canonical_comparison_and_hash() -> None:
    a, b = State([-3.0]), State([1.0, 2.5])
    plain = State()
    plain.words[1:207] = a.words[1:207] + b.words[1:207]
    plain.words[207:210] = np.maximum(a.words[207:210], b.words[207:210])
    merged = a + b
    assert (plain.words != merged.words).any()
    assert plain == merged and bytes(plain) == bytes(merged) and plain.fingerprint() == merged.fingerprint()
    assert plain.exact_sum() == Fraction(1, 2)
    assert a != b and a != 1 and not a == "x"
    with pytest.raises(TypeError, match="unhashable"):
        hash(a)


def test_bytes_and_pickles() -> None:
    state = State([0.1, math.inf, math.nan])
    data = bytes(state)
    assert len(data) == 2048 and data == state.words.astype("<i8").tobytes()
    for form in (data, bytearray(data), memoryview(data), np.frombuffer(data, np.uint8)):
        assert State.from_bytes(form) == state
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(state, protocol)) == state
    for other in (copy.copy(state), copy.deepcopy(state)):
        other.update(1.0)
        assert other != state
    assert xxhash.xxh3_128_hexdigest(data) == state.fingerprint()

    assert type(pickle.loads(pickle.dumps(Mine([1.0])))) is Mine
    assert type(Mine([1.0]) + State()) is Mine


class Mine(State):
    """A subclass, at a place where pickle finds it."""


def test_damage_is_refused() -> None:
    data = bytearray(bytes(State([1.0, 2.0])))
    for length in (0, 2047, 2049):
        with pytest.raises(ValueError, match="2048 bytes"):
            State.from_bytes(bytes(length))
    for wrong in (None, 5, "x"):
        with pytest.raises(TypeError):
            State.from_bytes(wrong)
    for place in (0, 8 * 1 + 7, 8 * 206 + 7, 8 * 209, 8 * 255):
        damaged = data.copy()
        damaged[place] ^= 0x80
        with pytest.raises(ValueError, match=DAMAGE):
            State.from_bytes(damaged)
    state = State([1.0])
    state.words[0] = 9
    before = state.words.copy()
    for call in (
        state.result,
        state.norm,
        state.fingerprint,
        state.exact_sum,
        lambda: bytes(state),
        lambda: state.update([1.0]),
        lambda: state.merge(State([1.0])),
        lambda: State([1.0]).merge(state),
        lambda: state == State(),
        lambda: pickle.dumps(state),
    ):
        with pytest.raises(ValueError, match=DAMAGE):
            call()
        assert (state.words == before).all()
    assert "State" in repr(state)


def test_too_many_values_are_refused() -> None:
    state = State(np.zeros(1))
    for _ in range(62):
        state += state
    before = bytes(state)
    with pytest.raises(ValueError, match=DAMAGE):
        state.merge(state)
    assert bytes(state) == before and state.result().count == 2**62


def test_words_are_the_states_own_memory() -> None:
    state = State([1.0])
    words = state.words
    assert words.shape == (256,) and words.dtype == np.int64
    state.update([2.0])
    assert words[1] == 2
    words[:] = State([5.0]).words
    assert state.result().sum == 5.0
    with pytest.raises(ValueError, match=r"resize|own"):
        words.resize(10)
    del state
    assert words[1] == 1


def test_a_failed_update_changes_nothing() -> None:
    state = State([1.0])
    before = bytes(state)
    with pytest.raises(TypeError):
        state.update([1j])
    assert bytes(state) == before
    with pytest.raises(ValueError, match="ddof"):
        state.result(ddof=-1)
    with pytest.raises(ValueError, match="nan_policy"):
        state.result(nan_policy="no")
    with pytest.raises(ValueError, match="NaN"):
        State([math.nan]).result(nan_policy="raise")
    assert State([math.nan, 2.0]).result(nan_policy="omit").sum == 2.0


def test_many_threads_may_update_and_merge_one_state() -> None:
    shared, others = State(), [State([i]) for i in range(4)]
    x = np.random.default_rng(0).normal(size=100)

    def work(i: int) -> None:
        for _ in range(50):
            shared.update(x)
            shared.merge(others[i])
            others[i].merge(others[(i + 1) % 4]) if i < 0 else bytes(shared)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shared == State(np.concatenate([np.tile(x, 200), np.repeat(np.arange(4.0), 50)]))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_does_not_wait_for_a_lock_of_its_parent(child: Callable[..., str]) -> None:
    printed = child("""
import os, threading, parexact
from parexact import _mergeable
held, go = threading.Event(), threading.Event()
def hold():
    with _mergeable._lock:
        held.set()
        go.wait()
thread = threading.Thread(target=hold)
thread.start()
held.wait()
pid = os.fork()
if pid == 0:
    os._exit(0 if parexact.State([1.0]).merge(parexact.State([2.0])).result().count == 2 else 1)
print(os.waitpid(pid, 0)[1])
go.set()
thread.join()
""")
    assert printed.strip() == "0"
