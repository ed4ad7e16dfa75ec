"""Pools: the interface of multiprocessing.Pool, native maps, interruptions, forks and exits."""

from __future__ import annotations

import ctypes
import gc
import itertools
import multiprocessing
import multiprocessing.pool
import operator
import pickle
import sys
import threading
import time
import traceback
import weakref
from concurrent.futures import CancelledError as FutureCancelledError
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from parexact import _chunks, _native_map
from parexact._errors import CancelledError, DeadlockError, Error, TimeoutError
from parexact._pool import Pool
from parexact._sync import Control, Lock

from programs import interrupted, run

#: Seconds until an interrupted call must have raised. The contract says 0.2; the machine may be busy.
PROMPT = 1.0

Map = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


@pytest.fixture
def pool():
    with Pool(3) as made:
        yield made


def square(x):
    return x * x


def fail_on_three(x):
    if x == 3:
        raise KeyError("three")
    return x


# --- the interface of multiprocessing.Pool, against multiprocessing.pool.ThreadPool -----------------


@pytest.mark.parametrize("chunksize", [None, 1, 3, 1000])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 100])
def test_results_are_those_of_multiprocessing(pool, count, chunksize):
    pairs = [(i, i + 1) for i in range(count)]
    with multiprocessing.pool.ThreadPool(3) as theirs:
        assert pool.map(square, range(count), chunksize) == theirs.map(square, range(count), chunksize)
        assert pool.starmap(pow, pairs, chunksize) == theirs.starmap(pow, pairs, chunksize)
        assert list(pool.imap(square, range(count), chunksize or 1)) == list(
            theirs.imap(square, range(count))
        )
        unordered = pool.imap_unordered(square, range(count), chunksize or 1)
        assert sorted(unordered) == [i * i for i in range(count)]
        assert pool.map_async(square, iter(range(count)), chunksize).get() == [i * i for i in range(count)]
        assert pool.starmap_async(pow, pairs, chunksize).get() == list(itertools.starmap(pow, pairs))


def test_apply_passes_all_arguments(pool):
    assert pool.apply(dict, ([("a", 1)],), {"b": 2}) == {"a": 1, "b": 2}
    assert pool.apply_async(operator.add, (1, 2)).get() == 3
    assert pool.apply(list) == []


def test_callables_run_on_workers(pool):
    assert threading.get_ident() not in pool.map(lambda _: threading.get_ident(), range(50))
    assert pool.map(lambda _: threading.current_thread() is threading.main_thread(), range(5)) == [False] * 5


@pytest.mark.parametrize(
    "call",
    [
        lambda p: p.map(fail_on_three, range(9)),
        lambda p: p.map_async(fail_on_three, range(9)).get(),
        lambda p: p.starmap(fail_on_three, [(3,)]),
        lambda p: p.apply(fail_on_three, (3,)),
        lambda p: list(p.imap(fail_on_three, range(9))),
        lambda p: list(p.imap_unordered(fail_on_three, range(9))),
    ],
)
def test_exceptions_keep_their_traceback(pool, call):
    with pytest.raises(KeyError, match="three") as caught:
        call(pool)
    assert traceback.extract_tb(caught.value.__traceback__)[-1].name == "fail_on_three"
    assert pool.map(square, [2]) == [4]


def test_an_exception_raised_twice_has_the_same_traceback(pool):
    result = pool.apply_async(fail_on_three, (3,))
    lengths = []
    for _ in range(3):
        with pytest.raises(KeyError) as caught:
            result.get()
        lengths.append(len(traceback.extract_tb(caught.value.__traceback__)))
    assert len(set(lengths)) == 1


def test_the_first_exception_in_the_order_of_the_items_is_raised(pool):
    def fail(x):
        time.sleep(0.05 * (3 - x))
        raise ValueError(x)

    with pytest.raises(ValueError, match="0"):
        pool.map(fail, range(3), 1)


