//! Strips of neighbouring results, filled together.

use std::mem::MaybeUninit;
use std::ops::Range;

use crate::array::View;
use crate::array::space::Space;
use crate::error::{Error, PAREXACT_ERROR_NO_MEMORY, Result};
use crate::exact::Accumulate;
use crate::exact::simd::{TRANSPOSED, kernels};

/// Results in a strip: for doubles a row of it is 32 cache lines. Strips, tiles and prefetching were chosen by measurement, on two
/// threads.
pub const WIDTH: usize = 256;

/// Values of each result that are transposed at a time: a tile of doubles has 528 KiB and lives in the second-level cache.
const ROWS: usize = 256;

/// From one result's values to the next one's in a tile: no power of two, which would fill few sets of the caches.
const PITCH: usize = ROWS + TRANSPOSED;

/// Rows to ask the memory for in advance, as its own prefetching ends with each row's piece; evenly over the work, as it can
/// only take few requests at a time.
const AHEAD: usize = 16;

/// Bytes of a cache line.
const LINE: usize = 64;

/// Results whose values lie next to each other.
#[derive(Debug, Clone, Copy)]
pub struct Strip {
    /// Where the first value of the first result lies.
    pub offset: isize,
    /// From one result's value to the next one's, in bytes.
    pub stride: isize,
    /// Index of the first result.
    pub result: isize,
    /// From one result's index to the next one's.
    pub step: isize,
    /// How many results, at most [`WIDTH`].
    pub len: usize,
}

/// Accumulators of a strip's results, and room to transpose their values.
pub struct Accumulators<A: Accumulate> {
    results: Vec<A>,
    rows: Vec<Row>,
    tile: Vec<MaybeUninit<A::Raw>>,
}

/// The first result's value, followed by the others'.
#[derive(Clone, Copy)]
struct Row(*const u8);

// SAFETY: rows are only used within one call, and point into an array that any thread may read.
unsafe impl Send for Row {}

impl<A: Accumulate> Default for Accumulators<A> {
    fn default() -> Self {
        Self {
            results: Vec::new(),
            rows: Vec::new(),
            tile: Vec::new(),
        }
    }
}

impl<A: Accumulate> Accumulators<A> {
    /// Begins a strip of `len` results, unless it has begun.
    pub fn begin(&mut self, len: usize) -> Result<()> {
        if !self.results.is_empty() {
            return Ok(());
        }
        let no_memory = |_| {
            Error::new(
                PAREXACT_ERROR_NO_MEMORY,
                "no memory to reduce a strip of results",
            )
        };
        self.results.try_reserve_exact(len).map_err(no_memory)?;
        self.results.extend((0..len).map(|_| A::new(kernels())));
        if len > 1 && self.tile.is_empty() {
            self.tile
                .try_reserve_exact(WIDTH * PITCH)
                .map_err(no_memory)?;
            self.tile.resize_with(WIDTH * PITCH, MaybeUninit::uninit);
        }
        Ok(())
    }

    /// Adds the values `range` of each result; `reduced` says where they lie, relative to the first.
    pub fn add(
        &mut self,
        view: &View,
        reduced: &Space<1>,
        strip: &Strip,
        range: Range<usize>,
    ) -> Result<()> {
        if let [result] = &mut self.results[..] {
            // SAFETY: the values of one result are elements of the array.
            let values = unsafe { view.part(strip.offset, *reduced) };
            values.for_each_tile::<A::Raw>(range, |values| result.add(values));
            return Ok(());
        }
        self.rows.clear();
        self.rows
            .try_reserve(range.len())
            .map_err(|_| Error::new(PAREXACT_ERROR_NO_MEMORY, "no memory to list rows"))?;
        let first = view.data().wrapping_offset(strip.offset);
        reduced.runs(range, |[offset], run, [stride]| {
            let row = |i: usize| Row(first.wrapping_offset(offset + i as isize * stride));
            self.rows.extend((0..run).map(row));
        });
        let mut start = 0;
        while start < self.rows.len() {
            let end = self.rows.len().min(start + ROWS);
            self.transpose(start..end, strip.stride);
            self.accumulate(end - start, end, strip.stride);
            start = end;
        }
        Ok(())
    }

