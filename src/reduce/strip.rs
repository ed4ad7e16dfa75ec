//! Strips of neighbouring results, which are computed together from rows that hold a value of each.

use std::collections::TryReserveError;

use crate::error::{Error, PAREXACT_ERROR_NO_MEMORY};

/// The most results in a strip, chosen by measurement: for doubles a row of it is two pages, along which the
/// hardware prefetches.
pub const RESULTS_IN_STRIP: usize = 1024;

/// Neighbouring results, whose values lie at a fixed distance from each other.
#[derive(Debug, Clone, Copy, Default)]
pub struct Strip {
    /// The offset in bytes of the first result's first value in the array.
    pub offset: isize,
    /// From one result's value to the next one's, in bytes.
    pub stride: isize,
    /// The offset in bytes of the first result's first element of the mask. Without a mask this and the next
    /// field mean nothing.
    pub mark: isize,
    /// From one result's element of the mask to the next one's, in bytes.
    pub mark_stride: isize,
    /// The index of the first result.
    pub result: isize,
    /// From one result's index to the next one's.
    pub index_step: isize,
    /// The number of results, at most [`RESULTS_IN_STRIP`].
    pub len: usize,
}

impl Strip {
    /// The index of a result in the whole reduction.
    pub fn index(&self, i: usize) -> usize {
        (self.result + i as isize * self.index_step) as usize
    }

    /// The strip of one of the results alone.
    pub fn result_alone(&self, i: usize) -> Self {
        let i = i as isize;
        Self {
            offset: self.offset + i * self.stride,
            mark: self.mark + i * self.mark_stride,
            result: self.result + i * self.index_step,
            len: 1,
            ..*self
        }
    }
}

/// A value of each result of a strip: points to the first result's one. The others follow at the strip's
/// stride.
#[derive(Debug, Clone, Copy)]
pub struct Row(pub *const u8);

// SAFETY: rows are only used within one call, and point into an array that any thread may read.
unsafe impl Send for Row {}

/// The error of an allocation that failed.
pub fn no_memory(_: TryReserveError) -> Error {
    Error::new(
        PAREXACT_ERROR_NO_MEMORY,
        "no memory to reduce a strip of results",
    )
}
