"""parexact_map: every item once, results in order, and what comes of callbacks that fail."""

from __future__ import annotations

import ctypes
import random
import re
import threading
from collections.abc import Iterator
from ctypes import POINTER, byref, c_double, c_int32, c_void_p, cast

import numpy as np
import pytest
from callbacks import Guarded
from compiled import COLLATZ, SQUARE, collatz
from handles import EQUAL, PATIENCE, index_of, message, new, number, run_map
from header import constant
from hypothesis import given, settings
from hypothesis import strategies as st
from raw import CALLBACK_FAILED, OK, MapFunction, ParexactError, check, lib

THREADS = [1, 2, 16]


@pytest.fixture(autouse=True)
def default_threads() -> Iterator[None]:
    yield
    check(lib.parexact_set_num_threads(0))


# --- results ---------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("chunk", [0, 1, 7, 1000, 2**64 - 1])
def test_results_of_a_python_callback_are_in_order(threads: int, chunk: int) -> None:
    def double(item: int, result: int, _: object) -> None:
        number(result).value = 2 * number(item).value

    callback = Guarded(MapFunction, double)
    check(lib.parexact_set_num_threads(threads))
    for count in (0, 1, 2, 3, 1000):
        x = np.arange(float(count))
        y = np.full(count + 1, -1.0)
        callback.finish(run_map(callback.pointer, x, y, chunk=chunk, count=count))
        assert np.array_equal(y[:count], 2 * x)
        assert y[count] == -1.0


@pytest.mark.parametrize("threads", THREADS)
def test_a_million_tiny_items(threads: int) -> None:
    x = np.arange(1e6)
    y = np.empty_like(x)
    check(lib.parexact_set_num_threads(threads))
    for chunk in (0, 1, 4096):
        y.fill(np.nan)
        check(run_map(SQUARE, x, y, chunk=chunk))
        assert np.array_equal(y, x * x)


def test_in_place() -> None:
    x = np.arange(1e5)
    check(run_map(SQUARE, x, x))
    assert np.array_equal(x, np.arange(1e5) ** 2)


def test_uneven_work() -> None:
    n = np.arange(1, 5001)
    steps = np.zeros_like(n)
    check(lib.parexact_set_num_threads(4))
    check(run_map(COLLATZ, n, steps))
    assert steps.tolist() == [collatz(i) for i in range(1, 5001)]


def test_a_long_item_holds_up_nobody() -> None:
    """Item 0 ends when all the others have been done: the other thread has to do them."""
    check(lib.parexact_set_num_threads(2))
    others = threading.Semaphore(0)
    x = np.arange(200.0)

    def work(item: int, *_: object) -> None:
        if number(item).value != 0:
            others.release()
        else:
            for _ in range(len(x) - 1):
                assert others.acquire(timeout=PATIENCE)

    callback = Guarded(MapFunction, work)
    callback.finish(run_map(callback.pointer, x, None, chunk=1))


