//! The effects of NaNs and infinities on a result.

use crate::c_enum::{CEnum, c_enum};
use crate::error::{Error, PAREXACT_ERROR_NAN_FOUND, Result};
use crate::exact::float::CANONICAL_NAN;
use crate::exact::moments::Counts;

/// NaN in, NaN out: the result of every operation that meets a NaN is NaN.
pub const PAREXACT_NAN_PROPAGATE: i32 = 0;
/// NaNs are skipped, as if they were not there.
pub const PAREXACT_NAN_OMIT: i32 = 1;
/// A NaN makes the call fail with PAREXACT_ERROR_NAN_FOUND.
pub const PAREXACT_NAN_RAISE: i32 = 2;

c_enum! {
    /// How a reduction treats NaNs.
    pub enum NanPolicy: "PAREXACT_NAN_" {
        /// A NaN makes the result NaN.
        Propagate = PAREXACT_NAN_PROPAGATE,
        /// NaNs are skipped.
        Omit = PAREXACT_NAN_OMIT,
        /// A NaN makes the call fail.
        Raise = PAREXACT_NAN_RAISE,
    }
}

impl TryFrom<i32> for NanPolicy {
    type Error = Error;

    fn try_from(policy: i32) -> Result<Self> {
        Self::of_code(policy, "nan_policy")
    }
}

impl NanPolicy {
    /// Is the result NaN because a value is NaN? An error if the policy is [`Self::Raise`] and a value is
    /// NaN.
    pub fn finds_nan(self, counts: &Counts) -> Result<bool> {
        match self {
            Self::Raise if counts.nan > 0 => {
                let message = format!("{} of {} values are NaN", counts.nan, counts.all);
                Err(Error::new(PAREXACT_ERROR_NAN_FOUND, message))
            }
            Self::Propagate => Ok(counts.nan > 0),
            Self::Omit | Self::Raise => Ok(false),
        }
    }
}

/// The result, or NaN if a value is NaN.
pub fn propagated(counts: &Counts, result: impl FnOnce() -> f64) -> f64 {
    if counts.nan > 0 {
        CANONICAL_NAN
    } else {
        result()
    }
}

/// The sum of the values that are not NaN if there are infinities; `None` if there are none.
pub fn infinite_sum(counts: &Counts) -> Option<f64> {
    match (counts.positive_infinity, counts.negative_infinity) {
        (0, 0) => None,
        (_, 0) => Some(f64::INFINITY),
        (0, _) => Some(f64::NEG_INFINITY),
        _ => Some(CANONICAL_NAN),
    }
}
