//! The block kernel across columns: the rows of a matrix are read as they lie in memory, and every column has
//! folds and a window of its own.
//!
//! A lane of [`super::extract`] belongs to the whole vector's sum; here it is a column. So the bounds proved
//! there hold column by column, and admission is decided column by column, too: those whose values in a block
//! of rows do not fit are left out and named, the others go on.

use std::collections::TryReserveError;
use std::marker::PhantomData;

use super::Moments;
use super::extract::Running;
use super::extremes::Extremes;
use super::quantity::Quantity;
use super::sparse::Sparse;
use super::window::{Depth, Window};
use crate::simd::{F64s, InstructionSet, Kernel, LeastNonzero, MAX_LANES, Simd, opaque};

/// Neighbouring columns that are kept together: a cache line of doubles.
pub const PACK: usize = MAX_LANES;

/// log2 of the rows in a block, that is of the additions a lane does.
const LOG2_ROWS: u32 = 6;

/// Rows in a full block.
pub const BLOCK: usize = 1 << LOG2_ROWS;

/// Rows to go over in one pass: the running sums are loaded and stored once for so many.
pub const PASS: usize = 8;

/// Each lane moves by at most 2^51 units a block: 2^11 blocks stay below 2^63.
const MAX_BLOCKS: u32 = 1 << 11;

/// Folds of each quantity.
const DEPTH: usize = 2;

/// Of x, of RN(x²) and of its error; for each the folds; for each the columns of a pack.
type Quantities<T> = [[[T; PACK]; DEPTH]; 3];

/// What the passes over a block of rows change.
#[repr(C, align(64))]
#[derive(Clone)]
pub struct Pack {
    folds: Quantities<f64>,
    high: [f64; PACK],
    least: [f64; PACK],
}

/// What the passes over a block of rows find out about the extremes, for the columns of a pack.
#[repr(C, align(64))]
#[derive(Clone)]
struct Spread {
    /// As float comparison finds them, which does not tell zeros apart.
    min: [f64; PACK],
    max: [f64; PACK],
    /// Bits that some value has, and that all have: their signs tell which zero an extreme of 0 is.
    some: [f64; PACK],
    all: [f64; PACK],
}

impl Spread {
    /// Of no values.
    const NONE: Self = Self {
        min: [f64::INFINITY; PACK],
        max: [f64::NEG_INFINITY; PACK],
        some: [0.0; PACK],
        all: [f64::from_bits(u64::MAX); PACK],
    };

    /// The extremes of a column that has no NaN.
    fn extremes(&self, lane: usize) -> (f64, f64) {
        let (mut min, mut max) = (self.min[lane], self.max[lane]);
        if min == 0.0 {
            min = f64::copysign(0.0, self.some[lane]);
        }
        if max == 0.0 {
            max = f64::copysign(0.0, self.all[lane]);
        }
        (min, max)
    }
}

/// What is looked at between blocks.
struct Frame {
    start: Quantities<f64>,
    /// Bounds of what the windows admit; for columns without one just below the least nonzero number: zeros
    /// fit anywhere.
    above: [f64; PACK],
    least: [f64; PACK],
    windows: [Option<Window>; PACK],
    totals: Quantities<i64>,
    /// Of the blocks that were added.
    extremes: [Extremes; PACK],
    blocks: u32,
    /// Columns that are not those of the pack before, by bits.
    owned: u8,
    /// Columns that the present block has yet to be added to.
    pending: u8,
}

impl Frame {
    fn new(owned: u8) -> Self {
        Self {
            start: [[[1.5; PACK]; DEPTH]; 3],
            above: [f64::from_bits(1); PACK],
            least: [0.0; PACK],
            windows: [None; PACK],
            totals: Quantities::default(),
            extremes: [Extremes::default(); PACK],
            blocks: 0,
            owned,
            pending: owned,
        }
    }

    /// The running sums at the start of a block.
    fn begin(&self) -> Pack {
        Pack {
            folds: self.start,
            high: [0.0; PACK],
            least: [f64::INFINITY; PACK],
        }
    }

