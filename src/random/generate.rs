//! Any part of a stream, stored or reduced, on the pool.

use std::ops::Range;

use super::bulk::{Blocks, SAMPLES_IN_PIECE};
use super::family::SampleRng;
use super::fused;
use super::sampler::{Bulk, Sampler, Transform};
use super::samples::SAMPLES_IN_BLOCK;
use super::{Distribution, Part};
use crate::error::Result;
use crate::exact::quantity::Describe;
use crate::exact::{Accumulate, Accumulator, Moments, Unaligned};
use crate::parallel::fold_chunks;
use crate::simd::in_force;

/// Blocks that a thread takes at a time: tens of microseconds of normals.
const BLOCKS_IN_CHUNK: u64 = 4;

/// Fewer samples than this are not worth a second thread, which takes some 50 µs to wake up.
const WORTH_THREADS: u64 = 1 << 17;

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
    let accumulator = over_blocks(
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
    let chunk = if part.count < WORTH_THREADS {
        // One chunk on this thread: some 30 ms even for the slowest kind.
        blocks
    } else {
        BLOCKS_IN_CHUNK
    };
    fold_chunks(
        blocks as usize,
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

impl Sampler {
    /// Writes samples, as many as there is room for.
    fn fill(&self, key: [u64; 2], samples: Range<u64>, out: &mut [Unaligned]) {
        match self {
            Self::Bulk(bulk) => bulk.fill(key, samples, out),
            Self::Each { kind, family } => {
                for (out, index) in out.iter_mut().zip(samples) {
                    let sample = family.sample(&mut SampleRng::new(key, *kind as i32, index));
                    *out = sample.to_ne_bytes();
                }
            }
        }
    }
}

impl Sampler {
    /// Adds samples of one block to an accumulator. Not inlined, so that no other frame has to hold pieces.
    #[inline(never)]
    fn describe(
        &self,
        key: [u64; 2],
        samples: Range<u64>,
        accumulator: &mut Accumulator<Describe>,
    ) {
        if let Self::Bulk(bulk) = self
            && samples.end - samples.start == SAMPLES_IN_BLOCK as u64
            && fused::describe(
                &bulk.blocks(key, samples.start / SAMPLES_IN_BLOCK as u64),
                bulk.transform,
                accumulator,
            )
        {
            return;
        }
        self.visit(key, samples, &mut |samples| accumulator.add(samples));
    }

    /// Hands samples of one block to `visit`, some at a time.
    fn visit(&self, key: [u64; 2], samples: Range<u64>, visit: &mut dyn FnMut(&[Unaligned])) {
        match self {
            Self::Bulk(bulk) => bulk.visit(key, samples, visit),
            Self::Each { .. } => {
                let mut piece = [[0; 8]; SAMPLES_IN_PIECE];
                let mut at = samples.start;
                while at < samples.end {
                    let end = samples.end.min(at.saturating_add(SAMPLES_IN_PIECE as u64));
                    let piece = &mut piece[..(end - at) as usize];
                    self.fill(key, at..end, piece);
                    visit(piece);
                    at = end;
                }
            }
        }
    }
}

impl Bulk {
    /// The standard samples from block `first` on.
    fn blocks(&self, key: [u64; 2], first: u64) -> Blocks {
        Blocks {
            set: in_force(),
            standard: self.standard,
            kind: self.kind as i32,
            key,
            first,
        }
    }

    /// As [`Sampler::visit`].
    fn visit(&self, key: [u64; 2], samples: Range<u64>, visit: &mut dyn FnMut(&[Unaligned])) {
        let block = SAMPLES_IN_BLOCK as u64;
        // The places of the samples in their block.
        let first = (samples.start % block) as usize;
        let wanted = first..first + (samples.end - samples.start) as usize;
        let mut start = 0;
        self.blocks(key, samples.start / block).visit(&mut |piece| {
            let end = start + SAMPLES_IN_PIECE;
            let (from, to) = (wanted.start.max(start), wanted.end.min(end));
            if from < to {
                let piece = &mut piece[from - start..to - start];
                self.transform.in_place(in_force(), piece);
                visit(piece);
            }
            start = end;
        });
    }

    /// Writes samples; whole blocks straight to their place.
    fn fill(&self, key: [u64; 2], samples: Range<u64>, out: &mut [Unaligned]) {
        let block = SAMPLES_IN_BLOCK as u64;
        let mut done = 0;
        let mut at = samples.start;
        while at < samples.end {
            let rest = &mut out[done..];
            // Few blocks if they are transformed afterwards, so that they are still in cache then.
            let together = match self.transform {
                Transform::None => usize::MAX,
                _ => 2,
            };
            let whole = (rest.len() / SAMPLES_IN_BLOCK).min(together);
            let taken = if at.is_multiple_of(block) && whole > 0 {
                let whole_blocks = &mut rest[..whole * SAMPLES_IN_BLOCK];
                // SAFETY: `whole_blocks` has room for `whole` blocks.
                unsafe {
                    self.blocks(key, at / block)
                        .fill(whole_blocks.as_mut_ptr().cast(), whole)
                };
                self.transform.in_place(in_force(), whole_blocks);
                whole * SAMPLES_IN_BLOCK
            } else {
                let taken = rest.len().min(SAMPLES_IN_BLOCK - (at % block) as usize);
                let mut places = rest[..taken].iter_mut();
                self.visit(key, at..at + taken as u64, &mut |samples| {
                    for (&sample, place) in samples.iter().zip(&mut places) {
                        *place = sample;
                    }
                });
                taken
            };
            done += taken;
            at += taken as u64;
        }
    }
}
