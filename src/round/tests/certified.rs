//! Certified results are the correctly rounded ones, on every instruction set; and few are in doubt.

use super::real::Exact;
use crate::exact::columns::PACK;
use crate::exact::float::{CANONICAL_NAN, power_of_two};
use crate::exact::lanes::tests::{Layout, sums};
use crate::exact::lanes::{Care, LaneSums, MAX_VALUES};
use crate::exact::quantity;
use crate::exact::{as_unaligned, naive};
use crate::round::certified::{Statistic, certify, extremes};
use crate::round::special::NanPolicy;
use crate::round::statistics;
use crate::simd::InstructionSet;
use crate::test_values::columns::{ORDINARY, Random, packs};

/// What is certified: a statistic, and the ddof of variances.
const ALL: [(Statistic, u64); 11] = [
    (Statistic::Sum, 0),
    (Statistic::Mean, 0),
    (Statistic::Norm, 0),
    (Statistic::Variance, 0),
    (Statistic::Variance, 1),
    (Statistic::Variance, 2),
    (Statistic::Variance, 3),
    (Statistic::Std, 0),
    (Statistic::Std, 1),
    (Statistic::Std, 2),
    (Statistic::Std, 3),
];

/// NaNs are found and make sums NaN.
const FOUND: Care = Care::new(true, false);

/// The results of a column without NaNs that the oracle has confirmed: one for each of [`ALL`]; `None` where
/// values are infinite.
fn expected(column: &[f64]) -> [Option<f64>; 11] {
    let column: Vec<f64> = column.iter().copied().filter(|x| !x.is_nan()).collect();
    if !column.iter().all(|x| x.is_finite()) {
        return [None; 11];
    }
    let exact = Exact::new(&column);
    let moments = naive::moments(as_unaligned(&column));
    let (sum, mean, _) = statistics::sum_mean_variance(&moments, 0);
    let variance = |ddof| statistics::variance(&moments, &moments.sum.to_dyadic(), ddof);
    ALL.map(|(statistic, ddof)| {
        let least_n = match statistic {
            Statistic::Sum | Statistic::Norm => 0,
            Statistic::Mean => 1,
            Statistic::Variance | Statistic::Std => ddof + 1,
        };
        if exact.n < least_n {
            return Some(CANONICAL_NAN);
        }
        let (value, real) = match statistic {
            Statistic::Sum => (sum, exact.sum()),
            Statistic::Mean => (mean, exact.mean()),
            Statistic::Norm => (statistics::norm(&moments), exact.norm()),
            Statistic::Variance => {
                let variance = statistics::rounded_variance(variance(ddof));
                (variance, exact.variance(ddof))
            }
            Statistic::Std => (statistics::std(variance(ddof)), exact.std(ddof)),
        };
        real.assert_rounds_to(value, "the general way");
        Some(value)
    })
}

/// How many results were in doubt, of how many.
#[derive(Default)]
struct Doubts {
    doubtful: usize,
    of: usize,
}

/// Every result that is not in doubt is the expected one, under every policy.
fn check(columns: &[&[f64]; PACK], care: Care, doubts: &mut Doubts) {
    let of_numbers = columns.map(expected);
    let has_nans = columns.map(|column| column.iter().any(|x| x.is_nan()));
    let expected = |lane: usize, i: usize, policy| match policy {
        _ if !has_nans[lane] => of_numbers[lane][i],
        NanPolicy::Omit if care.nans => of_numbers[lane][i],
        NanPolicy::Propagate if care.nans => Some(CANONICAL_NAN),
        _ => None,
    };
    for set in InstructionSet::supported() {
        for &layout in Layout::of(columns[0].len()) {
            let squares = sums::<quantity::Squares>(set, columns, layout, care);
            let alone = sums::<quantity::Sum>(set, columns, layout, care);
            let both = sums::<quantity::SumAndSquares>(set, columns, layout, care);
            for (i, (statistic, ddof)) in ALL.into_iter().enumerate() {
                let sums = match statistic {
                    Statistic::Sum | Statistic::Mean => &alone,
                    Statistic::Norm => &squares,
                    Statistic::Variance | Statistic::Std => &both,
                };
                for policy in [NanPolicy::Propagate, NanPolicy::Omit, NanPolicy::Raise] {
                    let certified = certify(set, sums, statistic, ddof, policy);
                    for lane in 0..PACK {
                        if certified.doubtful >> lane & 1 == 0 {
                            let value = certified.values[lane];
                            assert_eq!(
                                Some(value.to_bits()),
                                expected(lane, i, policy).map(f64::to_bits),
                                "{statistic:?}, ddof {ddof}, of {} values {:?} on {}, {layout:?}, {care:?}, \
                                 {policy:?}",
                                columns[lane].len(),
                                &columns[lane][..columns[lane].len().min(5)],
                                set.name(),
                            );
                        }
                    }
                    if sums.count as u64 > ddof {
                        doubts.of += PACK;
                        doubts.doubtful += certified.doubtful.count_ones() as usize;
                    }
                }
            }
        }
    }
}

