//! Where an accumulator takes values from: from memory, or from a generator.

use super::Unaligned;
use crate::simd::Simd;

/// How many doubles ahead of the present one cache lines are prefetched.
pub const PREFETCH: usize = 2048;

/// How many doubles a cache line has.
pub const CACHE_LINE: usize = 8;

/// A sequence of values, taken `BATCH` vectors at a time. A copy continues at the same value, so that a
/// declined block can be taken once more.
///
/// # Safety
/// [`Self::next`] can be called until all values that [`Self::left`] counts are taken, and a copy has the
/// same values left.
pub unsafe trait Supply<S: Simd, const BATCH: usize>: Copy {
    /// Are the CPU's multipliers free for additions, as fused multiply-adds?
    const FMA_PORT_FREE: bool;
    /// Are zeros expected? If not, a kernel takes fewer operations, and declines blocks with zeros.
    const EXPECTS_ZEROS: bool;
    /// Does [`Self::next`] give the same values as [`Self::block`]? If not, blocks that have outliers are taken
    /// by the latter.
    const SIFTABLE: bool;
    /// Where [`Self::block`] writes values that do not lie in memory.
    type Buffer;

    /// A buffer for a block.
    fn buffer() -> Self::Buffer;

    /// How many values are left: a multiple of `BATCH` vectors.
    fn left(&self) -> usize;

    /// The values that are left, if they lie in memory; else none.
    fn in_memory<'a>(&self) -> &'a [Unaligned]
    where
        Self: 'a;

    /// The value with this index among those that are left, if the supply is [`Self::SIFTABLE`].
    fn value(&self, index: usize) -> f64;

    /// Takes the next vectors.
    ///
    /// # Safety
    /// At least `BATCH` vectors of values are left.
    unsafe fn next(&mut self, simd: S) -> [S::F64; BATCH];

    /// Takes the next block: `len` values, a multiple of `BATCH` vectors, or those that are left if they are
    /// fewer.
    fn block<'a>(&mut self, simd: S, len: usize, buffer: &'a mut Self::Buffer) -> &'a [Unaligned]
    where
        Self: 'a;
}

/// Values in memory, at any alignment.
#[derive(Clone, Copy)]
pub struct Memory<'a>(pub &'a [Unaligned]);

// SAFETY: the values are those of a slice, which is cut as they are taken.
unsafe impl<S: Simd, const BATCH: usize> Supply<S, BATCH> for Memory<'_> {
    const FMA_PORT_FREE: bool = true;
    const EXPECTS_ZEROS: bool = true;
    const SIFTABLE: bool = true;
    type Buffer = ();

    fn buffer() {}

    fn left(&self) -> usize {
        self.0.len()
    }

    fn in_memory<'a>(&self) -> &'a [Unaligned]
    where
        Self: 'a,
    {
        self.0
    }

    fn value(&self, index: usize) -> f64 {
        f64::from_ne_bytes(self.0[index])
    }

    #[inline(always)]
    unsafe fn next(&mut self, simd: S) -> [S::F64; BATCH] {
        // SAFETY: the caller's promise.
        let (batch, rest) = unsafe { self.0.split_at_unchecked(BATCH * S::LANES) };
        self.0 = rest;
        let mut vectors = [simd.splat(0.0); BATCH];
        for n in 0..BATCH {
            let at: *const f64 = batch.as_ptr().wrapping_add(n * S::LANES).cast();
            if (n * S::LANES).is_multiple_of(CACHE_LINE) {
                // An address behind the values might not be mapped, which takes a CPU long to find out.
                simd.prefetch(at.wrapping_add(PREFETCH.min(rest.len())));
            }
            // SAFETY: `at` is the vector number `n` of the `BATCH` in the batch.
            vectors[n] = unsafe { simd.load(at) };
        }
        vectors
    }

    fn block<'a>(&mut self, _: S, len: usize, (): &'a mut ()) -> &'a [Unaligned]
    where
        Self: 'a,
    {
        let (block, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        block
    }
}