def test_even_exceptions_that_end_programs_are_carried(pool):
    with pytest.raises(SystemExit):
        pool.apply(sys.exit)
    assert pool.apply(square, (3,)) == 9


def test_imap_goes_on_after_an_exception(pool):
    results = pool.imap(fail_on_three, range(6))
    got = []
    while True:
        try:
            got.append(next(results))
        except KeyError:
            got.append("failed")
        except StopIteration:
            break
    assert got == [0, 1, 2, "failed", 4, 5]


def test_imap_yields_as_results_arrive(pool):
    gate = threading.Event()
    results = pool.imap_unordered(lambda x: gate.wait(20) if x == 0 else x, range(8))
    assert sorted(next(results) for _ in range(7)) == list(range(1, 8))
    gate.set()
    assert next(results) is True
    with pytest.raises(StopIteration):
        next(results)
    ordered = pool.imap(lambda x: time.sleep(20) if x == 50 else x, range(51))
    assert [next(ordered) for _ in range(5)] == list(range(5))


def test_imap_reads_endless_iterables_a_window_at_a_time(pool):
    read = itertools.count()
    last = 0

    def items():
        nonlocal last
        for last in read:  # noqa: UP028 (the name outside is to be changed)
            yield last

    assert list(itertools.islice(pool.imap(square, items()), 100)) == [i * i for i in range(100)]
    assert last < 120
    assert len(list(itertools.islice(pool.imap_unordered(square, items(), 5), 100))) == 100


def test_imap_raises_what_its_iterable_raises_in_its_place(pool):
    def items():
        yield 1
        yield 2
        raise LookupError("no more")

    results = pool.imap(square, items())
    assert [next(results), next(results)] == [1, 4]
    with pytest.raises(LookupError):
        next(results)
    with pytest.raises(StopIteration):
        next(results)


def test_imap_next_takes_a_timeout(pool):
    gate = threading.Event()
    for imap in (pool.imap, pool.imap_unordered):
        gate.clear()
        results = imap(lambda _: gate.wait(20), [0])
        with pytest.raises(multiprocessing.TimeoutError):
            results.next(timeout=0.02)
        gate.set()
        assert results.next(timeout=20) is True


def test_timeouts_are_everybodys(pool):
    gate = threading.Event()
    result = pool.apply_async(gate.wait, (20,))
    for kind in (TimeoutError, multiprocessing.TimeoutError, __builtins__["TimeoutError"], Error):
        with pytest.raises(kind):
            result.get(0.01)
    assert not result.ready()
    result.wait(0.01)
    with pytest.raises(ValueError, match="not ready"):
        result.successful()
    with pytest.raises(ValueError, match="NaN"):
        result.get(float("nan"))
    gate.set()
    assert result.get(20) is True
    assert result.ready()
    assert result.successful()


def test_callbacks_have_run_when_the_result_is_there(pool):
    for _ in range(50):
        seen, failed = [], []
        pool.map_async(square, range(9), 2, callback=seen.append, error_callback=failed.append).wait()
        assert (seen, failed) == ([[i * i for i in range(9)]], [])
        result = pool.map_async(
            fail_on_three, range(9), 1, callback=seen.append, error_callback=failed.append
        )
        result.wait()
        assert result.ready()
        assert not result.successful()
        assert len(seen) == 1
        assert [type(error) for error in failed] == [KeyError]
    pool.starmap_async(pow, [(2, 3)], callback=seen.append).wait()
    assert seen[1:] == [[8]]


