"""Random numbers: the library's own, under NumPy's names; positions, streams, copies."""

from __future__ import annotations

import copy
import json
import math
import pickle
import threading
from pathlib import Path
from typing import Any

import numpy as np
import parexact
import pytest
from parexact import abi
from parexact.abi import lib
from scipy import stats

SEED, STREAM = 12345, 7

#: Method, its arguments, the constant of the kind, the C parameters, and SciPy's law of it.
KINDS: list[tuple[str, tuple[float, ...], str, tuple[float, ...], Any]] = [
    ("random", (), "UNIFORM", (0, 1), stats.uniform()),
    ("uniform", (-2, 3), "UNIFORM", (-2, 3), stats.uniform(-2, 5)),
    ("normal", (1, 2), "NORMAL", (1, 2), stats.norm(1, 2)),
    ("exponential", (4,), "EXPONENTIAL", (0.25,), stats.expon(scale=4)),
    ("lognormal", (0.5, 0.25), "LOGNORMAL", (0.5, 0.25), stats.lognorm(0.25, scale=math.exp(0.5))),
    ("gamma", (2.5, 3), "GAMMA", (2.5, 3), stats.gamma(2.5, scale=3)),
    ("beta", (2, 5), "BETA", (2, 5), stats.beta(2, 5)),
    ("chisquare", (4,), "CHI_SQUARED", (4,), stats.chi2(4)),
    ("standard_t", (7,), "STUDENT_T", (7,), stats.t(7)),
    ("f", (5, 9), "FISHER_F", (5, 9), stats.f(5, 9)),
    ("weibull", (1.5, 2), "WEIBULL", (2, 1.5), stats.weibull_min(1.5, scale=2)),
    ("cauchy", (1, 2), "CAUCHY", (1, 2), stats.cauchy(1, 2)),
    ("triangular", (-1, 0, 3), "TRIANGULAR", (-1, 3, 0), stats.triang(0.25, -1, 4)),
    ("poisson", (6.5,), "POISSON", (6.5,), stats.poisson(6.5)),
    ("binomial", (20, 0.3), "BINOMIAL", (20, 0.3), stats.binom(20, 0.3)),
    ("geometric", (0.2,), "GEOMETRIC", (0.2,), stats.geom(0.2)),
    ("integers", (-5, 6), "INTEGER", (-5, 6), stats.randint(-5, 6)),
]
COUNTS = ("poisson", "binomial", "geometric", "integers")


def raw(kind: str, parameters: tuple[float, ...], offset: int, n: int) -> np.ndarray:
    """The C function itself, without the package."""
    described = abi.parexact_distribution(kind=getattr(abi, f"PAREXACT_DIST_{kind}"))
    for i, parameter in enumerate(parameters):
        described.parameter[i] = parameter
    out = np.empty(n)
    pointer = out.ctypes.data_as(abi.POINTER(abi.c_double))
    assert lib.parexact_random_fill(described, SEED, STREAM, offset, pointer, n) == 0
    return out


def generator() -> parexact.Generator:
    return parexact.Generator(SEED, STREAM)


@pytest.mark.parametrize(("method", "arguments", "kind", "parameters", "law"), KINDS)
def test_numbers_are_the_librarys(method: str, arguments: Any, kind: str, parameters: Any, law: Any) -> None:
    rng = generator()
    draw = getattr(rng, method)
    first, rest = draw(*arguments, size=10), draw(*arguments, size=(3, 330))
    assert rng.position == 1000
    drawn = np.concatenate([first, rest.ravel()])
    assert drawn.dtype == (np.int64 if method in COUNTS else np.float64)
    np.testing.assert_array_equal(drawn, raw(kind, parameters, 0, 1000))
    # The arguments mean what NumPy's and SciPy's mean.
    sample = getattr(generator(), method)(*arguments, size=20_000)
    if method in COUNTS:
        assert abs(sample.mean() - law.mean()) < 5 * law.std() / math.sqrt(sample.size)
    else:
        assert stats.kstest(sample, law.cdf).pvalue > 1e-6
    numpys = getattr(np.random.default_rng(1), method if method != "cauchy" else "standard_cauchy", None)
    if method not in ("weibull", "cauchy"):
        assert numpys is not None and np.shape(numpys(*arguments, size=3)) == (3,)


@pytest.mark.parametrize(("method", "arguments", "kind", "parameters", "law"), KINDS)
def test_statistics_of_what_is_never_stored(
    method: str, arguments: Any, kind: str, parameters: Any, law: Any
) -> None:
    rng = generator().at(5)
    samples = getattr(rng.at(5), method)(*arguments, size=3000)
    described = rng.describe(method, *arguments, n=1000, ddof=1)
    assert described == parexact.describe(samples[:1000], ddof=1)
    assert rng.position == 1005
    assert rng.state(method, *arguments, n=2000) == parexact.State(samples[1000:])
    assert rng.position == 3005


def test_scalars_and_outputs() -> None:
    rng = generator()
    x = rng.normal()
    assert type(x) is float and x == raw("NORMAL", (0, 1), 0, 1)[0]
    assert type(rng.integers(10)) is int and rng.position == 2
    assert rng.normal(size=()).shape == ()
    assert rng.normal(size=0).shape == (0,) and rng.normal(size=(2, 0)).shape == (2, 0)
    out = np.zeros((4, 6))
    position = rng.position
    assert rng.normal(out=out[::2, ::3]) is not None
    expected = raw("NORMAL", (0, 1), position, 4).reshape(2, 2)
    np.testing.assert_array_equal(out[::2, ::3], expected)
    assert np.count_nonzero(out) == 4
    counts = np.zeros(100_000, np.int64)
    assert rng.poisson(1e6, out=counts) is counts
    np.testing.assert_array_equal(counts, raw("POISSON", (1e6,), rng.position - 100_000, 100_000))
    for wrong in (np.zeros(3, np.float32), [0.0, 0.0], np.zeros(3, np.int64)):
        with pytest.raises(TypeError, match="out"):
            rng.normal(out=wrong)
    with pytest.raises(ValueError, match="shape"):
        rng.normal(size=3, out=np.zeros(4))
    frozen = np.zeros(3)
    frozen.flags.writeable = False
    with pytest.raises(TypeError):
        rng.normal(out=frozen)


