//! What the folds have moved by, and lost, against sums of big integers, on every instruction set.

use num_bigint::BigInt;
use num_traits::Signed;

use super::{Care, LaneSums, Line, MAX_VALUES, Rows, log2_ceil};
use crate::exact::columns::PACK;
use crate::exact::extremes::Extremes;
use crate::exact::float::{exponent, power_of_two};
use crate::exact::quantity::{self, Quantity};
use crate::exact::{Unaligned, as_unaligned};
use crate::round::tests::real::{Exact, units};
use crate::simd::InstructionSet;
use crate::test_values::columns::{Random, packs};

/// Where the values of a pack's results lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// In lines.
    Lines,
    /// In rows that are apart.
    Rows,
    /// Each result's values follow each other.
    Along,
}

impl Layout {
    /// The layouts that results of `n` values may have: fewer than eight are not summed up along memory.
    pub fn of(n: usize) -> &'static [Self] {
        let all = &[Self::Lines, Self::Rows, Self::Along];
        if n < PACK { &all[..2] } else { all }
    }
}

/// The sums of eight columns of the same length.
pub fn sums<Q: Quantity>(
    set: InstructionSet,
    columns: &[&[f64]; PACK],
    layout: Layout,
    care: Care,
) -> LaneSums {
    let n = columns[0].len();
    let mut sums = LaneSums::new();
    let line = |i: usize| -> Line { columns.map(|column| column[i].to_ne_bytes()) };
    match layout {
        Layout::Lines => {
            let lines: Vec<Line> = (0..n).map(line).collect();
            sums.across::<Q>(set, &lines[..], 0, care);
        }
        Layout::Rows => {
            // Backwards, with a byte between two rows.
            let mut rows = vec![0; n * (size_of::<Line>() + 1)];
            let mut offsets = Vec::new();
            for (i, row) in rows.chunks_mut(size_of::<Line>() + 1).enumerate() {
                row[..size_of::<Line>()].copy_from_slice(line(n - 1 - i).as_flattened());
                offsets.insert(0, (i * (size_of::<Line>() + 1)) as isize);
            }
            // SAFETY: there is a line at each offset.
            let lines = unsafe { Rows::new(rows.as_ptr(), &offsets) };
            sums.across::<Q>(set, lines, 0, care);
        }
        Layout::Along => {
            let mut places = LaneSums::new();
            for (lane, column) in columns.iter().enumerate() {
                let values: &[Unaligned] = as_unaligned(column);
                sums.along::<Q>(set, values, lane, 0, care, &mut places);
            }
        }
    }
    assert_eq!(sums.count, n);
    sums
}

/// Is the largest of finite numbers too large for the folds, which start at 1.5·2^m with m <= 1022? `count`
/// is that of all values.
fn is_too_large(numbers: &[f64], count: usize, layout: Layout, of_squares: bool) -> bool {
    let e = numbers.iter().map(|x| exponent(x.abs())).max().unwrap_or(0);
    let k = match layout {
        Layout::Along => log2_ceil(count.div_ceil(PACK)) + 1,
        _ => log2_ceil(count),
    };
    (if of_squares { 2 * e + 1 } else { e }) + 2 + k as i32 > 1022
}

/// The values of a column that sums are about, and their exact sums, if all of them are finite.
struct Column {
    values: Vec<f64>,
    /// How many values the column has, NaNs that are left out included.
    count: usize,
    exact: Option<Exact>,
    /// Σ RN(x²).
    rounded_squares: Option<BigInt>,
}

impl Column {
    /// The column with its NaNs, or without them if they are to be `left_out`.
    fn new(column: &[f64], left_out: bool) -> Self {
        let values: Vec<f64> = column
            .iter()
            .copied()
            .filter(|x| !(left_out && x.is_nan()))
            .collect();
        let finite = values.iter().all(|x| x.is_finite());
        let squares = || values.iter().map(|x| x * x);
        let no_overflow = finite && squares().all(f64::is_finite);
        Self {
            count: column.len(),
            exact: finite.then(|| Exact::new(&values)),
            rounded_squares: no_overflow.then(|| squares().map(units).sum()),
            values,
        }
    }

