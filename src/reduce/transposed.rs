//! Strips by way of a transposition in cache: tile by tile, each result's values are brought together and go
//! to its accumulator.
//!
//! The sizes of strips and tiles, and how far to prefetch, were chosen by measurement on two threads.

use std::mem::MaybeUninit;
use std::ops::Range;

use super::strip::{Row, no_memory};
use crate::error::Result;
use crate::exact::{Accumulate, Moments};
use crate::simd::vector::TRANSPOSED;
use crate::simd::{Kernel, Simd, in_force, prefetch};
use crate::sparse::Sparse;

/// Results in a tile: of doubles, those of a row take 32 cache lines.
const RESULTS_IN_TILE: usize = 256;

/// Rows that are transposed at a time: a tile of doubles has 528 KiB and lives in the second-level cache.
const ROWS_IN_TILE: usize = 256;

/// The distance from one result's values to the next one's in a tile. A power of two would use few sets of
/// the caches.
const TILE_PITCH: usize = ROWS_IN_TILE + TRANSPOSED;

/// How many rows ahead to prefetch, as the hardware's prefetching stops at the end of each row's piece. The
/// prefetches are spread evenly over the work, as the memory takes few requests at a time.
const ROWS_AHEAD: usize = 16;

/// The size of a cache line.
const CACHE_LINE_BYTES: usize = 64;

/// Accumulators of a strip's results, each made when there is something to add to it, and room to transpose
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
    /// Begins a strip of `len` results. The accumulator of a single result, which the strip before has left
    /// empty, stays: it knows a window.
    pub fn begin(&mut self, len: usize) -> Result<()> {
        if len == 1 && self.results.len() == 1 {
            return Ok(());
        }
        self.results.begin(len).map_err(no_memory)
    }

    /// The accumulator of a result.
    pub fn result(&mut self, index: usize) -> &mut A {
        self.results
            .get_or_insert_with(index, || A::new(in_force()))
    }

    /// Adds rows, which have a value for each result, `stride` bytes from one to the next.
    ///
    /// # Safety
    /// These values may be read.
    pub unsafe fn add(&mut self, rows: &[Row], stride: isize) -> Result<()> {
        if self.tile.is_empty() {
            self.tile
                .try_reserve_exact(RESULTS_IN_TILE * TILE_PITCH)
                .map_err(no_memory)?;
            self.tile
                .resize_with(RESULTS_IN_TILE * TILE_PITCH, MaybeUninit::uninit);
        }
        for columns in (0..self.results.len()).step_by(RESULTS_IN_TILE) {
            let columns = columns..self.results.len().min(columns + RESULTS_IN_TILE);
            for start in (0..rows.len()).step_by(ROWS_IN_TILE) {
                let (tile, next) = rows[start..].split_at(ROWS_IN_TILE.min(rows.len() - start));
                // SAFETY: the caller's promise.
                unsafe { self.transpose(tile, next, columns.clone(), stride) };
                self.accumulate(tile.len(), next, columns.clone(), stride);
            }
        }
        Ok(())
    }

    /// Fills the tile with some columns of rows, and prefetches rows that follow; `next` are those after
    /// `rows`.
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
        for (group, group_rows) in rows.chunks(TRANSPOSED).enumerate() {
            let ahead = |i: usize| {
                let index = group * TRANSPOSED + ROWS_AHEAD + i;
                rows.get(index).or_else(|| next.get(index - rows.len()))
            };
            let mut done = 0;
            if let Ok(group_rows) = <&[Row; TRANSPOSED]>::try_from(group_rows)
                && contiguous
                && size_of::<A::Raw>() == 8
            {
                let at = |row: &Row| row.0.wrapping_offset(first).cast();
                let ahead = std::array::from_fn(|i| at(ahead(i).unwrap_or(&group_rows[i])));
                let out = self.tile[group * TRANSPOSED..].as_mut_ptr().cast();
                done = columns.len() - columns.len() % TRANSPOSED;
                in_force().run(Transpose {
                    rows: &group_rows.each_ref().map(at),
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
                let out = &mut self.tile[column * TILE_PITCH + group * TRANSPOSED..];
                for (out, row) in out.iter_mut().zip(group_rows) {
                    let value = row.0.wrapping_offset(first + column as isize * stride);
                    // SAFETY: the caller's promise; raw elements have no alignment.
                    out.write(unsafe { value.cast::<A::Raw>().read() });
                }
            }
        }
    }

    /// Adds the tile's values, `values` of them to each result, and meanwhile prefetches the first of the
    /// `next` rows, a few cache lines with each result.
    fn accumulate(&mut self, values: usize, next: &[Row], columns: Range<usize>, stride: isize) {
        let first = columns.start as isize * stride;
        let per_row = lines_per_row(columns.len(), stride);
        let share = (ROWS_AHEAD * per_row).div_ceil(columns.len());
        for (i, column) in columns.enumerate() {
            for line in i * share..(i + 1) * share {
                if let Some(row) = next.get(line / per_row) {
                    let line = line % per_row;
                    prefetch_row(row, first, line..line + 1, stride);
                }
            }
            let values_of_column = self.tile[i * TILE_PITCH..].as_ptr().cast();
            // SAFETY: `transpose` wrote so many values of each result.
            let values = unsafe { std::slice::from_raw_parts(values_of_column, values) };
            self.result(column).add(values);
        }
    }

    /// The accumulator of a result, if it has one yet.
    pub fn get(&mut self, index: usize) -> Option<&mut A> {
        self.results.get_mut(index)
    }

    /// The moments of a result, which is empty afterwards; `None` if it has no accumulator yet.
    pub fn take(&mut self, index: usize) -> Option<Moments> {
        Some(self.results.get_mut(index)?.finish())
    }
}

/// Transposes columns of some rows into a tile.
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
        // SAFETY: `Transposed::transpose` gives rows that have `columns` elements of 8 bytes each, and a tile
        // that has room for as many columns at its pitch.
        unsafe { simd.transpose(rows, ahead, columns, out, TILE_PITCH) };
    }
}

/// Prefetches cache lines of a row, counted from the offset `first` on.
fn prefetch_row(row: &Row, first: isize, lines: Range<usize>, stride: isize) {
    for line in lines {
        let distance = (line * CACHE_LINE_BYTES) as isize * stride.signum();
        prefetch(row.0.wrapping_offset(first + distance));
    }
}

/// How many cache lines the values of `columns` results in a row span, at least 1.
fn lines_per_row(columns: usize, stride: isize) -> usize {
    (columns * stride.unsigned_abs())
        .div_ceil(CACHE_LINE_BYTES)
        .max(1)
}
