//! The range of the values that a kernel takes: what decides whether a block fits its window, and the
//! extremes.

use super::blocking::MAX_STEP;
use super::quantity::Quantity;
use crate::simd::{F32s, F64s, LeastNonzero, Simd};

/// The least and the greatest number by float comparison, to which -0.0 and +0.0 are equal; (∞, -∞) of none.
pub type MinMax = (f64, f64);

/// The range of the batches that were taken in, lane by lane.
pub trait Range<S: Simd, Batch>: Copy {
    /// The range of nothing.
    fn new<Q: Quantity>(simd: S) -> Self;
    /// Takes a batch in.
    fn add<Q: Quantity>(&mut self, batch: &Batch);
    /// Takes a batch in for the extremes alone, if `Q` has them. NaN is skipped.
    fn add_extremes<Q: Quantity>(&mut self, batch: &Batch);
    /// Are all magnitudes below `above`, a power of two, and all nonzero ones at least `least`, a power of
    /// two or 0? NaNs may be skipped.
    fn fits<Q: Quantity>(&self, above: f64, least: f64) -> bool;
    /// The extremes, if `Q` has them.
    fn min_max(&self) -> MinMax;
}

/// The range of doubles. `ZEROS` tells whether zeros are expected: otherwise it takes fewer operations, and
/// zeros do not fit.
#[derive(Clone, Copy)]
pub struct DoubleRange<S: Simd, const VECTORS: usize, const ZEROS: bool> {
    /// The least nonzero magnitudes, if zeros are expected.
    least_nonzero: [S::Least; VECTORS],
    /// The least magnitudes, if zeros are not expected.
    least_magnitude: [S::F64; VECTORS],
    /// The least values, if extremes are gathered.
    low: [S::F64; VECTORS],
    /// The greatest values if extremes are gathered, else the greatest magnitudes.
    high: [S::F64; VECTORS],
}

impl<S: Simd, const BATCH: usize, const VECTORS: usize, const ZEROS: bool> Range<S, [S::F64; BATCH]>
    for DoubleRange<S, VECTORS, ZEROS>
{
    #[inline(always)]
    fn new<Q: Quantity>(simd: S) -> Self {
        let no_high = if Q::EXTREMES { f64::NEG_INFINITY } else { 0.0 };
        Self {
            least_nonzero: [simd.no_least(); VECTORS],
            least_magnitude: [simd.splat(f64::INFINITY); VECTORS],
            low: [simd.splat(f64::INFINITY); VECTORS],
            high: [simd.splat(no_high); VECTORS],
        }
    }

    #[inline(always)]
    fn add<Q: Quantity>(&mut self, batch: &[S::F64; BATCH]) {
        for (n, x) in batch.iter().enumerate() {
            let v = n % VECTORS;
            let magnitude = x.abs();
            if !Q::SUMS {
                // Every magnitude fits.
            } else if ZEROS {
                self.least_nonzero[v] = self.least_nonzero[v].with(magnitude);
            } else {
                self.least_magnitude[v] = x.min_magnitude(self.least_magnitude[v]);
            }
            if !Q::EXTREMES {
                self.high[v] = magnitude.max(self.high[v]);
            }
        }
        self.add_extremes::<Q>(batch);
    }

    #[inline(always)]
    fn add_extremes<Q: Quantity>(&mut self, batch: &[S::F64; BATCH]) {
        if Q::EXTREMES {
            for (n, x) in batch.iter().enumerate() {
                let v = n % VECTORS;
                self.low[v] = x.min(self.low[v]);
                self.high[v] = x.max(self.high[v]);
            }
        }
    }

    #[inline(always)]
    fn fits<Q: Quantity>(&self, above: f64, least: f64) -> bool {
        if !Q::SUMS {
            return true;
        }
        let (mut least_nonzero, mut least_magnitude) =
            (self.least_nonzero[0], self.least_magnitude[0]);
        let (mut bottom, mut top) = (self.low[0], self.high[0]);
        for v in 1..VECTORS {
            least_nonzero = least_nonzero.min(self.least_nonzero[v]);
            least_magnitude = least_magnitude.min(self.least_magnitude[v]);
            bottom = bottom.min(self.low[v]);
            top = top.max(self.high[v]);
        }
        if Q::EXTREMES {
            top = top.abs().max(bottom.abs());
        }
        let reaches = if ZEROS {
            least_nonzero.all_at_least(least)
        } else {
            least_magnitude.all_at_least(least)
        };
        top.all_below(above) && reaches
    }

    #[inline(always)]
    fn min_max(&self) -> MinMax {
        let mut min_max = (f64::INFINITY, f64::NEG_INFINITY);
        for v in 0..VECTORS {
            min_max.0 = min_max.0.min(self.low[v].reduce_min());
            min_max.1 = min_max.1.max(self.high[v].reduce_max());
        }
        min_max
    }
}

