//! How many values a thread takes at a time.

/// Values that a thread takes at a time where there are many: 512 KiB of doubles, which take tens of
/// microseconds.
pub const VALUES_IN_CHUNK: usize = 1 << 16;

/// The least values in a chunk, several microseconds of work: so much may be left to one thread while the
/// others have finished.
const LEAST: usize = 1 << 14;

/// All chunks but the last one are multiples of this: vectors stay aligned, and blocks whole.
const MULTIPLE: usize = 1 << 10;

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
    few.max(many).next_multiple_of(MULTIPLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_are_not_cut_and_many_are_cut_into_enough_chunks() {
        for values in [0, 1, 1000, WORTH_CUTTING - 1] {
            assert_eq!(chunk(values), values);
        }
        for values in [
            WORTH_CUTTING,
            100_000,
            300_001,
            1 << 19,
            1_000_000,
            5_000_000,
            usize::MAX,
        ] {
            let chunk = chunk(values);
            assert!(
                (LEAST..=4 * VALUES_IN_CHUNK).contains(&chunk) && chunk.is_multiple_of(MULTIPLE)
            );
            assert!(
                values.div_ceil(chunk) >= (values / LEAST).min(15),
                "{values} by {chunk}"
            );
        }
    }
}
