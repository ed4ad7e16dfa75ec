"""An error on one rank is an error on all of them: who fails raises its own, the others say who failed.

After each of them the communicator must be as good as new: `still_works` would find a rank that is a
collective call ahead of the others.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import checks
import numpy as np
import parexact
import parexact.mpi as pm
from checks import check, comm, raises, rank, same, size
from mpi4py import MPI

WORDS = 256
FUNCTIONS = ("sum", "mean", "var", "std", "min", "max", "norm", "describe")


class Raises:
    """An object that raises when NumPy views it."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __array__(self, *_arguments: Any, **_keywords: Any) -> np.ndarray:
        raise self.error


class Interrupts:
    """An object that takes long to view, during which the user presses Ctrl-C."""

    def __array__(self, *_arguments: Any, **_keywords: Any) -> np.ndarray:
        os.kill(os.getpid(), signal.SIGINT)
        while True:
            time.sleep(0.01)


def still_works() -> None:
    """Check that every rank is at the same point."""
    same("the next call", pm.sum(comm, [rank + 0.5]), sum(each + 0.5 for each in range(size)))


def fails_on(
    who: tuple[int, ...],
    what: str,
    kind: type[BaseException],
    words: str,
    call: Callable[[bool], Any],
) -> None:
    """Check a call that fails on some ranks; it is told whether it is to fail."""
    if rank in who:
        raises(what, kind, words, lambda: call(True))
    else:
        error = raises(f"{what}, elsewhere", pm.RankError, f"rank {min(who)} ", lambda: call(False))
        check(f"{what}: which rank", getattr(error, "rank", None) == min(who))
    still_works()


def bad_values() -> None:
    """Pass each function what is no array of numbers."""
    ends = [(0,), (size - 1,)] if size > 1 else [(0,)]
    for who in ends:
        for name in FUNCTIONS:
            function = getattr(pm, name)
            fails_on(
                who,
                f"{name} of complex numbers",
                TypeError,
                "local has values of type complex128",
                lambda bad, function=function: function(
                    comm, np.ones(3, complex if bad else float)
                ),
            )
        for error in MemoryError("no memory"), KeyboardInterrupt("now"), SystemExit("the end"):
            fails_on(
                who,
                type(error).__name__,
                type(error),
                str(error),
                lambda bad, error=error: pm.sum(comm, Raises(error) if bad else [1.0]),
            )
    fails_on(
        tuple(range(0, size, 2)),
        "several ranks",
        TypeError,
        "<U1",
        lambda bad: pm.var(comm, ["a"] if bad else [1.0]),
    )


def bad_arguments() -> None:
    """Pass what is wrong on one rank alone, and what differs."""
    last = (size - 1,)
    for what, kind, words, keywords in (
        ("a negative ddof", ValueError, "not -1", {"ddof": -1}),
        ("ddof that is no integer", TypeError, "integer", {"ddof": 0.5}),
        ("an unknown policy", ValueError, "not 'skip'", {"nan_policy": "skip"}),
        ("a policy that is no string", TypeError, "unhashable", {"nan_policy": []}),
    ):
        fails_on(
            last,
            what,
            kind,
            words,
            lambda bad, keywords=keywords: pm.describe(comm, [1.0], **(keywords if bad else {})),
        )
    ones = [1.0, 2.0] if rank == 0 else []
    same("each has its own ddof", pm.var(comm, ones, ddof=rank % 2), [0.25, 0.5][rank % 2])
    nan = [np.nan] if rank == size - 1 else [1.0]
    for name in FUNCTIONS:
        function = getattr(pm, name)
        raises(
            f"{name} of a NaN on one rank",
            ValueError,
            "NaN",
            lambda function=function: function(comm, nan, nan_policy="raise"),
        )
        still_works()
    policy = "raise" if rank == 0 else "omit"
    if rank == 0:
        raises("a NaN elsewhere", ValueError, "NaN", lambda: pm.sum(comm, nan, nan_policy=policy))
    else:
        same("a NaN that rank 0 minds", pm.sum(comm, nan, nan_policy=policy), size - 1.0)
    still_works()


def bad_communicators() -> None:
    """Refuse what is no intracommunicator, on every rank."""
    for call in pm.sum, pm.allreduce, pm.reduce, pm.iallreduce:
        for what, comm_, kind, words in (
            ("no communicator", None, TypeError, "not NoneType"),
            ("a null communicator", MPI.COMM_NULL, ValueError, "COMM_NULL"),
        ):
            raises(what, kind, words, lambda call=call, comm_=comm_: call(comm_, parexact.State()))
    if size == 1:
        return
    half = comm.Split(rank % 2)
    between = half.Create_intercomm(0, comm, 1 - rank % 2, tag=5)
    for call in pm.sum, pm.allreduce, pm.reduce, pm.iallreduce:
        raises(
            "an intercommunicator",
            ValueError,
            "Merge",
            lambda call=call: call(between, parexact.State()),
        )
    together = between.Merge()
    same("a merged intercommunicator", pm.sum(together, [1.0]), float(size))
    for each in together, between, half:
        each.Free()


def damaged() -> parexact.State:
    """Return a state that no values have."""
    state = parexact.State([1.0, 2.0])
    state.words[1] = -1
    return state


