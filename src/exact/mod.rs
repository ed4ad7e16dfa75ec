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

pub mod accumulate;
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
pub mod unaligned;
pub mod window;

#[cfg(test)]
mod tests;

pub use accumulate::Accumulate;
pub use accumulator::Accumulator;
pub use element::Element;
pub use moments::Moments;
pub use unaligned::{Unaligned, as_unaligned};
