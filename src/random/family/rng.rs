//! The generator of one sample: Philox words addressed by the sample's index.

use std::convert::Infallible;

use rand::TryRng;

use crate::random::philox::{self, Domain};

/// The distance between neighbouring uniform samples.
const STEP: f64 = 1.0 / (1u64 << 53) as f64;

/// The words of one sample: Philox4x64-10 under the key (seed, stream), at the counters (index, 0, 1, 2, …).
///
/// The third counter word holds domain and kind, so that no two laws share words. 2^64 blocks cannot be used
/// up.
#[derive(Debug, Clone)]
pub struct SampleRng {
    key: [u64; 2],
    counter: [u64; 4],
    block: [u64; 4],
    used: usize,
}

impl SampleRng {
    /// The generator of sample `index` of a distribution's stream.
    #[inline]
    pub fn new(key: [u64; 2], kind: i32, index: u64) -> Self {
        Self {
            key,
            counter: [index, 0, Domain::Sample.word(kind), 0],
            block: [0; 4],
            used: 4,
        }
    }

    /// The next 64 random bits.
    #[inline]
    pub fn word(&mut self) -> u64 {
        if self.used == 4 {
            self.block = philox::block(self.key, self.counter);
            self.counter[1] = self.counter[1].wrapping_add(1);
            self.used = 0;
        }
        let word = self.block[self.used];
        self.used += 1;
        word
    }

    /// Uniform on [0, 1), in steps of 2^-53.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 * STEP
    }

    /// Uniform on (0, 1): the odd multiples of 2^-53.
    #[inline]
    pub fn open_unit(&mut self) -> f64 {
        (self.word() >> 11 | 1) as f64 * STEP
    }
}

impl TryRng for SampleRng {
    type Error = Infallible;

    /// The lower half of a word; the upper half is dropped, so that no half of a word has to be kept.
    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.word() as u32)
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.word())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.word().to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, RngExt};

    #[test]
    fn words_come_block_by_block() {
        let mut rng = SampleRng::new([1, 2], 5, 3);
        for number in 0..3 {
            let block = philox::block([1, 2], [3, number, 1 << 32 | 5, 0]);
            assert_eq!([0; 4].map(|_: i32| rng.word()), block);
        }
    }

    #[test]
    fn rand_sees_the_same_words() {
        let mut words = SampleRng::new([1, 2], 5, 3);
        let mut rng = words.clone();
        assert_eq!(rng.next_u64(), words.word());
        assert_eq!(rng.next_u32(), words.word() as u32);
        assert_eq!(rng.random::<f64>(), words.unit());
        let mut bytes = [0; 11];
        rng.fill_bytes(&mut bytes);
        assert_eq!(bytes[..8], words.word().to_le_bytes());
        assert_eq!(bytes[8..], words.word().to_le_bytes()[..3]);
        assert_eq!(rng.next_u64(), words.word());
    }
}
