//! The running sums of all quantities that a kernel gathers.

use std::marker::PhantomData;

use super::extract::Running;
use super::quantity::{Quantity, folds_of_x};
use super::window::{Totals, Window};
use crate::simd::{F64s, Simd};

/// Running sums of x, of RN(x²) and of its error. Those that are not gathered stay as they are, and cost
/// nothing.
pub struct Sums<S: Simd, Q, const VECTORS: usize, const FOLDS: usize> {
    /// Of x, RN(x²) and x² - RN(x²).
    pub running: [Running<S, VECTORS, FOLDS>; 3],
    quantity: PhantomData<Q>,
}

impl<S: Simd, Q: Quantity, const VECTORS: usize, const FOLDS: usize> Sums<S, Q, VECTORS, FOLDS> {
    /// The sums at the start of a block.
    #[inline(always)]
    pub fn start(simd: S, window: &Window) -> Self {
        Self::from_running([
            Running::start(simd, &window.sum),
            Running::start(simd, &window.square),
            Running::start(simd, &window.error),
        ])
    }

    /// The sums of a block under way.
    #[inline(always)]
    pub fn from_running(running: [Running<S, VECTORS, FOLDS>; 3]) -> Self {
        Self {
            running,
            quantity: PhantomData,
        }
    }

    /// Adds x to the lanes of the vector number `vector`. `one` is as in [`Running::add`].
    #[inline(always)]
    pub fn add(&mut self, vector: usize, x: S::F64, one: Option<S::F64>) {
        let [sum, square, error] = &mut self.running;
        if !Q::SUMS {
            // As a witness of NaNs.
            square.add_plainly(vector, x);
        }
        if Q::SUM {
            match const { folds_of_x::<Q>(FOLDS) } {
                1 => sum.add_to_first::<1>(vector, x, one),
                2 => sum.add_to_first::<2>(vector, x, one),
                _ => sum.add(vector, x, one),
            }
        }
        if Q::SQUARES {
            let product = x.mul(x);
            square.add(vector, product, one);
            if !Q::NARROW {
                error.add(vector, x.product_error(x, product), one);
            }
        }
    }

    /// As [`Self::add`], but the errors of squares are summed up plainly, with rounding errors.
    #[inline(always)]
    pub fn add_quickly(&mut self, vector: usize, x: S::F64, one: Option<S::F64>) {
        let [sum, square, error] = &mut self.running;
        if Q::SUM {
            sum.add(vector, x, one);
        }
        if Q::SQUARES {
            let product = x.mul(x);
            square.add(vector, product, one);
            error.add_plainly(vector, x.product_error(x, product));
        }
    }

    /// A vector with a NaN in it if a NaN was added: one makes its lane NaN, while comparisons may skip it.
    #[inline(always)]
    pub fn witness(&self) -> S::F64 {
        let first = self.running[usize::from(!Q::SUM)].first();
        let mut witness = first[0];
        for lanes in &first[1..] {
            witness = witness.add(*lanes);
        }
        witness
    }

    /// At the end of a block, adds each lane's difference from its start value to the totals.
    #[inline(always)]
    pub fn add_to(&self, simd: S, window: &Window, totals: &mut Totals) {
        let [sum, square, error] = &self.running;
        if Q::SUM {
            sum.add_to(simd, &window.sum, &mut totals.sum);
        }
        if Q::SQUARES {
            square.add_to(simd, &window.square, &mut totals.square);
            if !Q::NARROW {
                error.add_to(simd, &window.error, &mut totals.error);
            }
        }
    }
}
