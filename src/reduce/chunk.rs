//! How many values a thread takes at a time.

/// Values that a thread takes at a time: 512 KiB of doubles, which take tens of microseconds.
pub const VALUES_IN_CHUNK: usize = 1 << 16;

/// Fewer values than this are not worth a second thread, which takes some 50 µs to wake up.
const WORTH_THREADS: usize = 1 << 19;

/// How many of `values` values make a chunk: all of them where a second thread does not pay. Where there are
/// many, chunks are up to four times larger, because each one interrupts the stream from memory: with the
/// smaller ones a sum of 5·10⁷ values on two threads took 2 to 7 % longer.
pub fn chunk(values: usize) -> usize {
    if values < WORTH_THREADS {
        values
    } else {
        (values / 64).clamp(VALUES_IN_CHUNK, 4 * VALUES_IN_CHUNK)
    }
}
