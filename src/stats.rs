//! Statistics as the user gets them: rounded from exact moments, under a policy for NaNs.

use crate::error::{Error, Result};
use crate::exact::float::CANONICAL_NAN;
use crate::exact::moments::ExactMoments;
use crate::round::special::NanPolicy;
use crate::round::statistics;

/// Statistics of a set of numbers. Each value is the exact real result, rounded once to nearest, ties to
/// even.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stats {
    /// How many values the result is about: all of them, or those that are not NaN under PAREXACT_NAN_OMIT.
    pub count: u64,
    /// How many NaNs there were, under any policy.
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

/// The delta degrees of freedom, which must not be negative.
pub fn checked_ddof(ddof: i64) -> Result<u64> {
    u64::try_from(ddof)
        .map_err(|_| Error::invalid(format!("ddof is {ddof}; it must not be negative")))
}

impl Stats {
    /// The rounded statistics of moments. The divisor of the variance is n - ddof.
    pub fn new<const LIMBS: usize>(
        moments: &impl ExactMoments<LIMBS>,
        ddof: u64,
        policy: NanPolicy,
    ) -> Result<Self> {
        let counts = moments.counts();
        if policy.finds_nan(counts)? {
            return Ok(Self::nan(counts.all, counts.nan));
        }
        let (sum, mean, variance) = statistics::sum_mean_variance(moments, ddof);
        Ok(Self {
            count: counts.numbers(),
            nan_count: counts.nan,
            sum,
            mean,
            variance: statistics::rounded_variance(variance),
            std: statistics::std(variance),
            min: statistics::min(moments.extremes()),
            max: statistics::max(moments.extremes()),
        })
    }

    /// The statistics of values with NaNs, if NaNs propagate.
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
