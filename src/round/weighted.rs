//! Weighted mean, variance and standard deviation as formulas in exact values, each rounded once.

use super::rational::Rational;
use super::shape::rounded;
use super::special::{infinite_sum, propagated};
use super::statistics::quotient;
use crate::exact::big::Big;
use crate::exact::float::CANONICAL_NAN;
use crate::exact::weighted::WeightedSums;

/// Σwx; an infinity, or NaN, as a dot product.
pub fn sum(sums: &WeightedSums) -> f64 {
    propagated(&sums.products.counts, || {
        infinite_sum(&sums.products.counts)
            .unwrap_or_else(|| quotient(&sums.products.sum.to_dyadic(), 1))
    })
}

/// Σwx / Σw; NaN if Σw is 0, if a weight is infinite, or if Σwx is NaN.
pub fn mean(sums: &WeightedSums) -> f64 {
    let weights = sums.weights.sum.to_big();
    if weights.is_zero() || infinite_sum(&sums.weights.counts).is_some() {
        return CANONICAL_NAN;
    }
    let numerator = sum(sums);
    if numerator.is_nan() {
        CANONICAL_NAN
    } else if numerator.is_infinite() && infinite_sum(&sums.products.counts).is_some() {
        if weights.is_negative() {
            -numerator
        } else {
            numerator
        }
    } else {
        rounded(&sums.products.sum.to_big(), &weights)
    }
}

/// An exact weighted variance.
pub struct Variance {
    negative: bool,
    magnitude: Rational,
}

impl Variance {
    /// (Σw·Σwx² - (Σwx)²) / (Σw·(Σw - ddof)). `None`, which becomes NaN, if Σw is 0, if ddof > 0 and
    /// Σw <= ddof, or if a value or a weight is infinite.
    pub fn frequency(sums: &WeightedSums, ddof: u64) -> Option<Self> {
        let weights = finite_weights(sums)?;
        let less = &weights - &Big::from(ddof);
        if ddof > 0 && (less.is_negative() || less.is_zero()) {
            return None;
        }
        Self::new(sums, &weights, &(&weights * &less))
    }

    /// The same with the divisor (Σw)² - Σ(w²), for weights that tell how reliable a value is. `None` as well
    /// if the divisor is 0.
    pub fn reliability(sums: &WeightedSums) -> Option<Self> {
        let weights = finite_weights(sums)?;
        let divisor = &weights.squared() - &sums.weights.squares.to_big();
        Self::new(sums, &weights, &divisor)
    }

    fn new(sums: &WeightedSums, weights: &Big, divisor: &Big) -> Option<Self> {
        if weights.is_zero() || divisor.is_zero() {
            return None;
        }
        let products = sums.products.sum.to_big();
        let numerator = &(weights * &sums.squares.to_big()) - &products.squared();
        Some(Self {
            negative: numerator.is_negative() != divisor.is_negative(),
            magnitude: Rational::of_big(&numerator, divisor),
        })
    }

    /// The variance, rounded.
    pub fn round(variance: Option<Self>) -> f64 {
        variance.map_or(CANONICAL_NAN, |it| it.magnitude.round(it.negative))
    }

    /// The standard deviation, rounded; NaN if the variance is negative.
    pub fn std(variance: Option<Self>) -> f64 {
        match variance {
            Some(variance) => {
                let root = variance.magnitude.sqrt().round(false);
                if variance.negative && variance.magnitude.is_positive() {
                    CANONICAL_NAN
                } else {
                    root
                }
            }
            None => CANONICAL_NAN,
        }
    }
}

/// Σw, if all weights and values are finite.
fn finite_weights(sums: &WeightedSums) -> Option<Big> {
    let counts = [&sums.counts, &sums.weights.counts];
    if counts.iter().any(|counts| infinite_sum(counts).is_some()) {
        return None;
    }
    Some(sums.weights.sum.to_big())
}
