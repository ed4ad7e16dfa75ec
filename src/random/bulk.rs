//! Standard uniforms, normals and exponentials in bulk: whole blocks, on the best instruction set.

use std::mem::MaybeUninit;

use super::exponential::Exponentials;
use super::lanes::{LANES, OnLanes};
use super::normal::Normals;
use super::philox::{LaneStates, lane_states};
use super::samples::{SAMPLES_IN_BLOCK, Samples};
use super::uniform::{self, Uniforms};
use crate::exact::Unaligned;
use crate::simd::{InstructionSet, Kernel, Simd};

/// The distributions that are made in bulk, in their standard form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standard {
    /// In [0, 1).
    Uniform,
    /// Mean 0, standard deviation 1.
    Normal,
    /// Rate 1.
    Exponential,
}

/// Standard samples of a distribution, from some block on.
#[derive(Debug, Clone, Copy)]
pub struct Blocks {
    /// The instruction set that makes them.
    pub set: InstructionSet,
    /// The distribution in its standard form.
    pub standard: Standard,
    /// The kind of the distribution: each kind has random bits of its own.
    pub kind: i32,
    /// Seed and stream.
    pub key: [u64; 2],
    /// The index of the first block.
    pub first: u64,
}

/// Samples in a piece of a block: a quarter of the nearest cache.
pub const SAMPLES_IN_PIECE: usize = 1024;

/// What is called with each piece of a block.
pub type Visit<'a> = &'a mut dyn FnMut(&mut [Unaligned; SAMPLES_IN_PIECE]);

impl Blocks {
    /// Writes `count` blocks of samples.
    ///
    /// # Safety
    /// `out` has room for these samples, at any alignment.
    pub unsafe fn fill(&self, out: *mut f64, count: usize) {
        self.set.run(OnLanes(Fill {
            blocks: self,
            out,
            count,
        }));
    }

    /// Hands the first block to `visit`, piece by piece.
    pub fn visit(&self, visit: Visit) {
        // One array for all instruction sets and distributions: compilers give each branch one of its own.
        let half = &mut [const { MaybeUninit::uninit() }; SAMPLES_IN_HALF];
        self.set.run(OnLanes(Halves {
            blocks: self,
            half,
            visit,
        }));
    }

    /// The first states of the generators of a block, which is counted from `first` on.
    pub fn states(&self, index: usize) -> LaneStates {
        lane_states(self.key, self.first + index as u64, self.kind)
    }
}

/// The kernel of [`Blocks::fill`].
struct Fill<'a> {
    blocks: &'a Blocks,
    out: *mut f64,
    count: usize,
}

impl Kernel for Fill<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        // Chosen by measurement: two at a time where there are 32 registers for vectors of eight lanes.
        // SAFETY: `Blocks::fill`'s caller promises the room.
        unsafe {
            if const { S::REGISTERS >= 32 } {
                self.together::<S, 2>(simd);
            } else {
                self.together::<S, 1>(simd);
            }
        }
    }
}

impl Fill<'_> {
    /// Writes the blocks, with `N` vectors of exponentials, or `N` blocks of uniforms, at a time.
    ///
    /// # Safety
    /// As for [`Blocks::fill`].
    #[inline(always)]
    unsafe fn together<S: Simd, const N: usize>(self, simd: S) {
        let Self { blocks, out, count } = self;
        // SAFETY: the caller's promise.
        unsafe {
            match blocks.standard {
                Standard::Normal => one_by_one::<S, Normals<S>, 2>(simd, blocks, out, count),
                Standard::Exponential => {
                    one_by_one::<S, Exponentials<S>, N>(simd, blocks, out, count);
                }
                Standard::Uniform => {
                    let together = if N > 1 { count - count % N } else { 0 };
                    for i in (0..together).step_by(N) {
                        let mut states = [blocks.states(i); N];
                        for (n, other) in states.iter_mut().enumerate().skip(1) {
                            *other = blocks.states(i + n);
                        }
                        uniform::blocks(simd, &states, out.add(i * SAMPLES_IN_BLOCK));
                    }
                    let rest = Blocks {
                        first: blocks.first + together as u64,
                        ..*blocks
                    };
                    let (out, count) = (out.add(together * SAMPLES_IN_BLOCK), count - together);
                    one_by_one::<S, Uniforms<S>, 1>(simd, &rest, out, count);
                }
            }
        }
    }
}

