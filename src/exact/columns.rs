//! The block kernel across columns: the rows of a matrix are read as they lie in memory, and every column has folds and a
//! window of its own.
//!
//! A lane of [`super::extract`] belongs to the whole vector's sum; here it is a column. So the bounds proved there hold column
//! by column, and admission is decided column by column, too: those whose values in a block of rows do not fit are left
//! out and named, the others go on.

use std::collections::TryReserveError;

use super::Moments;
use super::extract::extract_all;
use super::extremes::Extremes;
use super::simd::{Kernels, Loop, Vector, hidden};
use super::sparse::Sparse;
use super::window::{Depth, MAX_LANES, Window};

/// Neighbouring columns that are kept together: a cache line of doubles.
pub const PACK: usize = MAX_LANES;

/// log2 of the rows in a block, that is of the additions a lane does.
const K: u32 = 6;

/// Rows in a full block.
pub const BLOCK: usize = 1 << K;

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
pub struct Running {
    folds: Quantities<f64>,
    high: [f64; PACK],
    least: [f64; PACK],
}

/// What the passes over a block of rows find out about the extremes, for the columns of a pack.
#[repr(C, align(64))]
#[derive(Clone)]
pub struct Spread {
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
    /// Bounds of what the windows admit; for columns without one just below the least nonzero number: zeros fit anywhere.
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
    fn begin(&self) -> Running {
        Running {
            folds: self.start,
            high: [0.0; PACK],
            least: [f64::INFINITY; PACK],
        }
    }

