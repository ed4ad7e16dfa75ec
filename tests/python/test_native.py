"""The helpers of native.py take what the library would take wrongly for a mistake."""

from __future__ import annotations

from ctypes import byref

import native
import numpy as np
import pytest

MASKED = np.ma.masked_array([1.0, 2.0, 3.0], mask=[False, True, False])


@pytest.mark.parametrize("take", [native.view, native.doubles, native.records])
def test_masks_are_not_lost(take) -> None:
    with pytest.raises(TypeError, match="mask"):
        take(MASKED)
    take(MASKED.compressed())
    take(MASKED.filled(np.nan))


@pytest.mark.parametrize("kind", native.DISTRIBUTION)
def test_every_parameter_is_given(kind: str) -> None:
    names = native.PARAMETERS[kind]
    with pytest.raises(TypeError, match=names[-1]):
        native.random(kind, *[0.5] * (len(names) - 1), n=3)
    with pytest.raises(TypeError, match=f"{len(names) + 1} parameters"):
        native.random(kind, *[0.5] * (len(names) + 1), n=3)


@pytest.mark.parametrize("kind", native.DISTRIBUTION)
def test_parameters_have_the_librarys_names(kind: str) -> None:
    """A NaN is never a parameter, and the message names the one it is."""
    for place, name in enumerate(native.PARAMETERS[kind]):
        parameters = {"triangular": [0.0, 1.0, 0.5], "integer": [0.0, 1.0]}.get(kind, [0.5, 1.0])
        parameters = parameters[: len(native.PARAMETERS[kind])]
        parameters[place] = np.nan
        described = native.distribution(kind, *parameters)
        out = np.empty(1)
        with pytest.raises(native.ParexactError, match=name):
            native.check(
                native.lib.parexact_random_fill(byref(described), 0, 0, 0, native.doubles(out), 1)
            )
