//! Exact rationals, and their square roots, rounded to `f64`: to nearest, ties to even.
//!
//! A rational N/D becomes 128 leading bits of its quotient and a sticky bit that tells whether anything
//! follows. That decides every rounding: a tie needs 54 bits and nothing after them. A square root keeps 64
//! leading bits of floor(√q) and the sticky bit of its remainder, which suffices for the same reason.

use num_bigint::BigUint;

use crate::exact::big::Big;
use crate::exact::natural::Natural;

/// significand · 2^exponent, plus a part of a unit if `inexact`. The significand is normalised, its top bit
/// set, or it is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rational {
    significand: u128,
    exponent: i32,
    inexact: bool,
}

impl Rational {
    /// `numerator / denominator`, for 1 <= denominator < 2^126.
    pub fn new<const LIMBS: usize>(numerator: &Natural<LIMBS>, denominator: u128) -> Self {
        debug_assert!((1..1 << 126).contains(&denominator));
        let (limbs, exponent) = (numerator.limbs(), numerator.exponent());
        if limbs.is_empty() {
            return Self {
                significand: 0,
                exponent: 0,
                inexact: false,
            };
        }
        match u64::try_from(denominator) {
            Ok(denominator) => by_limbs(limbs, exponent, denominator),
            Err(_) => by_bits(limbs, exponent, denominator),
        }
    }

    /// |numerator / denominator| of numbers of any length; the denominator is not 0.
    pub fn of_big(numerator: &Big, denominator: &Big) -> Self {
        let (n, n_exponent) = numerator.magnitude();
        let (d, d_exponent) = denominator.magnitude();
        if n.bits() == 0 {
            return Self::new(&Natural::<2>::from_u128(0, 0), 1);
        }
        // The quotient of these has 128 or 129 bits.
        let shift = 128 + d.bits() as i64 - n.bits() as i64;
        let shifted = |x: &BigUint, shift: i64| x << shift.max(0) as u64;
        let (n, d) = (shifted(n, shift), shifted(d, -shift));
        let quotient = &n / &d;
        let mut inexact = &quotient * &d != n;
        let excess = quotient.bits() - 128;
        inexact |= excess > 0 && quotient.bit(0);
        let mut digits = (quotient >> excess).to_u64_digits();
        digits.resize(2, 0);
        Self {
            significand: u128::from(digits[1]) << 64 | u128::from(digits[0]),
            exponent: n_exponent - d_exponent - shift as i32 + excess as i32,
            inexact,
        }
    }

    /// Is the number above 0?
    pub fn is_positive(&self) -> bool {
        self.significand != 0
    }

    /// The square root, as 64 leading bits and a sticky bit.
    #[must_use]
    pub fn sqrt(self) -> Self {
        // The exponent is made even, so that it can be halved; the significand stays at least 2^126, so that
        // the root has 64 bits.
        let odd = self.exponent & 1;
        let significand = self.significand >> odd;
        let lost = self.inexact || significand << odd != self.significand;
        let root = isqrt(significand);
        Self {
            significand: root << 64,
            exponent: (self.exponent + odd) / 2 - 64,
            inexact: lost || root * root != significand,
        }
    }

    /// The `f64` nearest to the number with this magnitude and sign, ties to even. 0 becomes +0.0; a number
    /// that underflows keeps its sign.
    pub fn round(self, negative: bool) -> f64 {
        if self.significand == 0 {
            return 0.0;
        }
        let exponent = self.exponent + 127;
        let magnitude = if exponent > 1023 {
            f64::INFINITY
        } else {
            // How many bits precede the rounding position: 53, fewer for subnormal results, none below the
            // smallest.
            let kept = (exponent.max(-1022 - 53) + 1022).min(0) + 53;
            let (head, tail) = if kept == 0 {
                (0, self.significand)
            } else {
                (
                    (self.significand >> (128 - kept)) as u64,
                    self.significand << kept,
                )
            };
            const HALF: u128 = 1 << 127;
            let up = if exponent < -1022 - 53 {
                false
            } else if tail == HALF && !self.inexact {
                head & 1 == 1
            } else {
                tail >= HALF
            };
            // The leading bit of a normal significand adds one to the exponent field, and so does a carry out
            // of the fraction.
            let field = (exponent.max(-1023) + 1023 - i32::from(exponent >= -1022)) as u64;
            f64::from_bits((field << 52) + head + u64::from(up))
        };
        if negative { -magnitude } else { magnitude }
    }
}

