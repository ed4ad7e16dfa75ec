//! Where an accumulator takes values from: memory, or who makes them.

use super::Unaligned;
use crate::simd::Simd;

/// Doubles ahead of the present one to ask the memory for.
pub const PREFETCH: usize = 2048;

/// Doubles in a cache line.
pub const CACHE_LINE: usize = 8;

/// Values, `BATCH` vectors at a time. A copy goes on from the same place.
pub trait Supply<S: Simd, const BATCH: usize>: Copy {
    /// Are the CPU's multipliers free for additions?
    const FMA_PORT_FREE: bool;
    /// Are zeros to be expected? If not, a block with one is declined, and there are fewer operations for the
    /// others.
    const ZEROS: bool;
    /// Memory to write a block to, for values that do not lie in memory.
    type Room;

    /// Room for a block.
    fn room() -> Self::Room;

    /// How many values there are yet: a multiple of `BATCH` vectors.
    fn left(&self) -> usize;

    /// The values there are yet, if they lie in memory; else none.
    fn in_memory<'a>(&self) -> &'a [Unaligned]
    where
        Self: 'a;

    /// Takes the next vectors.
    ///
    /// # Safety
    /// There are so many.
    unsafe fn next(&mut self, simd: S) -> [S::F64; BATCH];

    /// Takes the next block: so many values, or those that are left, a multiple of `BATCH` vectors.
    fn block<'a>(&mut self, simd: S, len: usize, room: &'a mut Self::Room) -> &'a [Unaligned]
    where
        Self: 'a;
}

/// Values in memory, at any alignment.
#[derive(Clone, Copy)]
pub struct Memory<'a>(pub &'a [Unaligned]);

impl<S: Simd, const BATCH: usize> Supply<S, BATCH> for Memory<'_> {
    const FMA_PORT_FREE: bool = true;
    const ZEROS: bool = true;
    type Room = ();

    fn room() {}

    fn left(&self) -> usize {
        self.0.len()
    }

    fn in_memory<'a>(&self) -> &'a [Unaligned]
    where
        Self: 'a,
    {
        self.0
    }

    #[inline(always)]
    unsafe fn next(&mut self, simd: S) -> [S::F64; BATCH] {
        // SAFETY: the caller's promise.
        let (batch, rest) = unsafe { self.0.split_at_unchecked(BATCH * S::LANES) };
        self.0 = rest;
        let mut vectors = [simd.splat(0.0); BATCH];
        for (n, vector) in vectors.iter_mut().enumerate() {
            let at: *const f64 = batch.as_ptr().wrapping_add(n * S::LANES).cast();
            if (n * S::LANES).is_multiple_of(CACHE_LINE) {
                simd.prefetch(at.wrapping_add(PREFETCH));
            }
            // SAFETY: a vector of the batch.
            *vector = unsafe { simd.load(at) };
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
