//! Summaries against sums that are added one by one, results against big integers, and damaged words.

mod damage;
mod exact;
mod results;

use proptest::prelude::*;

use super::layout::Layout;
use super::{Kind, Summary};
use crate::exact::as_unaligned;
use crate::exact::collect::{Collect, Collector, Kernels, Sums};
use crate::exact::number::Number;
use crate::exact::pair::PairKernels;
use crate::exact::shape::ShapeKernels;
use crate::exact::weighted::{Everything, WeightedKernels};
use crate::simd::InstructionSet;
use crate::summary::check::Plausible;
use crate::test_values::any_values;

/// The words of sums.
fn words<S: Layout>(mut sums: S) -> Summary {
    let mut summary = Summary::empty(S::KIND);
    summary.set(&mut sums);
    summary
}

/// The pairs of both vectors, as long as the shorter one, without NaNs.
fn without_nans(x: &[f64], y: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let pairs = x.iter().zip(y).map(|(&x, &y)| (x, y));
    pairs.filter(|(x, y)| !x.is_nan() && !y.is_nan()).unzip()
}

/// Sums of pairs without NaNs, added one by one.
fn one_by_one<S: Sums>(x: &[f64], y: &[f64]) -> S {
    let mut sums = S::default();
    for (&x, &y) in x.iter().zip(y) {
        sums.add(Number::double(x), Number::double(y));
    }
    sums
}

/// Kernels of every instruction set, in parts and merged, give the words of sums that are added one by one.
fn check_kernels<K: Kernels>(x: &[f64], y: &[f64], cut: usize)
where
    K::Sums: Plausible,
{
    let expected = words(one_by_one::<K::Sums>(x, y));
    assert_eq!(expected.check(), Ok(()), "{x:?} {y:?}");
    let cut = cut.min(x.len());
    for set in InstructionSet::supported() {
        let mut collected = Collector::<K>::new(set);
        collected.add(as_unaligned(&x[..cut]), as_unaligned(&y[..cut]));
        let mut others = Collector::<K>::new(set);
        others.add(as_unaligned(&x[cut..]), as_unaligned(&y[cut..]));
        collected.merge(others);
        assert_eq!(
            collected.finish(|sums| words(std::mem::take(sums))),
            expected,
            "{}: {x:?} {y:?}",
            set.name()
        );
        // The collection is empty again.
        collected.add(as_unaligned(x), as_unaligned(y));
        assert_eq!(
            collected.finish(|sums| words(std::mem::take(sums))),
            expected,
            "{}: {x:?} {y:?}",
            set.name()
        );
    }
}

fn check_all_kernels(x: &[f64], y: &[f64], cut: usize) {
    check_kernels::<ShapeKernels>(x, x, cut);
    check_kernels::<PairKernels>(x, y, cut);
    check_kernels::<WeightedKernels<Everything>>(x, y, cut);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn kernels_add_what_is_added_one_by_one(
        x in any_values(300),
        y in any_values(300),
        cut in 0usize..300,
    ) {
        let (x, y) = without_nans(&x, &y);
        check_all_kernels(&x, &y, cut);
    }

    #[test]
    fn merging_is_adding(x in any_values(100), y in any_values(100), cut in 0usize..100) {
        let (x, y) = without_nans(&x, &y);
        let cut = cut.min(x.len());
        for kind in [Kind::Shape, Kind::Pair, Kind::Weighted] {
            super::words::by_kind!(kind, S => {
                let whole = words(one_by_one::<S>(&x, &y));
                let mut merged = words(one_by_one::<S>(&x[..cut], &y[..cut]));
                let other = words(one_by_one::<S>(&x[cut..], &y[cut..]));
                let mut plain = merged;
                merged.merge(&other).expect("both are possible");
                prop_assert_eq!(merged, whole);
                // Plain integer arithmetic gives other words of the same sums.
                for (i, (word, &more)) in plain.words.iter_mut().zip(&other.words).enumerate() {
                    match i {
                        0 => {}
                        1..=760 => *word += more,
                        _ => *word = (*word).max(more),
                    }
                }
                prop_assert_eq!(plain.fingerprint(), whole.fingerprint());
                let mut canonical = Summary::empty(kind);
                canonical.merge(&plain).expect("it is possible");
                prop_assert_eq!(canonical, whole);
            });
        }
    }
}

#[test]
fn more_values_than_bins_hold_are_added() {
    // More than 2^22 values go to the bins of the powers.
    let x: Vec<f64> = (0..(1 << 22) + 1000)
        .map(|i| {
            let magnitude = 2f64.next_down() - f64::from(i % 7) * f64::EPSILON;
            if i % 3 == 0 { -magnitude } else { magnitude }
        })
        .collect();
    let expected = words(one_by_one::<crate::exact::shape::ShapeSums>(&x, &x));
    let mut collected = Collector::<ShapeKernels>::new(crate::simd::in_force());
    collected.add(as_unaligned(&x), as_unaligned(&x));
    assert_eq!(
        collected.finish(|sums| words(std::mem::take(sums))),
        expected
    );
}
