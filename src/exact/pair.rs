//! Exact first and second moments of pairs (x, y).

use super::collect::{Kernels, Sums};
use super::moments::Counts;
use super::number::{Number, product};
use super::products::Products;
use super::superaccumulator::Squares;
use super::{Accumulate, Accumulator, Moments, Unaligned, quantity};
use crate::simd::InstructionSet;

/// Σxy of pairs without NaNs.
#[derive(Debug, Clone, Default)]
pub struct ProductSums {
    /// The products with a factor that is not finite, by their values (`nan` counts 0·∞); other products are
    /// not counted.
    pub counts: Counts,
    /// Σxy over the pairs of finite factors.
    pub sum: Squares,
}

impl ProductSums {
    /// Adds a product.
    pub fn add(&mut self, x: Number, y: Number) {
        if x.nearest.is_finite() && y.nearest.is_finite() {
            let (x, y) = (x.parts(), y.parts());
            let limbs = product::<2>(&[x.significand, y.significand]);
            let negative = x.negative != y.negative;
            self.sum
                .deposit_limbs(negative, &limbs, x.exponent + y.exponent);
        } else {
            self.counts.add_special(x.nearest * y.nearest);
        }
    }

    /// Adds the sum of other products.
    pub fn merge(&mut self, other: &Self) {
        self.counts.merge(&other.counts);
        self.sum.merge(&other.sum);
    }

    /// Moves the products of an accumulator into the sum.
    pub fn take_from(&mut self, products: &mut Products) {
        let (counts, sum) = products.take();
        self.counts.merge(&counts);
        if let Some(sum) = sum {
            self.sum.merge(&sum);
        }
    }
}

/// Counts, Σx, Σx², Σy, Σy², Σxy and extremes of a set of pairs.
#[derive(Debug, Clone, Default)]
pub struct PairSums {
    /// The moments of x in pairs without NaNs.
    pub x: Moments,
    /// The moments of y in these pairs.
    pub y: Moments,
    /// Σxy over these pairs.
    pub products: ProductSums,
    /// How many pairs have a NaN.
    pub nans: u64,
}

impl Sums for PairSums {
    fn add(&mut self, x: Number, y: Number) {
        self.x.add(x);
        self.y.add(y);
        self.products.add(x, y);
    }

    fn merge(&mut self, other: &Self) {
        self.x.merge(&other.x);
        self.y.merge(&other.y);
        self.products.merge(&other.products);
        self.nans += other.nans;
    }

    fn nans(&mut self) -> &mut u64 {
        &mut self.nans
    }
}

/// The kernels of [`PairSums`], each in a box of its own: to make all of them on the stack would take a third
/// of what calls may have.
pub struct PairKernels {
    x: Box<Accumulator<quantity::Describe>>,
    y: Box<Accumulator<quantity::Describe>>,
    products: Box<Products>,
}

impl Kernels for PairKernels {
    type Sums = PairSums;

    fn new(set: InstructionSet) -> Self {
        Self {
            x: Box::new(Accumulate::new(set)),
            y: Box::new(Accumulate::new(set)),
            products: Box::new(Products::new(set)),
        }
    }

    fn add(&mut self, x: &[Unaligned], y: &[Unaligned], _: &mut PairSums) {
        self.x.add(x);
        self.y.add(y);
        self.products.add(x, y);
    }

    fn settle(&mut self, sums: &mut PairSums) {
        sums.x.merge(&self.x.finish());
        sums.y.merge(&self.y.finish());
        sums.products.take_from(&mut self.products);
    }
}
