//! Arrays reduced to summaries, or along axes to the results of summaries that are not kept.

use crate::error::Result;
use crate::exact::Moments;
use crate::exact::collect::{Collector, Kernels};
use crate::exact::moments::{Counts, ExactMoments};
use crate::exact::pair::PairKernels;
use crate::exact::quantity;
use crate::exact::shape::ShapeKernels;
use crate::exact::short::Short;
use crate::exact::weighted::{Everything, Means, WeightedKernels};
use crate::reduce::axes::{self, Rounding};
use crate::reduce::op::Op;
use crate::reduce::outcomes::Outcomes;
use crate::reduce::pairs::Pairs;
use crate::reduce::plan::Plan;
use crate::reduce::results::Results;
use crate::reduce::sink::Sink;
use crate::round::special::NanPolicy;
use crate::summary::check::Plausible;
use crate::summary::rounding::Rounded;
use crate::summary::{Kind, Statistic, Summary};

/// Adds the pairs of a reduction of all axes to a summary. If that fails, the summary is as before.
pub fn update(summary: &mut Summary, pairs: &Pairs) -> Result<()> {
    match summary.kind()? {
        Kind::Shape => add::<ShapeKernels>(summary, pairs),
        Kind::Pair => add::<PairKernels>(summary, pairs),
        Kind::Weighted => add::<WeightedKernels<Everything>>(summary, pairs),
    }
}

fn add<K: Kernels>(summary: &mut Summary, pairs: &Pairs) -> Result<()>
where
    K::Sums: Plausible,
{
    summary.check()?;
    let mut collected: Collector<K> = pairs.whole()?;
    collected.finish(|sums| summary.add(sums))
}

/// Which result is computed, and how it is rounded.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The result.
    pub statistic: Statistic,
    /// Delta degrees of freedom.
    pub ddof: u64,
    /// What is done about NaNs.
    pub policy: NanPolicy,
}

/// A result of a summary for each element of the kept axes, at the places of the caller's argument `out`.
pub fn pairs(kind: Kind, wanted: Wanted, pairs: &Pairs, results: Results<f64>) -> Result<()> {
    match kind {
        Kind::Shape => round_each::<ShapeKernels>(wanted, pairs, results),
        Kind::Pair => round_each::<PairKernels>(wanted, pairs, results),
        Kind::Weighted => match wanted.statistic {
            Statistic::Sum | Statistic::Mean | Statistic::SumWeights => {
                round_each::<WeightedKernels<Means>>(wanted, pairs, results)
            }
            _ => round_each::<WeightedKernels<Everything>>(wanted, pairs, results),
        },
    }
}

fn round_each<K: Kernels>(wanted: Wanted, pairs: &Pairs, results: Results<f64>) -> Result<()>
where
    K::Sums: Rounded,
{
    let Wanted {
        statistic,
        ddof,
        policy,
    } = wanted;
    let outcomes = Outcomes::new(results);
    pairs.run(&|index, collected: &mut Collector<K>| {
        let result = collected.finish(|sums| sums.round(statistic, ddof, policy));
        outcomes.write(index, result);
    })?;
    outcomes.finish("out")
}

/// A result that a state has, for each element of the kept axes, at the places of the caller's argument
/// `out`.
pub fn values(wanted: Wanted, plan: &Plan, results: Results<f64>) -> Result<()> {
    let Wanted {
        statistic,
        ddof,
        policy,
    } = wanted;
    let op = match statistic {
        Statistic::Sum => Op::Sum,
        Statistic::Mean => Op::Mean,
        Statistic::Variance => Op::Variance,
        Statistic::Std => Op::Std,
        Statistic::Min => Op::Min,
        Statistic::Max => Op::Max,
        Statistic::Norm => Op::Norm,
        _ => {
            let outcomes = Outcomes::new(results);
            let counted = Counted { wanted, outcomes };
            plan.run::<quantity::Extremes>(&counted)?;
            return counted.outcomes.finish("out");
        }
    };
    axes::reduce(plan, Rounding { op, ddof, policy }, results)
}

/// A sink that writes how many values each result has, or how many NaNs.
struct Counted {
    wanted: Wanted,
    outcomes: Outcomes<f64>,
}

impl Sink for Counted {
    fn moments(&self, index: usize, moments: &mut Moments) -> Result<()> {
        self.write(index, &moments.counts);
        Ok(())
    }

    fn short(&self, index: usize, short: &Short) -> Result<()> {
        self.write(index, short.counts());
        Ok(())
    }
}

impl Counted {
    fn write(&self, index: usize, counts: &Counts) {
        let count = self.wanted.policy.finds_nan(counts).map(|all| {
            (match self.wanted.statistic {
                Statistic::NanCount => counts.nan,
                _ if all => counts.all,
                _ => counts.numbers(),
            }) as f64
        });
        self.outcomes.write(index, count);
    }
}