def many_zeros() -> parexact.State:
    """Return the state of 2**62 zeros: two of them are too many."""
    state = parexact.State([0.0])
    state.words[1] = 2**62
    return state


def bad_states() -> None:
    """Pass what is no state, and states that do not belong together."""
    last = size - 1
    good = parexact.State([1.0])
    rows = np.stack([good.words] * 4)
    broken = rows.copy()
    broken[2, 1] = -1
    in_space = np.stack([rows, broken])
    reductions = {
        "allreduce": pm.allreduce,
        "reduce": pm.reduce,
        "iallreduce": lambda comm, x: pm.iallreduce(comm, x).wait(),
        "iallreduce and test": lambda comm, x: until(pm.iallreduce(comm, x).test),
    }
    for name, call in reductions.items():
        for what, bad, instead, kind, words in (
            ("a damaged state", damaged(), good, ValueError, "negative"),
            ("a damaged row", broken, rows, ValueError, "x[2]: "),
            (
                "a damaged state in two axes",
                in_space,
                np.stack([rows] * 2),
                ValueError,
                "x[1, 2]: ",
            ),
            ("doubles", rows.astype(float), rows, TypeError, "float64"),
            ("the other byte order", rows.astype(">i8"), rows, TypeError, ">i8"),
            ("255 words", rows[:, 1:], rows, ValueError, "(4, 255)"),
            ("a list", [1.0], good, TypeError, "not list"),
            ("a list, where others have arrays", [1.0], rows, TypeError, "not list"),
        ):
            fails_on(
                (last,),
                f"{name} of {what}",
                kind,
                words,
                lambda bad_, call=call, bad=bad, instead=instead: call(
                    comm, bad if bad_ else instead
                ),
            )
    if size > 1:
        for name, call in reductions.items():
            mine = rows if rank == 0 else rows[:3]
            raises(f"{name} of shapes that differ", ValueError, "(4, 256)" if rank == 0 else "(3, 256)",
                   lambda call=call, mine=mine: call(comm, mine))  # fmt: skip
            still_works()
            mine = np.concatenate([rows] * 30) if rank == size - 1 else rows[:0]
            raises(f"{name} of much and of nothing", ValueError, str(mine.shape),
                   lambda call=call, mine=mine: call(comm, mine))  # fmt: skip
            still_works()
            mine = good if rank == 0 else good.words
            raises(f"{name} of a State and an array", ValueError, "State" if rank == 0 else "(256,)",
                   lambda call=call, mine=mine: call(comm, mine))  # fmt: skip
            still_works()
        raises("roots that differ", ValueError, f"root is {min(rank, 1)}",
               lambda: pm.reduce(comm, good, root=min(rank, 1)))  # fmt: skip
        still_works()
        for name, call in reductions.items():
            if name != "reduce" or rank == 0:
                raises(f"{name} of too many values", ValueError, "2**63",
                       lambda call=call: call(comm, many_zeros()))  # fmt: skip
            else:
                check("reduce of too many values, elsewhere", call(comm, many_zeros()) is None)
            still_works()
    fails_on((last,), "a root that is no rank", ValueError, f"root is {size}",
             lambda bad: pm.reduce(comm, good, root=size if bad else 0))  # fmt: skip
    fails_on((last,), "no root", TypeError, "integer",
             lambda bad: pm.reduce(comm, good, root=None if bad else 0))  # fmt: skip
    fails_on((last,), "a negative root", ValueError, "root is -1",
             lambda bad: pm.reduce(comm, good, root=-1 if bad else 0))  # fmt: skip


def until(test: Callable[[], tuple[bool, Any]]) -> Any:
    """Test until there is a result."""
    ended, result = False, None
    while not ended:
        ended, result = test()
    return result


def signals() -> None:
    """Ctrl-C on one rank: in its own part, and while it waits for the others."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name, call in ("sum", pm.sum), ("describe", pm.describe):
        fails_on(
            (0,),
            f"Ctrl-C in {name}",
            KeyboardInterrupt,
            "",
            lambda bad, call=call: call(comm, Interrupts() if bad else [1.0]),
        )
    if size == 1:
        return
    state, whole = parexact.State([rank]), parexact.State(range(size))
    rows, sums = np.stack([state.words] * 3), np.stack([whole.words] * 3)
    for name, call, expected in (
        ("sum", lambda: pm.sum(comm, [rank]), float(sum(range(size)))),
        ("allreduce", lambda: pm.allreduce(comm, state), whole),
        ("allreduce of an array", lambda: pm.allreduce(comm, rows).tobytes(), sums.tobytes()),
    ):
        if rank == 0:
            # The signal comes while this rank waits for the others, which wait until it has come.
            sent = threading.Thread(target=interrupt_and_tell)
            sent.start()
            raises(f"Ctrl-C while {name} waits", KeyboardInterrupt, "", call)
            sent.join()
        else:
            if rank == 1:
                comm.recv(source=0)
            check(f"{name} beside a rank that was interrupted", call() == expected)
        still_works()


def interrupt_and_tell() -> None:
    """Interrupt the main thread, which is waiting by now, and let rank 1 join the others."""
    time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.1)
    comm.send("sent", dest=1)


def main() -> None:
    """Make all checks."""
    bad_values()
    bad_arguments()
    bad_communicators()
    bad_states()
    signals()
    check("no request is left", not parexact._mpi_request._under_way)


checks.run(main)
