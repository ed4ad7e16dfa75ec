//! Exact moments up to the fourth.

use super::collect::{Kernels, Sums};
use super::number::{Number, product};
use super::powers::Powers;
use super::quantity;
use super::superaccumulator::{Cubes, Fourths};
use super::{Accumulate, Accumulator, Moments, Unaligned};
use crate::simd::InstructionSet;

/// Bins take microseconds to drain: fewer values than this are added one by one.
const MIN_FOR_BINS: usize = 64;

/// Counts, Σx, Σx², Σx³, Σx⁴ and extremes of a set of values.
#[derive(Debug, Clone, Default)]
pub struct ShapeSums {
    /// Counts, Σx, Σx² and extremes; the count does not include NaNs.
    pub moments: Moments,
    /// Σx³ over the finite values.
    pub cubes: Cubes,
    /// Σx⁴ over the finite values.
    pub fourths: Fourths,
    /// How many NaNs there are.
    pub nans: u64,
}

impl Sums for ShapeSums {
    fn add(&mut self, x: Number, _: Number) {
        self.moments.add(x);
        if x.nearest.is_finite() {
            let x = x.parts();
            let m = [x.significand; 4];
            let cube = product::<3>(&m[..3]);
            self.cubes.deposit_limbs(x.negative, &cube, 3 * x.exponent);
            let fourth = product::<4>(&m);
            self.fourths.deposit_limbs(false, &fourth, 4 * x.exponent);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.moments.merge(&other.moments);
        self.cubes.merge(&other.cubes);
        self.fourths.merge(&other.fourths);
        self.nans += other.nans;
    }

    fn nans(&mut self) -> &mut u64 {
        &mut self.nans
    }
}

impl ShapeSums {
    /// Moves the sums of bins, which are empty afterwards, into these.
    fn take_from(&mut self, bins: &mut Powers) {
        let [positive, negative] = bins.take_infinities();
        self.moments.counts.positive_infinity += positive;
        self.moments.counts.negative_infinity += negative;
        bins.drain(|negative, exponent, [first, second, third, fourth]| {
            let moments = &mut self.moments;
            moments.sum.deposit_limbs(negative, first, exponent);
            moments.squares.deposit_limbs(false, second, 2 * exponent);
            self.cubes.deposit_limbs(negative, third, 3 * exponent);
            self.fourths.deposit_limbs(false, fourth, 4 * exponent);
        });
    }
}

/// The kernels of [`ShapeSums`].
pub struct ShapeKernels {
    /// The number of values and their extremes.
    extremes: Accumulator<quantity::Extremes>,
    /// The sums of finite values.
    bins: Option<Box<Powers>>,
}

impl Kernels for ShapeKernels {
    type Sums = ShapeSums;

    fn new(set: InstructionSet) -> Self {
        Self {
            extremes: Accumulate::new(set),
            bins: None,
        }
    }

    fn add(&mut self, x: &[Unaligned], _: &[Unaligned], sums: &mut ShapeSums) {
        if x.len() >= MIN_FOR_BINS && self.bins.is_none() {
            self.bins = Powers::new();
        }
        let Some(bins) = self.bins.as_mut().filter(|_| x.len() >= MIN_FOR_BINS) else {
            for &x in x {
                let x = Number::double(f64::from_ne_bytes(x));
                sums.add(x, x);
            }
            return;
        };
        self.extremes.add(x);
        let mut left = x;
        while !left.is_empty() {
            if bins.room() == 0 {
                sums.take_from(bins);
            }
            let (part, rest) = left.split_at(left.len().min(bins.room()));
            bins.add(part);
            left = rest;
        }
    }

    fn settle(&mut self, sums: &mut ShapeSums) {
        if let Some(bins) = &mut self.bins {
            sums.take_from(bins);
            // The kernel of extremes does not look for infinities; the bins have counted them.
            let found = self.extremes.finish();
            sums.moments.counts.all += found.counts.all;
            sums.moments.extremes.merge(&found.extremes);
        }
    }
}