def test_callbacks_that_raise_are_printed_and_hurt_nobody(pool, capfd):
    result = pool.apply_async(square, (3,), callback=lambda _: 1 / 0)
    assert result.get() == 9
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_wrong_arguments_are_refused(pool):
    for wrong in (0, -1):
        with pytest.raises(ValueError, match="at least 1"):
            Pool(wrong)
        with pytest.raises(ValueError, match="at least 1"):
            pool.map(square, [1], wrong)
    with pytest.raises(TypeError):
        Pool(1.5)
    with pytest.raises(TypeError):
        Pool(1, initializer=5)
    with pytest.raises(ValueError):
        Pool(100_000)
    with pytest.raises(TypeError):
        pool.map(square, 5)
    with pytest.raises(TypeError):
        pool.apply(None)
    with pytest.raises(TypeError, match="one process"):
        pickle.dumps(pool)


# --- initializers, nesting, threads -------------------------------------------------------------------


def test_initializer_runs_once_on_each_worker():
    place = threading.local()
    calls = []

    def initialize(value):
        calls.append(threading.get_ident())
        place.value = value

    with Pool(3, initialize, (7,)) as pool:
        values = pool.map(lambda _: (time.sleep(0.001), place.value)[1], range(60), 1)
        assert values == [7] * 60
        # Values outlive the task: a second map finds them.
        assert pool.map(lambda _: place.value, range(20)) == [7] * 20
    assert len(calls) == len(set(calls)) <= 3


def test_a_failing_initializer_is_raised():
    with Pool(2, lambda: 1 / 0) as pool, pytest.raises(ZeroDivisionError):
        pool.map(square, range(5))


def test_maps_nest(pool):
    def inner(i):
        return sum(pool.map(lambda j: i * j, range(5), 1)) + sum(pool.imap_unordered(abs, range(i)))

    for _ in range(5):
        expected = [sum(i * j for j in range(5)) + sum(range(i)) for i in range(12)]
        assert pool.map(inner, range(12), 1) == expected
    with Pool(1) as one:
        assert one.map(lambda i: one.map(lambda j: one.apply(square, (j,)), range(i)), range(5))[4] == [
            0,
            1,
            4,
            9,
        ]


def test_a_call_that_waits_for_itself_is_a_deadlock(pool):
    results = []
    gate = threading.Event()

    def wait_for_itself():
        gate.wait(20)
        return results[0].get()

    results.append(pool.apply_async(wait_for_itself))
    gate.set()
    with pytest.raises(DeadlockError):
        results[0].get(20)


def test_many_threads_use_one_pool(pool):
    def use(i):
        return pool.map(lambda x: x + i, range(20), 3)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(use, range(40)))
    assert answers == [[x + i for x in range(20)] for i in range(40)]


def test_one_iterator_serves_several_threads(pool):
    results = pool.imap(square, range(200))
    with ThreadPoolExecutor(4) as threads:
        parts = list(threads.map(lambda _: list(results), range(4)))
    assert sorted(itertools.chain(*parts)) == [i * i for i in range(200)]


# --- the end ------------------------------------------------------------------------------------------


def test_close_and_join_finish_everything():
    pool = Pool(2)
    results = [pool.apply_async(lambda i=i: (time.sleep(0.005), i)[1]) for i in range(20)]
    with pytest.raises(ValueError, match="still running"):
        pool.join()
    pool.close()
    pool.join()
    pool.join()
    assert all(result.ready() for result in results)
    assert [result.get() for result in results] == list(range(20))
    for call in (pool.map, pool.imap, pool.imap_unordered, pool.starmap, pool.map_async, pool.starmap_async):
        with pytest.raises(ValueError, match="not running"):
            call(square, [1])
    with pytest.raises(ValueError, match="not running"):
        pool.apply(square, (1,))
    with pytest.raises(ValueError, match="not running"), pool:
        pass


def test_the_end_of_the_block_cancels_what_has_not_begun():
    began = []
    gate = threading.Event()

    def task(i):
        began.append(i)
        gate.wait(20)
        return i

    with Pool(2) as pool:
        result = pool.map_async(task, range(100), 1)
        while len(began) < 2:
            time.sleep(0.001)
        threading.Timer(0.1, gate.set).start()
    assert len(began) <= 2
    with pytest.raises(FutureCancelledError):
        result.get()
    assert result.ready()


