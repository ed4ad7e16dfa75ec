"""ipyparallel: engines started in the slides' three ways, and the programs in python_examples/cluster/."""

import ast
import importlib
import math
import os
import re
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import launch
import mpi
import numpy as np
import parexact
import pytest
import reaper

ipp = pytest.importorskip("ipyparallel")

PYTHON = Path(sys.executable)
PROGRAMS = launch.ROOT / "python_examples" / "cluster"
N = 4
LIMIT = 240  # seconds of a test
SECONDS = 60.0  # for an answer that takes milliseconds
GRACE = 20.0  # an engine's nanny tries for three seconds to tell a controller that has ended, too


@pytest.fixture(autouse=True)
def time_limit() -> Iterator[None]:
    """End a test whose client waits for ever: not all that it does has a limit of its own."""

    def stop(_signal: int, _frame: object) -> None:
        raise TimeoutError(f"{LIMIT} seconds are up")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(LIMIT)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


# -- Engines ----------------------------------------------------------------------------------------


def variables(directory: Path) -> dict[str, str]:
    """Return the environment of a cluster that keeps all its files in a directory."""
    profile = directory / "profile_default"
    profile.mkdir(parents=True)
    # An engine is ready when it has answered two heartbeats, which are three seconds apart by default.
    (profile / "ipcontroller_config.py").write_text("get_config().HeartMonitor.period = 1000\n")
    return {"IPYTHONDIR": str(directory), "LD_LIBRARY_PATH": str(launch.LIBRARIES)}


@contextmanager
def client_of(env: dict[str, str]) -> Iterator["ipp.Client"]:
    # Every client makes sure that there is an IPython directory: not in the home of whoever runs the tests.
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("IPYTHONDIR", env["IPYTHONDIR"])
        client = ipp.Client(timeout=SECONDS)
    with client:
        client.wait_for_engines(N, timeout=SECONDS)
        assert len(client.ids) == N
        yield client


def end(client: "ipp.Client") -> None:
    """End the engines, then the controller.

    `shutdown(hub=True)` alone waits for each engine's answer, and for ever if a busy machine ended the engine
    before that was sent.
    """
    client.shutdown(block=False)
    deadline = time.monotonic() + SECONDS
    while client.ids and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not client.ids
    client.shutdown(hub=True)


def assert_ended_by_itself(process: "launch.subprocess.Popen[bytes]", log: Path) -> None:
    assert process.wait(SECONDS) == 0, log.read_text()
    assert "reaper: ended" not in log.read_text()


class Engines:
    """Four engines that `ipcluster start -n 4` started."""

    def __init__(self, client: "ipp.Client", env: dict[str, str]) -> None:
        self.client = client
        self.view = client[:]
        self.env = env


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    directory = tmp_path_factory.mktemp("ipcluster")
    env, log = variables(directory / "ipython"), directory / "log"
    ipcluster = PYTHON.with_name("ipcluster")
    start = [ipcluster, "start", "-n", str(N)]
    with launch.running(start, log=log, env=env, seconds=300, grace=GRACE) as process:
        with client_of(env) as client:
            yield Engines(client, env)
        launch.run([ipcluster, "stop"], env=env)
        assert_ended_by_itself(process, log)


def program(name: str, *arguments: object, env: dict[str, str]) -> str:
    command = [PYTHON, PROGRAMS / f"{name}.py", *map(str, arguments)]
    return launch.run(command, env=env, grace=GRACE)


def module(name: str) -> ModuleType:
    """Return a program as a module, without running it."""
    if str(PROGRAMS) not in sys.path:
        sys.path.append(str(PROGRAMS))
    return importlib.import_module(name)


# -- The programs -----------------------------------------------------------------------------------


def exact(values: Sequence[float]) -> tuple[float, float, float, float]:
    """Return sum, mean, variance and standard deviation, all but the last rounded once."""
    numbers = [Fraction(float(x)) for x in values]
    total = sum(numbers)
    mean = total / len(numbers)
    variance = sum(x * x for x in numbers) / len(numbers) - mean * mean
    return float(total), float(mean), float(variance), math.sqrt(variance)


