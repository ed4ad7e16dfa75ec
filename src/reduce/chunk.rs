//! How many values a thread takes at a time.

/// Values that a thread takes at a time where there are many: 512 KiB of doubles, which take tens of
/// microseconds.
pub const VALUES_IN_CHUNK: usize = 1 << 16;

/// The least values in a chunk, a few microseconds of work: so much may be left to one thread while the others
/// have finished.
const LEAST: usize = 1 << 13;

/// Fewer values than this make one chunk: no worker wakes up while they are reduced.
const WORTH_CUTTING: usize = 1 << 15;

/// How many of `values` values make a chunk. Where there are many, chunks are up to four times larger than
/// [`VALUES_IN_CHUNK`], because each one interrupts the stream from memory: with the smaller ones a sum of
/// 5·10⁷ values on two threads took 2 to 7 % longer.
pub fn chunk(values: usize) -> usize {
    if values < WORTH_CUTTING {
        return values;
    }
    let few = (values / 16).clamp(LEAST, VALUES_IN_CHUNK);
    let many = (values / 64).min(4 * VALUES_IN_CHUNK);
    few.max(many)
}