    fn check<Q: Quantity>(&self, sums: &LaneSums, lane: usize, layout: Layout, complete: bool) {
        let Self {
            values,
            count,
            exact,
            ..
        } = self;
        assert_eq!(sums.numbers(lane), values.len() as f64);
        if Q::EXTREMES && !values.is_empty() && !values.iter().any(|x| x.is_nan()) {
            let extremes = Extremes::of(values).expect("no NaN");
            let (min, max) = sums.extremes.of_lane(lane);
            assert_eq!(min.to_bits(), extremes.min().to_bits(), "min");
            assert_eq!(max.to_bits(), extremes.max().to_bits(), "max");
        }
        let [[s1, s2], [h1, h2], [l1, l2]] = sums.moved.map(|folds| folds.map(|fold| fold[lane]));
        let lost = sums.lost.map(|lost| lost[lane]);
        if !Q::SUMS {
            // The sum of infinities, or of large values, may be NaN as well.
            assert!(s1.is_nan() || !values.iter().any(|x| x.is_nan()));
            return;
        }
        let magnitudes = values.iter().map(|x| x.abs());
        if exact.is_some() {
            assert_eq!(sums.high[lane], magnitudes.clone().fold(0.0, f64::max));
            let least = magnitudes.filter(|&x| x != 0.0).reduce(f64::min);
            if let Some(least) = least.filter(|_| complete) {
                assert_eq!(sums.least[lane], least);
            }
        }
        if Q::SUM {
            match exact {
                Some(exact) if !is_too_large(values, *count, layout, false) => {
                    let difference: BigInt = &exact.sum - units(s1) - units(s2);
                    assert!(difference.abs() <= units(lost[0]), "Σx");
                }
                _ => assert!(s1.is_nan(), "Σx"),
            }
        }
        if Q::SQUARES {
            match (exact, &self.rounded_squares) {
                (Some(exact), Some(rounded)) if !is_too_large(values, *count, layout, true) => {
                    let errors: BigInt = &exact.squares - (rounded << 1074);
                    let difference: BigInt = errors - ((units(l1) + units(l2)) << 1074);
                    assert!(
                        difference.abs() <= units(lost[2]) << 1074,
                        "Σ (x² - RN(x²))"
                    );
                    let difference: BigInt = rounded - units(h1) - units(h2);
                    assert!(difference.abs() <= units(lost[1]), "Σ RN(x²)");
                }
                _ => assert!(h1.is_nan(), "Σx²"),
            }
        }
    }
}

/// Every sum is right up to what is said to be lost, in every way to sum up; and every quantity is gathered
/// alone as it is beside others.
fn check(names: &[&str; PACK], columns: &[&[f64]; PACK]) {
    let oracles = [false, true].map(|nans| columns.map(|column| Column::new(column, nans)));
    for set in InstructionSet::supported() {
        for &layout in Layout::of(columns[0].len()) {
            for care in Care::ALL {
                let complete = care.complete;
                let all = [
                    sums::<quantity::Sum>(set, columns, layout, care),
                    sums::<quantity::Squares>(set, columns, layout, care),
                    sums::<quantity::SumAndSquares>(set, columns, layout, care),
                    sums::<quantity::Describe>(set, columns, layout, care),
                    sums::<quantity::Extremes>(set, columns, layout, care),
                ];
                for (lane, column) in oracles[usize::from(care.nans)].iter().enumerate() {
                    let look = std::panic::AssertUnwindSafe(|| {
                        column.check::<quantity::Sum>(&all[0], lane, layout, complete);
                        column.check::<quantity::Squares>(&all[1], lane, layout, complete);
                        column.check::<quantity::SumAndSquares>(&all[2], lane, layout, complete);
                        column.check::<quantity::Describe>(&all[3], lane, layout, complete);
                        column.check::<quantity::Extremes>(&all[4], lane, layout, complete);
                    });
                    if let Err(panic) = std::panic::catch_unwind(look) {
                        let (n, name, set) = (column.count, names[lane], set.name());
                        eprintln!("{n} values, {name}, on {set}, {layout:?}, {care:?}");
                        std::panic::resume_unwind(panic);
                    }
                }
            }
        }
    }
}

#[test]
fn sums_are_right_up_to_what_is_lost() {
    let mut random = Random(1);
    for n in (1..=70).chain([100, 127, 128, 129, 255, 1000, 1024, 2049, MAX_VALUES]) {
        for pack in packs(&mut random, n) {
            let columns = std::array::from_fn(|lane| &pack[lane].1[..]);
            check(&std::array::from_fn(|lane| pack[lane].0), &columns);
        }
    }
}

