"""The workshop's notebook runs, and what it shows does not depend on the machine where it says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import parexact
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).resolve().parents[3] / "python_examples" / "workshop.ipynb"

#: Lines that begin so tell of the machine, of chance, or of sums that are not exact.
CHANGING = (parexact.__version__, "(1000009, np.float64", "numpy.sum:")


def outputs(notebook: Any) -> list[list[str]]:
    """Return the lines that each cell of code printed, those left out that may change."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(output.output_type != "error" for cell in cells for output in cell.outputs)
    texts = ["".join(output.get("text", "") for output in cell.outputs) for cell in cells]
    return [
        [line for line in text.splitlines() if not line.startswith(CHANGING) and "times as fast" not in line]
        for text in texts
    ]


@pytest.fixture(scope="module")
def saved() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)


def test_the_notebook_runs_and_prints_the_same(saved: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # The connection is a matter of this process and its child.
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    fresh = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(fresh, timeout=300, kernel_name="python3").execute()
    assert outputs(fresh) == outputs(saved)


def test_what_it_prints_is_true(saved: Any) -> None:
    lines = [line for cell in outputs(saved) for line in cell]
    assert "2750.0" in lines  # the slide's sum
    samples = parexact.Generator(0).normal(size=1_000_009)
    mean = np.longdouble(samples).mean()
    variance = float(((samples - mean) ** 2).mean())
    shown = [line for line in lines if line.startswith("(1000009, 1.0")]
    assert len(shown) == 1 and abs(float(shown[0].strip("()").split(", ")[2]) - variance) < 1e-12
    assert any(line.startswith("DeadlockError: ") for line in lines)
    assert "n = 289 is the first with an error below 1e-6" in lines
    assert not any("/home" in line or "/work" in line or "/tmp" in line for line in lines)
