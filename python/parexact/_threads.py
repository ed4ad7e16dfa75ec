"""How many threads calls use, and what the library says about itself."""

from __future__ import annotations

import contextlib
import math
import operator
from collections.abc import Iterator
from ctypes import byref, c_size_t, create_string_buffer
from typing import Any

from parexact import abi
from parexact._errors import check

_lib = abi.lib


def cpu_count() -> int:
    """Return the number of processors that this process may use: affinity mask and control group's
    quota considered.

    A pool made without a number has as many workers, unless variables such as
    ``PAREXACT_NUM_THREADS`` say otherwise, or this process is one of several ranks on the node, which
    share it.

    Examples
    --------
    >>> import parexact
    >>> parexact.cpu_count() >= 1
    True
    """
    threads = explain()["threads"]
    quota = threads["cgroup_quota"]
    processors = int(threads["affinity"])
    return processors if quota is None else max(1, min(processors, math.ceil(quota)))


def set_num_threads(n: int) -> None:
    """Use `n` threads for calls of this process, 1 to 1024; 0 goes back to the default.

    Results never change. Pools keep their size.

    Examples
    --------
    >>> import parexact
    >>> parexact.set_num_threads(2)
    >>> parexact.get_num_threads()
    2
    >>> parexact.set_num_threads(0)
    """
    count = operator.index(n)
    if not 0 <= count <= abi.PAREXACT_MAX_THREADS:
        raise ValueError(f"n is {count}, but must be from 0 to {abi.PAREXACT_MAX_THREADS}")
    check(_lib.parexact_set_num_threads(count))


def get_num_threads() -> int:
    """Return the number of threads that a call from this thread would use.

    Examples
    --------
    >>> import parexact
    >>> parexact.get_num_threads() >= 1
    True
    """
    return int(_lib.parexact_get_num_threads_local())


@contextlib.contextmanager
def threads(n: int) -> Iterator[None]:
    """Use `n` threads for this thread's calls inside a ``with`` block.

    Examples
    --------
    >>> import parexact
    >>> with parexact.threads(1):
    ...     parexact.get_num_threads()
    1
    """
    count = operator.index(n)
    if not 1 <= count <= abi.PAREXACT_MAX_THREADS:
        raise ValueError(f"n is {count}, but must be from 1 to {abi.PAREXACT_MAX_THREADS}")
    previous = _lib.parexact_set_num_threads_local(count)
    try:
        yield
    finally:
        _lib.parexact_set_num_threads_local(previous)


def explain() -> dict[str, Any]:
    """Return what is in force and why: version, threads and the rule that decided, workers, SIMD path.

    Examples
    --------
    >>> import parexact
    >>> sorted(parexact.explain())
    ['fork_generation', 'pool', 'simd', 'threads', 'version']
    """
    import json

    needed = c_size_t()
    while True:
        check(_lib.parexact_explain(None, 0, byref(needed)))
        # The size may change before the second call.
        buffer = create_string_buffer(needed.value + 64)
        if _lib.parexact_explain(buffer, len(buffer), byref(needed)) == abi.PAREXACT_OK:
            return dict(json.loads(buffer.value))
