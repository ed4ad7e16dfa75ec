//! Describing samples as they are made: one loop, with AVX-512.
//!
//! Making samples keeps the multipliers of a CPU busy, describing them its adders. CPUs look too few instructions ahead to overlap
//! the two where one follows the other, piece by piece; in one loop they do. (With AVX2 its registers do not suffice: normals
//! would gain little, uniforms lose.)

use std::marker::PhantomData;
use std::mem::MaybeUninit;

use super::bulk::{BLOCK, Blocks, Samples, Standard};
use super::exponential::Exponentials;
use super::lanes::avx512::Avx512;
use super::lanes::{LANES, Lanes};
use super::normal::Normals;
use super::sampler::Transform;
use super::uniform::Uniforms;
use crate::exact::Unaligned;
use crate::exact::accumulator::{Describing, Supply};
use crate::exact::extract::{self, Compared, Source};
use crate::exact::simd::avx512::{self, Avx512 as Vector};
use crate::exact::simd::{Isa, Loop, Vector as _, kernels};
use crate::exact::window::{Totals, Window};

/// log2 of the vectors in a block of the kernel, which all go to the same lanes: the additions that windows allow for.
const K: u32 = avx512::KERNELS.moments.k();

/// Samples in such a block.
const FOLDED: usize = LANES << K;

/// Samples, `N` vectors at a time.
///
/// The next ones are ready before their transform: a turn of the loop folds what the turn before has made, so that neither
/// half of it waits for the other.
#[derive(Clone, Copy)]
struct Drawn<G, const N: usize> {
    ready: [<Avx512 as Lanes>::F; N],
    generators: G,
    transform: Transform,
}

impl<G: Samples<Avx512, N>, const N: usize> Drawn<G, N> {
    /// The next vectors of standard samples, in any order.
    ///
    /// # Safety
    /// As for [`Lanes`].
    #[inline(always)]
    unsafe fn standard(&mut self) -> [<Avx512 as Lanes>::F; N] {
        // SAFETY: the caller's promise.
        std::mem::replace(&mut self.ready, unsafe { self.generators.next::<false>() })
    }
}

// SAFETY: all is AVX-512.
unsafe impl<G: Samples<Avx512, N>, const N: usize> Source<Vector, N> for Drawn<G, N> {
    // The multipliers are busy.
    const ASIDE: bool = false;
    // Nor subnormals, which a transform clears: no window holds them with their squares.
    const ZEROS: bool = false;

    #[inline(always)]
    unsafe fn next(&mut self) -> [Vector; N] {
        // SAFETY: the caller's promise.
        unsafe {
            let standard = self.standard();
            let mut vectors = [Vector::splat(0.0); N];
            for (vector, samples) in vectors.iter_mut().zip(standard) {
                *vector = Vector(self.transform.of::<Avx512>(samples));
            }
            vectors
        }
    }
}

/// What is left of a block of samples.
struct Rest<G, const N: usize> {
    samples: Drawn<G, N>,
    left: usize,
    /// A block of the kernel, for when it is wanted in memory.
    block: [MaybeUninit<Unaligned>; FOLDED],
}

impl<G: Samples<Avx512, N>, const N: usize> Supply for Rest<G, N> {
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
        // SAFETY: `describe` has asked the CPU.
        unsafe {
            avx512::run(Fold {
                rest: self,
                end,
                window,
                totals,
                compared,
            });
        }
        // No zero is among those taken.
        (self.left == end, &[])
    }

    fn block(&mut self) -> &[Unaligned] {
        let len = self.left.min(FOLDED);
        self.left -= len;
        // SAFETY: as above; so many are written.
        let block = unsafe {
            avx512::run(Store(self, len));
            std::slice::from_raw_parts_mut(self.block.as_mut_ptr().cast(), len)
        };
        self.samples.transform.apply(block);
        block
    }
}

/// Folds blocks until `end` samples are left, or one does not fit.
struct Fold<'a, G, const N: usize> {
    rest: &'a mut Rest<G, N>,
    end: usize,
    window: &'a Window,
    totals: &'a mut Totals,
    compared: &'a mut Compared,
}

