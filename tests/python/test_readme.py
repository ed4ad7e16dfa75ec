"""README's Python programs run and print what they say; the raw one refuses arrays that C would misread."""

from __future__ import annotations

import re

import numpy as np
import pytest
from children import run_python
from paths import LIBRARY, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```python\n(.*?)^```$", README, re.M | re.S)
RAW = next(snippet for snippet in SNIPPETS if "parexact.abi" in snippet)
ARRAY = "np.array([1e100, 1.0, -1e100])"
VARIABLES = {"PAREXACT_LIBRARY": str(LIBRARY)}


def promised(snippet: str) -> list[str]:
    """Return what the comments behind print statements say, where they are values."""
    said = re.findall(r"^ *print.*  # (.*)$", snippet, re.M)
    return [value for value in said if re.fullmatch(r"[\d. TrueFals]+", value)]


def test_programs_print_what_they_say() -> None:
    """The programs run one after the other, as a reader would type them."""
    printed = run_python("\n".join(SNIPPETS), VARIABLES).splitlines()
    values = [value for snippet in SNIPPETS for value in promised(snippet)]
    assert len(values) >= 3
    for value in values:
        assert value in printed
    assert "[0.         1.         1.41421356 1.73205081 2.        ]" in printed


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
def test_raw_program_refuses_other_arrays(array: str) -> None:
    assert isinstance(eval(array), np.ndarray)
    assert ARRAY in RAW
    with pytest.raises(AssertionError, match="TypeError"):
        run_python(RAW.replace(ARRAY, array), VARIABLES)
