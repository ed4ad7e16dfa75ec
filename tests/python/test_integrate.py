"""parexact_integrate: the points, the exact sum of the values, and integrands that fail."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable, Iterator
from ctypes import byref, c_double

import integral_oracle as oracle
import numpy as np
import pytest
from callbacks import Guarded
from calls import Floats, bits
from children import run_python
from compiled import RATIONAL, rational
from handles import attached, message, new, progress
from header import constant
from raw import CALLBACK_FAILED, OK, BlockFunction, check, lib
from test_simd import paths_of_this_cpu

INTERVALS = [
    *((0.0, 1.0), (1.0, 0.0), (-1.0, 3.0), (1e-5, 0.7), (2.0, 2.0), (-0.5, 0.5), (1e16, 1e16 + 4)),
    *((-1e308, 7e307), (0.0, 5e-324), (1e-310, -3e-310), (1e300, 0.0), (1.0, 1.0 + 2**-52)),
]
COUNTS = [1, 2, 3, 1000, 1024, 1025, 2100]


@pytest.fixture(autouse=True)
def default_threads() -> Iterator[None]:
    yield
    check(lib.parexact_set_num_threads(0))


class Integrand:
    """A function of arrays as a callback; it notes the blocks it gets."""

    def __init__(self, f: Callable[[Floats], Floats]) -> None:
        self.f = f
        self.blocks: list[Floats] = []
        self.callback = Guarded(BlockFunction, self._block)
        self.pointer = self.callback.pointer

    def _block(self, x: object, y: object, count: int, _: object) -> None:
        points = np.ctypeslib.as_array(x, (count,)).copy()
        self.blocks.append(points)
        np.ctypeslib.as_array(y, (count,))[:] = self.f(points)


def integrate(f: Integrand | object, a: float, b: float, n: int) -> float:
    out = c_double()
    status = lib.parexact_integrate(getattr(f, "pointer", f), None, a, b, n, byref(out))
    if isinstance(f, Integrand):
        f.callback.finish(status)
    check(status)
    return out.value


def anything(x: Floats) -> Floats:
    """Finite values of all sizes and both signs, which depend on the bits of x alone."""
    mixed = (x.view(np.uint64) ^ np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(29)
    mixed &= ~np.uint64(1 << 62)  # less than 2: neither infinite nor NaN
    return mixed.view(np.float64)


def cancelling(x: Floats) -> Floats:
    """Pairs of values that are the same but for the sign and the last bit."""
    y = anything(x)
    y[1::2] = np.nextafter(-y[: len(y) // 2 * 2 : 2], 0)
    return y


# --- against the oracle ----------------------------------------------------------------------


@pytest.mark.parametrize(("a", "b"), INTERVALS)
@pytest.mark.parametrize("n", COUNTS)
def test_points_and_blocks(n: int, a: float, b: float) -> None:
    f = Integrand(np.zeros_like)
    assert bits(integrate(f, a, b, n)) == bits(0.0)
    expected = oracle.points(a, b, n)
    blocks = sorted([bits(x) for x in block] for block in f.blocks)
    whole = [bits(x) for x in expected]
    assert blocks == sorted(whole[i : i + 1024] for i in range(0, n, 1024))


@pytest.mark.parametrize("f", [anything, cancelling, np.cos, np.negative])
@pytest.mark.parametrize(("a", "b"), INTERVALS)
def test_values_by_python(f: Callable[[Floats], Floats], a: float, b: float) -> None:
    for n in COUNTS:
        with np.errstate(all="ignore"):
            x = np.array(oracle.points(a, b, n))
            # By blocks, as the library does: `cancelling` looks at places.
            y = np.concatenate([f(x[i : i + 1024]) for i in range(0, n, 1024)])
            assert bits(integrate(Integrand(f), a, b, n)) == bits(
                oracle.integral(a, b, y.tolist())
            ), n


@pytest.mark.parametrize(("a", "b"), [(0.0, 1.0), (3.0, -0.25), (0.1, 0.7), (5.0, 5.0)])
def test_values_by_numba(a: float, b: float) -> None:
    for n in [*range(1, 30), 1025]:
        values = [rational(x) for x in oracle.points(a, b, n)]
        assert bits(integrate(RATIONAL, a, b, n)) == bits(oracle.integral(a, b, values)), n


def test_a_python_sum_in_order_would_differ() -> None:
    """A plain sum in order differs, so that the tests above can fail."""
    differ = 0
    for n in range(900, 930):
        values = [rational(x) for x in oracle.points(0.0, 1.0, n)]
        exact = oracle.integral(0.0, 1.0, values)
        differ += exact != oracle.step(0.0, 1.0, n) * sum(values)
    assert differ > 10


def test_known_integrals() -> None:
    assert integrate(Integrand(np.ones_like), 0, 7, 12345) == pytest.approx(7, abs=1e-12)
    assert integrate(Integrand(np.sin), 0, math.pi, 100_000) == pytest.approx(2, abs=1e-9)
    assert integrate(Integrand(np.exp), 1, 0, 100_000) == pytest.approx(1 - math.e, abs=1e-9)
    quarter = Integrand(lambda x: 1 / (1 + x * x))
    assert 4 * integrate(quarter, 0, 1, 100_000) == pytest.approx(math.pi, abs=1e-10)


# --- NaN, infinity, zero ---------------------------------------------------------------------


def with_specials(specials: dict[float, float]) -> Integrand:
    """1, but special values at some points of [0, 1] in 4000 steps."""

    def f(x: Floats) -> Floats:
        y = np.ones_like(x)
        for where, value in specials.items():
            y[np.abs(x - where) < 1.3e-4] = value  # one point or two
        return y

    return Integrand(f)


@pytest.mark.parametrize(("a", "b"), [(0.0, 1.0), (1.0, 0.0)])
@pytest.mark.parametrize(
    ("specials", "expected"),
    [
        ({0.5: math.nan}, math.nan),
        ({0.5: math.inf}, math.inf),
        ({0.1: -math.inf}, -math.inf),
        ({0.1: math.inf, 0.9: math.inf}, math.inf),
        ({0.1: math.inf, 0.9: -math.inf}, math.nan),
        ({0.1: math.inf, 0.9: math.nan}, math.nan),
    ],
)
def test_special_values(specials: dict[float, float], expected: float, a: float, b: float) -> None:
    direction = 1 if a < b else -1
    answer = integrate(with_specials(specials), a, b, 4000)
    assert bits(answer) == bits(math.nan if math.isnan(expected) else direction * expected)


def test_an_interval_without_width() -> None:
    for value, expected in [(3.0, 0.0), (-3.0, 0.0), (math.inf, math.nan), (math.nan, math.nan)]:
        answer = integrate(Integrand(lambda x, v=value: np.full_like(x, v)), 2.0, 2.0, 1500)
        assert bits(abs(answer)) == bits(expected), value


def test_intermediate_sums_do_not_overflow() -> None:
    huge = Integrand(lambda x: np.full_like(x, 1.5e308))
    assert integrate(huge, 0, 1, 4096) == 1.5e308
    assert integrate(huge, 0, 2, 4096) == math.inf
    assert integrate(huge, 2, 0, 4096) == -math.inf


# --- the same bits on any number of threads --------------------------------------------------


def everything() -> list[str]:
    found = []
    for n in (1, 1023, 1025, 16 * 1024, 70_001):
        for a, b in ((0.0, 1.0), (0.7, 0.1), (-1e300, 1e300)):
            found.append(bits(integrate(Integrand(anything), a, b, n)))
            found.append(bits(integrate(RATIONAL, a, b, n)))
    return found


@pytest.fixture(scope="module")
def here() -> list[str]:
    return everything()


@pytest.mark.parametrize("threads", range(1, 17))
def test_any_thread_count_gives_the_same_bits(threads: int, here: list[str]) -> None:
    check(lib.parexact_set_num_threads(threads))
    assert everything() == here


@pytest.mark.parametrize("path", paths_of_this_cpu())
def test_every_simd_path_gives_the_same_bits(path: str, here: list[str]) -> None:
    code = "import json, test_integrate; print(json.dumps(test_integrate.everything()))"
    assert json.loads(run_python(code, {"PAREXACT_SIMD": path})) == here


def test_blocks_go_to_several_threads() -> None:
    check(lib.parexact_set_num_threads(2))
    barrier = threading.Barrier(2)
    seen: set[int] = set()

    def f(x: Floats) -> Floats:
        if threading.get_ident() not in seen:
            seen.add(threading.get_ident())
            barrier.wait(60)
        return x

    integrate(Integrand(f), 0, 1, 200 * 1024)
    assert len(seen) == 2


# --- failures and refusals -------------------------------------------------------------------


@pytest.mark.parametrize("threads", [1, 2, 16])
def test_an_exception_is_caught_stored_and_raised(threads: int) -> None:
    check(lib.parexact_set_num_threads(threads))

    def f(x: Floats) -> Floats:
        if np.any(np.abs(x - 0.5) < 1e-5):
            raise ArithmeticError("at one half")
        return x

    integrand = Integrand(f)
    out = c_double(42.0)
    for _ in range(5):
        status = lib.parexact_integrate(integrand.pointer, None, 0, 1, 100_000, byref(out))
        assert status == CALLBACK_FAILED
        with pytest.raises(ArithmeticError, match="at one half"):
            integrand.callback.finish(status)
    assert out.value == 42.0


@pytest.mark.parametrize("answer", [1, -5])
def test_whatever_is_not_0_is_a_failure(answer: int) -> None:
    out = c_double(42.0)
    refuse = BlockFunction(lambda *_: answer)
    assert lib.parexact_integrate(refuse, None, 0, 1, 10, byref(out)) == CALLBACK_FAILED
    assert str(answer) in message()
    assert out.value == 42.0


def test_user_data_is_handed_on() -> None:
    seen: list[object] = []
    callback = BlockFunction(lambda _x, _y, _count, data: seen.append(data) or 0)
    out = c_double()
    check(lib.parexact_integrate(callback, 12345, 0, 1, 5, byref(out)))
    assert seen == [12345]


@pytest.mark.parametrize(
    ("a", "b", "n", "named"),
    [
        (0.0, 1.0, 0, "n is"),
        (0.0, 1.0, 2**52 + 1, "n is"),
        (0.0, 1.0, 2**64 - 1, "n is"),
        (math.nan, 1.0, 5, "a is"),
        (-math.inf, 1.0, 5, "a is"),
        (0.0, math.nan, 5, "b is"),
        (0.0, math.inf, 5, "b is"),
        (-1.7e308, 1.7e308, 5, "b - a"),
    ],
)
def test_refusals(a: float, b: float, n: int, named: str) -> None:
    out = c_double(42.0)
    f = Integrand(np.zeros_like)
    status = lib.parexact_integrate(f.pointer, None, a, b, n, byref(out))
    assert status == constant("ERROR_INVALID_ARGUMENT")
    assert named in message()
    assert out.value == 42.0
    assert not f.blocks


def test_nothing_where_something_must_be() -> None:
    out = c_double(42.0)
    null = constant("ERROR_NULL_POINTER")
    assert lib.parexact_integrate(BlockFunction(), None, 0, 1, 5, byref(out)) == null
    assert lib.parexact_integrate(RATIONAL, None, 0, 1, 5, None) == null
    assert out.value == 42.0


def test_progress_is_in_blocks() -> None:
    with new("control") as control, attached(control):
        for n, blocks in [(1, 1), (1024, 1), (1025, 2), (100_000, 98)]:
            assert lib.parexact_integrate(RATIONAL, None, 0, 1, n, byref(c_double())) == OK
            assert progress(control) == (blocks, blocks)
