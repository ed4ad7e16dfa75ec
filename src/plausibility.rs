//! Whether a set of values can have given moments.
//!
//! The conditions are necessary, not sufficient. Each one is an inequality between exact integers. The
//! leading bits of both sides nearly always show that it holds; only if they do not, all bits are compared.

use crate::exact::Moments;
use crate::exact::extremes::Extremes;
use crate::exact::float::{LEAST_BIT, order_key, parts};
use crate::exact::moments::Counts;
use crate::exact::superaccumulator::{Squares, Sum, Superaccumulator};

/// Bits of the square of a finite value, which is below 2^2048, in units of 2^-2148.
const SQUARE_BITS: u32 = 2048 + 2148;

/// The least magnitude of an extreme that may be a rounded integer: a sum of 64-bit integers is exact, but an
/// extreme is the nearest double, which may differ from an integer above 2^53.
const ROUNDED_FROM: f64 = (1u64 << 53) as f64;
/// The greatest magnitude of a rounded integer, to which 2^64 - 1 is rounded.
const ROUNDED_TO: f64 = 2.0 * (1u64 << 63) as f64;

/// Refuses moments, with canonical digits, that no set of values has. `of` names what has them in the
/// message.
pub fn check(moments: &Moments, of: &str) -> Result<(), String> {
    if !extremes_fit_counts(moments) {
        return Err(format!("the extremes of {of} contradict its counters"));
    }
    let n = finite(&moments.counts);
    if let Some(x) = only_value(moments) {
        // The inequalities are equalities here, and amount to these two, which take less time.
        return if compared_with_multiple(&moments.sum, n, x).is_eq()
            && compared_with_squares(&moments.squares, n, x).is_eq()
        {
            Ok(())
        } else {
            Err(format!(
                "the sums of {of} contradict its extremes, which are equal"
            ))
        };
    }
    check_sums(moments, of)?;
    if n > 0 && !mean_is_between_extremes(moments, n, Scaled::below(&moments.sum)) {
        return Err(format!("the mean of {of} lies outside of its extremes"));
    }
    if n > 0 && !squares_fit_extremes(moments, n, Scaled::below(&moments.squares)) {
        return Err(format!(
            "the sum of squares of {of} contradicts its extremes"
        ));
    }
    Ok(())
}

/// Refuses sums, with canonical digits, that no values of this number have, whatever their extremes are.
pub fn check_sums(moments: &Moments, of: &str) -> Result<(), String> {
    let n = finite(&moments.counts);
    let (sum, squares) = (Scaled::below(&moments.sum), Scaled::below(&moments.squares));
    if sums_are_possible(moments, n, sum, squares) {
        Ok(())
    } else {
        Err(format!("no set of values has the sums of {of}"))
    }
}

/// The value of all numbers, if they are finite and equal; `None` if they are not, or if the value may have
/// been rounded.
fn only_value(moments: &Moments) -> Option<f64> {
    let Extremes { min_key, max_key } = moments.extremes;
    let x = moments.extremes.min();
    (min_key == max_key && x.is_finite() && !may_be_rounded(x)).then_some(x)
}

/// How many values are finite.
pub fn finite(counts: &Counts) -> u64 {
    counts.all - counts.nan - counts.positive_infinity - counts.negative_infinity
}

/// A number that is not negative, factor · 2^exponent.
#[derive(Debug, Clone, Copy)]
struct Scaled {
    factor: u128,
    exponent: u32,
}

impl Scaled {
    /// The leading 63 bits of a sum's magnitude, or of one unit less if the sum is negative. [`Self::above`]
    /// is one more in the last place.
    fn below<const DIGITS: usize, const LSB: i32>(sum: &Superaccumulator<DIGITS, LSB>) -> Self {
        let (factor, exponent) = sum.leading();
        Self {
            factor: factor.into(),
            exponent,
        }
    }

    /// An upper bound of the magnitudes of sums with these leading bits.
    fn above(self) -> Self {
        Self {
            factor: self.factor + 1,
            ..self
        }
    }

    /// |x| in units of 2^-1074.
    fn magnitude(x: f64) -> Self {
        let x = parts(x);
        Self {
            factor: x.significand.into(),
            exponent: (x.exponent - LEAST_BIT) as u32,
        }
    }

    /// The square. The factor must be below 2^64.
    fn squared(self) -> Self {
        Self {
            factor: self.factor * self.factor,
            exponent: 2 * self.exponent,
        }
    }

    /// self · n. The product of factor and n must fit 128 bits.
    fn times(self, n: u64) -> Self {
        Self {
            factor: self.factor * u128::from(n),
            ..self
        }
    }

