//! Every rounded statistic against an oracle of big integers.

mod big;
mod certified;
pub mod real;

use proptest::prelude::*;

use super::special::NanPolicy;
use super::statistics;
use crate::exact::float::power_of_two;
use crate::exact::short::{self, Short};
use crate::exact::{Accumulate, Accumulator, as_unaligned, quantity};
use crate::simd::in_force;
use crate::stats::Stats;
use crate::test_values::finite_values;
use real::Exact;

fn accumulator(values: &[f64]) -> Accumulator<quantity::Describe> {
    let mut accumulator = Accumulator::new(in_force());
    accumulator.add(as_unaligned(values));
    accumulator
}

fn stats(values: &[f64], ddof: u64) -> (Stats, f64) {
    let moments = accumulator(values).finish();
    let stats = Stats::new(&moments, ddof, NanPolicy::Raise).expect("no NaN");
    (stats, statistics::norm(&moments))
}

/// Exact moments in a few words, if there are any, give the same bits.
fn check_short(short: Option<Short>, values: &[f64], ddof: u64, stats: &Stats, norm: f64) {
    let Some(short) = short else {
        return;
    };
    let own = Stats::new(&short, ddof, NanPolicy::Raise).expect("no NaN");
    assert_eq!((own.count, own.nan_count), (stats.count, stats.nan_count));
    for (own, general) in [
        (own.sum, stats.sum),
        (own.mean, stats.mean),
        (own.variance, stats.variance),
        (own.std, stats.std),
        (own.min, stats.min),
        (own.max, stats.max),
        (statistics::norm(&short), norm),
    ] {
        assert_eq!(own.to_bits(), general.to_bits(), "{values:?}");
    }
}

fn check_rounding(values: &[f64], ddof: u64) {
    let exact = Exact::new(values);
    let (stats, norm) = stats(values, ddof);
    if values.len() <= short::MAX_VALUES {
        check_short(
            Short::new::<quantity::Describe>(values),
            values,
            ddof,
            &stats,
            norm,
        );
    }
    check_short(accumulator(values).short(), values, ddof, &stats, norm);
    exact.sum().assert_rounds_to(stats.sum, "sum");
    exact.norm().assert_rounds_to(norm, "norm");
    if exact.n > 0 {
        exact.mean().assert_rounds_to(stats.mean, "mean");
    }
    if exact.n > ddof {
        exact
            .variance(ddof)
            .assert_rounds_to(stats.variance, "variance");
        exact.std(ddof).assert_rounds_to(stats.std, "std");
    } else {
        assert!(stats.variance.is_nan() && stats.std.is_nan());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..Default::default() })]

    #[test]
    fn long_arrays_round_once(values in finite_values(3000), ddof in 0u64..3) {
        check_rounding(&values, ddof);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn short_arrays_round_once(values in finite_values(12), ddof in 0u64..3) {
        check_rounding(&values, ddof);
    }
}

#[test]
fn squares_that_underflow_beside_large_values_are_kept() {
    for tiny in [
        -485, -486, -500, -511, -512, -530, -537, -538, -540, -1000, -1074,
    ] {
        let mut values = vec![1.0; 2048];
        values[1000] = power_of_two(tiny);
        check_rounding(&values, 0);
    }
}

#[test]
fn ties_go_to_even_and_the_smallest_rest_breaks_them() {
    let tie = 9007199254740992.0; // 2^53
    for rest in [0.0, 5e-324, -5e-324] {
        check_rounding(&[tie, 1.0, rest], 0);
        check_rounding(&[-tie, -1.0, rest], 0);
    }
    assert_eq!(stats(&[tie, 1.0, 0.0], 0).0.sum, tie);
    assert_eq!(stats(&[tie, 1.0, 5e-324], 0).0.sum, tie + 2.0);
    assert_eq!(stats(&[tie, 1.0, -5e-324], 0).0.sum, tie);
}

#[test]
fn the_contract_in_numbers() {
    assert_eq!(stats(&[1e308, 1.7e308], 0).0.mean, 1.35e308);
    assert_eq!(stats(&[1e308, 1e308, -1e308], 0).0.sum, 1e308);
    assert_eq!(stats(&[1e308, 1e308], 0).0.sum, f64::INFINITY);
    assert_eq!(stats(&[5e-324, 0.0], 1).0.std, 5e-324);
    assert_eq!(stats(&[5e-324, 0.0], 1).0.variance, 0.0);
    assert_eq!(stats(&[0.1; 3], 0).0.variance, 0.0);
    assert_eq!(stats(&[0.1; 3], 0).0.mean, 0.1);
    let underflow = stats(&[-5e-324, 0.0, 0.0], 0).0.mean;
    assert_eq!(underflow.to_bits(), (-0.0f64).to_bits());
    assert_eq!(stats(&[-0.0, -0.0], 0).0.sum.to_bits(), 0);
}
