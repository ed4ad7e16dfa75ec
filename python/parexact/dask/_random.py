"""Random numbers by block: number i of a stream stands at element i of the array, whatever the chunks."""

from __future__ import annotations

import math
import operator
from typing import Any

import dask.array
import numpy as np

from parexact._arrays import AnyArray
from parexact._random import Generator, distribution, draw_runs

# Most of Dask has no types.
da: Any = dask.array


def random(rng: Generator, kind: str, *parameters: Any, size: Any, chunks: Any = "auto") -> Any:
    """Draw the next numbers of a generator into a dask array, block by block, when Dask computes.

    The numbers are those of the generator's own method: ``rng.normal(5, 2, size=size)`` and
    ``random(rng, "normal", 5, 2, size=size)`` give the same array, and move the generator on by as many
    positions. Each block draws its own part of the stream, as often as Dask computes it, and gets the
    same numbers each time.

    Parameters
    ----------
    rng : parexact.Generator
        Where in which stream the numbers begin.
    kind : str
        The name of a method of the generator, such as ``"normal"``; its arguments follow.
    size : int or tuple of ints
        Shape of the array.
    chunks : optional
        As for `dask.array.ones`. They have no influence on the numbers, but on the time: a block of
        whole rows is drawn in one call, any other in one for each of its rows, which takes as long as
        4096 numbers at least. So cut the first axis.

    Returns
    -------
    dask.array.Array
        Of float64, or of int64 where the method gives that.

    Raises
    ------
    TypeError, ValueError
        As the method, for what it does not take.

    Examples
    --------
    >>> import parexact
    >>> import parexact.dask
    >>> x = parexact.dask.random(parexact.Generator(seed=1), "normal", 5, 2, size=(4, 3), chunks=(2, 2))
    >>> x.compute().tolist() == parexact.Generator(seed=1).normal(5, 2, size=(4, 3)).tolist()
    True
    """
    if not isinstance(rng, Generator):
        raise TypeError(f"rng must be a parexact.Generator, not {type(rng).__name__}")
    # Drawing nothing checks the kind and its parameters, and tells the type of the numbers.
    distribution(kind, *parameters)
    dtype = getattr(rng, kind)(*parameters, size=0).dtype
    shape = np.broadcast_shapes(size)
    blocks = da.core.normalize_chunks(chunks, shape, dtype=dtype)
    first = rng._reserve(math.prod(shape))
    return da.map_blocks(
        _block,
        seed=rng.seed,
        stream=rng.stream,
        first=first,
        kind=kind,
        parameters=parameters,
        shape=shape,
        chunks=blocks,
        kept=dtype,
        dtype=dtype,
        meta=np.empty((0,) * len(shape), dtype),
        name=None,
        token=f"parexact-random-{kind}",
    )


def _block(
    seed: int,
    stream: int,
    first: int,
    kind: str,
    parameters: tuple[Any, ...],
    shape: tuple[int, ...],
    kept: np.dtype[Any],
    block_info: Any,
) -> AnyArray:
    """Return the numbers of one block: runs of the stream, each of which is a row of the block, or several
    whole ones."""
    bounds = block_info[None]["array-location"]
    block = np.empty([end - start for start, end in bounds], kept)
    # The axes behind the last one that is cut are whole, and so all elements along them follow each other.
    cut = max((i for i, n in enumerate(block.shape) if n != shape[i]), default=0)
    strides = [math.prod(shape[i + 1 :]) for i in range(len(shape))]
    start = first + sum(start * stride for (start, _), stride in zip(bounds, strides))
    offsets = (start + sum(map(operator.mul, place, strides)) for place in np.ndindex(*block.shape[:cut]))
    if block.size:
        runs = block.reshape(math.prod(block.shape[:cut]), -1)
        draw_runs(distribution(kind, *parameters), seed, stream, offsets, runs)
    return block
