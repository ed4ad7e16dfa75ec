//! parexact: correctly rounded parallel reductions behind a C ABI.
//!
//! | module | concept |
//! |---|---|
//! | [`simd`] | vectors on any instruction set, and the choice among them |
//! | [`exact`] | superaccumulator, block kernels, exact values: no threads, no pointers from outside |
//! | [`round`] | from exact values to doubles: formulas, the rounding, NaNs and infinities |
//! | [`stats`] | statistics as the user gets them |
//! | [`state`] | the mergeable, portable form of a reduction |
//! | [`states`] | many states at once |
//! | [`plausibility`] | whether a set of values can have the moments of a state |
//! | [`array`] | views of the caller's arrays |
//! | [`reduce`] | whole-array reductions: exact kernels on the pool |
//! | [`random`] | random numbers, stored or reduced |
//! | [`quadrature`] | π and other integrals |
//! | [`parallel`] | pool, thread counts, progress and cancellation, floating-point environment |
//! | [`unsigned`] | unsigned numbers in messages |
//! | [`panics`] | panics inside the library: silent, and reported as a status |
//! | [`last_error`] | the message of a thread's last failing call |
//! | [`reserve`] | memory for when the system has none |
//! | [`c_enum`] | enums whose variants are constants of the C header |
//! | [`ffi`] | the C boundary alone: check, convert, call |

pub mod array;
pub mod c_enum;
pub mod error;
pub mod exact;
pub mod ffi;
pub mod last_error;
pub mod panics;
pub mod parallel;
pub mod plausibility;
pub mod quadrature;
pub mod random;
pub mod reduce;
pub mod reserve;
pub mod round;
pub mod simd;
pub mod state;
pub mod states;
pub mod stats;
#[cfg(test)]
pub(crate) mod test_values;
pub mod unsigned;
