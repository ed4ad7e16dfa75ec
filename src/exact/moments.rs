//! What a reduction knows of its values, exactly: counts, Σx, Σx², extremes. And what the user sees of it.

use super::digits::{Squares, Sum};
use super::extremes::Extremes;
use super::float::CANONICAL_NAN;
use super::natural::Natural;
use super::round::Quotient;

/// How many values there were, and how many of them were not finite.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All values, NaN and infinities included.
    pub all: u64,
    /// NaNs.
    pub nan: u64,
    /// Positive infinities.
    pub positive_infinity: u64,
    /// Negative infinities.
    pub negative_infinity: u64,
}

impl Counts {
    /// Counts a value that is not finite; `all` is not touched.
    pub fn add_special(&mut self, x: f64) {
        if x.is_nan() {
            self.nan += 1;
        } else if x > 0.0 {
            self.positive_infinity += 1;
        } else {
            self.negative_infinity += 1;
        }
    }

    /// Adds the counts of another set.
    pub fn merge(&mut self, other: &Self) {
        self.all += other.all;
        self.nan += other.nan;
        self.positive_infinity += other.positive_infinity;
        self.negative_infinity += other.negative_infinity;
    }

    /// What a sum with infinities is, NaNs aside: `None` if all values are finite.
    pub fn infinite_sum(&self) -> Option<f64> {
        match (self.positive_infinity, self.negative_infinity) {
            (0, 0) => None,
            (_, 0) => Some(f64::INFINITY),
            (0, _) => Some(f64::NEG_INFINITY),
            _ => Some(CANONICAL_NAN),
        }
    }
}

/// Exact moments of a set of values.
#[derive(Debug, Clone, Default)]
pub struct Moments {
    /// How many values.
    pub counts: Counts,
    /// Σx over the finite ones.
    pub sum: Sum,
    /// Σx² over the finite ones.
    pub squares: Squares,
    /// Minimum and maximum over all but the NaNs.
    pub extremes: Extremes,
}

impl Moments {
    /// Adds the moments of another set.
    pub fn merge(&mut self, other: &Self) {
        self.counts.merge(&other.counts);
        self.sum.merge(&other.sum);
        self.squares.merge(&other.squares);
        self.extremes.merge(&other.extremes);
    }

    /// The values that are not NaN.
    pub fn numbers(&self) -> u64 {
        self.counts.all - self.counts.nan
    }

    /// The sum of all values that are not NaN.
    pub fn rounded_sum(&self) -> f64 {
        self.counts.infinite_sum().unwrap_or_else(|| {
            let (negative, magnitude) = self.sum.to_natural();
            Quotient::new(&magnitude, 1).round(negative)
        })
    }

    /// Their mean; NaN if there are none.
    pub fn mean(&self) -> f64 {
        if self.numbers() == 0 {
            return CANONICAL_NAN;
        }
        self.counts.infinite_sum().unwrap_or_else(|| {
            let (negative, magnitude) = self.sum.to_natural();
            Quotient::new(&magnitude, self.numbers().into()).round(negative)
        })
    }

    /// [`Self::rounded_sum`], [`Self::mean`] and [`Self::variance`], for less than they cost one by one.
    pub fn sum_mean_variance(&self, ddof: u64) -> (f64, f64, Option<Quotient>) {
        let n = self.numbers();
        if n == 0 || self.counts.infinite_sum().is_some() {
            return (self.rounded_sum(), self.mean(), None);
        }
        let (negative, sum) = self.sum.to_natural();
        (
            Quotient::new(&sum, 1).round(negative),
            Quotient::new(&sum, n.into()).round(negative),
            self.variance_from(&sum, ddof),
        )
    }

    /// The variance with divisor n - ddof as an exact quotient; `None` where it is NaN.
    pub fn variance(&self, ddof: u64) -> Option<Quotient> {
        let (_, sum) = self.sum.to_natural();
        self.variance_from(&sum, ddof)
    }

    /// The same from |Σx|.
    fn variance_from(&self, sum: &Natural, ddof: u64) -> Option<Quotient> {
        let n = self.numbers();
        if n <= ddof || self.counts.infinite_sum().is_some() {
            return None;
        }
        // Σ(x - mean)² / (n - ddof) = (n·Σx² - (Σx)²) / (n·(n - ddof)), and n < 2^63.
        let (_, squares) = self.squares.to_natural();
        let (_, spread) = squares.times(n).difference(&sum.squared());
        Some(Quotient::new(&spread, u128::from(n) * u128::from(n - ddof)))
    }

    /// The variance, rounded.
    pub fn rounded_variance(&self, ddof: u64) -> f64 {
        self.variance(ddof)
            .map_or(CANONICAL_NAN, |variance| variance.round(false))
    }

    /// The standard deviation: the root of the exact variance.
    pub fn std(&self, ddof: u64) -> f64 {
        self.variance(ddof)
            .map_or(CANONICAL_NAN, |variance| variance.sqrt().round(false))
    }

    /// The least value; NaN if there is none.
    pub fn min(&self) -> f64 {
        if self.extremes.is_empty() {
            CANONICAL_NAN
        } else {
            self.extremes.min()
        }
    }

    /// The greatest value; NaN if there is none.
    pub fn max(&self) -> f64 {
        if self.extremes.is_empty() {
            CANONICAL_NAN
        } else {
            self.extremes.max()
        }
    }

    /// The Euclidean norm, NaNs propagated.
    pub fn propagated_norm(&self) -> f64 {
        if self.counts.nan > 0 {
            CANONICAL_NAN
        } else {
            self.norm()
        }
    }

    /// The Euclidean norm of all values that are not NaN.
    pub fn norm(&self) -> f64 {
        if self.counts.infinite_sum().is_some() {
            f64::INFINITY
        } else {
            let (_, squares) = self.squares.to_natural();
            Quotient::new(&squares, 1).sqrt().round(false)
        }
    }

    /// The sum, NaNs propagated.
    pub fn propagated_sum(&self) -> f64 {
        if self.counts.nan > 0 {
            CANONICAL_NAN
        } else {
            self.rounded_sum()
        }
    }
}
