"""Exact states on ipyparallel's engines, merged by the client: the same bits for any number of engines.

Each engine describes its piece of the numbers by a `parexact.State`: 2 KiB, however many numbers
there are. Pickled states come back to the client, which merges them. The numbers are an array that
the client scatters, and then random numbers, of which each engine draws its own part.

    ipcluster start -n 4 &
    python python_examples/cluster/ipyparallel_states.py
    python python_examples/cluster/ipyparallel_states.py --launch -n 2 --numbers 10000000
"""

from __future__ import annotations

import ipyparallel as ipp
import numpy as np
import parexact
from ipyparallel_engines import connected, parser, positive

SEED = 2017


def drawn(seed: int, first: int, last: int) -> parexact.State:
    """Return the state of part of a stream of normals; none of them is stored."""
    import parexact

    return parexact.Generator(seed).at(first).state("normal", n=last - first)


def scattered(dview: ipp.DirectView, numbers: np.ndarray) -> tuple[parexact.State, float]:
    """Return the merged state of an array that is dealt out to the engines, and NumPy's sum."""
    dview.scatter("piece", numbers)
    piece = ipp.Reference("piece")  # what has this name on the engine
    states = dview.apply_sync(parexact.State, piece)
    partial_sums = dview.apply_sync(np.sum, piece)
    return sum(states), sum(map(float, partial_sums))


def main() -> None:
    """Reduce the same numbers with one engine, with two, and so on."""
    arguments = parser("exact states on ipyparallel's engines")
    arguments.add_argument("--numbers", type=positive, default=1_000_000, help="default a million")
    args = arguments.parse_args()
    n = args.numbers
    random = np.random.default_rng(SEED)
    numbers = random.standard_normal(n) * 10.0 ** random.integers(-3, 4, n)
    alone = parexact.State(numbers)
    alone_drawn = parexact.Generator(SEED).state("normal", n=n)
    same = same_drawn = True

    with connected(args) as c:
        print("engines  parexact's sum of the array  NumPy's sums of the pieces, added up")
        for count in range(1, len(c.ids) + 1):
            dview = c[:count]
            whole, numpy_sum = scattered(dview, numbers)
            print(f"{count:>7}  {whole.result().sum!r:<27}  {numpy_sum!r}")
            same &= whole == alone

            bounds = [n * i // count for i in range(count + 1)]
            states = dview.map_sync(drawn, [SEED] * count, bounds[:-1], bounds[1:])
            same_drawn &= sum(states) == alone_drawn

    print("states as of one call in this process, for each number of engines:", same)
    print("so are those of random numbers that the engines draw:", same_drawn)
    print(whole.result())
    print("fingerprint:", whole.fingerprint())


if __name__ == "__main__":
    main()
