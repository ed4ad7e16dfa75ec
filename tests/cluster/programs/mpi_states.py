"""States and whole arrays over the ranks: whatever carries them, the bits are those of one process."""

import operator
from collections.abc import Iterator
from fractions import Fraction

import checks
import numpy as np
import parexact
import parexact.mpi as pm
from checks import check, comm, raises, rank, same, size
from mpi4py import MPI
from parexact import _mpi_collective, _mpi_request

ADDITIVE = slice(1, 207)
"""The words of a state that are added, and those of which the maximum is taken: docs/state-format.md."""
EXTREMES = slice(207, 210)
WORDS = 256

N = 2003
BEYOND_DOUBLES = 2**62 + 1


def wide(n: int) -> np.ndarray:
    """Return doubles over most of the range, with cancellation and both ends."""
    rng = np.random.default_rng(2017)
    x = rng.normal(size=n) * 10.0 ** rng.uniform(-150, 150, size=n)
    x[:6] = 1e308, -1e308, 5e-324, -0.0, 3.0, 1e16
    return rng.permutation(x)


def datasets() -> dict[str, np.ndarray]:
    """Return what every rank knows as a whole, to compare with."""
    x = wide(N)
    holes = x.copy()
    holes[::97] = np.nan
    infinite = x.copy()
    infinite[5] = np.inf
    return {
        "wide": x,
        "with NaNs": holes,
        "with an infinity": infinite,
        "all NaN": np.full(N, np.nan),
        "float32": np.random.default_rng(1).normal(size=N).astype(np.float32),
        "int64": np.arange(N) * 3 + BEYOND_DOUBLES,
        "bool": np.arange(N) % 3 == 0,
        "every other column": wide(4 * N).reshape(N, 4)[:, ::2],
        "nothing": x[:0],
    }


