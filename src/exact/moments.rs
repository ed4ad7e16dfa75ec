//! The exact moments of a set of values: counts, Σx, Σx², extremes.

use super::dyadic::Dyadic;
use super::extremes::Extremes;
use super::natural::{MAX_LIMBS, Natural};
use super::number::{Number, product};
use super::superaccumulator::{Squares, Sum};

/// How many values there are, and how many of them are not finite.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All values, NaN and infinities included.
    pub all: u64,
    /// How many of the values are NaN.
    pub nan: u64,
    /// How many of the values are +∞.
    pub positive_infinity: u64,
    /// How many of the values are -∞.
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

    /// How many values are not NaN.
    pub fn numbers(&self) -> u64 {
        self.all - self.nan
    }
}

/// Exact moments, in whatever form they are kept: what statistics are computed from.
pub trait ExactMoments<const LIMBS: usize> {
    /// How many values there are, and how many of them are not finite.
    fn counts(&self) -> &Counts;
    /// Σx over the finite values.
    fn sum(&self) -> Dyadic<LIMBS>;
    /// Σx² over the finite values.
    fn squares(&self) -> Natural<LIMBS>;
    /// n·Σx² - (Σx)², which is n·Σ(x - mean)², for n finite values whose sum is given.
    fn scaled_deviations(&self, sum: &Dyadic<LIMBS>) -> Natural<LIMBS>;
    /// Minimum and maximum over all but the NaNs.
    fn extremes(&self) -> &Extremes;
}

/// Exact moments of a set of values.
#[derive(Debug, Clone, Default)]
pub struct Moments {
    /// How many values there are, and how many of them are not finite.
    pub counts: Counts,
    /// Σx over the finite values.
    pub sum: Sum,
    /// Σx² over the finite values.
    pub squares: Squares,
    /// Minimum and maximum over all but the NaNs.
    pub extremes: Extremes,
}

impl Moments {
    /// Adds a number that is not NaN.
    pub fn add(&mut self, x: Number) {
        self.counts.all += 1;
        self.extremes.add(x.nearest);
        if x.nearest.is_finite() {
            let x = x.parts();
            let square = product::<2>(&[x.significand; 2]);
            self.sum.deposit(x.negative, x.significand, x.exponent);
            self.squares.deposit_limbs(false, &square, 2 * x.exponent);
        } else {
            self.counts.add_special(x.nearest);
        }
    }

    /// Adds the moments of another set.
    pub fn merge(&mut self, other: &Self) {
        self.counts.merge(&other.counts);
        self.sum.merge(&other.sum);
        self.squares.merge(&other.squares);
        self.extremes.merge(&other.extremes);
    }
}

impl ExactMoments<MAX_LIMBS> for Moments {
    fn counts(&self) -> &Counts {
        &self.counts
    }

    fn sum(&self) -> Dyadic<MAX_LIMBS> {
        self.sum.to_dyadic()
    }

    fn squares(&self) -> Natural<MAX_LIMBS> {
        self.squares.to_dyadic().magnitude
    }

    fn scaled_deviations(&self, sum: &Dyadic<MAX_LIMBS>) -> Natural<MAX_LIMBS> {
        let scaled = self.squares().times(self.counts.numbers());
        scaled.difference(&sum.magnitude.squared()).1
    }

    fn extremes(&self) -> &Extremes {
        &self.extremes
    }
}
