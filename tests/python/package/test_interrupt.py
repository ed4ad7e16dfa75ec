"""Ctrl-C and other exceptions of signal handlers leave the library usable at any moment; so do forks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

# Sends SIGINT to its own process after a while, once or several times, from a thread of its own.
PRELUDE = """
import os, signal, sys, threading, time
from ctypes import byref, c_void_p
import numpy as np, parexact
from parexact import _run, abi
signal.signal(signal.SIGINT, signal.default_int_handler)

def interrupt_after(*delays):
    def send():
        for delay in delays:
            time.sleep(delay)
            sent.append(time.monotonic())
            os.kill(os.getpid(), signal.SIGINT)
    sent = []
    thread = threading.Thread(target=send)
    thread.start()
    return thread, sent

def usable():
    x = np.full(1_000_000, 0.1)
    assert parexact.sum(x) == 100000.0
    assert parexact.describe(x).count == 1_000_000
    assert parexact.my_statistics(3_000_000, 1) == parexact.my_statistics(3_000_000, 1)
"""

LONG = 10**13  # hours of work


def test_control_c_ends_a_long_call(child: Callable[..., str]) -> None:
    """The delay is printed, for people; what is asserted is that hours of work end."""
    child(
        PRELUDE
        + f"""
for _ in range(5):
    thread, sent = interrupt_after(0.15)
    try:
        parexact.my_statistics({LONG})
    except KeyboardInterrupt:
        print("after", time.monotonic() - sent[0])
    else:
        raise SystemExit("not interrupted")
    thread.join()
    usable()
assert len(_run._free) <= 1
"""
    )


@pytest.mark.parametrize(
    "call",
    [
        "parexact.sum(x)",
        "parexact.describe(x, nan_policy='omit')",
        "parexact.var(x, axis=0)",
        "parexact.norm(x, axis=())",
        "state.update(x)",
        "parexact.vdot(x, x)",
        "parexact.describe(x, axis=1)",
    ],
)
def test_control_c_ends_reductions_of_arrays(child: Callable[..., str], call: str) -> None:
    """A row that is repeated by a stride of 0 makes an array of any length out of little memory."""
    child(
        PRELUDE
        + f"""
x = np.broadcast_to(np.random.default_rng(0).normal(size=1000), (2**21, 1000))
if "axis=()" in "{call}":
    x = x[:2**17]
state = parexact.State([5.0])
before = bytes(state)
thread, sent = interrupt_after(0.1)
try:
    while True:
        state = parexact.State([5.0])
        {call}
except KeyboardInterrupt:
    print("after", time.monotonic() - sent[0])
assert bytes(state) == before
thread.join()
usable()
"""
    )


def test_many_control_c_in_a_row(child: Callable[..., str]) -> None:
    child(
        PRELUDE
        + f"""
for gap in (0, 0.0001, 0.001, 0.01):
    thread, _ = interrupt_after(0.1, *[gap] * 5)
    interrupted = 0
    while thread.is_alive():
        try:
            parexact.my_statistics({LONG} if not interrupted else 10)
        except KeyboardInterrupt:
            interrupted += 1
    while True:
        try:
            thread.join()
            break
        except KeyboardInterrupt:
            interrupted += 1
    assert interrupted
    usable()
"""
    )


def test_an_exception_between_any_two_lines(child: Callable[..., str]) -> None:
    """Raise KeyboardInterrupt at every opcode of the hand-over, one after the other, as handlers may."""
    child(
        PRELUDE
        + """
def raising_at(n):
    seen = 0
    def trace(frame, event, argument):
        nonlocal seen
        if not frame.f_code.co_filename.endswith(("_run.py", "_reductions.py", "_state.py", "_progress.py")):
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            seen += 1
            if seen == n:
                sys.settrace(None)
                raise KeyboardInterrupt
        return trace
    return trace