    /// Adds what the pending columns that fit their windows moved by; returns the others.
    #[inline(always)]
    fn settle<Q: Quantity>(&mut self, running: &Pack) -> u8 {
        // A NaN anywhere leaves NaN in its column.
        let witness = &running.folds[usize::from(!Q::SUM)][0];
        let mut taken = [0i64; PACK];
        for (lane, taken) in taken.iter_mut().enumerate() {
            let least = running.least[lane];
            let fits = running.high[lane] < self.above[lane]
                && (least == 0.0 || least >= self.least[lane])
                && !witness[lane].is_nan()
                && self.pending >> lane & 1 != 0;
            *taken = -i64::from(fits);
        }
        for quantity in 0..3 {
            for fold in 0..DEPTH {
                let start = &self.start[quantity][fold];
                let totals = &mut self.totals[quantity][fold];
                for (lane, end) in running.folds[quantity][fold].iter().enumerate() {
                    let moved = end.to_bits().wrapping_sub(start[lane].to_bits());
                    totals[lane] += moved.cast_signed() & taken[lane];
                }
            }
        }
        let declined = |lane: usize| u8::from(taken[lane] == 0) << lane;
        (0..PACK).map(declined).sum::<u8>() & self.pending
    }

    /// Gives a column that declined a block a window that suits it better, if there is one.
    #[cold]
    fn adapt<Q: Quantity>(
        &mut self,
        running: &Pack,
        lane: usize,
        deposited: &mut Sparse<Moments>,
        column: usize,
    ) {
        let high = running.high[lane];
        if high == 0.0 || !high.is_finite() {
            return;
        }
        let least = match running.least[lane] {
            0.0 => f64::INFINITY,
            least => least,
        };
        // With some room for what may come, if it can be had.
        let candidates = [2.0 * high, high].map(|largest| {
            let window = largest
                .is_finite()
                .then(|| Window::new::<Q>(largest, LOG2_ROWS))?;
            window.map(|window| (window, window.depth(least, high) == Some(Depth::Two)))
        });
        let holding = candidates.iter().flatten().find(|(_, holds)| *holds);
        let too_low = high >= self.above[lane];
        let choice = holding.or_else(|| candidates.iter().flatten().find(|_| too_low));
        if let Some(&(window, _)) = choice {
            let moments = deposited.get_or_insert_with(column, Moments::default);
            self.deposit::<Q>(lane, moments);
            self.above[lane] = window.above;
            self.least[lane] = window.least(Depth::Two);
            for (quantity, folds) in [&window.sum, &window.square, &window.error]
                .iter()
                .enumerate()
            {
                for fold in 0..DEPTH {
                    self.start[quantity][fold][lane] = folds.start[fold];
                }
            }
            self.windows[lane] = Some(window);
        }
    }

    /// Moves a column's totals to its moments.
    fn deposit<Q: Quantity>(&mut self, lane: usize, moments: &mut Moments) {
        let Some(window) = &self.windows[lane] else {
            return; // nothing but zeros
        };
        let [sum, square, error] = self.totals.map(|folds| folds.map(|fold| fold[lane]));
        for folds in &mut self.totals {
            folds.iter_mut().for_each(|fold| fold[lane] = 0);
        }
        if Q::SUM {
            window.sum.deposit(&sum, &mut moments.sum);
        }
        if Q::SQUARES {
            window.square.deposit(&square, &mut moments.squares);
            window.error.deposit(&error, &mut moments.squares);
        }
    }
}

/// One pass: adds rows of values to the running sums, at least [`PACK`] columns of them. The last pack holds
/// the last columns, some of which the one before may hold as well. Meanwhile the memory is asked for the
/// same columns of the rows `ahead`.
struct Pass<'a, Q> {
    rows: &'a [*const f64],
    ahead: &'a [*const f64],
    columns: usize,
    packs: &'a mut [Pack],
    /// As many as packs, if extremes are asked for.
    spreads: &'a mut [Spread],
    quantity: PhantomData<Q>,
}

impl<Q: Quantity> Pass<'_, Q> {
    /// # Safety
    /// The rows may be read at any alignment.
    unsafe fn run(self, set: InstructionSet) {
        set.run(self);
    }
}

