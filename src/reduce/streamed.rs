//! Strips by the column kernel, which adds rows as they lie in memory.

use super::strip::{Row, Strip, no_memory};
use super::transposed::Transposed;
use crate::error::Result;
use crate::exact::columns::{BLOCK_ROWS, Columns, PACK, PASS_ROWS};
use crate::exact::quantity::Quantity;
use crate::exact::short::Short;
use crate::exact::{Accumulate, Element, Moments};
use crate::simd::{Kernel, Simd, in_force};

/// After a block that fits few columns, the next blocks are transposed before the column kernel is tried
/// again: 1 at first, twice as many each time that it fails again, at most this many.
const MAX_TRANSPOSED_BLOCKS: usize = 64;

/// The sums and extremes of a strip's results.
pub struct Streamed<T: Element, Q: Quantity> {
    columns: Columns<Q>,
    /// The rows of a pass, converted to doubles; empty if they are doubles.
    tile: Vec<f64>,
    /// The values of one result in a block.
    values: Vec<T::Raw>,
    /// How many blocks are transposed after the next block that fits few columns.
    blocks_to_transpose: usize,
}

/// Has no results before [`Streamed::begin`].
impl<T: Element, Q: Quantity> Default for Streamed<T, Q> {
    fn default() -> Self {
        Self {
            columns: Columns::new(in_force()),
            tile: Vec::new(),
            values: Vec::new(),
            blocks_to_transpose: 1,
        }
    }
}

impl<T: Element, Q: Quantity> Streamed<T, Q> {
    /// Can the column kernel take the strip? Its values must convert to one double each, and those of a row
    /// must lie together.
    pub fn takes(strip: &Strip) -> bool {
        !T::EXCEEDS_F64 && strip.len >= PACK && strip.stride == size_of::<T::Raw>() as isize
    }

    /// Begins a strip of `len` results.
    pub fn begin(&mut self, len: usize) -> Result<()> {
        self.blocks_to_transpose = 1;
        self.columns.begin(len).map_err(no_memory)?;
        self.values.clear();
        self.values
            .try_reserve_exact(BLOCK_ROWS)
            .map_err(no_memory)?;
        if !T::IS_DOUBLE {
            self.tile.clear();
            self.tile
                .try_reserve_exact(PASS_ROWS * len)
                .map_err(no_memory)?;
            self.tile.resize(PASS_ROWS * len, 0.0);
        }
        Ok(())
    }

    /// Adds rows: to the running sums if they fit, otherwise to `transposed`.
    ///
    /// # Safety
    /// Each row has as many readable elements as there are results.
    pub unsafe fn add<A: Accumulate<Raw = T::Raw>>(
        &mut self,
        rows: &[Row],
        transposed: &mut Transposed<A>,
    ) -> Result<()> {
        let len = self.columns.columns();
        let stride = size_of::<T::Raw>() as isize;
        let mut rows = rows;
        while !rows.is_empty() {
            let (block, next) = rows.split_at(BLOCK_ROWS.min(rows.len()));
            rows = next;
            self.columns.begin_block();
            // SAFETY: the caller's promise.
            unsafe { self.pass_over(block, next) };
            let mut pending = self.columns.settle();
            if pending > len / 4 {
                // `settle` has moved the windows of these columns, so that the block may fit them now.
                // SAFETY: the caller's promise.
                unsafe { self.pass_over(block, next) };
                pending = self.columns.settle();
            }
            for column in self.columns.pending() {
                let at = |row: &Row| row.0.wrapping_offset(column as isize * stride);
                self.values.clear();
                // SAFETY: the caller's promise; raw elements have no alignment.
                let value = |row| unsafe { at(row).cast::<T::Raw>().read() };
                self.values.extend(block.iter().map(value));
                transposed.result(column).add(&self.values);
            }
            if pending > len / 2 {
                let (left_out, next) =
                    rows.split_at(rows.len().min(self.blocks_to_transpose * BLOCK_ROWS));
                // SAFETY: the caller's promise.
                unsafe { transposed.add(left_out, stride)? };
                rows = next;
                self.blocks_to_transpose =
                    (2 * self.blocks_to_transpose).min(MAX_TRANSPOSED_BLOCKS);
            } else {
                self.blocks_to_transpose = 1;
            }
        }
        Ok(())
    }

    /// The sums and extremes of a result, without counts; the result is empty afterwards.
    pub fn take(&mut self, index: usize) -> Moments {
        self.columns.take(index)
    }

    /// The moments of a result of `count` values, all of which were added here, if a few words hold them; the
    /// result is empty afterwards.
    pub fn short(&mut self, index: usize, count: u64) -> Option<Short> {
        self.columns.short(index, count)
    }

    /// Adds a block to the running sums, and prefetches the rows after it, `next`.
    ///
    /// # Safety
    /// As for [`Self::add`].
    unsafe fn pass_over(&mut self, block: &[Row], next: &[Row]) {
        for start in (0..block.len()).step_by(PASS_ROWS) {
            let rows = &block[start..block.len().min(start + PASS_ROWS)];
            let ahead = match &block[start + rows.len()..] {
                [] => next,
                ahead => ahead,
            };
            let ahead = &ahead[..ahead.len().min(PASS_ROWS)];
            if T::IS_DOUBLE {
                let doubles = |rows: &[Row]| {
                    let mut doubles = [std::ptr::null(); PASS_ROWS];
                    for (double, row) in doubles.iter_mut().zip(rows) {
                        *double = row.0.cast::<f64>();
                    }
                    doubles
                };
                let (doubles, ahead_doubles) = (doubles(rows), doubles(ahead));
                // SAFETY: the caller's promise.
                unsafe {
                    self.columns
                        .pass(&doubles[..rows.len()], &ahead_doubles[..ahead.len()]);
                }
            } else {
                let len = self.columns.columns();
                for (out, row) in self.tile.chunks_mut(len).zip(rows) {
                    // SAFETY: the caller's promise; raw elements have no alignment.
                    let raw = unsafe { std::slice::from_raw_parts(row.0.cast(), len) };
                    in_force().run(Convert::<T>(out, raw));
                }
                let doubles: [*const f64; PASS_ROWS] =
                    std::array::from_fn(|i| self.tile[i * len..].as_ptr());
                // SAFETY: these point to rows of the tile, which have `len` doubles each.
                unsafe { self.columns.pass(&doubles[..rows.len()], &[]) };
            }
        }
    }
}

/// Converts elements to doubles.
struct Convert<'a, T: Element>(&'a mut [f64], &'a [T::Raw]);

impl<T: Element> Kernel for Convert<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        for (out, &raw) in self.0.iter_mut().zip(self.1) {
            *out = T::to_doubles(raw).0;
        }
    }
}
