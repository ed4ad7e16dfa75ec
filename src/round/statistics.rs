//! Statistics as formulas in exact values, each rounded once, of the values that are not NaN. The effects of
//! NaNs are decided in [`super::special`].

use super::rational::Rational;
use super::special::{infinite_sum, propagated};
use crate::exact::dyadic::Dyadic;
use crate::exact::extremes::Extremes;
use crate::exact::float::{CANONICAL_NAN, parts};
use crate::exact::moments::{Counts, ExactMoments};
use crate::exact::products::Dot;

/// x / n of an exact value and n >= 1.
pub fn quotient<const LIMBS: usize>(x: &Dyadic<LIMBS>, n: u64) -> f64 {
    Rational::new(&x.magnitude, n.into()).round(x.negative)
}

/// Σx.
pub fn sum<const LIMBS: usize>(moments: &impl ExactMoments<LIMBS>) -> f64 {
    rounded_sum(moments.counts(), &moments.sum())
}

/// Σx / n; NaN of no values.
pub fn mean<const LIMBS: usize>(moments: &impl ExactMoments<LIMBS>) -> f64 {
    rounded_mean(moments.counts(), &moments.sum())
}

/// √Σx², the Euclidean norm.
pub fn norm<const LIMBS: usize>(moments: &impl ExactMoments<LIMBS>) -> f64 {
    if infinite_sum(moments.counts()).is_some() {
        return f64::INFINITY;
    }
    Rational::new(&moments.squares(), 1).sqrt().round(false)
}

/// Σx; NaN if a value is NaN.
pub fn propagated_sum<const LIMBS: usize>(moments: &impl ExactMoments<LIMBS>) -> f64 {
    propagated(moments.counts(), || sum(moments))
}

/// √Σx²; NaN if a value is NaN.
pub fn propagated_norm<const LIMBS: usize>(moments: &impl ExactMoments<LIMBS>) -> f64 {
    propagated(moments.counts(), || norm(moments))
}

/// The exact variance Σ(x - mean)² / (n - ddof), where `sum` is Σx. `None`, which becomes NaN, if n <= ddof
/// or a value is infinite.
pub fn variance<const LIMBS: usize>(
    moments: &impl ExactMoments<LIMBS>,
    sum: &Dyadic<LIMBS>,
    ddof: u64,
) -> Option<Rational> {
    let n = moments.counts().numbers();
    if n <= ddof || infinite_sum(moments.counts()).is_some() {
        return None;
    }
    // The variance is (n·Σx² - (Σx)²) / (n·(n - ddof)), and n < 2^63.
    let divisor = u128::from(n) * u128::from(n - ddof);
    Some(Rational::new(&moments.scaled_deviations(sum), divisor))
}

/// The exact variance, rounded.
pub fn rounded_variance(variance: Option<Rational>) -> f64 {
    variance.map_or(CANONICAL_NAN, |variance| variance.round(false))
}

/// The standard deviation: the square root of the exact variance, rounded.
pub fn std(variance: Option<Rational>) -> f64 {
    variance.map_or(CANONICAL_NAN, |variance| variance.sqrt().round(false))
}

/// The sum, the mean and the exact variance; computed together, they share Σx.
pub fn sum_mean_variance<const LIMBS: usize>(
    moments: &impl ExactMoments<LIMBS>,
    ddof: u64,
) -> (f64, f64, Option<Rational>) {
    let (counts, sum) = (moments.counts(), moments.sum());
    (
        rounded_sum(counts, &sum),
        rounded_mean(counts, &sum),
        variance(moments, &sum, ddof),
    )
}

/// The least value; NaN if there is none.
pub fn min(extremes: &Extremes) -> f64 {
    if extremes.is_empty() {
        CANONICAL_NAN
    } else {
        extremes.min()
    }
}

/// The greatest value; NaN if there is none.
pub fn max(extremes: &Extremes) -> f64 {
    if extremes.is_empty() {
        CANONICAL_NAN
    } else {
        extremes.max()
    }
}

/// Σxy; NaN if a product is NaN.
pub fn dot<const LIMBS: usize>(dot: &Dot<LIMBS>) -> f64 {
    propagated(&dot.counts, || rounded_sum(&dot.counts, &dot.sum))
}

/// h·Σx for a finite h; NaN if a value is NaN.
pub fn scaled_sum<const LIMBS: usize>(moments: &impl ExactMoments<LIMBS>, h: f64) -> f64 {
    let counts = moments.counts();
    propagated(counts, || {
        if let Some(infinite) = infinite_sum(counts) {
            let product = infinite * h;
            // The sign of a NaN that an operation makes depends on the CPU.
            return if product.is_nan() {
                CANONICAL_NAN
            } else {
                product
            };
        }
        let (sum, h) = (moments.sum(), parts(h));
        let product = sum.magnitude.times(h.significand).shifted(h.exponent);
        Rational::new(&product, 1).round(sum.negative != h.negative)
    })
}

fn rounded_sum<const LIMBS: usize>(counts: &Counts, sum: &Dyadic<LIMBS>) -> f64 {
    infinite_sum(counts).unwrap_or_else(|| quotient(sum, 1))
}

fn rounded_mean<const LIMBS: usize>(counts: &Counts, sum: &Dyadic<LIMBS>) -> f64 {
    let n = counts.numbers();
    if n == 0 {
        return CANONICAL_NAN;
    }
    infinite_sum(counts).unwrap_or_else(|| quotient(sum, n))
}
