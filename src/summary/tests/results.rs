//! Every result against its definition, in big integers: sums of powers of exact deviations from the mean.

use num_bigint::BigInt;
use num_traits::{One, Zero};
use proptest::prelude::*;

use super::super::Statistic;
use super::super::rounding::Rounded;
use super::one_by_one;
use crate::exact::pair::PairSums;
use crate::exact::shape::ShapeSums;
use crate::exact::weighted::WeightedSums;
use crate::round::special::NanPolicy;
use crate::round::tests::real::{Real, units};
use crate::test_values::finite_values;

/// A quotient in units of 2^exponent, with its sign in the numerator; `None` if it is 0/0 or the like.
fn quotient(numerator: BigInt, denominator: BigInt, exponent: i32) -> Option<Real> {
    if denominator.is_zero() {
        return None;
    }
    let negative = denominator < BigInt::zero();
    Some(Real {
        numerator: if negative { -numerator } else { numerator },
        denominator: denominator.magnitude().clone().into(),
        exponent,
        root: false,
    })
}

/// The root of a quotient.
fn root(numerator: BigInt, denominator: BigInt, exponent: i32) -> Option<Real> {
    let real = quotient(numerator, denominator, exponent)?;
    Some(Real { root: true, ..real })
}

fn check(sums: &impl Rounded, statistic: Statistic, ddof: u64, expected: Option<Real>) {
    let result = sums
        .round(statistic, ddof, NanPolicy::Raise)
        .expect("there is no NaN");
    match expected {
        Some(real) => real.assert_rounds_to(result, &format!("{statistic:?}")),
        None => assert!(result.is_nan(), "{statistic:?}: {result}"),
    }
}

/// n times the deviations from the mean, in units of 2^-1074.
fn deviations(x: &[BigInt]) -> Vec<BigInt> {
    let sum: BigInt = x.iter().sum();
    let n = BigInt::from(x.len());
    x.iter().map(|x| &n * x - &sum).collect()
}

fn sum_of(products: impl Iterator<Item = BigInt>) -> BigInt {
    products.sum()
}

fn check_shape(values: &[f64], ddof: u64) {
    let sums: ShapeSums = one_by_one(values, values);
    let x: Vec<BigInt> = values.iter().map(|&x| units(x)).collect();
    let d = deviations(&x);
    let n = BigInt::from(x.len());
    let power = |k: u32| sum_of(d.iter().map(|d| d.pow(k)));
    let (second, third, fourth) = (power(2), power(3), power(4));
    let sign = if third < BigInt::zero() { -1 } else { 1 };
    // With D_k = Σ(n·deviation)^k: m_k = D_k/n^(k+1), so that m3²/m2³ = n·D3²/D2³ and m4/m2² = n·D4/D2².
    let skewness = |numerator: BigInt, denominator: BigInt| {
        root(
            sign * &n * &third * &third * numerator,
            second.pow(3) * denominator,
            0,
        )
    };
    let square = second.pow(2);
    check(
        &sums,
        Statistic::Skewness,
        ddof,
        skewness(One::one(), One::one()),
    );
    let unbiased = if x.len() < 3 {
        None
    } else {
        skewness(&n * (&n - 1), (&n - 2u32).pow(2))
    };
    check(&sums, Statistic::SkewnessUnbiased, ddof, unbiased);
    let kurtosis = quotient(&n * &fourth - 3 * &square, square.clone(), 0);
    check(&sums, Statistic::Kurtosis, ddof, kurtosis);
    let unbiased = if x.len() < 4 {
        None
    } else {
        quotient(
            (&n * &n - 1) * &n * &fourth - 3 * (&n - 1u32).pow(2) * &square,
            (&n - 2) * (&n - 3) * &square,
            0,
        )
    };
    check(&sums, Statistic::KurtosisUnbiased, ddof, unbiased);
}

fn check_pair(x: &[f64], y: &[f64], ddof: u64) {
    let sums: PairSums = one_by_one(x, y);
    let count = x.len() as u64;
    let n = BigInt::from(count);
    let x: Vec<BigInt> = x.iter().map(|&x| units(x)).collect();
    let y: Vec<BigInt> = y.iter().map(|&y| units(y)).collect();
    let (dx, dy) = (deviations(&x), deviations(&y));
    let product = |a: &[BigInt], b: &[BigInt]| sum_of(a.iter().zip(b).map(|(a, b)| a * b));
    let (xx, yy, xy) = (product(&dx, &dx), product(&dy, &dy), product(&dx, &dy));
    let sign = if xy < BigInt::zero() { -1 } else { 1 };
    let check = |statistic, expected| check(&sums, statistic, ddof, expected);
    check(Statistic::Dot, quotient(product(&x, &y), One::one(), -2148));
    let divisor = if count > ddof {
        &n * &n * BigInt::from(count - ddof)
    } else {
        Zero::zero()
    };
    check(Statistic::Covariance, quotient(xy.clone(), divisor, -2148));
    check(Statistic::Correlation, root(sign * &xy * &xy, &xx * &yy, 0));
    check(Statistic::Slope, quotient(xy.clone(), xx.clone(), 0));
    let (sum_x, sum_y): (BigInt, BigInt) = (x.iter().sum(), y.iter().sum());
    check(
        Statistic::Intercept,
        quotient(&sum_y * &xx - &sum_x * &xy, &n * &xx, -1074),
    );
    check(
        Statistic::SlopeOrigin,
        quotient(product(&x, &y), product(&x, &x), 0),
    );
    let few = |real: Option<Real>| real.filter(|_| count > 2);
    check(Statistic::RSquared, few(quotient(&xy * &xy, &xx * &yy, 0)));
    // Squared residuals, times n²: the deviations of y less slope times those of x.
    let residuals = &xx * &yy - &xy * &xy; // n²·RSS·xx
    let freedom = BigInt::from(count.max(2) - 2);
    check(
        Statistic::ResidualStd,
        few(root(residuals.clone(), &n * &n * &xx * &freedom, -2148)),
    );
    check(
        Statistic::SlopeStderr,
        few(root(residuals.clone(), &xx * &xx * &freedom, 0)),
    );
    check(
        Statistic::InterceptStderr,
        few(root(
            residuals * product(&x, &x),
            &n * &xx * &xx * &freedom,
            -2148,
        )),
    );
}