/// As [`check`], for one column beside others.
fn check_one(column: &[f64]) {
    let ones = vec![1.0; column.len()];
    let mut columns = [&ones[..]; PACK];
    for lane in [0, 3, 7] {
        columns[lane] = column;
    }
    for care in Care::ALL {
        check(&columns, care, &mut Doubts::default());
    }
}

#[test]
fn results_not_in_doubt_are_rounded_correctly() {
    let mut random = Random(3);
    for n in (1..=70).chain([100, 128, 129, 255, 1000, 2049, MAX_VALUES]) {
        for pack in packs(&mut random, n) {
            let columns = std::array::from_fn(|lane| &pack[lane].1[..]);
            for care in Care::ALL {
                check(&columns, care, &mut Doubts::default());
            }
        }
    }
}

/// As many values as NaNs leave: each result has a count of its own.
#[test]
fn results_without_nans_are_rounded_correctly() {
    let mut random = Random(6);
    for n in (1..=40).chain([100, 128, 129, 1000, MAX_VALUES]) {
        for pack in packs(&mut random, n) {
            let columns: [Vec<f64>; PACK] = std::array::from_fn(|lane| {
                let mut column = pack[lane].1.clone();
                random.put_nans(&mut column);
                column
            });
            let columns = std::array::from_fn(|lane| &columns[lane][..]);
            for care in Care::ALL {
                check(&columns, care, &mut Doubts::default());
            }
        }
    }
}

/// Ordinary numbers are not in doubt because NaNs are among them, unless that is an error.
#[test]
fn nans_leave_no_doubts() {
    let mut random = Random(9);
    for (name, make) in ORDINARY {
        for n in [10, 30, 100, 1000] {
            let columns: [Vec<f64>; PACK] = std::array::from_fn(|_| {
                let mut column = make(&mut random, n);
                column[random.below(n)] = f64::NAN;
                column[random.below(n)] = f64::NAN;
                column
            });
            let columns = std::array::from_fn(|lane| &columns[lane][..]);
            for set in InstructionSet::supported() {
                for &layout in Layout::of(n) {
                    let care = Care::new(true, true);
                    let sums = sums::<quantity::Describe>(set, &columns, layout, care);
                    let doubtful =
                        |statistic, policy| certify(set, &sums, statistic, 1, policy).doubtful;
                    let what = format!("{name}, {n} on {}, {layout:?}", set.name());
                    for statistic in [Statistic::Sum, Statistic::Mean] {
                        assert_eq!(doubtful(statistic, NanPolicy::Omit), 0, "{what}");
                        assert_eq!(doubtful(statistic, NanPolicy::Propagate), 0, "{what}");
                        assert_eq!(doubtful(statistic, NanPolicy::Raise), 0xff, "{what}");
                    }
                    for statistic in [Statistic::Variance, Statistic::Std, Statistic::Norm] {
                        let ties = doubtful(statistic, NanPolicy::Omit).count_ones();
                        assert!(ties <= 1, "{what}");
                        assert_eq!(doubtful(statistic, NanPolicy::Propagate), 0, "{what}");
                    }
                }
            }
        }
    }
}