def test_a_chunk_is_one_threads() -> None:
    check(lib.parexact_set_num_threads(4))
    x = np.arange(103.0)
    calls: dict[int, list[int]] = {}

    def note(item: int, *_: object) -> None:
        calls.setdefault(threading.get_ident(), []).append(index_of(item, x))

    callback = Guarded(MapFunction, note)
    callback.finish(run_map(callback.pointer, x, None, chunk=10))
    assert sorted(i for own in calls.values() for i in own) == list(range(103))
    for own in calls.values():
        assert own == sorted(own)
        for chunk in {i // 10 for i in own}:
            whole = list(range(10 * chunk, min(10 * chunk + 10, 103)))
            assert [i for i in own if i // 10 == chunk] == whole


# --- items -----------------------------------------------------------------------------------


class Person(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char * 5), ("age", c_int32), ("height", c_double)]


def test_a_record_is_what_a_dictionary_is() -> None:
    """A ctypes Structure and a NumPy dtype with `align` are the same as a C struct."""
    dtype = np.dtype([("name", "S5"), ("age", "i4"), ("height", "f8")], align=True)
    assert dtype.itemsize == ctypes.sizeof(Person)
    people = np.array([(b"Ada", 36, 1.6), (b"Emmy", 53, 1.7)] * 20, dtype=dtype)
    answers = np.zeros(len(people), dtype=[("first", "S1"), ("both", "f8")])

    def look(item: int, result: int, factor: int) -> None:
        person = Person.from_address(item)
        i = index_of(result, answers)
        answers[i] = (person.name[:1], person.age * number(factor).value + person.height)

    callback = Guarded(MapFunction, look)
    factor = byref(c_double(100.0))
    callback.finish(run_map(callback.pointer, people, answers, user_data=factor))
    assert answers["first"].tolist() == [b"A", b"E"] * 20
    assert answers["both"].tolist() == [3601.6, 5301.7] * 20


def test_rows_are_items_too() -> None:
    table = np.arange(60.0).reshape(20, 3)
    sums = np.zeros(20)

    def add(item: int, result: int, _: object) -> None:
        row = np.ctypeslib.as_array(cast(item, POINTER(c_double)), (3,))
        number(result).value = row.sum()

    callback = Guarded(MapFunction, add)
    callback.finish(run_map(callback.pointer, table, sums))
    assert np.array_equal(sums, table.sum(axis=1))


def test_size_zero_means_null() -> None:
    seen: list[tuple[object, ...]] = []
    callback = Guarded(MapFunction, lambda *given: seen.append(given))
    callback.finish(run_map(callback.pointer, None, None, count=5))
    assert seen == [(None, None, None)] * 5


# --- threads ---------------------------------------------------------------------------------


@pytest.mark.parametrize("own_pool", [True, False])
def test_maps_in_maps_in_maps(own_pool: bool) -> None:
    """On a worker the inner maps run on its own thread."""
    check(lib.parexact_set_num_threads(3))
    caller = threading.get_ident()
    strayed: list[int] = []
    done = np.zeros((6, 5, 4))

    def outer(_: object, result: int, __: object) -> None:
        me = threading.get_ident()
        i = index_of(result, done)

        def middle(_: object, result: int, __: object) -> None:
            j = index_of(result, done[i])

            def inner(_: object, result: int, __: object) -> None:
                if threading.get_ident() != me and me != caller:
                    strayed.append(i)
                number(result).value += 1

            innermost = Guarded(MapFunction, inner)
            innermost.finish(run_map(innermost.pointer, None, done[i, j], pool))

        inside = Guarded(MapFunction, middle)
        inside.finish(run_map(inside.pointer, None, done[i], pool, chunk=1))

    callback = Guarded(MapFunction, outer)
    with new("pool", 3) as mine:
        pool = mine if own_pool else None
        callback.finish(run_map(callback.pointer, None, done, pool, chunk=1))
    assert np.all(done == 1)
    assert not strayed


@pytest.mark.parametrize("own_pool", [True, False])
def test_maps_from_many_threads_at_once(own_pool: bool) -> None:
    x = np.arange(3000.0)
    wrong: list[int] = []

    def work(k: int, pool: c_void_p | None) -> None:
        cube = Guarded(MapFunction, lambda item, result, _: setattr(number(result), "value", k))
        for _ in range(5):
            y = np.zeros_like(x)
            check(run_map(SQUARE, x, y, pool, chunk=1 + k))
            z = np.zeros(50)
            cube.finish(run_map(cube.pointer, x[:50], z, pool, chunk=1 + k))
            if not np.array_equal(y, x * x) or not np.all(z == k):
                wrong.append(k)

    with new("pool", 3) as mine:
        pool = mine if own_pool else None
        callers = [threading.Thread(target=work, args=(k, pool), daemon=True) for k in range(8)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join(PATIENCE)
    assert not any(caller.is_alive() for caller in callers)
    assert not wrong


# --- failures --------------------------------------------------------------------------------


def test_an_exception_is_caught_stored_and_raised() -> None:
    """Nothing is printed on stderr: pytest would report that as an unraisable exception."""
    check(lib.parexact_set_num_threads(2))
    x = np.arange(100.0)

    def work(item: int, *_: object) -> None:
        if number(item).value == 37:
            raise ZeroDivisionError("of item 37")

    callback = Guarded(MapFunction, work)
    status = run_map(callback.pointer, x, None)
    assert status == CALLBACK_FAILED
    assert "index 37" in message()
    with pytest.raises(ZeroDivisionError, match="of item 37"):
        callback.finish(status)
    with pytest.raises(ParexactError, match="CALLBACK_FAILED"):
        check(status)


@pytest.mark.parametrize("answer", [1, -1, 2**31 - 1, -(2**31)])
def test_whatever_is_not_0_is_a_failure(answer: int) -> None:
    refuse = MapFunction(lambda *_: answer)
    assert run_map(refuse, None, None, count=3) == CALLBACK_FAILED
    assert "index 0" in message()
    assert str(answer) in message()


def differing_at(count: int, places: set[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return two arrays that memcmp tells apart at these places."""
    x = np.arange(count)
    y = x.copy()
    y[list(places)] += 1
    return x, y


@settings(max_examples=100)
@given(st.data())
def test_failing_at_any_place(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 3000))
    places = data.draw(st.sets(st.integers(0, count - 1), max_size=4))
    threads = data.draw(st.sampled_from([1, 2, 4]))
    chunk = data.draw(st.sampled_from([0, 1, 5, 100, 2**40]))
    x, y = differing_at(count, places)
    check(lib.parexact_set_num_threads(threads))
    status = run_map(EQUAL, x, y, chunk=chunk, user_data=8)
    assert status == (CALLBACK_FAILED if places else OK)
    if places:
        named = int(re.search(r"index (\d+)", message()).group(1))
        assert named in places
        if threads == 1 or 0 in places:
            assert named == min(places)  # nobody can have seen another one before


def test_one_failure_in_a_million() -> None:
    rng = random.Random(17)
    for threads in THREADS:
        place = rng.randrange(1_000_000)
        x, y = differing_at(1_000_000, {place})
        check(lib.parexact_set_num_threads(threads))
        assert run_map(EQUAL, x, y, user_data=8) == CALLBACK_FAILED
        assert f"index {place}:" in message()


@pytest.mark.parametrize("threads", THREADS)
def test_after_a_failure_the_rest_is_given_up(threads: int) -> None:
    calls: list[int] = []

    def refuse(*_: object) -> int:
        calls.append(1)
        return 1

    check(lib.parexact_set_num_threads(threads))
    assert run_map(MapFunction(refuse), None, None, count=10_000, chunk=50) == CALLBACK_FAILED
    assert len(calls) <= threads


def test_a_failing_map_in_a_map() -> None:
    """The failure of an inner map is for the callback to report."""
    refuse = MapFunction(lambda *_: 3)
    statuses: list[int] = []

    def work(*_: object) -> None:
        statuses.append(run_map(refuse, None, None, count=1))

    callback = Guarded(MapFunction, work)
    callback.finish(run_map(callback.pointer, None, None, count=4))
    assert statuses == [CALLBACK_FAILED] * 4


# --- refusals --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("places", "sizes", "count", "expected", "named"),
    [
        ((None, 1), (8, 8), 1, "NULL_POINTER", "items"),
        ((1, None), (8, 8), 1, "NULL_POINTER", "results"),
        ((1, 1), (2**63, 8), 2, "SIZE_OVERFLOW", "item_size"),
        ((1, 1), (8, 2**60), 8, "SIZE_OVERFLOW", "result_size"),
        ((1, 1), (2**64 - 1, 0), 2**64 - 1, "SIZE_OVERFLOW", "item_size"),
        ((None, None), (8, 8), 0, "", ""),
        ((None, None), (0, 0), 3, "", ""),
    ],
)
def test_arrays_that_cannot_be(places, sizes, count, expected: str, named: str) -> None:
    calls: list[int] = []
    callback = Guarded(MapFunction, lambda *_: calls.append(1))
    memory = np.zeros(1)
    where = [None if place is None else memory.ctypes.data for place in places]
    out = c_void_p(42)
    given = [None, callback.pointer, None, where[0], sizes[0], where[1], sizes[1], count, 0]
    if not expected:
        check(lib.parexact_map(*given))
        assert len(calls) == (count if sizes == (0, 0) else 0)
        return
    assert lib.parexact_map(*given) == constant("ERROR_" + expected)
    assert named in message()
    assert lib.parexact_map_async(*given, byref(out)) == constant("ERROR_" + expected)
    assert out.value == 42
    assert not calls


def test_no_function() -> None:
    x = np.zeros(3)
    assert run_map(MapFunction(), x, x) == constant("ERROR_NULL_POINTER")
    assert "fn" in message()
    assert run_map(MapFunction(), None, None, count=0) == constant("ERROR_NULL_POINTER")
