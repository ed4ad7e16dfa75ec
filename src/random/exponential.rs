//! Standard exponentials: -log v for v = (j + ½)·2^-52, j the low 52 bits of an output. From 2^-53 to 53·log 2 = 36.7, error
//! below 2 ulp.
//!
//! Rather than -log(1 - u) of a uniform u in [0, 1), as that may be 0 and costs a conversion.

use super::bulk::Samples;
use super::lanes::{LANES, Lanes};
use super::log::minus_logs;
use super::philox::LaneStates;
use super::xoshiro::Xoshiro;

/// `N` vectors of samples from outputs.
///
/// # Safety
/// As for [`Lanes`].
#[inline(always)]
pub unsafe fn some<S: Lanes, const N: usize>(x: [S::U; N]) -> [S::F; N] {
    // SAFETY: the caller's promise.
    unsafe {
        let mut v = [S::splat(0.0); N];
        for (v, x) in v.iter_mut().zip(x) {
            // Exact: an odd multiple of 2^-53.
            *v = S::add(S::one_to_two(x), S::splat(-(1.0 - f64::EPSILON / 2.0)));
        }
        minus_logs::<S, 1, N>(v)
    }
}

/// The generators of a block, under way; `N` steps are worked on together.
#[derive(Clone, Copy)]
pub struct Exponentials<S: Lanes, const N: usize>(Xoshiro<S>);

impl<S: Lanes, const N: usize> Samples<S> for Exponentials<S, N> {
    #[inline(always)]
    unsafe fn new(states: &LaneStates) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { Xoshiro::new(states) })
    }

    #[inline(always)]
    unsafe fn fill(&mut self, out: *mut f64, len: usize) {
        debug_assert!(len.is_multiple_of(LANES * N));
        for j in (0..len).step_by(LANES * N) {
            // SAFETY: the caller's promises.
            unsafe {
                let mut x = [self.0.step(); N];
                for x in &mut x[1..] {
                    *x = self.0.step();
                }
                for (n, sample) in some::<S, N>(x).into_iter().enumerate() {
                    S::store(sample, out.add(j + LANES * n));
                }
            }
        }
    }
}
