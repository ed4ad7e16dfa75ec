//! Skewness and kurtosis as formulas in exact values, each rounded once.
//!
//! With S_k = Σx^k over n values, and m_k = Σ(x - mean)^k / n:
//!
//! - n²·m2 = n·S2 - S1²
//! - n³·m3 = n²·S3 - 3n·S1·S2 + 2·S1³
//! - n⁴·m4 = n³·S4 - 4n²·S1·S3 + 6n·S1²·S2 - 3·S1⁴
//!
//! Skewness is m3 / m2^(3/2), and kurtosis is m4 / m2² - 3; the powers of n cancel.

use super::rational::Rational;
use super::special::infinite_sum;
use crate::exact::big::Big;
use crate::exact::float::CANONICAL_NAN;
use crate::exact::shape::ShapeSums;

/// The central moments of finite values that are not all equal, scaled to integers of a common unit.
pub struct Shape {
    n: u64,
    /// n²·m2, which is above 0.
    second: Big,
    /// n³·m3.
    third: Big,
    /// n⁴·m4.
    fourth: Big,
}

impl Shape {
    /// The central moments; `None`, as all results are NaN, if a value is infinite, if all are equal, or if
    /// there is none.
    pub fn new(sums: &ShapeSums) -> Option<Self> {
        let counts = &sums.moments.counts;
        if infinite_sum(counts).is_some() {
            return None;
        }
        let n = &Big::from(counts.numbers());
        let s1 = &sums.moments.sum.to_big();
        let s2 = &sums.moments.squares.to_big();
        let s1_squared = &s1.squared();
        let second = &(n * s2) - s1_squared;
        if second.is_zero() {
            return None;
        }
        let (s3, s4) = (&sums.cubes.to_big(), &sums.fourths.to_big());
        let n_s1 = &(n * s1);
        let n_squared = &n.squared();
        // n²·S3 - 3n·S1·S2 + 2·S1³
        let third =
            &(&(n_squared * s3) - &(&(&times(n_s1, 3) * s2) - &times(&(s1_squared * s1), 2)));
        // n³·S4 - 4n²·S1·S3 + 6n·S1²·S2 - 3·S1⁴
        let first_terms = &(&(n_squared * n) * s4) - &(&times(&(n_s1 * n), 4) * s3);
        let last_terms = &(&times(&(n * s1_squared), 6) * s2) - &times(&s1_squared.squared(), 3);
        Some(Self {
            n: counts.numbers(),
            second,
            third: third.clone(),
            fourth: &first_terms + &last_terms,
        })
    }

    /// m3 / m2^(3/2).
    pub fn skewness(&self) -> f64 {
        self.scaled_skewness(&Big::from(1), &Big::from(1))
    }

    /// The skewness times √(n(n-1))/(n-2); NaN of fewer than three values.
    pub fn skewness_unbiased(&self) -> f64 {
        let n = self.n;
        if n < 3 {
            return CANONICAL_NAN;
        }
        self.scaled_skewness(
            &(&Big::from(n) * &Big::from(n - 1)),
            &Big::from(n - 2).squared(),
        )
    }

    /// The skewness times the root of a quotient.
    fn scaled_skewness(&self, numerator: &Big, denominator: &Big) -> f64 {
        let square = &self.third.squared() * numerator;
        let divisor = &(&self.second.squared() * &self.second) * denominator;
        Rational::of_big(&square, &divisor)
            .sqrt()
            .round(self.third.is_negative())
    }

    /// m4 / m2² - 3.
    pub fn kurtosis(&self) -> f64 {
        let square = self.second.squared();
        rounded(&(&self.fourth - &times(&square, 3)), &square)
    }

    /// ((n²-1)·m4/m2² - 3(n-1)²) / ((n-2)(n-3)); NaN of fewer than four values.
    pub fn kurtosis_unbiased(&self) -> f64 {
        let n = self.n;
        if n < 4 {
            return CANONICAL_NAN;
        }
        let square = self.second.squared();
        let less = Big::from(n - 1);
        let factor = &less * &Big::from(n + 1);
        let subtracted = &times(&less.squared(), 3) * &square;
        let divisor = &(&Big::from(n - 2) * &Big::from(n - 3)) * &square;
        rounded(&(&(&factor * &self.fourth) - &subtracted), &divisor)
    }
}

/// A small multiple of a number.
fn times(x: &Big, factor: u64) -> Big {
    x * &Big::from(factor)
}

/// A quotient, rounded. The denominator is not 0.
pub fn rounded(numerator: &Big, denominator: &Big) -> f64 {
    let negative = numerator.is_negative() != denominator.is_negative();
    Rational::of_big(numerator, denominator).round(negative)
}