fn check_weighted(x: &[f64], w: &[f64], ddof: u64) {
    let sums: WeightedSums = one_by_one(x, w);
    let x: Vec<BigInt> = x.iter().map(|&x| units(x)).collect();
    let w: Vec<BigInt> = w.iter().map(|&w| units(w)).collect();
    let sum: BigInt = w.iter().sum();
    let products = sum_of(x.iter().zip(&w).map(|(x, w)| x * w));
    // Σw·(Σw·x - Σwx)², which is (Σw)²·Σw·(x - mean)².
    let deviations = sum_of(
        x.iter()
            .zip(&w)
            .map(|(x, w)| w * (&sum * x - &products).pow(2)),
    );
    let check = |statistic, expected| check(&sums, statistic, ddof, expected);
    check(
        Statistic::Sum,
        quotient(products.clone(), One::one(), -2148),
    );
    check(
        Statistic::SumWeights,
        quotient(sum.clone(), One::one(), -1074),
    );
    check(
        Statistic::Mean,
        quotient(products.clone(), sum.clone(), -1074),
    );
    let ddof_units = BigInt::from(ddof) << 1074;
    let less: BigInt = &sum - &ddof_units;
    let possible = !(sum.is_zero() || ddof > 0 && less <= BigInt::zero());
    let variance = |divisor: BigInt| {
        let square = &sum * &sum;
        quotient(deviations.clone(), square * divisor, -2148).filter(|_| !sum.is_zero())
    };
    let std = |variance: Option<Real>| {
        let variance = variance?;
        (variance.numerator >= BigInt::zero()).then_some(Real {
            root: true,
            ..variance
        })
    };
    check(
        Statistic::Variance,
        variance(less.clone()).filter(|_| possible),
    );
    check(Statistic::Std, std(variance(less).filter(|_| possible)));
    // The divisor is Σw - Σw²/Σw; both sides are multiplied by Σw.
    let reliability = || {
        let squares = sum_of(w.iter().map(|w| w * w));
        quotient(
            deviations.clone() * &sum,
            &sum * &sum * (&sum * &sum - squares),
            -2148,
        )
    };
    check(Statistic::ReliabilityVariance, reliability());
    check(Statistic::ReliabilityStd, std(reliability()));
}

fn check_all(x: &[f64], y: &[f64], ddof: u64) {
    let n = x.len().min(y.len());
    let (x, y) = (&x[..n], &y[..n]);
    check_shape(x, ddof);
    check_pair(x, y, ddof);
    check_weighted(x, y, ddof);
    let magnitudes: Vec<f64> = y.iter().map(|y| y.abs()).collect();
    check_weighted(x, &magnitudes, ddof);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn results_are_rounded_once(
        x in finite_values(20),
        y in finite_values(20),
        ddof in 0u64..3,
    ) {
        check_all(&x, &y, ddof);
    }
}

#[test]
fn a_correlation_is_never_beyond_one() {
    for (x, y) in [
        (vec![0.0, 1.0], vec![1.35951, 1.3595100000000007]),
        (
            vec![1e8, 1e8 + 1.0, 1e8 + 2.0],
            vec![1e8 + 0.125, 1e8 + 1.125, 1e8 + 2.125],
        ),
    ] {
        check_all(&x, &y, 1);
        let sums: PairSums = one_by_one(&x, &y);
        let correlation = sums.round(Statistic::Correlation, 0, NanPolicy::Raise);
        assert_eq!(correlation, Ok(1.0));
    }
}

#[test]
fn few_values_and_equal_ones() {
    for values in [
        &[][..],
        &[1.5],
        &[1.5, 1.5],
        &[1.0, 2.0],
        &[f64::MAX, f64::MIN],
        &[5e-324, 0.0],
        &[1.0, 2.0, 4.0],
        &[f64::MAX, f64::MAX, f64::MIN, 0.0],
        &[-0.0, 1.0, 0.0, 5e-324],
    ] {
        for ddof in 0..3 {
            check_all(values, values, ddof);
            let reversed: Vec<f64> = values.iter().rev().copied().collect();
            check_all(values, &reversed, ddof);
        }
    }
}
