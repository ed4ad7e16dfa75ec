//! Uniforms in [0, 1): the top 53 bits of an output.

use super::lanes::LANES;
use super::philox::LaneStates;
use super::samples::{SAMPLES_IN_BLOCK, Samples};
use super::xoshiro::Xoshiro;
use crate::simd::{F64s, Simd, U64s};

/// 2^-64, for outputs whose low 11 bits are cleared.
const FROM_OUTPUT: f64 = 1.0 / 18_446_744_073_709_551_616.0;

/// The generators of a block.
#[derive(Clone, Copy)]
pub struct Uniforms<S: Simd>(Xoshiro<S>);

impl<S: Simd, const N: usize> Samples<S, N> for Uniforms<S> {
    #[inline(always)]
    fn new(simd: S, states: &LaneStates) -> Self {
        Self(Xoshiro::new(simd, states))
    }

    #[inline(always)]
    fn next<const ORDERED: bool>(&mut self, simd: S) -> [S::F64; N] {
        let mut samples = [simd.splat(FROM_OUTPUT); N];
        for sample in &mut samples {
            *sample = self.0.step().top53().mul(*sample);
        }
        samples
    }
}

/// Writes blocks together, as each step of a single generator has to wait for the one before.
///
/// # Safety
/// `out` has room for these blocks, at any alignment.
#[inline(always)]
pub unsafe fn blocks<S: Simd, const BLOCKS: usize>(
    simd: S,
    states: &[LaneStates; BLOCKS],
    out: *mut f64,
) {
    let mut generators = [Uniforms(Xoshiro::new(simd, &states[0])); BLOCKS];
    for (generator, states) in generators.iter_mut().zip(states).skip(1) {
        *generator = Uniforms(Xoshiro::new(simd, states));
    }
    for j in (0..SAMPLES_IN_BLOCK).step_by(LANES) {
        for (b, generator) in generators.iter_mut().enumerate() {
            let [samples] = generator.next::<true>(simd);
            // SAFETY: the caller's promise.
            unsafe { samples.store(out.add(b * SAMPLES_IN_BLOCK + j)) };
        }
    }
}
