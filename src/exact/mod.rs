//! Exact sums: the superaccumulator, and the block kernel in front of it.
//!
//! Values travel through three tiers, each exact, so results cannot depend on the tier:
//! 1. [`fold`]: blocks are folded into integers at the speed of memory, if their exponents lie close enough;
//! 2. the same with a third fold, for blocks of a wider range;
//! 3. [`bins`]: integer deposits by exponent, for everything else.
//!
//! [`accumulator`] chooses, block by block; [`products`] does the same for dot products, [`integers`] and
//! [`short`] have ways of their own for integers and for a handful of values. All end as exact values, most
//! as the digits of a [`superaccumulator::Superaccumulator`]; to round them is for [`crate::round`]. [`naive`] is the slow and plain
//! version of the same, the oracle of the tests.

pub mod accumulator;
pub mod bins;
pub mod columns;
pub mod dyadic;
pub mod element;
pub mod extract;
pub mod extremes;
pub mod float;
pub mod fold;
pub mod fold_products;
pub mod integers;
pub mod moments;
pub mod naive;
pub mod natural;
pub mod products;
pub mod quantity;
pub mod short;
pub mod sieve;
pub mod span;
pub mod sparse;
pub mod superaccumulator;
pub mod supply;
pub mod window;

pub use accumulator::Accumulator;
pub use element::{Accumulate, Element};
pub use moments::Moments;

/// A caller's `f64` in native byte order, at any address.
///
/// Callers may pass misaligned pointers; a type of alignment 1 keeps every access to their arrays sound.
pub type Unaligned = [u8; 8];

/// The bytes of a slice of `f64`.
pub fn as_unaligned(values: &[f64]) -> &[Unaligned] {
    // SAFETY: [u8; 8] has the size of f64, a smaller alignment, and no invalid bit patterns.
    unsafe { std::slice::from_raw_parts(values.as_ptr().cast(), values.len()) }
}
