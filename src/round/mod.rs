//! From exact values to the doubles that users see: results are rounded here only, and the effects of NaNs
//! and infinities on them are decided here only.
//!
//! | module | concept |
//! |---|---|
//! | [`rational`] | quotients of exact values and their square roots, rounded to nearest, ties to even |
//! | [`statistics`] | sum, mean, variance and the others as formulas in exact values |
//! | [`special`] | the effects of NaNs and infinities on a result |

pub mod rational;
pub mod special;
pub mod statistics;

#[cfg(test)]
mod tests;
