//! Standard uniforms, normals and exponentials in bulk: whole blocks, on the best instruction set.
//!
//! A block has 4096 samples from eight xoshiro256++ generators side by side: sample j of a block comes from lane j mod 8, step
//! j div 8.

use super::exponential::Exponentials;
use super::lanes::plain::Plain;
use super::lanes::{LANES, Lanes};
#[cfg(target_arch = "x86_64")]
use super::lanes::{avx2::Avx2, avx512::Avx512};
use super::normal::Normals;
use super::philox::{LaneStates, lane_states};
use super::uniform::{self, Uniforms};
use crate::exact::Unaligned;
use crate::exact::simd::{Isa, kernels};

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

/// Samples of a block, under way, `N` vectors at a time.
pub trait Samples<S: Lanes, const N: usize>: Copy {
    /// From the block's first one on.
    ///
    /// # Safety
    /// As for [`Lanes`].
    unsafe fn new(states: &LaneStates) -> Self;

    /// The next vectors, or, unless they are to be `ORDERED`, the same numbers in another order.
    ///
    /// # Safety
    /// As for [`Lanes`].
    unsafe fn next<const ORDERED: bool>(&mut self) -> [S::F; N];

    /// Writes the next `len` samples, a multiple of `N` vectors.
    ///
    /// # Safety
    /// As for [`Lanes`]; there is room for them, at any alignment.
    #[inline(always)]
    unsafe fn fill(&mut self, out: *mut f64, len: usize) {
        debug_assert!(len.is_multiple_of(N * LANES));
        for j in (0..len).step_by(N * LANES) {
            // SAFETY: the caller's promises.
            unsafe {
                for (n, samples) in self.next::<true>().into_iter().enumerate() {
                    S::store(samples, out.add(j + n * LANES));
                }
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
        // SAFETY: kernels say what the CPU has; the rest is the caller's promise.
        unsafe {
            match kernels().isa() {
                #[cfg(target_arch = "x86_64")]
                Isa::Avx512 => fill_avx512(self, out, count),
                #[cfg(target_arch = "x86_64")]
                Isa::Avx2 => fill_avx2(self, out, count),
                Isa::Baseline => fill::<Plain, 1, 1>(self, out, count),
            }
        }
    }

    /// Hands the first block to `visit`, piece by piece.
    pub fn visit(&self, visit: Visit) {
        // SAFETY: kernels say what the CPU has.
        unsafe {
            match kernels().isa() {
                #[cfg(target_arch = "x86_64")]
                Isa::Avx512 => visit_avx512(self, visit),
                #[cfg(target_arch = "x86_64")]
                Isa::Avx2 => visit_avx2(self, visit),
                Isa::Baseline => pieces::<Plain, 1>(self, visit),
            }
        }
    }

    /// Where the generators of a block start.
    pub fn states(&self, index: usize) -> LaneStates {
        lane_states(self.key, self.first + index as u64, self.kind)
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,fma")]
unsafe fn fill_avx512(blocks: &Blocks, out: *mut f64, count: usize) {
    // SAFETY: the features are enabled here; the rest is the caller's promise.
    unsafe { fill::<Avx512, 2, 2>(blocks, out, count) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn fill_avx2(blocks: &Blocks, out: *mut f64, count: usize) {
    // SAFETY: as above.
    unsafe { fill::<Avx2, 1, 1>(blocks, out, count) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,fma")]
unsafe fn visit_avx512(blocks: &Blocks, visit: Visit) {
    // SAFETY: as above.
    unsafe { pieces::<Avx512, 2>(blocks, visit) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn visit_avx2(blocks: &Blocks, visit: Visit) {
    // SAFETY: as above.
    unsafe { pieces::<Avx2, 1>(blocks, visit) }
}

/// `N` exponentials of a lane are worked on together, and `W` blocks of uniforms: chosen by measurement.
///
/// # Safety
/// As for [`Blocks::fill`] and [`Lanes`].
#[inline(always)]
unsafe fn fill<S: Lanes, const N: usize, const W: usize>(
    blocks: &Blocks,
    out: *mut f64,
    count: usize,
) {
    // SAFETY: the caller's promises.
    unsafe {
        match blocks.standard {
            Standard::Normal => one_by_one::<S, Normals<S>, 2>(blocks, out, count),
            Standard::Exponential => one_by_one::<S, Exponentials<S>, N>(blocks, out, count),
            Standard::Uniform => {
                let together = count - count % W;
                for i in (0..together).step_by(W) {
                    let mut states = [blocks.states(i); W];
                    for (w, other) in states.iter_mut().enumerate().skip(1) {
                        *other = blocks.states(i + w);
                    }
                    uniform::blocks::<S, W>(&states, out.add(i * BLOCK));
                }
                let rest = Blocks {
                    first: blocks.first + together as u64,
                    ..*blocks
                };
                one_by_one::<S, Uniforms<S>, 1>(&rest, out.add(together * BLOCK), count - together);
            }
        }
    }
}

/// # Safety
/// As for [`Blocks::fill`] and [`Lanes`].
#[inline(always)]
unsafe fn one_by_one<S: Lanes, G: Samples<S, N>, const N: usize>(
    blocks: &Blocks,
    out: *mut f64,
    count: usize,
) {
    for i in 0..count {
        // SAFETY: the caller's promises.
        unsafe { G::new(&blocks.states(i)).fill(out.add(i * BLOCK), BLOCK) };
    }
}

/// # Safety
/// As for [`Lanes`].
#[inline(always)]
unsafe fn pieces<S: Lanes, const N: usize>(blocks: &Blocks, visit: Visit) {
    // SAFETY: the caller's promise.
    unsafe {
        match blocks.standard {
            Standard::Uniform => pieces_of::<S, Uniforms<S>, 1>(blocks, visit),
            Standard::Normal => pieces_of::<S, Normals<S>, 2>(blocks, visit),
            Standard::Exponential => pieces_of::<S, Exponentials<S>, N>(blocks, visit),
        }
    }
}

/// # Safety
/// As for [`Lanes`].
#[inline(always)]
unsafe fn pieces_of<S: Lanes, G: Samples<S, N>, const N: usize>(blocks: &Blocks, visit: Visit) {
    let mut piece = [[0; 8]; PIECE];
    // SAFETY: the caller's promise; a piece has room for itself.
    unsafe {
        let mut samples = G::new(&blocks.states(0));
        for _ in 0..BLOCK / PIECE {
            samples.fill(piece.as_mut_ptr().cast(), PIECE);
            visit(&mut piece);
        }
    }
}
