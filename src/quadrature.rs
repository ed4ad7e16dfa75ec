//! π and other integrals by the midpoint rule, summed exactly.

use std::ffi::c_void;
use std::ops::Range;

use crate::error::{Error, PAREXACT_ERROR_CALLBACK_FAILED, Result};
use crate::exact::natural::Natural;
use crate::exact::{Accumulate, Accumulator, as_unaligned, quantity};
use crate::parallel::worker::Participant;
use crate::parallel::{callback, fold_chunks};
use crate::round::rational::Rational;
use crate::round::statistics;
use crate::simd::{Kernel, Simd, in_force};
use crate::unsigned::Unsigned;

/// Most points: i - ½ must be a double.
const MAX_POINTS: u64 = 1 << 52;

/// Terms that a thread takes at a time: some 10 µs; the sums of lanes must stay below 2^64.
const CHUNK: u64 = 1 << 15;

/// Bits of ½, the least term.
const HALF: u64 = 0x3fe0_0000_0000_0000;

/// Refuses what is no number of points.
fn check_points(n: u64) -> Result<()> {
    if n == 0 || n > MAX_POINTS {
        let n = Unsigned(n);
        return Err(Error::invalid(format!("n is {n}; it must be 1 to 2^52")));
    }
    Ok(())
}

/// (4/n)·Σ t(i), i = 1 … n, with x = RN((i-½)/n), s = RN(x·x), y = RN(1+s), t = RN(1/y): the exact sum of
/// these terms, rounded once.
pub fn pi(n: u64) -> Result<f64> {
    check_points(n)?;
    let sum = fold_chunks(
        n.div_ceil(CHUNK) as usize,
        1,
        || 0u128,
        |sum, chunks| {
            for chunk in chunks {
                let start = chunk as u64 * CHUNK;
                *sum += terms(start..n.min(start + CHUNK), n);
            }
            Ok(())
        },
        |sum, other| *sum += other,
    )?;
    // 4·sum·2^-53 / n.
    let sum = Natural::<2>::from_u128(sum, -51);
    Ok(Rational::new(&sum, n.into()).round(false))
}

/// Σ t(i+1) of at most [`CHUNK`] terms, in units of 2^-53: every term is from ½ to 1, so that is an integer.
pub fn terms(range: Range<u64>, n: u64) -> u128 {
    debug_assert!(range.end - range.start <= CHUNK);
    let mut above_half = 0;
    let count = range.end - range.start;
    in_force().run(Terms {
        range,
        n,
        above_half: &mut above_half,
    });
    // Half is 2^52 units.
    above_half + (u128::from(count) << 52)
}

/// Independent terms that are worked on together: enough for two vectors of any instruction set.
const LANES: usize = 16;

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
        *self.above_half = if self.n <= MOST_BY_RECIPROCAL && S::FUSES {
            sum_above_half(self.range, |point| quotient(point, n, reciprocal))
        } else {
            sum_above_half(self.range, |point| point / n)
        };
    }
}

/// From ½ to 1 the bits of doubles count units of 2^-53.
#[inline(always)]
fn sum_above_half(range: Range<u64>, abscissa: impl Fn(f64) -> f64) -> u128 {
    let term = |point| {
        let x = abscissa(point);
        (1.0 / (1.0 + x * x)).to_bits() - HALF
    };
    let mut lanes = [0u64; LANES];
    let mut point: [f64; LANES] =
        std::array::from_fn(|lane| (range.start + lane as u64) as f64 + 0.5);
    let whole = (range.end - range.start) / LANES as u64;
    // Each adds at most 2^52 to a lane, CHUNK / LANES = 2^11 times.
    for _ in 0..whole {
        for (point, sum) in point.iter_mut().zip(&mut lanes) {
            *sum += term(*point);
            *point += LANES as f64;
        }
    }
    let rest = range.start + whole * LANES as u64..range.end;
    let rest: u64 = rest.map(|i| term(i as f64 + 0.5)).sum();
    lanes.iter().map(|&lane| u128::from(lane)).sum::<u128>() + u128::from(rest)
}

/// The most points for [`quotient`].
const MOST_BY_RECIPROCAL: u64 = 1 << 50;

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

