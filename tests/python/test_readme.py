"""README's first example takes contiguous native doubles, and refuses what would be garbage."""

from __future__ import annotations

import re

import numpy as np
import pytest
from children import run_python
from paths import LIBRARY, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"^```python\n(.*?)^```$", README, re.M | re.S)[0]
ARRAY = "np.array([1e100, 1.0, -1e100])"


def first_example(array: str) -> str:
    """Return the program with another array; the library is the one under test."""
    assert ARRAY in EXAMPLE
    program = EXAMPLE.replace('"target/release/libparexact.so"', repr(str(LIBRARY)))
    return program.replace(ARRAY, array)


def test_prints_what_it_says() -> None:
    said = re.search(r"^print.*  # (.*)$", EXAMPLE, re.M)
    assert said
    assert run_python(first_example(ARRAY), {}) == said[1] + "\n"


@pytest.mark.parametrize(
    "array",
    [
        "np.arange(9.0)[::3]",
        "np.arange(9)",
        "np.arange(9.0, dtype='>f8')",
        "np.arange(9.0, dtype=np.float32)",
        "np.arange(9.0).astype(object)",
    ],
)
def test_refuses_other_arrays(array: str) -> None:
    assert isinstance(eval(array), np.ndarray)
    with pytest.raises(AssertionError, match="TypeError"):
        run_python(first_example(array), {})