def test_cancelled_calls_tell_their_error_callback():
    failed = []
    gate = threading.Event()
    pool = Pool(1)
    pool.apply_async(gate.wait, (20,))
    pool.apply_async(square, (1,), error_callback=failed.append)
    pool.terminate()
    gate.set()
    pool.join()
    assert [type(error) for error in failed] == [CancelledError]


def test_nothing_is_kept_after_the_end():
    class Thing:
        pass

    things = []
    for _ in range(5):
        with Pool(2) as pool:
            thing = Thing()
            things += [weakref.ref(thing), weakref.ref(pool)]
            pool.map(lambda _, thing=thing: None, range(10))
            pool.imap(lambda _, thing=thing: None, range(10))
            pool.apply_async(lambda thing=thing: None)
            assert sum(pool.map(Map(lambda i, r, u: 0), np.zeros(4))) >= 0
            del thing
        del pool
    gc.collect()
    assert [thing() for thing in things] == [None] * 10
    assert not _chunks._handed_over
    assert not _native_map.running


# --- native functions ---------------------------------------------------------------------------------


@Map
def root(item, result, _user):
    ctypes.c_double.from_address(result).value = ctypes.c_double.from_address(item).value ** 0.5
    return 0


@Map
def count_bytes(item, result, _user):
    ctypes.c_int64.from_address(result).value = sum(ctypes.string_at(item, 16))
    return 0


@Map
def scale(item, result, user):
    factor = ctypes.c_double.from_address(user).value
    ctypes.c_double.from_address(result).value = factor * ctypes.c_double.from_address(item).value
    return 0


@Map
def fail(_item, _result, _user):
    return 5


def test_native_functions_of_all_kinds(pool):
    x = np.arange(100.0)
    address = ctypes.cast(root, ctypes.c_void_p).value

    class Holder:
        pass

    holder = Holder()
    holder.address = address
    for function in (root, address, holder, np.uint64(address)):
        for chunksize in (None, 1, 7):
            result = pool.map(function, x, chunksize)
            assert isinstance(result, np.ndarray)
            np.testing.assert_array_equal(result, np.sqrt(x))
    np.testing.assert_array_equal(pool.map_async(root, x).get(), np.sqrt(x))
    np.testing.assert_array_equal(pool.map(root, list(x)), np.sqrt(x))


def test_numba_functions(pool):
    numba = pytest.importorskip("numba")
    signature = "int32(CPointer(float64), CPointer(float64), voidptr)"

    @numba.cfunc(signature)
    def cube(item, result, _user):
        result[0] = item[0] ** 3
        return 0

    np.testing.assert_array_equal(pool.map(cube, np.arange(1000.0)), np.arange(1000.0) ** 3)


def test_items_are_entries_along_the_first_axis(pool):
    x = np.arange(24, dtype=np.uint8).reshape(3, 8).repeat(2, axis=1)
    np.testing.assert_array_equal(pool.map(count_bytes, x, dtype=np.int64), x.sum(axis=1))
    strided = np.arange(96, dtype=np.uint8).reshape(3, 32)[:, ::2]
    np.testing.assert_array_equal(pool.map(count_bytes, strided, dtype="i8"), strided.sum(axis=1))
    records = np.zeros(5, dtype=[("a", "i4"), ("b", "f8"), ("c", "i4")])
    records["a"] = range(5)
    np.testing.assert_array_equal(pool.map(count_bytes, records, dtype="i8"), np.arange(5))
    assert pool.map(Map(lambda i, r, u: 0), records).dtype == records.dtype


def test_empty_items(pool):
    for x in (np.empty(0), np.empty((0, 3)), []):
        result = pool.map(root, x)
        assert (result.shape, result.dtype) == ((0,), np.dtype(float))


