//! Every path of the kernel against the plain oracle, and every rounding against big integers.

mod common;
#[path = "../src/test_values.rs"]
mod values;

use common::Exact;
use parexact::exact::Accumulator;
use parexact::exact::products::Products;
use parexact::exact::quantity;
use parexact::exact::short::{self, Short};
use parexact::exact::superaccumulator::Squares;
use parexact::exact::{Accumulate, Moments, as_unaligned, naive};
use parexact::round::rational::Rational;
use parexact::round::special::NanPolicy;
use parexact::round::statistics;
use parexact::simd::{InstructionSet, in_force};
use parexact::stats::Stats;
use proptest::prelude::*;
use values::{any_values, finite_values};

/// The words of both sums, the counts and the extremes: all that there is.
fn everything(moments: Moments) -> impl PartialEq + std::fmt::Debug {
    (
        moments.counts,
        moments.extremes,
        moments.sum.to_words(),
        moments.squares.to_words(),
    )
}

/// All paths, with the values added in pieces of the given lengths, agree with the oracle.
fn check_paths(values: &[f64], pieces: &[usize]) {
    let oracle = naive::moments(as_unaligned(values));
    for set in InstructionSet::supported() {
        let mut describing = Accumulator::<quantity::Describe>::new(set);
        let mut summing = Accumulator::<quantity::Sum>::new(set);
        let mut squaring = Accumulator::<quantity::Squares>::new(set);
        let mut rest = as_unaligned(values);
        for &piece in pieces.iter().cycle() {
            let (head, tail) = rest.split_at(piece.min(rest.len()));
            describing.add(head);
            summing.add(head);
            squaring.add(head);
            rest = tail;
            if rest.is_empty() {
                break;
            }
        }
        let sums = summing.finish();
        assert_eq!(sums.counts, oracle.counts, "{}", set.name());
        assert_eq!(
            sums.sum.to_words(),
            oracle.sum.clone().to_words(),
            "{}",
            set.name()
        );
        let squares = squaring.finish().squares.to_words();
        assert_eq!(squares, oracle.squares.clone().to_words(), "{}", set.name());
        let all = everything(describing.finish());
        assert_eq!(all, everything(oracle.clone()), "{}", set.name());
    }
}

fn stats(values: &[f64], ddof: u64) -> (Stats, f64) {
    let mut accumulator = Accumulator::<quantity::Describe>::new(in_force());
    accumulator.add(as_unaligned(values));
    let moments = accumulator.finish();
    let stats = Stats::new(&moments, ddof, NanPolicy::Raise).expect("no NaN");
    (stats, statistics::norm(&moments))
}

/// Few values have a way of their own, to the same bits.
fn check_short(values: &[f64], ddof: u64, stats: &Stats, norm: f64) {
    let Some(short) = Short::new::<quantity::Describe>(values) else {
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
        check_short(values, ddof, &stats, norm);
    }
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
    fn paths_agree_with_the_oracle(
        values in any_values(5000),
        pieces in prop::collection::vec(1usize..3000, 1..5),
    ) {
        check_paths(&values, &pieces);
    }

    #[test]
    fn order_does_not_matter(
        (values, shuffled) in any_values(300)
            .prop_flat_map(|values| (Just(values.clone()), Just(values).prop_shuffle()))
    ) {
        let a = naive::moments(as_unaligned(&values));
        let mut b = Accumulator::<quantity::Describe>::new(in_force());
        b.add(as_unaligned(&shuffled));
        prop_assert!(everything(a) == everything(b.finish()));
    }

    #[test]
    fn long_arrays_round_once(values in finite_values(3000), ddof in 0u64..3) {
        check_rounding(&values, ddof);
    }
}

