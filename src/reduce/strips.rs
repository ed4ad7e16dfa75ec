//! Strips of neighbouring results, filled together.

use std::mem::MaybeUninit;
use std::ops::Range;

use crate::array::View;
use crate::array::space::Space;
use crate::error::{Error, PAREXACT_ERROR_NO_MEMORY, Result};
use crate::exact::Accumulate;
use crate::exact::simd::kernels;

/// Results in a strip: for doubles a row of it is 8 cache lines, enough for the memory to stream.
pub const WIDTH: usize = 64;

/// Values of each result that are transposed at a time: a tile of doubles has 128 KiB and lives in the second-level cache.
const ROWS: usize = 256;

/// Rows transposed together: of doubles, a cache line of each result's values.
const LANES: usize = 8;

/// Groups of rows to ask the memory for in advance: its own prefetching follows rows, not columns.
const AHEAD: usize = 2;

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
    tile: Vec<MaybeUninit<A::Raw>>,
}

impl<A: Accumulate> Default for Accumulators<A> {
    fn default() -> Self {
        Self {
            results: Vec::new(),
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
                .try_reserve_exact(WIDTH * ROWS)
                .map_err(no_memory)?;
            self.tile.resize_with(WIDTH * ROWS, MaybeUninit::uninit);
        }
        Ok(())
    }

    /// Adds the values `range` of each result; `reduced` says where they lie, relative to the first.
    pub fn add(&mut self, view: &View, reduced: &Space<1>, strip: &Strip, range: Range<usize>) {
        if let [result] = &mut self.results[..] {
            // SAFETY: the values of one result are elements of the array.
            let values = unsafe { view.part(strip.offset, *reduced) };
            values.for_each_tile::<A::Raw>(range, |values| result.add(values));
            return;
        }
        let mut rows = [std::ptr::null::<u8>(); ROWS];
        let mut filled = 0;
        reduced.runs(range, |[offset], run, [stride]| {
            let first = view.data().wrapping_offset(strip.offset + offset);
            let mut at = 0;
            while at < run {
                let count = (run - at).min(ROWS - filled);
                for (i, row) in rows[filled..filled + count].iter_mut().enumerate() {
                    *row = first.wrapping_offset((at + i) as isize * stride);
                }
                at += count;
                filled += count;
                if filled == ROWS {
                    self.add_rows(&rows, strip.stride);
                    filled = 0;
                }
            }
        });
        self.add_rows(&rows[..filled], strip.stride);
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

    /// Adds one value to each result for each of the rows, which point to the first result's value.
    fn add_rows(&mut self, rows: &[*const u8], stride: isize) {
        if rows.is_empty() {
            return;
        }
        let (groups, rest) = rows.as_chunks::<LANES>();
        let read = |row: *const u8, column: usize| {
            let value = row.wrapping_offset(column as isize * stride);
            // SAFETY: an element of the array; raw elements have no alignment.
            unsafe { value.cast::<A::Raw>().read() }
        };
        for (group, rows) in groups.iter().enumerate() {
            if let Some(ahead) = groups.get(group + AHEAD) {
                prefetch(ahead, self.results.len() as isize * stride);
            }
            for column in 0..self.results.len() {
                let out = &mut self.tile[column * ROWS + group * LANES..][..LANES];
                for (out, &row) in out.iter_mut().zip(rows) {
                    out.write(read(row, column));
                }
            }
        }
        for (row, &at) in rest.iter().enumerate() {
            for column in 0..self.results.len() {
                self.tile[column * ROWS + groups.len() * LANES + row].write(read(at, column));
            }
        }
        for (result, values) in self.results.iter_mut().zip(self.tile.chunks_exact(ROWS)) {
            // SAFETY: of each result as many values were written as there are rows.
            let values = unsafe { std::slice::from_raw_parts(values.as_ptr().cast(), rows.len()) };
            result.add(values);
        }
    }
}

/// Asks for `bytes` bytes of each row, forwards or backwards.
fn prefetch(rows: &[*const u8; LANES], bytes: isize) {
    for row in rows {
        for line in (0..bytes.unsigned_abs()).step_by(LINE) {
            let at = row.wrapping_offset(line as isize * bytes.signum());
            #[cfg(target_arch = "x86_64")]
            // SAFETY: prefetching needs no valid address, and every x86-64 has the instruction.
            unsafe {
                std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(at.cast());
            }
            #[cfg(not(target_arch = "x86_64"))]
            let _ = at;
        }
    }
}
