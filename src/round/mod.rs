//! From exact values to the doubles that users see: the only place where results are rounded, and where it is
//! decided what NaNs and infinities make of them.
//!
//! | module | concept |
//! |---|---|
//! | [`rational`] | quotients of exact values and their square roots, rounded to nearest, ties to even |
//! | [`statistics`] | sum, mean, variance and the others as formulas in exact values |
//! | [`special`] | what NaNs and infinities make of a result |

pub mod rational;
pub mod special;
pub mod statistics;

#[cfg(test)]
mod tests;
