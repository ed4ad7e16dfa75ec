"""parexact.hpp, which is written by hand, has all of the C interface."""

from __future__ import annotations

import re

import pytest
from header import CONSTANTS
from parexact import abi
from paths import ROOT

TEXT = (ROOT / "include" / "parexact.hpp").read_text(encoding="utf-8")
CODE = re.sub(r"//.*", "", TEXT)
# The workshop's own functions, those that MPI calls, and what exceptions are for.
LEFT_OUT = {"sum_my_numbers", "parallel_stats", "my_statistics", "parexact_status_name"}
LEFT_OUT |= {"parexact_set_last_error"}
LEFT_OUT |= {"parexact_mpi_merge", "parexact_summary_mpi_merge"}


@pytest.mark.parametrize("name", sorted(abi.PROTOTYPES))
def test_every_function_is_called(name: str) -> None:
    assert (re.search(rf"\b{name}\(", CODE) is None) == (name in LEFT_OUT)


CHOICE = re.compile("PAREXACT_(DTYPE|NAN|OP|RESULT|DIST)_|PAREXACT_SUMMARY_[A-Z]+$")


@pytest.mark.parametrize("name", sorted(filter(CHOICE.match, CONSTANTS)))
def test_every_choice_has_a_name(name: str) -> None:
    assert re.search(rf"\b{name}\b", CODE)
