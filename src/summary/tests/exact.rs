//! The words of summaries against sums of big integers, and merges in any order.

use num_bigint::BigInt;
use num_traits::Zero;
use proptest::prelude::*;

use super::super::layout::Layout;
use super::super::{Kind, Summary};
use super::{one_by_one, without_nans, words};
use crate::exact::float::LEAST_BIT;
use crate::exact::number::Number;
use crate::exact::pair::PairSums;
use crate::exact::shape::ShapeSums;
use crate::exact::weighted::WeightedSums;
use crate::round::tests::real::units;
use crate::summary::words::by_kind;
use crate::test_values::{any_values, finite_values};

/// The first word of the digits, and how many words each sum has, by the degree of its terms.
const FIRST_DIGIT: usize = 10;
const DIGITS: [usize; 5] = [0, 68, 134, 200, 266];

/// The integer of canonical digits.
fn integer(digits: &[i64]) -> BigInt {
    let (top, rest) = digits.split_last().expect("there are digits");
    assert!(
        rest.iter().all(|digit| (0..1 << 32).contains(digit)),
        "{digits:?}"
    );
    assert!((-(1 << 31)..1 << 31).contains(top));
    digits
        .iter()
        .rev()
        .fold(BigInt::zero(), |n, &digit| (n << 32) + digit)
}

/// The digits hold these sums one after the other, each with the degree of its terms; what follows is 0.
fn assert_sums(summary: &Summary, sums: &[(usize, BigInt)]) {
    let mut first = FIRST_DIGIT;
    for (degree, sum) in sums {
        let end = first + DIGITS[*degree];
        assert_eq!(integer(&summary.words[first..end]), *sum, "degree {degree}");
        first = end;
    }
    assert!(summary.words[first..761].iter().all(|&word| word == 0));
}

/// The powers and products of finite pairs, in units of 2^-1074 for each factor.
fn check_words(x: &[BigInt], y: &[BigInt], summaries: [&Summary; 3]) {
    let sum = |powers: [u32; 2]| -> BigInt {
        let pairs = x.iter().zip(y);
        pairs
            .map(|(x, y)| x.pow(powers[0]) * y.pow(powers[1]))
            .sum()
    };
    let [shape, pair, weighted] = summaries;
    let x_alone = |k| (k as usize, sum([k, 0]));
    let y_alone = |k| (k as usize, sum([0, k]));
    let product = |k| (k as usize + 1, sum([k, 1]));
    assert_sums(shape, &[x_alone(1), x_alone(2), x_alone(3), x_alone(4)]);
    assert_sums(
        pair,
        &[x_alone(1), x_alone(2), y_alone(1), y_alone(2), product(1)],
    );
    assert_sums(weighted, &[y_alone(1), y_alone(2), product(1), product(2)]);
}

/// Merges the summaries of single pairs in an order that the numbers choose.
fn merged_in_a_tree<S: Layout>(x: &[f64], y: &[f64], choices: &[usize]) -> Summary {
    let empty = words(S::default());
    let mut forest: Vec<Summary> = (0..x.len())
        .map(|i| words(one_by_one::<S>(&x[i..=i], &y[i..=i])))
        .collect();
    forest.push(empty);
    for choice in choices.iter().cycle() {
        let Some(from) = forest.pop() else { break };
        if forest.is_empty() {
            return from;
        }
        let at = choice % forest.len();
        forest[at].merge(&from).expect("both are possible");
        forest.swap(0, at);
    }
    empty
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn words_are_exact_sums(x in finite_values(60), y in finite_values(60)) {
        let (x, y) = without_nans(&x, &y);
        let in_units = |values: &[f64]| values.iter().map(|&x| units(x)).collect::<Vec<_>>();
        check_words(&in_units(&x), &in_units(&y), [
            &words(one_by_one::<ShapeSums>(&x, &y)),
            &words(one_by_one::<PairSums>(&x, &y)),
            &words(one_by_one::<WeightedSums>(&x, &y)),
        ]);
    }

    #[test]
    fn words_of_64_bit_integers_are_exact_sums(
        x in prop::collection::vec(any::<i64>(), 0..20),
        y in prop::collection::vec(any::<u64>(), 20),
    ) {
        fn sums<S: Layout>(x: &[i128], y: &[i128]) -> Summary {
            let number = |x: i128| {
                let nearest = x as f64;
                Number { nearest, rest: (x - nearest as i128) as f64 }
            };
            let mut sums = S::default();
            for (&x, &y) in x.iter().zip(y) {
                sums.add(number(x), number(y));
            }
            words(sums)
        }
        let x: Vec<i128> = x.into_iter().map(i128::from).collect();
        let y: Vec<i128> = y.into_iter().take(x.len()).map(i128::from).collect();
        let in_units = |values: &[i128]| {
            let scaled = values.iter().map(|&x| BigInt::from(x) << -LEAST_BIT);
            scaled.collect::<Vec<_>>()
        };
        let all = [sums::<ShapeSums>(&x, &y), sums::<PairSums>(&x, &y), sums::<WeightedSums>(&x, &y)];
        for summary in &all {
            prop_assert_eq!(summary.check(), Ok(()));
        }
        check_words(&in_units(&x), &in_units(&y), [&all[0], &all[1], &all[2]]);
    }

    #[test]
    fn any_tree_of_merges_has_the_same_words(
        x in any_values(20),
        y in any_values(20),
        choices in prop::collection::vec(any::<usize>(), 1..20),
    ) {
        let (x, y) = without_nans(&x, &y);
        for kind in [Kind::Shape, Kind::Pair, Kind::Weighted] {
            by_kind!(kind, S => {
                let whole = words(one_by_one::<S>(&x, &y));
                prop_assert_eq!(merged_in_a_tree::<S>(&x, &y, &choices), whole);
                // Words, sums and words again.
                prop_assert_eq!(words(*whole.sums::<S>().expect("they are possible")), whole);
            });
        }
    }
}
