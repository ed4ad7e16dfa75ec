//! What the tests of exactness share: adversarial values, and an oracle over big integers.

use num_bigint::BigInt;
use num_traits::Zero;
use proptest::prelude::*;

/// Numbers with exponent fields `low..=high` and telling significands.
fn in_range(low: u64, high: u64) -> impl Strategy<Value = f64> {
    let fraction = prop_oneof![
        4 => any::<u64>().prop_map(|bits| bits >> 12),
        1 => Just(0),
        1 => Just((1 << 52) - 1),
        1 => Just(1),
        1 => (0u32..52).prop_map(|bit| 1 << bit),
    ];
    (any::<bool>(), low..=high, fraction).prop_map(|(negative, exponent, fraction)| {
        f64::from_bits(u64::from(negative) << 63 | exponent << 52 | fraction)
    })
}

/// Finite numbers: of one magnitude, of neighbouring ones, or of any; near underflow and overflow; where squares
/// underflow; zeros of both signs.
fn finite() -> impl Strategy<Value = BoxedStrategy<f64>> {
    let band = (
        0u64..=2046,
        prop_oneof![Just(0u64), Just(3), Just(18), Just(45), Just(80)],
    )
        .prop_map(|(low, width)| in_range(low, (low + width).min(2046)).boxed());
    prop_oneof![
        4 => band,
        1 => Just(in_range(0, 2046).boxed()),
        1 => Just(in_range(0, 2).boxed()),
        1 => Just(in_range(2040, 2046).boxed()),
        1 => Just(in_range(1023 - 490, 1023 - 480).boxed()),
        1 => Just(prop_oneof![
            in_range(1000, 1030),
            Just(0.0),
            Just(-0.0),
        ].boxed()),
        1 => Just(prop_oneof![
            200 => in_range(1015, 1024),
            1 => in_range(0, 2046),
        ].boxed()),
        1 => Just((-(1i64 << 53)..=1 << 53).prop_map(|i| i as f64).boxed()),
    ]
}

/// Arrays of up to `longest` finite values, some of them cancelling to zero or nearly so.
pub fn finite_values(longest: usize) -> impl Strategy<Value = Vec<f64>> {
    let values = finite().prop_flat_map(move |value| prop::collection::vec(value, 0..=longest));
    (values, 0..4u8, any::<prop::sample::Index>()).prop_map(|(mut values, kind, at)| {
        if kind == 0 && !values.is_empty() {
            let half = values.len() / 2;
            for i in 0..half {
                values[half + i] = -values[i];
            }
            let rotation = at.index(values.len());
            values.rotate_left(rotation);
        }
        values
    })
}

/// The same with NaNs and infinities strewn in.
pub fn any_values(longest: usize) -> impl Strategy<Value = Vec<f64>> {
    let special = prop_oneof![
        Just(f64::NAN),
        Just(-f64::NAN),
        Just(f64::from_bits(0x7ff0_0000_0000_0001)),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
    ];
    let specials = prop::collection::vec((any::<prop::sample::Index>(), special), 0..4);
    (finite_values(longest), specials).prop_map(|(mut values, specials)| {
        if !values.is_empty() {
            for (at, special) in specials {
                let at = at.index(values.len());
                values[at] = special;
            }
        }
        values
    })
}

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
    /// The order of this number's magnitude and that of the point half-way between two neighbours, the lower
    /// being `lower` units of 2^-1074, the upper `upper`.
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

    /// Asserts that `x` is this number rounded to nearest, ties to even; a zero has the sign of the exact result.
    pub fn assert_rounds_to(&self, x: f64, what: &str) {
        assert!(!x.is_nan(), "{what}: NaN");
        let negative = self.numerator < BigInt::zero();
        assert_eq!(x.is_sign_negative(), negative, "{what}: sign of {x:e}");
        let magnitude = x.abs();
        let even = magnitude.to_bits() & 1 == 0;
        let in_units = |bits: u64| {
            // The bit pattern after the largest number's is infinity's: 2^1024 here, which is where it would be.
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
