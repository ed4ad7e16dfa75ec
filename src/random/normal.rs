//! Standard normals, by Box and Muller's transform.
//!
//! A pair comes from two outputs x, y of a lane. With j the low 52 bits of x and i those of y, the lowest of
//! which is set: v = (j + ½)·2^-52 gives the radius √(-2·log v), a = i·2^-52 - ½ the angle, within an eighth
//! of a turn of the first axis. The lowest bit of y swaps the axes, the top bit of x changes both signs.
//! |results| are from 5·10^-24 to 8.572.

use super::bulk::Samples;
use super::lanes::Lanes;
use super::log::{Scaled, minus_logs};
use super::philox::LaneStates;
use super::sincospi::{COS, SIN};
use super::xoshiro::Xoshiro;

/// -2·log v.
#[inline(always)]
fn energy<L: Lanes>(lanes: L, x: L::U) -> L::F {
    // Exact: an odd multiple of 2^-53.
    let v = L::add(L::one_to_two(x), lanes.splat(-(1.0 - f64::EPSILON / 2.0)));
    let [energy] = minus_logs::<L, 2, 1>(lanes, [v]);
    energy
}

/// The generators of a block, under way: the pair to come next, with its energy, and the outputs for the one
/// after it.
///
/// The schedulers of the CPU are too short to overlap chains of dependent operations that follow one another,
/// so a step advances the sine and cosine of one pair, the logarithm of the next and the generator of the one
/// after that in turn.
#[derive(Clone, Copy)]
pub struct Normals<L: Lanes> {
    generator: Xoshiro<L>,
    now: [L::U; 2],
    energy: L::F,
    next: [L::U; 2],
}

impl<L: Lanes> Samples<L, 2> for Normals<L> {
    #[inline(always)]
    fn new(lanes: L, states: &LaneStates) -> Self {
        let mut generator = Xoshiro::new(lanes, states);
        let now = [generator.step(), generator.step()];
        let next = [generator.step(), generator.step()];
        Self {
            generator,
            now,
            energy: energy(lanes, now[0]),
            next,
        }
    }

    /// A pair, and the energy of the next one, as in [`minus_logs`], with the same bits.
    #[inline(always)]
    fn next<const ORDERED: bool>(&mut self, lanes: L) -> [L::F; 2] {
        let [x, y] = self.now;
        let p = &Scaled::<2>::P;
        let r = L::sqrt(self.energy);
        // Exact: an odd multiple of 2^-52.
        let a = L::add(L::odd_one_to_two(y), lanes.splat(-1.5));
        let v = L::add(
            L::one_to_two(self.next[0]),
            lanes.splat(-(1.0 - f64::EPSILON / 2.0)),
        );
        let z = L::mul(a, a);
        let [m, exponent, inverse, t] = L::split(v, &Scaled::<2>::TABLES);
        let mut s = L::fma(lanes.splat(SIN[6]), z, lanes.splat(SIN[5]));
        let mut c = L::fma(lanes.splat(COS[6]), z, lanes.splat(COS[5]));
        let f = L::fma(m, inverse, lanes.splat(-2.0));
        let x_after = self.generator.step();
        s = L::fma(s, z, lanes.splat(SIN[4]));
        c = L::fma(c, z, lanes.splat(COS[4]));
        let k = L::fma(exponent, lanes.splat(Scaled::<2>::LN2), t);
        let w = L::mul(f, f);
        let mut even = lanes.splat(p[6]);
        let mut odd = lanes.splat(p[7]);
        for i in (0..4).rev() {
            s = L::fma(s, z, lanes.splat(SIN[i]));
            c = L::fma(c, z, lanes.splat(COS[i]));
            if i < 3 {
                even = L::fma(even, w, lanes.splat(p[2 * i]));
                odd = L::fma(odd, w, lanes.splat(p[2 * i + 1]));
            }
        }
        self.energy = L::fma(w, L::fma(odd, f, even), L::sub(k, f));
        let y_after = self.generator.step();
        self.now = self.next;
        self.next = [x_after, y_after];
        let r = L::flip(r, x);
        let (c, s) = (L::mul(r, c), L::mul(r, L::mul(a, s)));
        if ORDERED {
            let (first, second) = L::swap(c, s, y);
            [first, second]
        } else {
            [c, s]
        }
    }
}