/// With a certificate that doubts everything the other tests would see nothing.
#[test]
fn few_ordinary_results_are_in_doubt() {
    let mut random = Random(4);
    for (name, make) in ORDINARY {
        let mut doubts = Doubts::default();
        for n in [3, 4, 5, 10, 30, 64, 100, 1000, MAX_VALUES] {
            for _ in 0..if n < 100 { 20 } else { 2 } {
                let columns: [Vec<f64>; PACK] = std::array::from_fn(|_| make(&mut random, n));
                let columns = std::array::from_fn(|lane| &columns[lane][..]);
                check(&columns, FOUND, &mut doubts);
            }
        }
        let Doubts { doubtful, of } = doubts;
        assert!(
            of > 50_000 && doubtful * 1000 <= of,
            "{name}: {doubtful} of {of}"
        );
    }
}

/// Sums that are not complete decide ordinary results as well, unless values are so few that their sums are
/// often ties.
#[test]
fn few_quick_results_are_in_doubt() {
    let mut random = Random(5);
    let (_, make) = ORDINARY[2];
    let mut doubts = Doubts::default();
    for n in [300, 1000, MAX_VALUES] {
        for _ in 0..20 {
            let columns: [Vec<f64>; PACK] = std::array::from_fn(|_| make(&mut random, n));
            let columns = std::array::from_fn(|lane| &columns[lane][..]);
            check(&columns, Care::new(false, false), &mut doubts);
        }
    }
    let Doubts { doubtful, of } = doubts;
    assert!(doubtful * 1000 <= of, "{doubtful} of {of}");
}

/// Equal values, and values that cancel, have results of 0 that are proved.
#[test]
fn zeros_are_proved() {
    for n in [1, 2, 7, 8, 64, 1000, MAX_VALUES] {
        for x in [
            0.1,
            -1.0,
            1e300,
            5e-324,
            power_of_two(-1000),
            power_of_two(-490),
        ] {
            let equal = vec![x; n];
            let halves: Vec<f64> = (0..n).map(|i| if i % 2 == 0 { x } else { -x }).collect();
            for set in InstructionSet::supported() {
                for &layout in Layout::of(n) {
                    let of = |column: &[f64], statistic| {
                        let sums =
                            sums::<quantity::SumAndSquares>(set, &[column; PACK], layout, FOUND);
                        certify(set, &sums, statistic, 0, NanPolicy::Omit)
                    };
                    if x < 1e200 {
                        for statistic in [Statistic::Variance, Statistic::Std] {
                            let zero = of(&equal, statistic);
                            assert_eq!((zero.doubtful, zero.values[3].to_bits()), (0, 0));
                            let more = of(&halves, statistic);
                            assert!(n == 1 || more.doubtful == 0xff || more.values[3] > 0.0);
                        }
                    }
                    if n % 2 == 0 {
                        for statistic in [Statistic::Sum, Statistic::Mean] {
                            let zero = of(&halves, statistic);
                            assert_eq!((zero.doubtful, zero.values[3].to_bits()), (0, 0));
                        }
                    }
                }
            }
        }
    }
}

/// √(a² + a) is below a + ½, a tie, by about 1/8a: 2^-108 of itself. The radicand is the sum of two squares
/// if a = p² + q² and a + 1 = r² + s².
#[test]
fn roots_next_to_ties() {
    for i in 0..50i64 {
        let w = 80_000_003 + 444_444 * i;
        let h = (3 * w - 1) / 2;
        let (p, q, r, s) = (h / 2 + 1, (w - 3) / 2, h / 2 - 1, (w + 3) / 2);
        let a = p * p + q * q;
        assert!(a + 1 == r * r + s * s && a.ilog2() == 52);
        let scale = power_of_two(5 * (25 - i as i32));
        let (x, y) = (
            (p * r - q * s) as f64 * scale,
            (p * s + q * r) as f64 * scale,
        );
        check_one(&[x, y]);
        check_one(&[0.0, x, 0.0, y, 0.0]);
        // With two degrees of freedom, the variance is x² + y².
        check_one(&[x, -x, y, -y]);
    }
}

