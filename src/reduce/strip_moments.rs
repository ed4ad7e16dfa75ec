//! The moments of a strip of results, filled together from rows that hold a value of each.
//!
//! The column kernel takes rows of values that lie together: see [`super::streamed`]. Other rows, and those
//! that it declines, are transposed: see [`super::transposed`]. Rows under a mask have a way of their own:
//! see [`super::selected`].

use std::ops::Range;

use super::selected::{MarkedRow, Selected};
use super::sink::Sink;
use super::source::Source;
use super::streamed::Streamed;
use super::strip::{Row, Strip, no_memory};
use super::transposed::Transposed;
use crate::error::Result;
use crate::exact::quantity::Quantity;
use crate::exact::short::Short;
use crate::exact::{Accumulate, Element, Moments};

/// The moments that one thread gathers of a strip's results.
pub struct StripMoments<T: Element, Q: Quantity> {
    /// The number of results; 0 before [`Self::begin`].
    len: usize,
    /// How many values were added to each result, if there is no mask.
    count: u64,
    rows: Vec<Row>,
    marked_rows: Vec<MarkedRow>,
    selected: Selected<T::Raw>,
    /// Do the rows go to the column kernel?
    streams: bool,
    streamed: Streamed<T, Q>,
    transposed: Transposed<T::Accumulator<Q>>,
    /// The moments of each result, by all threads merged so far; empty before the first merge.
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
            transposed: Transposed::default(),
            merged: Vec::new(),
        }
    }
}

impl<T: Element, Q: Quantity> StripMoments<T, Q> {
    /// Prepares for a strip; does nothing if that was done: the parts of a strip that threads share all begin
    /// with this call.
    pub fn begin(&mut self, source: &Source, strip: &Strip) -> Result<()> {
        if self.len > 0 {
            return Ok(());
        }
        self.transposed.begin(strip.len)?;
        // For `merge`, which cannot fail. Memory that is never touched costs nothing.
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
            source.add_one(strip, range, self.transposed.result(0));
            return Ok(());
        }
        if source.is_masked() {
            let rows = &mut self.marked_rows;
            rows.clear();
            rows.try_reserve(range.len()).map_err(no_memory)?;
            source.for_each_marked(strip, range, |value, mark| rows.push((Row(value), mark)));
            // SAFETY: every result of the strip has a value in each of these rows and an element of the mask.
            unsafe { self.selected.add(rows, strip, &mut self.transposed) };
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
        // SAFETY: every result of the strip has a value in each of these rows.
        unsafe {
            if self.streams {
                self.streamed.add(&self.rows, &mut self.transposed)
            } else {
                self.transposed.add(&self.rows, strip.stride)
            }
        }
    }

    /// Adds the moments that another thread has gathered of the same strip.
    pub fn merge(&mut self, mut other: Self) {
        if self.merged.is_empty() {
            for index in 0..self.len {
                let moments = self.take(index);
                self.merged.push(moments);
            }
        }
        for (index, moments) in self.merged.iter_mut().enumerate() {
            moments.merge(&other.take(index));
        }
    }

    /// Ends the strip, and hands the moments of each of its results to `sink`.
    pub fn finish(&mut self, strip: &Strip, sink: &dyn Sink) -> Result<()> {
        for index in 0..self.len {
            match self.short(index) {
                Some(short) => sink.short(strip.index(index), &short)?,
                None => sink.moments(strip.index(index), &mut self.take(index))?,
            }
        }
        self.merged.clear();
        self.len = 0;
        self.count = 0;
        Ok(())
    }

    /// The moments of a result, if a few words hold them; the result is empty afterwards. If they do not,
    /// nothing has changed.
    fn short(&mut self, index: usize) -> Option<Short> {
        if !self.merged.is_empty() {
            return None;
        }
        match self.transposed.get(index) {
            Some(_) if self.streams => None,
            Some(transposed) => transposed.short(),
            None if self.streams => self.streamed.short(index, self.count),
            None => None,
        }
    }

    /// The moments of a result, which is empty afterwards.
    fn take(&mut self, index: usize) -> Moments {
        if let Some(merged) = self.merged.get_mut(index) {
            return std::mem::take(merged);
        }
        let transposed = self.transposed.take(index);
        let mut moments = if self.streams {
            let mut streamed = self.streamed.take(index);
            if let Some(transposed) = transposed {
                streamed.merge(&transposed);
            }
            streamed
        } else {
            transposed.unwrap_or_default()
        };
        if self.streams {
            // The column kernel does not count. Each value went to it or to an accumulator.
            moments.counts.all = self.count;
        }
        moments
    }
}
