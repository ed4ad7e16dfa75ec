//! π and other integrals by the midpoint rule, summed exactly.
//!
//! | module | concept |
//! |---|---|
//! | [`pi`](mod@pi) | π as the integral of 4/(1+x²), without a callback |
//! | [`midpoint`] | the integral of a function that the caller wrote |
//! | [`points`] | how many points there may be |

pub mod midpoint;
pub mod pi;
pub mod points;

pub use midpoint::{BlockFn, integrate};
pub use pi::pi;
