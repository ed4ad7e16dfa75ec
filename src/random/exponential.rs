//! Standard exponentials: -log v for v = (j + ½)·2^-52, j the low 52 bits of an output. From 2^-53 to 53·log
//! 2 = 36.7, error below 2 ulp.
//!
//! Rather than -log(1 - u) of a uniform u in [0, 1), as that may be 0 and costs a conversion.

use super::log::minus_logs;
use super::philox::LaneStates;
use super::samples::Samples;
use super::xoshiro::Xoshiro;
use crate::simd::{F64s, Simd, U64s};

/// The samples that come from `N` vectors of outputs.
#[inline(always)]
pub fn from_words<S: Simd, const N: usize>(simd: S, x: [S::U64; N]) -> [S::F64; N] {
    let mut v = [simd.splat(0.0); N];
    for (v, x) in v.iter_mut().zip(x) {
        // Exact, as the sum is an odd multiple of 2^-53.
        *v = x.one_to_two().add(simd.splat(-(1.0 - f64::EPSILON / 2.0)));
    }
    minus_logs::<S, 1, N>(simd, v)
}

/// The generators of a block.
#[derive(Clone, Copy)]
pub struct Exponentials<S: Simd>(Xoshiro<S>);

impl<S: Simd, const N: usize> Samples<S, N> for Exponentials<S> {
    #[inline(always)]
    fn new(simd: S, states: &LaneStates) -> Self {
        Self(Xoshiro::new(simd, states))
    }

    #[inline(always)]
    fn next<const ORDERED: bool>(&mut self, simd: S) -> [S::F64; N] {
        let mut x = [self.0.step(); N];
        for x in &mut x[1..] {
            *x = self.0.step();
        }
        from_words(simd, x)
    }
}
