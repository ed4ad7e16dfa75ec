//! How many values a thread takes at a time.

/// Values that a thread takes at a time: 512 KiB of doubles, tens of microseconds.
pub const CHUNK: usize = 1 << 16;

/// Fewer values than this are not worth a second thread, which takes some 50 µs to wake up.
const WORTH_THREADS: usize = 1 << 19;

/// The chunk for so many values: all of them if they are few, and larger ones if they are many: each chunk
/// interrupts the stream from memory (2 to 7 % of a sum of 5·10⁷ on two threads, with chunks of the smaller
/// size).
pub fn chunk(values: usize) -> usize {
    if values < WORTH_THREADS {
        values
    } else {
        (values / 64).clamp(CHUNK, 4 * CHUNK)
    }
}
