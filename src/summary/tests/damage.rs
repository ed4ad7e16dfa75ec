//! Words that no values have are refused: each bound is violated once.

use super::super::layout::Layout;
use super::super::{Kind, Summary};
use super::{one_by_one, words};
use crate::error::PAREXACT_ERROR_BAD_STATE;
use crate::exact::pair::PairSums;
use crate::exact::shape::ShapeSums;
use crate::exact::weighted::WeightedSums;

const X: [f64; 5] = [1.5, -2.25, 3.0, 0.5, 8.0];
const Y: [f64; 5] = [2.0, 1.0, 0.25, 4.0, 1.0];

fn shape() -> ShapeSums {
    one_by_one(&X, &X)
}

fn pair() -> PairSums {
    one_by_one(&X, &Y)
}

fn weighted() -> WeightedSums {
    one_by_one(&X, &Y)
}

/// Asserts that a change of sums makes words that are refused with a message that contains `part`.
fn refused<S: Layout>(mut sums: S, change: impl FnOnce(&mut S), part: &str) {
    assert_eq!(words_check(&mut sums), Ok(()));
    change(&mut sums);
    let refusal = words_check(&mut sums).expect_err("the sums are impossible");
    assert!(refusal.contains(part), "{refusal}");
}

fn words_check<S: Layout>(sums: &mut S) -> Result<(), String> {
    let mut summary = Summary::empty(S::KIND);
    summary.set(sums);
    summary.check().map_err(|error| {
        assert_eq!(error.status, PAREXACT_ERROR_BAD_STATE);
        error.message.into_owned()
    })
}

#[test]
fn powers() {
    const POWERS: &str = "sums of powers";
    // n·Σx⁴ is a little less than (Σx²)², if Σx⁴ is that of other values.
    refused(
        shape(),
        |sums| sums.fourths = one_by_one::<ShapeSums>(&[1.0; 5], &[1.0; 5]).fourths,
        POWERS,
    );
    refused(
        shape(),
        |sums| sums.cubes.deposit(false, 1 << 20, 0),
        POWERS,
    );
    refused(shape(), |sums| sums.cubes.deposit(true, 1 << 20, 0), POWERS);
    refused(
        shape(),
        |sums| sums.fourths.deposit(false, 1 << 40, 0),
        POWERS,
    );
    refused(
        shape(),
        |sums| sums.moments.squares.deposit(false, 1 << 40, 0),
        "squares",
    );
    // Of a single value all sums are known but for the powers.
    let one: ShapeSums = one_by_one(&[3.0], &[3.0]);
    refused(
        one.clone(),
        |sums| sums.fourths.deposit(false, 1, -4296),
        POWERS,
    );
    refused(one, |sums| sums.cubes.deposit(false, 1, -3222), POWERS);
    refused(
        ShapeSums::default(),
        |sums| sums.fourths.deposit(false, 1, -4296),
        POWERS,
    );
}

#[test]
fn products() {
    const PRODUCTS: &str = "sum of products";
    refused(
        pair(),
        |sums| sums.products.sum.deposit(false, 1 << 20, 0),
        PRODUCTS,
    );
    refused(
        pair(),
        |sums| sums.products.sum.deposit(true, 1 << 20, 0),
        PRODUCTS,
    );
    // Within Σx²·Σy², but beyond the deviations': all x are equal, so that Σxy = x·Σy.
    let constant: PairSums = one_by_one(&[2.0; 5], &Y);
    refused(
        constant,
        |sums| sums.products.sum.deposit(true, 1, -1074),
        PRODUCTS,
    );
    refused(
        pair(),
        |sums| sums.x.extremes.max_key = 0,
        "x in the summary",
    );
    refused(
        pair(),
        |sums| sums.y.extremes.min_key = sums.y.extremes.max_key,
        "y in the summary",
    );
}

#[test]
fn weights() {
    const WEIGHTS: &str = "no set of weighted values";
    refused(
        weighted(),
        |sums| sums.products.sum.deposit(false, 1 << 20, 0),
        WEIGHTS,
    );
    refused(
        weighted(),
        |sums| sums.squares.deposit(true, 1 << 30, 0),
        WEIGHTS,
    );
    refused(
        weighted(),
        |sums| sums.weights.sum.deposit(false, 1 << 20, 0),
        "the weights",
    );
    refused(
        weighted(),
        |sums| sums.extremes.min_key = i64::MAX,
        "extremes",
    );
}

#[test]
fn counters() {
    for (kind, index, value) in [
        (Kind::Shape, 1, -1),
        (Kind::Shape, 2, 6),
        (Kind::Shape, 5, 1),
        (Kind::Shape, 9, 1),
        (Kind::Pair, 3, 1),
        (Kind::Pair, 7, 1),
        (Kind::Weighted, 5, 1),
        (Kind::Weighted, 9, 7),
    ] {
        let mut summary = match kind {
            Kind::Shape => words(shape()),
            Kind::Pair => words(pair()),
            Kind::Weighted => words(weighted()),
        };
        assert_eq!(summary.check(), Ok(()));
        summary.words[index] = value;
        let refusal = summary.check().expect_err("the counters are impossible");
        assert_eq!(refusal.status, PAREXACT_ERROR_BAD_STATE, "{kind:?} {index}");
    }
}

#[test]
fn words_that_are_not_used_and_the_first_one() {
    for summary in [words(shape()), words(pair()), words(weighted())] {
        let refuse = |index: usize, value: i64| {
            let mut damaged = summary;
            damaged.words[index] = value;
            let refusal = damaged.check().expect_err("the word is impossible");
            assert_eq!(refusal.status, PAREXACT_ERROR_BAD_STATE, "{index}");
        };
        for index in 678..761 {
            refuse(index, 1);
        }
        for index in 765..768 {
            refuse(index, 6);
        }
        for value in [0, 1, 2, 4 << 32 | 1, 1 << 32 | 2, -1] {
            refuse(0, value);
        }
    }
}

#[test]
fn kinds_do_not_mix() {
    let mut into = words(shape());
    let before = into;
    assert!(into.merge(&words(pair())).is_err());
    assert_eq!(into, before);
    into.merge_or_poison(&words(pair()));
    assert!(into.check().is_err());
}

#[test]
fn a_poisoned_summary_poisons_others() {
    let mut poisoned = words(pair());
    poisoned.poison(8);
    let mut into = words(pair());
    into.merge_or_poison(&poisoned);
    let refusal = into.check().expect_err("it is poisoned");
    assert!(refusal.message.contains("status 8"), "{}", refusal.message);
}
