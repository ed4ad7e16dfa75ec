//! The column kernel: each column of a matrix against the plain oracle, on every instruction set.

use proptest::prelude::*;

use super::{BLOCK_ROWS, Columns, PACK, PASS_ROWS};
use crate::exact::quantity::{self, Quantity};
use crate::exact::{Moments, as_unaligned, naive};
use crate::round::statistics;
use crate::simd::InstructionSet;
use crate::test_values::any_values;

/// Passes over a block of rows.
fn pass_over<Q: Quantity>(columns: &mut Columns<Q>, block: &[&[f64]]) {
    for rows in block.chunks(PASS_ROWS) {
        let rows: Vec<*const f64> = rows.iter().map(|row| row.as_ptr()).collect();
        // SAFETY: rows as long as there are columns.
        unsafe { columns.pass(&rows, &[]) };
    }
}

/// The moments of each column, and how many blocks were left out of columns: those values are added by the
/// oracle. Blocks have `block` rows.
fn reduce<Q: Quantity>(
    set: InstructionSet,
    rows: &[&[f64]],
    block: usize,
) -> (Vec<Moments>, usize) {
    let width = rows[0].len();
    let mut columns = Columns::<Q>::new(set);
    columns.begin(width).expect("memory");
    let mut others = vec![Moments::default(); width];
    let mut left_out = 0;
    for block in rows.chunks(block) {
        columns.begin_block();
        pass_over(&mut columns, block);
        if columns.settle() > 0 {
            pass_over(&mut columns, block);
            let pending = columns.settle();
            assert_eq!(columns.pending().count(), pending);
            left_out += pending;
            for column in columns.pending() {
                let values: Vec<f64> = block.iter().map(|row| row[column]).collect();
                others[column].merge(&naive::moments(as_unaligned(&values)));
            }
        }
    }
    let moments = others.iter().enumerate().map(|(column, other)| {
        let mut moments = columns.take(column);
        moments.merge(other);
        moments
    });
    (moments.collect(), left_out)
}

/// Every column agrees with the oracle in the quantities gathered.
fn check(rows: &[&[f64]], block: usize) {
    for set in InstructionSet::supported() {
        let (all, _) = reduce::<quantity::Describe>(set, rows, block);
        let (both, _) = reduce::<quantity::SumAndSquares>(set, rows, block);
        let (sums, _) = reduce::<quantity::Sum>(set, rows, block);
        let (squares, _) = reduce::<quantity::Squares>(set, rows, block);
        for column in 0..rows[0].len() {
            let values: Vec<f64> = rows.iter().map(|row| row[column]).collect();
            let oracle = naive::moments(as_unaligned(&values));
            let (sum, square) = (
                oracle.sum.clone().into_words(),
                oracle.squares.clone().into_words(),
            );
            let name = set.name();
            assert_eq!(all[column].sum.clone().into_words(), sum, "{name}");
            assert_eq!(all[column].squares.clone().into_words(), square, "{name}");
            assert_eq!(all[column].extremes, oracle.extremes, "{name}");
            assert_eq!(both[column].sum.clone().into_words(), sum, "{name}");
            assert_eq!(sums[column].sum.clone().into_words(), sum, "{name}");
            assert_eq!(both[column].squares.clone().into_words(), square, "{name}");
            assert_eq!(
                squares[column].squares.clone().into_words(),
                square,
                "{name}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn columns_agree_with_the_oracle(
        columns in prop::collection::vec(any_values(200), PACK..30),
        block in 1..=BLOCK_ROWS,
    ) {
        // Columns of different magnitudes, side by side.
        let length = columns.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let rows: Vec<Vec<f64>> = (0..length)
            .map(|i| columns.iter().map(|column| column.get(i).copied().unwrap_or(0.0)).collect())
            .collect();
        check(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>(), block);
    }
}

/// Totals must be deposited before they overflow. With 64 rows of just below 2 each block moves a lane by
/// nearly 2^50 units, of one sign; one row a block reaches the number of blocks soonest.
#[test]
fn totals_do_not_overflow() {
    let (high, low) = (2.0f64.next_down(), [1.0; PACK]);
    let row = [high; PACK];
    for (block, blocks) in [(BLOCK_ROWS, 9000), (1, 5000)] {
        // A first block of ones makes the window as narrow as it can be.
        let rows: Vec<&[f64]> = std::iter::repeat_n(&low[..], block)
            .chain(std::iter::repeat_n(&row[..], block * blocks))
            .collect();
        let n = (block * blocks) as f64;
        for set in InstructionSet::supported() {
            let (moments, left_out) = reduce::<quantity::Describe>(set, &rows, block);
            assert_eq!(left_out, 0);
            for moments in moments {
                // n·2 and n are doubles, and what is left of the products is far below half an ulp.
                assert_eq!(
                    statistics::sum(&moments),
                    2.0 * n + block as f64 - n * 2f64.powi(-52)
                );
                let squares = 4.0 * n + block as f64 - n * 2f64.powi(-50);
                assert_eq!(statistics::norm(&moments), squares.sqrt());
            }
        }
    }
}

/// Ordinary numbers stay in the kernel: else the tests above would only see the oracle.
#[test]
fn ordinary_blocks_are_taken() {
    let mut state = 1u64;
    let mut value = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 11) as f64 * 2f64.powi(-53) - 0.5
    };
    let rows: Vec<Vec<f64>> = (0..6400)
        .map(|_| (0..13).map(|_| value()).collect())
        .collect();
    let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
    for set in InstructionSet::supported() {
        let (_, left_out) = reduce::<quantity::SumAndSquares>(set, &rows, BLOCK_ROWS);
        assert!(left_out < 5, "{left_out} blocks on {}", set.name());
    }
    check(&rows, BLOCK_ROWS);
}