    /// Fills the tile from rows.
    fn transpose(&mut self, rows: Range<usize>, stride: isize) {
        let columns = self.results.len();
        let contiguous = stride == size_of::<A::Raw>() as isize;
        for (group, start) in rows.clone().step_by(TRANSPOSED).enumerate() {
            let lines = &self.rows[start..rows.end.min(start + TRANSPOSED)];
            let mut column = 0;
            if let Ok(lines) = <&[Row; TRANSPOSED]>::try_from(lines)
                && contiguous
                && size_of::<A::Raw>() == 8
            {
                let ahead = std::array::from_fn(|i| {
                    let row = self.rows.get(start + AHEAD + i);
                    row.unwrap_or(&lines[i]).0.cast()
                });
                let out = self.tile[group * TRANSPOSED..].as_mut_ptr().cast();
                let lines = lines.map(|row| row.0.cast());
                column = columns - columns % TRANSPOSED;
                // SAFETY: each row has `columns` elements of 8 bytes, and the tile a pitch's room for each.
                unsafe { kernels().transpose(&lines, &ahead, column, out, PITCH) };
            } else {
                let per_row = lines_per_row(columns, stride);
                self.prefetch(start + AHEAD, 0..TRANSPOSED * per_row, stride);
            }
            for column in column..columns {
                let out = &mut self.tile[column * PITCH + group * TRANSPOSED..];
                for (out, row) in out.iter_mut().zip(lines) {
                    let value = row.0.wrapping_offset(column as isize * stride);
                    // SAFETY: an element of the array; raw elements have no alignment.
                    out.write(unsafe { value.cast::<A::Raw>().read() });
                }
            }
        }
    }

    /// Adds the tile's values, so many for each result; meanwhile the memory fetches the rows from `next` on, a few lines for
    /// each result.
    fn accumulate(&mut self, values: usize, next: usize, stride: isize) {
        let columns = self.results.len();
        let share = (AHEAD * lines_per_row(columns, stride)).div_ceil(columns);
        for column in 0..columns {
            self.prefetch(next, column * share..(column + 1) * share, stride);
            let first = self.tile[column * PITCH..].as_ptr().cast();
            // SAFETY: of each result as many values were written.
            self.results[column].add(unsafe { std::slice::from_raw_parts(first, values) });
        }
    }

    /// Asks for cache lines, counted from the first one of row `start` on.
    fn prefetch(&self, start: usize, lines: Range<usize>, stride: isize) {
        let per_row = lines_per_row(self.results.len(), stride);
        for line in lines {
            let Some(row) = self.rows.get(start + line / per_row) else {
                return;
            };
            let offset = (line % per_row * LINE) as isize * stride.signum();
            let at = row.0.wrapping_offset(offset);
            #[cfg(target_arch = "x86_64")]
            // SAFETY: prefetching needs no valid address, and every x86-64 has the instruction.
            unsafe {
                std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(at.cast());
            }
            #[cfg(not(target_arch = "x86_64"))]
            let _ = at;
        }
    }

    /// Adds what others hold of the same strip.
    pub fn merge(&mut self, others: Self) {
        if self.results.is_empty() {
            *self = others;
            return;
        }
        for (result, other) in self.results.iter_mut().zip(others.results) {
            result.merge(other);
        }
    }

    /// Ends the strip: the accumulators of its results.
    pub fn drain(&mut self) -> impl Iterator<Item = A> + '_ {
        self.results.drain(..)
    }
}

/// Cache lines that a row of so many results spans, at least 1.
fn lines_per_row(columns: usize, stride: isize) -> usize {
    (columns * stride.unsigned_abs()).div_ceil(LINE).max(1)
}