def borders() -> dict[str, list[int]]:
    """Return where the ranks' parts of N begin and end: even, uneven, and all on the last rank."""
    return {
        "even": [N * i // size for i in range(size + 1)],
        "uneven": [int(N * (i / size) ** 3) for i in range(size + 1)],
        "empty": [0] * size + [N],
    }


def whole_arrays() -> None:
    """Compare each function with the one-process function for all values."""
    for data, x in datasets().items():
        for how, ends in borders().items():
            part = x[ends[rank] : ends[rank + 1]]
            for policy in "propagate", "omit":
                what = f"{data}, {how}, {policy}:"
                keys = {"nan_policy": policy}
                for ddof in 0, 1:
                    found = pm.describe(comm, part, ddof=ddof, **keys)
                    same(f"{what} describe", found, parexact.describe(x, ddof=ddof, **keys))
                if how != "uneven":
                    continue
                for name in "sum", "mean", "min", "max", "norm":
                    found = getattr(pm, name)(comm, part, **keys)
                    same(f"{what} {name}", found, getattr(parexact, name)(x, **keys))
                    check(f"{what} {name} is a float", type(found) is float)
                for name in "var", "std":
                    found = getattr(pm, name)(comm, part, ddof=1, **keys)
                    same(f"{what} {name}", found, getattr(parexact, name)(x, ddof=1, **keys))
    lists = [[1, 2], [], [3.5]][rank % 3]
    parts = [[[1, 2], [], [3.5]][i % 3] for i in range(size)]
    same("lists", pm.sum(comm, lists), float(sum(map(sum, parts))))


def fractions() -> None:
    """Compare with rational arithmetic, which knows nothing of the library."""
    x = wide(N)
    ends = borders()["uneven"]
    found = pm.describe(comm, x[ends[rank] : ends[rank + 1]], ddof=1)
    exact = [Fraction(value) for value in x.tolist()]
    total, squares = sum(exact), sum(value**2 for value in exact)
    variance = (N * squares - total**2) / (N * (N - 1))
    same("exact sum", found.sum, float(total))
    same("exact mean", found.mean, float(total / N))
    check("the exact variance is out of range", variance > Fraction(2) ** 1024)
    same("exact variance", found.variance, float("inf"))
    check("exact std", is_root(found.std, variance), found.std)
    norm = pm.norm(comm, x[ends[rank] : ends[rank + 1]])
    check("exact norm", is_root(norm, squares), norm)
    y = np.random.default_rng(3).normal(size=500)
    exact = [Fraction(value) for value in y.tolist()]
    total = sum(exact)
    variance = sum(value**2 for value in exact) / 500 - (total / 500) ** 2
    mine = pm.share(comm, 500)
    same("exact variance of normals", pm.var(comm, y[mine.start : mine.stop]), float(variance))


def is_root(root: float, square: Fraction) -> bool:
    """Tell whether a double is the root of a fraction, rounded to nearest."""
    half = [(Fraction(root) + Fraction(np.nextafter(root, to))) / 2 for to in (0.0, np.inf)]
    return half[0] ** 2 <= square <= half[1] ** 2


def parts() -> Iterator[tuple[str, parexact.State]]:
    """Yield this rank's state for each way to split."""
    x = wide(N)
    for how, ends in borders().items():
        yield how, parexact.State(x[ends[rank] : ends[rank + 1]])


def mpi4py_reductions() -> None:
    """Let mpi4py's own methods merge states: by the operation, as words, and pickled."""
    whole = parexact.State(wide(N))
    op, last = pm.op(), size - 1
    for how, mine in parts():
        bytes_before = bytes(mine)

        def into() -> parexact.State:
            return parexact.State([1e300])  # what was there must not count

        def equals(what: str, found: parexact.State, how: str = how) -> None:
            check(f"{how}, {what}", bytes(found) == bytes(whole), found.result())

        found = into()
        comm.Allreduce(pm.buffer(mine), pm.buffer(found), op)
        equals("Allreduce", found)
        check(f"{how}, the words are canonical", found.words.tobytes() == bytes(whole))
        found = mine + parexact.State()
        comm.Allreduce(MPI.IN_PLACE, pm.buffer(found), op)
        equals("Allreduce in place", found)
        found = mine + parexact.State()
        if rank == last:
            comm.Reduce(MPI.IN_PLACE, pm.buffer(found), op, root=last)
            equals("Reduce in place", found)
        else:
            comm.Reduce(pm.buffer(found), None, op, root=last)
        found = into()
        comm.Iallreduce(pm.buffer(mine), pm.buffer(found), op).Wait()
        equals("Iallreduce", found)
        found = into()
        comm.Ireduce(pm.buffer(mine), pm.buffer(found) if rank == 0 else None, op, root=0).Wait()
        if rank == 0:
            equals("Ireduce", found)
        found, before = into(), parexact.State()
        comm.Scan(pm.buffer(mine), pm.buffer(found), op)
        comm.Exscan(pm.buffer(mine), pm.buffer(before), op)
        end = borders()[how][rank + 1]
        check(f"{how}, Scan", found == parexact.State(wide(N)[:end]))
        check(f"{how}, Exscan", rank == 0 or before + mine == found)
        check(f"{how}, the states are as they were", bytes(mine) == bytes_before)

        words = np.empty_like(mine.words)
        words[0], words[210:] = mine.words[0], 0
        for part, integers in (ADDITIVE, MPI.SUM), (EXTREMES, MPI.MAX):
            comm.Allreduce(mine.words[part], words[part], integers)
        equals("words by SUM and MAX", parexact.State.from_bytes(words.tobytes()))

        gathered = comm.gather(mine)
        if gathered is not None:
            equals("gather", sum(gathered))
        equals("allreduce of objects", comm.allreduce(mine))
        equals("allreduce of objects, operator.add", comm.allreduce(mine, operator.add))
        equals("allreduce of objects, our operation", comm.allreduce(mine, op))
    raises("an operation of states alone", TypeError, "merges a State", lambda: op(1, 2))


def states_of_columns(count: int, of: int) -> np.ndarray:
    """Return the states of so many sets, all different, of one rank's numbers; -1: of all ranks' together."""
    states = np.empty((count, WORDS), np.int64)
    rng = np.random.default_rng(count)
    x = rng.normal(size=(count, size)) * 10.0 ** rng.uniform(-100, 100, size=(count, size))
    for state, row in zip(states, x):
        state[:] = parexact.State(row if of < 0 else row[of]).words
    return states


def arrays_of_states() -> None:
    """Reduce many states at once; each of them differs, so that one that is shifted or split shows."""
    count = 3 * size + 1
    mine, whole = states_of_columns(count, rank), states_of_columns(count, -1)
    before = mine.copy()
    op, datatype = pm.op(), pm.datatype()

    found = np.empty_like(mine)
    comm.Allreduce(pm.buffer(mine), pm.buffer(found), op)
    check("Allreduce of an array", (found == whole).all())
    block = np.empty((3, WORDS), np.int64)
    comm.Reduce_scatter_block([mine[: 3 * size], datatype], pm.buffer(block), op)
    check("Reduce_scatter_block", (block == whole[3 * rank : 3 * rank + 3]).all())
    counts = [3] * (size - 1) + [4]
    block = np.empty((counts[rank], WORDS), np.int64)
    comm.Reduce_scatter(pm.buffer(mine), pm.buffer(block), counts, op)
    check("Reduce_scatter", (block == whole[3 * rank : 3 * rank + counts[rank]]).all())

    shaped = mine[: 3 * size].reshape(size, 3, WORDS)
    expected = whole[: 3 * size].reshape(size, 3, WORDS)
    for what, x, result in (
        ("rows", mine, whole),
        ("two axes", shaped, expected),
        ("one state", mine[0], whole[0]),
        ("every other", mine[::2], whole[::2]),
        ("backwards", mine[::-1], whole[::-1]),
        ("Fortran order", np.asfortranarray(mine), whole),
        ("none", mine[:0], whole[:0]),
    ):
        for name, found in (
            ("allreduce", pm.allreduce(comm, x)),
            ("iallreduce", pm.iallreduce(comm, x).wait()),
            ("reduce", pm.reduce(comm, x, root=size - 1)),
        ):
            if name == "reduce" and rank != size - 1:
                check(f"reduce of {what} elsewhere", found is None)
                continue
            check(
                f"{name} of {what}",
                type(found) is np.ndarray
                and found.dtype == np.int64
                and np.array_equal(found, result),
            )
    read_only = mine.copy()
    read_only.flags.writeable = False
    check("allreduce of a read-only array", np.array_equal(pm.allreduce(comm, read_only), whole))
    # Digits that plain addition leaves behind mean the same.
    shifted = mine.copy()
    shifted[:, 5] += 2**32
    shifted[:, 6] -= 1
    check("the result is canonical", np.array_equal(pm.allreduce(comm, shifted), whole))
    check("arrays are as they were", np.array_equal(mine, before))

    kept = _mpi_collective.MESSAGE_STATES, _mpi_collective._COPY_STATES
    _mpi_collective.MESSAGE_STATES, _mpi_collective._COPY_STATES = 2, 3
    check("allreduce in several messages", np.array_equal(pm.allreduce(comm, mine), whole))
    found = pm.reduce(comm, mine)
    check("reduce in several messages", rank != 0 or np.array_equal(found, whole))
    check("iallreduce in several messages", np.array_equal(pm.iallreduce(comm, mine).wait(), whole))
    _mpi_collective.MESSAGE_STATES, _mpi_collective._COPY_STATES = kept


def single_states() -> None:
    """Reduce a State by our own functions."""
    whole = parexact.State(wide(N))
    for how, mine in parts():
        before = bytes(mine)
        found = pm.allreduce(comm, mine)
        check(f"{how}, allreduce", type(found) is parexact.State and found == whole)
        for root in {0, size - 1}:
            found = pm.reduce(comm, mine, root)
            check(f"{how}, reduce to {root}", found == whole if rank == root else found is None)
        request = pm.iallreduce(comm, mine)
        mine.update([1e300])  # it was copied
        ended, found = False, None
        while not ended:
            ended, found = request.test()
        check(f"{how}, iallreduce and test", found == whole)
        check(
            f"{how}, wait after test", request.wait() == whole and request.test() == (True, found)
        )
        check(f"{how}, states are as they were", before != bytes(mine))


def non_blocking() -> None:
    """Waiting needs no order, and no wait of others."""
    states = [parexact.State([rank + i]) for i in range(3)]
    whole = [parexact.State([each + i for each in range(size)]) for i in range(3)]
    requests = [pm.iallreduce(comm, state) for state in states]
    comm.Barrier()
    order = [0, 1, 2] if rank % 2 else [2, 0, 1]
    check("requests in any order", all(requests[i].wait() == whole[i] for i in order))

    # Rank 0 tells the others to wait only when it has the result.
    request = pm.iallreduce(comm, np.stack([states[0].words] * 5))
    if rank == 0:
        request.wait()
        for other in range(1, size):
            comm.send("now", dest=other)
    else:
        comm.recv(source=0)
    check("a wait that others do not help", (request.wait() == whole[0].words).all())

    pm.iallreduce(comm, states[0])  # nobody keeps it: the memory stays until it has ended
    comm.Barrier()
    (kept,) = _mpi_request._under_way
    check("a request that nobody keeps", kept.wait() == whole[0] and not _mpi_request._under_way)


def shares() -> None:
    """Share out a stream of random numbers, and other things."""
    for n in 0, 1, size, 3 * size + 2, 1000, 10**15:
        mine = pm.share(comm, n)
        ends = comm.allgather((mine.start, mine.stop))
        check(
            f"shares of {n} adjoin",
            [0, *(stop for _, stop in ends)] == [*(start for start, _ in ends), n],
        )
        lengths = [stop - start for start, stop in ends]
        check(f"shares of {n} are balanced", max(lengths) - min(lengths) <= 1)
    x = np.arange(1003)
    mine = pm.share(comm, 1003)
    check("as array_split", (np.array_split(x, size)[rank] == x[mine.start : mine.stop]).all())
    rng = parexact.Generator(seed=7)
    local = rng.at(mine.start).normal(size=len(mine))
    check(
        "the stream",
        bits_of(np.concatenate(comm.allgather(local))) == bits_of(rng.normal(size=1003)),
    )
    state = rng.at(mine.start).state("gamma", 2.5, n=len(mine))
    check(
        "the stream, never stored",
        pm.allreduce(comm, state) == rng.at(0).state("gamma", 2.5, n=1003),
    )
    raises("a share of less than nothing", ValueError, "n is -1", lambda: pm.share(comm, -1))
    raises("a share of no integer", TypeError, "", lambda: pm.share(comm, 1.5))


def bits_of(x: np.ndarray) -> bytes:
    """Return the bytes of an array."""
    return x.tobytes()


def communicators() -> None:
    """Reduce over parts of the ranks, over one of them, and in a topology."""
    half = comm.Split(rank % 2)
    expected = float(sum(range(rank % 2, size, 2)))
    same("a part of the ranks", pm.sum(half, [rank]), expected)
    half.Free()
    same("this rank alone", pm.sum(MPI.COMM_SELF, [rank]), float(rank))
    ring = comm.Create_cart([size], periods=True)
    same("a ring", pm.sum(ring, [rank]), float(sum(range(size))))
    ring.Free()


def buffers() -> None:
    """Refuse what is no state."""
    check("one operation", pm.op() is pm.op() and pm.op().Is_commutative())
    check("one datatype", pm.datatype() is pm.datatype() and pm.datatype().Get_size() == 2048)
    state = parexact.State([1.0])
    check("a state's own memory", np.shares_memory(pm.buffer(state)[0], state.words))
    words = np.zeros((4, WORDS), np.int64)
    raises("a list", TypeError, "not list", lambda: pm.buffer([1.0]))
    raises("doubles", TypeError, "float64", lambda: pm.buffer(words.astype(float)))
    raises("255 words", ValueError, "(4, 255)", lambda: pm.buffer(words[:, 1:]))
    raises("gaps", ValueError, "ascontiguousarray", lambda: pm.buffer(words[::2]))


def main() -> None:
    """Make all checks."""
    whole_arrays()
    fractions()
    mpi4py_reductions()
    arrays_of_states()
    single_states()
    non_blocking()
    shares()
    communicators()
    buffers()


checks.run(main)
