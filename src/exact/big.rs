//! Dyadic rationals of any length, n·2^e: for formulas of a higher degree than [`super::natural`] has room
//! for.

use std::ops::{Add, Mul, Sub};

use num_bigint::{BigInt, BigUint, Sign};

use super::float::parts;

/// An exact value, `integer` · 2^`exponent`.
#[derive(Debug, Clone)]
pub struct Big {
    integer: BigInt,
    exponent: i32,
}

impl Big {
    /// ±Σ digits[i] · 2^(32·i + exponent).
    pub fn from_digits(negative: bool, digits: &[u32], exponent: i32) -> Self {
        // Low zero digits are left out: usual sums have many of them, and few others.
        let zeros = digits.iter().take_while(|&&digit| digit == 0).count();
        let sign = if negative { Sign::Minus } else { Sign::Plus };
        Self {
            integer: BigInt::from_slice(sign, &digits[zeros..]),
            exponent: exponent + 32 * zeros as i32,
        }
    }

    /// A finite double.
    pub fn from_double(x: f64) -> Self {
        let x = parts(x);
        let integer = BigInt::from(x.significand);
        Self {
            integer: if x.negative { -integer } else { integer },
            exponent: x.exponent,
        }
    }

    /// Is the number below 0?
    pub fn is_negative(&self) -> bool {
        self.integer.sign() == Sign::Minus
    }

    /// Is the number 0?
    pub fn is_zero(&self) -> bool {
        self.integer.sign() == Sign::NoSign
    }

    /// |number| as an integer, in units of 2^exponent.
    pub fn magnitude(&self) -> (&BigUint, i32) {
        (self.integer.magnitude(), self.exponent)
    }

    /// Is self <= other?
    pub fn is_at_most(&self, other: &Self) -> bool {
        !(other - self).is_negative()
    }

    /// The square.
    #[must_use]
    pub fn squared(&self) -> Self {
        self * self
    }

    /// Both numbers as integers of one unit.
    fn aligned(&self, other: &Self) -> (BigInt, BigInt, i32) {
        let exponent = match (self.is_zero(), other.is_zero()) {
            (true, _) => other.exponent,
            (_, true) => self.exponent,
            _ => self.exponent.min(other.exponent),
        };
        let scaled = |x: &Self| {
            if x.is_zero() {
                BigInt::ZERO
            } else {
                &x.integer << (x.exponent - exponent) as u32
            }
        };
        (scaled(self), scaled(other), exponent)
    }
}

impl From<u64> for Big {
    fn from(n: u64) -> Self {
        Self {
            integer: n.into(),
            exponent: 0,
        }
    }
}

impl Add for &Big {
    type Output = Big;

    fn add(self, other: Self) -> Big {
        let (a, b, exponent) = self.aligned(other);
        Big {
            integer: a + b,
            exponent,
        }
    }
}

impl Sub for &Big {
    type Output = Big;

    fn sub(self, other: Self) -> Big {
        let (a, b, exponent) = self.aligned(other);
        Big {
            integer: a - b,
            exponent,
        }
    }
}

impl Mul for &Big {
    type Output = Big;

    fn mul(self, other: Self) -> Big {
        Big {
            integer: &self.integer * &other.integer,
            exponent: self.exponent + other.exponent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn big(n: i64, exponent: i32) -> Big {
        Big {
            integer: n.into(),
            exponent,
        }
    }

    fn is(x: &Big, n: i64, exponent: i32) -> bool {
        (x - &big(n, exponent)).is_zero()
    }

    #[test]
    fn units_are_aligned() {
        let (a, b) = (big(3, 70), big(-5, -2));
        assert!(is(&(&big(3, 4) + &b), 4 * 48 - 5, -2));
        assert!(is(&(&b - &big(3, 4)), -4 * 48 - 5, -2));
        assert!(is(&(&a * &b), -15, 68));
        assert!(is(&(&a - &a), 0, 0));
        assert!(is(&(&a + &big(0, -9000)), 3, 70));
        assert!(is(&(&big(0, -9000) - &a), -3, 70));
        assert!((&a - &big(3, 71)).is_negative());
    }

    #[test]
    fn low_digits_that_are_zero_move_the_exponent() {
        let x = Big::from_digits(true, &[0, 0, 7, 1], -64);
        assert_eq!(x.magnitude().1, 0);
        assert!(is(&x, -((1 << 32) + 7), 0));
        assert!(Big::from_digits(false, &[0, 0], -64).is_zero());
    }
}
