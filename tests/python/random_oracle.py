"""The definition of the random numbers in docs/random.md, written anew: slow, exact, independent.

Philox is NumPy's; everything else is integers of Python and NumPy. Each floating-point operation is
done on exact fractions of integers, and rounded by their true division, which rounds correctly.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt
from paths import ROOT

Words = npt.NDArray[np.uint64]
BLOCK, LANES = 4096, 8
KIND = {"uniform": 0, "normal": 1, "exponential": 2}
MASK = 2**64 - 1


def _tables() -> dict[str, list[float]]:
    """Return the constants that the document gives."""
    text = (ROOT / "docs" / "random.md").read_text(encoding="utf-8")
    fence = text[text.index("```\nINVERSE\n") + 4 :]
    paragraphs = fence[: fence.index("```")].strip().split("\n\n")
    named = (paragraph.split() for paragraph in paragraphs)
    return {name: [float.fromhex(number) for number in numbers] for name, *numbers in named}


def _ln2() -> float:
    text = (ROOT / "docs" / "random.md").read_text(encoding="utf-8")
    return float.fromhex(re.findall(r"^LN2 is (0x[0-9a-fp.+-]+)\.", text, re.M)[0])


TABLES = _tables()
INVERSE, LOG, P, SIN, COS = (TABLES[name] for name in ("INVERSE", "LOG", "P", "SIN", "COS"))
LN2 = _ln2()


# --- words -----------------------------------------------------------------------------------


def philox(key: Sequence[int], counter: Sequence[int]) -> list[int]:
    """Return the four words of a counter. NumPy adds 1 to the counter before it uses it."""
    number = sum(word << 64 * i for i, word in enumerate(counter))
    before = [(number - 1 >> 64 * i) & MASK for i in range(4)]
    generator = np.random.Philox(
        key=np.array(key, dtype=np.uint64), counter=np.array(before, dtype=np.uint64)
    )
    return [int(word) for word in generator.random_raw(4)]


def lane_state(kind: int, seed: int, stream: int, block: int, lane: int) -> list[int]:
    state = philox([seed, stream], [block, lane, kind, 0])
    return state if any(state) else [0x9E3779B97F4A7C15, 0, 0, 0]


def rotl(x: int, n: int) -> int:
    return (x << n | x >> 64 - n) & MASK


def xoshiro(state: Sequence[int]) -> Iterator[int]:
    """Yield the words of xoshiro256++."""
    s0, s1, s2, s3 = state
    while True:
        yield (rotl((s0 + s3) & MASK, 23) + s0) & MASK
        t = s1 << 17 & MASK
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        s3 = rotl(s3, 45)


def block_words(kind: int, seed: int, stream: int, block: int) -> list[int]:
    """Return the 4096 words of a block, one for each sample."""
    lanes = [
        list(islice(xoshiro(lane_state(kind, seed, stream, block, lane)), BLOCK // LANES))
        for lane in range(LANES)
    ]
    return [word for step in zip(*lanes) for word in step]


def many_words(kind: int, seed: int, stream: int, first: int, blocks: int) -> Words:
    """Return the words of several blocks, by NumPy: fast where there are many."""
    states = [
        [lane_state(kind, seed, stream, first + block, lane) for lane in range(LANES)]
        for block in range(blocks)
    ]
    s0, s1, s2, s3 = np.moveaxis(np.array(states, dtype=np.uint64), 2, 0)

    def turn(x: Words, n: int) -> Words:
        return x << np.uint64(n) | x >> np.uint64(64 - n)

    words = np.empty((blocks, BLOCK // LANES, LANES), dtype=np.uint64)
    for step in range(BLOCK // LANES):
        words[:, step] = turn(s0 + s3, 23) + s0
        t = s1 << np.uint64(17)
        s2, s3 = s2 ^ s0, s3 ^ s1
        s1, s0 = s1 ^ s2, s0 ^ s3
        s2, s3 = s2 ^ t, turn(s3, 45)
    return words.reshape(-1)


# --- floating-point operations, rounded once ---------------------------------------------------


def rounded(numerator: int, denominator: int) -> float:
    try:
        return numerator / denominator  # correctly rounded, subnormals included
    except OverflowError:
        return math.inf if numerator > 0 else -math.inf


def fma(a: float, b: float, c: float) -> float:
    (an, ad), (bn, bd), (cn, cd) = (x.as_integer_ratio() for x in (a, b, c))
    return rounded(an * bn * cd + cn * ad * bd, ad * bd * cd)


def mul(a: float, b: float) -> float:
    return fma(a, b, 0.0)


def add(a: float, b: float) -> float:
    return fma(a, 1.0, b)


def no_subnormal(x: float, stand_in: float = 0.0) -> float:
    return stand_in if abs(x) < 2.0**-1022 else x


# --- transforms --------------------------------------------------------------------------------


def unit(x: int) -> float:
    return (x >> 11) / 2**53


def half_open(x: int) -> tuple[int, int]:
    """Return v(x) as an odd number of parts, and how many parts make up 1."""
    return 2 * (x % 2**52) + 1, 2**53


def minus_log(scale: int, x: int) -> float:
    """Return L(scale, v(x))."""
    v = rounded(*half_open(x))
    m, exponent = math.frexp(v)  # ½ <= m < 1: v = m·2^(E+1)
    i = int(m * 32) - 16
    p = [coefficient / scale ** (n + 1) for n, coefficient in enumerate(P)]
    f = fma(m, scale * INVERSE[i], -scale)
    k = fma(float(exponent - 1), -scale * LN2, scale * LOG[i])
    z = mul(f, f)
    even = fma(fma(fma(p[6], z, p[4]), z, p[2]), z, p[0])
    odd = fma(fma(fma(p[7], z, p[5]), z, p[3]), z, p[1])
    return fma(z, fma(odd, f, even), add(k, -f))


def angle(y: int) -> float:
    return (y % 2**52 | 1) / 2**52 - 0.5


def normal_pair(x: int, y: int) -> tuple[float, float]:
    r = math.sqrt(minus_log(2, x))
    if x >> 63:
        r = -r
    a = angle(y)
    z = mul(a, a)
    sine, cosine = SIN[6], COS[6]
    for i in reversed(range(6)):
        sine, cosine = fma(sine, z, SIN[i]), fma(cosine, z, COS[i])
    c, q = mul(r, cosine), mul(r, mul(a, sine))
    return (q, c) if y & 1 else (c, q)


def standard_block(kind: str, words: Sequence[int]) -> list[float]:
    """Turn the words of a block, or of an even number of its first steps, into samples."""
    if kind == "uniform":
        return [unit(x) for x in words]
    if kind == "exponential":
        return [minus_log(1, x) for x in words]
    samples = [0.0] * len(words)
    for j in range(0, len(words), 2 * LANES):
        for i in range(j, j + LANES):
            samples[i], samples[i + LANES] = normal_pair(words[i], words[i + LANES])
    return samples


def standard(kind: str, seed: int, stream: int, block: int) -> list[float]:
    return standard_block(kind, block_words(KIND[kind], seed, stream, block))


def with_parameters(kind: str, parameters: Sequence[float], sample: float) -> float:
    """Turn a standard sample into one of the distribution."""
    if kind == "uniform":
        low, high = parameters
        return uniform(low, high, sample)
    if kind == "normal" and tuple(parameters) != (0.0, 1.0):
        mean, sd = parameters
        sample = fma(sample, sd, mean)
    if kind == "exponential":
        (n, d), (rate_n, rate_d) = sample.as_integer_ratio(), parameters[0].as_integer_ratio()
        sample = rounded(n * rate_d, d * rate_n)
    return no_subnormal(sample)


def uniform(low: float, high: float, u: float) -> float:
    if (low, high) == (0.0, 1.0):
        return u
    if math.isinf(add(high, -low)):
        return 2 * uniform(low / 2, high / 2, u)
    below = low if low == high else math.nextafter(high, -math.inf)
    stand_in = 2.0**-1022 if low > 0 else 0.0 if high > 0 or low == high else -(2.0**-1022)
    return no_subnormal(min(fma(u, add(high, -low), low), below), stand_in)


def sample_at(kind: str, parameters: Sequence[float], seed: int, stream: int, index: int) -> float:
    """Return one sample of a stream."""
    block, j = divmod(index, BLOCK)
    step, lane = divmod(j, LANES)
    generator = xoshiro(lane_state(KIND[kind], seed, stream, block, lane))
    if kind == "normal":
        x, y = islice(generator, step & ~1, (step & ~1) + 2)
        return with_parameters(kind, parameters, normal_pair(x, y)[step & 1])
    word = next(islice(generator, step, None))
    sample = unit(word) if kind == "uniform" else minus_log(1, word)
    return with_parameters(kind, parameters, sample)
