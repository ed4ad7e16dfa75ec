//! Standard normals, by Box and Muller's transform.
//!
//! A pair comes from two outputs x, y of a lane. With j the low 52 bits of x and i those of y, the lowest of which is set:
//! v = (j + ½)·2^-52 gives the radius √(-2·log v), a = i·2^-52 - ½ the angle, within an eighth of a turn of the first axis.
//! The lowest bit of y swaps the axes, the top bit of x changes both signs. |results| are from 5·10^-24 to 8.572.

use super::bulk::BLOCK;
use super::lanes::{LANES, Lanes};
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

/// The pair of x, y, given the energy of x; and meanwhile the energy of the next x, and the two outputs after those.
///
/// The schedulers of the CPU are too short to overlap chains of dependent operations that follow one another, so the
/// polynomials advance in turn. (That of the logarithm as in `minus_logs`: the same bits.)
///
/// # Safety
/// As for [`Lanes`].
#[inline(always)]
pub unsafe fn pair_and_next<S: Lanes>(
    [x, y]: [S::U; 2],
    e: S::F,
    next: S::U,
    g: &mut Xoshiro<S>,
) -> ((S::F, S::F), S::F, [S::U; 2]) {
    // SAFETY: the caller's promises.
    unsafe {
        let p = &Scaled::<2>::P;
        let r = S::sqrt(e);
        let a = S::add(S::odd_one_to_two(y), S::splat(-1.5));
        let v = S::add(S::one_to_two(next), S::splat(-(1.0 - f64::EPSILON / 2.0)));
        let z = S::mul(a, a);
        let (m, exponent, inverse, t) = S::split(v, &Scaled::<2>::TABLES);
        let mut s = S::fma(S::splat(SIN[6]), z, S::splat(SIN[5]));
        let mut c = S::fma(S::splat(COS[6]), z, S::splat(COS[5]));
        let f = S::fma(m, inverse, S::splat(-2.0));
        let x1 = g.step();
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
        let e = S::fma(w, S::fma(odd, f, even), S::sub(k, f));
        let y1 = g.step();
        let r = S::flip(r, x);
        (
            S::swap(S::mul(r, c), S::mul(r, S::mul(a, s)), y),
            e,
            [x1, y1],
        )
    }
}

/// A block.
///
/// # Safety
/// As for [`Lanes`]; `out` has room for it.
#[inline(always)]
pub unsafe fn block<S: Lanes>(states: &LaneStates, out: *mut f64) {
    // SAFETY: the caller's promises.
    unsafe {
        let mut g = Xoshiro::<S>::new(states);
        let mut now = [g.step(), g.step()];
        let mut next = [g.step(), g.step()];
        let mut e = energy::<S>(now[0]);
        // The last two rounds compute some in vain.
        for j in (0..BLOCK).step_by(2 * LANES) {
            let (pair, e1, after) = pair_and_next::<S>(now, e, next[0], &mut g);
            S::store(pair.0, out.add(j));
            S::store(pair.1, out.add(j + LANES));
            (now, next, e) = (next, after, e1);
        }
    }
}
