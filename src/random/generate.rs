//! Any part of a stream, stored or reduced, on the pool.

use std::ops::Range;

use super::sampler::Sampler;
use super::samples::SAMPLES_IN_BLOCK;
use super::{Distribution, Part};
use crate::error::Result;
use crate::exact::quantity::Describe;
use crate::exact::{Accumulate, Accumulator, Moments, Unaligned};
use crate::parallel::fold_values;
use crate::simd::in_force;

/// Blocks that a thread takes at a time where there are many: tens of microseconds of normals.
const BLOCKS_IN_CHUNK: u64 = 4;

/// Writes the samples of a part to `out`, as many as it has room for.
pub fn fill(distribution: &Distribution, part: Part, out: &mut [Unaligned]) -> Result<()> {
    /// Where the samples go; each place is written by one thread alone.
    struct Out(*mut Unaligned);
    // SAFETY: each place is written by one thread alone.
    unsafe impl Sync for Out {}

    let sampler = Sampler::new(distribution)?;
    debug_assert_eq!(out.len() as u64, part.count);
    let out = Out(out.as_mut_ptr());
    over_blocks(
        part,
        || (),
        |(), samples| {
            let out = &out;
            let start = (samples.start - part.offset) as usize;
            let len = (samples.end - samples.start) as usize;
            // SAFETY: only this chunk has these samples of the part, and `out` has room for all of the part.
            let place = unsafe { std::slice::from_raw_parts_mut(out.0.add(start), len) };
            sampler.fill(part.key, samples, place);
        },
        |(), ()| (),
    )
}

/// The exact moments of the samples of a part, which are never stored.
pub fn reduce(distribution: &Distribution, part: Part) -> Result<Moments> {
    let sampler = Sampler::new(distribution)?;
    let mut accumulator = over_blocks(
        part,
        || Accumulator::<Describe>::new(in_force()),
        |accumulator, samples| {
            for samples in by_block(samples) {
                sampler.describe(part.key, samples, accumulator);
            }
        },
        Accumulator::merge,
    )?;
    Ok(accumulator.finish())
}

/// Folds the samples of a part in parallel, in chunks that are cut at the borders of blocks.
fn over_blocks<A: Send>(
    part: Part,
    new: impl Fn() -> A + Sync,
    work: impl Fn(&mut A, Range<u64>) + Sync,
    merge: impl Fn(&mut A, A) + Sync,
) -> Result<A> {
    if part.count == 0 {
        return Ok(new());
    }
    let block = SAMPLES_IN_BLOCK as u64;
    let (first, last) = (part.offset / block, (part.offset + part.count - 1) / block);
    let blocks = last - first + 1;
    let chunk = (blocks / 16).clamp(1, BLOCKS_IN_CHUNK);
    fold_values(
        blocks as usize,
        SAMPLES_IN_BLOCK,
        chunk as usize,
        new,
        |accumulator, range: Range<usize>| {
            let begin = (first + range.start as u64) * block;
            // The last block of a stream ends at 2^64, which is no u64.
            let end = (first + range.end as u64).saturating_mul(block);
            let samples = begin.max(part.offset)..end.min(part.offset + part.count);
            work(accumulator, samples);
            Ok(())
        },
        merge,
    )
}

/// Cuts samples at the borders of blocks.
fn by_block(samples: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    let block = SAMPLES_IN_BLOCK as u64;
    let mut start = samples.start;
    std::iter::from_fn(move || {
        let first = start;
        start = samples.end.min((first / block + 1).saturating_mul(block));
        (first < samples.end).then_some(first..start)
    })
}
