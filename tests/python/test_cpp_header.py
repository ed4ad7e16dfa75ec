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


@pytest.mark.parametrize("name", sorted(CONSTANTS))
def test_every_choice_has_an_enumerator(name: str) -> None:
    if name.startswith(("PAREXACT_DTYPE_", "PAREXACT_NAN_", "PAREXACT_OP_", "PAREXACT_RESULT_")) or (
        name.startswith(("PAREXACT_DIST_", "PAREXACT_SUMMARY_")) and "_FIRST" not in name and "_COUNT" not in name
    ):
        assert re.search(rf"\b{name}\b", CODE)
