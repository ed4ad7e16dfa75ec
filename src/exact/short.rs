//! Exact moments in a few machine words: of a few values with exponents close together, or of what two folds
//! of a kernel have summed.
//!
//! A superaccumulator takes about a microsecond from zero to result, far longer than it takes to read a row
//! of three values.

use super::dyadic::Dyadic;
use super::extremes::Extremes;
use super::float::parts;
use super::moments::{Counts, ExactMoments, Moments};
use super::natural::Natural;
use super::quantity::Quantity;

/// The most values that [`Short::new`] takes.
pub const MAX_VALUES: usize = 32;

/// The largest difference between the exponents of two values: in units of the least significant bit of all,
/// values then have at most 53 + 60 bits.
const MAX_EXPONENT_RANGE: i32 = 60;

/// Limbs that suffice for n·Σx², and so for (Σx)², which is not greater.
const LIMBS: usize = 4;

/// Exact moments in a few words.
#[derive(Debug, Clone, Copy)]
pub struct Short {
    /// How many values there are: so many that n·Σx² is below 2^256.
    pub counts: Counts,
    /// Σx in units of 2^exponent: below 2^127.
    pub sum: i128,
    /// Σx² in units of 2^(2·exponent), the least significant limb first.
    pub squares: [u64; LIMBS],
    /// The exponent of the units.
    pub exponent: i32,
    /// Minimum and maximum over all but the NaNs.
    pub extremes: Extremes,
}

impl Short {
    /// The moments of at most [`MAX_VALUES`] values; `None` if some are not finite, or if their exponents are
    /// too far apart.
    ///
    /// In units of the least significant bit of all, Σx is below 2^(113 + 5), and n·Σx² below 2^(226 + 10).
    #[inline]
    pub fn new<Q: Quantity>(values: &[f64]) -> Option<Self> {
        debug_assert!(values.len() <= MAX_VALUES);
        let lowest = lowest_exponent(values)?;
        let (mut sum, mut squares) = (0, [0; LIMBS]);
        for &x in values.iter().filter(|&&x| x != 0.0) {
            let x = parts(x);
            let magnitude = u128::from(x.significand) << (x.exponent - lowest);
            if Q::SUM {
                sum += if x.negative {
                    -(magnitude as i128)
                } else {
                    magnitude as i128
                };
            }
            if Q::SQUARES {
                squares = add(squares, square(magnitude));
            }
        }
        let extremes = if Q::EXTREMES {
            Extremes::of(values)?
        } else {
            Extremes::EMPTY
        };
        Some(Self {
            counts: Counts {
                all: values.len() as u64,
                ..Counts::default()
            },
            sum,
            squares,
            exponent: lowest,
            extremes,
        })
    }

    /// The same moments by superaccumulators.
    pub fn to_moments(self) -> Moments {
        let mut moments = Moments {
            counts: self.counts,
            extremes: self.extremes,
            ..Moments::default()
        };
        moments.sum.deposit_wide(self.sum, self.exponent);
        for (limb, shift) in self.squares.into_iter().zip((0..).step_by(64)) {
            if limb != 0 {
                moments
                    .squares
                    .deposit(false, limb, 2 * self.exponent + shift);
            }
        }
        moments
    }
}

/// The lowest exponent of nonzero values, 0 if there are none; `None` if some values are not finite, or if
/// their exponents are too far apart.
#[inline]
fn lowest_exponent(values: &[f64]) -> Option<i32> {
    let (mut lowest, mut highest) = (i32::MAX, i32::MIN);
    for &x in values {
        if !x.is_finite() {
            return None;
        }
        if x != 0.0 {
            let exponent = parts(x).exponent;
            lowest = lowest.min(exponent);
            highest = highest.max(exponent);
        }
    }
    if lowest > highest {
        return Some(0);
    }
    (highest - lowest <= MAX_EXPONENT_RANGE).then_some(lowest)
}

impl ExactMoments<LIMBS> for Short {
    #[inline]
    fn counts(&self) -> &Counts {
        &self.counts
    }

    #[inline]
    fn sum(&self) -> Dyadic<LIMBS> {
        Dyadic {
            negative: self.sum < 0,
            magnitude: Natural::from_u128(self.sum.unsigned_abs(), self.exponent),
        }
    }

    #[inline]
    fn squares(&self) -> Natural<LIMBS> {
        Natural::from_array(self.squares, 2 * self.exponent)
    }

    #[inline]
    fn scaled_deviations(&self, _: &Dyadic<LIMBS>) -> Natural<LIMBS> {
        let scaled = times(self.squares, self.counts.numbers());
        let spread = subtract(scaled, square(self.sum.unsigned_abs()));
        Natural::from_array(spread, 2 * self.exponent)
    }

    #[inline]
    fn extremes(&self) -> &Extremes {
        &self.extremes
    }
}

/// x², for x below 2^127.
#[inline(always)]
fn square(x: u128) -> [u64; 4] {
    let (low, high) = (u128::from(x as u64), x >> 64);
    let middle = low * high;
    let bottom = low * low;
    let shifted = [
        0,
        (middle << 1) as u64,
        (middle >> 63) as u64,
        (middle >> 127) as u64,
    ];
    let top = high * high;
    add(
        [
            bottom as u64,
            (bottom >> 64) as u64,
            top as u64,
            (top >> 64) as u64,
        ],
        shifted,
    )
}

/// x·2^shift modulo 2^256, in two's complement, for a shift from 0 to 127.
#[inline(always)]
pub fn shifted(x: i128, shift: u32) -> [u64; LIMBS] {
    let low = x << shift;
    // The bits of x above the lower 128; in two steps, as a shift by 128 is not allowed.
    let high = x >> 1 >> (127 - shift);
    [
        low as u64,
        (low >> 64) as u64,
        high as u64,
        (high >> 64) as u64,
    ]
}

/// a + b, modulo 2^256.
#[inline(always)]
pub fn add(a: [u64; LIMBS], b: [u64; LIMBS]) -> [u64; LIMBS] {
    let mut sum = [0; LIMBS];
    let mut carry = false;
    for i in 0..LIMBS {
        let (first, one) = a[i].overflowing_add(b[i]);
        let (second, two) = first.overflowing_add(carry.into());
        sum[i] = second;
        carry = one | two;
    }
    sum
}

/// a - b, modulo 2^256.
#[inline(always)]
pub fn subtract(a: [u64; LIMBS], b: [u64; LIMBS]) -> [u64; LIMBS] {
    let mut difference = [0; LIMBS];
    let mut borrow = false;
    for i in 0..LIMBS {
        let (first, one) = a[i].overflowing_sub(b[i]);
        let (second, two) = first.overflowing_sub(borrow.into());
        difference[i] = second;
        borrow = one | two;
    }
    difference
}

/// a·n, modulo 2^256.
#[inline(always)]
fn times(a: [u64; LIMBS], n: u64) -> [u64; LIMBS] {
    let mut carry = 0;
    a.map(|limb| {
        let product = u128::from(limb) * u128::from(n) + carry;
        carry = product >> 64;
        product as u64
    })
}
