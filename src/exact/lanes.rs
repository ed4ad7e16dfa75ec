//! Sums of few values, eight results at a time: each result has a lane, and its own window.
//!
//! A superaccumulator takes longer to make and to round than it takes to read some hundred values. Here the
//! values are read twice while they lie in the nearest cache: [`range`] finds the greatest and the least
//! nonzero magnitude of each lane, and [`fold`] adds the values to two folds, which start where [`start`] has
//! found that they hold all magnitudes up to the greatest. What a fold has moved by, its end minus its start,
//! is a double; so an exact sum is the sum of two doubles, which [`crate::round::certified`] rounds. Values
//! far below the greatest one may lose bits in the second fold; how much is bounded, and hardly ever decides
//! a rounding.
//!
//! Lines are eight values that lie together. Lanes are either results, whose values follow each other from
//! line to line, or places in the lines of one result: then their sums are added at the end.

mod fold;
mod range;
mod source;
mod start;
#[cfg(test)]
mod tests;

use std::marker::PhantomData;

use super::Unaligned;
use super::columns::{PACK, PackExtremes, Quantities};
use super::quantity::Quantity;
use crate::simd::InstructionSet;
use fold::FoldLines;
pub use source::{Line, Lines, Rows};

/// The most values of a result: the bounds of [`crate::round::certified`] are proved up to here.
pub const MAX_VALUES: usize = 1 << 12;

/// The sums of eight results.
#[repr(C, align(64))]
#[derive(Clone)]
pub struct LaneSums {
    /// For x, RN(x²) and the error x² - RN(x²): what each of both folds has moved by. Not gathered quantities
    /// are 0. NaN if a value of the lane is NaN or infinite, or too large for the folds.
    pub moved: Quantities<f64>,
    /// The start values 1.5·2^m of the second folds, or 0 where these have lost nothing.
    pub last: [[f64; PACK]; 3],
    /// The greatest magnitudes.
    pub high: [f64; PACK],
    /// The least nonzero magnitudes, infinite or 0 if there is none.
    pub least: [f64; PACK],
    /// The extremes, if they are gathered.
    pub extremes: PackExtremes,
    /// How many values each result has.
    pub count: usize,
}

impl LaneSums {
    /// The sums of no values.
    pub fn new() -> Self {
        Self {
            moved: Quantities::default(),
            last: Default::default(),
            high: [0.0; PACK],
            least: [0.0; PACK],
            extremes: PackExtremes::NONE,
            count: 0,
        }
    }

    /// Sums up eight results, at most [`MAX_VALUES`] values each: a line has one value of each. The memory
    /// `ahead` bytes beyond each line is prefetched; it must belong to the array.
    pub fn across<Q: Quantity>(&mut self, set: InstructionSet, lines: impl Lines, ahead: isize) {
        assert!((1..=MAX_VALUES).contains(&lines.len()));
        self.count = lines.len();
        set.run(FoldLines {
            lines,
            ahead,
            one_result: false,
            tail: None,
            log2_adds: lines.len().next_power_of_two().trailing_zeros(),
            sums: self,
            quantity: PhantomData::<Q>,
        });
    }

    /// Sums up one result, of at most [`MAX_VALUES`] values, and puts its sums in the lane `lane` of `self`.
    /// The other lanes stay, and must belong to results of as many values.
    /// The memory `ahead` bytes beyond each value is prefetched. `places` is scratch.
    pub fn along<Q: Quantity>(
        &mut self,
        set: InstructionSet,
        values: &[Unaligned],
        lane: usize,
        ahead: isize,
        places: &mut Self,
    ) {
        assert!((1..=MAX_VALUES).contains(&values.len()));
        let (lines, rest) = values.as_chunks();
        let tail = Tail::new(rest);
        let adds = lines.len() + usize::from(!rest.is_empty());
        set.run(FoldLines {
            lines,
            ahead,
            one_result: true,
            tail: tail.as_ref(),
            // A lane moves by at most 2^51 units. One bit more keeps the sum of eight within 2^53.
            log2_adds: adds.next_power_of_two().trailing_zeros() + 1,
            sums: places,
            quantity: PhantomData::<Q>,
        });
        self.count = values.len();
        self.least[lane] = places.least[0];
        self.high[lane] = places.high[0];
        for (to, from) in self.last.iter_mut().zip(&places.last) {
            to[lane] = from[0];
        }
        for (to, from) in self
            .moved
            .iter_mut()
            .flatten()
            .zip(places.moved.iter().flatten())
        {
            // These are multiples of one unit, and small enough for any order.
            to[lane] = from.iter().sum();
        }
        if Q::EXTREMES {
            self.extremes.set_lane(lane, &places.extremes);
        }
    }
}

/// The values after the last whole line of a result.
struct Tail {
    /// Filled up with values of the result, which changes no range.
    repeated: Line,
    /// Filled up with zeros, which change no sum.
    padded: Line,
}

impl Tail {
    fn new(rest: &[Unaligned]) -> Option<Self> {
        let &first = rest.first()?;
        let mut tail = Self {
            repeated: [first; PACK],
            padded: [[0; 8]; PACK],
        };
        tail.repeated[..rest.len()].copy_from_slice(rest);
        tail.padded[..rest.len()].copy_from_slice(rest);
        Some(tail)
    }
}
