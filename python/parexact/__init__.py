"""Correctly rounded parallel sums and statistics for NumPy arrays: the same bits on any number of threads.

>>> import parexact
>>> parexact.sum([1e100, 1.0, -1e100])
1.0
"""

from parexact import _threadpoolctl, abi
from parexact._arguments import Stats
from parexact._errors import CancelledError, DeadlockError, Error, TimeoutError
from parexact._pool import Pool
from parexact._products import dot, matmul, matvec, vdot, vecdot
from parexact._quadrature import integrate, pi
from parexact._random import Generator
from parexact._reductions import (
    describe,
    mean,
    my_statistics,
    norm,
    std,
    var,
)
from parexact._reductions import (
    max as max,
)
from parexact._reductions import (
    min as min,
)
from parexact._reductions import (
    sum as sum,
)
from parexact._state import State
from parexact._states import merge, results, states
from parexact._statistics import LinregressResult, average, corrcoef, cov, kurtosis, linregress, skew
from parexact._summaries import Pair, Shape, Weighted
from parexact._sync import Control, Lock, Queue
from parexact._threads import cpu_count, explain, get_num_threads, set_num_threads, threads

__version__ = abi.VERSION

# `sum`, `min` and `max` are left out: `from parexact import *` must not hide those of Python.
__all__ = [
    "CancelledError",
    "Control",
    "DeadlockError",
    "Error",
    "Generator",
    "LinregressResult",
    "Lock",
    "Pair",
    "Pool",
    "Queue",
    "Shape",
    "State",
    "Stats",
    "TimeoutError",
    "Weighted",
    "abi",
    "average",
    "corrcoef",
    "cov",
    "cpu_count",
    "describe",
    "dot",
    "explain",
    "get_num_threads",
    "integrate",
    "kurtosis",
    "linregress",
    "matmul",
    "matvec",
    "mean",
    "merge",
    "my_statistics",
    "norm",
    "pi",
    "results",
    "set_num_threads",
    "skew",
    "states",
    "std",
    "threads",
    "var",
    "vdot",
    "vecdot",
]

_threadpoolctl.register()
