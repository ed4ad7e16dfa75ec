//! parexact: correctly rounded parallel reductions behind a C ABI.
//!
//! A module uses those that its row names, and no others; `docs/architecture.md` repeats this table and goes
//! on from here.
//!
//! | module | concept | may use |
//! |---|---|---|
//! | `error` | statuses, and the message of a failure | |
//! | `unsigned` | unsigned numbers in messages | |
//! | `json` | facts as JSON | |
//! | `fpenv` | the floating-point environment | |
//! | `simd` | vectors on any instruction set, and the choice among them | |
//! | `c_enum` | enums whose variants are constants of the C header | `error` |
//! | `sparse` | a container: values for few of many indices | |
//! | `exact` | superaccumulators, block kernels, exact values | `simd`, `sparse` |
//! | `round` | from exact values to doubles: formulas, the rounding, NaNs and infinities | `c_enum`, `error`, `exact`, `simd` |
//! | `stats` | statistics as the user gets them | `error`, `exact`, `round` |
//! | `plausibility` | whether a set of values can have the moments of a state | `exact` |
//! | `state` | the mergeable, portable form of a reduction | `error`, `exact`, `plausibility`, `unsigned` |
//! | `array` | views of the caller's arrays | `c_enum`, `error`, `exact` |
//! | `reserve` | memory for when the system has none | `error` |
//! | `panics` | panics inside the library: silent, and reported as a status | `error` |
//! | `last_error` | the message of a thread's last failing call | `error` |
//! | `parallel` | pool, thread counts, progress and cancellation | `error`, `fpenv`, `last_error`, `panics`, `reserve`, `unsigned` |
//! | `reduce` | reductions of arrays: exact kernels on the pool | `array`, `c_enum`, `error`, `exact`, `parallel`, `round`, `simd`, `sparse`, `stats` |
//! | `states` | many states at once | `error`, `exact`, `parallel`, `reduce`, `round`, `state`, `stats` |
//! | `summary` | the mergeable form of sums of higher powers, of pairs and of weighted values | `c_enum`, `error`, `exact`, `plausibility`, `round`, `state` |
//! | `summarize` | arrays reduced to summaries and their results | `error`, `exact`, `reduce`, `round`, `summary` |
//! | `random` | random numbers, stored or reduced | `c_enum`, `error`, `exact`, `parallel`, `simd`, `unsigned` |
//! | `quadrature` | π and other integrals | `error`, `exact`, `parallel`, `round`, `simd`, `unsigned` |
//! | `report` | what the library does and why | `json`, `parallel`, `simd` |
//! | `ffi` | the C boundary alone: check, convert, call | all |

mod array;
mod c_enum;
pub mod error;
mod exact;
pub mod ffi;
pub mod fpenv;
mod json;
mod last_error;
mod panics;
pub mod parallel;
mod plausibility;
mod quadrature;
mod random;
mod reduce;
mod report;
mod reserve;
mod round;
mod simd;
mod sparse;
mod state;
mod states;
mod stats;
mod summarize;
mod summary;
#[cfg(test)]
mod test_values;
mod unsigned;

/// What `make bench-kernels` measures.
#[doc(hidden)]
pub mod internals {
    pub use crate::exact::{Accumulate, Accumulator, Unaligned, as_unaligned, quantity};
    pub use crate::simd::InstructionSet;
}
