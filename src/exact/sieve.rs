//! Sifting a block: finding its outliers, the few values that a window does not hold.

use super::Unaligned;
use super::fold::MAX_BLOCK;
use crate::simd::{Kernel, Simd};

/// The range of values that a window holds: zeros, and magnitudes from `least` up to but not including
/// `above`.
pub struct Sieve {
    /// The least nonzero magnitude.
    pub least: f64,
    /// The bound that all magnitudes are below.
    pub above: f64,
}

impl Sieve {
    /// Is x in the range? NaN is not.
    #[inline(always)]
    fn holds(&self, x: f64) -> bool {
        // Without short-circuiting the compiler can vectorise this.
        let magnitude = x.abs();
        (magnitude < self.above) & ((magnitude >= self.least) | (magnitude == 0.0))
    }
}

/// The indices of values outside a sieve's range, as long as they are few.
pub struct Outliers {
    indices: [u16; Self::MAX_OUTLIERS],
    count: usize,
}

impl Default for Outliers {
    fn default() -> Self {
        Self {
            indices: [0; Self::MAX_OUTLIERS],
            count: 0,
        }
    }
}

impl Outliers {
    /// The most outliers of a block that is sifted; with more of them bins take less time.
    const MAX_OUTLIERS: usize = MAX_BLOCK / 16;

    #[inline(always)]
    fn push(&mut self, index: usize) {
        if let Some(place) = self.indices.get_mut(self.count) {
            *place = index as u16;
        }
        self.count += 1;
    }

    /// The outliers in increasing order, if they are few.
    pub fn few(&self) -> Option<&[u16]> {
        self.indices.get(..self.count)
    }
}

/// The kernel that finds the values outside a sieve's range, and stops once they are too many.
pub struct Sift<'a>(pub &'a Sieve, pub &'a [Unaligned], pub &'a mut Outliers);

impl Kernel for Sift<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        const GROUP: usize = 16;
        let Self(sieve, values, outliers) = self;
        for (group, values) in values.chunks(GROUP).enumerate() {
            let mut all = true;
            for &value in values {
                all &= sieve.holds(f64::from_ne_bytes(value));
            }
            if !all {
                for (i, &value) in values.iter().enumerate() {
                    if !sieve.holds(f64::from_ne_bytes(value)) {
                        outliers.push(group * GROUP + i);
                    }
                }
                if outliers.few().is_none() {
                    return;
                }
            }
        }
    }
}
