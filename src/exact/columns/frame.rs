//! What is looked at between blocks of rows: a pack's windows, totals and extremes.

use super::pack::{DEPTH, LOG2_ROWS, PACK, Pack, Quantities};
use crate::exact::Moments;
use crate::exact::extremes::Extremes;
use crate::exact::quantity::Quantity;
use crate::exact::sparse::Sparse;
use crate::exact::window::{Depth, Window};

/// Each lane moves by at most 2^51 units a block: 2^11 blocks stay below 2^63.
pub const MAX_BLOCKS: u32 = 1 << 11;

/// What is looked at between blocks.
pub struct Frame {
    start: Quantities<f64>,
    /// Bounds of what the windows admit; for columns without one just below the least nonzero number: zeros
    /// fit anywhere.
    above: [f64; PACK],
    least: [f64; PACK],
    windows: [Option<Window>; PACK],
    totals: Quantities<i64>,
    /// Of the blocks that were added.
    pub extremes: [Extremes; PACK],
    /// Blocks that the totals hold.
    pub blocks: u32,
    /// Bit i: lane i is this pack's own; of the last pack, some may be those of the pack before.
    pub owned: u8,
    /// Bit i: the present block has yet to be added to lane i.
    pub pending: u8,
}

impl Frame {
    /// A pack of columns without values.
    pub fn new(owned: u8) -> Self {
        Self {
            start: [[[1.5; PACK]; DEPTH]; 3],
            above: [f64::from_bits(1); PACK],
            least: [0.0; PACK],
            windows: [None; PACK],
            totals: Quantities::default(),
            extremes: [Extremes::default(); PACK],
            blocks: 0,
            owned,
            pending: owned,
        }
    }

    /// The running sums at the start of a block.
    pub fn begin(&self) -> Pack {
        Pack {
            folds: self.start,
            high: [0.0; PACK],
            least: [f64::INFINITY; PACK],
        }
    }

    /// Adds what the pending columns that fit their windows moved by; returns the others.
    #[inline(always)]
    pub fn settle<Q: Quantity>(&mut self, running: &Pack) -> u8 {
        // A NaN anywhere leaves NaN in its column.
        let witness = &running.folds[usize::from(!Q::SUM)][0];
        let mut taken = [0i64; PACK];
        for (lane, taken) in taken.iter_mut().enumerate() {
            let least = running.least[lane];
            let fits = running.high[lane] < self.above[lane]
                && (least == 0.0 || least >= self.least[lane])
                && !witness[lane].is_nan()
                && self.pending >> lane & 1 != 0;
            *taken = -i64::from(fits);
        }
        for quantity in 0..3 {
            for fold in 0..DEPTH {
                let start = &self.start[quantity][fold];
                let totals = &mut self.totals[quantity][fold];
                for (lane, end) in running.folds[quantity][fold].iter().enumerate() {
                    let moved = end.to_bits().wrapping_sub(start[lane].to_bits());
                    totals[lane] += moved.cast_signed() & taken[lane];
                }
            }
        }
        let declined = |lane: usize| u8::from(taken[lane] == 0) << lane;
        (0..PACK).map(declined).sum::<u8>() & self.pending
    }

    /// Gives a column that declined a block a window that suits it better, if there is one.
    #[cold]
    pub fn adapt<Q: Quantity>(
        &mut self,
        running: &Pack,
        lane: usize,
        deposited: &mut Sparse<Moments>,
        column: usize,
    ) {
        let high = running.high[lane];
        if high == 0.0 || !high.is_finite() {
            return;
        }
        let least = match running.least[lane] {
            0.0 => f64::INFINITY,
            least => least,
        };
        // With some room for what may come, if it can be had.
        let candidates = [2.0 * high, high].map(|largest| {
            let window = largest
                .is_finite()
                .then(|| Window::new::<Q>(largest, LOG2_ROWS))?;
            window.map(|window| (window, window.depth(least, high) == Some(Depth::Two)))
        });
        let holding = candidates.iter().flatten().find(|(_, holds)| *holds);
        let too_low = high >= self.above[lane];
        let choice = holding.or_else(|| candidates.iter().flatten().find(|_| too_low));
        if let Some(&(window, _)) = choice {
            let moments = deposited.get_or_insert_with(column, Moments::default);
            self.deposit::<Q>(lane, moments);
            self.above[lane] = window.above;
            self.least[lane] = window.least(Depth::Two);
            for (quantity, folds) in [&window.sum, &window.square, &window.error]
                .iter()
                .enumerate()
            {
                for fold in 0..DEPTH {
                    self.start[quantity][fold][lane] = folds.start[fold];
                }
            }
            self.windows[lane] = Some(window);
        }
    }

    /// Moves a column's totals to its moments.
    pub fn deposit<Q: Quantity>(&mut self, lane: usize, moments: &mut Moments) {
        let Some(window) = &self.windows[lane] else {
            return; // nothing but zeros
        };
        let [sum, square, error] = self.totals.map(|folds| folds.map(|fold| fold[lane]));
        for folds in &mut self.totals {
            folds.iter_mut().for_each(|fold| fold[lane] = 0);
        }
        if Q::SUM {
            window.sum.deposit(&sum, &mut moments.sum);
        }
        if Q::SQUARES {
            window.square.deposit(&square, &mut moments.squares);
            window.error.deposit(&error, &mut moments.squares);
        }
    }
}