state = parexact.State()
x = np.full(400_000, 0.1)
control = c_void_p()
abi.lib.parexact_control_new(byref(control))
for attached in (None, control):
    for progress in (False,):
        n, raised = 0, True
        while raised:
            n += 1
            raised = False
            abi.lib.parexact_control_attach(attached)
            before = bytes(state)
            sys.settrace(raising_at(n))
            try:
                parexact.sum(x)
                state.update(x)
            except KeyboardInterrupt:
                raised = True
            finally:
                sys.settrace(None)
            count = parexact.State.from_bytes(bytes(state)).result().count
            assert count % 400_000 == 0
            found = _run.attached_control()
            assert found == (attached and attached.value), (n, found)
            if n % 50 == 0 or not raised:
                usable()
        assert n > 200, n
        print(n)
abi.lib.parexact_control_attach(None)
import gc
def lines():
    gc.collect()
    return sum(isinstance(one, _run._Line) for one in gc.get_objects())
deadline = time.monotonic() + 60
while lines() > len(_run._free) and time.monotonic() < deadline:
    time.sleep(0.01)
# Helpers whose user was interrupted have ended.
assert lines() == len(_run._free)
"""
    )


def test_short_random_interruptions(child: Callable[..., str]) -> None:
    child(
        PRELUDE
        + """
import random
random.seed(3)
state, x = parexact.State(), np.full(500_000, 0.1)
signal.signal(signal.SIGALRM, signal.default_int_handler)
interrupted = 0
for _ in range(300):
    signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-5, 3e-3))
    try:
        while True:
            parexact.sum(x)
            state.update(x)
    except KeyboardInterrupt:
        interrupted += 1
assert interrupted == 300
assert state.result().count % 500_000 == 0
usable()
"""
    )


def test_a_handler_may_use_the_library_while_a_call_waits(child: Callable[..., str]) -> None:
    printed = child(
        PRELUDE
        + """
results = []
state = parexact.State()
def handler(number, frame):
    # The next signal may come while this runs, but not one after the other for ever.
    signal.setitimer(signal.ITIMER_REAL, 0.02 if len(results) % 4 == 0 else 0)
    results.append(parexact.sum(np.full(1_000_000, 0.1)))
    state.update(np.ones(10))
    results.append(parexact.my_statistics(2_000_000)[0])
    signal.setitimer(signal.ITIMER_REAL, 0.02)
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.02)
for _ in range(10):
    n, _, _ = parexact.my_statistics(30_000_000)
    assert n == 30_000_000
    state.update(np.ones(1_000_000))
signal.setitimer(signal.ITIMER_REAL, 0)
assert results and set(results) == {100000.0, 2_000_000}
print("helpers", len(_run._free))
"""
    )
    assert "helpers" in printed


def test_another_exception_of_a_handler_goes_through(child: Callable[..., str]) -> None:
    child(
        PRELUDE
        + f"""
class Alarm(Exception): pass
def handler(number, frame): raise Alarm
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.1)
try:
    parexact.my_statistics({LONG})
except Alarm:
    usable()
else:
    raise SystemExit("no alarm")
"""
    )


def test_fork_after_use(child: Callable[..., str]) -> None:
    child(
        PRELUDE
        + f"""
usable()
for _ in range(3):
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            usable()
            thread, _ = interrupt_after(0.1)
            try:
                parexact.my_statistics({LONG})
            except KeyboardInterrupt:
                status = 0
            thread.join()
            usable()
        finally:
            os._exit(status)
    assert os.waitpid(pid, 0)[1] == 0
    usable()
"""
    )


@pytest.mark.parametrize(
    "end",
    [
        "pass",
        "sys.exit(0)",
        "os._exit(0)",
        f"threading.Thread(target=parexact.my_statistics, args=({LONG},), daemon=True).start()",
        "_run._take_helper()",
        f"signal.signal(signal.SIGALRM, lambda *_: exit()); signal.alarm(1); parexact.my_statistics({LONG})",
        "import atexit; atexit.register(usable)",
        "kept = [_run._take_helper() for _ in range(3)]; kept.append(kept)",
    ],
)
def test_python_ends_cleanly(child: Callable[..., str], end: str) -> None:
    assert child(PRELUDE + f"usable()\n{end}\n") == ""


def test_an_uncaught_control_c_ends_python_as_ever(child: Callable[..., str]) -> None:
    printed = child(PRELUDE + f"interrupt_after(0.2)\nparexact.my_statistics({LONG})", status=-2)
    assert printed.strip().endswith("KeyboardInterrupt")


def test_refused_threads_mean_direct_calls(child: Callable[..., str]) -> None:
    child(
        """
