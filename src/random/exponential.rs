//! Standard exponentials: -log v for v = (j + ½)·2^-52, j the low 52 bits of an output. From 2^-53 to 53·log 2 = 36.7, error
//! below 2 ulp.
//!
//! Rather than -log(1 - u) of a uniform u in [0, 1), as that may be 0 and costs a conversion.

use super::bulk::Samples;
use super::lanes::Lanes;
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

/// The generators of a block, under way.
#[derive(Clone, Copy)]
pub struct Exponentials<S: Lanes>(Xoshiro<S>);

impl<S: Lanes, const N: usize> Samples<S, N> for Exponentials<S> {
    #[inline(always)]
    unsafe fn new(states: &LaneStates) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { Xoshiro::new(states) })
    }

    #[inline(always)]
    unsafe fn next<const ORDERED: bool>(&mut self) -> [S::F; N] {
        // SAFETY: the caller's promise.
        unsafe {
            let mut x = [self.0.step(); N];
            for x in &mut x[1..] {
                *x = self.0.step();
            }
            some::<S, N>(x)
        }
    }
}
