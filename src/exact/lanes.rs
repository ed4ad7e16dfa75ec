//! Sums of few values, eight results at a time: each result has a lane, and its own window.
//!
//! A superaccumulator takes longer to make and to round than it takes to read some hundred values. Here the
//! values are read twice while they lie in the nearest cache: [`range`] finds the greatest and the least
//! nonzero magnitude of each lane, and [`fold`] adds the values to two folds, which start where [`start`] has
//! found that they hold all magnitudes up to the greatest. What a fold has moved by, its end minus its start,
//! is a double; so an exact sum is the sum of two doubles, which [`crate::round::certified`] rounds. Values
//! far below the greatest one may lose bits in the second fold; how much is bounded, and hardly ever decides
//! a rounding. NaNs are left out if need be: in their places both passes have zeros, which change no sum.
//!
//! | module | concept |
//! |---|---|
//! | [`sums`] | the sums of eight results |
//! | [`source`] | where lines lie |
//! | [`care`] | what the passes find out |
//! | [`tail`] | the values of one result after its last whole line |
//! | [`range`], [`start`], [`fold`] | greatest and least magnitudes; where folds start; both passes |
//!
//! Lines are eight values that lie together. Lanes are either results, whose values follow each other from
//! line to line, or places in the lines of one result: then their sums are added at the end.

mod care;
mod fold;
mod range;
mod source;
mod start;
mod sums;
mod tail;
#[cfg(test)]
pub(crate) mod tests;

use std::marker::PhantomData;

use super::Unaligned;
use super::columns::{FOLDS, PACK};
use super::quantity::Quantity;
use crate::simd::InstructionSet;
pub use care::Care;
use fold::FoldLines;
pub use source::{Line, Lines, Rows};
use start::is_gathered;
pub use sums::LaneSums;
use tail::Tail;

/// The most values of a result: the bounds of [`crate::round::certified`] are proved up to here.
pub const MAX_VALUES: usize = 1 << 12;

impl LaneSums {
    /// Sums up eight results, at most [`MAX_VALUES`] values each: a line has one value of each. The memory
    /// `ahead` bytes beyond each line is prefetched; it should belong to the array.
    pub fn across<Q: Quantity>(
        &mut self,
        set: InstructionSet,
        lines: impl Lines,
        ahead: isize,
        care: Care,
    ) {
        self.count = lines.len();
        if self.has_nans {
            self.nans = [0.0; PACK];
        }
        let log2_adds = log2_ceil(lines.len());
        self.fold::<Q>(set, lines, ahead, None, log2_adds, care);
        self.note_nans(care);
    }

    /// Sums up one result, of 8 to [`MAX_VALUES`] values, and puts its sums in the lane `lane` of `self`.
    /// The other lanes stay, and must belong to results of as many values.
    ///
    /// `ahead` and `care` are as for [`Self::across`]; `places` is scratch.
    pub fn along<Q: Quantity>(
        &mut self,
        set: InstructionSet,
        values: &[Unaligned],
        lane: usize,
        ahead: isize,
        care: Care,
        places: &mut Self,
    ) {
        let (lines, rest) = values.as_chunks();
        let tail = Tail::new(values, rest.len());
        // A lane of 2^k additions may move by 2^51 units. With a bit to spare it moves by 2^50, and the sum
        // of eight by 2^53. Zeros in the tail are no additions: they move nothing.
        let log2_adds = log2_ceil(values.len().div_ceil(PACK)) + 1;
        places.count = values.len();
        places.fold::<Q>(set, lines, ahead, Some(tail), log2_adds, care);
        self.count = values.len();
        self.nans[lane] = if care.nans {
            places.nans.iter().sum()
        } else {
            0.0
        };
        self.note_nans(care);
        self.high[lane] = places.high[0];
        self.least[lane] = places.least[0];
        for quantity in 0..3 {
            // Without sums, the first one is the witness of NaNs.
            if is_gathered::<Q>(quantity) || quantity == 0 && !Q::SUMS {
                self.lost[quantity][lane] = places.lost[quantity][0];
                for fold in 0..FOLDS {
                    // These are multiples of one unit, and their sums at most 2^53 units in any order; but
                    // errors that were summed up plainly are rounded, and `lost` knows of that.
                    let [a, b, c, d, e, f, g, h] = places.moved[quantity][fold];
                    self.moved[quantity][fold][lane] = ((a + b) + (c + d)) + ((e + f) + (g + h));
                }
            }
        }
        if Q::EXTREMES {
            self.extremes.set_lane(lane, &places.extremes);
        }
    }

    /// Notes whether NaNs were left out, with this care or, in other lanes, before.
    fn note_nans(&mut self, care: Care) {
        if care.nans || self.has_nans {
            self.has_nans = self.nans != [0.0; PACK];
        }
    }

    /// Runs the kernel. A tail belongs to one result, whose values the lines are.
    fn fold<Q: Quantity>(
        &mut self,
        set: InstructionSet,
        lines: impl Lines,
        ahead: isize,
        tail: Option<Tail>,
        log2_adds: u32,
        care: Care,
    ) {
        assert!((1..=MAX_VALUES).contains(&self.count));
        macro_rules! run {
            ($complete:literal, $nans:literal) => {
                set.run(FoldLines::<Q, _, $complete, $nans> {
                    lines,
                    ahead,
                    tail,
                    log2_adds,
                    sums: self,
                    quantity: PhantomData,
                })
            };
        }
        match (care.complete, care.nans) {
            (false, false) => run!(false, false),
            (false, true) => run!(false, true),
            (true, false) => run!(true, false),
            (true, true) => run!(true, true),
        }
    }
}

/// The least k with n <= 2^k.
fn log2_ceil(n: usize) -> u32 {
    n.next_power_of_two().trailing_zeros()
}