/// Writes `count` blocks one after the other.
///
/// # Safety
/// As for [`Blocks::fill`].
#[inline(always)]
unsafe fn one_by_one<S: Simd, G: Samples<S, N>, const N: usize>(
    simd: S,
    blocks: &Blocks,
    out: *mut f64,
    count: usize,
) {
    for i in 0..count {
        // SAFETY: the caller's promise.
        unsafe {
            G::new(simd, &blocks.states(i)).fill(
                simd,
                out.add(i * SAMPLES_IN_BLOCK),
                SAMPLES_IN_BLOCK,
            )
        };
    }
}

/// Samples in half of a block: 16 KiB of the stack. Each interruption of the loops that make samples costs
/// time, and more at once would not leave enough of the 64 KiB that every call gets along with.
const SAMPLES_IN_HALF: usize = SAMPLES_IN_BLOCK / 2;

/// The kernel of [`Blocks::visit`].
struct Halves<'a> {
    blocks: &'a Blocks,
    half: &'a mut Half,
    visit: Visit<'a>,
}

impl Kernel for Halves<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        match (self.blocks.standard, const { S::REGISTERS >= 32 }) {
            (Standard::Uniform, _) => self.of::<S, Uniforms<S>, 1>(simd),
            (Standard::Normal, _) => self.of::<S, Normals<S>, 2>(simd),
            (Standard::Exponential, true) => self.of::<S, Exponentials<S>, 2>(simd),
            (Standard::Exponential, false) => self.of::<S, Exponentials<S>, 1>(simd),
        }
    }
}

impl Halves<'_> {
    #[inline(always)]
    fn of<S: Simd, G: Samples<S, N>, const N: usize>(self, simd: S) {
        let mut samples = G::new(simd, &self.blocks.states(0));
        for _ in 0..SAMPLES_IN_BLOCK / SAMPLES_IN_HALF {
            for piece in next_half(simd, &mut samples, self.half).as_chunks_mut().0 {
                (self.visit)(piece);
            }
        }
    }
}

/// Room for half of a block.
type Half = [MaybeUninit<Unaligned>; SAMPLES_IN_HALF];

/// Writes the next samples. Not inlined: beside the calls of a visitor, the compiler would not keep the
/// generators in registers.
#[inline(never)]
fn next_half<'a, S: Simd, G: Samples<S, N>, const N: usize>(
    simd: S,
    samples: &mut G,
    half: &'a mut Half,
) -> &'a mut [Unaligned; SAMPLES_IN_HALF] {
    simd.run(FillHalf {
        simd,
        samples,
        half,
    });
    const { assert!(SAMPLES_IN_HALF.is_multiple_of(2 * N * LANES)) };
    // SAFETY: all of it was written.
    unsafe { &mut *half.as_mut_ptr().cast() }
}

/// The kernel of [`next_half`], to be run on `simd` alone.
struct FillHalf<'a, S, G, const N: usize> {
    simd: S,
    samples: &'a mut G,
    half: &'a mut Half,
}

impl<S: Simd, G: Samples<S, N>, const N: usize> Kernel for FillHalf<'_, S, G, N> {
    type Output = ();

    #[inline(always)]
    fn run<Same: Simd>(self, _: Same) {
        let mut samples = *self.samples;
        // Two steps in a turn spare moves between registers.
        for part in self.half.chunks_exact_mut(2 * N * LANES) {
            let (first, second) = part.split_at_mut(N * LANES);
            // SAFETY: there is room for the samples of a step in each.
            unsafe {
                samples.fill(self.simd, first.as_mut_ptr().cast(), N * LANES);
                samples.fill(self.simd, second.as_mut_ptr().cast(), N * LANES);
            }
        }
        *self.samples = samples;
    }
}
