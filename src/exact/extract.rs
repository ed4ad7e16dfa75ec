//! Exact sums by error-free extraction, at the speed of memory: the running sums of a block.
//!
//! # Algorithm
//! Extraction against a large start value splits numbers at a fixed bit (Rump, Ogita, Oishi, "Accurate
//! floating-point summation", 2008; Demmel, Nguyen, "Parallel reproducible summation", 2015). Those
//! algorithms drop what lies below the last fold; here it is kept or the block is declined, so that the
//! result is exact. Each lane of a fold does
//!
//! ```text
//! a = 1.5·2^m;  for each x:  t = a + x;  q = t - a;  a = t;  r = x - q;
//! ```
//!
//! and the residuals r go to the next fold. At the end of the block `bits(a) - bits(1.5·2^m)` is the lane's
//! sum of q as an integer in units of u = 2^(m-52).
//!
//! # Proof
//! Let a block have 2^k additions a lane, |x| <= 2^(e+1), and m >= e + 2 + k, m >= -1022.
//! - q is x rounded to a multiple of u: |q| <= 2^(e+1), as 2^(e+1) is such a multiple. So all partial sums
//!   differ from 1.5·2^m by at most 2^k·2^(e+1) <= 2^(m-1): the lane stays within [2^m, 2^(m+1)], where
//!   doubles are the multiples of u and bit patterns count them.
//! - q = t - a is exact, being a multiple of u below 2^(m-1). r = x - q is the error of a rounded addition
//!   with |a| > |x|, hence a double (Dekker 1971): no bit is lost.
//! - |r| <= u/2 = 2^(m-53), so the next fold's bound is e' + 1 = m - 53 and its m' = e' + 2 + k = m - 52 + k.
//! - If each x is a multiple of the last fold's unit, so is each r that reaches it, and `b + r` is exact: the
//!   last fold is a single addition. x is such a multiple if |x| >= 2^m of the last fold, or if its unit is
//!   2^-1074. A narrow x, of 24 bits, is a multiple of 2^(f-23) where 2^f <= |x|: for f >= e - 27 + k that is
//!   a multiple of the first fold's unit 2^(e+k-50), and the first fold is the last one.
//!
//! Squares are split into h = RN(x²) and l = x² - h, which a fused multiply-add computes exactly while
//! |x| >= 2^-485. Both have folds of their own: |h| <= 2^(2e+2), |l| <= ulp(h)/2 <= 2^(2e-52).
//!
//! The kernels on top: [`super::fold`] along memory, [`super::fold_products`] for dot products,
//! [`super::columns`] across the rows of a matrix.

use super::window::{Folds, Lanes};
use crate::simd::{F64s, MAX_LANES, Simd, U64s};

/// The running sums of one quantity in a block: lanes for each of `VECTORS` vectors, in each of `FOLDS`
/// folds.
#[derive(Clone, Copy)]
pub struct Running<S: Simd, const VECTORS: usize, const FOLDS: usize>([[S::F64; VECTORS]; FOLDS]);

impl<S: Simd, const VECTORS: usize, const FOLDS: usize> Running<S, VECTORS, FOLDS> {
    /// The running sums at the start of a block.
    #[inline(always)]
    pub fn start(simd: S, folds: &Folds) -> Self {
        let mut running = [[simd.splat(0.0); VECTORS]; FOLDS];
        for (j, lanes) in running.iter_mut().enumerate() {
            *lanes = [simd.splat(folds.start[j]); VECTORS];
        }
        Self(running)
    }

    /// Running sums with these folds, as [`Self::folds`] returned them.
    #[inline(always)]
    pub fn from_folds(folds: [[S::F64; VECTORS]; FOLDS]) -> Self {
        Self(folds)
    }

    /// The lanes of each fold, the first fold first.
    #[inline(always)]
    pub fn folds(&self) -> &[[S::F64; VECTORS]; FOLDS] {
        &self.0
    }

    /// The lanes of the first fold.
    #[inline(always)]
    pub fn first(&self) -> &[S::F64; VECTORS] {
        &self.0[0]
    }

    /// Adds x to the lanes of the vector number `vector`. The last fold is a single addition. With `one`,
    /// which is 1.0 from [`opaque`](crate::simd::opaque), so many additions are fused multiply-adds that
    /// adders and multipliers have about the same to do: minimum, maximum and comparison, which find the
    /// range of x, are among the multipliers' tasks.
    #[inline(always)]
    pub fn add(&mut self, vector: usize, x: S::F64, one: Option<S::F64>) {
        self.add_to_first::<FOLDS>(vector, x, one);
    }

    /// As [`Self::add`], with the first `USED` folds alone.
    #[inline(always)]
    pub fn add_to_first<const USED: usize>(
        &mut self,
        vector: usize,
        x: S::F64,
        one: Option<S::F64>,
    ) {
        const { assert!(0 < USED && USED <= FOLDS) };
        let mut residual = x;
        for j in 0..USED - 1 {
            let by_fma = if j == 0 { None } else { one };
            residual = extract(&mut self.0[j][vector], residual, by_fma);
        }
        let last = &mut self.0[USED - 1][vector];
        *last = match one {
            Some(one) => residual.add_by_fma(*last, one),
            None => last.add(residual),
        };
    }

    /// Adds x to the first fold of the vector number `vector`, with a rounding error.
    #[inline(always)]
    pub fn add_plainly(&mut self, vector: usize, x: S::F64) {
        let fold = &mut self.0[0][vector];
        *fold = fold.add(x);
    }

    /// At the end of a block, adds each lane's difference from its start value to the totals, as an integer.
    #[inline(always)]
    pub fn add_to(&self, simd: S, folds: &Folds, totals: &mut Lanes) {
        const { assert!(S::LANES <= MAX_LANES) };
        for (j, vectors) in self.0.iter().enumerate() {
            let start = simd.splat(folds.start[j]).to_bits();
            let total = totals[j].as_mut_ptr().cast();
            for vector in vectors {
                let moved = vector.to_bits().sub(start);
                // SAFETY: a vector has no more lanes than there are totals. Sums modulo 2^64 have the same
                // bits for signed integers, which the totals are, and unsigned ones, which are added.
                unsafe { simd.load_bits(total).add(moved).store(total) };
            }
        }
    }
}

/// Adds x to one fold, and returns the residual. `one` is as in [`Running::add`].
#[inline(always)]
fn extract<V: F64s>(fold: &mut V, x: V, one: Option<V>) -> V {
    let sum = fold.add(x);
    let part = sum.sub(*fold);
    *fold = sum;
    match one {
        Some(one) => x.sub_by_fma(part, one),
        None => x.sub(part),
    }
}
