//! Reductions along axes to all statistics, for each element of the kept axes.

use super::outcomes::Outcomes;
use super::plan::Plan;
use super::results::Results;
use super::sink::{Places, Sink};
use crate::error::Result;
use crate::exact::Moments;
use crate::exact::columns::PACK;
use crate::exact::lanes::LaneSums;
use crate::exact::quantity;
use crate::exact::short::Short;
use crate::round::certified::{Statistic, certify, extremes};
use crate::round::special::NanPolicy;
use crate::simd::in_force;
use crate::stats::Stats;

/// Computes the statistics of each result of a plan and writes them to its place, which is one of the
/// caller's argument `out`.
pub fn reduce(plan: &Plan, ddof: u64, policy: NanPolicy, results: Results<Stats>) -> Result<()> {
    let described = Described {
        ddof,
        policy,
        outcomes: Outcomes::new(results),
    };
    plan.run::<quantity::Describe>(&described)?;
    described.outcomes.finish("out")
}

/// A sink that rounds each result's statistics and writes them to its place.
struct Described {
    ddof: u64,
    policy: NanPolicy,
    outcomes: Outcomes<Stats>,
}

impl Sink for Described {
    fn moments(&self, index: usize, moments: &mut Moments) -> Result<()> {
        let stats = Stats::new(moments, self.ddof, self.policy);
        self.outcomes.write(index, stats);
        Ok(())
    }

    fn short(&self, index: usize, short: &Short) -> Result<()> {
        let stats = Stats::new(short, self.ddof, self.policy);
        self.outcomes.write(index, stats);
        Ok(())
    }

    fn takes_lanes(&self) -> bool {
        true
    }

    fn lanes(&self, places: &Places, sums: &LaneSums) -> u8 {
        let Self { ddof, policy, .. } = *self;
        let certified = |statistic| certify(in_force(), sums, statistic, ddof, policy);
        let sum = certified(Statistic::Sum);
        let mean = certified(Statistic::Mean);
        let variance = certified(Statistic::Variance);
        let std = certified(Statistic::Std);
        let [min, max] = [false, true].map(|maxima| extremes(sums, maxima, policy));
        let doubtful = [sum, mean, variance, std, min]
            .iter()
            .fold(0, |doubtful, of| doubtful | of.doubtful);
        let certain = places.owned & !doubtful;
        for lane in (0..PACK).filter(|lane| certain >> lane & 1 != 0) {
            let nan_count = sums.nans[lane] as u64;
            let omitted = if policy == NanPolicy::Omit {
                nan_count
            } else {
                0
            };
            let stats = Stats {
                count: sums.count as u64 - omitted,
                nan_count,
                sum: sum.values[lane],
                mean: mean.values[lane],
                variance: variance.values[lane],
                std: std.values[lane],
                min: min.values[lane],
                max: max.values[lane],
            };
            self.outcomes.places().write(places.index(lane), stats);
        }
        places.owned & doubtful
    }
}
