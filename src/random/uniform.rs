//! Uniforms in [0, 1): the top 53 bits of an output.

use super::bulk::BLOCK;
use super::lanes::{LANES, Lanes};
use super::philox::LaneStates;
use super::xoshiro::Xoshiro;

/// `W` blocks together, as one generator alone waits for itself.
///
/// # Safety
/// As for [`Lanes`]; `out` has room for them, at any alignment.
#[inline(always)]
pub unsafe fn blocks<S: Lanes, const W: usize>(states: &[LaneStates; W], out: *mut f64) {
    const UNIT: f64 = 1.0 / 18_446_744_073_709_551_616.0;
    // SAFETY: the caller's promises.
    unsafe {
        let mut generators = [Xoshiro::<S>::new(&states[0]); W];
        for w in 1..W {
            generators[w] = Xoshiro::<S>::new(&states[w]);
        }
        for j in (0..BLOCK).step_by(LANES) {
            for w in 0..W {
                let bits = S::top53(generators[w].step());
                S::store(S::mul(bits, S::splat(UNIT)), out.add(w * BLOCK + j));
            }
        }
    }
}