    /// Adds what the pending columns that fit their windows moved by; returns the others.
    #[inline(always)]
    fn settle<const SUM: bool>(&mut self, running: &Running) -> u8 {
        // A NaN anywhere leaves NaN in its column.
        let witness = &running.folds[usize::from(!SUM)][0];
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
    fn adapt<const SUM: bool, const SQUARES: bool>(
        &mut self,
        running: &Running,
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
                .then(|| Window::new::<SQUARES, false>(largest, K))?;
            window.map(|window| (window, window.depth(least, high) == Some(Depth::Two)))
        });
        let holding = candidates.iter().flatten().find(|(_, holds)| *holds);
        let too_low = high >= self.above[lane];
        let choice = holding.or_else(|| candidates.iter().flatten().find(|_| too_low));
        if let Some(&(window, _)) = choice {
            let moments = deposited.get_or_insert_with(column, Moments::default);
            self.deposit::<SUM, SQUARES>(lane, moments);
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
    fn deposit<const SUM: bool, const SQUARES: bool>(
        &mut self,
        lane: usize,
        moments: &mut Moments,
    ) {
        let Some(window) = &self.windows[lane] else {
            return; // nothing but zeros
        };
        let [sum, square, error] = self.totals.map(|folds| folds.map(|fold| fold[lane]));
        for folds in &mut self.totals {
            folds.iter_mut().for_each(|fold| fold[lane] = 0);
        }
        if SUM {
            window.sum.deposit(&sum, &mut moments.sum);
        }
        if SQUARES {
            window.square.deposit(&square, &mut moments.squares);
            window.error.deposit(&error, &mut moments.squares);
        }
    }
}

/// See [`fold`].
pub type FoldRows = unsafe fn(&[*const f64], &[*const f64], usize, &mut [Running], &mut [Spread]);

/// Kernels of Σx, of Σx², of both, and of both and the extremes.
pub struct ColumnKernels {
    /// Σx.
    pub sum: FoldRows,
    /// Σx².
    pub squares: FoldRows,
    /// Σx and Σx².
    pub moments: FoldRows,
    /// Σx, Σx² and the extremes.
    pub describe: FoldRows,
}

/// One pass: adds rows of `columns` values, at least [`PACK`], to the running sums. The last pack holds the last columns, some of
/// which the one before may hold as well. Meanwhile the memory is asked for the same columns of the rows `ahead`.
///
/// # Safety
/// The CPU has V's features, and the rows may be read at any alignment.
#[inline(always)]
pub unsafe fn fold<V: Vector, const SUM: bool, const SQUARES: bool, const EXTREMES: bool>(
    rows: &[*const f64],
    ahead: &[*const f64],
    columns: usize,
    packs: &mut [Running],
    spreads: &mut [Spread],
) {
    debug_assert!(columns >= PACK && packs.len() == columns.div_ceil(PACK));
    debug_assert!(!EXTREMES || spreads.len() == packs.len());
    let one = hidden(1.0);
    for (p, pack) in packs.iter_mut().enumerate() {
        let first = (p * PACK).min(columns - PACK);
        for row in ahead {
            // The nearest cache is full of running sums: a pass of rows would push them out before it is wanted.
            // SAFETY: prefetching needs no valid address.
            unsafe { V::prefetch_late(row.wrapping_add(first)) };
        }
        for lane in (0..PACK).step_by(V::LANES) {
            // SAFETY: V's features and the rows are the caller's promise; a pack has as many lanes as `lane` runs over.
            unsafe {
                let one = Some(V::splat(one));
                let [mut sum, mut square, mut error] = pack.folds.each_ref().map(|folds| {
                    folds
                        .each_ref()
                        .map(|fold| [V::load(fold.as_ptr().add(lane))])
                });
                // With extremes the greatest magnitude follows from them.
                let mut high = V::load(pack.high.as_ptr().add(lane));
                let mut spread = EXTREMES.then(|| {
                    let spread = &spreads[p];
                    [&spread.min, &spread.max, &spread.some, &spread.all]
                        .map(|lanes| V::load(lanes.as_ptr().add(lane)))
                });
                let mut least = V::load_least(pack.least.as_ptr().add(lane));
                for row in rows {
                    let x = V::load(row.add(first + lane));
                    let magnitude = x.abs();
                    if let Some([min, max, some, all]) = &mut spread {
                        *min = x.min(*min);
                        *max = x.max(*max);
                        *some = x.or(*some);
                        *all = x.and(*all);
                    } else {
                        high = magnitude.max(high);
                    }
                    least = V::least(least, magnitude);
                    if SUM {
                        extract_all(&mut sum, 0, x, one);
                    }
                    if SQUARES {
                        let product = x.mul(x);
                        extract_all(&mut square, 0, product, one);
                        extract_all(&mut error, 0, x.product_error(x, product), one);
                    }
                }
                if let Some([min, max, some, all]) = spread {
                    let spread = &mut spreads[p];
                    min.store(spread.min.as_mut_ptr().add(lane));
                    max.store(spread.max.as_mut_ptr().add(lane));
                    some.store(spread.some.as_mut_ptr().add(lane));
                    all.store(spread.all.as_mut_ptr().add(lane));
                } else {
                    high.store(pack.high.as_mut_ptr().add(lane));
                }
                V::store_least(least, pack.least.as_mut_ptr().add(lane));
                for (quantity, folds) in [sum, square, error].iter().enumerate() {
                    if if quantity == 0 { SUM } else { SQUARES } {
                        for (fold, [vector]) in folds.iter().enumerate() {
                            let at = pack.folds[quantity][fold].as_mut_ptr();
                            vector.store(at.add(lane));
                        }
                    }
                }
            }
        }
    }
}

/// Exact sums of neighbouring columns under way: Σx if `SUM`, Σx² if `SQUARES`, the extremes if `EXTREMES`, which takes all
/// three; but for what no window holds.
pub struct Columns<const SUM: bool, const SQUARES: bool, const EXTREMES: bool> {
    kernels: &'static Kernels,
    columns: usize,
    running: Vec<Running>,
    /// None without extremes.
    spreads: Vec<Spread>,
    frames: Vec<Frame>,
    /// What has left the columns' totals.
    deposited: Sparse<Moments>,
}

impl<const SUM: bool, const SQUARES: bool, const EXTREMES: bool> Columns<SUM, SQUARES, EXTREMES> {
    /// For use after [`Self::begin`].
    pub fn new(kernels: &'static Kernels) -> Self {
        Self {
            kernels,
            columns: 0,
            running: Vec::new(),
            spreads: Vec::new(),
            frames: Vec::new(),
            deposited: Sparse::default(),
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
        if EXTREMES {
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

    /// One pass over at most [`PASS`] rows of the present block. Meanwhile the memory is asked for the rows `ahead`.
    ///
    /// # Safety
    /// Each of the rows has as many readable doubles as there are columns, at any alignment.
    pub unsafe fn pass(&mut self, rows: &[*const f64], ahead: &[*const f64]) {
        let kernels = &self.kernels.columns;
        let fold = match (SUM, SQUARES) {
            _ if EXTREMES => kernels.describe,
            (true, true) => kernels.moments,
            (true, false) => kernels.sum,
            (false, _) => kernels.squares,
        };
        // SAFETY: kernels come only from CPUs that have them; the rest is the caller's promise.
        unsafe {
            fold(
                rows,
                ahead,
                self.columns,
                &mut self.running,
                &mut self.spreads,
            )
        };
    }

    /// Adds the block that was passed over to the columns that it fits, and returns for how many it is pending. Those have new
    /// windows where that may help: pass over the block again for them, or leave it out of [`Self::pending`].
    pub fn settle(&mut self) -> usize {
        struct Settle<'a, const SUM: bool>(&'a mut Frame, &'a Running);
        impl<const SUM: bool> Loop for Settle<'_, SUM> {
            #[inline(always)]
            fn run(self) {
                self.0.pending = self.0.settle::<SUM>(self.1);
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
            self.kernels.run(Settle::<SUM>(frame, running));
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
                    frame.adapt::<SUM, SQUARES>(running, lane, &mut self.deposited, first + lane);
                }
            }
            if frame.blocks == MAX_BLOCKS {
                frame.blocks = 0;
                for lane in bits(frame.owned) {
                    let deposited = &mut self.deposited;
                    let moments = deposited.get_or_insert_with(first + lane, Moments::default);
                    frame.deposit::<SUM, SQUARES>(lane, moments);
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
        frame.deposit::<SUM, SQUARES>(lane, &mut moments);
        moments.extremes = std::mem::take(&mut frame.extremes[lane]);
        moments
    }
}

/// The places of the bits that are set.
fn bits(set: u8) -> impl Iterator<Item = usize> {
    (0..PACK).filter(move |bit| set >> bit & 1 != 0)
}