def test_integers_bounds() -> None:
    rng = generator()
    assert set(rng.integers(3, size=1000)) == {0, 1, 2}
    assert set(rng.integers(1, 3, size=1000, endpoint=True)) == {1, 2, 3}
    with pytest.raises(ValueError, match="2\\*\\*53"):
        rng.integers(-(2**60), 0)
    with pytest.raises(TypeError):
        rng.integers(0.5, 3)
    with pytest.raises(ValueError):
        rng.integers(3, 3)


def test_counts_beyond_int64_become_its_greatest() -> None:
    drawn = generator().geometric(1e-300, size=10)
    assert (drawn == np.iinfo(np.int64).max).all()


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        *(("normal", (0, -1)), ("gamma", (-1,)), ("beta", (0, 1)), ("uniform", (1, 0))),
        *(("exponential", (0,)), ("binomial", (10, 1.5)), ("poisson", (-1,)), ("geometric", (0,))),
        *(("normal", (math.nan, 1)), ("triangular", (0, 5, 1)), ("poisson", (1e300,))),
    ],
)
def test_refused_parameters_move_nothing(method: str, arguments: Any) -> None:
    rng = generator()
    with pytest.raises(ValueError):
        getattr(rng, method)(*arguments, size=3)
    assert rng.position in (0, 3)


def test_parameters_are_single_numbers() -> None:
    with pytest.raises(TypeError, match="single numbers"):
        generator().normal([1, 2], 1)


def test_constants_where_there_is_no_width() -> None:
    rng = generator()
    assert (rng.normal(3, 0, size=5) == 3).all()
    assert (rng.uniform(2, 2, size=5) == 2).all()


def test_positions_copies_and_pickles() -> None:
    rng = generator()
    rng.normal(size=17)
    for other in (copy.copy(rng), copy.deepcopy(rng), pickle.loads(pickle.dumps(rng)), rng.at(17)):
        assert other == rng and other is not rng
        np.testing.assert_array_equal(other.normal(size=5), rng.at(17).normal(size=5))
        assert other != rng
    assert rng != parexact.Generator(SEED) and rng != 3
    with pytest.raises(TypeError):
        hash(rng)
    assert repr(rng) == f"parexact.Generator(seed={SEED}, stream={STREAM}).at(17)"
    assert parexact.Generator().seed != parexact.Generator().seed
    for wrong in (-1, 2**64):
        with pytest.raises(ValueError, match="seed"):
            parexact.Generator(wrong)
        with pytest.raises(ValueError, match="position"):
            rng.at(wrong)
    with pytest.raises(TypeError):
        parexact.Generator(1.5)  # type: ignore[arg-type]
    last = rng.at(2**64 - 2)
    assert last.normal(size=1).shape == (1,)
    with pytest.raises(ValueError, match="2\\*\\*64"):
        last.normal(size=5)


def test_spawned_streams_are_apart_and_reproducible() -> None:
    children = generator().spawn(100)
    again = generator().spawn(100)
    assert [c.stream for c in children] == [c.stream for c in again]
    assert len({c.stream for c in children}) == 100
    assert all(c.stream >> 63 == 1 and c.seed == SEED and c.position == 0 for c in children)
    rng = generator()
    first, second = rng.spawn(1), rng.spawn(1)
    assert first[0].stream != second[0].stream


def test_threads_get_different_numbers() -> None:
    rng = generator()
    parts: list[np.ndarray] = []
    threads = [
        threading.Thread(target=lambda: parts.extend(rng.random(size=100) for _ in range(50)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rng.position == 20_000
    drawn = np.sort(np.concatenate(parts))
    np.testing.assert_array_equal(drawn, np.sort(rng.at(0).random(size=20_000)))


#: The values that tests/python/test_random.py has pinned, and their indices.
GOLDEN_INDICES = [0, 1, 7, 8, 4095, 4096, 100_003, 2**32 + 1, 2**40 + 5, 2**64 - 2]
GOLDEN = json.loads((Path(__file__).parents[1] / "random_golden.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("kind", "parameters", "method", "arguments"),
    [
        ("normal", "(1000000.0, 3.0)", "normal", (1e6, 3)),
        ("gamma", "(2.5, 1.0)", "gamma", (2.5,)),
        ("weibull", "(3.0, 0.5)", "weibull", (0.5, 3)),
        ("triangular", "(0.0, 1.0, 0.25)", "triangular", (0, 0.25, 1)),
        ("binomial", "(1000.0, 0.9)", "binomial", (1000, 0.9)),
        ("integer", "(-3.0, 4.0)", "integers", (-3, 4)),
    ],
)
def test_golden_values(kind: str, parameters: str, method: str, arguments: Any) -> None:
    rng = parexact.Generator(20_260_801, 42)
    drawn = [getattr(rng.at(index), method)(*arguments) for index in GOLDEN_INDICES]
    assert drawn == [float.fromhex(value) for value in GOLDEN[kind][parameters]]


def test_unknown_kinds_are_named() -> None:
    with pytest.raises(ValueError, match="normal"):
        generator().describe("gauss", 0, 1, n=10)
    with pytest.raises(ValueError):
        generator().describe("normal", 0, 1, n=-1)
