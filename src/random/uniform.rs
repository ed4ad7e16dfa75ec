//! Uniforms in [0, 1): the top 53 bits of an output.

use super::bulk::{BLOCK, Samples};
use super::lanes::{LANES, Lanes};
use super::philox::LaneStates;
use super::xoshiro::Xoshiro;

const UNIT: f64 = 1.0 / 18_446_744_073_709_551_616.0;

/// The generators of a block, under way.
#[derive(Clone, Copy)]
pub struct Uniforms<L: Lanes>(Xoshiro<L>);

impl<L: Lanes, const N: usize> Samples<L, N> for Uniforms<L> {
    #[inline(always)]
    fn new(lanes: L, states: &LaneStates) -> Self {
        Self(Xoshiro::new(lanes, states))
    }

    #[inline(always)]
    fn next<const ORDERED: bool>(&mut self, lanes: L) -> [L::F; N] {
        let mut samples = [lanes.splat(UNIT); N];
        for sample in &mut samples {
            *sample = L::mul(L::top53(self.0.step()), *sample);
        }
        samples
    }
}

/// `W` blocks together, as one generator alone waits for itself.
///
/// # Safety
/// `out` has room for them, at any alignment.
#[inline(always)]
pub unsafe fn blocks<L: Lanes, const W: usize>(lanes: L, states: &[LaneStates; W], out: *mut f64) {
    let mut generators = [Uniforms(Xoshiro::new(lanes, &states[0])); W];
    for (generator, states) in generators.iter_mut().zip(states).skip(1) {
        *generator = Uniforms(Xoshiro::new(lanes, states));
    }
    for j in (0..BLOCK).step_by(LANES) {
        for (w, generator) in generators.iter_mut().enumerate() {
            let [samples] = generator.next::<true>(lanes);
            // SAFETY: the caller's promise.
            unsafe { L::store(samples, out.add(w * BLOCK + j)) };
        }
    }
}
