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
use super::samples::{BLOCK, Samples};
use super::uniform::Uniforms;
use crate::exact::accumulator::Supply;
use crate::exact::fold::{Compared, LOG2_ADDS_WITH_SQUARES, Source, fold_from};
use crate::exact::quantity::Describe;
use crate::exact::window::{Totals, Window};
use crate::exact::{Accumulator, Unaligned};
use crate::simd::{F64s, InstructionSet, Kernel, Simd};

/// Samples in a block of the exact kernel, which all go to the same lanes: the additions that windows allow
/// for.
const FOLDED: usize = LANES << LOG2_ADDS_WITH_SQUARES;

/// Samples, `N` vectors at a time.
///
/// The next ones are ready before their transform: a turn of the loop folds what the turn before has made, so
/// that neither half of it waits for the other.
#[derive(Clone, Copy)]
struct Drawn<S: Simd, G, const N: usize> {
    simd: S,
    ready: [S::F64; N],
    generators: G,
    transform: Transform,
}

impl<S: Simd, G: Samples<S, N>, const N: usize> Drawn<S, G, N> {
    /// The next vectors of standard samples, in any order.
    #[inline(always)]
    fn standard(&mut self) -> [S::F64; N] {
        std::mem::replace(&mut self.ready, self.generators.next::<false>(self.simd))
    }
}

impl<S: Simd, G: Samples<S, N>, const N: usize> Source<S, N> for Drawn<S, G, N> {
    // The multipliers are busy.
    const FMA_PORT_FREE: bool = false;
    // Nor subnormals, which a transform clears: no window holds them with their squares.
    const ZEROS: bool = false;

    #[inline(always)]
    unsafe fn next(&mut self, simd: S) -> [S::F64; N] {
        let standard = self.standard();
        let mut vectors = [simd.splat(0.0); N];
        for (vector, samples) in vectors.iter_mut().zip(standard) {
            *vector = self.transform.of_vector(simd, samples);
        }
        vectors
    }
}

/// What is left of a block of samples.
struct Rest<S: Simd, G, const N: usize> {
    samples: Drawn<S, G, N>,
    left: usize,
    /// A block of the exact kernel, for when it is wanted in memory.
    block: [MaybeUninit<Unaligned>; FOLDED],
}

impl<S: Simd, G: Samples<S, N>, const N: usize> Supply for Rest<S, G, N> {
    fn left(&self) -> usize {
        self.left
    }

    fn fold(
        &mut self,
        blocks: usize,
        window: &Window,
        totals: &mut Totals,
        compared: &mut Compared,
    ) -> (bool, &[Unaligned]) {
        let end = self.left.saturating_sub(blocks * FOLDED);
        self.samples.simd.run(Fold {
            rest: self,
            end,
            window,
            totals,
            compared,
        });
        // No zero is among those taken.
        (self.left == end, &[])
    }

    fn block(&mut self) -> &[Unaligned] {
        let len = self.left.min(FOLDED);
        self.left -= len;
        self.samples.simd.run(Store(self, len));
        // SAFETY: so many were written.
        let block = unsafe { std::slice::from_raw_parts_mut(self.block.as_mut_ptr().cast(), len) };
        self.samples.transform.in_place(block);
        block
    }
}

/// Folds blocks until `end` samples are left, or one does not fit.
struct Fold<'a, S: Simd, G, const N: usize> {
    rest: &'a mut Rest<S, G, N>,
    end: usize,
    window: &'a Window,
    totals: &'a mut Totals,
    compared: &'a mut Compared,
}

// Kernels of this file are run on the instruction set that they are made for, and need no other.
impl<S: Simd, G: Samples<S, N>, const N: usize> Kernel for Fold<'_, S, G, N> {
    type Output = ();

    #[inline(always)]
    fn run<Same: Simd>(self, _: Same) {
        let samples = &mut self.rest.samples;
        // SAFETY: the samples are whole blocks, for which the totals have room.
        self.rest.left -= unsafe {
            fold_from::<S, Describe, Drawn<S, G, N>, N, 1, 2>(
                samples.simd,
                samples,
                self.rest.left - self.end,
                FOLDED,
                self.window,
                self.totals,
                self.compared,
            )
        };
    }
}

/// Stores the next samples of the standard form.
struct Store<'a, S: Simd, G, const N: usize>(&'a mut Rest<S, G, N>, usize);

