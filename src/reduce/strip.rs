//! Strips of neighbouring results, which are computed together from rows that hold a value of each.

use std::collections::TryReserveError;

use crate::error::{Error, PAREXACT_ERROR_NO_MEMORY};

/// Results in a strip, chosen by measurement: for doubles a row of it is two pages, along which the hardware
/// prefetches.
pub const WIDTH: usize = 1024;

/// Results whose values lie next to each other.
#[derive(Debug, Clone, Copy, Default)]
pub struct Strip {
    /// Where the first value of the first result lies.
    pub offset: isize,
    /// From one result's value to the next one's, in bytes.
    pub stride: isize,
    /// Where the first result's first element of the mask lies; with no mask meaningless, as the next one.
    pub mark: isize,
    /// From one result's element of the mask to the next one's, in bytes.
    pub mark_stride: isize,
    /// Index of the first result.
    pub result: isize,
    /// From one result's index to the next one's.
    pub step: isize,
    /// How many results, at most [`WIDTH`].
    pub len: usize,
}

impl Strip {
    /// The index of a result in the whole reduction.
    pub fn index(&self, i: usize) -> usize {
        (self.result + i as isize * self.step) as usize
    }

    /// The strip of one of the results.
    pub fn result_alone(&self, i: usize) -> Self {
        let i = i as isize;
        Self {
            offset: self.offset + i * self.stride,
            mark: self.mark + i * self.mark_stride,
            result: self.result + i * self.step,
            len: 1,
            ..*self
        }
    }
}

/// The first result's value, followed by the others'.
#[derive(Debug, Clone, Copy)]
pub struct Row(pub *const u8);

// SAFETY: rows are only used within one call, and point into an array that any thread may read.
unsafe impl Send for Row {}

/// What a failed allocation answers.
pub fn no_memory(_: TryReserveError) -> Error {
    Error::new(
        PAREXACT_ERROR_NO_MEMORY,
        "no memory to reduce a strip of results",
    )
}
