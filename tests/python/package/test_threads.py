"""Thread counts, the account in words, threadpoolctl."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable
from pathlib import Path

import parexact
import pytest
from parexact import abi
from parexact.__main__ import _RULES


def test_counts_of_process_and_thread() -> None:
    default = parexact.get_num_threads()
    try:
        parexact.set_num_threads(3)
        assert parexact.get_num_threads() == 3
        with parexact.threads(5):
            assert parexact.get_num_threads() == 5
            seen: list[int] = []
            thread = threading.Thread(target=lambda: seen.append(parexact.get_num_threads()))
            thread.start()
            thread.join()
            assert seen == [3]
            with parexact.threads(1):
                assert parexact.get_num_threads() == 1
            assert parexact.get_num_threads() == 5
        assert parexact.get_num_threads() == 3
        with pytest.raises(RuntimeError, match="on purpose"), parexact.threads(2):
            raise RuntimeError("on purpose")
        assert parexact.get_num_threads() == 3
    finally:
        parexact.set_num_threads(0)
    assert parexact.get_num_threads() == default


@pytest.mark.parametrize("wrong", [-1, 1025, 10**30])
def test_refused_counts(wrong: int) -> None:
    with pytest.raises(ValueError, match="n is"):
        parexact.set_num_threads(wrong)
    with pytest.raises(ValueError, match="n is"), parexact.threads(wrong):
        pass
    with pytest.raises(TypeError):
        parexact.set_num_threads(1.5)  # type: ignore[arg-type]


def test_cpu_count_is_at_most_the_mask() -> None:
    assert 1 <= parexact.cpu_count() <= len(os.sched_getaffinity(0))


def test_explain_is_the_librarys() -> None:
    facts = parexact.explain()
    assert facts["version"] == parexact.__version__ == abi.VERSION
    assert facts["threads"]["count"] == parexact.get_num_threads()


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({}, "processors that this process may run on"),
        ({"PAREXACT_NUM_THREADS": "3"}, "PAREXACT_NUM_THREADS"),
        ({"OMP_NUM_THREADS": "1"}, "OMP_NUM_THREADS"),
        ({"MPI_LOCALNRANKS": "3"}, "ranks         3 on this node, says MPI_LOCALNRANKS; together they have"),
    ],
)
def test_account_in_words(child: Callable[..., str], variables: dict[str, str], reason: str) -> None:
    for name in ("PAREXACT_NUM_THREADS", "RAYON_NUM_THREADS", "OMP_NUM_THREADS"):
        variables.setdefault(name, "")
    told = child("import runpy; runpy.run_module('parexact', run_name='__main__')", **variables)
    assert reason in told
    for part in (parexact.__version__, abi.lib._name, parexact.explain()["simd"]["path"]):
        assert part in told


def test_every_rule_of_the_library_has_words(child: Callable[..., str]) -> None:
    """The names of the rules are those that the library's source gives them."""
    source = (Path(__file__).resolve().parents[3] / "src/report.rs").read_text(encoding="utf-8")
    names = re.findall(r"Rule::\w+ => \(\s*\"(.+?)\"", source)
    assert sorted(names) == sorted(_RULES)
    show = "import runpy; runpy.run_module('parexact', run_name='__main__')"
    assert "3: set for this process" in child(f"import parexact; parexact.set_num_threads(3); {show}")
    assert "4: set for this thread" in child(f"import parexact\nwith parexact.threads(4): {show}")


@pytest.mark.parametrize(("quota", "expected"), [(None, 4), (0.2, 1), (1.5, 2), (2.5, 3), (9.0, 4)])
def test_cpu_count_under_a_quota(monkeypatch: pytest.MonkeyPatch, quota: float | None, expected: int) -> None:
    """A part of a processor counts as one, as the library's own default does."""
    facts = {"threads": {"cgroup_quota": quota, "affinity": 4}}
    monkeypatch.setattr("parexact._threads.explain", lambda: facts)
    assert parexact.cpu_count() == expected


def test_threadpoolctl_limits_the_library(child: Callable[..., str]) -> None:
    pytest.importorskip("threadpoolctl")
    told = child(
        "import json, parexact, threadpoolctl as t\n"
        "ours = [p for p in t.threadpool_info() if p['user_api'] == 'parexact']\n"
        "with t.threadpool_limits(1, user_api='parexact'):\n"
        "    inside = parexact.get_num_threads()\n"
        "print(json.dumps([ours, inside, parexact.get_num_threads()]))",
        PAREXACT_NUM_THREADS="4",
    )
    ours, inside, after = json.loads(told)
    assert [(p["version"], p["num_threads"]) for p in ours] == [(parexact.__version__, 4)]
    assert (inside, after) == (1, 4)