def test_user_data(pool):
    np.testing.assert_array_equal(
        pool.map(scale, np.arange(5.0), user_data=np.array([3.0])), 3 * np.arange(5.0)
    )
    factor = ctypes.c_double(2.0)
    for given in (ctypes.byref(factor), ctypes.addressof(factor)):
        np.testing.assert_array_equal(pool.map(scale, np.arange(5.0), user_data=given), 2 * np.arange(5.0))


def test_out(pool):
    x = np.arange(1.0, 11.0)
    out = np.full(10, np.nan)
    assert pool.map(root, x, out=out) is out
    np.testing.assert_array_equal(out, np.sqrt(x))
    wide = np.full(20, np.nan)
    pool.map(root, x, out=wide[::2])
    np.testing.assert_array_equal(wide[::2], np.sqrt(x))
    assert np.isnan(wide[1::2]).all()
    same = x.copy()
    pool.map(root, same, out=same[::-1])
    np.testing.assert_array_equal(same[::-1], np.sqrt(x))
    with pytest.raises(ValueError):
        pool.map(root, x, out=np.empty(9))
    with pytest.raises(TypeError):
        pool.map(root, x, out=np.empty(10, np.float32))
    with pytest.raises(TypeError):
        pool.map(root, x, out=[0.0] * 10)
    readonly = np.empty(10)
    readonly.flags.writeable = False
    with pytest.raises(ValueError):
        pool.map(root, x, out=readonly)


def test_native_functions_that_fail(pool):
    with pytest.raises(Error, match="5") as caught:
        pool.map(fail, np.zeros(3))
    assert caught.value.status != 0
    result = pool.map_async(fail, np.zeros(3))
    result.wait()
    assert result.ready()
    assert not result.successful()


def test_what_native_maps_refuse(pool):
    for call in (pool.starmap, pool.imap, pool.imap_unordered, pool.starmap_async):
        with pytest.raises(TypeError, match="native"):
            call(root, [1.0])
    for call in (pool.apply, pool.apply_async):
        with pytest.raises(TypeError, match="native"):
            call(root, (1.0,))
    with pytest.raises(TypeError):
        pool.map(root, np.array([None]))
    with pytest.raises(TypeError):
        pool.map(root, 5.0)
    with pytest.raises(TypeError, match="byte order"):
        pool.map(root, np.arange(3, dtype=">f8"))
    with pytest.raises(TypeError, match="mask"):
        pool.map(root, np.ma.masked_equal([1.0, 2.0], 2.0))
    with pytest.raises(TypeError):
        pool.map(root, [1.0], dtype=object)
    with pytest.raises(ValueError):
        pool.map(0, [1.0])
    with pytest.raises(TypeError, match="native"):
        pool.map(square, [1.0], dtype=float)
    with pytest.raises(TypeError, match="callback"):
        pool.map_async(root, [1.0], callback=print)


def test_forgotten_native_maps_keep_their_memory():
    pool = Pool(2)
    gate = threading.Event()
    began = threading.Event()

    @Map
    def slow(item, result, _user):
        began.set()
        gate.wait(20)
        ctypes.c_double.from_address(result).value = ctypes.c_double.from_address(item).value
        return 0

    x = np.arange(2.0)
    kept = weakref.ref(x)
    pool.map_async(slow, x)
    assert began.wait(20)
    del x, pool
    gc.collect()
    assert kept() is not None
    gate.set()
    deadline = time.monotonic() + 20
    while _native_map.running and time.monotonic() < deadline:
        for job in list(_native_map.running):
            job.ready()
    del job
    gc.collect()
    assert kept() is None


def test_progress(pool, capfd):
    assert pool.map(square, range(10), progress=True) == [i * i for i in range(10)]
    pool.map(root, np.zeros(10), progress=True)
    assert "%" in capfd.readouterr().err


# --- controls -----------------------------------------------------------------------------------------


