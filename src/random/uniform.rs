//! Uniforms in [0, 1): the top 53 bits of an output.

use super::bulk::{BLOCK, Samples};
use super::lanes::{LANES, Lanes};
use super::philox::LaneStates;
use super::xoshiro::Xoshiro;

const UNIT: f64 = 1.0 / 18_446_744_073_709_551_616.0;

/// The generators of a block, under way.
#[derive(Clone, Copy)]
pub struct Uniforms<S: Lanes>(Xoshiro<S>);

impl<S: Lanes> Samples<S> for Uniforms<S> {
    #[inline(always)]
    unsafe fn new(states: &LaneStates) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { Xoshiro::new(states) })
    }

    #[inline(always)]
    unsafe fn fill(&mut self, out: *mut f64, len: usize) {
        debug_assert!(len.is_multiple_of(LANES));
        for j in (0..len).step_by(LANES) {
            // SAFETY: the caller's promises.
            unsafe { self.step(out.add(j)) };
        }
    }
}

impl<S: Lanes> Uniforms<S> {
    /// Writes eight samples.
    ///
    /// # Safety
    /// As for [`Lanes`]; there is room for them.
    #[inline(always)]
    unsafe fn step(&mut self, out: *mut f64) {
        // SAFETY: the caller's promises.
        unsafe { S::store(S::mul(S::top53(self.0.step()), S::splat(UNIT)), out) };
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
        let mut generators = [Uniforms::<S>::new(&states[0]); W];
        for (generator, states) in generators.iter_mut().zip(states).skip(1) {
            *generator = Uniforms::new(states);
        }
        for j in (0..BLOCK).step_by(LANES) {
            for (w, generator) in generators.iter_mut().enumerate() {
                generator.step(out.add(w * BLOCK + j));
            }
        }
    }
}