import os, resource, threading
import numpy as np
import parexact
from parexact import _run
if os.getuid() == 0:
    # The limit does not bind root.
    os.setgid(65534)
    os.setuid(65534)
resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
try:
    threading.Thread(target=int).start()
    raise SystemExit("the limit does not bind")
except RuntimeError:
    pass
x = np.full(1_000_000, 0.1)
assert parexact.sum(x) == 100000.0
assert parexact.State(x).result().sum == 100000.0
assert not _run._free
"""
    )


def test_local_thread_count_and_control_reach_the_helper() -> None:
    import threading
    from ctypes import byref, c_uint64, c_void_p

    import parexact
    from parexact import _run, abi

    seen: list[object] = []

    def look() -> None:
        seen.append(threading.get_ident() != threading.main_thread().ident)
        seen.append(abi.lib.parexact_get_num_threads_local())
        seen.append(_run.attached_control())

    previous = abi.lib.parexact_set_num_threads_local(3)
    control = c_void_p()
    abi.lib.parexact_control_new(byref(control))
    try:
        abi.lib.parexact_control_attach(control)
        _run.run(look, 1e9)
        assert seen == [True, 3, control.value]
        parexact.my_statistics(3_000_000)
        done, total = c_uint64(), c_uint64()
        abi.lib.parexact_control_progress(control, byref(done), byref(total))
        assert done.value == total.value > 0
        abi.lib.parexact_control_cancel(control)
        with pytest.raises(parexact.CancelledError) as caught:
            parexact.my_statistics(3_000_000)
        assert caught.value.status == abi.PAREXACT_ERROR_CANCELLED
        assert _run.attached_control() == control.value
    finally:
        abi.lib.parexact_control_attach(None)
        abi.lib.parexact_control_free(control)
        abi.lib.parexact_set_num_threads_local(previous)
    assert parexact.my_statistics(3_000_000)[0] == 3_000_000


def test_nothing_of_a_call_is_kept() -> None:
    import gc
    import weakref

    import numpy as np
    import parexact

    class Kept(np.ndarray):
        pass

    x = np.ones(1_000_000).view(Kept)
    reference = weakref.ref(x)
    parexact.describe(x)
    del x
    gc.collect()
    assert reference() is None


@pytest.mark.parametrize("tqdm", [True, False])
def test_progress(child: Callable[..., str], tqdm: bool) -> None:
    if tqdm:
        pytest.importorskip("tqdm")
    printed = child(
        ("" if tqdm else "import sys; sys.modules['tqdm'] = sys.modules['tqdm.auto'] = None\n")
        + PRELUDE
        + """
result = parexact.my_statistics(300_000_000, progress=True)
assert result == parexact.my_statistics(300_000_000)
x = np.ones(1000)
assert parexact.describe(x, progress=True) == parexact.describe(x)
assert parexact.describe(x.reshape(10, 100), axis=0, progress=True).sum.tolist() == [10.0] * 100
thread = threading.Thread(target=parexact.my_statistics, args=(10_000,), kwargs={"progress": True})
thread.start()
thread.join()
"""
    )
    assert "100" in printed
    assert ("% done" in printed) != tqdm


def test_progress_of_an_interrupted_call(child: Callable[..., str]) -> None:
    child(
        PRELUDE
        + f"""
thread, _ = interrupt_after(0.5)
try:
    parexact.my_statistics({LONG}, progress=True)
except KeyboardInterrupt:
    pass
thread.join()
usable()
"""
    )
