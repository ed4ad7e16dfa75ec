//! The moments of a strip of results, filled together from rows that hold a value of each.
//!
//! Rows of numbers that lie together go to the column kernel as they are: see [`super::streamed`]. What it
//! does not take is transposed: see [`super::transposed`]. Of rows under a mask see [`super::selected`].

use std::ops::Range;

use super::selected::{MarkedRow, Selected};
use super::source::Source;
use super::streamed::Streamed;
use super::strip::{Row, Strip, no_memory};
use super::transposed::Transposed;
use crate::error::Result;
use crate::exact::quantity::Quantity;
use crate::exact::{Element, Moments};

/// The results of a strip under way, on one thread.
pub struct StripMoments<T: Element, Q: Quantity> {
    /// How many results; 0 until the strip begins.
    len: usize,
    /// Values that each result has got.
    count: u64,
    rows: Vec<Row>,
    marked_rows: Vec<MarkedRow>,
    selected: Selected<T::Raw>,
    streams: bool,
    streamed: Streamed<T, Q>,
    others: Transposed<T::Accumulator<Q>>,
    /// Of all threads, once they have met.
    merged: Vec<Moments>,
}

impl<T: Element, Q: Quantity> Default for StripMoments<T, Q> {
    fn default() -> Self {
        Self {
            len: 0,
            count: 0,
            rows: Vec::new(),
            marked_rows: Vec::new(),
            selected: Selected::default(),
            streams: false,
            streamed: Streamed::default(),
            others: Transposed::default(),
            merged: Vec::new(),
        }
    }
}

impl<T: Element, Q: Quantity> StripMoments<T, Q> {
    /// Begins a strip, unless it has begun.
    pub fn begin(&mut self, source: &Source, strip: &Strip) -> Result<()> {
        if self.len > 0 {
            return Ok(());
        }
        self.others.begin(strip.len)?;
        // Memory that is not touched unless threads meet.
        self.merged
            .try_reserve_exact(strip.len)
            .map_err(no_memory)?;
        self.streams = !source.is_masked() && Streamed::<T, Q>::takes(strip);
        if source.is_masked() && strip.len > 1 {
            self.selected.begin()?;
        }
        if self.streams {
            self.streamed.begin(strip.len)?;
        }
        self.len = strip.len;
        Ok(())
    }

    /// Adds the values `range` of each result.
    pub fn add(&mut self, source: &Source, strip: &Strip, range: Range<usize>) -> Result<()> {
        if strip.len == 1 {
            source.add_one(strip, range, self.others.result(0));
            return Ok(());
        }
        if source.is_masked() {
            let rows = &mut self.marked_rows;
            rows.clear();
            rows.try_reserve(range.len()).map_err(no_memory)?;
            source.for_each_marked(strip, range, |value, mark| rows.push((Row(value), mark)));
            // SAFETY: elements of the array and of the mask.
            unsafe { self.selected.add(rows, strip, &mut self.others) };
            return Ok(());
        }
        self.count += range.len() as u64;
        self.rows.clear();
        self.rows.try_reserve(range.len()).map_err(no_memory)?;
        let first = source.first(strip);
        source.runs(range, |offset, run, stride| {
            let row = |i: usize| Row(first.wrapping_offset(offset + i as isize * stride));
            self.rows.extend((0..run).map(row));
        });
        // SAFETY: elements of the array.
        unsafe {
            if self.streams {
                self.streamed.add(&self.rows, &mut self.others)
            } else {
                self.others.add(&self.rows, strip.stride)
            }
        }
    }

    /// Adds what others hold of the same strip.
    pub fn merge(&mut self, mut others: Self) {
        if self.merged.is_empty() {
            for index in 0..self.len {
                let moments = self.take(index);
                self.merged.push(moments);
            }
        }
        for (index, moments) in self.merged.iter_mut().enumerate() {
            moments.merge(&others.take(index));
        }
    }

    /// Ends the strip: calls `result` with the index and the moments of each of its results.
    pub fn finish(
        &mut self,
        mut result: impl FnMut(usize, &mut Moments) -> Result<()>,
    ) -> Result<()> {
        for index in 0..self.len {
            result(index, &mut self.take(index))?;
        }
        self.merged.clear();
        self.len = 0;
        self.count = 0;
        Ok(())
    }

    /// The moments of a result, which is empty afterwards.
    fn take(&mut self, index: usize) -> Moments {
        if let Some(merged) = self.merged.get_mut(index) {
            return std::mem::take(merged);
        }
        let other = self.others.take(index);
        let mut moments = if self.streams {
            let mut streamed = self.streamed.take(index);
            if let Some(other) = other {
                streamed.merge(&other);
            }
            streamed
        } else {
            other.unwrap_or_default()
        };
        if self.streams {
            // Each value of a result went one way or the other.
            moments.counts.all = self.count;
        }
        moments
    }
}
