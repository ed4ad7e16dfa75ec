//! The block kernel across columns: the rows of a matrix are read as they lie in memory, and every column has
//! folds and a window of its own.
//!
//! Each lane of [`super::extract`] sums a column here. So the bounds proved there hold for each column, and
//! each column is admitted by itself: columns whose values in a block of rows do not fit their windows are
//! left out and named, and the block is added to the others.
//!
//! | module | concept |
//! |---|---|
//! | [`pack`] | neighbouring columns and their running sums |
//! | [`pass`] | the kernel: adds rows to the running sums |
//! | [`frame`] | admission, windows and totals of a pack, between blocks |

use std::collections::TryReserveError;
use std::marker::PhantomData;

use super::Moments;
use super::moments::Counts;
use super::quantity::Quantity;
use super::short::Short;
use crate::simd::{InstructionSet, Kernel, Simd};
use crate::sparse::Sparse;
use frame::{Frame, MAX_BLOCKS};
pub use pack::{BLOCK_ROWS, FOLDS, PACK, PASS_ROWS, Pack, PackExtremes, Quantities};
use pass::Pass;

mod frame;
mod pack;
mod pass;
#[cfg(test)]
mod tests;

/// Exact sums and extremes of neighbouring columns under way, without the values that no window holds.
pub struct Columns<Q> {
    set: InstructionSet,
    columns: usize,
    running: Vec<Pack>,
    /// The extremes of each pack in the present block; empty if extremes are not gathered.
    extremes: Vec<PackExtremes>,
    frames: Vec<Frame>,
    /// The moments that were deposited from the totals, by column.
    deposited: Sparse<Moments>,
    quantity: PhantomData<Q>,
}

impl<Q: Quantity> Columns<Q> {
    /// No columns yet: [`Self::begin`] sets their number.
    pub fn new(set: InstructionSet) -> Self {
        Self {
            set,
            columns: 0,
            running: Vec::new(),
            extremes: Vec::new(),
            frames: Vec::new(),
            deposited: Sparse::default(),
            quantity: PhantomData,
        }
    }

    /// Begins a new reduction of `columns` columns, at least [`PACK`].
    pub fn begin(&mut self, columns: usize) -> Result<(), TryReserveError> {
        assert!(columns >= PACK);
        let packs = columns.div_ceil(PACK);
        self.columns = columns;
        self.running.clear();
        self.frames.clear();
        self.running.try_reserve_exact(packs)?;
        if Q::EXTREMES {
            self.extremes.clear();
            self.extremes.try_reserve_exact(packs)?;
            self.extremes.resize(packs, PackExtremes::NONE);
        }
        self.frames.try_reserve_exact(packs)?;
        self.deposited.begin(columns)?;
        // How many columns of the last pack belong to the pack before.
        let shared = packs * PACK - columns;
        self.frames.resize_with(packs - 1, || Frame::new(u8::MAX));
        self.frames.push(Frame::new(u8::MAX << shared));
        self.running.extend(self.frames.iter().map(Frame::begin));
        Ok(())
    }

    /// How many columns there are.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Begins a block of at most [`BLOCK_ROWS`] rows.
    pub fn begin_block(&mut self) {
        for frame in &mut self.frames {
            frame.pending = frame.owned;
        }
    }

    /// Makes one pass over at most [`PASS_ROWS`] rows of the present block, and prefetches the rows `ahead`.
    ///
    /// # Safety
    /// Each of the rows has as many readable doubles as there are columns, at any alignment.
    pub unsafe fn pass(&mut self, rows: &[*const f64], ahead: &[*const f64]) {
        let pass = Pass::<Q> {
            rows,
            ahead,
            columns: self.columns,
            packs: &mut self.running,
            extremes: &mut self.extremes,
            quantity: PhantomData,
        };
        // SAFETY: the caller's promise.
        unsafe { pass.run(self.set) };
    }

    /// Adds the block that was passed over to the columns that it fits, and returns how many columns are
    /// still pending. Pending columns have new windows where that may help: pass over the block again, or add
    /// its values of the [`Self::pending`] columns in another way.
    pub fn settle(&mut self) -> usize {
        struct Settle<'a, Q>(&'a mut Frame, &'a Pack, PhantomData<Q>);
        impl<Q: Quantity> Kernel for Settle<'_, Q> {
            type Output = ();

            #[inline(always)]
            fn run<S: Simd>(self, _: S) {
                self.0.pending = self.0.settle::<Q>(self.1);
            }
        }
        let mut pending = 0;
        for (p, (frame, running)) in self.frames.iter_mut().zip(&mut self.running).enumerate() {
            let first = (p * PACK).min(self.columns - PACK);
            if let Some(extremes) = self.extremes.get(p) {
                let min_max = extremes.min.iter().zip(&extremes.max);
                for (high, (min, max)) in running.high.iter_mut().zip(min_max) {
                    *high = max.max(-min);
                }
            }
            let pending_before = frame.pending;
            self.set.run(Settle::<Q>(frame, running, PhantomData));
            if let Some(extremes) = self.extremes.get_mut(p) {
                for lane in bits(pending_before & !frame.pending) {
                    let (min, max) = extremes.of_lane(lane);
                    frame.extremes[lane].add(min);
                    frame.extremes[lane].add(max);
                }
                *extremes = PackExtremes::NONE;
            }
            frame.blocks += 1;
            if frame.pending != 0 {
                pending += frame.pending.count_ones() as usize;
                for lane in bits(frame.pending) {
                    frame.adapt::<Q>(running, lane, &mut self.deposited, first + lane);
                }
            }
            if frame.blocks == MAX_BLOCKS {
                frame.blocks = 0;
                for lane in bits(frame.owned) {
                    let deposited = &mut self.deposited;
                    let moments = deposited.get_or_insert_with(first + lane, Moments::default);
                    frame.deposit::<Q>(lane, moments);
                }
            }
            *running = frame.begin();
        }
        pending
    }

    /// The columns that the present block was not added to.
    pub fn pending(&self) -> impl Iterator<Item = usize> {
        self.frames.iter().enumerate().flat_map(|(p, frame)| {
            let first = (p * PACK).min(self.columns - PACK);
            bits(frame.pending).map(move |lane| first + lane)
        })
    }

    /// The moments of a column of `count` numbers, if a few words hold them; the column is empty afterwards.
    pub fn short(&mut self, column: usize, count: u64) -> Option<Short> {
        if self.deposited.get_mut(column).is_some() {
            return None;
        }
        let (p, lane) = self.place(column);
        let counts = Counts {
            all: count,
            ..Counts::default()
        };
        self.frames[p].short::<Q>(lane, counts)
    }

    /// The sums and extremes of a column, without counts; the column is empty afterwards.
    pub fn take(&mut self, column: usize) -> Moments {
        let (p, lane) = self.place(column);
        let mut moments = match self.deposited.get_mut(column) {
            Some(deposited) => std::mem::take(deposited),
            None => Moments::default(),
        };
        let frame = &mut self.frames[p];
        frame.deposit::<Q>(lane, &mut moments);
        moments.extremes = std::mem::take(&mut frame.extremes[lane]);
        moments
    }

    /// The pack of a column, and its lane.
    fn place(&self, column: usize) -> (usize, usize) {
        let p = column / PACK;
        (p, column - (p * PACK).min(self.columns - PACK))
    }
}

/// The positions of the bits that are set.
fn bits(set: u8) -> impl Iterator<Item = usize> {
    (0..PACK).filter(move |bit| set >> bit & 1 != 0)
}
