//! Exact weighted sums of pairs of a value x and a weight w.

use super::collect::{Kernels, Sums};
use super::extremes::Extremes;
use super::moments::Counts;
use super::number::{Number, product};
use super::pair::ProductSums;
use super::products::Products;
use super::quantity::{self, Quantity};
use super::superaccumulator::Cubes;
use super::weighted_squares::WeightedSquares;
use super::{Accumulate, Accumulator, Moments, Unaligned};
use crate::simd::InstructionSet;

/// Bins take microseconds to drain: fewer pairs than this are added one by one.
const MIN_FOR_BINS: usize = 64;

/// Counts, Σw, Σw², Σwx, Σwx² and the extremes of x.
#[derive(Debug, Clone, Default)]
pub struct WeightedSums {
    /// The infinities among the values, in pairs without NaNs, and the number of these pairs.
    pub counts: Counts,
    /// The extremes of the values.
    pub extremes: Extremes,
    /// The moments of the weights.
    pub weights: Moments,
    /// Σwx.
    pub products: ProductSums,
    /// Σwx² over the pairs of finite numbers.
    pub squares: Cubes,
    /// How many pairs have a NaN.
    pub nans: u64,
}

impl Sums for WeightedSums {
    fn add(&mut self, x: Number, w: Number) {
        self.counts.all += 1;
        self.extremes.add(x.nearest);
        if !x.nearest.is_finite() {
            self.counts.add_special(x.nearest);
        }
        self.weights.add(w);
        self.products.add(x, w);
        self.add_square(x, w);
    }

    fn merge(&mut self, other: &Self) {
        self.counts.merge(&other.counts);
        self.extremes.merge(&other.extremes);
        self.weights.merge(&other.weights);
        self.products.merge(&other.products);
        self.squares.merge(&other.squares);
        self.nans += other.nans;
    }

    fn nans(&mut self) -> &mut u64 {
        &mut self.nans
    }
}

impl WeightedSums {
    /// Moves the sums of bins, which are empty afterwards, into these.
    fn take_from(&mut self, bins: &mut WeightedSquares) {
        let [positive, negative] = bins.take_infinities();
        self.counts.positive_infinity += positive;
        self.counts.negative_infinity += negative;
        bins.drain(&mut self.squares);
    }

    /// Adds wx² of finite numbers.
    fn add_square(&mut self, x: Number, w: Number) {
        if x.nearest.is_finite() && w.nearest.is_finite() {
            let (x, w) = (x.parts(), w.parts());
            let limbs = product::<3>(&[x.significand, x.significand, w.significand]);
            self.squares
                .deposit_limbs(w.negative, &limbs, 2 * x.exponent + w.exponent);
        }
    }
}

/// What a reduction of weighted values gathers beside Σw and Σwx; what it does not is meaningless.
pub trait Extent: Send + 'static {
    /// Σw² and Σwx²?
    const SQUARES: bool;
    /// The extremes of the values?
    const VALUES: bool;
    /// The quantities of the weights.
    type Weights: Quantity;
}

/// Gathers everything.
pub struct Everything;

/// Gathers Σw and Σwx alone.
pub struct Means;

impl Extent for Everything {
    const SQUARES: bool = true;
    const VALUES: bool = true;
    type Weights = quantity::SumAndSquares;
}

impl Extent for Means {
    const SQUARES: bool = false;
    const VALUES: bool = false;
    type Weights = quantity::Sum;
}

/// The kernels of [`WeightedSums`], in boxes as those of [`super::pair::PairKernels`].
pub struct WeightedKernels<E: Extent> {
    values: Box<Accumulator<quantity::Extremes>>,
    weights: Box<Accumulator<E::Weights>>,
    products: Box<Products>,
    squares: Option<Box<WeightedSquares>>,
}

impl<E: Extent> Kernels for WeightedKernels<E> {
    type Sums = WeightedSums;

    fn new(set: InstructionSet) -> Self {
        Self {
            values: Box::new(Accumulate::new(set)),
            weights: Box::new(Accumulate::new(set)),
            products: Box::new(Products::new(set)),
            squares: None,
        }
    }

    fn add(&mut self, x: &[Unaligned], w: &[Unaligned], sums: &mut WeightedSums) {
        if E::VALUES {
            self.values.add(x);
        } else {
            sums.counts.all += x.len() as u64;
        }
        self.weights.add(w);
        self.products.add(x, w);
        if !E::SQUARES {
            return;
        }
        if x.len() >= MIN_FOR_BINS && self.squares.is_none() {
            self.squares = WeightedSquares::new();
        }
        match &mut self.squares {
            Some(squares) if x.len() >= MIN_FOR_BINS => {
                if squares.room() < x.len() {
                    sums.take_from(squares);
                }
                squares.add(x, w);
            }
            _ => {
                for (&x, &w) in x.iter().zip(w) {
                    let [x, w] = [x, w].map(f64::from_ne_bytes);
                    if x.is_infinite() {
                        sums.counts.add_special(x);
                    }
                    sums.add_square(Number::double(x), Number::double(w));
                }
            }
        }
    }

    fn settle(&mut self, sums: &mut WeightedSums) {
        let values = self.values.finish();
        // The kernel of extremes does not look for infinities; they are counted beside the squares.
        sums.counts.all += values.counts.all;
        sums.extremes.merge(&values.extremes);
        sums.weights.merge(&self.weights.finish());
        sums.products.take_from(&mut self.products);
        if let Some(squares) = &mut self.squares {
            sums.take_from(squares);
        }
    }
}