/// The range of floats, found before they are widened: half as many vectors. The first half of a batch has
/// them.
#[derive(Clone, Copy)]
pub struct FloatRange<S: Simd, const BATCH: usize> {
    /// The bits of the least nonzero magnitudes, less one.
    least: [S::F32; BATCH],
    /// The bits of the greatest magnitudes.
    most: [S::F32; BATCH],
    /// The least and the greatest values, if extremes are gathered.
    low: [S::F32; BATCH],
    high: [S::F32; BATCH],
}

impl<S: Simd, const BATCH: usize> FloatRange<S, BATCH> {
    /// The lanes of the vectors that are in use.
    #[inline(always)]
    fn lanes(vectors: &[S::F32; BATCH]) -> [f32; MAX_STEP] {
        let mut lanes = [0.0; MAX_STEP];
        for (n, vector) in vectors[..BATCH / 2].iter().enumerate() {
            // SAFETY: `MAX_STEP` floats are as many as `BATCH` vectors of doubles have lanes at most.
            unsafe { vector.store(lanes.as_mut_ptr().add(n * 2 * S::LANES)) };
        }
        lanes
    }
}

impl<S: Simd, const BATCH: usize> Range<S, [S::F32; BATCH]> for FloatRange<S, BATCH> {
    #[inline(always)]
    fn new<Q: Quantity>(simd: S) -> Self {
        const { assert!(BATCH.is_multiple_of(2) && BATCH * S::LANES <= MAX_STEP) };
        Self {
            least: [simd.splat_floats(f32::from_bits(u32::MAX)); BATCH],
            most: [simd.splat_floats(0.0); BATCH],
            low: [simd.splat_floats(f32::INFINITY); BATCH],
            high: [simd.splat_floats(f32::NEG_INFINITY); BATCH],
        }
    }

    #[inline(always)]
    fn add<Q: Quantity>(&mut self, batch: &[S::F32; BATCH]) {
        for (n, x) in batch[..BATCH / 2].iter().enumerate() {
            self.least[n] = x.min_magnitude_bits_less_one(self.least[n]);
            self.most[n] = x.max_magnitude_bits(self.most[n]);
        }
        self.add_extremes::<Q>(batch);
    }

    #[inline(always)]
    fn add_extremes<Q: Quantity>(&mut self, batch: &[S::F32; BATCH]) {
        if Q::EXTREMES {
            for (n, x) in batch[..BATCH / 2].iter().enumerate() {
                self.low[n] = x.min(self.low[n]);
                self.high[n] = x.max(self.high[n]);
            }
        }
    }

    #[inline(always)]
    fn fits<Q: Quantity>(&self, above: f64, least: f64) -> bool {
        if !Q::SUMS {
            return true;
        }
        // Powers of two beyond the range of floats become infinity, which exceeds all numbers and is less
        // than NaN, or 0, which no magnitude is less than.
        let (above, least) = ((above as f32).to_bits(), (least as f32).to_bits());
        let least_less_one = least.saturating_sub(1);
        let (lowest, highest) = (Self::lanes(&self.least), Self::lanes(&self.most));
        let mut fits = true;
        for lane in 0..BATCH * S::LANES {
            fits &= highest[lane].to_bits() < above && lowest[lane].to_bits() >= least_less_one;
        }
        fits
    }

    #[inline(always)]
    fn min_max(&self) -> MinMax {
        let (lowest, highest) = (Self::lanes(&self.low), Self::lanes(&self.high));
        let mut min_max = (f64::INFINITY, f64::NEG_INFINITY);
        for lane in 0..BATCH * S::LANES {
            min_max.0 = min_max.0.min(lowest[lane].into());
            min_max.1 = min_max.1.max(highest[lane].into());
        }
        min_max
    }
}