impl<G: Samples<Avx512, N>, const N: usize> Loop for Fold<'_, G, N> {
    #[inline(always)]
    fn run(self) {
        // SAFETY: run with AVX-512; the samples are whole blocks, for which the totals have room.
        self.rest.left -= unsafe {
            extract::fold_from::<Vector, Drawn<G, N>, N, 1, K, 2, true, true, true, false>(
                &mut self.rest.samples,
                self.rest.left - self.end,
                self.window,
                self.totals,
                self.compared,
            )
        };
    }
}

/// Stores the next samples of the standard form.
struct Store<'a, G, const N: usize>(&'a mut Rest<G, N>, usize);

impl<G: Samples<Avx512, N>, const N: usize> Loop for Store<'_, G, N> {
    #[inline(always)]
    fn run(self) {
        let Self(Rest { samples, block, .. }, len) = self;
        for to in block[..len].chunks_exact_mut(N * LANES) {
            // SAFETY: run with AVX-512; there is room for them.
            unsafe {
                for (n, vector) in samples.standard().into_iter().enumerate() {
                    Avx512::store(vector, to.as_mut_ptr().cast::<f64>().add(n * LANES));
                }
            }
        }
    }
}

/// Adds a block of samples to an accumulator.
struct Describe<'a, G, const N: usize> {
    blocks: &'a Blocks,
    transform: Transform,
    accumulator: &'a mut Describing,
    generators: PhantomData<G>,
}

impl<G: Samples<Avx512, N>, const N: usize> Loop for Describe<'_, G, N> {
    #[inline(always)]
    fn run(self) {
        // SAFETY: run with AVX-512.
        let samples = unsafe {
            let mut generators = G::new(&self.blocks.states(0));
            Drawn {
                ready: generators.next::<false>(),
                generators,
                transform: self.transform,
            }
        };
        self.accumulator.add_supply(&mut Rest {
            samples,
            left: BLOCK,
            block: [MaybeUninit::uninit(); FOLDED],
        });
    }
}

/// Adds the first block, transformed, to an accumulator; `false`, and nothing added, without AVX-512.
pub fn describe(blocks: &Blocks, transform: Transform, accumulator: &mut Describing) -> bool {
    if kernels().isa() != Isa::Avx512 {
        return false;
    }
    match blocks.standard {
        Standard::Uniform => run::<Uniforms<_>, 2>(blocks, transform, accumulator),
        Standard::Normal => run::<Normals<_>, 2>(blocks, transform, accumulator),
        Standard::Exponential => run::<Exponentials<_>, 4>(blocks, transform, accumulator),
    }
    true
}

/// Not inlined: each has a block in its frame.
#[inline(never)]
fn run<G: Samples<Avx512, N>, const N: usize>(
    blocks: &Blocks,
    transform: Transform,
    accumulator: &mut Describing,
) {
    // SAFETY: `describe` has asked the CPU.
    unsafe {
        avx512::run(Describe::<G, N> {
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

    /// What is known of some blocks, one transform each, as one loop tells and as stored samples do one by one.
    fn both_ways(standard: Standard, transforms: &[Transform]) -> [State; 2] {
        let (mut fused, mut stored) = (Describing::new(kernels()), Moments::default());
        for (first, &transform) in (1 << 20..).zip(transforms) {
            let blocks = Blocks {
                standard,
                kind: 1,
                key: [5, 8],
                first,
            };
            assert!(describe(&blocks, transform, &mut fused));
            blocks.visit(&mut |piece: &mut [Unaligned; PIECE]| {
                transform.apply(piece);
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
        if kernels().isa() != Isa::Avx512 {
            return;
        }
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
        for standard in [Standard::Uniform, Standard::Normal, Standard::Exponential] {
            for transforms in &all {
                let [fused, stored] = both_ways(standard, transforms);
                assert_eq!(fused, stored, "{standard:?} {:?}", transforms[0]);
            }
        }
    }
}
