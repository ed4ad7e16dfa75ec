//! The kinds of summaries.

use crate::error::{Error, Result};

/// Counts, extremes and Σx to Σx⁴ of one variable: skewness and kurtosis.
pub const PAREXACT_SUMMARY_SHAPE: i32 = 1;
/// Counts, extremes, Σx, Σx², Σy, Σy² and Σxy of pairs: covariance, correlation, regression.
pub const PAREXACT_SUMMARY_PAIR: i32 = 2;
/// Counts, the extremes of x, Σw, Σw², Σwx and Σwx² of values x with weights w: weighted mean and variance.
pub const PAREXACT_SUMMARY_WEIGHTED: i32 = 3;

/// The kind of a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum Kind {
    /// Moments of one variable, to the fourth.
    Shape = PAREXACT_SUMMARY_SHAPE,
    /// First and second moments of two variables.
    Pair = PAREXACT_SUMMARY_PAIR,
    /// Weighted sums.
    Weighted = PAREXACT_SUMMARY_WEIGHTED,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Shape, Self::Pair, Self::Weighted];

    /// The kind with this number.
    pub fn with_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|&kind| kind as i64 == code)
    }

    /// The kind that a caller passed as `kind`.
    pub fn of_code(code: i32) -> Result<Self> {
        Self::with_code(code.into()).ok_or_else(|| {
            Error::invalid(format!(
                "kind is {code}; it must be 1 (shape), 2 (pair) or 3 (weighted)"
            ))
        })
    }

    /// The word of the C name that is not common to all kinds.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shape => "SHAPE",
            Self::Pair => "PAIR",
            Self::Weighted => "WEIGHTED",
        }
    }

    /// Are there two variables?
    pub fn has_two_variables(self) -> bool {
        self != Self::Shape
    }
}
