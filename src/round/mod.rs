//! From exact values to the doubles that users see: the only place that rounds results, and that decides the
//! effects of NaNs and infinities on them. (Extremes of 64-bit integers are rounded where they are found.)
//!
//! | module | concept |
//! |---|---|
//! | [`rational`] | quotients of exact values and their square roots, rounded to nearest, ties to even |
//! | [`statistics`] | sum, mean, variance and the others as formulas in exact values |
//! | [`shape`], [`pair`], [`weighted`] | the results of summaries as formulas in exact values |
//! | [`certified`] | eight results at a time, without integers where a bound proves the rounding |
//! | [`special`] | the effects of NaNs and infinities on a result |

pub mod certified;
pub mod pair;
pub mod rational;
pub mod shape;
pub mod special;
pub mod statistics;
pub mod weighted;

#[cfg(test)]
pub(crate) mod tests;
