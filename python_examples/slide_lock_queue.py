"""The workshop's `Lock` and `Queue`, between callbacks on the library's threads and Python's own.

Lock: workers append to one file, each entry in several writes. Without a lock entries get mixed up.
Queue: workers send messages to the master, which reads them while they work, in the order in which
they come. As on the slides, the same lock and the same queue are passed to all workers.

    .venv/bin/python python_examples/slide_lock_queue.py
"""

from __future__ import annotations

import needs  # noqa: F401
import tempfile
import time
from ctypes import Structure, byref, c_double, c_int64
from typing import Any, TextIO

import numpy as np
from callbacks import Background, Guarded
from raw import CLOSED, TIMEOUT, MapFunction, check, lib, lock, pool, queue, records

WORKERS = 4
ENTRIES = 200


# --- Lock ------------------------------------------------------------------------------------


class Diary:
    """A file that many write to: the resource that only one should use at a time."""

    def __init__(self, file: TextIO, exclusive: Any) -> None:
        self.file = file
        self.exclusive = exclusive

    def write(self, item: int, *_: object) -> None:
        """Write an entry, piece by piece; called by the library with the address of its number."""
        number = c_int64.from_address(item).value
        if self.exclusive:
            check(lib.parexact_lock_acquire(self.exclusive, -1))  # as long as it takes
        try:
            for piece in ("entry ", f"{number:>3} ", "is written\n"):
                self.file.write(piece)
                self.file.flush()
                time.sleep(0)  # others may come in between
        finally:
            if self.exclusive:
                check(lib.parexact_lock_release(self.exclusive))


def entries_in_order(workers: Any, exclusive: Any) -> int:
    """Let the workers write, and return how many entries are in one piece."""
    numbers = np.arange(ENTRIES)
    with tempfile.TemporaryFile("w+", encoding="ascii") as file:
        write = Guarded(MapFunction, Diary(file, exclusive).write)
        write.finish(
            lib.parexact_map(
                *(workers, write.pointer, None, *records(numbers), None, 0, ENTRIES, 1)
            )
        )
        file.seek(0)
        written = set(file.read().splitlines())
    return len(written & {f"entry {number:>3} is written" for number in numbers})


def show_lock(workers: Any) -> None:
    """Write without a lock, and with one."""
    print(f"Lock: {ENTRIES} entries by {WORKERS} workers")
    print(f"  without a lock {entries_in_order(workers, None)} are in one piece")
    exclusive = lock()
    check(lib.parexact_lock_new(byref(exclusive)))
    print(f"  with a lock {entries_in_order(workers, exclusive)} are in one piece")
    lib.parexact_lock_free(exclusive)


# --- Queue -----------------------------------------------------------------------------------


class Message(Structure):
    """What a worker sends: a queue's items are records of fixed size."""

    sample: int
    mean: float
    _fields_ = [("sample", c_int64), ("mean", c_double)]


class Sender:
    """A worker's side."""

    def __init__(self, messages: Any) -> None:
        self.messages = messages

    def work(self, item: int, *_: object) -> None:
        """Compute something, and send it: `put`."""
        sample = c_int64.from_address(item).value
        time.sleep(0.002 * (sample % 3))  # some take longer
        mean = float(np.random.default_rng(sample).normal(10, 1, 1000).mean())
        message = Message(sample, mean)
        check(lib.parexact_queue_put(self.messages, byref(message), -1))


def show_queue(workers: Any, background: Background) -> None:
    """Start the workers, and get their messages meanwhile."""
    samples = np.arange(12)
    messages = queue()
    check(lib.parexact_queue_new(4, 16, byref(messages)))  # full, it lets the workers wait
    message = Message()

    print(f"Queue: messages of {WORKERS} workers about {len(samples)} samples")
    assert lib.parexact_queue_get(messages, 0, byref(message)) == TIMEOUT  # does not block

    work = Guarded(MapFunction, Sender(messages).work)
    job = background.start(
        *(lib.parexact_map_async, workers, work.pointer, None),
        *(*records(samples), None, 0, len(samples), 1),
    )
    try:
        for place in range(len(samples)):
            check(lib.parexact_queue_get(messages, 10, byref(message)))  # blocks until there is one
            print(f"  {place + 1:>2}. sample {message.sample:>2} has mean {message.mean:.3f}")
    finally:
        # Says that there is no more, and wakes everybody: no worker waits after a failure here.
        check(lib.parexact_queue_close(messages))
    work.finish(lib.parexact_job_wait(job, -1))
    assert lib.parexact_queue_get(messages, -1, byref(message)) == CLOSED
    lib.parexact_queue_free(messages)


def main() -> None:
    """Show the lock, then the queue."""
    workers = pool()
    check(lib.parexact_pool_new(WORKERS, byref(workers)))
    background = Background()
    show_lock(workers)
    show_queue(workers, background)
    background.close()
    lib.parexact_pool_free(workers)


if __name__ == "__main__":
    main()