/// Long division by limbs: two steps give the 128 leading bits of the quotient. The last limb is not 0.
fn by_limbs(limbs: &[u64], exponent: i32, denominator: u64) -> Rational {
    // The leading 192 bits of the numerator, and the denominator, with their top bits set.
    let limb = |i: usize| limbs.iter().rev().nth(i).copied().unwrap_or(0);
    let zeros = limb(0).leading_zeros();
    let high = (u128::from(limb(0)) << 64 | u128::from(limb(1))) << zeros
        | u128::from(limb(2)) >> 1 >> (63 - zeros);
    let low = (u128::from(limb(2)) << 64 | u128::from(limb(3))) << zeros >> 64;
    let mut numerator = [(high >> 64) as u64, high as u64, low as u64];
    let mut exponent = exponent + 64 * (limbs.len() as i32 - 2) - zeros as i32;
    let rest = &limbs[..limbs.len().saturating_sub(3)];
    let mut inexact = rest
        .split_last()
        .is_some_and(|(&last, lower)| last << zeros != 0 || lower.iter().any(|&limb| limb != 0));
    if denominator == 1 {
        return Rational {
            significand: high,
            exponent,
            inexact: inexact || numerator[2] != 0,
        };
    }
    let shift = denominator.leading_zeros();
    let denominator = denominator << shift;
    exponent += shift as i32 - 64;
    if numerator[0] >= denominator {
        // With half of it, the first digit of the quotient fits a limb, and still has its top bit set.
        inexact |= numerator[2] & 1 != 0;
        let [first, second, third] = numerator;
        numerator = [
            first >> 1,
            first << 63 | second >> 1,
            second << 63 | third >> 1,
        ];
        exponent += 1;
    }
    let [first, second, third] = numerator;
    let (high, remainder) = divided(first, second, denominator);
    let (low, remainder) = divided(remainder, third, denominator);
    Rational {
        significand: u128::from(high) << 64 | u128::from(low),
        exponent,
        inexact: inexact || remainder != 0,
    }
}

/// floor(√x) for x >= 2^126.
///
/// The root of the leading bits as a double is off by less than 2^12, for its relative error is below 2^-52.
/// Its error is (x - root²) / 2root up to a square that is far below 1, and computed as double to much less
/// than 1: so the last two loops end after one step or two.
fn isqrt(x: u128) -> u128 {
    let leading = (x >> 64) as u64;
    let root = (leading as f64).sqrt() * 2f64.powi(32);
    let mut root = u128::from(root as u64);
    let rest = x.wrapping_sub(root * root) as i128; // below 2^78 in magnitude
    let correction = (rest >> 16) as i64 as f64 * 2f64.powi(15) / root as u64 as f64;
    root = root.wrapping_add_signed((correction as i64).into());
    while root > u64::MAX.into() || root * root > x {
        root -= 1;
    }
    while root < u64::MAX.into() && (root + 1) * (root + 1) <= x {
        root += 1;
    }
    root
}

/// The quotient and the remainder of high·2^64 + low, for high < denominator.
#[inline]
fn divided(high: u64, low: u64, denominator: u64) -> (u64, u64) {
    let numerator = u128::from(high) << 64 | u128::from(low);
    let quotient = (numerator / u128::from(denominator)) as u64;
    (
        quotient,
        low.wrapping_sub(quotient.wrapping_mul(denominator)),
    )
}