/// With d² = n·t + 1 for a tie t, the variance d²/n of d and n - 1 zeros is just above it.
#[test]
fn quotients_next_to_ties() {
    let mut checked = 0;
    for n in (3u128..400).step_by(2) {
        // A result of 2^w and more, for a d of 53 bits, has ties that are odd multiples of 2^(w-53).
        for w in [103 - n.ilog2(), 104 - n.ilog2(), 105 - n.ilog2()] {
            let s = w - 53;
            // One of the roots of 1 + n·2^s modulo 2^(s+1), as n is odd.
            for root in [1 + (1u128 << (s - 1)), (1 << (s - 1)) - 1] {
                let period = 1u128 << s;
                let mut d = root + (1 << 52) / period * period;
                let mut tries = 0;
                while d < 1 << 53 && tries < 1000 {
                    let square = d * d;
                    let quotient = square / n;
                    if square % n == 1 && quotient.ilog2() == w && quotient.is_multiple_of(1 << s) {
                        assert!(quotient >> s & 1 == 1);
                        let mut column = vec![0.0; n as usize];
                        column[n as usize / 2] = d as f64;
                        check_one(&column);
                        checked += 1;
                    }
                    d += period;
                    tries += 1;
                }
            }
        }
    }
    assert!(checked > 100, "{checked}");
}

/// A mean that is subnormal and a tie, of a sum that takes two doubles.
#[test]
fn subnormal_ties() {
    let n = 4094u64;
    for i in 0..20u64 {
        // The mean is m + ½ in units of the least double.
        let m = (1 << 45) + 1 + 2 * i;
        let column: Vec<f64> = (0..n).map(|j| f64::from_bits(m + j % 2)).collect();
        check_one(&column);
    }
}

/// The doubles that the folds moved by, and the bounds of what they lost, in all lanes.
fn lane_sums(count: usize, moved: [[f64; 2]; 3], lost: [f64; 3]) -> LaneSums {
    LaneSums {
        moved: moved.map(|folds| folds.map(|fold| [fold; PACK])),
        lost: lost.map(|lost| [lost; PACK]),
        high: [1.0; PACK],
        least: [0.5; PACK],
        count,
        ..LaneSums::new()
    }
}

/// Where a result is a little beside a tie, anything more that the folds may have lost leaves it in doubt.
#[test]
fn losses_leave_doubts() {
    let half = f64::EPSILON / 2.0;
    for set in InstructionSet::supported() {
        let doubtful = |moved, lost, statistic| {
            certify(
                set,
                &lane_sums(1, moved, lost),
                statistic,
                0,
                NanPolicy::Omit,
            )
            .doubtful
        };
        let check = |moved: [[f64; 2]; 3], quantities: &[usize], statistic, lost: f64| {
            assert_eq!(doubtful(moved, [0.0; 3], statistic), 0, "{statistic:?}");
            for &quantity in quantities {
                for (factor, expected) in [(0.01, 0), (100.0, 0xff)] {
                    let mut all_lost = [0.0; 3];
                    all_lost[quantity] = lost * factor;
                    let found = doubtful(moved, all_lost, statistic);
                    assert_eq!(found, expected, "{statistic:?}, {quantity}, {factor}");
                }
            }
        };
        // 1 + half is a tie.
        let beside = half * (1.0 - power_of_two(-20));
        let distance = half * power_of_two(-20);
        let sum = [[1.0, beside], [0.0; 2], [0.0; 2]];
        check(sum, &[0], Statistic::Sum, distance);
        check(sum, &[0], Statistic::Mean, distance);
        // A root is half as far from 1 as its radicand.
        let squares = |rest| [[0.0; 2], [1.0, rest], [0.0; 2]];
        check(squares(beside), &[1, 2], Statistic::Variance, distance);
        check(
            squares(2.0 * beside),
            &[1, 2],
            Statistic::Norm,
            2.0 * distance,
        );
        check(
            squares(2.0 * beside),
            &[1, 2],
            Statistic::Std,
            2.0 * distance,
        );
        // The square of Σx changes by 2^11 times as much as Σx does.
        let both = |rest| [[1024.0, 0.0], [1024.0 * 1024.0 + 1.0, rest], [0.0; 2]];
        check(both(beside), &[1, 2], Statistic::Variance, distance);
        check(both(beside), &[0], Statistic::Variance, distance / 2048.0);
        check(
            both(2.0 * beside),
            &[0],
            Statistic::Std,
            2.0 * distance / 2048.0,
        );
    }
}

