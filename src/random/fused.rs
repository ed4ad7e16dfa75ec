//! Samples described as they are made, in one loop, where a register holds eight lanes.
//!
//! Making samples keeps the multipliers of a CPU busy, describing them its adders. CPUs look too few
//! instructions ahead to overlap the two where one follows the other, piece by piece; in one loop they do.
//! (With 16 registers, as AVX2 has, they do not suffice: normals would gain little, uniforms lose.)

use std::marker::PhantomData;
use std::mem::MaybeUninit;

use super::bulk::{Blocks, Standard};
use super::exponential::Exponentials;
use super::lanes::{LANES, OnLanes};
use super::normal::Normals;
use super::sampler::Transform;
use super::samples::{SAMPLES_IN_BLOCK, Samples};
use super::subnormals;
use super::uniform::Uniforms;
use crate::exact::blocking::LOG2_ADDS_WITH_SQUARES;
use crate::exact::quantity::Describe;
use crate::exact::range::DoubleRange;
use crate::exact::supply::Supply;
use crate::exact::{Accumulator, Unaligned};
use crate::simd::{F64s, Kernel, Simd};

/// Samples in a block of the exact kernel that folds one vector at a time.
const SAMPLES_IN_KERNEL_BLOCK: usize = LANES << LOG2_ADDS_WITH_SQUARES;

/// Samples, `N` vectors at a time.
///
/// The next standard samples are always ready: a turn of the loop folds those that the turn before has made,
/// so that neither half of it waits for the other.
#[derive(Clone, Copy)]
struct Drawn<S: Simd, G, const N: usize> {
    simd: S,
    ready: [S::F64; N],
    generators: G,
    transform: Transform,
    /// How many samples of the block are left.
    left: usize,
}

impl<S: Simd, G: Samples<S, N>, const N: usize> Drawn<S, G, N> {
    /// The next vectors of standard samples, in any order.
    #[inline(always)]
    fn standard(&mut self) -> [S::F64; N] {
        std::mem::replace(&mut self.ready, self.generators.next::<false>(self.simd))
    }
}

// SAFETY: generators never run out of samples, and a copy draws the same ones.
unsafe impl<S: Simd, G: Samples<S, N>, const N: usize> Supply<S, N> for Drawn<S, G, N> {
    // The samples keep the multipliers busy.
    const FMA_PORT_FREE: bool = false;
    // Subnormals are rare, and only `block` replaces them: no window holds them with their squares, so that
    // the kernel declines a block that has one.
    const SIFTABLE: bool = false;
    type Batch = [S::F64; N];
    // Zeros are rare, too.
    type Range<const VECTORS: usize> = DoubleRange<S, VECTORS, false>;
    type Buffer = [MaybeUninit<Unaligned>; SAMPLES_IN_KERNEL_BLOCK];

    fn buffer() -> Self::Buffer {
        [MaybeUninit::uninit(); SAMPLES_IN_KERNEL_BLOCK]
    }

    fn left(&self) -> usize {
        self.left
    }

    fn contains(&self, _: usize, _: f64) -> bool {
        // The kernel takes no zeros.
        false
    }

    fn value(&self, _: usize) -> f64 {
        unreachable!("the supply is not siftable")
    }

    #[inline(always)]
    unsafe fn next(&mut self, simd: S) -> [S::F64; N] {
        let standard = self.standard();
        self.left -= N * LANES;
        let mut vectors = [simd.splat(0.0); N];
        for (vector, samples) in vectors.iter_mut().zip(standard) {
            *vector = self.transform.of_vector(simd, samples);
        }
        vectors
    }

    #[inline(always)]
    fn vector(batch: &[S::F64; N], n: usize) -> S::F64 {
        batch[n]
    }

