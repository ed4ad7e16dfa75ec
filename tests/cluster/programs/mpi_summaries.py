"""Shapes, pairs and weighted values over the ranks: the bits are those of one process."""

import math

import checks
import numpy as np
import parexact
import parexact.mpi as pm
from checks import check, comm, raises, rank, same, size

N = 1003


def numbers(seed: int) -> np.ndarray:
    """Return doubles over much of the range, with cancellation, and with a NaN at a place of its own."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=N) * 10.0 ** rng.uniform(-70, 70, size=N)
    x[:4] = 1e300, -1e300, 5e-324, -0.0
    x = rng.permutation(x)
    x[seed] = math.nan
    return x


def flat(x: object) -> tuple[float, ...]:
    """Return the numbers of a result as a tuple, the order of which is that of C."""
    return tuple(np.asarray(x, float).ravel().tolist())


def borders() -> dict[str, list[int]]:
    """Return where the ranks' parts of N begin and end: even, uneven, and all on the last rank."""
    return {
        "even": [N * i // size for i in range(size + 1)],
        "uneven": [int(N * (i / size) ** 3) for i in range(size + 1)],
        "empty": [0] * size + [N],
    }


def functions() -> None:
    """Compare each function with the one-process function for all values."""
    x, y = numbers(1), numbers(2)
    for how, ends in borders().items():
        mine = slice(ends[rank], ends[rank + 1])
        for policy in "propagate", "omit":
            what, keys = f"{how}, {policy}:", {"nan_policy": policy}
            for name in "skew", "kurtosis":
                for bias in True, False:
                    found = getattr(pm, name)(comm, x[mine], bias=bias, **keys)
                    same(f"{what} {name}", found, getattr(parexact, name)(x, bias=bias, **keys))
            for name in "cov", "corrcoef", "linregress", "dot":
                found = getattr(pm, name)(comm, x[mine], y[mine], **keys)
                same(f"{what} {name}", flat(found), flat(getattr(parexact, name)(x, y, **keys)))
            found = pm.cov(comm, x[mine], y[mine], ddof=0, **keys)
            same(f"{what} cov, ddof=0", flat(found), flat(parexact.cov(x, y, ddof=0, **keys)))
            found = pm.average(comm, x[mine], y[mine], **keys)
            same(f"{what} average", found, parexact.average(x, weights=y, **keys))
            found = pm.average(comm, x[mine], **keys)
            same(f"{what} average without weights", found, parexact.average(x, **keys))


def summaries() -> None:
    """Reduce the objects themselves."""
    x, y = numbers(1), numbers(2)
    for how, ends in borders().items():
        mine = slice(ends[rank], ends[rank + 1])
        for kind, arrays in (
            (parexact.Shape, (x,)),
            (parexact.Pair, (x, y)),
            (parexact.Weighted, (x, y)),
        ):
            what = f"{how}, {kind.__name__}"
            part, whole = kind(*(array[mine] for array in arrays)), kind(*arrays)
            before = bytes(part)
            found = pm.allreduce(comm, part)
            check(f"{what}, allreduce", type(found) is kind and bytes(found) == bytes(whole))
            for root in {0, size - 1}:
                found = pm.reduce(comm, part, root)
                check(f"{what}, reduce", found == whole if rank == root else found is None)
            found = kind()
            comm.Allreduce(pm.buffer(part), pm.buffer(found), pm.op(kind))
            check(f"{what}, Allreduce", bytes(found) == bytes(whole))
            check(f"{what}, allreduce of objects", comm.allreduce(part) == whole)
            check(f"{what}, as it was", bytes(part) == before)
    check("its size", pm.datatype(parexact.Pair).Get_size() == 6144)


def errors() -> None:
    """An error on one rank is an error on all, and the communicator can be used again."""
    last = rank == size - 1

    def refused(what: str, kind: type[Exception], pattern: str, call: object) -> None:
        other = (kind, pattern) if last else (pm.RankError, "")
        raises(what, *other, call)
        same("the next call", pm.dot(comm, [1.0], [2.0]), 2.0 * size)

    refused("skew", TypeError, "complex", lambda: pm.skew(comm, [1j] if last else [1.0]))
    refused("cov", ValueError, "shape", lambda: pm.cov(comm, [1.0], [1.0] * (1 + last)))
    refused("average", ValueError, "shape", lambda: pm.average(comm, [1.0], [1.0] * (1 + last)))
    raises("no weight", ZeroDivisionError, "weights", lambda: pm.average(comm, [1.0], [0.0]))
    raises("NaN", ValueError, "NaN", lambda: pm.skew(comm, [math.nan], nan_policy="raise"))
    raises("policy", ValueError, "nan_policy", lambda: pm.dot(comm, [1.0], [1.0], nan_policy="x"))
    if size > 1:
        mine = parexact.Shape([1.0]) if last else parexact.Pair([1.0], [1.0])
        raises("kinds that differ", ValueError, "", lambda: pm.allreduce(comm, mine))
    damaged = parexact.Shape([1.0])
    if last:
        damaged.words[1] = -1
    refused("damage", ValueError, "", lambda: pm.allreduce(comm, damaged))


def main() -> None:
    """Make all checks."""
    functions()
    summaries()
    errors()


checks.run(main)
