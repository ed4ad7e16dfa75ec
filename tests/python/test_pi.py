"""parexact_pi: the workshop's exercise, to the last bit."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator
from ctypes import byref, c_double

import pi_oracle as oracle
import pytest
from calls import bits
from children import run_python
from handles import attached, message, new, progress
from header import constant
from raw import check, lib
from test_simd import paths_of_this_cpu

# Around the sizes of blocks and chunks, and where n has many bits or few.
LARGE = [
    *(1023, 1024, 1025, 2**15 - 1, 2**15, 2**15 + 1, 2**16 + 3, 99_991, 100_000),
    *(2**17 - 1, 2**17, 2**17 + 1, 3 * 2**15 + 17, 196_613, 200_000),
]


@pytest.fixture(autouse=True)
def default_threads() -> Iterator[None]:
    yield
    check(lib.parexact_set_num_threads(0))


def pi(n: int) -> float:
    out = c_double()
    check(lib.parexact_pi(n, byref(out)))
    return out.value


def test_the_oracle_by_fractions() -> None:
    for n in [*range(1, 60), 299, 300, 1000]:
        assert oracle.pi(n) == oracle.pi_by_fractions(n), n


def test_every_small_n() -> None:
    for n in range(1, 3001):
        assert bits(pi(n)) == bits(oracle.pi(n)), n


@pytest.mark.parametrize("n", LARGE)
def test_large_n(n: int) -> None:
    assert bits(pi(n)) == bits(oracle.pi(n))


def test_ten_million_points() -> None:
    assert bits(pi(10_000_019)) == bits(oracle.pi(10_000_019))


def test_values_of_the_workshop() -> None:
    assert pi(1) == 3.2
    assert round(pi(10), 10) == 3.1424259850
    assert round(pi(100), 10) == 3.1416009869


def test_the_smallest_n_with_an_error_below_a_millionth() -> None:
    assert next(n for n in range(1, 1000) if abs(pi(n) - math.pi) < 1e-6) == 289


def test_the_error_is_the_rules_and_never_grows() -> None:
    for n in (10, 100, 1000, 10_000, 100_000):
        assert abs((pi(n) - math.pi) * 12 * n * n - 1) < 1e-3 + 1e-14 * n * n
    # Beyond, it is below the rounding of the terms, which the exact sum averages out.
    for n in (10**8, 123_456_789):
        assert abs(pi(n) - math.pi) <= 2 * math.ulp(math.pi)


# --- what a wrong sequence of roundings would look like --------------------------------------


@pytest.mark.parametrize("wrong", oracle.WRONG_TERMS, ids=lambda f: f.__name__)
def test_final_values_tell_the_terms_apart(wrong: Callable) -> None:
    """Sums nearly always differ, final values rarely do: at those n ours must be the right one."""
    sums = telling = 0
    for n in range(1, 1001 if wrong is not oracle.by_fma else 301):
        right, other = oracle.exact_sum(oracle.terms, n), oracle.exact_sum(wrong, n)
        sums += right != other
        if oracle.rounded(right, n) != oracle.rounded(other, n):
            telling += 1
            assert pi(n) == oracle.rounded(right, n) != oracle.rounded(other, n), n
    assert sums >= 200
    assert telling >= 5  # or this test says nothing


@pytest.mark.parametrize("wrong", oracle.WRONG_SUMS, ids=lambda f: f.__name__)
def test_final_values_tell_the_sums_apart(wrong: Callable[[int], float]) -> None:
    telling = [n for n in range(1, 301) if wrong(n) != oracle.pi(n)]
    assert len(telling) >= 50
    for n in telling:
        assert pi(n) == oracle.pi(n) != wrong(n), n


# --- the same bits everywhere ----------------------------------------------------------------


def digest() -> str:
    found = hashlib.sha256()
    for n in [*range(1, 300), *LARGE, 1_000_003]:
        found.update(bits(pi(n)).encode())
    return found.hexdigest()


@pytest.fixture(scope="module")
def here() -> str:
    return digest()


@pytest.mark.parametrize("threads", range(1, 17))
def test_any_thread_count_gives_the_same_bits(threads: int, here: str) -> None:
    check(lib.parexact_set_num_threads(threads))
    assert digest() == here


CHILD = "import json, raw, test_pi; print(json.dumps([raw.explain(), test_pi.digest()]))"


@pytest.mark.parametrize("path", paths_of_this_cpu())
def test_every_simd_path_gives_the_same_bits(path: str, here: str) -> None:
    account, there = json.loads(run_python(CHILD, {"PAREXACT_SIMD": path}))
    assert json.loads(account)["simd"]["path"] == path
    assert there == here


# --- the call --------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, 2**52 + 1, 2**63, 2**64 - 1])
def test_no_number_of_points(n: int) -> None:
    out = c_double(42.0)
    assert lib.parexact_pi(n, byref(out)) == constant("ERROR_INVALID_ARGUMENT")
    assert "n is" in message()
    assert out.value == 42.0


def test_nowhere_to_put_it() -> None:
    assert lib.parexact_pi(10, None) == constant("ERROR_NULL_POINTER")
    assert "out" in message()


def test_progress_is_in_chunks() -> None:
    with new("control") as control, attached(control):
        assert pi(10_000_000) > 3
        done, total = progress(control)
    assert done == total
    assert 1 < total <= 10_000_000


def test_the_callers_rounding_mode_does_not_matter() -> None:
    """The environment of other libraries: see also tests/c/environment.c."""
    code = """
import ctypes, test_pi
fesetround = ctypes.CDLL("libm.so.6").fesetround
expected = test_pi.digest()
for mode in (0x400, 0x800, 0xc00):
    assert fesetround(mode) == 0
    out = ctypes.c_double()
    statuses = [test_pi.lib.parexact_pi(n, ctypes.byref(out)) for n in (7, 300_000)]
    fesetround(0)
    assert statuses == [0, 0]
    assert out.value == test_pi.pi(300_000), mode
print("ok")
"""
    assert run_python(code, {}) == "ok\n"