impl<Q: Quantity> Kernel for Pass<'_, Q> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self {
            rows,
            ahead,
            columns,
            packs,
            spreads,
            ..
        } = self;
        assert!(columns >= PACK && packs.len() == columns.div_ceil(PACK));
        assert!(!Q::EXTREMES || spreads.len() == packs.len());
        let one = opaque(1.0);
        for (p, pack) in packs.iter_mut().enumerate() {
            let first = (p * PACK).min(columns - PACK);
            for row in ahead {
                // The nearest cache is full of running sums: a pass of rows would push them out before it is
                // wanted.
                simd.prefetch_to_l2(row.wrapping_add(first));
            }
            for lane in (0..PACK).step_by(S::LANES) {
                let one = Some(simd.splat(one));
                // SAFETY: a pack has as many lanes as `lane` runs over, and `Pass::run`'s caller promises the
                // rows.
                unsafe {
                    let [mut sum, mut square, mut error] = pack.running(simd, lane);
                    // With extremes the greatest magnitude follows from them.
                    let mut high = simd.load(pack.high.as_ptr().add(lane));
                    let mut spread = if Q::EXTREMES {
                        spreads[p].load(simd, lane)
                    } else {
                        [high; 4]
                    };
                    let mut least = simd.load_least(pack.least.as_ptr().add(lane));
                    for row in rows {
                        let x = simd.load(row.add(first + lane));
                        let magnitude = x.abs();
                        if Q::EXTREMES {
                            let [min, max, some, all] = &mut spread;
                            *min = x.min(*min);
                            *max = x.max(*max);
                            *some = x.or(*some);
                            *all = x.and(*all);
                        } else {
                            high = magnitude.max(high);
                        }
                        least = least.with(magnitude);
                        if Q::SUM {
                            sum.add(0, x, one);
                        }
                        if Q::SQUARES {
                            let product = x.mul(x);
                            square.add(0, product, one);
                            error.add(0, x.product_error(x, product), one);
                        }
                    }
                    if Q::EXTREMES {
                        spreads[p].store(spread, lane);
                    } else {
                        high.store(pack.high.as_mut_ptr().add(lane));
                    }
                    least.store(pack.least.as_mut_ptr().add(lane));
                    if Q::SUM {
                        pack.store(0, &sum, lane);
                    }
                    if Q::SQUARES {
                        pack.store(1, &square, lane);
                        pack.store(2, &error, lane);
                    }
                }
            }
        }
    }
}

impl Spread {
    /// All four of the lanes from `lane` on.
    ///
    /// # Safety
    /// There are as many lanes as a vector has.
    #[inline(always)]
    unsafe fn load<S: Simd>(&self, simd: S, lane: usize) -> [S::F64; 4] {
        let Self {
            min,
            max,
            some,
            all,
        } = self;
        // SAFETY: the caller's promise.
        [min, max, some, all].map(|lanes| unsafe { simd.load(lanes.as_ptr().add(lane)) })
    }

    /// Keeps all four.
    ///
    /// # Safety
    /// As for [`Self::load`].
    #[inline(always)]
    unsafe fn store<V: F64s>(&mut self, spread: [V; 4], lane: usize) {
        let Self {
            min,
            max,
            some,
            all,
        } = self;
        for (vector, to) in spread.into_iter().zip([min, max, some, all]) {
            // SAFETY: the caller's promise.
            unsafe { vector.store(to.as_mut_ptr().add(lane)) };
        }
    }
}

impl Pack {
    /// The running sums of all quantities, of the lanes from `lane` on.
    ///
    /// # Safety
    /// There are as many lanes as a vector has.
    #[inline(always)]
    unsafe fn running<S: Simd>(&self, simd: S, lane: usize) -> [Running<S, 1, DEPTH>; 3] {
        let none = [[simd.splat(0.0)]; DEPTH];
        let mut loaded = [none; 3];
        for (folds, from) in loaded.iter_mut().zip(&self.folds) {
            for (fold, from) in folds.iter_mut().zip(from) {
                // SAFETY: the caller's promise.
                *fold = unsafe { [simd.load(from.as_ptr().add(lane))] };
            }
        }
        loaded.map(Running::from_folds)
    }

