//! The superaccumulator: an exact sum as a fixed-point integer that covers the whole exponent range.
//!
//! The integer is kept in radix 2^32, one digit to an `i64` word (Kulisch's long accumulator in the
//! carry-save form of Neal's "Fast exact summation using small and large superaccumulators", 2015). A deposit
//! adds less than 2^32 to each of at most three words, so 2^30 deposits fit on top of canonical digits before
//! carries must move; and 2^31 canonical accumulators can be added word by word without overflow.
//!
//! Canonical form: all digits but the top one in [0, 2^32), the sign in the top one. Equal sums have equal
//! words.

use super::big::Big;
use super::dyadic::Dyadic;
use super::float::{self, LEAST_BIT};
use super::natural::{MAX_LIMBS, Natural};

const DIGIT_BITS: u32 = 32;
const DIGIT_MASK: i64 = (1 << DIGIT_BITS) - 1;
/// The most deposits between normalisations: 2^30 · 2^32 + 2^32 < 2^63.
const DEPOSITS: u32 = 1 << 30;

/// Digits of an accumulator of values: 2^63 values below 2^1024 in units of 2^-1074, and the sign, need 2162
/// bits.
pub const SUM_DIGITS: usize = 68;
/// Digits of an accumulator of squares and products: 2^63 of them, below 2^2048, in units of 2^-2148, and the
/// sign, need 4260 bits.
pub const SQUARES_DIGITS: usize = 134;

/// Digits of an accumulator of products of three values: 2^63 of them, below 2^3072, in units of 2^-3222, and
/// the sign, need 6358 bits.
pub const CUBES_DIGITS: usize = 200;
/// Digits of an accumulator of fourth powers: 2^63 of them, below 2^4096, in units of 2^-4296, and the sign,
/// need 8456 bits.
pub const FOURTHS_DIGITS: usize = 266;

/// The superaccumulator of Σx, in units of 2^-1074.
pub type Sum = Superaccumulator<SUM_DIGITS, { LEAST_BIT }>;
/// The superaccumulator of Σx² or Σxy, in units of 2^-2148.
pub type Squares = Superaccumulator<SQUARES_DIGITS, { 2 * LEAST_BIT }>;
/// The superaccumulator of Σx³ or Σwx², in units of 2^-3222.
pub type Cubes = Superaccumulator<CUBES_DIGITS, { 3 * LEAST_BIT }>;
/// The superaccumulator of Σx⁴, in units of 2^-4296.
pub type Fourths = Superaccumulator<FOURTHS_DIGITS, { 4 * LEAST_BIT }>;

/// An exact sum of `DIGITS` digits of 32 bits, in units of 2^LSB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superaccumulator<const DIGITS: usize, const LSB: i32> {
    digits: [i64; DIGITS],
    /// How many deposits there were since the digits were canonical.
    deposits: u32,
}

impl<const DIGITS: usize, const LSB: i32> Default for Superaccumulator<DIGITS, LSB> {
    fn default() -> Self {
        Self {
            digits: [0; DIGITS],
            deposits: 0,
        }
    }
}

/// A superaccumulator that is made when it is first needed: many sums never need theirs, and its digits take
/// longer to fill with zeros than a short row takes to be read.
#[derive(Debug, Clone, Default)]
pub struct OnDemand<T>(Option<T>);

impl<T: Default> OnDemand<T> {
    /// Was it needed?
    pub fn is_made(&self) -> bool {
        self.0.is_some()
    }

    /// The superaccumulator, which is made if it is not there.
    #[inline]
    pub fn get(&mut self) -> &mut T {
        self.0.get_or_insert_default()
    }

    /// The superaccumulator, if it was needed.
    pub fn into_made(self) -> Option<T> {
        self.0
    }

    /// Moves the sum into `sum`, which is 0, and leaves 0.
    pub fn move_into(&mut self, sum: &mut T) {
        if let Some(made) = self.0.take() {
            *sum = made;
        }
    }
}

impl<const DIGITS: usize, const LSB: i32> Superaccumulator<DIGITS, LSB> {
    /// Adds ±magnitude · 2^exponent. The exponent is at least `LSB`, and the sum stays within the
    /// accumulator.
    #[inline]
    pub fn deposit(&mut self, negative: bool, magnitude: u64, exponent: i32) {
        debug_assert!(exponent >= LSB);
        if self.deposits == DEPOSITS {
            self.normalize();
        }
        self.deposits += 1;
        let shift = (exponent - LSB) as u32;
        let index = (shift / DIGIT_BITS) as usize;
        let wide = u128::from(magnitude) << (shift % DIGIT_BITS);
        let sign = -i64::from(negative);
        for (offset, digit) in self.digits[index..index + 3].iter_mut().enumerate() {
            let part = (wide >> (DIGIT_BITS as usize * offset)) as i64 & DIGIT_MASK;
            *digit += (part ^ sign) - sign;
        }
    }