    /// The number rounded down to a factor of at most 64 bits.
    fn rounded_down(self) -> Self {
        let excess = 64 - self.factor.leading_zeros().min(64);
        Self {
            factor: self.factor >> excess,
            exponent: self.exponent + excess,
        }
    }

    /// Is self <= other? The comparison is exact.
    fn is_at_most(self, other: Self) -> bool {
        let bits = |x: Self| u128::BITS - x.factor.leading_zeros() + x.exponent;
        if self.factor == 0 || other.factor == 0 {
            return self.factor == 0;
        }
        if bits(self) != bits(other) {
            return bits(self) < bits(other);
        }
        let aligned = |x: Self| x.factor << x.factor.leading_zeros();
        aligned(self) <= aligned(other)
    }
}

/// There are extremes if there are numbers, and infinite ones if there are infinities. A single number is
/// both minimum and maximum.
pub fn extremes_fit_counts(moments: &Moments) -> bool {
    let counts = &moments.counts;
    let numbers = moments.counts.numbers();
    let Extremes { min_key, max_key } = moments.extremes;
    if numbers == 0 {
        return moments.extremes == Extremes::default();
    }
    let infinity = order_key(f64::INFINITY);
    let minus_infinity = order_key(f64::NEG_INFINITY);
    let finite = finite(counts) > 0;
    let least = if counts.negative_infinity > 0 {
        min_key == minus_infinity
    } else if finite {
        min_key > minus_infinity && min_key < infinity
    } else {
        min_key == infinity
    };
    let greatest = if counts.positive_infinity > 0 {
        max_key == infinity
    } else if finite {
        max_key > minus_infinity && max_key < infinity
    } else {
        max_key == minus_infinity
    };
    least && greatest && min_key <= max_key && (numbers > 1 || min_key == max_key)
}

/// Every set of n values satisfies n·Σx² >= (Σx)² (Cauchy-Schwarz), and Σx² < n·2^2048. So states that pass
/// can be merged without overflow: Σx² < 2^63·2^2048, which bounds |Σx| as well.
fn sums_are_possible(moments: &Moments, n: u64, sum_below: Scaled, squares_below: Scaled) -> bool {
    let n_bits = u64::BITS - n.leading_zeros();
    let (sum, squares) = (&moments.sum, &moments.squares);
    if n == 0 {
        return is_zero(sum) && is_zero(squares);
    }
    if squares.is_negative() || squares.bits() > SQUARE_BITS + n_bits {
        return false;
    }
    // Both products are below 2^127.
    if sum_below
        .above()
        .squared()
        .is_at_most(squares_below.times(n))
    {
        return true;
    }
    let (sum, squares) = (sum.to_dyadic().magnitude, squares.to_dyadic().magnitude);
    squares.times(n).difference(&sum.squared()).0.is_ge()
}

/// n·min <= Σx <= n·max, as far as the extremes are finite.
fn mean_is_between_extremes(moments: &Moments, n: u64, sum_below: Scaled) -> bool {
    let (counts, extremes) = (&moments.counts, &moments.extremes);
    let (low, _) = range_before_rounding(extremes.min());
    let (_, high) = range_before_rounding(extremes.max());
    let negative = moments.sum.is_negative();
    (counts.negative_infinity > 0
        || clearly_at_least(negative, sum_below, n, low)
        || compared_with_multiple(&moments.sum, n, low).is_ge())
        && (counts.positive_infinity > 0
            || clearly_at_least(!negative, sum_below, n, -high)
            || compared_with_multiple(&moments.sum, n, high).is_le())
}

/// Do the leading bits of a sum with this sign show that it is at least n·x?
fn clearly_at_least(negative: bool, sum_below: Scaled, n: u64, x: f64) -> bool {
    let multiple = Scaled::magnitude(x).times(n); // below 2^116
    match (negative, x.is_sign_negative()) {
        (false, true) => true,
        (true, false) => false,
        (false, false) => multiple.is_at_most(sum_below),
        (true, true) => sum_below.above().is_at_most(multiple),
    }
}

/// Compares a sum with n·x.
fn compared_with_multiple(sum: &Sum, n: u64, x: f64) -> std::cmp::Ordering {
    let x = parts(x);
    let multiple = (u128::from(n) * u128::from(x.significand)) as i128;
    let mut difference = sum.clone();
    difference.deposit_wide(if x.negative { multiple } else { -multiple }, x.exponent);
    sign(difference)
}

