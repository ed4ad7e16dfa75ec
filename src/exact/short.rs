//! The exact moments of a few values with exponents close together, in a few machine words.
//!
//! A superaccumulator takes about a microsecond from zero to result, far longer than it takes to read a row
//! of three values.

use super::dyadic::Dyadic;
use super::extremes::Extremes;
use super::float::parts;
use super::moments::{Counts, ExactMoments};
use super::natural::Natural;
use super::quantity::Quantity;

/// The most values that a [`Short`] takes.
pub const MAX_VALUES: usize = 32;

/// The largest difference between the exponents of two values: in units of the least significant bit of all,
/// values then have at most 53 + 60 bits.
const MAX_EXPONENT_RANGE: i32 = 60;

/// Limbs that suffice for all that is computed from the values: n·Σx² < 2^(231 + 5).
const LIMBS: usize = 4;

/// Exact moments of a few values.
#[derive(Debug, Clone, Copy)]
pub struct Short {
    counts: Counts,
    /// Σx in units of 2^exponent: below 2^(113 + 5).
    sum: i128,
    /// Σx² in units of 2^(2·exponent), by limbs: below 2^(226 + 5).
    squares: [u64; LIMBS],
    exponent: i32,
    extremes: Extremes,
}

impl Short {
    /// The moments of at most [`MAX_VALUES`] values; `None` if some are not finite, or if their exponents are
    /// too far apart.
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
        let scaled = times(self.squares, self.counts.all);
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

/// a + b, modulo 2^256.
#[inline(always)]
fn add(a: [u64; 4], b: [u64; 4]) -> [u64; 4] {
    let mut carry = 0;
    std::array::from_fn(|i| {
        let sum = u128::from(a[i]) + u128::from(b[i]) + carry;
        carry = sum >> 64;
        sum as u64
    })
}

/// a - b, for a >= b.
#[inline(always)]
fn subtract(a: [u64; LIMBS], b: [u64; LIMBS]) -> [u64; LIMBS] {
    let mut borrow = false;
    std::array::from_fn(|i| {
        let (first, one) = a[i].overflowing_sub(b[i]);
        let (difference, two) = first.overflowing_sub(borrow.into());
        borrow = one || two;
        difference
    })
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
