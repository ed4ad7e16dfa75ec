//! What a reduction along axes computes of the values of each result.

use crate::c_enum::{CEnum, c_enum};
use crate::error::{Error, Result};

/// Sum.
pub const PAREXACT_OP_SUM: i32 = 0;
/// Arithmetic mean.
pub const PAREXACT_OP_MEAN: i32 = 1;
/// Variance, with divisor count - ddof.
pub const PAREXACT_OP_VAR: i32 = 2;
/// Standard deviation, with divisor count - ddof.
pub const PAREXACT_OP_STD: i32 = 3;
/// Minimum, -0.0 below +0.0.
pub const PAREXACT_OP_MIN: i32 = 4;
/// Maximum, +0.0 above -0.0.
pub const PAREXACT_OP_MAX: i32 = 5;
/// Euclidean norm.
pub const PAREXACT_OP_NORM: i32 = 6;

c_enum! {
    /// An operation.
    pub enum Op: "PAREXACT_OP_" {
        /// The sum.
        Sum = PAREXACT_OP_SUM,
        /// The mean.
        Mean = PAREXACT_OP_MEAN,
        /// The variance.
        Variance = PAREXACT_OP_VAR,
        /// The standard deviation.
        Std = PAREXACT_OP_STD,
        /// The least value.
        Min = PAREXACT_OP_MIN,
        /// The greatest value.
        Max = PAREXACT_OP_MAX,
        /// The root of the sum of the squares.
        Norm = PAREXACT_OP_NORM,
    }
}

impl TryFrom<i32> for Op {
    type Error = Error;

    fn try_from(op: i32) -> Result<Self> {
        Self::of_code(op, "op")
    }
}
