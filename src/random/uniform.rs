//! Uniforms in [0, 1): the top 53 bits of an output.

use super::bulk::{BLOCK, Samples};
use super::lanes::{LANES, Lanes};
use super::philox::LaneStates;
use super::xoshiro::Xoshiro;

const UNIT: f64 = 1.0 / 18_446_744_073_709_551_616.0;

/// The generators of a block, under way.
#[derive(Clone, Copy)]
pub struct Uniforms<S: Lanes>(Xoshiro<S>);

impl<S: Lanes, const N: usize> Samples<S, N> for Uniforms<S> {
    #[inline(always)]
    unsafe fn new(states: &LaneStates) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { Xoshiro::new(states) })
    }

    #[inline(always)]
    unsafe fn next<const ORDERED: bool>(&mut self) -> [S::F; N] {
        // SAFETY: the caller's promise.
        unsafe {
            let mut samples = [S::splat(UNIT); N];
            for sample in &mut samples {
                *sample = S::mul(S::top53(self.0.step()), *sample);
            }
            samples
        }
    }
}

/// `W` blocks together, as one generator alone waits for itself.
///
/// # Safety
/// As for [`Lanes`]; `out` has room for them, at any alignment.
#[inline(always)]
pub unsafe fn blocks<S: Lanes, const W: usize>(states: &[LaneStates; W], out: *mut f64) {
    // SAFETY: the caller's promises.
    unsafe {
        let mut generators = [Uniforms(Xoshiro::<S>::new(&states[0])); W];
        for (generator, states) in generators.iter_mut().zip(states).skip(1) {
            *generator = Uniforms(Xoshiro::new(states));
        }
        for j in (0..BLOCK).step_by(LANES) {
            for (w, generator) in generators.iter_mut().enumerate() {
                let [samples] = generator.next::<true>();
                S::store(samples, out.add(w * BLOCK + j));
            }
        }
    }
}
