//! Where an accumulator takes values from: from memory, or from a generator.

use std::mem::MaybeUninit;

use super::Unaligned;
use super::blocking::MAX_BLOCK;
use super::range::{DoubleRange, FloatRange, Range};
use crate::simd::{F32s, Simd};

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
    /// Does [`Self::next`] give the same values as [`Self::block`]? If not, blocks that have outliers are
    /// taken by the latter.
    const SIFTABLE: bool;
    /// `BATCH` vectors, before they are doubles.
    type Batch: Copy;
    /// What finds the range of batches, in a kernel with lanes for `VECTORS` vectors.
    type Range<const VECTORS: usize>: Range<S, Self::Batch>;
    /// Where [`Self::block`] writes values that do not lie in memory as doubles.
    type Buffer;

    /// A buffer for a block.
    fn buffer() -> Self::Buffer;

    /// How many values are left: a multiple of `BATCH` vectors.
    fn left(&self) -> usize;

    /// Is one of the next `count` values x, to the bit? Always `false` if there are no zeros and x is one.
    fn contains(&self, count: usize, x: f64) -> bool;

    /// The value with this index among those that are left, if the supply is [`Self::SIFTABLE`].
    fn value(&self, index: usize) -> f64;

    /// Takes the next vectors.
    ///
    /// # Safety
    /// At least `BATCH` vectors of values are left.
    unsafe fn next(&mut self, simd: S) -> Self::Batch;

    /// The vector number `n` of a batch.
    fn vector(batch: &Self::Batch, n: usize) -> S::F64;

    /// Takes the next block: `len` values, a multiple of `BATCH` vectors and at most [`MAX_BLOCK`], or those
    /// that are left if they are fewer.
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
    const SIFTABLE: bool = true;
    type Batch = [S::F64; BATCH];
    type Range<const VECTORS: usize> = DoubleRange<S, VECTORS, true>;
    type Buffer = ();

    fn buffer() {}

    fn left(&self) -> usize {
        self.0.len()
    }

    fn contains(&self, count: usize, x: f64) -> bool {
        contains(&self.0[..count], x.to_ne_bytes())
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
        for (n, vector) in vectors.iter_mut().enumerate() {
            let at: *const f64 = batch.as_ptr().wrapping_add(n * S::LANES).cast();
            if (n * S::LANES).is_multiple_of(CACHE_LINE) {
                // An address behind the values might not be mapped, which takes a CPU long to find out.
                simd.prefetch(at.wrapping_add(PREFETCH.min(rest.len())));
            }
            // SAFETY: `at` is the vector number `n` of the `BATCH` in the batch.
            *vector = unsafe { simd.load(at) };
        }
        vectors
    }

    #[inline(always)]
    fn vector(batch: &[S::F64; BATCH], n: usize) -> S::F64 {
        batch[n]
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

/// The bytes of a float, at any alignment.
pub type UnalignedFloat = [u8; 4];

/// Floats in memory, at any alignment. They are widened as they are taken.
#[derive(Clone, Copy)]
pub struct Floats<'a>(pub &'a [UnalignedFloat]);

// SAFETY: the values are those of a slice, which is cut as they are taken.
unsafe impl<S: Simd, const BATCH: usize> Supply<S, BATCH> for Floats<'_> {
    const FMA_PORT_FREE: bool = true;
    const SIFTABLE: bool = true;
    /// The first half has the floats.
    type Batch = [S::F32; BATCH];
    type Range<const VECTORS: usize> = FloatRange<S, BATCH>;
    type Buffer = [MaybeUninit<Unaligned>; MAX_BLOCK];

    fn buffer() -> Self::Buffer {
        [MaybeUninit::uninit(); MAX_BLOCK]
    }

    fn left(&self) -> usize {
        self.0.len()
    }

    fn contains(&self, count: usize, x: f64) -> bool {
        contains(&self.0[..count], (x as f32).to_ne_bytes())
    }

    fn value(&self, index: usize) -> f64 {
        widened(self.0[index])
    }

    #[inline(always)]
    unsafe fn next(&mut self, simd: S) -> [S::F32; BATCH] {
        // SAFETY: the caller's promise.
        let (batch, rest) = unsafe { self.0.split_at_unchecked(BATCH * S::LANES) };
        self.0 = rest;
        let mut vectors = [simd.splat_floats(0.0); BATCH];
        for (n, vector) in vectors[..BATCH / 2].iter_mut().enumerate() {
            let first = n * 2 * S::LANES;
            let at: *const f32 = batch.as_ptr().wrapping_add(first).cast();
            if first.is_multiple_of(2 * CACHE_LINE) {
                let ahead = at.wrapping_add((2 * PREFETCH).min(rest.len()));
                simd.prefetch(ahead.cast());
            }
            // SAFETY: `at` is the vector number `n` of the `BATCH / 2` in the batch.
            *vector = unsafe { simd.load_floats(at) };
        }
        vectors
    }

    #[inline(always)]
    fn vector(batch: &[S::F32; BATCH], n: usize) -> S::F64 {
        batch[n / 2].widen()[n % 2]
    }

    fn block<'a>(&mut self, _: S, len: usize, buffer: &'a mut Self::Buffer) -> &'a [Unaligned]
    where
        Self: 'a,
    {
        let (block, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        let buffer = &mut buffer[..block.len()];
        for (out, &value) in buffer.iter_mut().zip(block) {
            out.write(widened(value).to_ne_bytes());
        }
        // SAFETY: all of the buffer was written.
        unsafe { std::slice::from_raw_parts(buffer.as_ptr().cast(), block.len()) }
    }
}

/// The float as a double.
#[inline(always)]
pub fn widened(value: UnalignedFloat) -> f64 {
    f32::from_ne_bytes(value).into()
}

/// Does one of the values have these bytes?
pub fn contains<Raw: PartialEq>(values: &[Raw], wanted: Raw) -> bool {
    // Runs are compared without a branch in them, so that the compiler can vectorise the comparison.
    values.chunks(256).any(|run| {
        run.iter()
            .fold(false, |found, value| found | (*value == wanted))
    })
}