/// Σxy of all paths against one exact product after the other.
fn check_products(xs: &[f64], ys: &[f64]) {
    let (x, y) = (as_unaligned(xs), as_unaligned(ys));
    let mut sum = Squares::default();
    let mut special = 0.0;
    for (&x, &y) in xs.iter().zip(ys) {
        if x.is_finite() && y.is_finite() {
            sum.add_product(x, y);
        } else {
            special += x * y;
        }
    }
    let sum = sum.to_dyadic();
    let exact = Rational::new(&sum.magnitude, 1).round(sum.negative);
    for set in InstructionSet::supported() {
        let mut products = Products::new(set);
        let third = x.len() / 3;
        products.add(&x[..third], &y[..third]);
        let mut others = Products::new(set);
        others.add(&x[third..], &y[third..]);
        products.merge(others);
        let dot = statistics::dot(&products.finish());
        if special == 0.0 {
            assert_eq!(dot.to_bits(), exact.to_bits(), "{}", set.name());
        } else if special.is_nan() {
            assert!(dot.is_nan(), "{}", set.name());
        } else {
            assert_eq!(dot, special, "{}", set.name());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn products_agree_with_the_oracle(x in any_values(3000), y in any_values(3000)) {
        let length = x.len().min(y.len());
        check_products(&x[..length], &y[..length]);
        check_products(&x, &x);
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
fn every_length() {
    let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
    let values: Vec<f64> = (0..5000)
        .map(|i| {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            // Mostly close magnitudes; wide ones now and then.
            let exponent = if i % 700 == 699 {
                bits >> 3 & 0x7ff
            } else {
                1020 + (bits & 3)
            };
            f64::from_bits(bits & 1 << 63 | exponent.min(2046) << 52 | bits >> 12)
        })
        .collect();
    for length in 0..=values.len() {
        check_paths(&values[values.len() - length..], &[usize::MAX]);
    }
}

#[test]
fn squares_that_underflow_beside_large_values_are_kept() {
    for tiny in [
        -485, -486, -500, -511, -512, -530, -537, -538, -540, -1000, -1074,
    ] {
        for position in [0, 1, 31, 1000, 2047] {
            let mut values = vec![1.0; 2048];
            values[position] = parexact::exact::float::power_of_two(tiny);
            check_paths(&values, &[usize::MAX]);
            check_rounding(&values, 0);
        }
    }
}

#[test]
fn ties_go_to_even_and_leave_it_for_the_slightest_reason() {
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

/// Equal values move every lane by the most that the proof allows, if their residuals are close to half a
/// unit.
#[test]
fn lanes_reach_their_bounds() {
    let unit = |bits: i32| parexact::exact::float::power_of_two(bits);
    let mut extreme = Vec::new();
    for k in 1..10 {
        // The first fold's unit is 2^(k - 50) for values from 1 to 2.
        extreme.push(1.0 + unit(k - 51) - unit(-52));
        extreme.push(2.0 - unit(k - 51) + unit(-52));
    }
    extreme.push(2.0 - unit(-52));
    // Squares whose rounded part or error is close to half a unit of its first fold.
    let mut x = 1.0f64;
    for _ in 0..200_000 {
        x = (x * 1.000_123_457).rem_euclid(1.0) + 1.0;
        let square = x * x;
        let error = x.mul_add(x, -square).abs() / unit(-52);
        let close = |k: i32| {
            let residual = (square / unit(k - 49)).rem_euclid(1.0);
            (residual - 0.5).abs() < 1e-4
        };
        if error > 0.9999 || (4..8).any(close) {
            extreme.push(x);
        }
    }
    assert!(extreme.len() > 100);
    for x in extreme {
        for scale in [-485, -300, 0, 500] {
            check_paths(&[x * unit(scale); 2048], &[usize::MAX]);
            check_paths(&[-x * unit(scale); 1024], &[usize::MAX]);
            check_products(&[-x * unit(scale); 1024], &[x; 1024]);
        }
    }
}

/// Below 2^-485 the error of a square underflows.
#[test]
fn squares_at_the_edge_of_underflow() {
    for exponent in -490..-480 {
        let values: Vec<f64> = (0..2048u64)
            .map(|i| {
                let fraction = i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 12;
                f64::from_bits(((exponent + 1023) as u64) << 52 | fraction | 1)
            })
            .collect();
        check_paths(&values, &[usize::MAX]);
        check_products(&values, &values);
    }
}

/// One small factor with all its bits, wherever the window may end.
#[test]
fn small_factors_keep_their_last_bits() {
    let odd = 1.0 + 2f64.powi(-52);
    for exponent in -160..0 {
        let mut x = [odd; 1024];
        x[77] *= 2f64.powi(exponent);
        check_products(&x, &[odd; 1024]);
        check_paths(&x, &[usize::MAX]);
    }
}

/// The same at the other end, where start values would overflow.
#[test]
fn squares_and_sums_at_the_edge_of_overflow() {
    for exponent in (495..515).chain(1005..1024) {
        let largest = f64::from_bits(((exponent + 1023) as u64) << 52 | ((1 << 52) - 1));
        check_paths(&[largest; 2100], &[usize::MAX]);
        check_paths(&[-largest; 2100], &[usize::MAX]);
    }
}

/// Bits that products lose to underflow show once all others cancel: v·v against the products of v's halves.
#[test]
fn products_keep_what_would_underflow() {
    for exponent in -490..-480 {
        let (mut x, mut y) = (Vec::new(), Vec::new());
        let (mut halves_x, mut halves_y) = (Vec::new(), Vec::new());
        for i in 0..2048u64 {
            let fraction = i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 12;
            let v = f64::from_bits(((exponent + 1023) as u64) << 52 | fraction | 1);
            let high = f64::from_bits(v.to_bits() >> 27 << 27);
            let low = v - high;
            x.push(v);
            y.push(v);
            halves_x.extend([high, 2.0 * high, low]);
            halves_y.extend([-high, -low, -low]);
        }
        x.extend(halves_x);
        y.extend(halves_y);
        check_products(&x, &y);
    }
}
