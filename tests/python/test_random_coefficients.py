"""The constants of docs/random.md approximate what they should, as well as it says."""

from __future__ import annotations

import math
import re
import sys

import pytest
import random_oracle as oracle
from paths import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import random_coefficients as coefficients


@pytest.fixture(scope="module")
def errors() -> dict[str, float]:
    return coefficients.errors()


@pytest.mark.parametrize(
    ("name", "bound"), [("P", -56.3), ("SIN", -54.4), ("COS", -53.5), ("LOG", -67.0)]
)
def test_errors(errors: dict[str, float], name: str, bound: float) -> None:
    assert bound - 1.5 < errors[name] < bound


def test_interval_of_the_logarithm() -> None:
    low, high = coefficients.reduced(oracle.INVERSE)
    assert -0.03125 <= low < high < 0.0304
    assert oracle.LN2 == math.log(2) == -oracle.LOG[15]
    assert oracle.INVERSE[15] == 1.0


def test_exact_first_coefficients() -> None:
    assert oracle.SIN[0] == math.pi / 2
    assert oracle.COS[0] == 1.0


def test_derivation() -> None:
    assert coefficients.derived() == oracle.TABLES


@pytest.mark.parametrize("name", oracle.TABLES)
def test_the_library_has_the_constants_of_the_document(name: str) -> None:
    """Compare the constants to the last bit, which hardly any sample would show."""
    file = "sincospi.rs" if name in ("SIN", "COS") else "log.rs"
    source = (ROOT / "src" / "random" / file).read_text(encoding="utf-8")
    numbers = re.search(rf"const {name}: \[f64; \d+\] = \[(.*?)\];", source, re.S)
    assert numbers is not None
    named = {"-std::f64::consts::LN_2": -math.log(2), "std::f64::consts::FRAC_PI_2": math.pi / 2}
    words = [word.strip() for word in numbers[1].split(",") if word.strip()]
    assert [named.get(word) or float(word) for word in words] == oracle.TABLES[name]
