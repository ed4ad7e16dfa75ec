"""π and integrals of Python and native functions."""

from __future__ import annotations

import ctypes
import math
import threading
import traceback
from fractions import Fraction

import numpy as np
import pytest
from parexact import abi
from parexact._errors import CancelledError
from parexact._quadrature import integrate, pi
from parexact._sync import Control
from parexact._threads import threads

from programs import interrupted, run

PROMPT = 1.0  # seconds; see test_pool


@pytest.mark.parametrize("n", [1, 2, 10, 1000, 12345])
def test_pi_is_the_midpoint_rule(n):
    terms = [1.0 / (1.0 + x * x) for x in (np.arange(1, n + 1) - 0.5) / n]
    assert pi(n) == float(sum(map(Fraction, terms)) * 4 / n)
    assert type(pi(n)) is float


@pytest.mark.parametrize("call", [pi, lambda n: integrate(np.sin, 0, 1, n)])
def test_number_of_points(call):
    for wrong in (0, -1, 2**52 + 1, 2**64, 2**70):
        with pytest.raises(ValueError, match="2\\*\\*52"):
            call(wrong)
    for wrong in (1.5, "3", None):
        with pytest.raises(TypeError):
            call(wrong)


@pytest.mark.parametrize("n", [1, 2, 1023, 1024, 1025, 100_000])
def test_integrals_are_the_same_on_any_number_of_threads(n):
    results = set()
    for count in (1, 2, 5):
        with threads(count):
            results.add(integrate(np.cos, 0, 1, n))
    assert len(results) == 1
    assert results.pop() == pytest.approx(math.sin(1), abs=1 / n**2)


def test_functions_get_blocks_of_points():
    seen = []

    def f(x):
        seen.append(x.copy())
        assert not x.flags.writeable
        return x

    assert integrate(f, 0, 2, 3000) == pytest.approx(2.0)
    points = np.sort(np.concatenate(seen))
    np.testing.assert_allclose(points, (np.arange(3000) + 0.5) * 2 / 3000)
    assert max(map(len, seen)) <= 1024


def test_what_functions_may_return():
    assert integrate(lambda x: 3, 0, 2, 5000) == 6.0
    assert integrate(lambda x: 3.0, 0, 2, 5000) == 6.0
    assert integrate(lambda x: [1.0] * len(x), 0, 2, 5000) == 2.0
    assert integrate(lambda x: x > 1, 0, 2, 5000) == 1.0
    assert integrate(lambda x: x.astype(np.float32), 0, 2, 10) == pytest.approx(2)
    for wrong in (lambda x: x[:-1], lambda x: np.ones((len(x), 1)), lambda x: np.ones((1, len(x)))):
        with pytest.raises(ValueError):
            integrate(wrong, 0, 1, 100)
    for wrong in (lambda x: x + 1j, lambda x: "1", lambda x: None):
        with pytest.raises((TypeError, ValueError)):
            integrate(wrong, 0, 1, 100)


def test_bounds():
    assert integrate(np.exp, 1, 0, 1000) == -integrate(np.exp, 0, 1, 1000)
    assert integrate(np.exp, 1, 1, 1000) == 0
    assert integrate(np.exp, Fraction(0), np.float32(1), 1000) == integrate(np.exp, 0, 1, 1000)
    for wrong in (math.nan, math.inf):
        with pytest.raises(ValueError):
            integrate(np.exp, 0, wrong, 10)
    with pytest.raises(TypeError):
        integrate(np.exp, None, 1, 10)
    with pytest.raises(TypeError):
        integrate("sin", 0, 1, 10)


def test_exceptions_keep_their_traceback():
    def fail(x):
        raise KeyError("no")

    with pytest.raises(KeyError, match="no") as caught:
        integrate(fail, 0, 1, 100_000)
    assert traceback.extract_tb(caught.value.__traceback__)[-1].name == "fail"
    assert integrate(np.ones_like, 0, 1, 10) == 1.0


def test_no_callback_on_the_main_thread():
    main = threading.get_ident()
    seen = set()
    integrate(lambda x: seen.add(threading.get_ident()) or x, 0, 1, 10)
    assert main not in seen


def test_native_functions():
    @abi.parexact_block_fn
    def twice(x, y, count, _user):
        for i in range(count):
            y[i] = 2 * x[i]
        return 0

    @abi.parexact_block_fn
    def fail(_x, _y, _count, _user):
        return 3

    assert integrate(twice, 0, 1, 3000) == pytest.approx(1)
    assert integrate(ctypes.cast(twice, ctypes.c_void_p).value, 0, 1, 10) == pytest.approx(1)
    with pytest.raises(RuntimeError):
        integrate(fail, 0, 1, 10)


def test_numba_functions():
    numba = pytest.importorskip("numba")

    @numba.cfunc("int32(CPointer(float64), CPointer(float64), uintp, voidptr)")
    def twice(x, y, count, _user):
        for i in range(count):
            y[i] = 2 * x[i]
        return 0

    assert integrate(twice, 0, 1, 1_000_000) == pytest.approx(1)


def test_controls():
    control = Control()
    with control:
        integrate(np.sin, 0, 1, 100_000)
        control.cancel()
        for call in (lambda: pi(10**6), lambda: integrate(np.sin, 0, 1, 10)):
            with pytest.raises(CancelledError):
                call()


@pytest.mark.parametrize(
    "call",
    [
        "pi(2**50)",
        "integrate(np.sin, 0, 1, 2**40)",
        "integrate(lambda x: (time.sleep(0.01), x)[1], 0, 1, 2**30)",
    ],
)
def test_interrupt(call):
    preparation = "import numpy as np\nfrom parexact._quadrature import pi, integrate"
    afterwards = "assert pi(10) == 3.142425985001098; assert integrate(np.ones_like, 0, 1, 10) == 1.0"
    assert interrupted(preparation, call, afterwards) < PROMPT


@pytest.mark.parametrize("f", ["np.sin", "lambda x: (time.sleep(0.01), x)[1]", "threading.Event().wait"])
def test_exit_while_a_daemon_integrates(f):
    if "Event" in f:
        f = "lambda x: (time.sleep(0.5), x)[1]"
    run(f"""
    import threading, time
    import numpy as np
    from parexact._quadrature import integrate
    threading.Thread(target=integrate, args=({f}, 0, 1, 2**40), daemon=True).start()
    time.sleep(0.1)
    """)
