//! Standard normals, by Box and Muller's transform.
//!
//! A pair comes from two outputs x, y of a lane. With j the low 52 bits of x and i those of y, the lowest of which is set:
//! v = (j + ½)·2^-52 gives the radius √(-2·log v), a = i·2^-52 - ½ the angle, within an eighth of a turn of the first axis.
//! The lowest bit of y swaps the axes, the top bit of x changes both signs. |results| are from 5·10^-24 to 8.572.

use super::bulk::Samples;
use super::lanes::Lanes;
use super::log::{Scaled, minus_log};
use super::philox::LaneStates;
use super::sincospi::{COS, SIN, sin_cos};
use super::xoshiro::Xoshiro;

/// -2·log v.
///
/// # Safety
/// As for [`Lanes`].
#[inline(always)]
pub unsafe fn energy<S: Lanes>(x: S::U) -> S::F {
    // Exact: an odd multiple of 2^-53.
    // SAFETY: the caller's promises.
    unsafe {
        minus_log::<S, 2>(S::add(
            S::one_to_two(x),
            S::splat(-(1.0 - f64::EPSILON / 2.0)),
        ))
    }
}

/// The pair.
///
/// # Safety
/// As for [`Lanes`].
#[inline(always)]
pub unsafe fn pair<S: Lanes>(x: S::U, y: S::U) -> (S::F, S::F) {
    // SAFETY: the caller's promises.
    unsafe {
        // Exact: an odd multiple of 2^-52.
        let a = S::add(S::odd_one_to_two(y), S::splat(-1.5));
        let r = S::flip(S::sqrt(energy::<S>(x)), x);
        let (s, c) = sin_cos::<S, 1>([a], [r])[0];
        S::swap(c, s, y)
    }
}

/// The generators of a block, under way: the pair to come next, with its energy, and the outputs for the one after it.
///
/// The schedulers of the CPU are too short to overlap chains of dependent operations that follow one another, so a step
/// advances the sine and cosine of one pair, the logarithm of the next and the generator of the one after that in turn.
#[derive(Clone, Copy)]
pub struct Normals<S: Lanes> {
    generator: Xoshiro<S>,
    now: [S::U; 2],
    energy: S::F,
    next: [S::U; 2],
}

impl<S: Lanes> Samples<S, 2> for Normals<S> {
    #[inline(always)]
    unsafe fn new(states: &LaneStates) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            let mut generator = Xoshiro::<S>::new(states);
            let now = [generator.step(), generator.step()];
            let next = [generator.step(), generator.step()];
            Self {
                generator,
                now,
                energy: energy::<S>(now[0]),
                next,
            }
        }
    }

    /// A pair: [`pair`], and the logarithm as in [`super::log::minus_logs`], with the same bits.
    #[inline(always)]
    unsafe fn next<const ORDERED: bool>(&mut self) -> [S::F; 2] {
        let [x, y] = self.now;
        // SAFETY: the caller's promise.
        unsafe {
            let p = &Scaled::<2>::P;
            let r = S::sqrt(self.energy);
            let a = S::add(S::odd_one_to_two(y), S::splat(-1.5));
            let v = S::add(
                S::one_to_two(self.next[0]),
                S::splat(-(1.0 - f64::EPSILON / 2.0)),
            );
            let z = S::mul(a, a);
            let (m, exponent, inverse, t) = S::split(v, &Scaled::<2>::TABLES);
            let mut s = S::fma(S::splat(SIN[6]), z, S::splat(SIN[5]));
            let mut c = S::fma(S::splat(COS[6]), z, S::splat(COS[5]));
            let f = S::fma(m, inverse, S::splat(-2.0));
            let x_after = self.generator.step();
            s = S::fma(s, z, S::splat(SIN[4]));
            c = S::fma(c, z, S::splat(COS[4]));
            let k = S::fma(exponent, S::splat(Scaled::<2>::LN2), t);
            let w = S::mul(f, f);
            let mut even = S::splat(p[6]);
            let mut odd = S::splat(p[7]);
            for i in (0..4).rev() {
                s = S::fma(s, z, S::splat(SIN[i]));
                c = S::fma(c, z, S::splat(COS[i]));
                if i < 3 {
                    even = S::fma(even, w, S::splat(p[2 * i]));
                    odd = S::fma(odd, w, S::splat(p[2 * i + 1]));
                }
            }
            self.energy = S::fma(w, S::fma(odd, f, even), S::sub(k, f));
            let y_after = self.generator.step();
            self.now = self.next;
            self.next = [x_after, y_after];
            let r = S::flip(r, x);
            let (c, s) = (S::mul(r, c), S::mul(r, S::mul(a, s)));
            if ORDERED {
                let (first, second) = S::swap(c, s, y);
                [first, second]
            } else {
                [c, s]
            }
        }
    }
}
