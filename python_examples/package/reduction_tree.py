"""The reduction of a million MPI ranks, simulated in one process: its steps, its bytes, its time a rank.

Each rank draws samples of its own, its part of one stream of normals, and has a state of 2 KiB for
them. States then go up a binary tree, two at a time, as in `MPI_Reduce`: what ranks do at the same
time on a cluster is done here one after the other. Blocks of ranks bound the memory, whatever the
number of ranks. In the end the merged state is compared with that of one call that draws all the
samples: they must be the same bits.

    .venv/bin/python python_examples/package/reduction_tree.py
    .venv/bin/python python_examples/package/reduction_tree.py --ranks 1000000 --samples 1000
"""

from __future__ import annotations

import argparse
from time import perf_counter

import numpy as np
import parexact

BLOCK = 4096  # ranks whose states are in memory at once: 8 MiB


class Tree:
    """The tree above the ranks, and the time spent in it."""

    def __init__(self, samples: int) -> None:
        """Let each rank have so many samples."""
        self.samples = samples
        self.generator = parexact.Generator(seed=2017)
        self.drawing = self.merging = 0.0  # seconds

    def draw(self, first: int, last: int) -> np.ndarray:
        """Return the states of these ranks, one a row."""
        tic = perf_counter()
        states = np.empty((last - first, parexact.abi.PAREXACT_STATE_WORDS), np.int64)
        for state, rank in zip(states, range(first, last)):
            own = self.generator.at(rank * self.samples)
            state[:] = own.state("normal", n=self.samples).words
        self.drawing += perf_counter() - tic
        return states

    def merge(self, states: np.ndarray) -> np.ndarray:
        """Merge states in pairs, one step for all. One without a partner waits for the next step."""
        tic = perf_counter()
        pairs = len(states) // 2
        merged = parexact.merge(states[: 2 * pairs].reshape(2, pairs, -1))
        self.merging += perf_counter() - tic
        return np.concatenate([merged, states[2 * pairs :]])

    def reduce(self, first: int, last: int) -> tuple[np.ndarray, int]:
        """Return the state of these ranks together, and the number of steps to it."""
        if last - first > BLOCK:
            middle = first + (last - first) // 2
            (left, left_steps), (right, right_steps) = (
                self.reduce(first, middle),
                self.reduce(middle, last),
            )
            return self.merge(np.stack([left, right]))[0], 1 + max(left_steps, right_steps)
        states, steps = self.draw(first, last), 0
        while len(states) > 1:
            states, steps = self.merge(states), steps + 1
        return states[0], steps


def main() -> None:
    """Reduce, compare, print."""
    parser = argparse.ArgumentParser(description="the reduction tree of many ranks")
    parser.add_argument("--ranks", type=int, default=10_000, help="(default 10⁴)")
    parser.add_argument("--samples", type=int, default=1000, help="of each rank (default 1000)")
    arguments = parser.parse_args()
    ranks, samples = arguments.ranks, arguments.samples
    if ranks < 1 or samples < 1:
        parser.error("there must be a rank, and a sample for it")

    tree = Tree(samples)
    state, steps = tree.reduce(0, ranks)
    tic = perf_counter()
    whole = parexact.Generator(seed=2017).state("normal", n=ranks * samples)
    one_call = perf_counter() - tic

    merges = ranks - 1
    print(f"ranks      {ranks}, with {samples} samples each")
    print(f"steps      {steps}: the height of the tree")
    print(
        f"messages   {merges} of {state.nbytes} bytes, {merges * state.nbytes / 1e6:.6g} MB in all"
    )
    print(f"drawing    {tree.drawing / ranks * 1e6:.3g} µs a rank")
    print(f"merging    {tree.merging / max(merges, 1) * 1e6:.3g} µs a merge")
    print(f"one call   {one_call:.3g} s for all {ranks * samples} samples")
    result = parexact.results(state)
    print(f"mean       {result['mean'].item()!r}")
    print(f"std        {result['std'].item()!r}")
    print("the same bits as in one call:", state.tobytes() == whole.words.tobytes())


if __name__ == "__main__":
    main()
