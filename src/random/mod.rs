//! Random numbers that do not depend on who draws them: value i of (distribution, seed, stream) is a pure
//! function.
//!
//! | module | concept |
//! |---|---|
//! | [`philox`] | the counter-based generator under everything |
//! | [`xoshiro`], [`lanes`] | bulk bits: eight generators side by side, seeded by Philox for each block |
//! | [`samples`] | what is made of these bits: the samples of a block, in order |
//! | [`uniform`], [`normal`], [`exponential`] | transforms of these bits, by [`log`] and [`sincospi`] |
//! | [`bulk`] | whole blocks of those three, on every instruction set |
//! | [`fused`] | blocks that are described as they are made, where a register holds eight lanes |
//! | [`family`] | all other distributions, sample by sample |
//! | [`distribution`] | the kinds of distributions, and a distribution as the caller describes it |
//! | [`parameters`] | what the parameters of each kind must be |
//! | [`sampler`] | a distribution, checked and ready to draw from |
//! | [`subnormals`] | what a sample is that would be subnormal |
//! | [`generate`] | any part of a stream, stored or reduced, on the pool |
//!
//! docs/random.md defines the numbers, bit for bit.

use crate::error::{Error, PAREXACT_ERROR_SIZE_OVERFLOW, Result};
use crate::unsigned::Unsigned;

pub mod bulk;
pub mod distribution;
pub mod exponential;
pub mod family;
pub mod fused;
pub mod generate;
pub mod lanes;
pub mod log;
pub mod normal;
pub mod parameters;
pub mod philox;
pub mod sampler;
pub mod samples;
pub mod sincospi;
pub mod subnormals;
#[cfg(test)]
mod tests;
pub mod uniform;
pub mod xoshiro;

pub use distribution::{Distribution, Kind};

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

/// A part of a stream: `count` samples from `offset` on, which end below 2^64.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// Seed and stream.
    pub key: [u64; 2],
    /// Index of the first sample.
    pub offset: u64,
    /// The number of samples.
    pub count: u64,
}

impl Part {
    /// Refuses a part that does not end below 2^64.
    pub fn new(seed: u64, stream: u64, offset: u64, count: u64) -> Result<Self> {
        if offset.checked_add(count).is_none() {
            let [offset, n] = [offset, count].map(Unsigned);
            return Err(Error::new(
                PAREXACT_ERROR_SIZE_OVERFLOW,
                format!("offset is {offset} and n is {n}; their sum must be below 2^64"),
            ));
        }
        Ok(Self {
            key: [seed, stream],
            offset,
            count,
        })
    }
}