    /// Adds value · 2^exponent, under the conditions of [`Self::deposit`].
    pub fn deposit_wide(&mut self, value: i128, exponent: i32) {
        let magnitude = value.unsigned_abs();
        self.deposit(value < 0, magnitude as u64, exponent);
        let high = (magnitude >> 64) as u64;
        if high != 0 {
            self.deposit(value < 0, high, exponent + 64);
        }
    }

    /// Adds ±Σ limbs[i] · 2^(64·i + exponent), under the conditions of [`Self::deposit`].
    pub fn deposit_limbs(&mut self, negative: bool, limbs: &[u64], exponent: i32) {
        for (&limb, i) in limbs.iter().zip(0..) {
            if limb != 0 {
                self.deposit(negative, limb, exponent + 64 * i);
            }
        }
    }

    /// Propagates all carries, so that the digits are canonical.
    pub fn normalize(&mut self) {
        if self.deposits == 0 {
            return; // the digits are canonical
        }
        let mut carry = 0;
        let (top, rest) = self.digits.split_last_mut().expect("DIGITS > 0");
        for digit in rest {
            let value = *digit + carry;
            *digit = value & DIGIT_MASK;
            carry = value >> DIGIT_BITS;
        }
        *top += carry;
        self.deposits = 0;
    }

    /// Adds another sum, and leaves the digits canonical.
    pub fn merge(&mut self, other: &Self) {
        self.normalize();
        for (mine, theirs) in self.digits.iter_mut().zip(&other.digits) {
            *mine += theirs;
        }
        // No digit overflows: `other` has at most DEPOSITS deposits of 2^32 in each, these digits one more.
        self.deposits = 1;
        self.normalize();
    }

    /// The canonical words.
    #[cfg(test)]
    pub fn into_words(mut self) -> [i64; DIGITS] {
        self.normalize();
        self.digits
    }

    /// The canonical words, in place.
    pub fn words(&mut self) -> &[i64; DIGITS] {
        self.normalize();
        &self.digits
    }

    /// The sum with these `DIGITS` words, canonical or not; `None` if it is beyond the accumulator's range.
    pub fn from_words(words: &[i64]) -> Option<Self> {
        assert_eq!(words.len(), DIGITS);
        if is_canonical(words) {
            return Some(Self {
                digits: words.try_into().ok()?,
                deposits: 0,
            });
        }
        let mut digits = [0; DIGITS];
        let mut carry = 0i128;
        for (digit, word) in digits.iter_mut().zip(words) {
            let value = i128::from(*word) + carry;
            *digit = value as i64 & DIGIT_MASK;
            carry = value >> DIGIT_BITS;
        }
        // All bits above the top digit's 32 must be its sign.
        let top = digits[DIGITS - 1] as i32;
        if carry != i128::from(top >> 31) {
            return None;
        }
        digits[DIGITS - 1] = i64::from(top);
        Some(Self {
            digits,
            deposits: 0,
        })
    }

    /// b with |sum| <= 2^b in units of 2^LSB, and |sum| >= 2^(b-1) if the sum is positive. The digits must be
    /// canonical.
    pub fn bits(&self) -> u32 {
        debug_assert_eq!(self.deposits, 0);
        // Leading digits that only extend the sign are not significant.
        let sign = (self.digits[DIGITS - 1] >> DIGIT_BITS) & DIGIT_MASK;
        let significant = |digit: i64| ((digit & DIGIT_MASK) ^ sign) as u64;
        match self
            .digits
            .iter()
            .rposition(|&digit| significant(digit) != 0)
        {
            Some(i) => {
                DIGIT_BITS * i as u32 + u64::BITS - significant(self.digits[i]).leading_zeros()
            }
            None => 0,
        }
    }

    /// The leading 63 bits: (m, e) with m·2^e <= sum for a positive sum, and |sum| <= (m + 1)·2^e, in units
    /// of 2^LSB, m below 2^63. The digits must be canonical.
    pub fn leading(&self) -> (u64, u32) {
        let bits = self.bits();
        let exponent = bits.saturating_sub(63);
        let sign = (self.digits[DIGITS - 1] >> DIGIT_BITS) & DIGIT_MASK;
        let first = (exponent / DIGIT_BITS) as usize;
        let window = (0..3).rev().fold(0u128, |window, i| {
            let digit = self
                .digits
                .get(first + i)
                .map_or(0, |&digit| (digit & DIGIT_MASK) ^ sign);
            window << DIGIT_BITS | digit as u128
        });
        ((window >> (exponent % DIGIT_BITS)) as u64, exponent)
    }

    /// Is the sum below 0? The digits must be canonical.
    pub fn is_negative(&self) -> bool {
        debug_assert_eq!(self.deposits, 0);
        self.digits[DIGITS - 1] < 0
    }

    /// The sum's sign, and its magnitude as canonical digits.
    fn sign_and_magnitude(&self) -> (bool, Self) {
        let mut canonical = self.clone();
        canonical.normalize();
        let negative = canonical.digits[DIGITS - 1] < 0;
        if negative {
            for digit in &mut canonical.digits {
                *digit = -*digit;
            }
            canonical.deposits = 1;
            canonical.normalize();
        }
        (negative, canonical)
    }

