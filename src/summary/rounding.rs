//! How each result is computed from the sums of a summary.

use super::check::Plausible;
use super::kind::Kind;
use super::statistic::Statistic;
use super::words::{Summary, by_kind};
use crate::error::Result;
use crate::exact::float::CANONICAL_NAN;
use crate::exact::moments::{Counts, ExactMoments};
use crate::exact::pair::PairSums;
use crate::exact::shape::ShapeSums;
use crate::exact::weighted::WeightedSums;
use crate::round::pair::Pair;
use crate::round::shape::Shape;
use crate::round::special::{NanPolicy, infinite_sum, propagated};
use crate::round::statistics::{self, quotient, rounded_variance};
use crate::round::weighted::{self, Variance};

/// Sums that results can be computed from.
pub trait Rounded: Plausible {
    /// A result of pairs without NaNs, which this kind has.
    fn result(&self, statistic: Statistic, ddof: u64) -> f64;

    /// A result under a policy for NaNs.
    fn round(&self, statistic: Statistic, ddof: u64, policy: NanPolicy) -> Result<f64> {
        let [all, nan, ..] = self.counters();
        let counts = Counts {
            all,
            nan,
            ..Counts::default()
        };
        let is_nan = policy.finds_nan(&counts)?;
        Ok(match statistic {
            Statistic::Count if is_nan => all as f64,
            Statistic::Count => counts.numbers() as f64,
            Statistic::NanCount => nan as f64,
            _ if is_nan => CANONICAL_NAN,
            _ => self.result(statistic, ddof),
        })
    }
}

impl Summary {
    /// Results of the summary, which its kind has, one after the other to `take`.
    pub fn results(
        &self,
        statistics: &[Statistic],
        ddof: u64,
        policy: NanPolicy,
        mut take: impl FnMut(usize, f64),
    ) -> Result<()> {
        by_kind!(self.kind()?, S => {
            let sums = self.sums::<S>()?;
            for (i, &statistic) in statistics.iter().enumerate() {
                take(i, sums.round(statistic, ddof, policy)?);
            }
        });
        Ok(())
    }
}

/// A result that a state has, of moments without NaNs.
pub fn of_moments<const LIMBS: usize>(
    moments: &impl ExactMoments<LIMBS>,
    statistic: Statistic,
    ddof: u64,
) -> f64 {
    let variance = || statistics::variance(moments, &moments.sum(), ddof);
    match statistic {
        Statistic::Count => moments.counts().numbers() as f64,
        Statistic::NanCount => moments.counts().nan as f64,
        Statistic::Sum => statistics::sum(moments),
        Statistic::Mean => statistics::mean(moments),
        Statistic::Variance => rounded_variance(variance()),
        Statistic::Std => statistics::std(variance()),
        Statistic::Min => statistics::min(moments.extremes()),
        Statistic::Max => statistics::max(moments.extremes()),
        Statistic::Norm => statistics::norm(moments),
        _ => unreachable!("a state does not have this result"),
    }
}

impl Rounded for ShapeSums {
    fn result(&self, statistic: Statistic, ddof: u64) -> f64 {
        let shape =
            |result: fn(&Shape) -> f64| Shape::new(self).map_or(CANONICAL_NAN, |it| result(&it));
        match statistic {
            Statistic::Skewness => shape(Shape::skewness),
            Statistic::Kurtosis => shape(Shape::kurtosis),
            Statistic::SkewnessUnbiased => shape(Shape::skewness_unbiased),
            Statistic::KurtosisUnbiased => shape(Shape::kurtosis_unbiased),
            _ => of_moments(&self.moments, statistic, ddof),
        }
    }
}

impl Rounded for PairSums {
    fn result(&self, statistic: Statistic, ddof: u64) -> f64 {
        let pair =
            |result: fn(&Pair) -> f64| Pair::new(self).map_or(CANONICAL_NAN, |it| result(&it));
        let of_y = |statistic| of_moments(&self.y, statistic, ddof);
        match statistic {
            Statistic::SumY => of_y(Statistic::Sum),
            Statistic::MeanY => of_y(Statistic::Mean),
            Statistic::VarianceY => of_y(Statistic::Variance),
            Statistic::StdY => of_y(Statistic::Std),
            Statistic::MinY => of_y(Statistic::Min),
            Statistic::MaxY => of_y(Statistic::Max),
            Statistic::NormY => of_y(Statistic::Norm),
            Statistic::Dot => propagated(&self.products.counts, || {
                infinite_sum(&self.products.counts)
                    .unwrap_or_else(|| quotient(&self.products.sum.to_dyadic(), 1))
            }),
            Statistic::Covariance => {
                Pair::new(self).map_or(CANONICAL_NAN, |pair| pair.covariance(ddof))
            }
            Statistic::Correlation => pair(Pair::correlation),
            Statistic::Slope => pair(Pair::slope),
            Statistic::Intercept => pair(Pair::intercept),
            Statistic::RSquared => pair(Pair::r_squared),
            Statistic::ResidualStd => pair(Pair::residual_std),
            Statistic::SlopeStderr => pair(Pair::slope_stderr),
            Statistic::InterceptStderr => pair(Pair::intercept_stderr),
            Statistic::SlopeOrigin => pair(Pair::slope_origin),
            _ => of_moments(&self.x, statistic, ddof),
        }
    }
}

impl Rounded for WeightedSums {
    fn result(&self, statistic: Statistic, ddof: u64) -> f64 {
        match statistic {
            Statistic::Sum => weighted::sum(self),
            Statistic::Mean => weighted::mean(self),
            Statistic::Variance => Variance::round(Variance::frequency(self, ddof)),
            Statistic::Std => Variance::std(Variance::frequency(self, ddof)),
            Statistic::SumWeights => statistics::sum(&self.weights),
            Statistic::ReliabilityVariance => Variance::round(Variance::reliability(self)),
            Statistic::ReliabilityStd => Variance::std(Variance::reliability(self)),
            Statistic::Min => statistics::min(&self.extremes),
            Statistic::Max => statistics::max(&self.extremes),
            _ => unreachable!("weighted values do not have this result"),
        }
    }
}
