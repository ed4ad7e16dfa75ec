//! A few values with exponents close together: their exact moments fit machine words, and round straight from
//! there.
//!
//! Superaccumulators cost about a microsecond from zero to result, which rows of three values would feel.

use super::float::parts;
use super::round::Quotient;

/// Most values.
pub const MAX_VALUES: usize = 32;

/// Bits between the lowest ends of the values: aligned to the lowest one, they have at most 53 + 60 bits.
const SPAN: i32 = 60;

/// Exact Σx and Σx² of finite values.
#[derive(Debug, Clone, Copy)]
pub struct Short {
    count: u64,
    /// Σx in units of 2^exponent: below 2^(113 + 5).
    sum: i128,
    /// Σx² in units of 2^(2·exponent), by limbs: below 2^(226 + 5).
    squares: [u64; 4],
    exponent: i32,
}

impl Short {
    /// The moments of at most [`MAX_VALUES`] values; `None` if they are not finite or their exponents too far
    /// apart.
    #[inline]
    pub fn new<const SQUARES: bool>(values: &[f64]) -> Option<Self> {
        debug_assert!(values.len() <= MAX_VALUES);
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
        let mut short = Self {
            count: values.len() as u64,
            sum: 0,
            squares: [0; 4],
            exponent: 0,
        };
        if lowest > highest {
            return Some(short); // nothing but zeros
        }
        if highest - lowest > SPAN {
            return None;
        }
        short.exponent = lowest;
        for &x in values.iter().filter(|&&x| x != 0.0) {
            let x = parts(x);
            let magnitude = u128::from(x.significand) << (x.exponent - lowest);
            short.sum += if x.negative {
                -(magnitude as i128)
            } else {
                magnitude as i128
            };
            if SQUARES {
                short.squares = add(short.squares, square(magnitude));
            }
        }
        Some(short)
    }

    /// Σx, rounded.
    pub fn sum(&self) -> f64 {
        self.sum_over(1)
    }

    /// The mean; NaN of no values.
    pub fn mean(&self) -> f64 {
        if self.count == 0 {
            return super::float::CANONICAL_NAN;
        }
        self.sum_over(self.count)
    }

    /// The root of Σx².
    pub fn norm(&self) -> f64 {
        Quotient::of_limbs(&self.squares, 2 * self.exponent, 1)
            .sqrt()
            .round(false)
    }

    /// The variance with divisor n - ddof; `None` where it is NaN.
    pub fn variance(&self, ddof: u64) -> Option<Quotient> {
        let n = self.count;
        if n <= ddof {
            return None;
        }
        // n·Σx² < 2^(231 + 5) has room.
        let spread = subtract(times(self.squares, n), square(self.sum.unsigned_abs()));
        let denominator = u128::from(n) * u128::from(n - ddof);
        Some(Quotient::of_limbs(&spread, 2 * self.exponent, denominator))
    }

    fn sum_over(&self, denominator: u64) -> f64 {
        let magnitude = self.sum.unsigned_abs();
        let limbs = [magnitude as u64, (magnitude >> 64) as u64];
        Quotient::of_limbs(&limbs, self.exponent, denominator.into()).round(self.sum < 0)
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
fn subtract(a: [u64; 4], b: [u64; 4]) -> [u64; 4] {
    let mut borrow = false;
    std::array::from_fn(|i| {
        let (first, one) = a[i].overflowing_sub(b[i]);
        let (difference, two) = first.overflowing_sub(borrow.into());
        borrow = one || two;
        difference
    })
}

#[inline(always)]
fn times(a: [u64; 4], n: u64) -> [u64; 4] {
    let mut carry = 0;
    a.map(|limb| {
        let product = u128::from(limb) * u128::from(n) + carry;
        carry = product >> 64;
        product as u64
    })
}
