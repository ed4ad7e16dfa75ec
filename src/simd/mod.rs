//! Vectors of 64-bit lanes on any CPU: one trait, one list of instruction sets, one place that chooses.
//!
//! | module | concept |
//! |---|---|
//! | [`vector`] | the traits of kernels, instruction sets and vectors |
//! | [`instruction_set`] | the list of instruction sets, which detection, choice, dispatch and reports use |
//! | `x86_64` | AVX2 and AVX-512 |
//! | [`portable`] | vectors in plain Rust, for every CPU |
//! | [`wide`] | vectors of twice as many lanes, as pairs |
//! | [`prefetch`](mod@prefetch) | prefetching outside of kernels |
//!
//! A [`Kernel`] is written once, generic over [`Simd`], and [`InstructionSet::run`] compiles it for each
//! instruction set. A value of a [`Simd`] type exists only where the CPU has its instructions, and vectors
//! come only from such values; so operations on vectors are safe. Only reading and writing memory by pointer
//! is unsafe.
//!
//! All operations are exact on integers, or defined by IEEE 754 to the bit, so that results are the same on
//! every instruction set.

pub mod instruction_set;
pub mod portable;
pub mod prefetch;
#[cfg(test)]
mod tests;
pub mod vector;
pub mod wide;
#[cfg(target_arch = "x86_64")]
pub mod x86_64;

pub use instruction_set::{InstructionSet, in_force};
pub use portable::widened_half;
pub use prefetch::prefetch;
pub use vector::{F32s, F64s, Kernel, LeastNonzero, MAX_LANES, Simd, Tables, U64s, opaque};
pub use wide::Wide;
