//! Where the values of neighbouring results lie, and how many of them are brought together at a time.

use crate::exact::Element;
use crate::exact::columns::PACK;

/// The most packs of results that are gathered together: pieces of 2 KiB of each row, along which the
/// hardware prefetches.
pub const PACKS_IN_PANEL: usize = 32;

/// The most lines that are gathered together: 256 KiB, which stay in the second-level cache.
pub const LINES_IN_PANEL: usize = 1 << 12;

/// Where the values of neighbouring results lie.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    /// Where the offsets of the first result's values count from.
    pub first: *const u8,
    /// From one result's value to the next one's, in bytes.
    pub stride: isize,
    /// How many results there are.
    pub results: usize,
    /// Where each of a result's values lies, in bytes.
    pub offsets: &'a [isize],
    /// Do the values of a result follow each other in memory?
    pub contiguous: bool,
}

impl Values<'_> {
    /// Do the results, at least a pack of them, lie side by side?
    pub fn are_side_by_side<T: Element>(&self) -> bool {
        self.stride == size_of::<T::Raw>() as isize && self.results >= PACK
    }

    /// Where the offsets of a result's values count from.
    pub fn result(&self, result: usize) -> *const u8 {
        self.first.wrapping_offset(result as isize * self.stride)
    }

    /// The address of a value of a result. Beyond the last result there are copies of it.
    pub fn at(&self, result: usize, value: usize) -> *const u8 {
        let result = self.result(result.min(self.results - 1));
        result.wrapping_offset(self.offsets[value])
    }
}

/// Some packs of neighbouring results.
#[derive(Debug, Clone, Copy)]
pub struct Panel {
    /// The first result of the first pack.
    first: usize,
    /// How many packs there are.
    pub packs: usize,
    /// How many results there are in all panels.
    results: usize,
}

impl Panel {
    /// The panels of so many results with `count` values each.
    pub fn of(results: usize, count: usize) -> impl Iterator<Item = Self> {
        let most = (LINES_IN_PANEL / count).clamp(1, PACKS_IN_PANEL);
        let packs = results.div_ceil(PACK);
        (0..packs).step_by(most).map(move |pack| Self {
            first: pack * PACK,
            packs: most.min(packs - pack),
            results,
        })
    }

    /// The first result of a pack. The last pack begins so that it ends with the last result.
    pub fn first_of(&self, pack: usize) -> usize {
        (self.first + pack * PACK).min(self.results.saturating_sub(PACK))
    }

    /// The lanes of a pack that have results, and not those of the pack before, as bits.
    pub fn owned(&self, pack: usize) -> u8 {
        if self.results < PACK {
            return u8::MAX >> (PACK - self.results);
        }
        u8::MAX << (self.first + pack * PACK - self.first_of(pack))
    }
}
