//! Exact sums: superaccumulators, and the block kernels in front of them.
//!
//! Values travel through three tiers, each exact, so results cannot depend on the tier:
//! 1. [`fold`] with two folds sums blocks at the speed of memory, if their exponents lie close enough;
//! 2. [`fold`] with three folds sums blocks of a wider range;
//! 3. [`bins`] takes everything else: it adds significands as integers, by exponent.
//!
//! | module | concept |
//! |---|---|
//! | [`quantity`] | what a reduction gathers: types that kernels and accumulators are compiled for |
//! | [`accumulate`] | the trait of all accumulators |
//! | [`accumulator`] | the accumulator of doubles: chooses the tier, block by block |
//! | [`products`] | the accumulator of dot products |
//! | [`integers`] | the accumulator of integers |
//! | [`element`], [`recoded`] | the element types of arrays, and which accumulator takes each; types in other bytes |
//! | [`collect`] | the traits of sums of pairs |
//! | [`shape`], [`pair`], [`weighted`] | sums to the fourth power, of pairs, of weighted values |
//! | [`number`] | a value of any type of elements |
//! | [`short`] | exact moments in a few words |
//! | [`small`] | small vectors, in two passes over the nearest cache |
//! | [`supply`] | where an accumulator takes values from |
//! | [`extract`], [`sums`] | error-free extraction, with the proof of its bounds; of all quantities |
//! | [`fold`], [`fold_products`], [`columns`] | kernels: along memory, of products, across rows |
//! | [`blocking`] | how kernels divide values into blocks |
//! | [`lanes`] | sums of few values, eight results at a time |
//! | [`window`] | which bits the folds hold, and which blocks fit them |
//! | [`range`], [`sieve`] | the range of the values that a kernel takes; those that it leaves out |
//! | [`span`] | the range of a block that the kernel declined |
//! | [`bins`], [`powers`], [`weighted_squares`] | sums by exponent, for values of any range |
//! | [`superaccumulator`] | a sum as an integer that covers the whole range of exponents |
//! | [`moments`], [`extremes`] | the exact moments of values: counts, Σx, Σx², minimum and maximum |
//! | [`dyadic`], [`natural`], [`big`] | arithmetic of exact values, and of those of any length |
//! | [`zeroed`] | large values in boxes, which bins are |
//! | [`float`], [`unaligned`] | the binary64 format; doubles at any address |
//! | `naive` | the slow and plain version of [`accumulator`], the oracle of the tests |
//!
//! Every accumulator ends as exact values; [`crate::round`] rounds them.

pub mod accumulate;
pub mod accumulator;
pub mod big;
pub mod bins;
pub mod blocking;
pub mod collect;
pub mod columns;
pub mod dyadic;
pub mod element;
pub mod extract;
pub mod extremes;
pub mod float;
pub mod fold;
pub mod fold_products;
pub mod integers;
pub mod lanes;
pub mod moments;
#[cfg(test)]
pub mod naive;
pub mod natural;
pub mod number;
pub mod pair;
pub mod powers;
pub mod products;
pub mod quantity;
pub mod range;
pub mod recoded;
pub mod shape;
pub mod short;
pub mod sieve;
pub mod small;
pub mod span;
pub mod sums;
pub mod superaccumulator;
pub mod supply;
pub mod unaligned;
pub mod weighted;
pub mod weighted_squares;
pub mod window;
pub mod zeroed;

#[cfg(test)]
mod tests;

pub use accumulate::Accumulate;
pub use accumulator::Accumulator;
pub use element::Element;
pub use moments::Moments;
pub use unaligned::{Unaligned, as_unaligned};
