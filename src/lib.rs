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
//! | `exact` | superaccumulator, block kernels, exact values: no threads, no pointers from outside | `simd` |
//! | `round` | from exact values to doubles: formulas, the rounding, NaNs and infinities | `c_enum`, `error`, `exact` |
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
mod state;
mod states;
mod stats;
#[cfg(test)]
mod test_values;
mod unsigned;

/// What `make bench-kernels` measures.
#[doc(hidden)]
pub mod internals {
    pub use crate::exact::{Accumulate, Accumulator, Unaligned, as_unaligned, quantity};
    pub use crate::simd::InstructionSet;
}