/// Sums leave out any number of NaNs, wherever they are.
#[test]
fn nans_are_left_out() {
    let mut random = Random(8);
    for n in (1..=40).chain([100, 128, 129, 1000, MAX_VALUES]) {
        for pack in packs(&mut random, n) {
            let columns: [Vec<f64>; PACK] = std::array::from_fn(|lane| {
                let mut column = pack[lane].1.clone();
                random.put_nans(&mut column);
                column
            });
            let columns = std::array::from_fn(|lane| &columns[lane][..]);
            check(&std::array::from_fn(|lane| pack[lane].0), &columns);
        }
    }
}

/// log2 of the additions that the folds hold for n = 2^k values, in lanes of their own and along.
fn log2_adds(k: i32) -> [i32; 2] {
    [k, (k - 3).max(0) + 1]
}

/// Both folds of x are as full as they can be: all values are next to a power of two and leave residuals next
/// to half a unit of the first fold. The last value ends a bit below the second one.
#[test]
fn full_lanes_hold() {
    for k in 0..=12 {
        let n = 1 << k;
        for adds in log2_adds(k) {
            let half = power_of_two(adds + 1 - 52);
            let columns: [Vec<f64>; PACK] = std::array::from_fn(|lane| {
                let sign = if lane % 2 == 0 { 1.0 } else { -1.0 };
                let near = if lane % 4 < 2 {
                    half - f64::EPSILON
                } else {
                    f64::EPSILON - half
                };
                let mut column = vec![sign * (2.0 - 8.0 * half + near); n];
                if lane >= 4 && k > 0 {
                    column[n - 1] = (1.0 + f64::EPSILON) * power_of_two(2 * adds - 51);
                }
                column
            });
            let columns = std::array::from_fn(|lane| &columns[lane][..]);
            check(&["full"; PACK], &columns);
        }
    }
}

/// The last bits of all values but one are about the units of the last folds of x, RN(x²) and the error.
#[test]
fn last_bits_about_the_units() {
    let mut random = Random(7);
    for k in 1..=12 {
        for adds in log2_adds(k) {
            for limit in [2 * adds - 50, adds - 24, adds - 25] {
                let columns: [Vec<f64>; PACK] = std::array::from_fn(|lane| {
                    let mut odd = |_| {
                        let x = random.of_exponents(0, 0);
                        f64::from_bits(x.to_bits() | 1) * power_of_two(limit + lane as i32 - 4)
                    };
                    let mut column: Vec<f64> = (0..1 << k).map(&mut odd).collect();
                    column[1 << (k - 1)] = 1.0;
                    column
                });
                let columns = std::array::from_fn(|lane| &columns[lane][..]);
                check(&["last bits"; PACK], &columns);
            }
        }
    }
}

/// All values but one are a little less than half a unit of a last fold, and lost.
#[test]
fn losses_are_bounded() {
    for k in 0..=12i32 {
        let n = 1 << k;
        for (squares, unit) in [
            (false, 2 + 2 * k - 104),
            (true, 3 + 2 * k - 104),
            (true, 2 * k - 155),
        ] {
            for below in [0, 1, 2, 3, 20] {
                let small = 0.499 * power_of_two(unit - below);
                let small = if squares { small.sqrt() } else { small };
                let mut column = vec![small; n];
                column[n / 2] = 1.0 + f64::EPSILON;
                check(&["losses"; PACK], &[&column; PACK]);
            }
        }
    }
}

/// Else the tests above would see bounds alone.
#[test]
fn ordinary_numbers_lose_nothing() {
    let mut random = Random(2);
    for n in [1, 2, 3, 10, 30, 64, 1000, MAX_VALUES] {
        let columns: [Vec<f64>; PACK] =
            std::array::from_fn(|_| (0..n).map(|_| 1e3 + random.unit()).collect());
        let columns = std::array::from_fn(|lane| &columns[lane][..]);
        for set in InstructionSet::supported() {
            for &layout in Layout::of(n) {
                let sums =
                    sums::<quantity::SumAndSquares>(set, &columns, layout, Care::new(true, false));
                assert_eq!(sums.lost, [[0.0; PACK]; 3], "{n} numbers on {}", set.name());
            }
        }
    }
}