def test_a_control_governs_the_calls(pool):
    control = Control()
    gate = threading.Event()
    with control:
        result = pool.map_async(lambda _: gate.wait(20), range(100), 1)
    time.sleep(0.02)
    control.cancel()
    gate.set()
    with pytest.raises(CancelledError):
        result.get()
    control.reset()
    assert pool.map(square, [3]) == [9]
    with control:
        assert pool.map(lambda _: Control.current() is control, range(3)) == [True] * 3


def test_a_control_governs_native_maps(pool):
    control = Control()
    with control:
        pool.map(root, np.zeros(1000))
        assert control.progress == (1000, 1000)
        control.cancel()
        with pytest.raises(CancelledError):
            pool.map(root, np.zeros(1000))


def test_terminate_leaves_the_callers_control_as_it_was():
    control = Control()
    gate = threading.Event()
    pool = Pool(1)
    with control:
        result = pool.map_async(Map(lambda i, r, u: gate.wait(20) and 0), np.zeros(100), 1)
    time.sleep(0.02)
    pool.terminate()
    gate.set()
    pool.join()
    with pytest.raises(CancelledError):
        result.get()
    assert not control.cancelled


def test_a_lock_between_callbacks(pool):
    lock = Lock()
    total = 0

    def add(i):
        nonlocal total
        with lock:
            before = total
            time.sleep(0.0001)
            total = before + i

    pool.map(add, range(100), 1)
    assert total == sum(range(100))


# --- Ctrl-C, forks, exits: processes of their own -----------------------------------------------------

PREPARATION = """
import ctypes, numpy as np
from parexact._pool import Pool
gate = threading.Event()
Map = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
slow = Map(lambda i, r, u: time.sleep(0.01) or 0)
pool = Pool(2)
def inside(block):
    with block:
        pool.map(gate.wait, [20] * 50)
def native(block):
    with block:
        pool.map(slow, np.zeros(5000))
"""
AFTERWARDS = """
gate.set()
assert Pool(2).map(abs, [-1, 2]) == [1, 2]
assert len(Pool(2).map(Map(lambda i, r, u: 0), np.zeros(3))) == 3
"""


@pytest.mark.parametrize(
    "call",
    [
        "pool.map(gate.wait, [20] * 50, 1)",
        "pool.map(time.sleep, [0.01] * 5000)",
        "pool.starmap(gate.wait, [(20,)] * 50)",
        "pool.apply(gate.wait, (20,))",
        "pool.apply_async(gate.wait, (20,)).get()",
        "pool.apply_async(gate.wait, (20,)).wait(30)",
        "list(pool.imap(gate.wait, [20] * 50))",
        "list(pool.imap_unordered(gate.wait, [20] * 50))",
        "pool.map(slow, np.zeros(5000))",
        "pool.map(slow, np.zeros(5000), progress=True)",
        "pool.apply_async(gate.wait, (20,)); pool.close(); pool.join()",
        "inside(pool)",
    ],
)
def test_interrupt(call):
    assert interrupted(PREPARATION, call, AFTERWARDS) < PROMPT


def test_an_interrupted_map_lets_nothing_more_begin():
    afterwards = """
    gate.set()
    count = len(began)
    pool.close(); pool.join()
    assert len(began) == count == 2, (began, count)
    """
    call = "pool.map(lambda i: (began.append(i), gate.wait(20)), range(50), 1)"
    assert interrupted(PREPARATION + "began = []", call, afterwards) < PROMPT


def test_an_interrupted_native_map_leaves_the_control_usable():
    afterwards = """
    with control:
        assert len(pool.map(Map(lambda i, r, u: 0), np.zeros(3))) == 3
    """
    assert (
        interrupted(PREPARATION + "control = parexact._sync.Control()", "native(control)", afterwards)
        < PROMPT
    )