/// Computes a block of function values: `y[i]` from `x[i]`, `count` of them. Answers 0, or anything else if
/// it failed. It may run on any thread, several at once.
pub type BlockFn = Option<
    unsafe extern "C" fn(x: *const f64, y: *mut f64, count: usize, user_data: *mut c_void) -> i32,
>;

/// Points that the integrand gets at a time, the last block perhaps fewer.
const BLOCK: u64 = 1024;

/// h·Σ f(x(i)), i = 1 … n, with h = RN((b-a)/n) and x(i) = RN((i-½)·h + a): the exact sum times h, rounded
/// once.
///
/// # Safety
/// The function may be called on any thread as long as this runs.
pub unsafe fn integrate(
    function: BlockFn,
    user_data: *mut c_void,
    (a, b): (f64, f64),
    n: u64,
) -> Result<f64> {
    struct UserData(*mut c_void);
    // SAFETY: that other threads may use it is the caller's promise.
    unsafe impl Sync for UserData {}

    let function = function.ok_or_else(|| Error::null("f"))?;
    check_points(n)?;
    for (name, bound) in [("a", a), ("b", b)] {
        if !bound.is_finite() {
            return Err(Error::invalid(format!(
                "{name} is {bound:?}; it must be finite"
            )));
        }
    }
    let width = b - a;
    if width.is_infinite() {
        return Err(Error::invalid(format!(
            "a is {a:?} and b is {b:?}; b - a must be finite"
        )));
    }
    let h = step((a, b), n);
    let _participant = Participant::enter();
    let user_data = &UserData(user_data);
    let sum = fold_chunks(
        n.div_ceil(BLOCK) as usize,
        1,
        || Accumulator::<quantity::Sum>::new(in_force()),
        |sum, blocks| {
            // Not inlined: the points and values belong into no frame but its own.
            #[inline(never)]
            fn apart<R>(f: impl FnOnce() -> R) -> R {
                f()
            }
            apart(|| {
                let (mut x, mut y) = ([0.0; BLOCK as usize], [0.0; BLOCK as usize]);
                for block in blocks {
                    let start = block as u64 * BLOCK;
                    let count = BLOCK.min(n - start) as usize;
                    let (x, y) = (&mut x[..count], &mut y[..count]);
                    in_force().run(Abscissae { start, h, a, x });
                    // SAFETY: the caller's promise; the blocks hold so many values.
                    let value = callback::run(|| unsafe {
                        function(x.as_ptr(), y.as_mut_ptr(), count, user_data.0)
                    });
                    if value != 0 {
                        return Err(Error::new(
                            PAREXACT_ERROR_CALLBACK_FAILED,
                            format!(
                                "the integrand failed for points {start} to {}: it returned {value}",
                                start + count as u64
                            ),
                        ));
                    }
                    sum.add(as_unaligned(y));
                }
                Ok(())
            })
        },
        Accumulator::merge,
    )?;
    Ok(statistics::scaled_sum(&sum.finish(), h))
}

/// (b-a)/n, rounded once.
fn step((a, b): (f64, f64), n: u64) -> f64 {
    let mut width = Accumulator::<quantity::Sum>::new(in_force());
    width.add(as_unaligned(&[b, -a]));
    let width = width.finish().sum.to_dyadic();
    Rational::new(&width.magnitude, n.into()).round(width.negative)
}

/// The points of a block from number `start` on.
struct Abscissae<'a> {
    start: u64,
    h: f64,
    a: f64,
    x: &'a mut [f64],
}

impl Kernel for Abscissae<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        for (i, x) in self.x.iter_mut().enumerate() {
            *x = ((self.start + i as u64) as f64 + 0.5).mul_add(self.h, self.a);
        }
    }
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
            // Of all sizes, few bits and many.
            let n = (next() >> (next() % 50 + 14)).clamp(1, MOST_BY_RECIPROCAL);
            check(next() % n, n);
            let near = (MOST_BY_RECIPROCAL >> (next() % 50)) - next() % 4;
            let near = near.clamp(1, MOST_BY_RECIPROCAL);
            check(next() % near, near);
            check(near - 1, near);
        }
    }

    #[test]
    fn the_sum_of_terms_is_that_of_their_bits() {
        for n in [1, 2, 15, 16, 17, 100, 32_767, 32_768, 99_991] {
            let end = n.min(CHUNK);
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
