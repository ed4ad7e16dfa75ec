//! The first pass: greatest and least magnitudes, and extremes.

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
    /// Sums of the values, which are NaN if a value is; only if there are no folds to tell.
    witness: S::F64,
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
        }
    }

    /// Takes in a value of each lane.
    #[inline(always)]
    pub fn add<Q: Quantity>(&mut self, x: S::F64, complete: bool) {
        if Q::EXTREMES {
            let [min, max, or, and] = &mut self.extremes;
            *min = x.min(*min);
            *max = x.max(*max);
            *or = x.or(*or);
            *and = x.and(*and);
        } else {
            self.high = x.abs().max(self.high);
        }
        if !Q::SUMS {
            self.witness = self.witness.add(x);
        } else if complete {
            self.least = self.least.with(x.abs());
        }
    }

    /// Writes the ranges. If all lanes belong to `one_result`, they get its range.
    #[inline(always)]
    pub fn store<Q: Quantity>(self, sums: &mut LaneSums, lane: usize, one_result: bool) {
        let high = if Q::EXTREMES {
            let [min, max, ..] = self.extremes;
            max.max(self.simd.splat(0.0).sub(min))
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
