//! Statistics as the user gets them: rounded from exact moments, NaNs treated as asked.

use crate::c_enum::{CEnum, c_enum};
use crate::error::{Error, PAREXACT_ERROR_NAN_FOUND, Result};
use crate::exact::Moments;
use crate::exact::extremes::Extremes;
use crate::exact::float::CANONICAL_NAN;
use crate::exact::short::Short;

/// NaN in, NaN out: the result of every operation that meets a NaN is NaN.
pub const PAREXACT_NAN_PROPAGATE: i32 = 0;
/// NaNs are skipped, as if they were not there.
pub const PAREXACT_NAN_OMIT: i32 = 1;
/// A NaN makes the call fail with PAREXACT_ERROR_NAN_FOUND.
pub const PAREXACT_NAN_RAISE: i32 = 2;

/// Statistics of a set of numbers. Each value is the exact real result, rounded once to nearest, ties to
/// even.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stats {
    /// The values that the result is about: all of them, or those that are not NaN under PAREXACT_NAN_OMIT.
    pub count: u64,
    /// The NaNs met, under any policy.
    pub nan_count: u64,
    /// Sum; +0.0 if exactly zero or if there are no values.
    pub sum: f64,
    /// Arithmetic mean; NaN if there are no values.
    pub mean: f64,
    /// Sum of squared deviations from the exact mean, divided by count - ddof; NaN if count <= ddof, or if
    /// there are infinities.
    pub variance: f64,
    /// Square root of the exact variance (not of the rounded one); NaN where the variance is.
    pub std: f64,
    /// Minimum, -0.0 below +0.0; NaN if there are no values.
    pub min: f64,
    /// Maximum, +0.0 above -0.0; NaN if there are no values.
    pub max: f64,
}

c_enum! {
    /// What is done about NaNs.
    pub enum NanPolicy: "PAREXACT_NAN_" {
        /// The result is NaN.
        Propagate = PAREXACT_NAN_PROPAGATE,
        /// They are skipped.
        Omit = PAREXACT_NAN_OMIT,
        /// The call fails.
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
    /// Is the result NaN because a value is? An error if that is what the policy makes of it.
    pub fn finds_nan(self, moments: &Moments) -> Result<bool> {
        let counts = &moments.counts;
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

/// Delta degrees of freedom, checked.
pub fn checked_ddof(ddof: i64) -> Result<u64> {
    u64::try_from(ddof)
        .map_err(|_| Error::invalid(format!("ddof is {ddof}; it must not be negative")))
}

impl Stats {
    /// Rounds moments. The divisor of the variance is n - ddof.
    pub fn new(moments: &Moments, ddof: u64, policy: NanPolicy) -> Result<Self> {
        let counts = &moments.counts;
        if policy.finds_nan(moments)? {
            return Ok(Self::nan(counts.all, counts.nan));
        }
        let (sum, mean, variance) = moments.sum_mean_variance(ddof);
        Ok(Self {
            count: moments.numbers(),
            nan_count: counts.nan,
            sum,
            mean,
            variance: variance.map_or(CANONICAL_NAN, |v| v.round(false)),
            std: variance.map_or(CANONICAL_NAN, |v| v.sqrt().round(false)),
            min: moments.min(),
            max: moments.max(),
        })
    }

    /// The statistics of a few values, if [`Short`] can hold them: then there is no NaN.
    pub fn of_few(values: &[f64], ddof: u64) -> Option<Self> {
        let short = Short::new::<true>(values)?;
        let variance = short.variance(ddof);
        let mut extremes = Extremes::default();
        values.iter().for_each(|&x| extremes.add(x));
        let extreme = |x: f64| if values.is_empty() { CANONICAL_NAN } else { x };
        Some(Self {
            count: values.len() as u64,
            nan_count: 0,
            sum: short.sum(),
            mean: short.mean(),
            variance: variance.map_or(CANONICAL_NAN, |v| v.round(false)),
            std: variance.map_or(CANONICAL_NAN, |v| v.sqrt().round(false)),
            min: extreme(extremes.min()),
            max: extreme(extremes.max()),
        })
    }

    fn nan(count: u64, nan_count: u64) -> Self {
        Self {
            count,
            nan_count,
            sum: CANONICAL_NAN,
            mean: CANONICAL_NAN,
            variance: CANONICAL_NAN,
            std: CANONICAL_NAN,
            min: CANONICAL_NAN,
            max: CANONICAL_NAN,
        }
    }
}
