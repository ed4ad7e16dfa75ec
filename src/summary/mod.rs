//! Summaries: exact sums of other kinds than a state's, as words that any machine can add, store and send.
//!
//! `docs/state-format.md` defines the format for other implementations.
//!
//! | module | concept |
//! |---|---|
//! | [`kind`] | the kinds of summaries |
//! | [`words`] | the words of a summary |
//! | [`layout`] | which word is what, for each kind |
//! | [`check`] | whether values can have the sums of a summary |
//! | [`statistic`] | the results that a summary can give |
//! | [`rounding`] | how each of them is computed from the sums |

pub mod check;
pub mod kind;
pub mod layout;
pub mod rounding;
pub mod statistic;
pub mod words;

#[cfg(test)]
mod tests;

pub use kind::Kind;
pub use statistic::Statistic;
pub use words::Summary;
