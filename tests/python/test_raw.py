"""The helpers of raw.py take what the library would take wrongly for a mistake."""

from __future__ import annotations

from ctypes import byref

import numpy as np
import pytest
import raw

MASKED = np.ma.masked_array([1.0, 2.0, 3.0], mask=[False, True, False])


@pytest.mark.parametrize("take", [raw.view, raw.doubles, raw.records])
def test_masks_are_not_lost(take) -> None:
    with pytest.raises(TypeError, match="mask"):
        take(MASKED)
    take(MASKED.compressed())
    take(MASKED.filled(np.nan))


@pytest.mark.parametrize("kind", raw.DISTRIBUTION)
def test_every_parameter_is_given(kind: str) -> None:
    names = raw.PARAMETERS[kind]
    with pytest.raises(TypeError, match=names[-1]):
        raw.random(kind, *[0.5] * (len(names) - 1), n=3)
    with pytest.raises(TypeError, match=f"{len(names) + 1} parameters"):
        raw.random(kind, *[0.5] * (len(names) + 1), n=3)


@pytest.mark.parametrize("kind", raw.DISTRIBUTION)
def test_parameters_have_the_librarys_names(kind: str) -> None:
    """A NaN is never a parameter, and the message names the one it is."""
    for place, name in enumerate(raw.PARAMETERS[kind]):
        parameters = {"triangular": [0.0, 1.0, 0.5], "integer": [0.0, 1.0]}.get(kind, [0.5, 1.0])
        parameters = parameters[: len(raw.PARAMETERS[kind])]
        parameters[place] = np.nan
        described = raw.distribution(kind, *parameters)
        out = np.empty(1)
        with pytest.raises(raw.ParexactError, match=name):
            raw.check(raw.lib.parexact_random_fill(byref(described), 0, 0, 0, raw.doubles(out), 1))
