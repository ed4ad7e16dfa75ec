"""NumPy's own tests of mean, var and std, run against our functions; the reason of each difference is listed.

They call `numpy.mean` and so on, or functions `_mean`, `_var` and `_std` of their module, which call
methods of arrays. Here they run with ours in the place of both.
"""

from __future__ import annotations

import inspect
import types
from typing import Any

import numpy as np
import parexact
import pytest

numeric = pytest.importorskip("numpy._core.tests.test_numeric")
multiarray = pytest.importorskip("numpy._core.tests.test_multiarray")

DTYPE = "results are always float64: `dtype=` is no argument"
WHERE = "`where=`, `mean=` and `correction=` are no arguments: a given mean would not be exact"
COMPLEX = "complex numbers are refused: their real and imaginary parts are reduced one after the other"
WARNINGS = "nothing warns: the mean of nothing, and a variance with too large a ddof, are NaN"
LONG = "longdouble is refused: `astype('float64')` rounds each value"

#: Tests that cannot pass, and why. A test of this list that passes is an error, too.
DIFFERENCES = {
    "TestStats.test_python_type": LONG,
    "TestStats.test_dtype_from_input": DTYPE,
    "TestStats.test_dtype_from_dtype": DTYPE,
    "TestStats.test_ddof_too_big": WARNINGS,
    "TestStats.test_empty": WARNINGS,
    "TestStats.test_var_complex_values": COMPLEX,
    "TestStats.test_var_where": WHERE,
    "TestStats.test_std_where": WHERE,
    "TestStats.test_mean_where": WHERE,
    "TestStdVar.test_correction": WHERE,
    "TestStdVarComplex.test_basic": COMPLEX,
    "TestStdVarComplex.test_scalars": COMPLEX,
    "TestNonarrayArgs.test_mean": WARNINGS,
    "TestNonarrayArgs.test_std": WARNINGS,
    "TestNonarrayArgs.test_var": WARNINGS,
}

#: These test methods of arrays, which nothing replaces. For wrong axes test_reductions has tests.
METHODS = (
    "TestStats.test_mean_axis_error",
    "TestStats.test_var_axis_error",
    "TestStats.test_subclass",
    "TestStats.test_var_complex_byteorder",
)


def ours(name: str) -> Any:
    """Return a function with NumPy's signature: positional arguments after the axis are keywords of ours."""
    function = getattr(parexact, name)

    def call(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, **keywords: Any) -> Any:
        if dtype is not None:
            raise TypeError(DTYPE)
        if keywords.pop("mean", None) is not None or keywords.pop("where", True) is not True:
            raise TypeError(WHERE)
        return function(a, axis=axis, out=out, **keywords)

    return call


OURS = {name: ours(name) for name in ("mean", "var", "std")}


class Numpy(types.ModuleType):
    """NumPy with our mean, var and std."""

    def __getattr__(self, name: str) -> Any:
        return OURS[name] if name in OURS else getattr(np, name)


def cases() -> list[tuple[str, Any, str, tuple[Any, ...]]]:
    """Return NumPy's tests: a name, the class, the method, the parameters."""
    found = []
    for kind in (
        multiarray.TestStats,
        numeric.TestNonarrayArgs,
        numeric.TestStdVar,
        numeric.TestStdVarComplex,
    ):
        for method, function in inspect.getmembers(kind, inspect.isfunction):
            if not method.startswith("test_"):
                continue
            about = any(word in method for word in OURS)
            if kind is numeric.TestNonarrayArgs and not about:
                continue
            marks = [mark for mark in getattr(function, "pytestmark", []) if mark.name == "parametrize"]
            parameters = list(marks[0].args[1]) if marks else [()]
            for given in parameters:
                given = given if isinstance(given, tuple) else (given,)
                name = f"{kind.__name__}.{method}"
                if name not in METHODS:
                    found.append((name, kind, method, given))
    return found


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case[0]}-{case[3]}" if case[3] else case[0])
def test_of_numpy(case: tuple[str, Any, str, tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    name, kind, method, given = case
    for module in (numeric, multiarray):
        monkeypatch.setattr(module, "np", Numpy("numpy"))
        for name_of_numpy, function in OURS.items():
            if hasattr(module, f"_{name_of_numpy}"):
                monkeypatch.setattr(module, f"_{name_of_numpy}", function)
    if hasattr(kind, "funcs"):
        monkeypatch.setattr(kind, "funcs", [OURS[f.__name__.strip("_")] for f in kind.funcs])
    if kind is multiarray.TestStats:
        # The same tests run over complex numbers and decimals, which we refuse: real ones take their place.
        create = kind._create_data
        monkeypatch.setattr(kind, "_create_data", lambda self: (create(self)[0],) * 3)
    instance = kind()
    if hasattr(instance, "setup_method"):
        instance.setup_method()
    reason = WHERE if "with_mean_keyword" in name else DIFFERENCES.get(name)
    if reason is None:
        getattr(instance, method)(*given)
        return
    try:
        getattr(instance, method)(*given)
    except Exception:
        return
    pytest.fail(f"{name} passes: it is no difference any more ({reason})")
