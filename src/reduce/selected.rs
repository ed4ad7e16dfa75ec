//! Strips under a mask: the selected values of each row are appended to the columns of their results in a
//! tile, and the columns go to the results' accumulators.

use std::mem::MaybeUninit;

use super::source::Mark;
use super::strip::{Row, Strip, no_memory};
use super::transposed::Transposed;
use crate::array::view::written;
use crate::error::Result;
use crate::exact::Accumulate;

/// Results, and so columns, in a tile.
const RESULTS_IN_TILE: usize = 256;

/// Rows that are appended at a time: a tile of doubles has 528 KiB and lives in the second-level cache.
const ROWS_IN_TILE: usize = 256;

/// The distance from one result's values to the next one's in a tile. A power of two would use few sets of
/// the caches.
const TILE_PITCH: usize = ROWS_IN_TILE + 8;

/// A row, and the element of the mask that belongs to its first value.
pub type MarkedRow = (Row, Mark);

/// A tile: room for the selected values of some results.
pub struct Selected<R> {
    tile: Vec<MaybeUninit<R>>,
}

impl<R> Default for Selected<R> {
    fn default() -> Self {
        Self { tile: Vec::new() }
    }
}

impl<R: Copy> Selected<R> {
    /// Allocates the tile, once; NO_MEMORY if that fails.
    pub fn begin(&mut self) -> Result<()> {
        if self.tile.is_empty() {
            let len = RESULTS_IN_TILE * TILE_PITCH;
            self.tile.try_reserve_exact(len).map_err(no_memory)?;
            self.tile.resize_with(len, MaybeUninit::uninit);
        }
        Ok(())
    }

    /// Adds the selected values of rows to the results of a strip.
    ///
    /// # Safety
    /// A value and an element of the mask may be read for each result, at the strip's strides.
    pub unsafe fn add<A: Accumulate<Raw = R>>(
        &mut self,
        rows: &[MarkedRow],
        strip: &Strip,
        results: &mut Transposed<A>,
    ) {
        for first in (0..strip.len).step_by(RESULTS_IN_TILE) {
            let len = RESULTS_IN_TILE.min(strip.len - first);
            for rows in rows.chunks(ROWS_IN_TILE) {
                let mut filled = [0u16; RESULTS_IN_TILE];
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
                let tile = self.tile.chunks_exact(TILE_PITCH).zip(filled);
                for (i, (values, filled)) in tile.take(len).enumerate() {
                    // SAFETY: `append` wrote the first `filled` values of the column.
                    let values = unsafe { written(&values[..filled.into()]) };
                    results.result(first + i).add(values);
                }
            }
        }
    }

    /// Appends the selected values of a row to the columns of their results; elements of the mask have `SIZE`
    /// bytes.
    ///
    /// # Safety
    /// As many values and elements of the mask may be read as `filled` has numbers.
    #[inline]
    unsafe fn append<const SIZE: usize>(
        &mut self,
        value: *const u8,
        mark: Mark,
        strip: &Strip,
        filled: &mut [u16],
    ) {
        let columns = self.tile.chunks_exact_mut(TILE_PITCH).zip(filled);
        for (i, (column, filled)) in (0..).zip(columns) {
            let value = value.wrapping_offset(i * strip.stride);
            // Every value is written after the last selected one, and stays only if it is selected. There is
            // room, as fewer than ROWS_IN_TILE values were selected before.
            // SAFETY: the caller's promise; raw elements have no alignment.
            column[usize::from(*filled)].write(unsafe { value.cast::<R>().read() });
            // SAFETY: the caller's promise.
            *filled += u16::from(unsafe { mark.offset(i * strip.mark_stride).selects::<SIZE>() });
        }
    }
}
