"""Random numbers: what is refused, progress and cancellation."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator, Sequence
from ctypes import byref, c_double, c_uint64, c_void_p
from typing import Any

import numpy as np
import pytest
from calls import floats, pointer, result, state_of, words
from header import constant
from random_kinds import KINDS
from raw import (
    CANCELLED,
    DISTRIBUTION,
    OK,
    Distribution,
    State,
    Stats,
    check,
    distribution,
    lib,
    new_state,
    random,
)

NULL_POINTER = constant("ERROR_NULL_POINTER")
INVALID = constant("ERROR_INVALID_ARGUMENT")
OVERFLOW = constant("ERROR_SIZE_OVERFLOW")
BAD_STATE = constant("ERROR_BAD_STATE")
MARK = 42.0
STANDARD = [(kind, all_of_it[0]) for kind, all_of_it in KINDS.items()]

Refused = tuple[Distribution, str]  # and what the message names


def made(kind: int, parameters: Sequence[float], reserved: int = 0) -> Distribution:
    return Distribution(kind, reserved, (c_double * 3)(*parameters))


def refused() -> list[Refused]:
    found: list[Refused] = []
    for kind in (-1, 16, 17, 255, 256, 2**31 - 1, -(2**31)):
        found.append((made(kind, (1.0, 2.0, 1.5)), "kind"))
    for reserved in (1, -1, 2**30):
        for kind, parameters in STANDARD:
            found.append((made(DISTRIBUTION[kind], parameters, reserved), "reserved"))
    for wrong in (math.nan, math.inf, -math.inf):
        found += [
            (distribution("uniform", wrong, 1.0), "low"),
            (distribution("uniform", 0.0, wrong), "high"),
            (distribution("normal", wrong, 1.0), "mean"),
            (distribution("normal", 0.0, wrong), "sd"),
            (distribution("exponential", wrong), "rate"),
        ]
    for low, high in [(2.0, 1.0), (5e-324, 0.0), (1e308, -1e308)]:
        found.append((distribution("uniform", low, high), "high"))
    for low, high in [(-1e-308, 0.0), (1e-308, 2e-308), (1e-308, 2.0**-1022), (5e-324, 5e-324)]:
        found.append((distribution("uniform", low, high), "subnormal"))
    for sd in (-1.0, -5e-324, -1e308):
        found.append((distribution("normal", 0.0, sd), "sd"))
    for rate in (0.0, -0.0, -1.0, 5e-324, 2.2e-308):
        found.append((distribution("exponential", rate), "rate"))
    return found


def fill(d: Distribution | None, offset: int, out: Any, n: int) -> int:
    d = None if d is None else byref(d)
    return lib.parexact_random_fill(d, 1, 2, offset, out, n)


def reduce(d: Distribution | None, offset: int, n: int, state: State | None) -> int:
    d, s = (None if x is None else byref(x) for x in (d, state))
    return lib.parexact_random_state(d, 1, 2, offset, n, s)


@pytest.mark.parametrize(("d", "named"), refused())
@pytest.mark.parametrize("n", [0, 1, 5000])
def test_refused_distributions(d: Distribution, named: str, n: int) -> None:
    out, state = np.full(5000, MARK), state_of(floats([MARK]))
    assert fill(d, 0, pointer(out), n) == INVALID
    assert named in lib.parexact_last_error().decode()
    assert reduce(d, 0, n, state) == INVALID
    assert (out == MARK).all()
    assert bytes(state) == bytes(state_of(floats([MARK])))


@pytest.mark.parametrize(("kind", "parameters"), STANDARD)
def test_refused_sizes_and_pointers(kind: str, parameters: Sequence[float]) -> None:
    d = distribution(kind, *parameters)
    out, state = np.full(8, MARK), state_of(floats([MARK]))
    for n in (2**60, 2**61, 2**61 + 1, 2**63, 2**64 - 1):  # 8·n bytes
        assert fill(d, 0, pointer(out), n) == OVERFLOW
    for offset, n in [(2**64 - 1, 1), (2**64 - 4, 5), (2**63, 2**63)]:
        assert reduce(d, offset, n, state) == OVERFLOW
        if n <= 8:
            assert fill(d, offset, pointer(out), n) == OVERFLOW
    assert reduce(d, 0, 2**63 - 1, state) == OVERFLOW  # it has a value already
    assert fill(None, 0, pointer(out), 8) == NULL_POINTER
    assert fill(None, 0, None, 0) == NULL_POINTER
    assert reduce(None, 0, 8, state) == NULL_POINTER
    for n in (1, 8):
        assert fill(d, 0, None, n) == NULL_POINTER
        assert reduce(d, 0, n, None) == NULL_POINTER
    assert (out == MARK).all()
    assert bytes(state) == bytes(state_of(floats([MARK])))

    for offset in (0, 4095, 2**64 - 1):
        assert fill(d, offset, None, 0) == OK
        assert reduce(d, offset, 0, state) == OK
    assert bytes(state) == bytes(state_of(floats([MARK])))
    assert fill(d, 2**64 - 9, pointer(out), 8) == OK  # the very last ones
    assert (out != MARK).all()
    assert reduce(d, 2**64 - 9, 8, state) == OK
    assert bytes(state) == bytes(state_of(floats([MARK]), out))


@pytest.mark.parametrize(("kind", "parameters"), STANDARD)
def test_unused_parameters_are_ignored(kind: str, parameters: Sequence[float]) -> None:
    expected = random(kind, *parameters, n=100, seed=1, stream=2)
    for rest in (1.0, math.nan, math.inf):
        filled = distribution(kind, *parameters)
        filled.parameter[len(parameters) :] = [rest] * (3 - len(parameters))
        out = np.empty(100)
        assert fill(filled, 0, pointer(out), 100) == OK
        assert out.tobytes() == expected.tobytes()


def test_damaged_states_are_refused() -> None:
    state = new_state()
    state.words[0] = 99
    before = bytes(state)
    assert reduce(distribution("normal", 0.0, 1.0), 0, 10, state) == BAD_STATE
    assert bytes(state) == before


def test_my_statistics_refuses() -> None:
    assert lib.my_statistics(10, 0, None) == NULL_POINTER
    stats = Stats(7, 7, *[MARK] * 6)
    assert lib.my_statistics(2**63, 0, byref(stats)) == OVERFLOW
    assert bytes(stats) == bytes(Stats(7, 7, *[MARK] * 6))


# --- progress and cancellation -----------------------------------------------------------------


@pytest.fixture
def control() -> Iterator[c_void_p]:
    handle = c_void_p()
    check(lib.parexact_control_new(byref(handle)))
    yield handle
    lib.parexact_control_attach(None)
    lib.parexact_control_free(handle)
    check(lib.parexact_set_num_threads(0))


def progress(handle: c_void_p) -> tuple[int, int]:
    done, total = c_uint64(), c_uint64()
    lib.parexact_control_progress(handle, byref(done), byref(total))
    return done.value, total.value


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("n", [5, 2**17 + 5])
@pytest.mark.parametrize(("kind", "parameters"), STANDARD)
def test_progress_reaches_total(
    control: c_void_p, kind: str, parameters: Sequence[float], n: int, threads: int
) -> None:
    check(lib.parexact_set_num_threads(threads))
    d, out = distribution(kind, *parameters), np.empty(n)
    lib.parexact_control_attach(control)
    for call in (
        lambda: fill(d, 3, pointer(out), n),
        lambda: reduce(d, 3, n, new_state()),
        lambda: lib.my_statistics(n, 0, byref(Stats())),
    ):
        lib.parexact_control_reset(control)
        assert progress(control)[0] == 0
        check(call())
        done, total = progress(control)
        assert done == total > 0


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("what", ["fill", "reduce", "my_statistics"])
@pytest.mark.parametrize(("kind", "parameters"), STANDARD)
def test_cancelling(
    control: c_void_p, kind: str, parameters: Sequence[float], what: str, threads: int
) -> None:
    """Cancel work of hours; where every sample needs memory, work of 0.2 s or more."""
    if what == "my_statistics" and kind != "normal":
        return
    check(lib.parexact_set_num_threads(threads))
    d, state, stats = distribution(kind, *parameters), state_of(floats([MARK])), Stats(count=7)
    many = 2**28 if what == "fill" else 1
    out = np.empty(many)  # pages that nobody writes cost nothing
    outcome: dict[str, Any] = {}
    begun = threading.Event()

    def work() -> None:
        lib.parexact_control_attach(control)
        begun.set()
        if what == "fill":
            status = fill(d, 0, pointer(out), many)
        elif what == "reduce":
            status = reduce(d, 0, 2**62, state)
        else:
            status = lib.my_statistics(2**62, 0, byref(stats))
        outcome.update(status=status, over=time.monotonic())
        lib.parexact_control_attach(None)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    assert begun.wait(30)
    time.sleep(0.01)
    done, total = progress(control)
    assert done < total or total == 0
    cancelled = time.monotonic()
    lib.parexact_control_cancel(control)
    worker.join(30)
    assert outcome["status"] == CANCELLED
    assert outcome["over"] - cancelled < 1.0  # 50 ms, and a busy machine
    assert bytes(state) == bytes(state_of(floats([MARK])))
    assert bytes(stats) == bytes(Stats(count=7))


def test_cancelled_beforehand(control: c_void_p) -> None:
    d, out, state = distribution("normal", 0.0, 1.0), np.full(8, MARK), new_state()
    lib.parexact_control_attach(control)
    lib.parexact_control_cancel(control)
    assert fill(d, 0, pointer(out), 8) == CANCELLED
    assert reduce(d, 0, 8, state) == CANCELLED
    assert bytes(state) == bytes(new_state())
    lib.parexact_control_reset(control)
    assert fill(d, 0, pointer(out), 8) == OK
    assert reduce(d, 0, 8, state) == OK
    assert words(state)[1] == 8
    assert result(state).count == 8
