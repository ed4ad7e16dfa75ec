//! What can be asked of all values of an array.

use crate::error::Result;
use crate::exact::moments::ExactMoments;
use crate::exact::quantity::{self, Quantity};
use crate::round::special::NanPolicy;
use crate::round::statistics;
use crate::stats::Stats;

/// A result that is rounded from the exact moments of values.
pub trait Statistic {
    /// What has to be gathered of the values.
    type Quantity: Quantity;
    /// The result.
    type Output;

    /// The result for values that have these moments.
    fn round<const LIMBS: usize>(self, moments: &impl ExactMoments<LIMBS>) -> Result<Self::Output>;
}

/// The sum; NaN if a value is NaN.
pub struct Sum;

/// The Euclidean norm; NaN if a value is NaN.
pub struct Norm;

/// All statistics at once.
pub struct Describe {
    /// The divisor of the variance is n - ddof.
    pub ddof: u64,
    /// What NaNs do.
    pub policy: NanPolicy,
}

impl Statistic for Sum {
    type Quantity = quantity::Sum;
    type Output = f64;

    fn round<const LIMBS: usize>(self, moments: &impl ExactMoments<LIMBS>) -> Result<f64> {
        Ok(statistics::propagated_sum(moments))
    }
}

impl Statistic for Norm {
    type Quantity = quantity::Squares;
    type Output = f64;

    fn round<const LIMBS: usize>(self, moments: &impl ExactMoments<LIMBS>) -> Result<f64> {
        Ok(statistics::propagated_norm(moments))
    }
}

impl Statistic for Describe {
    type Quantity = quantity::Describe;
    type Output = Stats;

    fn round<const LIMBS: usize>(self, moments: &impl ExactMoments<LIMBS>) -> Result<Stats> {
        Stats::new(moments, self.ddof, self.policy)
    }
}