#[test]
fn extremes_are_in_doubt_only_beside_nan() {
    let column = [0.0, -0.0, 3.0, f64::INFINITY, -5e-324].repeat(2);
    let negative = [-0.0, -1.0, -0.0, -2.0, f64::NEG_INFINITY].repeat(2);
    let positive = [0.0, 1.0, 0.0, -0.0, 5e-324].repeat(2);
    let nan = [1.0, f64::NAN, 2.0, 3.0, -4.0].repeat(2);
    let columns: [&[f64]; PACK] = [
        &column, &negative, &positive, &nan, &column, &negative, &positive, &nan,
    ];
    for set in InstructionSet::supported() {
        for &layout in Layout::of(10) {
            let sums = sums::<quantity::Extremes>(set, &columns, layout, FOUND);
            let [min, max] = [false, true].map(|max| extremes(&sums, max, NanPolicy::Omit));
            assert_eq!((min.doubtful, max.doubtful), (0x88, 0x88));
            let bits = |values: [f64; PACK]| values.map(f64::to_bits);
            let [min, max] = [min.values, max.values].map(bits);
            assert_eq!(
                min[..3],
                [-5e-324, f64::NEG_INFINITY, -0.0].map(f64::to_bits)
            );
            assert_eq!(max[..3], [f64::INFINITY, -0.0, 1.0].map(f64::to_bits));
            assert_eq!((&min[..3], &max[..3]), (&min[4..7], &max[4..7]));
        }
    }
}

/// Extremes of the values beside NaNs; zeros have their signs, whatever those of the NaNs are.
#[test]
fn extremes_leave_out_nans() {
    let numbers: [&[f64]; PACK] = [
        &[],
        &[0.0, 1.0],
        &[-0.0, 0.0, 1.0],
        &[-1.0, -0.0],
        &[-0.0, -1.0, 0.0],
        &[f64::INFINITY, f64::NEG_INFINITY],
        &[f64::INFINITY, 2.0],
        &[-0.0, -0.0],
    ];
    let expected = [
        [CANONICAL_NAN; 2],
        [0.0, 1.0],
        [-0.0, 1.0],
        [-1.0, -0.0],
        [-1.0, 0.0],
        [f64::NEG_INFINITY, f64::INFINITY],
        [2.0, f64::INFINITY],
        [-0.0; 2],
    ];
    for nan in [f64::NAN, -f64::NAN] {
        for first in [0, 3, 7] {
            let columns = numbers.map(|numbers| {
                let mut column = [nan; 11];
                column[first..][..numbers.len()].copy_from_slice(numbers);
                column
            });
            let columns = std::array::from_fn(|lane| &columns[lane][..]);
            for set in InstructionSet::supported() {
                for &layout in Layout::of(11) {
                    let care = Care::new(true, true);
                    let sums = sums::<quantity::Extremes>(set, &columns, layout, care);
                    for (maxima, which) in [false, true].into_iter().zip(0..) {
                        let found = extremes(&sums, maxima, NanPolicy::Omit);
                        let wanted = expected.map(|extremes| extremes[which].to_bits());
                        assert_eq!(found.doubtful, 0);
                        assert_eq!(found.values.map(f64::to_bits), wanted);
                        let found = extremes(&sums, maxima, NanPolicy::Propagate);
                        assert_eq!(
                            found.values.map(f64::to_bits),
                            [CANONICAL_NAN.to_bits(); PACK]
                        );
                        assert_eq!(extremes(&sums, maxima, NanPolicy::Raise).doubtful, 0xff);
                    }
                }
            }
        }
    }
}
