//! Strips of values that a mask selects: from each row they are appended to those of their results, tile by
//! tile, and accumulated like those of any array.

use std::mem::MaybeUninit;

use super::source::Mark;
use super::strip::{Row, Strip, no_memory};
use super::transposed::Transposed;
use crate::array::view::written;
use crate::error::Result;
use crate::exact::Accumulate;

/// Results in a tile.
const WIDTH: usize = 256;

/// Rows that are appended at a time: a tile of doubles has 528 KiB and lives in the second-level cache.
const ROWS: usize = 256;

/// From one result's values to the next one's in a tile: no power of two, which would fill few sets of the
/// caches.
const PITCH: usize = ROWS + 8;

/// A row's values, and the mask's elements beside them.
pub type MarkedRow = (Row, Mark);

/// Room for the selected values of some results.
pub struct Selected<R> {
    tile: Vec<MaybeUninit<R>>,
}

impl<R> Default for Selected<R> {
    fn default() -> Self {
        Self { tile: Vec::new() }
    }
}

impl<R: Copy> Selected<R> {
    /// Makes room; otherwise NO_MEMORY.
    pub fn begin(&mut self) -> Result<()> {
        if self.tile.is_empty() {
            let len = WIDTH * PITCH;
            self.tile.try_reserve_exact(len).map_err(no_memory)?;
            self.tile.resize_with(len, MaybeUninit::uninit);
        }
        Ok(())
    }

    /// Adds the selected values of rows to the results of a strip.
    ///
    /// # Safety
    /// The rows and their marks may be read, at the strip's strides.
    pub unsafe fn add<A: Accumulate<Raw = R>>(
        &mut self,
        rows: &[MarkedRow],
        strip: &Strip,
        results: &mut Transposed<A>,
    ) {
        for first in (0..strip.len).step_by(WIDTH) {
            let len = WIDTH.min(strip.len - first);
            for rows in rows.chunks(ROWS) {
                let mut filled = [0u16; WIDTH];
                for &(row, mark) in rows {
                    let value = row.0.wrapping_offset(first as isize * strip.stride);
                    let mark = mark.offset(first as isize * strip.mark_stride);
                    let filled = &mut filled[..len];
                    // SAFETY: the caller's promise.
                    unsafe {
                        match mark.size() {
                            1 => self.append::<1>(value, mark, strip, filled),
                            2 => self.append::<2>(value, mark, strip, filled),
                            4 => self.append::<4>(value, mark, strip, filled),
                            _ => self.append::<8>(value, mark, strip, filled),
                        }
                    }
                }
                let tile = self.tile.chunks_exact(PITCH).zip(filled);
                for (i, (values, filled)) in tile.take(len).enumerate() {
                    // SAFETY: so many were written.
                    let values = unsafe { written(&values[..filled.into()]) };
                    results.result(first + i).add(values);
                }
            }
        }
    }

    /// Appends the selected values of a row to those of their results.
    ///
    /// # Safety
    /// As many values and marks as there are results may be read.
    #[inline]
    unsafe fn append<const SIZE: usize>(
        &mut self,
        value: *const u8,
        mark: Mark,
        strip: &Strip,
        filled: &mut [u16],
    ) {
        let columns = self.tile.chunks_exact_mut(PITCH).zip(filled);
        for (i, (column, filled)) in (0..).zip(columns) {
            let value = value.wrapping_offset(i * strip.stride);
            // The place after the last value that was selected is free, as there are fewer than ROWS of them
            // yet.
            // SAFETY: the caller's promise; raw elements have no alignment.
            column[usize::from(*filled)].write(unsafe { value.cast::<R>().read() });
            // SAFETY: as above.
            *filled += u16::from(unsafe { mark.offset(i * strip.mark_stride).selects::<SIZE>() });
        }
    }
}