/// Long division by bits, for denominators of more than a limb: the remainder stays below 2^127.
fn by_bits(limbs: &[u64], exponent: i32, denominator: u128) -> Rational {
    let mut significand = 0u128;
    let mut remainder = 0u128;
    let mut used = 0;
    while significand >> 127 == 0 {
        let limb = limbs.iter().rev().nth(used / 64).copied().unwrap_or(0);
        let bit = limb >> (63 - used % 64) & 1;
        remainder = remainder << 1 | u128::from(bit);
        let one = remainder >= denominator;
        if one {
            remainder -= denominator;
        }
        significand = significand << 1 | u128::from(one);
        used += 1;
    }
    let mut rest = limbs.iter().rev().skip(used / 64);
    let rest_is_zero =
        rest.next().is_none_or(|limb| limb << (used % 64) == 0) && rest.all(|&limb| limb == 0);
    Rational {
        significand,
        exponent: exponent + 64 * limbs.len() as i32 - used as i32,
        inexact: remainder != 0 || !rest_is_zero,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn natural(value: u128, exponent: i32) -> Natural<2> {
        Natural::from_u128(value, exponent)
    }

    fn ratio(numerator: u128, exponent: i32, denominator: u128) -> Rational {
        Rational::new(&natural(numerator, exponent), denominator)
    }

    #[test]
    fn halfway_cases_go_to_even_unless_anything_follows() {
        let tie = (1 << 53) + 1;
        assert_eq!(ratio(tie, 0, 1).round(false), 9007199254740992.0);
        assert_eq!(ratio(tie + 2, 0, 1).round(false), 9007199254740996.0);
        assert_eq!(
            ratio((tie << 70) + 1, -70, 1).round(true),
            -9007199254740994.0
        );
        assert_eq!(ratio(tie * 3, 0, 3).round(false), 9007199254740992.0);
        assert_eq!(ratio(tie * 3 + 1, 0, 3).round(false), 9007199254740994.0);
    }

    #[test]
    fn a_remainder_alone_breaks_a_tie() {
        let tie = (1u64 << 53) + 1;
        for denominator in [3u128, 3 << 64] {
            // The rest is found in the remainder, or in limbs that the division does not use.
            for length in 3..6 {
                let unit = 2f64.powi(if denominator == 3 { 0 } else { -64 });
                let round = |rest| {
                    let limb = |i| match i {
                        0 => rest,
                        i if i + 1 == length => 3 * tie,
                        _ => 0,
                    };
                    let numerator = Natural::<5>::from_limbs(length, 64 - 64 * length as i32, limb);
                    Rational::new(&numerator, denominator).round(false) / unit
                };
                assert_eq!(round(0), 9007199254740992.0);
                assert_eq!(round(1), 9007199254740994.0);
            }
        }
    }

    #[test]
    fn both_divisions_agree() {
        for numerator in [1, 3, (1 << 100) + 12345, u128::MAX] {
            for denominator in [1, 3, 10, u64::MAX] {
                let n = natural(numerator, -64);
                assert_eq!(
                    by_limbs(n.limbs(), n.exponent(), denominator),
                    by_bits(n.limbs(), n.exponent(), u128::from(denominator))
                );
            }
        }
    }

    /// A generator of random 64 bits.
    fn random() -> impl FnMut() -> u64 {
        let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
        move || {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            bits
        }
    }

    /// Numerators of any length, with and without anything below the quotient's bits, and denominators of
    /// any size, which the numerator's leading limb exceeds or not.
    #[test]
    fn both_divisions_agree_on_any_numbers() {
        let mut random = random();
        for _ in 0..200_000 {
            let mut limbs: Vec<u64> = (0..random() % 6)
                .map(|_| match random() % 4 {
                    0 => 0,
                    1 => u64::MAX,
                    2 => 1 << (random() % 64),
                    _ => random(),
                })
                .collect();
            limbs.push(random() >> (random() % 64) | 1);
            let denominator = match random() % 4 {
                0 => u64::MAX - random() % 3,
                1 => limbs[limbs.len() - 1],
                _ => random() >> (random() % 64) | 1,
            };
            assert_eq!(
                by_limbs(&limbs, -7, denominator),
                by_bits(&limbs, -7, denominator.into()),
                "{limbs:?} / {denominator}"
            );
        }
    }

    #[test]
    fn integer_roots_are_those_of_the_standard_library() {
        let check = |x: u128| assert_eq!(isqrt(x), x.isqrt(), "{x}");
        let mut random = random();
        let lowest = 1u128 << 63;
        for i in 0..1_000_000_u128 {
            let root = match i % 4 {
                0 => lowest + i / 4,
                1 => u128::from(u64::MAX) - i / 4,
                _ => u128::from(random() | 1 << 63),
            };
            let square = root * root;
            check(square);
            check(square + 1);
            check(square + 2 * root); // one less than the next square
            check((square - 1).max(1 << 126));
            check(square + u128::from(random()));
        }
        check(1 << 126);
        check(u128::MAX);
    }

    #[test]
    fn the_ends_of_the_range() {
        assert_eq!(ratio(1, -1075, 1).round(false), 0.0);
        assert_eq!(ratio(3, -1076, 1).round(false), 5e-324);
        assert!(ratio(1, -1075, 1).round(true).is_sign_negative());
        assert_eq!(ratio(1, -3000, 1).round(false), 0.0);
        assert_eq!(ratio((1 << 53) - 1, 971, 1).round(false), f64::MAX);
        assert_eq!(ratio((1 << 54) - 1, 970, 1).round(false), f64::INFINITY);
        assert_eq!(
            ratio((1 << 53) - 1, -1075, 1).round(false),
            f64::MIN_POSITIVE
        );
        assert_eq!(ratio(0, 0, 7).round(true).to_bits(), 0);
    }

    #[test]
    fn roots_round_once() {
        assert_eq!(ratio(2, 0, 1).sqrt().round(false), std::f64::consts::SQRT_2);
        assert_eq!(ratio(1, -2149, 1).sqrt().round(false), 5e-324);
        assert_eq!(ratio(9, 2000, 1).sqrt().round(false), 3.0 * 2f64.powi(1000));
        assert_eq!(ratio(9, 1, 2).sqrt().round(false), 3.0);
        // (2^53 + 1)² is the square of a tie; one unit more is above it.
        let tie = (1u128 << 53) + 1;
        assert_eq!(
            ratio(tie * tie, 0, 1).sqrt().round(false),
            9007199254740992.0
        );
        assert_eq!(
            ratio(tie * tie + 1, 0, 1).sqrt().round(false),
            9007199254740994.0
        );
    }
}