/// m² <= Σx² <= n·m², where m is the greatest magnitude, as far as the extremes are finite.
fn squares_fit_extremes(moments: &Moments, n: u64, squares_below: Scaled) -> bool {
    let (counts, extremes) = (&moments.counts, &moments.extremes);
    let known = |infinities: u64, extreme: f64| (infinities == 0).then(|| extreme.abs());
    let min = known(counts.negative_infinity, extremes.min());
    let max = known(counts.positive_infinity, extremes.max());
    let Some(greatest) = min.into_iter().chain(max).reduce(f64::max) else {
        return true;
    };
    let (least, most) = range_before_rounding(greatest);
    let square = Scaled::magnitude(least).squared();
    if !square.is_at_most(squares_below)
        && compared_with_squares(&moments.squares, 1, least).is_lt()
    {
        return false;
    }
    if min.is_none() || max.is_none() {
        return true; // a finite value may exceed the finite extreme in magnitude
    }
    let squares = Scaled::magnitude(most).squared().rounded_down().times(n);
    squares_below.above().is_at_most(squares)
        || compared_with_squares(&moments.squares, n, most).is_le()
}

/// Compares a sum of squares with n·x².
fn compared_with_squares(squares: &Squares, n: u64, x: f64) -> std::cmp::Ordering {
    let x = parts(x);
    let square = u128::from(x.significand) * u128::from(x.significand);
    let (high, low) = ((square >> 64) as u64, square as u64);
    let mut difference = squares.clone();
    for (part, exponent) in [(low, 2 * x.exponent), (high, 2 * x.exponent + 64)] {
        let multiple = u128::from(n) * u128::from(part); // below 2^127
        difference.deposit_wide(-(multiple as i128), exponent);
    }
    sign(difference)
}

/// Bounds of the numbers that may have been rounded to this extreme.
pub fn range_before_rounding(extreme: f64) -> (f64, f64) {
    if may_be_rounded(extreme) {
        (extreme.next_down(), extreme.next_up())
    } else {
        (extreme, extreme)
    }
}

/// Is this extreme one to which an integer of 64 bits may have been rounded?
fn may_be_rounded(extreme: f64) -> bool {
    (ROUNDED_FROM..=ROUNDED_TO).contains(&extreme.abs())
}

/// Is the sum 0? Its digits must be canonical.
fn is_zero<const DIGITS: usize, const LSB: i32>(sum: &Superaccumulator<DIGITS, LSB>) -> bool {
    sum.bits() == 0 && !sum.is_negative()
}

/// Compares a sum with 0.
fn sign<const DIGITS: usize, const LSB: i32>(
    mut sum: Superaccumulator<DIGITS, LSB>,
) -> std::cmp::Ordering {
    sum.normalize();
    if sum.is_negative() {
        std::cmp::Ordering::Less
    } else if is_zero(&sum) {
        std::cmp::Ordering::Equal
    } else {
        std::cmp::Ordering::Greater
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::{as_unaligned, naive};

    fn moments(values: &[f64]) -> Moments {
        let mut moments = naive::moments(as_unaligned(values));
        moments.sum.normalize();
        moments.squares.normalize();
        moments
    }

    #[test]
    fn scaled_numbers_compare_exactly() {
        let numbers = [0, 1, 2, 3, 4, 7, 8, 9];
        for (a, i) in numbers.iter().flat_map(|&a| (0..5).map(move |i| (a, i))) {
            for (b, j) in numbers.iter().flat_map(|&b| (0..5).map(move |j| (b, j))) {
                let scaled = |factor: u128, exponent| Scaled { factor, exponent };
                assert_eq!(
                    scaled(a, i).is_at_most(scaled(b, j)),
                    a << i <= b << j,
                    "{a} {i} {b} {j}"
                );
            }
        }
        let great = Scaled {
            factor: u128::MAX,
            exponent: 3,
        };
        assert!(great.is_at_most(great));
        assert!(!great.is_at_most(Scaled {
            factor: 1,
            exponent: 130
        }));
        assert!(great.is_at_most(Scaled {
            factor: 1,
            exponent: 131
        }));
    }

    #[test]
    fn the_moments_of_values_are_plausible() {
        let least = 5e-324;
        for values in [
            vec![],
            vec![f64::NAN],
            vec![0.0, -0.0],
            vec![f64::MAX; 3],
            vec![f64::MIN, f64::MAX],
            vec![-least, -least, least],
            vec![1.0, 1.0 + f64::EPSILON],
            vec![f64::INFINITY, -3.0],
            vec![f64::NEG_INFINITY, f64::INFINITY],
        ] {
            assert_eq!(check(&moments(&values), "the state"), Ok(()), "{values:?}");
        }
    }

    #[test]
    fn a_sum_beyond_its_extremes_is_not() {
        let mut moments = moments(&[1.0, 3.0]);
        moments.extremes.max_key = order_key(1.5);
        assert!(check(&moments, "the state").is_err_and(|message| message.contains("mean")));
        moments.extremes.max_key = order_key(3.5);
        assert!(check(&moments, "the state").is_err_and(|message| message.contains("squares")));
    }
}