def assert_exact(line: str, values: Sequence[float]) -> None:
    """Compare a printed `Stats` with the values it is about."""
    stats = {name: float(value) for name, value in re.findall(r"(\w+)=([^,)]+)", line)}
    total, mean, variance, std = exact(values)
    assert stats["count"] == len(values)
    assert stats["nan_count"] == 0
    assert (stats["sum"], stats["mean"], stats["variance"]) == (total, mean, variance)
    assert abs(stats["std"] - std) <= math.ulp(std)
    assert (stats["min"], stats["max"]) == (min(values), max(values))


def assert_slides(output: str, first: int) -> None:
    """Compare what the slides' program printed with what it should."""
    threads = [max(1, parexact.cpu_count() // N)] * N
    assert f"engines {list(range(N))}, threads of each: {threads}\n" in output
    statistics = ast.literal_eval(re.search(r"^\[\(.*$", output, re.M)[0])
    assert [n for n, _, _ in statistics] == list(range(first, first + 10))
    for n, std, variance in statistics:
        expected = exact(parexact.Generator(seed=n).normal(size=n))
        assert variance == expected[2]
        assert abs(std - expected[3]) <= math.ulp(std)
    squares = [(n - 1) * (2 * n - 1) / 6 for n in (10, 100, 1000, 10000)]
    for line in (
        "the same by the package: True",
        "the same in this process: True",
        "numbers of each engine: [25, 25, 25, 25]",
        "gathered: [0, 1, 4, 9, 16] to 9801",
        f"their sum: {float(sum(i * i for i in range(100)))}",
        f"mean squares in this process: {squares}",
        "sync_imports with `as`: name 'np' is not defined",
        f"after execute: {squares}",
        f"@require: {squares}",
        f"imports inside: {squares}",
    ):
        assert f"{line}\n" in output
    assert output.count(f"{[12.1] * N}\n") == 3


def test_the_slides_with_ipcluster(engines: Engines) -> None:
    for _ in range(2):  # engines keep their names from one program to the next
        assert_slides(program("ipyparallel_slides", "--first", 3000, env=engines.env), 3000)


def test_the_slides_with_a_controller_and_four_engines(tmp_path: Path) -> None:
    env, log = variables(tmp_path / "ipython"), tmp_path / "log"
    bin_ = PYTHON.parent
    commands = f"{bin_}/ipcontroller &" + f" {bin_}/ipengine &" * N + " wait"
    with launch.running(["bash", "-c", commands], log=log, env=env, grace=GRACE) as process:
        with client_of(env) as client:
            assert_raw_function_needs_no_package(client[:])
            assert_slides(program("ipyparallel_slides", "--first", 500, env=env), 500)
            assert_death_of_an_engine_is_an_error(client)
            end(client)
        assert_ended_by_itself(process, log)


def assert_raw_function_needs_no_package(view: "ipp.DirectView") -> None:
    """The function in raw ctypes finds the library by LD_LIBRARY_PATH alone."""
    raw = module("ipyparallel_slides").my_statistics
    found = view.map_async(ipp.interactive(raw), [100] * N).get(SECONDS)
    _, _, variance, _ = exact(parexact.Generator(seed=100).normal(size=100))
    assert [(n, v) for n, _, v in found] == [(100, variance)] * N

    @ipp.interactive
    def loaded() -> tuple[bool, bool]:
        import sys
        from pathlib import Path

        maps = Path("/proc/self/maps").read_text()
        return "parexact" in sys.modules, "/target/release/libparexact.so" in maps

    assert view.apply_async(loaded).get(SECONDS) == [(False, True)] * N


def assert_death_of_an_engine_is_an_error(client: "ipp.Client") -> None:
    """Whoever waits for an engine that ends gets an error, and the others go on."""

    @ipp.interactive
    def wait_for_ever() -> None:
        import time

        time.sleep(1e6)

    victim, *others = client.ids
    pid = client[victim].apply_async(os.getpid).get(SECONDS)
    result = client[victim].apply_async(wait_for_ever)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(ipp.error.RemoteError, match=f"EngineError: Engine {victim} died"):
        result.get(SECONDS)
    assert client[others].map_async(parexact.sum, [[0.1] * 10] * 3).get(SECONDS) == [1.0] * 3


def test_the_slides_with_engines_of_the_program(tmp_path: Path) -> None:
    env = variables(tmp_path)
    assert_slides(program("ipyparallel_slides", "--launch", "--first", 500, env=env), 500)


def test_engines_that_mpi_starts(tmp_path: Path) -> None:
    """Such engines are the ranks of one communicator, and may merge states among themselves."""
    code = f"""
import sys
sys.path.append({str(PROGRAMS)!r})
import ipyparallel as ipp, numpy as np, parexact
from ipyparallel_engines import connected, parser
from ipyparallel_states import scattered

def merge(piece):
    import parexact
    from mpi4py.MPI import COMM_WORLD as comm
    return comm.rank, comm.size, comm.allreduce(parexact.State(piece))

numbers = np.random.default_rng(1).normal(size=1001)
with connected(parser("").parse_args(["--launch", "mpi", "-n", "{N}"])) as c:
    merged, _ = scattered(c[:], numbers)
    found = c[:].apply_async(merge, ipp.Reference("piece")).get({SECONDS})
    print(sorted((rank, size) for rank, size, _ in found))
    print([state == merged for *_, state in found])
    print(merged.result())
"""
    [mpich] = [each for each in mpi.WHEELS if each.name == "mpich"]
    path = f"{mpich.mpiexec.parent}:{os.environ['PATH']}"
    env = {**variables(tmp_path), **mpich.env, "PATH": path}
    output = launch.run([mpich.python, "-c", code], env=env, grace=GRACE)
    assert f"{[(rank, N) for rank in range(N)]}\n{[True] * N}\n" in output
    assert_exact(output.splitlines()[-1], np.random.default_rng(1).normal(size=1001))


def test_states(engines: Engines) -> None:
    n = 20_000
    output = program("ipyparallel_states", "--numbers", n, env=engines.env)
    random = np.random.default_rng(2017)
    numbers = random.standard_normal(n) * 10.0 ** random.integers(-3, 4, n)
    sums = re.findall(r"^ +([1-4])  (\S+) +\S+$", output, re.M)
    assert sums == [(str(count), repr(math.fsum(numbers))) for count in (1, 2, 3, 4)]
    assert "for each number of engines: True\n" in output
    assert "random numbers that the engines draw: True\n" in output
    assert_exact(re.search(r"^Stats\(.*$", output, re.M)[0], numbers)


def test_load_balanced(engines: Engines) -> None:
    output = program("ipyparallel_load_balanced", "--large", 2000, env=engines.env)
    beforehand, balanced = re.findall(r"engines: (\d+)%, (\d+)%, (\d+)%, (\d+)%$", output, re.M)
    # Ten large pieces, thirty small ones. The first four go to four engines.
    assert beforehand == ("97", "1", "1", "1")
    assert all(int(share) >= 9 for share in balanced)
    assert output.count("\n40 of 40 pieces are done in ") == 2
    done = [
        int(k) for k in re.findall(r"^(\d+) of 40 pieces", output.split("LoadBalanced")[1], re.M)
    ]
    assert done == sorted(done)
    assert "the same bits each way, and by one call here: True\n" in output
    numbers = parexact.Generator(seed=2017).gamma(2.5, size=10 * 2000 + 30 * 20)
    assert_exact(re.search(r"^Stats\(.*$", output, re.M)[0], numbers)


def test_programs_without_engines_say_what_to_type(tmp_path: Path) -> None:
    env = {"IPYTHONDIR": str(tmp_path)}
    command = [PYTHON, PROGRAMS / "ipyparallel_states.py", "-n", "2", "--numbers", "1"]
    log = tmp_path / "log"
    with launch.running(command, log=log, env=env) as process:
        assert process.wait(SECONDS) == 1
    assert log.read_text().endswith("`ipcluster start -n 2 &`, or add --launch.\n")
    with launch.running([*command, "-n", "0"], log=log, env=env) as process:
        assert process.wait(SECONDS) == 2
    assert log.read_text().endswith("error: argument -n: 0 is below 1\n")


def test_the_page_s_programs_run(engines: Engines, tmp_path: Path) -> None:
    """The programs run one after the other, and print what their comments say."""
    text = (launch.ROOT / "docs" / "ipyparallel.md").read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S))
    promised = re.findall(r"^ *print.*\)  # (.*)$", code, re.M)
    assert len(promised) == 3
    (tmp_path / "page.py").write_text(code)
    printed = launch.run([PYTHON, tmp_path / "page.py"], env=engines.env)
    assert [line for line in printed.splitlines() if line in promised] == promised


