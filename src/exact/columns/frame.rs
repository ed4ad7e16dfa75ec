//! The part of a pack that is used only between blocks of rows: windows, totals and extremes.

use super::pack::{FOLDS, LOG2_BLOCK_ROWS, PACK, Pack, Quantities};
use crate::exact::Moments;
use crate::exact::extremes::Extremes;
use crate::exact::moments::Counts;
use crate::exact::quantity::Quantity;
use crate::exact::short::Short;
use crate::exact::window::{Depth, Totals, Window};
use crate::sparse::Sparse;

/// The most blocks that totals hold: a block changes a lane by at most 2^51 units, so totals stay below 2^63.
pub const MAX_BLOCKS: u32 = 1 << 11;

/// The windows, totals and extremes of a pack. Passes over rows do not use them.
pub struct Frame {
    /// The start values of the windows' folds.
    start: Quantities<f64>,
    /// The bound that admitted magnitudes are below; for columns without a window the least nonzero number,
    /// as zeros fit any window.
    above: [f64; PACK],
    /// The least nonzero magnitudes that are admitted.
    least: [f64; PACK],
    windows: [Option<Window>; PACK],
    totals: Quantities<i64>,
    /// The extremes of the blocks that were added.
    pub extremes: [Extremes; PACK],
    /// How many blocks the totals hold.
    pub blocks: u32,
    /// Bit i is set if lane i is this pack's own; some lanes of the last pack may belong to the pack before.
    pub owned: u8,
    /// Bit i is set if the present block has yet to be added to lane i.
    pub pending: u8,
}

impl Frame {
    /// The frame of a pack of columns without values.
    pub fn new(owned: u8) -> Self {
        Self {
            start: [[[1.5; PACK]; FOLDS]; 3],
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

    /// Adds the running sums of the pending columns that fit their windows to the totals, and returns the
    /// columns that are still pending.
    #[inline(always)]
    pub fn settle<Q: Quantity>(&mut self, running: &Pack) -> u8 {
        // A NaN makes its lane NaN.
        let witness = &running.folds[usize::from(!Q::SUM)][0];
        let mut taken = [0i64; PACK];
        for (lane, taken) in taken.iter_mut().enumerate() {
            let least = running.least[lane];
            let holds = running.high[lane] < self.above[lane]
                && (least == 0.0 || least >= self.least[lane]);
            let fits =
                (holds || !Q::SUMS) && !witness[lane].is_nan() && self.pending >> lane & 1 != 0;
            *taken = -i64::from(fits);
        }
        for quantity in 0..3 {
            for fold in 0..FOLDS {
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
        // A window for twice the greatest magnitude, if there is one, is more likely to hold later blocks.
        let candidates = [2.0 * high, high].map(|largest| {
            let window = largest
                .is_finite()
                .then(|| Window::new::<Q>(largest, LOG2_BLOCK_ROWS))?;
            window.map(|window| (window, window.depth(least, high) == Some(Depth::Two)))
        });
        let holding = candidates.iter().flatten().find(|(_, holds)| *holds);
        let too_low = high >= self.above[lane];
        let choice = holding.or_else(|| candidates.iter().flatten().find(|_| too_low));
        if let Some(&(window, _)) = choice {
            if self.windows[lane].is_some() {
                let moments = deposited.get_or_insert_with(column, Moments::default);
                self.deposit::<Q>(lane, moments);
            }
            self.above[lane] = window.above;
            self.least[lane] = window.least(Depth::Two);
            for (quantity, folds) in [&window.sum, &window.square, &window.error]
                .iter()
                .enumerate()
            {
                for fold in 0..FOLDS {
                    self.start[quantity][fold][lane] = folds.start[fold];
                }
            }
            self.windows[lane] = Some(window);
        }
    }

    /// The moments of a column with these counts, if a few words hold them; the column is empty afterwards.
    pub fn short<Q: Quantity>(&mut self, lane: usize, counts: Counts) -> Option<Short> {
        let mut totals = Totals::default();
        let all = [&mut totals.sum, &mut totals.square, &mut totals.error];
        for (to, from) in all.into_iter().zip(&self.totals) {
            for (to, from) in to.iter_mut().zip(from) {
                to[0] = from[lane];
            }
        }
        let window = self.windows[lane].unwrap_or_default();
        let short = totals.short::<Q>(&window, counts, self.extremes[lane])?;
        for fold in self.totals.iter_mut().flatten() {
            fold[lane] = 0;
        }
        self.extremes[lane] = Extremes::EMPTY;
        Some(short)
    }

    /// Moves a column's totals to its moments, and leaves zeros.
    pub fn deposit<Q: Quantity>(&mut self, lane: usize, moments: &mut Moments) {
        let Some(window) = &self.windows[lane] else {
            return; // all values were zeros
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