    /// Keeps the running sums of one quantity.
    ///
    /// # Safety
    /// As for [`Self::running`].
    #[inline(always)]
    unsafe fn store<S: Simd>(&mut self, quantity: usize, sums: &Running<S, 1, DEPTH>, lane: usize) {
        for ([fold], to) in sums.folds().iter().zip(&mut self.folds[quantity]) {
            // SAFETY: the caller's promise.
            unsafe { fold.store(to.as_mut_ptr().add(lane)) };
        }
    }
}

/// Exact sums and extremes of neighbouring columns under way, without what no window holds.
pub struct Columns<Q> {
    set: InstructionSet,
    columns: usize,
    running: Vec<Pack>,
    /// None without extremes.
    spreads: Vec<Spread>,
    frames: Vec<Frame>,
    /// What has left the columns' totals.
    deposited: Sparse<Moments>,
    quantity: PhantomData<Q>,
}

impl<Q: Quantity> Columns<Q> {
    /// For use after [`Self::begin`].
    pub fn new(set: InstructionSet) -> Self {
        Self {
            set,
            columns: 0,
            running: Vec::new(),
            spreads: Vec::new(),
            frames: Vec::new(),
            deposited: Sparse::default(),
            quantity: PhantomData,
        }
    }

    /// Begins anew, with `columns` columns, at least [`PACK`].
    pub fn begin(&mut self, columns: usize) -> Result<(), TryReserveError> {
        assert!(columns >= PACK);
        let packs = columns.div_ceil(PACK);
        self.columns = columns;
        self.running.clear();
        self.frames.clear();
        self.running.try_reserve_exact(packs)?;
        if Q::EXTREMES {
            self.spreads.clear();
            self.spreads.try_reserve_exact(packs)?;
            self.spreads.resize(packs, Spread::NONE);
        }
        self.frames.try_reserve_exact(packs)?;
        self.deposited.begin(columns)?;
        // Columns of the last pack that belong to the one before.
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

    /// Begins a block of at most [`BLOCK`] rows.
    pub fn begin_block(&mut self) {
        for frame in &mut self.frames {
            frame.pending = frame.owned;
        }
    }

    /// One pass over at most [`PASS`] rows of the present block. Meanwhile the memory is asked for the rows
    /// `ahead`.
    ///
    /// # Safety
    /// Each of the rows has as many readable doubles as there are columns, at any alignment.
    pub unsafe fn pass(&mut self, rows: &[*const f64], ahead: &[*const f64]) {
        let pass = Pass::<Q> {
            rows,
            ahead,
            columns: self.columns,
            packs: &mut self.running,
            spreads: &mut self.spreads,
            quantity: PhantomData,
        };
        // SAFETY: the caller's promise.
        unsafe { pass.run(self.set) };
    }

    /// Adds the block that was passed over to the columns that it fits, and returns for how many it is
    /// pending. Those have new windows where that may help: pass over the block again for them, or leave it
    /// out of [`Self::pending`].
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
            if let Some(spread) = self.spreads.get(p) {
                let reach = spread.min.iter().zip(&spread.max);
                for (high, (min, max)) in running.high.iter_mut().zip(reach) {
                    *high = max.max(-min);
                }
            }
            let pending_before = frame.pending;
            self.set.run(Settle::<Q>(frame, running, PhantomData));
            if let Some(spread) = self.spreads.get_mut(p) {
                for lane in bits(pending_before & !frame.pending) {
                    let (min, max) = spread.extremes(lane);
                    frame.extremes[lane].add(min);
                    frame.extremes[lane].add(max);
                }
                *spread = Spread::NONE;
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

    /// The sums and extremes of a column, without counts; the column is empty afterwards.
    pub fn take(&mut self, column: usize) -> Moments {
        let p = column / PACK;
        let lane = column - (p * PACK).min(self.columns - PACK);
        let mut moments = match self.deposited.get_mut(column) {
            Some(deposited) => std::mem::take(deposited),
            None => Moments::default(),
        };
        let frame = &mut self.frames[p];
        frame.deposit::<Q>(lane, &mut moments);
        moments.extremes = std::mem::take(&mut frame.extremes[lane]);
        moments
    }
}

/// The places of the bits that are set.
fn bits(set: u8) -> impl Iterator<Item = usize> {
    (0..PACK).filter(move |bit| set >> bit & 1 != 0)
}

#[cfg(test)]
mod tests;
