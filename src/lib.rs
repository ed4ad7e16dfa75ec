//! parexact: correctly rounded parallel reductions behind a C ABI.
//!
//! | module | concept |
//! |---|---|
//! | [`simd`] | vectors on any instruction set, and the choice among them |
//! | [`exact`] | superaccumulator, block kernel, exact rounding: no threads, no pointers from outside |
//! | [`stats`] | statistics as the user gets them, rounded from exact moments |
//! | `state` | the mergeable, portable form of a reduction |
//! | `states` | many states at once |
//! | `plausibility` | whether a set of values can have the moments of a state |
//! | `array` | views of the caller's arrays |
//! | [`reduce`] | whole-array reductions: exact kernels on the pool |
//! | [`random`] | random numbers, stored or reduced |
//! | `quadrature` | π and other integrals |
//! | [`parallel`] | pool, thread counts, progress and cancellation |
//! | [`fpenv`] | the floating-point environment |
//! | `report` | what the library does and why; `json` writes it |
//! | [`error`] | statuses, and the message of a failure |
//! | `last_error` | the message of a thread's last failing call |
//! | `unsigned` | unsigned numbers in messages |
//! | `panics` | panics inside the library: silent, and reported as a status |
//! | `reserve` | memory for when the system has none |
//! | [`ffi`] | the C boundary alone: check, convert, call |

mod array;
pub mod error;
pub mod exact;
pub mod ffi;
pub mod fpenv;
mod json;
mod last_error;
mod panics;
pub mod parallel;
mod plausibility;
mod quadrature;
pub mod random;
pub mod reduce;
mod report;
mod reserve;
pub mod simd;
mod state;
mod states;
pub mod stats;
mod unsigned;
