//! Random numbers that do not depend on who draws them: value i of (distribution, seed, stream) is a pure
//! function.
//!
//! | module | concept |
//! |---|---|
//! | [`philox`] | the counter-based generator under everything |
//! | [`xoshiro`], [`lanes`] | bulk bits: eight generators side by side, seeded by Philox for each block |
//! | [`samples`] | what is made of them: the samples of a block, under way |
//! | [`uniform`], [`normal`], [`exponential`] | transforms of these bits, by [`log`] and [`sincospi`] |
//! | [`bulk`] | whole blocks of those three, on every instruction set |
//! | [`fused`] | the same, described as they are made, where a register holds eight lanes |
//! | [`family`] | all other distributions, sample by sample |
//! | [`sampler`] | a distribution with its parameters, checked |
//! | [`subnormals`] | what a sample is that would be subnormal |
//! | [`generate`] | any part of a stream, stored or reduced, on the pool |
//!
//! docs/random.md defines the numbers, bit for bit.

use crate::error::{Error, PAREXACT_ERROR_SIZE_OVERFLOW, Result};
use crate::unsigned::Unsigned;

pub mod bulk;
pub mod exponential;
pub mod family;
pub mod fused;
pub mod generate;
pub mod lanes;
pub mod log;
pub mod normal;
pub mod philox;
pub mod sampler;
pub mod samples;
pub mod sincospi;
pub mod subnormals;
#[cfg(test)]
mod tests;
pub mod uniform;
pub mod xoshiro;

pub use sampler::Sampler;

/// Uniform in [low, high); always low if both are equal.
pub const PAREXACT_DIST_UNIFORM: i32 = 0;
/// Normal: mean, sd. Always the mean if sd is 0.
pub const PAREXACT_DIST_NORMAL: i32 = 1;
/// Exponential: rate.
pub const PAREXACT_DIST_EXPONENTIAL: i32 = 2;
/// Lognormal: mu, sigma, the mean and standard deviation of the logarithm. sigma may be 0.
pub const PAREXACT_DIST_LOGNORMAL: i32 = 3;
/// Gamma: shape, scale. Always 0 if the scale is 0.
pub const PAREXACT_DIST_GAMMA: i32 = 4;
/// Beta: a, b.
pub const PAREXACT_DIST_BETA: i32 = 5;
/// Chi-squared: df, degrees of freedom.
pub const PAREXACT_DIST_CHI_SQUARED: i32 = 6;
/// Student's t: df.
pub const PAREXACT_DIST_STUDENT_T: i32 = 7;
/// Fisher's F: df1, df2.
pub const PAREXACT_DIST_FISHER_F: i32 = 8;
/// Weibull: scale, shape. Always 0 if the scale is 0.
pub const PAREXACT_DIST_WEIBULL: i32 = 9;
/// Cauchy: median, scale. Always the median if the scale is 0.
pub const PAREXACT_DIST_CAUCHY: i32 = 10;
/// Triangular, in [low, high]: low, high, mode. All three may be equal.
pub const PAREXACT_DIST_TRIANGULAR: i32 = 11;
/// Poisson: mean, up to 2^53. Values above 2^53 are rounded to doubles.
pub const PAREXACT_DIST_POISSON: i32 = 12;
/// Binomial: n, p.
pub const PAREXACT_DIST_BINOMIAL: i32 = 13;
/// Geometric: p; counts trials up to and including the first success, 1, 2, …, as NumPy does.
pub const PAREXACT_DIST_GEOMETRIC: i32 = 14;
/// Integers low, low + 1, … below high, all equally likely. Both bounds lie in [-2^53, 2^53], where every
/// integer is a double.
pub const PAREXACT_DIST_INTEGER: i32 = 15;

/// A distribution and its parameters.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distribution {
    /// One of PAREXACT_DIST_*.
    pub kind: i32,
    /// Must be 0.
    pub reserved: i32,
    /// The distribution's parameters in the order given there; those it has no use for are ignored.
    pub parameter: [f64; 3],
}

impl Distribution {
    /// What the workshop's job draws.
    pub fn standard_normal() -> Self {
        Self {
            kind: PAREXACT_DIST_NORMAL,
            reserved: 0,
            parameter: [0.0, 1.0, 0.0],
        }
    }
}

/// What the third word of a Philox counter sets apart, beside the kind of distribution: bits 32 and up of it.
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

/// A part of a stream, checked: `count` samples from `offset` on.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// Seed and stream.
    pub key: [u64; 2],
    /// Index of the first sample.
    pub offset: u64,
    /// How many.
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
