//! π as the integral of 4/(1+x²) from 0 to 1 by the midpoint rule.

use std::ops::Range;

use super::points::check_points;
use crate::error::Result;
use crate::exact::dyadic::Dyadic;
use crate::exact::natural::Natural;
use crate::parallel::fold_values;
use crate::round::statistics;
use crate::simd::{Kernel, Simd, in_force};

/// Terms that a thread takes at a time: some 10 µs of work. Each running sum of their bits stays below 2^64.
const TERMS_IN_CHUNK: u64 = 1 << 15;

/// The bits of ½, the least term.
const HALF_BITS: u64 = 0x3fe0_0000_0000_0000;

/// (4/n)·Σ t(i), i = 1 … n, with x = RN((i-½)/n), s = RN(x·x), y = RN(1+s), t = RN(1/y): the exact sum of
/// these terms, rounded once.
pub fn pi(n: u64) -> Result<f64> {
    check_points(n)?;
    let sum = fold_values(
        n.div_ceil(TERMS_IN_CHUNK) as usize,
        TERMS_IN_CHUNK as usize,
        1,
        || 0u128,
        |sum, chunks| {
            for chunk in chunks {
                let start = chunk as u64 * TERMS_IN_CHUNK;
                *sum += terms(start..n.min(start + TERMS_IN_CHUNK), n);
            }
            Ok(())
        },
        |sum, other| *sum += other,
    )?;
    // π(n) = 4·(sum·2^-53) / n, and 4·2^-53 = 2^-51.
    let sum = Dyadic {
        negative: false,
        magnitude: Natural::<2>::from_u128(sum, -51),
    };
    Ok(statistics::quotient(&sum, n))
}

/// Σ t(i+1) over a range of at most [`TERMS_IN_CHUNK`] terms, in units of 2^-53. The sum is an integer, as
/// every term lies in [½, 1].
pub fn terms(range: Range<u64>, n: u64) -> u128 {
    debug_assert!(range.end - range.start <= TERMS_IN_CHUNK);
    let mut above_half = 0;
    let count = range.end - range.start;
    in_force().run(Terms {
        range,
        n,
        above_half: &mut above_half,
    });
    // Add the ½ of each term, which is 2^52 units.
    above_half + (u128::from(count) << 52)
}

/// Running sums that do not wait for each other: enough for two vectors of any instruction set.
const SUMS: usize = 16;

/// Sums the terms of a range less ½ each, in units of 2^-53.
struct Terms<'a> {
    range: Range<u64>,
    n: u64,
    above_half: &'a mut u128,
}

impl Kernel for Terms<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let n = self.n as f64;
        let reciprocal = 1.0 / n;
        *self.above_half = if self.n <= MAX_POINTS_BY_RECIPROCAL && S::FUSES {
            sum_above_half(self.range, |point| quotient(point, n, reciprocal))
        } else {
            sum_above_half(self.range, |point| point / n)
        };
    }
}

/// Σ (t(i+1) - ½) over a range, in units of 2^-53: from ½ to 1 the doubles are 2^-53 apart, so that the bits
/// of a double, less those of ½, count the units.
#[inline(always)]
fn sum_above_half(range: Range<u64>, abscissa: impl Fn(f64) -> f64) -> u128 {
    let term = |point| {
        let x = abscissa(point);
        (1.0 / (1.0 + x * x)).to_bits() - HALF_BITS
    };
    let mut sums = [0u64; SUMS];
    let mut point: [f64; SUMS] = std::array::from_fn(|k| (range.start + k as u64) as f64 + 0.5);
    let rounds = (range.end - range.start) / SUMS as u64;
    // No sum overflows: a round adds at most 2^52 to it, and there are at most TERMS_IN_CHUNK / SUMS = 2^11
    // rounds.
    for _ in 0..rounds {
        for (point, sum) in point.iter_mut().zip(&mut sums) {
            *sum += term(*point);
            *point += SUMS as f64;
        }
    }
    let rest = range.start + rounds * SUMS as u64..range.end;
    let rest: u64 = rest.map(|i| term(i as f64 + 0.5)).sum();
    sums.iter().map(|&sum| u128::from(sum)).sum::<u128>() + u128::from(rest)
}

/// The most points for which the bound of [`quotient`] holds.
const MAX_POINTS_BY_RECIPROCAL: u64 = 1 << 50;

/// RN(p/n) for p = i - ½ < n, without dividing, from r = RN(1/n): Markstein's correction of q = RN(p·r) (IBM
/// Journal of Research and Development 34, 1990), here with a bound that needs one step.
///
/// With u = ulp(p/n): q = p/n + d, |d| < 2.01·u. The remainder p - q·n is an integer multiple of u/2, at most
/// 5·n of them, hence exact. r·n = 1 + e, |e| <= 2^-53, so the last operation rounds p/n - d·e, off by less
/// than 2^-51.9·u. That gives RN(p/n) unless a midpoint (2k+1)·u/2 is as near: but |(2i-1)/(2n) - (2k+1)·u/2|
/// is a multiple of u/(2n), so at least 2^-51·u, or 0; and 0 it is never, as the odd 2k+1 > 2^53 would divide
/// 2i-1 < 2^53.
#[inline(always)]
fn quotient(p: f64, n: f64, reciprocal: f64) -> f64 {
    let q = p * reciprocal;
    let remainder = (-q).mul_add(n, p);
    remainder.mul_add(reciprocal, q)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_are_divisions() {
        let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = || {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            bits
        };
        let check = |i: u64, n: u64| {
            let (p, n) = (i as f64 + 0.5, n as f64);
            assert_eq!(quotient(p, n, 1.0 / n), p / n, "{p} / {n}");
        };
        for n in 1..=600 {
            (0..n).for_each(|i| check(i, n));
        }
        for _ in 0..1_000_000 {
            // A number of points of any length from 1 to 50 bits.
            let n = (next() >> (next() % 50 + 14)).clamp(1, MAX_POINTS_BY_RECIPROCAL);
            check(next() % n, n);
            let near = (MAX_POINTS_BY_RECIPROCAL >> (next() % 50)) - next() % 4;
            let near = near.clamp(1, MAX_POINTS_BY_RECIPROCAL);
            check(next() % near, near);
            check(near - 1, near);
        }
    }

    #[test]
    fn the_sum_of_terms_is_that_of_their_bits() {
        for n in [1, 2, 15, 16, 17, 100, 32_767, 32_768, 99_991] {
            let end = n.min(TERMS_IN_CHUNK);
            let plain: u128 = (0..end)
                .map(|i| {
                    let x = (i as f64 + 0.5) / n as f64;
                    let t = 1.0 / (1.0 + x * x);
                    (t * 2f64.powi(53)) as u128
                })
                .sum();
            assert_eq!(terms(0..end, n), plain, "n = {n}");
        }
    }
}
