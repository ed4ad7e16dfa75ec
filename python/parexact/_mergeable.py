"""What states and summaries have in common: words that may be kept, sent, and merged in any order."""

from __future__ import annotations

import os
import threading
from ctypes import byref, c_uint64, sizeof
from typing import Any, ClassVar, TypeVar

import numpy as np
import numpy.typing as npt

from parexact._errors import check

M = TypeVar("M", bound="Mergeable")

#: The word that counts values.
_COUNT = 1

#: Taken for each step that reads or writes words. Such a step takes some microseconds, so that one lock
#: serves all states and summaries, two at a time without a thought about their order. The holder may take it
#: again: a signal handler may use the state that the code under it is about to use.
_lock = threading.RLock()


def _renew_lock() -> None:
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)


class Mergeable:
    """Exact sums of a set of values, in words that merge to those of the whole, bit for bit, in any order."""

    __hash__ = None  # type: ignore[assignment]

    #: The structure of the words, and the C functions for it.
    _Struct: ClassVar[Any]
    _c_merge: ClassVar[Any]
    _c_fingerprint: ClassVar[Any]
    _c_mpi_merge: ClassVar[Any]
    #: Objects with the same number here merge: 0 for states, or the kind of a summary.
    _kind: ClassVar[int]
    #: What one is called where its bytes are counted.
    _noun: ClassVar[str]
    #: The word in which a merge that cannot return a status leaves it.
    _ERROR: ClassVar[int]

    _struct: Any

    @classmethod
    def _empty(cls) -> Any:
        """Return the words of no values."""
        raise NotImplementedError

    def _is_like(self, other: object) -> bool:
        return isinstance(other, Mergeable) and other._kind == self._kind

    def _call(self, function: Any, *arguments: Any) -> None:
        """Call a C function for the words, which nobody changes meanwhile."""
        with _lock:
            check(function(byref(self._struct), *arguments))

    def merge(self: M, other: M) -> M:
        """Add the values of another one of the same kind, and return this one. It costs some microseconds.

        Raises
        ------
        TypeError
            If `other` is not of the same kind.
        ValueError
            If the words of one of them are damaged, or there would be 2**63 values or more.
        """
        if not self._is_like(other):
            name, given = type(self).__name__, type(other).__name__
            raise TypeError(f"other must be a {name}, not {given}; update adds values")
        self._merge_struct(other._struct)
        return self

    def _merge_struct(self, struct: Any) -> None:
        self._call(self._c_merge, byref(struct))

    def __add__(self: M, other: Any) -> M:
        if self._is_like(other):
            return self._copy().merge(other)
        return NotImplemented

    def __radd__(self: M, other: Any) -> M:
        # `sum` begins with 0.
        if isinstance(other, int) and other == 0:
            return self._copy()
        return NotImplemented

    def __iadd__(self: M, other: Any) -> M:
        if self._is_like(other):
            return self.merge(other)
        return NotImplemented

    @classmethod
    def _of_struct(cls: type[M], struct: Any) -> M:
        made = cls.__new__(cls)
        made._struct = struct
        return made

    def _copy(self: M) -> M:
        return self._of_struct(self._canonical())

    def _canonical(self) -> Any:
        """Return a copy of the words in canonical form; ValueError if they are damaged."""
        copy = self._empty()
        with _lock:
            check(self._c_merge(byref(copy), byref(self._struct)))
        return copy

    def fingerprint(self) -> str:
        """Return 32 hexadecimal digits, XXH3-128 of the canonical bytes. Equal ones have equal
        fingerprints."""
        halves = (c_uint64 * 2)()
        self._call(self._c_fingerprint, halves)
        return f"{halves[1]:016x}{halves[0]:016x}"

    # -- The words

    @property
    def words(self) -> npt.NDArray[np.int64]:
        """The words, an array of int64 that is the object's own memory.

        docs/state-format.md says what they mean, and how engines that add integers merge them. The memory is
        not locked: nobody else may use the object while they are changed.
        """
        return words_of(self._struct)

    def __bytes__(self) -> bytes:
        """Return the canonical words as little-endian bytes."""
        return words_of(self._canonical()).astype("<i8").tobytes()

    @classmethod
    def from_bytes(cls: type[M], b: Any) -> M:
        """Return what ``bytes(...)`` of one gave, as an object again.

        Raises
        ------
        TypeError
            If `b` is not bytes, or something like them.
        ValueError
            If there are not as many as there must be, or no set of values can have these words. Other damage
            goes unnoticed: there is no checksum. Keep `fingerprint` beside what is stored, and compare.
        """
        data = memoryview(b).tobytes()
        size = sizeof(cls._Struct)
        if len(data) != size:
            raise ValueError(f"a {cls._noun} has {size} bytes, not {len(data)}")
        given = cls._Struct.from_buffer_copy(np.frombuffer(data, "<i8").astype(np.int64).tobytes())
        made = cls._of_struct(cls._empty())
        made._merge_struct(given)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_bytes, (bytes(self),)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mergeable):
            return NotImplemented
        return self._is_like(other) and bytes(self._canonical()) == bytes(other._canonical())

    def __repr__(self) -> str:
        return f"<parexact.{type(self).__name__} of {int(self.words[_COUNT])} values>"


def words_of(struct: Any) -> npt.NDArray[np.int64]:
    """Return the words of a structure, a view of its memory."""
    return np.frombuffer(memoryview(struct).cast("B"), np.int64)
