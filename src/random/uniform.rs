//! Uniforms in [0, 1): the top 53 bits of an output.

use super::lanes::LANES;
use super::philox::LaneStates;
use super::samples::{BLOCK, Samples};
use super::xoshiro::Xoshiro;
use crate::simd::{F64s, Simd, U64s};

const UNIT: f64 = 1.0 / 18_446_744_073_709_551_616.0;

/// The generators of a block, under way.
#[derive(Clone, Copy)]
pub struct Uniforms<S: Simd>(Xoshiro<S>);

impl<S: Simd, const N: usize> Samples<S, N> for Uniforms<S> {
    #[inline(always)]
    fn new(simd: S, states: &LaneStates) -> Self {
        Self(Xoshiro::new(simd, states))
    }

    #[inline(always)]
    fn next<const ORDERED: bool>(&mut self, simd: S) -> [S::F64; N] {
        let mut samples = [simd.splat(UNIT); N];
        for sample in &mut samples {
            *sample = self.0.step().top53().mul(*sample);
        }
        samples
    }
}

/// `W` blocks together, as one generator alone waits for itself.
///
/// # Safety
/// `out` has room for them, at any alignment.
#[inline(always)]
pub unsafe fn blocks<S: Simd, const W: usize>(simd: S, states: &[LaneStates; W], out: *mut f64) {
    let mut generators = [Uniforms(Xoshiro::new(simd, &states[0])); W];
    for (generator, states) in generators.iter_mut().zip(states).skip(1) {
        *generator = Uniforms(Xoshiro::new(simd, states));
    }
    for j in (0..BLOCK).step_by(LANES) {
        for (w, generator) in generators.iter_mut().enumerate() {
            let [samples] = generator.next::<true>(simd);
            // SAFETY: the caller's promise.
            unsafe { samples.store(out.add(w * BLOCK + j)) };
        }
    }
}
