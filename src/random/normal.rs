//! Standard normals, by Box and Muller's transform.
//!
//! A pair comes from two outputs x, y of a lane. With j the low 52 bits of x and i those of y, the lowest of
//! which is set: v = (j + ½)·2^-52 gives the radius √(-2·log v), a = i·2^-52 - ½ the angle, within an eighth
//! of a turn of the first axis. The lowest bit of y swaps the axes, the top bit of x changes both signs.
//! |results| are from 5·10^-24 to 8.572.

use super::log::{Scaled, minus_logs};
use super::philox::LaneStates;
use super::samples::Samples;
use super::sincospi::{COS, SIN};
use super::xoshiro::Xoshiro;
use crate::simd::{F64s, Simd, U64s};

/// The square of the radius, -2·log v.
#[inline(always)]
fn energy<S: Simd>(simd: S, x: S::U64) -> S::F64 {
    // Exact, as the sum is an odd multiple of 2^-53.
    let v = x.one_to_two().add(simd.splat(-(1.0 - f64::EPSILON / 2.0)));
    let [energy] = minus_logs::<S, 2, 1>(simd, [v]);
    energy
}

/// The generators of a block, the outputs for the next pair of samples (`now`) with their energy, and those
/// for the pair after it (`next`).
///
/// The schedulers of the CPU are too short to overlap chains of dependent operations that follow one another,
/// so a step advances the sine and cosine of one pair, the logarithm of the next and the generator of the one
/// after that in turn.
#[derive(Clone, Copy)]
pub struct Normals<S: Simd> {
    generator: Xoshiro<S>,
    now: [S::U64; 2],
    energy: S::F64,
    next: [S::U64; 2],
}

impl<S: Simd> Samples<S, 2> for Normals<S> {
    #[inline(always)]
    fn new(simd: S, states: &LaneStates) -> Self {
        let mut generator = Xoshiro::new(simd, states);
        let now = [generator.step(), generator.step()];
        let next = [generator.step(), generator.step()];
        Self {
            generator,
            now,
            energy: energy(simd, now[0]),
            next,
        }
    }

    /// Returns a pair, and computes the energy of the next one: the same bits as by [`minus_logs`].
    #[inline(always)]
    fn next<const ORDERED: bool>(&mut self, simd: S) -> [S::F64; 2] {
        let [x, y] = self.now;
        let p = &Scaled::<2>::P;
        let r = self.energy.sqrt();
        // Exact, as the sum is an odd multiple of 2^-52.
        let a = y.odd_one_to_two().add(simd.splat(-1.5));
        let v = self.next[0]
            .one_to_two()
            .add(simd.splat(-(1.0 - f64::EPSILON / 2.0)));
        let z = a.mul(a);
        let [m, exponent, inverse, t] = v.split(&Scaled::<2>::TABLES);
        let mut s = simd.splat(SIN[6]).mul_add(z, simd.splat(SIN[5]));
        let mut c = simd.splat(COS[6]).mul_add(z, simd.splat(COS[5]));
        let f = m.mul_add(inverse, simd.splat(-2.0));
        let x_after = self.generator.step();
        s = s.mul_add(z, simd.splat(SIN[4]));
        c = c.mul_add(z, simd.splat(COS[4]));
        let k = exponent.mul_add(simd.splat(Scaled::<2>::LN2), t);
        let w = f.mul(f);
        let mut even = simd.splat(p[6]);
        let mut odd = simd.splat(p[7]);
        // Written out: the compiler moves what is above a loop to below it, and the order is what counts.
        s = s.mul_add(z, simd.splat(SIN[3]));
        c = c.mul_add(z, simd.splat(COS[3]));
        s = s.mul_add(z, simd.splat(SIN[2]));
        c = c.mul_add(z, simd.splat(COS[2]));
        even = even.mul_add(w, simd.splat(p[4]));
        odd = odd.mul_add(w, simd.splat(p[5]));
        s = s.mul_add(z, simd.splat(SIN[1]));
        c = c.mul_add(z, simd.splat(COS[1]));
        even = even.mul_add(w, simd.splat(p[2]));
        odd = odd.mul_add(w, simd.splat(p[3]));
        s = s.mul_add(z, simd.splat(SIN[0]));
        c = c.mul_add(z, simd.splat(COS[0]));
        even = even.mul_add(w, simd.splat(p[0]));
        odd = odd.mul_add(w, simd.splat(p[1]));
        self.energy = w.mul_add(odd.mul_add(f, even), k.sub(f));
        let y_after = self.generator.step();
        self.now = self.next;
        self.next = [x_after, y_after];
        let r = r.flip_sign(x);
        let (c, s) = (r.mul(c), r.mul(a.mul(s)));
        if ORDERED {
            let (first, second) = c.swap(s, y);
            [first, second]
        } else {
            [c, s]
        }
    }
}
