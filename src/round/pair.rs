//! Covariance, correlation and the regression line as formulas in exact values, each rounded once.
//!
//! With the sums Σx, Σx², Σy, Σy² and Σxy over n pairs, three products of deviations are enough:
//!
//! - xx = n·Σx² - (Σx)² = n·Σ(x - mean)²
//! - yy = n·Σy² - (Σy)²
//! - xy = n·Σxy - Σx·Σy
//!
//! The sum of the squared residuals of the regression line of y on x is (xx·yy - xy²) / (n·xx).

use super::rational::Rational;
use super::shape::rounded;
use super::special::infinite_sum;
use crate::exact::big::Big;
use crate::exact::float::CANONICAL_NAN;
use crate::exact::pair::PairSums;

/// The sums of pairs of finite values, and their products of deviations.
pub struct Pair {
    n: u64,
    sum_x: Big,
    squares_x: Big,
    sum_y: Big,
    products: Big,
    xx: Big,
    yy: Big,
    xy: Big,
}

impl Pair {
    /// The sums; `None`, as all results are NaN, if a value is infinite.
    pub fn new(sums: &PairSums) -> Option<Self> {
        if [&sums.x, &sums.y]
            .iter()
            .any(|it| infinite_sum(&it.counts).is_some())
        {
            return None;
        }
        let count = sums.x.counts.numbers();
        let n = Big::from(count);
        let (sum_x, squares_x) = (sums.x.sum.to_big(), sums.x.squares.to_big());
        let (sum_y, squares_y) = (sums.y.sum.to_big(), sums.y.squares.to_big());
        let products = sums.products.sum.to_big();
        Some(Self {
            n: count,
            xx: &(&n * &squares_x) - &sum_x.squared(),
            yy: &(&n * &squares_y) - &sum_y.squared(),
            xy: &(&n * &products) - &(&sum_x * &sum_y),
            sum_x,
            squares_x,
            sum_y,
            products,
        })
    }

    /// Σ(x - mean)(y - mean) / (n - ddof); NaN if n <= ddof.
    pub fn covariance(&self, ddof: u64) -> f64 {
        if self.n <= ddof {
            return CANONICAL_NAN;
        }
        rounded(&self.xy, &(&Big::from(self.n) * &Big::from(self.n - ddof)))
    }

    /// Pearson's coefficient, xy / √(xx·yy); NaN if x or y is constant.
    pub fn correlation(&self) -> f64 {
        let divisor = &self.xx * &self.yy;
        if divisor.is_zero() {
            return CANONICAL_NAN;
        }
        root(&self.xy.squared(), &divisor, self.xy.is_negative())
    }

    /// The square of the correlation; NaN of fewer than three pairs, or if x or y is constant.
    pub fn r_squared(&self) -> f64 {
        let divisor = &self.xx * &self.yy;
        if self.n < 3 || divisor.is_zero() {
            return CANONICAL_NAN;
        }
        rounded(&self.xy.squared(), &divisor)
    }

    /// The slope of the regression line of y on x, xy / xx; NaN if x is constant.
    pub fn slope(&self) -> f64 {
        if self.xx.is_zero() {
            return CANONICAL_NAN;
        }
        rounded(&self.xy, &self.xx)
    }

    /// The intercept of the regression line, (Σx²·Σy - Σx·Σxy) / xx; NaN if x is constant.
    pub fn intercept(&self) -> f64 {
        if self.xx.is_zero() {
            return CANONICAL_NAN;
        }
        let numerator = &(&self.squares_x * &self.sum_y) - &(&self.sum_x * &self.products);
        rounded(&numerator, &self.xx)
    }

    /// The slope of the line through the origin, Σxy / Σx²; NaN if all x are 0.
    pub fn slope_origin(&self) -> f64 {
        if self.squares_x.is_zero() {
            return CANONICAL_NAN;
        }
        rounded(&self.products, &self.squares_x)
    }

    /// √(RSS / (n - 2)), where RSS is the sum of the squared residuals; NaN of fewer than three pairs, or if
    /// x is constant.
    pub fn residual_std(&self) -> f64 {
        self.root_of_rss(&Big::from(1), |xx| &Big::from(self.n) * xx)
    }

    /// The standard error of the slope, √(RSS / (n - 2) / Σ(x - mean)²).
    pub fn slope_stderr(&self) -> f64 {
        self.root_of_rss(&Big::from(1), Big::squared)
    }

    /// The standard error of the intercept: that of the slope times √(Σx² / n).
    pub fn intercept_stderr(&self) -> f64 {
        self.root_of_rss(&self.squares_x, |xx| &Big::from(self.n) * &xx.squared())
    }

    /// √((xx·yy - xy²)·factor / (divisor(xx)·(n - 2))).
    fn root_of_rss(&self, factor: &Big, divisor: impl Fn(&Big) -> Big) -> f64 {
        if self.n < 3 || self.xx.is_zero() {
            return CANONICAL_NAN;
        }
        let scaled = &(&self.xx * &self.yy) - &self.xy.squared();
        let divisor = &divisor(&self.xx) * &Big::from(self.n - 2);
        root(&(&scaled * factor), &divisor, false)
    }
}

/// The root of a quotient that is not negative, rounded, with a sign. The denominator is not 0.
fn root(numerator: &Big, denominator: &Big, negative: bool) -> f64 {
    Rational::of_big(numerator, denominator)
        .sqrt()
        .round(negative)
}