    /// The sum as a number of any length.
    pub fn to_big(&self) -> Big {
        let (negative, magnitude) = self.sign_and_magnitude();
        Big::from_digits(negative, &magnitude.digits.map(|digit| digit as u32), LSB)
    }

    /// The sum as sign and magnitude, which [`MAX_LIMBS`] limbs must hold.
    pub fn to_dyadic(&self) -> Dyadic<MAX_LIMBS> {
        let (negative, canonical) = self.sign_and_magnitude();
        let limb = |i: usize| {
            let low = canonical.digits[2 * i] as u64;
            let high = canonical.digits[2 * i + 1] as u64;
            low | high << DIGIT_BITS
        };
        Dyadic {
            negative,
            magnitude: Natural::from_limbs(DIGITS / 2, LSB, limb),
        }
    }
}

/// Are these words canonical digits of a sum within the accumulator's range?
pub fn is_canonical(words: &[i64]) -> bool {
    let Some((top, rest)) = words.split_last() else {
        return false;
    };
    let beyond = rest.iter().fold(0, |bits, word| bits | word & !DIGIT_MASK);
    beyond == 0 && i32::try_from(*top).is_ok()
}

/// Adds canonical words to canonical words, and leaves the sum canonical.
pub fn add_canonical(words: &mut [i64], more: &[i64]) {
    let mut carry = 0;
    let last = words.len() - 1;
    for (word, more) in words[..last].iter_mut().zip(more) {
        let value = *word + more + carry;
        *word = value & DIGIT_MASK;
        carry = value >> DIGIT_BITS;
    }
    words[last] += more[last] + carry;
}

impl Sum {
    /// Adds one finite value.
    #[inline]
    pub fn add(&mut self, x: f64) {
        let x = float::parts(x);
        self.deposit(x.negative, x.significand, x.exponent);
    }
}

impl Squares {
    /// Adds the exact product of two finite values.
    #[inline]
    pub fn add_product(&mut self, x: f64, y: f64) {
        let (x, y) = (float::parts(x), float::parts(y));
        let product = u128::from(x.significand) * u128::from(y.significand);
        let negative = x.negative != y.negative;
        let exponent = x.exponent + y.exponent;
        self.deposit(negative, product as u64, exponent);
        self.deposit(negative, (product >> 64) as u64, exponent + 64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_sums_have_equal_words() {
        let mut a = Sum::default();
        let mut b = Sum::default();
        for x in [1e300, -3.5, 5e-324] {
            a.add(x);
        }
        for x in [5e-324, 1e300, 7.0, -1e300, 1e300, -10.5] {
            b.add(x);
        }
        assert_eq!(a.into_words(), b.into_words());
    }

    #[test]
    fn bits_bound_the_sum() {
        for (x, bits) in [
            (0.0, 0),
            (5e-324, 1),
            (1.5e-323, 2),
            (1.0, 1075),
            (-1.0, 1074),
        ] {
            let mut a = Sum::default();
            a.add(x);
            a.normalize();
            assert_eq!(a.bits(), bits, "{x}");
            assert_eq!(a.is_negative(), x < 0.0);
            // The magnitude of -1.0 less a unit is 1074 ones, of which the leading 63 are kept.
            let (leading, exponent) = a.leading();
            let expected = match x {
                1.0 => (1 << 62, 1075 - 63),
                -1.0 => ((1 << 63) - 1, 1074 - 63),
                x => (x.to_bits(), 0),
            };
            assert_eq!((leading, exponent), expected, "{x}");
        }
    }

    #[test]
    fn words_from_outside_are_carried() {
        let mut words = [0i64; SUM_DIGITS];
        words[0] = i64::MAX;
        words[1] = i64::MIN;
        let sum = Sum::from_words(&words).expect("in range");
        let exact = i128::from(i64::MAX) + (i128::from(i64::MIN) << 32);
        let mut same = Sum::default();
        same.deposit_wide(exact, LEAST_BIT);
        assert_eq!(sum.into_words(), same.into_words());
    }

    #[test]
    fn words_beyond_the_range_are_refused() {
        let mut words = [0i64; SUM_DIGITS];
        words[SUM_DIGITS - 1] = 1 << 31;
        assert!(Sum::from_words(&words).is_none());
        words[SUM_DIGITS - 1] = -(1 << 31);
        assert!(Sum::from_words(&words).is_some());
        words[SUM_DIGITS - 2] = -1;
        assert!(Sum::from_words(&words).is_none());
        words[SUM_DIGITS - 1] = i64::MAX;
        assert!(Sum::from_words(&words).is_none());
    }

    #[test]
    fn negative_sums_keep_their_sign_in_the_top_digit() {
        let mut a = Sum::default();
        a.add(-5e-324);
        let words = a.clone().into_words();
        assert_eq!(words[SUM_DIGITS - 1], -1);
        assert_eq!(
            Sum::from_words(&words),
            Some(Sum {
                digits: words,
                deposits: 0
            })
        );
        let value = a.to_dyadic();
        assert!(value.negative && !value.magnitude.is_zero());
    }
}
