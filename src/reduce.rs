//! Whole-array reductions: exact accumulators on the pool.
//!
//! How the values are split follows the threads at hand; results cannot depend on it.

use crate::error::Result;
use crate::exact::accumulator::{Accumulator, Describing, Squaring, Summing};
use crate::exact::simd::kernels;
use crate::exact::{Moments, Unaligned};
use crate::parallel::fold_chunks;

/// Values that a thread takes at a time: 512 KiB, tens of microseconds. Smaller arrays are not worth a second thread.
const CHUNK: usize = 1 << 16;

/// Counts and Σx.
pub fn sum(values: &[Unaligned]) -> Result<Moments> {
    accumulate(values, || Summing::new(kernels()))
}

/// Counts and Σx².
pub fn squares(values: &[Unaligned]) -> Result<Moments> {
    accumulate(values, || Squaring::new(kernels()))
}

/// Counts, Σx, Σx² and extremes.
pub fn describe(values: &[Unaligned]) -> Result<Moments> {
    accumulate(values, || Describing::new(kernels()))
}

fn accumulate<const SUM: bool, const SQUARES: bool, const EXTREMES: bool>(
    values: &[Unaligned],
    new: impl Fn() -> Accumulator<SUM, SQUARES, EXTREMES> + Sync,
) -> Result<Moments> {
    let accumulator = fold_chunks(
        values.len(),
        CHUNK,
        new,
        |accumulator, range| {
            accumulator.add(&values[range]);
            Ok(())
        },
        Accumulator::merge,
    )?;
    Ok(accumulator.finish())
}
