//! The first pass: greatest and least magnitudes, and extremes.

use super::care::Care;
use super::sums::LaneSums;
use crate::exact::columns::{PACK, PackExtremes};
use crate::exact::quantity::Quantity;
use crate::simd::{F64s, LeastNonzero, Simd};

/// The ranges of the lanes of one vector.
pub struct Range<S: Simd> {
    simd: S,
    /// The greatest magnitudes, if extremes are not gathered.
    high: S::F64,
    /// The least nonzero magnitudes, if the sums are to be complete.
    least: S::Least,
    /// Minima, maxima, or, and: as [`PackExtremes`] has them.
    extremes: [S::F64; 4],
    /// Sums of the values, which are NaN if a value is; only if there are no folds to tell, and NaNs are not
    /// counted.
    witness: S::F64,
    /// How many NaNs were counted.
    nans: S::F64,
}

impl<S: Simd> Range<S> {
    /// The ranges of no values, for lanes from `lane` on.
    #[inline(always)]
    pub fn new(simd: S, lane: usize) -> Self {
        Self {
            simd,
            high: simd.splat(0.0),
            least: simd.no_least(),
            // SAFETY: a vector starts at `lane`, a multiple of its lanes.
            extremes: unsafe { PackExtremes::NONE.load(simd, lane) },
            witness: simd.splat(0.0),
            nans: simd.splat(0.0),
        }
    }

    /// Takes in a value of each lane.
    #[inline(always)]
    pub fn add<Q: Quantity>(&mut self, x: S::F64, care: Care) {
        // Comparisons skip NaNs, and least magnitudes skip zeros.
        let (mut number, mut with_all_bits) = (x, x);
        if care.nans {
            number = x.and_not(x.nans());
            with_all_bits = x.or(x.nans());
        }
        if Q::EXTREMES {
            let [min, max, or, and] = &mut self.extremes;
            *min = x.min(*min);
            *max = x.max(*max);
            *or = number.or(*or);
            *and = with_all_bits.and(*and);
        } else {
            self.high = x.abs().max(self.high);
        }
        if Q::SUMS {
            if care.complete {
                self.least = self.least.with(number.abs());
            }
        } else if !care.nans {
            self.witness = self.witness.add(x);
        }
    }

    /// Counts the lanes that are NaN.
    #[inline(always)]
    pub fn count_nans(&mut self, x: S::F64) {
        self.nans = self.nans.add(self.simd.splat(1.0).and(x.nans()));
    }

    /// Writes the ranges. If all lanes belong to `one_result`, they get its range.
    #[inline(always)]
    pub fn store<Q: Quantity>(
        self,
        sums: &mut LaneSums,
        lane: usize,
        one_result: bool,
        care: Care,
    ) {
        if care.nans {
            // SAFETY: there are a vector's lanes from `lane` on.
            unsafe { self.nans.store(sums.nans.as_mut_ptr().add(lane)) };
        }
        let high = if Q::EXTREMES {
            let [min, max, ..] = self.extremes;
            let zero = self.simd.splat(0.0);
            let high = max.max(zero.sub(min));
            // Without a number, the extremes are infinities.
            if care.nans { high.max(zero) } else { high }
        } else {
            self.high
        };
        // SAFETY: there are a vector's lanes from `lane` on.
        unsafe {
            if Q::EXTREMES {
                sums.extremes.store(self.extremes, lane);
            }
            if !Q::SUMS {
                self.witness.store(sums.moved[0][0].as_mut_ptr().add(lane));
            } else if one_result {
                const { assert!(S::LANES == PACK) };
                sums.high = [high.reduce_max(); PACK];
                sums.least = [self.least.reduce(); PACK];
            } else {
                high.store(sums.high.as_mut_ptr().add(lane));
                self.least.store(sums.least.as_mut_ptr().add(lane));
            }
        }
    }
}