impl<S: Simd, G: Samples<S, N>, const N: usize> Kernel for Store<'_, S, G, N> {
    type Output = ();

    #[inline(always)]
    fn run<Same: Simd>(self, _: Same) {
        let Self(Rest { samples, block, .. }, len) = self;
        for to in block[..len].chunks_exact_mut(N * LANES) {
            for (n, vector) in samples.standard().into_iter().enumerate() {
                // SAFETY: there is room for them.
                unsafe { vector.store(to.as_mut_ptr().cast::<f64>().add(n * LANES)) };
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
        };
        self.accumulator.add_supply(&mut Rest {
            samples,
            left: BLOCK,
            block: [MaybeUninit::uninit(); FOLDED],
        });
    }
}

/// Adds the first block, transformed, to an accumulator; `false`, and nothing added, where a register does
/// not hold eight lanes.
pub fn describe(
    set: InstructionSet,
    blocks: &Blocks,
    transform: Transform,
    accumulator: &mut Accumulator<Describe>,
) -> bool {
    set.run(OnLanes(Choose {
        blocks,
        transform,
        accumulator,
    }))
}

/// [`describe`].
struct Choose<'a> {
    blocks: &'a Blocks,
    transform: Transform,
    accumulator: &'a mut Accumulator<Describe>,
}

impl Kernel for Choose<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> bool {
        // A vector of several registers leaves fewer.
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
    /// Not inlined: each has a block in its frame.
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
mod tests {
    use super::*;
    use crate::exact::{Accumulate, Moments, naive};
    use crate::random::bulk::PIECE;
    use crate::state::State;

    const NORMAL: Transform = Transform::Normal { mean: 3.0, sd: 2.0 };
    const UNIFORM: Transform = Transform::Uniform {
        range: 3.0,
        low: -1.0,
        below: 2.0f64.next_down(),
    };

    fn scaled(sd: f64) -> Transform {
        Transform::Normal { mean: 0.0, sd }
    }

    /// What is known of some blocks, one transform each, as one loop tells and as stored samples do one by
    /// one.
    fn both_ways(set: InstructionSet, standard: Standard, transforms: &[Transform]) -> [State; 2] {
        let mut fused = Accumulator::<Describe>::new(set);
        let mut stored = Moments::default();
        for (first, &transform) in (1 << 20..).zip(transforms) {
            let blocks = Blocks {
                standard,
                kind: 1,
                key: [5, 8],
                first,
            };
            assert!(describe(set, &blocks, transform, &mut fused));
            blocks.visit(&mut |piece: &mut [Unaligned; PIECE]| {
                transform.in_place(piece);
                stored.merge(&naive::moments(piece));
            });
        }
        [fused.finish(), stored].map(|mut moments| {
            let mut state = State::default();
            state.set(&mut moments);
            state
        })
    }

    #[test]
    fn one_loop_and_stored_samples_agree() {
        let tiny = f64::MIN_POSITIVE;
        let all = [
            // More blocks than totals have room for, and some with samples that no two folds hold.
            vec![Transform::None; 200],
            vec![NORMAL; 3],
            vec![UNIFORM; 3],
            vec![Transform::Exponential { rate: 7.0 }; 3],
            // No window holds these.
            vec![scaled(0.0); 2],
            vec![scaled(1e-160); 2],
            vec![scaled(1e300); 2],
            vec![Transform::Exponential { rate: tiny }; 2],
            // Infinities, as many as not.
            vec![
                Transform::Normal {
                    mean: f64::MAX,
                    sd: f64::MAX
                };
                2
            ],
            // Zeros, where subnormals would be.
            vec![
                Transform::Uniform {
                    range: 16.0 * tiny,
                    low: -8.0 * tiny,
                    below: (8.0 * tiny).next_down(),
                };
                2
            ],
            // The same; of uniforms, all others are negative.
            vec![
                Transform::Uniform {
                    range: 2.5 * tiny,
                    low: -2.0 * tiny,
                    below: 0.5 * tiny,
                };
                4
            ],
            // The window is left and found again.
            [1.0, 1e-9, 1.0, 1e9, 0.0, 1.0, 1e-160, 1.0, 1e300, 1.0]
                .map(scaled)
                .to_vec(),
        ];
        // The emulated one everywhere.
        let sets: Vec<_> = InstructionSet::supported()
            .filter(|set| ["avx512", "emulated"].contains(&set.name()))
            .collect();
        assert!(!sets.is_empty());
        for set in sets {
            for standard in [Standard::Uniform, Standard::Normal, Standard::Exponential] {
                for transforms in &all {
                    let [fused, stored] = both_ways(set, standard, transforms);
                    let (name, first) = (set.name(), transforms[0]);
                    assert_eq!(fused, stored, "{standard:?} {first:?} on {name}");
                }
            }
        }
    }
}