    fn block<'a>(&mut self, simd: S, len: usize, buffer: &'a mut Self::Buffer) -> &'a [Unaligned]
    where
        Self: 'a,
    {
        let len = len.min(self.left);
        assert!(len.is_multiple_of(N * LANES));
        self.left -= len;
        let buffer = &mut buffer[..len];
        simd.run(Store(self, buffer));
        // SAFETY: `Store` wrote all of the buffer.
        unsafe { std::slice::from_raw_parts(buffer.as_ptr().cast(), len) }
    }
}

/// Stores the next samples.
struct Store<'a, S: Simd, G, const N: usize>(
    &'a mut Drawn<S, G, N>,
    &'a mut [MaybeUninit<Unaligned>],
);

// This kernel and the next one already have the value that stands for the instruction set they run on.
impl<S: Simd, G: Samples<S, N>, const N: usize> Kernel for Store<'_, S, G, N> {
    type Output = ();

    #[inline(always)]
    fn run<Same: Simd>(self, _: Same) {
        let Self(samples, buffer) = self;
        let Drawn {
            simd, transform, ..
        } = *samples;
        let stand_in = simd.splat(transform.stand_in());
        for to in buffer.chunks_exact_mut(N * LANES) {
            for (n, x) in samples.standard().into_iter().enumerate() {
                let x = transform.of_vector(simd, x);
                let x = subnormals::replaced_lanes(simd, x, stand_in);
                // SAFETY: `to` has room for `N` vectors.
                unsafe { x.store(to.as_mut_ptr().cast::<f64>().add(n * LANES)) };
            }
        }
    }
}

/// Adds a block of samples to an accumulator.
struct DescribeBlock<'a, S, G, const N: usize> {
    simd: S,
    blocks: &'a Blocks,
    transform: Transform,
    accumulator: &'a mut Accumulator<Describe>,
    generators: PhantomData<G>,
}

impl<S: Simd, G: Samples<S, N>, const N: usize> Kernel for DescribeBlock<'_, S, G, N> {
    type Output = ();

    #[inline(always)]
    fn run<Same: Simd>(self, _: Same) {
        let simd = self.simd;
        let mut generators = G::new(simd, &self.blocks.states(0));
        let samples = Drawn {
            simd,
            ready: generators.next::<false>(simd),
            generators,
            transform: self.transform,
            left: SAMPLES_IN_BLOCK,
        };
        self.accumulator
            .add_supply::<S, Drawn<S, G, N>, N, 1>(simd, samples);
    }
}

/// Adds the first block, transformed, to an accumulator; `false`, and nothing added, where a register does
/// not hold eight lanes.
pub fn describe(
    blocks: &Blocks,
    transform: Transform,
    accumulator: &mut Accumulator<Describe>,
) -> bool {
    blocks.set.run(OnLanes(Choose {
        blocks,
        transform,
        accumulator,
    }))
}

/// The kernel of [`describe`], which chooses the generators.
struct Choose<'a> {
    blocks: &'a Blocks,
    transform: Transform,
    accumulator: &'a mut Accumulator<Describe>,
}

impl Kernel for Choose<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> bool {
        // The loop needs more registers than there are where a vector takes several of them.
        if const { S::REGISTERS < 32 } {
            return false;
        }
        match self.blocks.standard {
            Standard::Uniform => self.with::<S, Uniforms<_>, 2>(simd),
            Standard::Normal => self.with::<S, Normals<_>, 2>(simd),
            Standard::Exponential => self.with::<S, Exponentials<_>, 4>(simd),
        }
        true
    }
}

impl Choose<'_> {
    /// Describes samples from these generators. Not inlined, as each instance has a block in its frame.
    #[inline(never)]
    fn with<S: Simd, G: Samples<S, N>, const N: usize>(self, simd: S) {
        let Self {
            blocks,
            transform,
            accumulator,
        } = self;
        simd.run(DescribeBlock::<S, G, N> {
            simd,
            blocks,
            transform,
            accumulator,
            generators: PhantomData,
        });
    }
}

#[cfg(test)]
mod tests;
