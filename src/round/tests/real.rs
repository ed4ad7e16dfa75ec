//! An oracle over big integers.

use num_bigint::BigInt;
use num_traits::Zero;

/// x in units of 2^-1074.
pub fn units(x: f64) -> BigInt {
    let bits = x.to_bits();
    let field = bits >> 52 & 0x7ff;
    assert!(field < 0x7ff, "{x} is not finite");
    let fraction = bits & ((1 << 52) - 1);
    let magnitude = if field == 0 {
        BigInt::from(fraction)
    } else {
        BigInt::from(fraction | 1 << 52) << (field - 1)
    };
    if bits >> 63 == 1 {
        -magnitude
    } else {
        magnitude
    }
}

/// A real number: (numerator / denominator) · 2^exponent, or the square root of that.
pub struct Real {
    pub numerator: BigInt,
    pub denominator: BigInt,
    pub exponent: i32,
    pub root: bool,
}

impl Real {
    /// Compares this number's magnitude with the midpoint of two neighbouring doubles, which are `lower` and
    /// `upper` units of 2^-1074.
    fn compare_with_middle(&self, lower: &BigInt, upper: &BigInt) -> std::cmp::Ordering {
        let middle = lower + upper; // in units of 2^-1075
        let (middle, exponent) = if self.root {
            (&middle * &middle, -2150)
        } else {
            (middle, -1075)
        };
        let (mut left, mut right) = (
            self.numerator.magnitude().clone().into(),
            middle * &self.denominator,
        );
        if self.exponent > exponent {
            left <<= self.exponent - exponent;
        } else {
            right <<= exponent - self.exponent;
        }
        BigInt::cmp(&left, &right)
    }

    /// Asserts that `x` is this number rounded to nearest, ties to even; a zero has the sign of the exact
    /// result.
    pub fn assert_rounds_to(&self, x: f64, what: &str) {
        assert!(!x.is_nan(), "{what}: NaN");
        let negative = self.numerator < BigInt::zero();
        assert_eq!(x.is_sign_negative(), negative, "{what}: sign of {x:e}");
        let magnitude = x.abs();
        let even = magnitude.to_bits() & 1 == 0;
        let in_units = |bits: u64| {
            // The bit pattern after the largest number's is infinity's, which stands for 2^1024 here.
            if bits == f64::INFINITY.to_bits() {
                BigInt::from(1) << (1024 + 1074)
            } else {
                units(f64::from_bits(bits))
            }
        };
        let here = in_units(magnitude.to_bits());
        if magnitude != 0.0 {
            let below = in_units(magnitude.to_bits() - 1);
            let order = self.compare_with_middle(&below, &here);
            assert!(
                order.is_gt() || order.is_eq() && even,
                "{what}: {x:e} is too large"
            );
        }
        if magnitude.is_finite() {
            let above = in_units(magnitude.to_bits() + 1);
            let order = self.compare_with_middle(&here, &above);
            assert!(
                order.is_lt() || order.is_eq() && even,
                "{what}: {x:e} is too small"
            );
        }
    }
}

/// Exact sums of finite values, by big integers.
pub struct Exact {
    pub n: u64,
    pub sum: BigInt,
    pub squares: BigInt,
}

impl Exact {
    pub fn new(values: &[f64]) -> Self {
        let units: Vec<BigInt> = values.iter().map(|&x| units(x)).collect();
        Self {
            n: values.len() as u64,
            sum: units.iter().sum(),
            squares: units.iter().map(|x| x * x).sum(),
        }
    }

    pub fn sum(&self) -> Real {
        Real {
            numerator: self.sum.clone(),
            denominator: 1.into(),
            exponent: -1074,
            root: false,
        }
    }

    pub fn mean(&self) -> Real {
        Real {
            denominator: self.n.into(),
            ..self.sum()
        }
    }

    pub fn variance(&self, ddof: u64) -> Real {
        Real {
            numerator: self.n * &self.squares - &self.sum * &self.sum,
            denominator: BigInt::from(self.n) * (self.n - ddof),
            exponent: -2148,
            root: false,
        }
    }

    pub fn std(&self, ddof: u64) -> Real {
        Real {
            root: true,
            ..self.variance(ddof)
        }
    }

    pub fn norm(&self) -> Real {
        Real {
            numerator: self.squares.clone(),
            denominator: 1.into(),
            exponent: -2148,
            root: true,
        }
    }
}
