//! Strips by way of a transposition in cache: each result's values are brought together, tile by tile, and
//! accumulated like those of any array.
//!
//! Strips, tiles and prefetching were chosen by measurement, on two threads.

use std::mem::MaybeUninit;
use std::ops::Range;

use super::strip::{Row, no_memory};
use crate::error::Result;
use crate::exact::sparse::Sparse;
use crate::exact::{Accumulate, Moments};
use crate::simd::vector::TRANSPOSED;
use crate::simd::{Kernel, Simd, in_force, prefetch};

/// Results in a tile: for doubles a row of it is 32 cache lines.
const WIDTH: usize = 256;

/// Values of each result that are transposed at a time: a tile of doubles has 528 KiB and lives in the
/// second-level cache.
const ROWS: usize = 256;

/// From one result's values to the next one's in a tile: no power of two, which would fill few sets of the
/// caches.
const PITCH: usize = ROWS + TRANSPOSED;

/// Rows to ask the memory for in advance, as its own prefetching ends with each row's piece; evenly over the
/// work, as it can only take few requests at a time.
const AHEAD: usize = 16;

/// Bytes of a cache line.
const LINE: usize = 64;

/// Accumulators of a strip's results, made when there is something to add, and room to transpose their
/// values.
pub struct Transposed<A: Accumulate> {
    results: Sparse<A>,
    tile: Vec<MaybeUninit<A::Raw>>,
}

impl<A: Accumulate> Default for Transposed<A> {
    fn default() -> Self {
        Self {
            results: Sparse::default(),
            tile: Vec::new(),
        }
    }
}

impl<A: Accumulate> Transposed<A> {
    /// Begins a strip of `len` results.
    pub fn begin(&mut self, len: usize) -> Result<()> {
        self.results.begin(len).map_err(no_memory)
    }

    /// The accumulator of a result.
    pub fn result(&mut self, index: usize) -> &mut A {
        self.results
            .get_or_insert_with(index, || A::new(in_force()))
    }

    /// Adds rows of values, one for each result, `stride` bytes from one to the next.
    ///
    /// # Safety
    /// They may be read.
    pub unsafe fn add(&mut self, rows: &[Row], stride: isize) -> Result<()> {
        if self.tile.is_empty() {
            self.tile
                .try_reserve_exact(WIDTH * PITCH)
                .map_err(no_memory)?;
            self.tile.resize_with(WIDTH * PITCH, MaybeUninit::uninit);
        }
        for columns in (0..self.results.len()).step_by(WIDTH) {
            let columns = columns..self.results.len().min(columns + WIDTH);
            for start in (0..rows.len()).step_by(ROWS) {
                let (tile, next) = rows[start..].split_at(ROWS.min(rows.len() - start));
                // SAFETY: the caller's promise.
                unsafe { self.transpose(tile, next, columns.clone(), stride) };
                self.accumulate(tile.len(), next, columns.clone(), stride);
            }
        }
        Ok(())
    }

    /// Fills the tile from some columns of rows; `next` are the rows after those.
    ///
    /// # Safety
    /// As for [`Self::add`].
    unsafe fn transpose(
        &mut self,
        rows: &[Row],
        next: &[Row],
        columns: Range<usize>,
        stride: isize,
    ) {
        let first = columns.start as isize * stride;
        let contiguous = stride == size_of::<A::Raw>() as isize;
        for (group, lines) in rows.chunks(TRANSPOSED).enumerate() {
            let ahead = |i: usize| {
                let index = group * TRANSPOSED + AHEAD + i;
                rows.get(index).or_else(|| next.get(index - rows.len()))
            };
            let mut done = 0;
            if let Ok(lines) = <&[Row; TRANSPOSED]>::try_from(lines)
                && contiguous
                && size_of::<A::Raw>() == 8
            {
                let at = |row: &Row| row.0.wrapping_offset(first).cast();
                let ahead = std::array::from_fn(|i| at(ahead(i).unwrap_or(&lines[i])));
                let out = self.tile[group * TRANSPOSED..].as_mut_ptr().cast();
                done = columns.len() - columns.len() % TRANSPOSED;
                in_force().run(Transpose {
                    rows: &lines.each_ref().map(at),
                    ahead: &ahead,
                    columns: done,
                    out,
                });
            } else {
                for row in (0..TRANSPOSED).filter_map(ahead) {
                    prefetch_row(row, first, 0..lines_per_row(columns.len(), stride), stride);
                }
            }
            for column in done..columns.len() {
                let out = &mut self.tile[column * PITCH + group * TRANSPOSED..];
                for (out, row) in out.iter_mut().zip(lines) {
                    let value = row.0.wrapping_offset(first + column as isize * stride);
                    // SAFETY: an element of the array; raw elements have no alignment.
                    out.write(unsafe { value.cast::<A::Raw>().read() });
                }
            }
        }
    }

    /// Adds the tile's values, so many for each result; meanwhile the memory fetches the first of the `next`
    /// rows, a few lines for each result.
    fn accumulate(&mut self, values: usize, next: &[Row], columns: Range<usize>, stride: isize) {
        let first = columns.start as isize * stride;
        let per_row = lines_per_row(columns.len(), stride);
        let share = (AHEAD * per_row).div_ceil(columns.len());
        for (i, column) in columns.enumerate() {
            for line in i * share..(i + 1) * share {
                if let Some(row) = next.get(line / per_row) {
                    let line = line % per_row;
                    prefetch_row(row, first, line..line + 1, stride);
                }
            }
            let values_of_column = self.tile[i * PITCH..].as_ptr().cast();
            // SAFETY: of each result as many values were written.
            let values = unsafe { std::slice::from_raw_parts(values_of_column, values) };
            self.result(column).add(values);
        }
    }

    /// What was added to a result; the result is empty afterwards.
    pub fn take(&mut self, index: usize) -> Option<Moments> {
        let result = self.results.get_mut(index)?;
        Some(std::mem::replace(result, A::new(in_force())).finish())
    }
}

/// Brings columns of some rows together in a tile.
struct Transpose<'a> {
    rows: &'a [*const u64; TRANSPOSED],
    ahead: &'a [*const u64; TRANSPOSED],
    columns: usize,
    out: *mut u64,
}

impl Kernel for Transpose<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self {
            rows,
            ahead,
            columns,
            out,
        } = self;
        // SAFETY: each row has as many elements of 8 bytes, and the tile a pitch's room for each: see
        // `transpose`.
        unsafe { simd.transpose(rows, ahead, columns, out, PITCH) };
    }
}

/// Asks the memory for cache lines of a row, counted from `first` on.
fn prefetch_row(row: &Row, first: isize, lines: Range<usize>, stride: isize) {
    for line in lines {
        let distance = (line * LINE) as isize * stride.signum();
        prefetch(row.0.wrapping_offset(first + distance));
    }
}

/// Cache lines that a row of so many results spans, at least 1.
fn lines_per_row(columns: usize, stride: isize) -> usize {
    (columns * stride.unsigned_abs()).div_ceil(LINE).max(1)
}