def test_pools_in_forked_children():
    run("""
    import os, threading, time, parexact
    from parexact._pool import Pool
    pool = Pool(2)
    assert pool.map(abs, range(10)) == list(range(10))
    running = pool.apply_async(time.sleep, (0.3,))
    for _ in range(3):
        child = os.fork()
        if child == 0:
            os._exit(0 if pool.map(abs, range(-10, 0)) == list(range(10, 0, -1)) else 1)
        assert os.waitpid(child, 0)[1] == 0
    assert running.get() is None
    """)


def test_a_forked_child_exits_like_any_other_process():
    run("""
    import os, sys, time, parexact
    from parexact._pool import Pool
    pool = Pool(2)
    running = pool.apply_async(time.sleep, (0.2,))
    child = os.fork()
    if child:
        assert os.waitpid(child, 0)[1] == 0
    else:
        pool.map(abs, range(5))
    """)


REFUSED = """
import os, resource, threading, parexact
from parexact._pool import Pool
import numpy as np
if os.geteuid() == 0:
    os.setgid(54321)
    os.setuid(54321)
resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
try:
    threading.Thread(target=int).start()
    print("not limited")
    raise SystemExit
except RuntimeError:
    pass
pool = Pool(3, lambda: initialized.append(1))
initialized = []
assert pool.map(abs, range(-5, 5), 1) == [5, 4, 3, 2, 1, 0, 1, 2, 3, 4]
assert list(pool.imap(abs, range(5))) == list(range(5))
assert sorted(pool.imap_unordered(abs, range(5))) == list(range(5))
assert pool.map(lambda i: sum(pool.map(abs, range(i))), range(4)) == [0, 0, 1, 3]
seen = []
pool.apply_async(abs, (1,), callback=seen.append).wait()
assert seen == [1] and initialized == [1]
try:
    pool.map(lambda x: 1 / x, [0])
    raise SystemExit("no exception")
except ZeroDivisionError:
    pass
pool.close()
pool.join()
print("refused")
"""


def test_without_any_thread_calls_are_made_in_a_plain_loop():
    if run(REFUSED).strip() == "not limited":
        pytest.skip("the system grants threads whatever the limit")


@pytest.mark.parametrize(
    "state",
    [
        "pool.apply_async(time.sleep, (0.3,))",
        "pool.map_async(time.sleep, [0.05] * 1000, 1)",
        "pool.map_async(slow, np.zeros(10_000))",
        "pool.map_async(slow, np.zeros(10_000)); del pool",
        "it = pool.imap(time.sleep, [0.01] * 1000); next(it)",
        "it = pool.imap_unordered(abs, iter(int, 1)); next(it)",
        "pool.map(abs, range(5)); pool.close()",
        "pool.apply_async(forever); time.sleep(0.1)",
        "pool.apply_async(stubborn); time.sleep(0.1)",
        "threading.Thread(target=pool.map, args=(time.sleep, [0.05] * 10)).start()",
        "threading.Thread(target=pool.map, args=(time.sleep, [0.05] * 1000), daemon=True).start()",
        "threading.Thread(target=pool.map, args=(slow, np.zeros(10_000)), daemon=True).start();"
        "time.sleep(0.1)",
        "pool.apply_async(lambda: pool.map(time.sleep, [0.05] * 100)); time.sleep(0.1)",
        "pool.apply_async(time.sleep, (0.3,)); sys.exit(0)",
        "cycle = [pool]; cycle.append(cycle); pool.apply_async(time.sleep, (0.2,)); del cycle, pool",
    ],
)
def test_exit(state):
    run(f"""
import ctypes, sys, threading, time
import numpy as np
import parexact
from parexact._pool import Pool
slow = ctypes.CFUNCTYPE(ctypes.c_int32, *[ctypes.c_void_p] * 3)(lambda i, r, u: time.sleep(0.01) or 0)
def forever():
    while True:
        pass
def stubborn():
    while True:
        try:
            time.sleep(0.01)
        except Exception:
            pass
pool = Pool(2)
{state}
""")
