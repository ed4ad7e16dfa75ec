//! Sifting a block: the values that a window holds, and the few that it does not.

use super::Unaligned;
use super::fold::MAX_BLOCK;
use crate::simd::{Kernel, Simd};

/// What a window holds.
pub struct Sieve {
    /// The least nonzero magnitude.
    pub least: f64,
    /// All magnitudes are below this.
    pub above: f64,
}

impl Sieve {
    #[inline(always)]
    fn holds(&self, x: f64) -> bool {
        // Not short-circuited, for the compiler to vectorise; NaN is not held.
        let magnitude = x.abs();
        (magnitude < self.above) & ((magnitude >= self.least) | (magnitude == 0.0))
    }
}

/// The indices of values that a sieve does not hold, as long as they are few.
pub struct Outliers {
    indices: [u16; Self::FEW],
    count: usize,
}

impl Default for Outliers {
    fn default() -> Self {
        Self {
            indices: [0; Self::FEW],
            count: 0,
        }
    }
}

impl Outliers {
    /// More than so many in a block are better off in bins.
    const FEW: usize = MAX_BLOCK / 16;

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

/// Finds the values that a sieve does not hold, unless they are more than a few.
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
