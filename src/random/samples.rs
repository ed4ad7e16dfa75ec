//! The samples of a block, one step of its generators after the other.
//!
//! A block has 4096 samples from eight xoshiro256++ generators side by side: sample j of a block comes from
//! lane j mod 8, step j div 8.

use super::lanes::LANES;
use super::philox::LaneStates;
use crate::simd::{F64s, Simd};

/// Samples in a block.
pub const SAMPLES_IN_BLOCK: usize = 4096;

/// Makes the samples of a block in order, `N` times eight at a time.
pub trait Samples<S: Simd, const N: usize>: Copy {
    /// Begins with the block's first sample.
    fn new(simd: S, states: &LaneStates) -> Self;

    /// The next samples; these may be in another order unless `ORDERED`.
    fn next<const ORDERED: bool>(&mut self, simd: S) -> [S::F64; N];

    /// Writes the next `len` samples, a multiple of `N` times eight.
    ///
    /// # Safety
    /// `out` has room for these samples, at any alignment.
    #[inline(always)]
    unsafe fn fill(&mut self, simd: S, out: *mut f64, len: usize) {
        const { assert!(S::LANES == LANES) };
        debug_assert!(len.is_multiple_of(N * LANES));
        for j in (0..len).step_by(N * LANES) {
            for (n, samples) in self.next::<true>(simd).into_iter().enumerate() {
                // SAFETY: the caller's promise.
                unsafe { samples.store(out.add(j + n * LANES)) };
            }
        }
    }
}
