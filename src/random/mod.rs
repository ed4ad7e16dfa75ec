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
//! | [`draw`] | samples of it: stored, or added to an accumulator |
//! | [`part`] | a part of a stream |
//! | [`subnormals`] | what a sample is that would be subnormal |
//! | [`generate`] | any part of a stream, stored or reduced, on the pool |
//!
//! docs/random.md defines the numbers, bit for bit.

pub mod bulk;
pub mod distribution;
pub mod draw;
pub mod exponential;
pub mod family;
pub mod fused;
pub mod generate;
pub mod lanes;
pub mod log;
pub mod normal;
pub mod parameters;
pub mod part;
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
pub use part::Part;
