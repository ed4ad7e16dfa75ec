//! Standard uniforms, normals and exponentials in bulk: whole blocks, on the best instruction set.
//!
//! A block has 4096 samples from eight xoshiro256++ generators side by side: sample j of a block comes from lane j mod 8, step
//! j div 8.

use super::lanes::Lanes;
use super::lanes::plain::Plain;
use super::philox::lane_states;
use super::{exponential, normal, uniform};
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
                Isa::Avx512 => avx512(self, out, count),
                #[cfg(target_arch = "x86_64")]
                Isa::Avx2 => avx2(self, out, count),
                Isa::Baseline => fill::<Plain, 1, 1>(self, out, count),
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,fma")]
unsafe fn avx512(blocks: &Blocks, out: *mut f64, count: usize) {
    // SAFETY: the features are enabled here; the rest is the caller's promise.
    unsafe { fill::<super::lanes::avx512::Avx512, 2, 2>(blocks, out, count) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2(blocks: &Blocks, out: *mut f64, count: usize) {
    // SAFETY: as above.
    unsafe { fill::<super::lanes::avx2::Avx2, 1, 1>(blocks, out, count) }
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
    let states = |i: usize| lane_states(blocks.key, blocks.first + i as u64, blocks.kind);
    // SAFETY: the caller's promises.
    unsafe {
        match blocks.standard {
            Standard::Normal => {
                for i in 0..count {
                    normal::block::<S>(&states(i), out.add(i * BLOCK));
                }
            }
            Standard::Exponential => {
                for i in 0..count {
                    exponential::block::<S, N>(&states(i), out.add(i * BLOCK));
                }
            }
            Standard::Uniform => {
                let mut i = 0;
                while i + W <= count {
                    let mut together = [states(i); W];
                    for (w, other) in together.iter_mut().enumerate().skip(1) {
                        *other = states(i + w);
                    }
                    uniform::blocks::<S, W>(&together, out.add(i * BLOCK));
                    i += W;
                }
                while i < count {
                    uniform::blocks::<S, 1>(&[states(i)], out.add(i * BLOCK));
                    i += 1;
                }
            }
        }
    }
}
