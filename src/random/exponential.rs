//! Standard exponentials: -log v for v = (j + ½)·2^-52, j the low 52 bits of an output. From 2^-53 to 53·log
//! 2 = 36.7, error below 2 ulp.
//!
//! Rather than -log(1 - u) of a uniform u in [0, 1), as that may be 0 and costs a conversion.

use super::bulk::Samples;
use super::lanes::Lanes;
use super::log::minus_logs;
use super::philox::LaneStates;
use super::xoshiro::Xoshiro;

/// `N` times eight samples from outputs.
#[inline(always)]
pub fn from_words<L: Lanes, const N: usize>(lanes: L, x: [L::U; N]) -> [L::F; N] {
    let mut v = [lanes.splat(0.0); N];
    for (v, x) in v.iter_mut().zip(x) {
        // Exact: an odd multiple of 2^-53.
        *v = L::add(L::one_to_two(x), lanes.splat(-(1.0 - f64::EPSILON / 2.0)));
    }
    minus_logs::<L, 1, N>(lanes, v)
}

/// The generators of a block, under way.
#[derive(Clone, Copy)]
pub struct Exponentials<L: Lanes>(Xoshiro<L>);

impl<L: Lanes, const N: usize> Samples<L, N> for Exponentials<L> {
    #[inline(always)]
    fn new(lanes: L, states: &LaneStates) -> Self {
        Self(Xoshiro::new(lanes, states))
    }

    #[inline(always)]
    fn next<const ORDERED: bool>(&mut self, lanes: L) -> [L::F; N] {
        let mut x = [self.0.step(); N];
        for x in &mut x[1..] {
            *x = self.0.step();
        }
        from_words(lanes, x)
    }
}
