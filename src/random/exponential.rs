//! Standard exponentials: -log v for v = (j + ½)·2^-52, j the low 52 bits of an output. From 2^-53 to 53·log 2 = 36.7, error
//! below 2 ulp.
//!
//! Rather than -log(1 - u) of a uniform u in [0, 1), as that may be 0 and costs a conversion.

use super::bulk::BLOCK;
use super::lanes::{LANES, Lanes};
use super::log::minus_logs;
use super::philox::LaneStates;
use super::xoshiro::Xoshiro;

/// `N` vectors of outputs.
///
/// # Safety
/// As for [`Lanes`].
#[inline(always)]
pub unsafe fn some<S: Lanes, const N: usize>(x: [S::U; N]) -> [S::F; N] {
    // SAFETY: the caller's promise.
    unsafe {
        let mut v = [S::splat(0.0); N];
        for n in 0..N {
            // Exact: an odd multiple of 2^-53.
            v[n] = S::add(S::one_to_two(x[n]), S::splat(-(1.0 - f64::EPSILON / 2.0)));
        }
        minus_logs::<S, 1, N>(v)
    }
}

/// A block, `N` steps in lockstep.
///
/// # Safety
/// As for [`Lanes`]; `out` has room for it, at any alignment.
#[inline(always)]
pub unsafe fn block<S: Lanes, const N: usize>(states: &LaneStates, out: *mut f64) {
    // SAFETY: the caller's promises.
    unsafe {
        let mut generator = Xoshiro::<S>::new(states);
        for j in (0..BLOCK).step_by(LANES * N) {
            let mut x = [generator.step(); N];
            for x in &mut x[1..] {
                *x = generator.step();
            }
            let samples = some::<S, N>(x);
            for n in 0..N {
                S::store(samples[n], out.add(j + LANES * n));
            }
        }
    }
}
