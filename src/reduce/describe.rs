//! Reductions along axes to all statistics, for each element of the kept axes.

use super::plan::Plan;
use super::results::Results;
use super::sink::Sink;
use crate::error::Result;
use crate::exact::Moments;
use crate::exact::quantity;
use crate::exact::short::Short;
use crate::round::special::NanPolicy;
use crate::stats::Stats;

/// Computes the statistics of each result of a plan and writes them to its place.
pub fn reduce(plan: &Plan, ddof: u64, policy: NanPolicy, results: Results<Stats>) -> Result<()> {
    plan.run::<quantity::Describe>(&Described {
        ddof,
        policy,
        results,
    })
}

/// A sink that rounds each result's statistics and writes them to its place.
struct Described {
    ddof: u64,
    policy: NanPolicy,
    results: Results<Stats>,
}

impl Sink for Described {
    fn moments(&self, index: usize, moments: &mut Moments) -> Result<()> {
        let stats = Stats::new(moments, self.ddof, self.policy)?;
        self.results.write(index, stats);
        Ok(())
    }

    fn values(&self, index: usize, values: &[f64]) -> bool {
        let short = Short::new::<quantity::Describe>(values);
        let stats = short.map(|short| Stats::new(&short, self.ddof, self.policy));
        let Some(Ok(stats)) = stats else {
            return false;
        };
        self.results.write(index, stats);
        true
    }
}
