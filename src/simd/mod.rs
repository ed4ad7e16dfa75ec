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
pub mod vector;
pub mod wide;
#[cfg(target_arch = "x86_64")]
pub mod x86_64;

pub use instruction_set::{InstructionSet, in_force};
pub use vector::{F64s, LeastNonzero, Simd, Tables, U64s, opaque};
pub use wide::Wide;

/// No vector has more lanes.
pub const MAX_LANES: usize = 8;

/// Code that is compiled for every instruction set.
///
/// `run` is to be marked `#[inline(always)]`, and so are the functions that it calls: only what is inlined
/// into the function that enables the instructions may use them. Closures need not be inlined, and are better
/// avoided there.
pub trait Kernel {
    /// What it computes.
    type Output;

    /// Computes it. Loops without vectors are for the compiler to vectorise, and ignore `simd`.
    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

/// Asks the memory for the cache line of any address, mapped or not.
#[inline(always)]
pub fn prefetch(at: *const u8) {
    #[cfg(target_arch = "x86_64")]
    x86_64::prefetch(at);
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}
