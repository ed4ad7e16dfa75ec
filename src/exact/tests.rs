//! Every path of the kernels, on every instruction set, against one integer deposit for each value.

use proptest::prelude::*;

use super::float::power_of_two;
use super::moments::Counts;
use super::products::Products;
use super::superaccumulator::Squares;
use super::{Accumulate, Accumulator, Moments, as_unaligned, naive, quantity};
use crate::simd::{InstructionSet, in_force};
use crate::test_values::any_values;

/// All parts of moments: counts, extremes, and the words of both sums.
fn everything(moments: Moments) -> impl PartialEq + std::fmt::Debug {
    (
        moments.counts,
        moments.extremes,
        moments.sum.into_words(),
        moments.squares.into_words(),
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
            sums.sum.into_words(),
            oracle.sum.clone().into_words(),
            "{}",
            set.name()
        );
        let squares = squaring.finish().squares.into_words();
        assert_eq!(
            squares,
            oracle.squares.clone().into_words(),
            "{}",
            set.name()
        );
        let all = everything(describing.finish());
        assert_eq!(all, everything(oracle.clone()), "{}", set.name());
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

}

/// Σxy of all paths against one exact product after the other.
fn check_products(xs: &[f64], ys: &[f64]) {
    let (x, y) = (as_unaligned(xs), as_unaligned(ys));
    let mut sum = Squares::default();
    let mut counts = Counts::default();
    for (&x, &y) in xs.iter().zip(ys) {
        if x.is_finite() && y.is_finite() {
            sum.add_product(x, y);
        } else {
            counts.add_special(x * y);
        }
    }
    let sum = sum.into_words();
    for set in InstructionSet::supported() {
        let mut products = Products::new(set);
        let third = x.len() / 3;
        products.add(&x[..third], &y[..third]);
        let mut others = Products::new(set);
        others.add(&x[third..], &y[third..]);
        products.merge(others);
        let dot = products.finish();
        assert_eq!(dot.counts, counts, "{}", set.name());
        assert_eq!(dot.sum.into_words(), sum, "{}", set.name());
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

#[test]
fn every_length() {
    let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
    let values: Vec<f64> = (0..5000)
        .map(|i| {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            // Most exponents are close together; one in 700 may be any.
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
            values[position] = power_of_two(tiny);
            check_paths(&values, &[usize::MAX]);
        }
    }
}

/// Equal values move every lane by the most that the proof allows, if their residuals are close to half a
/// unit.
#[test]
fn lanes_reach_their_bounds() {
    let unit = |bits: i32| power_of_two(bits);
    let mut extreme = Vec::new();
    for k in 1..10 {
        // The first fold's unit is 2^(k - 50) for values from 1 to 2.
        extreme.push(1.0 + unit(k - 51) - unit(-52));
        extreme.push(2.0 - unit(k - 51) + unit(-52));
    }
    extreme.push(2.0 - unit(-52));
    // Values whose square, or its error, leaves a residual close to half a unit of its first fold.
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

/// One small factor has all its bits, at every distance from the window's end.
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

/// Above these magnitudes the lanes of squares and of sums might overflow.
#[test]
fn squares_and_sums_at_the_edge_of_overflow() {
    for exponent in (495..515).chain(1005..1024) {
        let largest = f64::from_bits(((exponent + 1023) as u64) << 52 | ((1 << 52) - 1));
        check_paths(&[largest; 2100], &[usize::MAX]);
        check_paths(&[-largest; 2100], &[usize::MAX]);
    }
}

/// If all other bits cancel, bits that underflow would lose decide the result: v·v less the products of v's
/// halves.
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
