//! Reductions along axes to one statistic: a number for each element of the kept axes.

use super::op::Op;
use super::outcomes::Outcomes;
use super::plan::Plan;
use super::results::Results;
use super::sink::{Places, Sink};
use crate::error::Result;
use crate::exact::Moments;
use crate::exact::float::CANONICAL_NAN;
use crate::exact::lanes::LaneSums;
use crate::exact::moments::ExactMoments;
use crate::exact::quantity;
use crate::exact::short::Short;
use crate::round::certified::{Certified, Statistic, certify, extremes};
use crate::round::special::NanPolicy;
use crate::round::statistics::{self, rounded_variance};
use crate::simd::in_force;

/// Which statistic a result is, and how it is rounded.
#[derive(Debug, Clone, Copy)]
pub struct Rounding {
    /// The statistic.
    pub op: Op,
    /// Delta degrees of freedom, of variance and standard deviation.
    pub ddof: u64,
    /// What is done about NaNs.
    pub policy: NanPolicy,
}

impl Rounding {
    /// The statistic of values that have these moments.
    fn round<const LIMBS: usize>(&self, moments: &impl ExactMoments<LIMBS>) -> Result<f64> {
        if self.policy.finds_nan(moments.counts())? {
            return Ok(CANONICAL_NAN);
        }
        let variance = || statistics::variance(moments, &moments.sum(), self.ddof);
        Ok(match self.op {
            Op::Sum => statistics::sum(moments),
            Op::Mean => statistics::mean(moments),
            Op::Variance => rounded_variance(variance()),
            Op::Std => statistics::std(variance()),
            Op::Min => statistics::min(moments.extremes()),
            Op::Max => statistics::max(moments.extremes()),
            Op::Norm => statistics::norm(moments),
        })
    }
}

/// Computes the statistic of each result of a plan and writes it to its place, which is one of the caller's
/// argument `out`.
pub fn reduce(plan: &Plan, rounding: Rounding, results: Results<f64>) -> Result<()> {
    let op = rounding.op;
    let outcomes = Outcomes::new(results);
    let rounded = Rounded { rounding, outcomes };
    match op {
        Op::Sum | Op::Mean => plan.run::<quantity::Sum>(&rounded),
        Op::Norm => plan.run::<quantity::Squares>(&rounded),
        Op::Variance | Op::Std => plan.run::<quantity::SumAndSquares>(&rounded),
        Op::Min | Op::Max => plan.run::<quantity::Extremes>(&rounded),
    }?;
    rounded.outcomes.finish("out")
}

/// A sink that rounds each result and writes it to its place.
struct Rounded {
    rounding: Rounding,
    outcomes: Outcomes<f64>,
}

impl Sink for Rounded {
    fn moments(&self, index: usize, moments: &mut Moments) -> Result<()> {
        self.outcomes.write(index, self.rounding.round(moments));
        Ok(())
    }

    fn short(&self, index: usize, short: &Short) -> Result<()> {
        self.outcomes.write(index, self.rounding.round(short));
        Ok(())
    }

    fn takes_lanes(&self) -> bool {
        true
    }

    fn lanes(&self, places: &Places, sums: &LaneSums) -> u8 {
        let Rounding { op, ddof, policy } = self.rounding;
        let certified = |statistic| certify(in_force(), sums, statistic, ddof, policy);
        let Certified { values, doubtful } = match op {
            Op::Sum => certified(Statistic::Sum),
            Op::Mean => certified(Statistic::Mean),
            Op::Variance => certified(Statistic::Variance),
            Op::Std => certified(Statistic::Std),
            Op::Norm => certified(Statistic::Norm),
            Op::Min => extremes(sums, false, policy),
            Op::Max => extremes(sums, true, policy),
        };
        places.write(&values, doubtful, self.outcomes.places());
        places.owned & doubtful
    }
}
