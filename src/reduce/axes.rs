//! One number for each element of the axes that stay: what it is, and where it goes.

use super::op::Op;
use super::plan::{Plan, Sink};
use super::results::Results;
use crate::error::Result;
use crate::exact::Moments;
use crate::exact::float::CANONICAL_NAN;
use crate::exact::moments::ExactMoments;
use crate::exact::quantity;
use crate::exact::short::Short;
use crate::round::special::NanPolicy;
use crate::round::statistics;

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
    #[inline]
    fn round<const LIMBS: usize>(&self, moments: &impl ExactMoments<LIMBS>) -> Result<f64> {
        if self.policy.finds_nan(moments.counts())? {
            return Ok(CANONICAL_NAN);
        }
        let variance = || statistics::variance(moments, &moments.sum(), self.ddof);
        Ok(match self.op {
            Op::Sum => statistics::sum(moments),
            Op::Mean => statistics::mean(moments),
            Op::Variance => statistics::rounded_variance(variance()),
            Op::Std => statistics::std(variance()),
            Op::Min => statistics::min(moments.extremes()),
            Op::Max => statistics::max(moments.extremes()),
            Op::Norm => statistics::norm(moments),
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
        let short = match self.rounding.op {
            Op::Sum | Op::Mean => Short::new::<quantity::Sum>(values),
            Op::Norm => Short::new::<quantity::Squares>(values),
            Op::Variance | Op::Std => Short::new::<quantity::SumAndSquares>(values),
            Op::Min | Op::Max => Short::new::<quantity::Range>(values),
        };
        let Some(Ok(result)) = short.map(|short| self.rounding.round(&short)) else {
            return false;
        };
        self.results.write(index, result);
        true
    }
}
