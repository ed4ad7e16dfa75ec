//! Vectors of 64-bit lanes on any CPU: one trait, one list of instruction sets, one place that chooses.
//!
//! | module | concept |
//! |---|---|
//! | [`vector`] | what a kernel can do with vectors: the traits |
//! | [`instruction_set`] | the list: detected, chosen, dispatched and reported from here |
//! | `x86_64` | AVX2 and AVX-512 |
//! | [`portable`] | plain Rust, which every CPU runs |
//! | [`wide`] | two vectors of any of these, side by side |
//!
//! A [`Kernel`] is written once, generic over [`Simd`], and [`InstructionSet::run`] compiles it for each
//! instruction set. A value of a [`Simd`] type exists only where the CPU has its instructions, and vectors
//! come only from such values; so operations on vectors are safe. What remains unsafe is to read and write
//! memory by pointer.
//!
//! All operations are exact on integers, or those that IEEE 754 defines to the bit, so that results are the
//! same on every instruction set.

pub mod instruction_set;
pub mod portable;
pub mod prefetch;
pub mod vector;
pub mod wide;
#[cfg(target_arch = "x86_64")]
pub mod x86_64;

pub use instruction_set::{InstructionSet, in_force};
pub use prefetch::prefetch;
pub use vector::{F64s, Kernel, LeastNonzero, MAX_LANES, Simd, Tables, U64s, opaque};
pub use wide::Wide;
