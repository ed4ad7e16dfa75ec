"""The workshop's `Lock` and `Queue`, with the package; beside the raw `../slide_lock_queue.py`.

Lock: workers append to one file, each entry in several writes; `with lock:` keeps entries in one
piece. Queue: workers send messages to the master, which reads them while they work.

    .venv/bin/python python_examples/package/slide_lock_queue.py
"""

from __future__ import annotations

import tempfile
import time

import numpy as np
import parexact

WORKERS = 4
ENTRIES = 200


def show_lock(pool: parexact.Pool) -> None:
    """Let the workers write to one file."""
    lock = parexact.Lock()
    with tempfile.TemporaryFile("w+", encoding="ascii") as file:

        def write(number: int) -> None:
            with lock:
                for piece in ("entry ", f"{number:>3} ", "is written\n"):
                    file.write(piece)
                    file.flush()
                    time.sleep(0)  # others may come in between

        pool.map(write, range(ENTRIES), chunksize=1)
        file.seek(0)
        written = sorted(file.read().splitlines())
    whole = written == [f"entry {number:>3} is written" for number in range(ENTRIES)]
    print(f"Lock: {ENTRIES} entries by {WORKERS} workers, all in one piece: {whole}")

    with lock:
        try:
            lock.acquire()  # could never end
        except parexact.DeadlockError as error:
            print("DeadlockError:", error)


def show_queue(pool: parexact.Pool) -> None:
    """Start the workers, and get their messages meanwhile."""
    queue = parexact.Queue(4)  # full, it lets the workers wait

    def work(sample: int) -> None:
        mean = parexact.mean(np.random.default_rng(sample).normal(10, 1, 1000))
        queue.put((sample, mean))

    result = pool.map_async(work, range(12), chunksize=1)
    print("Queue: messages about 12 samples")
    for place in range(12):
        sample, mean = queue.get(timeout=10)
        print(f"  {place + 1:>2}. sample {sample:>2} has mean {mean:.3f}")
    result.get()
    queue.close()


def main() -> None:
    """Show the lock, then the queue."""
    with parexact.Pool(WORKERS) as pool:
        show_lock(pool)
        show_queue(pool)


if __name__ == "__main__":
    main()
