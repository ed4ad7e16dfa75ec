//! Quotients of long numbers and their roots, against the oracle of big integers.

use num_bigint::BigInt;
use proptest::prelude::*;

use super::real::Real;
use crate::exact::big::Big;
use crate::round::rational::Rational;

/// An integer of up to 32 · `digits` bits in units of 2^exponent; many digits are 0 or all ones.
fn number(digits: usize) -> impl Strategy<Value = (Vec<u32>, i32)> {
    let digit = prop_oneof![
        Just(0),
        Just(u32::MAX),
        Just(1),
        Just(1 << 31),
        any::<u32>()
    ];
    (prop::collection::vec(digit, 0..=digits), -3000..3000i32)
}

fn integer(digits: &[u32]) -> BigInt {
    let digits = digits.iter().rev();
    digits.fold(BigInt::from(0), |n, &digit| (n << 32) + digit)
}

/// The quotient and its root round once.
fn check(numerator: &[u32], denominator: &[u32], exponents: (i32, i32), negative: bool) {
    let (n, d) = (
        Big::from_digits(false, numerator, exponents.0),
        Big::from_digits(negative, denominator, exponents.1),
    );
    let quotient = Rational::of_big(&n, &d);
    let sign = if negative { -1 } else { 1 };
    for root in [false, true] {
        let rational = if root { quotient.sqrt() } else { quotient };
        let value = rational.round(negative);
        let expected = Real {
            numerator: integer(numerator) * sign,
            denominator: integer(denominator),
            exponent: exponents.0 - exponents.1,
            root,
        };
        if integer(numerator) == BigInt::from(0) {
            assert_eq!(value.to_bits(), 0);
        } else {
            expected.assert_rounds_to(value, &format!("{numerator:?} / {denominator:?}, {root}"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn quotients_round_once(
        (numerator, n_exponent) in number(40),
        (mut denominator, d_exponent) in number(40),
        negative in any::<bool>(),
    ) {
        denominator.push(1);
        check(&numerator, &denominator, (n_exponent, d_exponent), negative);
    }
}

/// Quotients that are the midpoint of two neighbours, or beside one by less than the numbers' leading bits
/// show, among normal and subnormal numbers, at the smallest and beyond the largest one.
#[test]
fn ties_go_to_even_and_the_last_bit_breaks_them() {
    // Odd significands of 54 bits, multiplied by a long number and by it plus or minus one unit.
    let long: BigInt = (BigInt::from(3) << 700) + 1;
    for significand in [(1u64 << 53) + 1, (1 << 53) + 3, (1 << 54) - 1, 1, 3, 5] {
        for exponent in [
            0, -53, 300, 970, 971, 1023, -1074, -1075, -1076, -1126, -1127, -1130,
        ] {
            for beside in [-1, 0, 1] {
                let numerator: BigInt = &long * significand + beside;
                check(
                    &numerator.magnitude().to_u32_digits(),
                    &long.magnitude().to_u32_digits(),
                    (exponent, 0),
                    false,
                );
                // The square, so that its root is the midpoint.
                let numerator: BigInt = &long * significand * significand + beside;
                check(
                    &numerator.magnitude().to_u32_digits(),
                    &long.magnitude().to_u32_digits(),
                    (2 * exponent, 0),
                    false,
                );
            }
        }
    }
}

/// A bit behind all that is kept of an exact quotient breaks a tie.
#[test]
fn the_bit_behind_the_leading_ones_breaks_ties() {
    for zeros in 60..80 {
        let numerator: BigInt = (((BigInt::from(1) << 53) + 1) << zeros) + 1;
        for factor in [1u32, 3, u32::MAX] {
            check(
                &(&numerator * factor).magnitude().to_u32_digits(),
                &[factor],
                (-zeros, 0),
                false,
            );
        }
    }
}
