//! One number for each element of the axes that stay: what it is, and where it goes.

use super::op::Op;
use super::plan::{Plan, Sink};
use super::results::Results;
use crate::error::Result;
use crate::exact::Moments;
use crate::exact::extremes::Extremes;
use crate::exact::quantity;
use crate::exact::short::Short;
use crate::stats::NanPolicy;

/// What becomes of the moments of one result's values.
#[derive(Debug, Clone, Copy)]
pub struct Rounding {
    /// What to compute.
    pub op: Op,
    /// Delta degrees of freedom, of variance and standard deviation.
    pub ddof: u64,
    /// What is done about NaNs.
    pub policy: NanPolicy,
}

impl Rounding {
    /// The result of a few values that [`Short`] can hold, or that need no more than comparison.
    fn round_short(&self, values: &[f64]) -> Option<f64> {
        let nan = crate::exact::float::CANONICAL_NAN;
        Some(match self.op {
            Op::Sum => Short::new::<false>(values)?.sum(),
            Op::Mean => Short::new::<false>(values)?.mean(),
            Op::Variance => {
                let variance = Short::new::<true>(values)?.variance(self.ddof);
                variance.map_or(nan, |variance| variance.round(false))
            }
            Op::Std => {
                let variance = Short::new::<true>(values)?.variance(self.ddof);
                variance.map_or(nan, |variance| variance.sqrt().round(false))
            }
            Op::Norm => Short::new::<true>(values)?.norm(),
            Op::Min | Op::Max => {
                let mut extremes = Extremes::default();
                for &x in values {
                    if x.is_nan() {
                        return None;
                    }
                    extremes.add(x);
                }
                match self.op {
                    _ if extremes.is_empty() => nan,
                    Op::Min => extremes.min(),
                    _ => extremes.max(),
                }
            }
        })
    }

    fn round(&self, moments: &Moments) -> Result<f64> {
        if self.policy.finds_nan(moments)? {
            return Ok(crate::exact::float::CANONICAL_NAN);
        }
        Ok(match self.op {
            Op::Sum => moments.rounded_sum(),
            Op::Mean => moments.mean(),
            Op::Variance => moments.rounded_variance(self.ddof),
            Op::Std => moments.std(self.ddof),
            Op::Min => moments.min(),
            Op::Max => moments.max(),
            Op::Norm => moments.norm(),
        })
    }
}

/// Computes one number for each result of a plan, into as many places.
pub fn reduce(plan: &Plan, rounding: Rounding, results: Results<f64>) -> Result<()> {
    let op = rounding.op;
    let rounded = Rounded { rounding, results };
    match op {
        Op::Sum | Op::Mean => plan.run::<quantity::Sum>(&rounded),
        Op::Norm => plan.run::<quantity::Squares>(&rounded),
        Op::Variance | Op::Std => plan.run::<quantity::SumAndSquares>(&rounded),
        Op::Min | Op::Max => plan.run::<quantity::Describe>(&rounded),
    }
}

/// Rounds each result into its place.
struct Rounded {
    rounding: Rounding,
    results: Results<f64>,
}

impl Sink for Rounded {
    fn moments(&self, index: usize, moments: &mut Moments) -> Result<()> {
        self.results.write(index, self.rounding.round(moments)?);
        Ok(())
    }

    fn values(&self, index: usize, values: &[f64]) -> bool {
        let result = self.rounding.round_short(values);
        if let Some(result) = result {
            self.results.write(index, result);
        }
        result.is_some()
    }
}
