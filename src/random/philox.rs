//! Philox4x64-10, a generator whose output is a function of key and counter alone (Salmon, Moraes, Dror,
//! Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011).

use super::lanes::LANES;

/// What the words of a Philox counter are used for. The number is in bits 32 and up of the counter's third
/// word, below it the kind of distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// States of the bulk generators; counter (block, lane, ·, 0).
    Lanes = 0,
    /// Words of a sample's own generator; counter (sample, group of four words, ·, 0).
    Sample = 1,
}

impl Domain {
    /// The counter's third word.
    pub const fn word(self, kind: i32) -> u64 {
        (self as u64) << 32 | kind as u64
    }
}

const MULTIPLIERS: [u64; 2] = [0xd2e7_470e_e14c_6c93, 0xca5a_8263_9512_1157];
/// What each round adds to the key: the fractional parts of the golden ratio and of √3.
const WEYL: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xbb67_ae85_84ca_a73b];
const ROUNDS: usize = 10;

/// Counters whose rounds are computed together, so that their multiplications overlap; more would not fit the
/// registers.
const COUNTERS_TOGETHER: usize = 2;

/// The four words of each counter.
#[inline(always)]
fn blocks<const N: usize>(mut key: [u64; 2], mut counters: [[u64; 4]; N]) -> [[u64; 4]; N] {
    for _ in 0..ROUNDS {
        for c in &mut counters {
            let a = u128::from(MULTIPLIERS[0]) * u128::from(c[0]);
            let b = u128::from(MULTIPLIERS[1]) * u128::from(c[2]);
            *c = [
                (b >> 64) as u64 ^ c[1] ^ key[0],
                b as u64,
                (a >> 64) as u64 ^ c[3] ^ key[1],
                a as u64,
            ];
        }
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    counters
}

/// The four words of a counter.
pub fn block(key: [u64; 2], counter: [u64; 4]) -> [u64; 4] {
    blocks(key, [counter])[0]
}

/// The state of eight xoshiro generators, as `[word][lane]`.
pub type LaneStates = [[u64; LANES]; 4];

/// The states for a block of samples: lane l has the words of counter (block, l, kind and domain, 0).
pub fn lane_states(key: [u64; 2], block: u64, kind: i32) -> LaneStates {
    let mut states = [[0; LANES]; 4];
    for first in (0..LANES).step_by(COUNTERS_TOGETHER) {
        let counter = |l: usize| [block, (first + l) as u64, Domain::Lanes.word(kind), 0];
        let words = blocks(key, std::array::from_fn::<_, COUNTERS_TOGETHER, _>(counter));
        for (l, words) in words.iter().enumerate() {
            for (word, x) in states.iter_mut().zip(words) {
                word[first + l] = *x;
            }
            // xoshiro never leaves the state 0, which would come once in 2^256.
            if *words == [0; 4] {
                states[0][first + l] = WEYL[0];
            }
        }
    }
    states
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The known answers of Random123 1.14, tests/kat_vectors, `philox4x64 10`.
    #[test]
    fn known_answers() {
        let ones = [u64::MAX; 4];
        assert_eq!(
            block([0; 2], [0; 4]),
            [
                0x16554d9eca36314c,
                0xdb20fe9d672d0fdc,
                0xd7e772cee186176b,
                0x7e68b68aec7ba23b
            ]
        );
        assert_eq!(
            block([u64::MAX; 2], ones),
            [
                0x87b092c3013fe90b,
                0x438c3c67be8d0224,
                0x9cc7d7c69cd777b6,
                0xa09caebf594f0ba0
            ]
        );
        assert_eq!(
            block(
                [0x452821e638d01377, 0xbe5466cf34e90c6c],
                [
                    0x243f6a8885a308d3,
                    0x13198a2e03707344,
                    0xa4093822299f31d0,
                    0x082efa98ec4e6c89
                ]
            ),
            [
                0xa528f45403e61d95,
                0x38c72dbd566e9788,
                0xa5a1610e72fd18b5,
                0x57bd43b5e52b7fe6
            ]
        );
    }
}
