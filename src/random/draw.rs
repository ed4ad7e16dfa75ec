//! Samples of a distribution: stored, or added to an accumulator.

use std::ops::Range;

use super::bulk::{Blocks, SAMPLES_IN_PIECE};
use super::family::SampleRng;
use super::fused;
use super::sampler::{Bulk, Sampler, Transform};
use super::samples::SAMPLES_IN_BLOCK;
use crate::exact::quantity::Describe;
use crate::exact::{Accumulate, Accumulator, Unaligned};
use crate::simd::in_force;

impl Sampler {
    /// Writes samples, as many as there is room for.
    pub fn fill(&self, key: [u64; 2], samples: Range<u64>, out: &mut [Unaligned]) {
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

    /// Adds samples of one block to an accumulator. Not inlined, so that no other frame has to hold pieces.
    #[inline(never)]
    pub fn describe(
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
