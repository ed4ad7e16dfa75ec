//! Standard uniforms, normals and exponentials in bulk: whole blocks, on the best instruction set.
//!
//! A block has 4096 samples from eight xoshiro256++ generators side by side: sample j of a block comes from
//! lane j mod 8, step j div 8.

use super::exponential::Exponentials;
use super::lanes::{LANES, LaneKernel, Lanes, OnLanes};
use super::normal::Normals;
use super::philox::{LaneStates, lane_states};
use super::uniform::{self, Uniforms};
use crate::exact::Unaligned;
use crate::simd::in_force;

/// Samples in a block.
pub const BLOCK: usize = 4096;

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

/// Which samples: of a kind, from a block on.
#[derive(Debug, Clone, Copy)]
pub struct Blocks {
    /// The transform.
    pub standard: Standard,
    /// Kind of the distribution, which keeps its bits apart from others'.
    pub kind: i32,
    /// Seed and stream.
    pub key: [u64; 2],
    /// Index of the first block.
    pub first: u64,
}

/// Samples of a block, under way, `N` times eight at a time.
pub trait Samples<L: Lanes, const N: usize>: Copy {
    /// From the block's first one on.
    fn new(lanes: L, states: &LaneStates) -> Self;

    /// The next samples, or, unless they are to be `ORDERED`, the same numbers in another order.
    fn next<const ORDERED: bool>(&mut self, lanes: L) -> [L::F; N];

    /// Writes the next `len` samples, a multiple of `N` times eight.
    ///
    /// # Safety
    /// There is room for them, at any alignment.
    #[inline(always)]
    unsafe fn fill(&mut self, lanes: L, out: *mut f64, len: usize) {
        debug_assert!(len.is_multiple_of(N * LANES));
        for j in (0..len).step_by(N * LANES) {
            for (n, samples) in self.next::<true>(lanes).into_iter().enumerate() {
                // SAFETY: the caller's promise.
                unsafe { L::store(samples, out.add(j + n * LANES)) };
            }
        }
    }
}

/// Samples in a piece of a block: a quarter of the nearest cache, on the stack.
pub const PIECE: usize = 1024;

/// What becomes of pieces.
pub type Visit<'a> = &'a mut dyn FnMut(&mut [Unaligned; PIECE]);

impl Blocks {
    /// Writes `count` blocks of samples.
    ///
    /// # Safety
    /// There is room for them, at any alignment.
    pub unsafe fn fill(&self, out: *mut f64, count: usize) {
        in_force().run(OnLanes(Fill {
            blocks: self,
            out,
            count,
        }));
    }

    /// Hands the first block to `visit`, piece by piece.
    pub fn visit(&self, visit: Visit) {
        in_force().run(OnLanes(Pieces {
            blocks: self,
            visit,
        }));
    }

    /// Where the generators of a block start.
    pub fn states(&self, index: usize) -> LaneStates {
        lane_states(self.key, self.first + index as u64, self.kind)
    }
}

/// [`Blocks::fill`].
struct Fill<'a> {
    blocks: &'a Blocks,
    out: *mut f64,
    count: usize,
}

impl LaneKernel for Fill<'_> {
    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        // Chosen by measurement: where one vector has all lanes, two are worked on together.
        // SAFETY: `Blocks::fill`'s caller promises the room.
        unsafe {
            match L::VECTORS {
                1 => self.together::<L, 2>(lanes),
                _ => self.together::<L, 1>(lanes),
            }
        }
    }
}

impl Fill<'_> {
    /// With `N` vectors of exponentials, or blocks of uniforms, at a time.
    ///
    /// # Safety
    /// As for [`Blocks::fill`].
    #[inline(always)]
    unsafe fn together<L: Lanes, const N: usize>(self, lanes: L) {
        let Self { blocks, out, count } = self;
        // SAFETY: the caller's promise.
        unsafe {
            match blocks.standard {
                Standard::Normal => one_by_one::<L, Normals<L>, 2>(lanes, blocks, out, count),
                Standard::Exponential => {
                    one_by_one::<L, Exponentials<L>, N>(lanes, blocks, out, count);
                }
                Standard::Uniform => {
                    let together = count - count % N;
                    for i in (0..together).step_by(N) {
                        let mut states = [blocks.states(i); N];
                        for (n, other) in states.iter_mut().enumerate().skip(1) {
                            *other = blocks.states(i + n);
                        }
                        uniform::blocks(lanes, &states, out.add(i * BLOCK));
                    }
                    let rest = Blocks {
                        first: blocks.first + together as u64,
                        ..*blocks
                    };
                    let (out, count) = (out.add(together * BLOCK), count - together);
                    one_by_one::<L, Uniforms<L>, 1>(lanes, &rest, out, count);
                }
            }
        }
    }
}

/// # Safety
/// As for [`Blocks::fill`].
#[inline(always)]
unsafe fn one_by_one<L: Lanes, G: Samples<L, N>, const N: usize>(
    lanes: L,
    blocks: &Blocks,
    out: *mut f64,
    count: usize,
) {
    for i in 0..count {
        // SAFETY: the caller's promise.
        unsafe { G::new(lanes, &blocks.states(i)).fill(lanes, out.add(i * BLOCK), BLOCK) };
    }
}

/// [`Blocks::visit`].
struct Pieces<'a> {
    blocks: &'a Blocks,
    visit: Visit<'a>,
}

impl LaneKernel for Pieces<'_> {
    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        match (self.blocks.standard, L::VECTORS) {
            (Standard::Uniform, _) => self.of::<L, Uniforms<L>, 1>(lanes),
            (Standard::Normal, _) => self.of::<L, Normals<L>, 2>(lanes),
            (Standard::Exponential, 1) => self.of::<L, Exponentials<L>, 2>(lanes),
            (Standard::Exponential, _) => self.of::<L, Exponentials<L>, 1>(lanes),
        }
    }
}

impl Pieces<'_> {
    #[inline(always)]
    fn of<L: Lanes, G: Samples<L, N>, const N: usize>(self, lanes: L) {
        let mut piece = [[0; 8]; PIECE];
        let mut samples = G::new(lanes, &self.blocks.states(0));
        for _ in 0..BLOCK / PIECE {
            // SAFETY: a piece has room for itself.
            unsafe { samples.fill(lanes, piece.as_mut_ptr().cast(), PIECE) };
            (self.visit)(&mut piece);
        }
    }
}