# -- What the library does on engines ---------------------------------------------------------------


def test_engines_share_the_processors(engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    example = module("ipyparallel_engines")
    processors = parexact.cpu_count()
    share = max(1, processors // N)
    assert example.share_processors(engines.view) == [share] * N
    assert engines.view.apply_async(parexact.get_num_threads).get(SECONDS) == [share] * N

    # Two engines that may use the same processors, and two with processors of their own.
    engines.view.scatter("place", ["a", "a", "b", "c"], flatten=True, block=True)
    monkeypatch.setattr(example, "place", ipp.interactive(lambda: place))  # noqa: F821
    half = max(1, processors // 2)
    assert example.share_processors(engines.view) == [half, half, processors, processors]
    monkeypatch.undo()
    assert example.share_processors(engines.view) == [share] * N


def test_a_failure_on_one_engine_is_a_readable_error(engines: Engines) -> None:
    pids = engines.view.apply_async(os.getpid).get(SECONDS)

    @ipp.interactive
    def fail_there(pid: int) -> None:
        import os

        import parexact

        if os.getpid() == pid:
            parexact.var([1.0], ddof=-1)

    message = "ddof is an integer from 0 to 2**63 - 1, not -1"
    with pytest.raises(ipp.error.CompositeError) as caught:
        engines.view.apply_async(fail_there, pids[2]).get(SECONDS)
    [(name, value, traceback, where)] = caught.value.elist
    assert (name, value, where["engine_id"]) == ("ValueError", message, engines.client.ids[2])
    assert "fail_there" in traceback
    assert str(caught.value).endswith(f"[2:apply]ValueError: {message}")
    with pytest.raises(ipp.error.RemoteError, match=re.escape(f"[2:apply] ValueError: {message}")):
        engines.client[2].apply_async(fail_there, pids[2]).get(SECONDS)
    assert engines.view.apply_async(os.getpid).get(SECONDS) == pids


def test_exceptions_come_back_as_they_are(engines: Engines) -> None:
    @ipp.interactive
    def failures() -> list[BaseException]:
        import parexact
        from parexact._errors import check

        def deadlock() -> None:
            lock = parexact.Lock()
            lock.acquire()
            lock.acquire()

        def timeout() -> None:
            with parexact.Pool(1) as pool:
                pool.apply_async(__import__("time").sleep, (1,)).get(0.01)

        def cancelled() -> None:
            control = parexact.Control()
            control.cancel()
            with control:
                parexact.my_statistics(10**12)

        raised: list[BaseException] = []
        for call in (
            lambda: check(parexact.abi.lib.parexact_sum_f64(None, 1, None)),
            deadlock,
            timeout,
            cancelled,
            lambda: parexact.Generator(seed=-1),
        ):
            try:
                call()
            except Exception as error:
                raised.append(error)
        return raised

    error, deadlock, timeout, cancelled, value = (
        engines.client[0].apply_async(failures).get(SECONDS)
    )
    kinds = parexact.Error, parexact.DeadlockError, parexact.TimeoutError, parexact.CancelledError
    abi = parexact.abi
    assert tuple(map(type, (error, deadlock, timeout, cancelled))) == kinds
    assert type(value) is ValueError
    assert [each.status for each in (error, deadlock, timeout, cancelled)] == [
        abi.PAREXACT_ERROR_NULL_POINTER,
        abi.PAREXACT_ERROR_DEADLOCK,
        abi.PAREXACT_ERROR_TIMEOUT,
        abi.PAREXACT_ERROR_CANCELLED,
    ]
    assert all(str(each) for each in (error, deadlock, timeout, cancelled))
    assert str(value) == "seed is -1, but must be from 0 to 2**64 - 1"


class Damaged:
    """A state that arrives with one bit changed."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __reduce__(self) -> tuple[object, ...]:
        return parexact.State.from_bytes, (self.data,)


def test_a_damaged_state_is_an_error(engines: Engines) -> None:
    whole = bytes(parexact.State([1.0, 2.0]))
    data = bytearray(whole)
    data[8] ^= 0x40  # its count
    with pytest.raises(ipp.error.CompositeError, match="ValueError: the mean of the state lies"):
        engines.view.push({"state": Damaged(bytes(data))}, block=False).get(SECONDS)

    engines.view.push({"state": parexact.State([1.0, 2.0])}, block=False).get(SECONDS)
    [*same] = engines.view.apply_async(bytes, ipp.Reference("state")).get(SECONDS)
    assert same == [whole] * N

    @ipp.interactive
    def break_it(state: parexact.State) -> parexact.State:
        state.words[1] ^= 0x40
        return state

    with pytest.raises(ipp.error.RemoteError, match="ValueError: the mean of the state lies"):
        engines.client[0].apply_async(break_it, ipp.Reference("state")).get(SECONDS)


def test_progress_of_a_load_balanced_view(engines: Engines, tmp_path: Path) -> None:
    @ipp.interactive
    def wait_for(path: str | None) -> str | None:
        import time
        from pathlib import Path

        while path is not None and not Path(path).exists():
            time.sleep(0.01)
        return path

    go = tmp_path / "go"
    paths = [None] * 3 + [str(go)] * 3 + [None] * 2
    result = engines.client.load_balanced_view().map_async(wait_for, paths)
    deadline = time.monotonic() + SECONDS
    while result.progress < 5 and time.monotonic() < deadline:
        result.wait(0.05)
    assert (result.progress, len(result), result.done()) == (5, 8, False)
    go.touch()
    assert result.get(SECONDS) == paths
    assert (result.progress, result.done()) == (8, True)


# -- Nothing is left --------------------------------------------------------------------------------


def test_a_killed_client_leaves_no_process(tmp_path: Path) -> None:
    """Engines and their controller are in sessions of their own, and outlive the client that started them."""
    log = tmp_path / "log"
    code = (
        "import ipyparallel, time\n"
        f"with ipyparallel.Cluster(n={N}) as client: print('ready', flush=True); time.sleep(1000)"
    )
    env = variables(tmp_path / "ipython")
    with launch.running([PYTHON, "-c", code], log=log, env=env) as process:
        deadline = time.monotonic() + SECONDS
        while "ready" not in log.read_text():
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        [client] = reaper.children(process.pid)
        started = reaper.descendants(process.pid)
        assert len(started) > N + 1
        os.kill(client, signal.SIGKILL)
        assert process.wait(SECONDS) == 128 + signal.SIGKILL
    assert not [pid for pid in started if reaper.describe(pid)]
    assert len(re.findall(r"reaper: ended .*ipyparallel\.engine", log.read_text())) >= N
