"""Uneven work on ipyparallel's engines: a LoadBalancedView, its progress, results as they come.

The work is one stream of gamma variates, drawn and reduced in pieces, of which the first few are a
hundred times as large as the rest. A DirectView's map deals the pieces out beforehand, a run of
them to each engine: the first engine gets all the large ones. A LoadBalancedView hands out the next
piece whenever an engine is free. States then arrive in an order that nobody can foretell, and are
merged as they arrive: in any order the result has the same bits.

    ipcluster start -n 4 &
    python python_examples/cluster/ipyparallel_load_balanced.py
"""

from __future__ import annotations

from collections import Counter
from time import perf_counter

import ipyparallel as ipp
import parexact
from ipyparallel_engines import connected, parser, positive

SEED = 2017
PIECES = 40

Piece = tuple[int, int, int]  # the seed, the first number, how many


def draw(piece: Piece) -> tuple[int, int, parexact.State]:
    """Draw a piece on an engine; return the engine's process, how many numbers, and their state."""
    import os

    import parexact

    seed, first, count = piece
    return os.getpid(), count, parexact.Generator(seed).at(first).state("gamma", 2.5, n=count)


def uneven(large: int) -> list[Piece]:
    """Return the pieces, one after the other."""
    pieces, first = [], 0
    for i in range(PIECES):
        count = large if i < PIECES // 4 else large // 100
        pieces.append((SEED, first, count))
        first += count
    return pieces


def merged(result: ipp.AsyncMapResult) -> parexact.State:
    """Merge the states as they come, and print how far it is and what each engine drew."""
    tic = perf_counter()
    whole, engines = parexact.State(), Counter()
    for process, count, state in result:
        whole += state
        engines[process] += count
        print(f"\r{result.progress} of {len(result)} pieces are done", end="", flush=True)
    total = sum(engines.values())
    shares = ", ".join(f"{count / total:.0%}" for _, count in engines.most_common())
    print(f" in {perf_counter() - tic:.2f} s; shares of the engines: {shares}")
    return whole


def main() -> None:
    """Deal the pieces out beforehand; then as engines become free."""
    arguments = parser("uneven work on ipyparallel's engines")
    arguments.add_argument(
        "--large", type=positive, default=2_000_000, help="numbers of a large piece (default 2·10⁶)"
    )
    args = arguments.parse_args()
    pieces = uneven(args.large)
    alone = parexact.Generator(SEED).state("gamma", 2.5, n=sum(count for _, _, count in pieces))

    with connected(args) as c:
        print("DirectView:")
        beforehand = merged(c[:].map_async(draw, pieces))
        print("LoadBalancedView:")
        balanced = merged(c.load_balanced_view().map_async(draw, pieces, ordered=False))

    print(balanced.result())
    print("the same bits each way, and by one call here:", beforehand == balanced == alone)


if __name__ == "__main__":
    main()
