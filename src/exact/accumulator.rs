//! The accumulator of doubles: feeds blocks to the kernel, and adds the blocks that it declines in other
//! ways.

use std::marker::PhantomData;

use super::accumulate::Accumulate;
use super::bins::Bins;
use super::blocking::{Blocking, MAX_STEP, Unrolling, block};
use super::extremes::Extremes;
use super::float::{exponent, power_of_two};
use super::fold::{Fold, fold, sift};
use super::moments::Counts;
use super::quantity::Quantity;
use super::range::MinMax;
use super::short::Short;
use super::sieve::Outliers;
use super::span::Span;
use super::superaccumulator::{OnDemand, Squares, Sum};
use super::supply::{Memory, Supply, contains};
use super::window::{Depth, Totals, Window};
use super::{Moments, Unaligned};
use crate::simd::{InstructionSet, Kernel, Simd};

/// Bins take microseconds to make and to drain: fewer values than this are added one by one.
const MIN_FOR_BINS: usize = 4096;

/// The longest [`Accumulator::stretch`].
const MAX_STRETCH: usize = 64;

/// So many blocks without a decline are worth a trial of the kernel that declines.
const WORTHWHILE_BLOCKS: usize = 16;

/// How a block was added that the kernel declined, or might have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By two folds of one window, as the kernel requires.
    TwoFolds,
    /// By two folds of the window in force, but for some outliers.
    Sifted,
    /// In another way.
    Other,
}

/// An exact reduction under way. Quantities that `Q` does not gather stay empty in the result.
pub struct Accumulator<Q> {
    set: InstructionSet,
    blocking: Blocking,
    window: Option<Window>,
    totals: Totals,
    bins: Option<Box<Bins>>,
    /// How many blocks are sifted, or added by [`Self::add_block`], before the kernel is tried again. The
    /// number doubles while the kernel soon declines a block.
    stretch: usize,
    /// Was there a block in this stretch with too many outliers to sift?
    sifting_failed: bool,
    /// How many values no window held.
    wide_values: usize,
    counts: Counts,
    extremes: Extremes,
    /// Σx of the values that the totals and the bins do not hold.
    sum: OnDemand<Sum>,
    /// Σx² of these values.
    squares: OnDemand<Squares>,
    quantity: PhantomData<Q>,
}

/// The kernel that adds values in memory, a multiple of the step.
struct AddMemory<'a, Q>(&'a mut Accumulator<Q>, &'a [Unaligned]);

impl<Q: Quantity> Kernel for AddMemory<'_, Q> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self(accumulator, values) = self;
        let memory = Memory(values);
        match const { Unrolling::of::<S, Q>().vectors } {
            1 => accumulator.add_supply::<S, Memory, 1, 1>(simd, memory),
            2 => accumulator.add_supply::<S, Memory, 2, 2>(simd, memory),
            _ => accumulator.add_supply::<S, Memory, 4, 4>(simd, memory),
        }
    }
}

impl<Q: Quantity> Accumulate for Accumulator<Q> {
    type Raw = Unaligned;

    fn new(set: InstructionSet) -> Self {
        Self {
            set,
            blocking: Blocking::of::<Q>(set),
            window: None,
            totals: Totals::default(),
            bins: None,
            stretch: 0,
            sifting_failed: false,
            wide_values: 0,
            counts: Counts::default(),
            extremes: Extremes::EMPTY,
            sum: OnDemand::default(),
            squares: OnDemand::default(),
            quantity: PhantomData,
        }
    }

    fn add(&mut self, values: &[Unaligned]) {
        let step = self.blocking.step;
        let (values, rest) = values.split_at(values.len() - values.len() % step);
        self.set.run(AddMemory(self, values));
        if !rest.is_empty() {
            self.counts.all += rest.len() as u64;
            self.add_rest(rest);
        }
    }

    fn merge(&mut self, mut other: Self) {
        other.settle();
        self.counts.merge(&other.counts);
        self.extremes.merge(&other.extremes);
        if other.sum.is_made() {
            self.sum.get().merge(other.sum.get());
        }
        if other.squares.is_made() {
            self.squares.get().merge(other.squares.get());
        }
    }

    fn short(&mut self) -> Option<Short> {
        // What the bins hold is not known here.
        if self.sum.is_made() || self.squares.is_made() || self.bins.is_some() {
            return None;
        }
        let window = self.window.unwrap_or_default();
        let short = self
            .totals
            .short::<Q>(&window, self.counts, self.extremes)?;
        self.totals = Totals::default();
        self.counts = Counts::default();
        self.extremes = Extremes::EMPTY;
        Some(short)
    }

    fn finish(&mut self) -> Moments {
        self.settle();
        let mut moments = Moments {
            counts: std::mem::take(&mut self.counts),
            extremes: std::mem::take(&mut self.extremes),
            ..Moments::default()
        };
        self.sum.move_into(&mut moments.sum);
        self.squares.move_into(&mut moments.squares);
        moments
    }
}

impl<Q: Quantity> Accumulator<Q> {
    /// Moves the totals and the bins into the superaccumulators.
    fn settle(&mut self) {
        self.deposit_totals();
        if let Some(bins) = &mut self.bins {
            bins.drain(self.sum.get(), self.squares.get());
        }
    }

    /// Adds all values of a supply, with lanes for `VECTORS` vectors. `simd` is of the accumulator's
    /// instruction set.
    pub fn add_supply<
        S: Simd,
        Values: Supply<S, BATCH>,
        const BATCH: usize,
        const VECTORS: usize,
    >(
        &mut self,
        simd: S,
        mut supply: Values,
    ) {
        self.counts.all += supply.left() as u64;
        let block = const { block::<S, Q, VECTORS>() };
        let mut buffer = Values::buffer();
        while supply.left() > 0 {
            self.fold::<S, Values, BATCH, VECTORS>(simd, &mut supply);
            let mut stretch = self.stretch;
            while stretch > 0 && supply.left() > 0 {
                stretch -= 1;
                match self.add_block(supply.block(simd, block, &mut buffer)) {
                    Way::TwoFolds => break,
                    Way::Sifted if Values::SIFTABLE => {
                        let blocks = stretch;
                        stretch -=
                            self.sift::<S, Values, BATCH, VECTORS>(simd, &mut supply, blocks);
                    }
                    Way::Sifted | Way::Other => {}
                }
            }
        }
    }

    /// Lets the kernel take blocks from a supply as long as they fit, and sets the stretch for those after.
    fn fold<S: Simd, Values: Supply<S, BATCH>, const BATCH: usize, const VECTORS: usize>(
        &mut self,
        simd: S,
        supply: &mut Values,
    ) {
        let block = const { block::<S, Q, VECTORS>() };
        let mut done = 0;
        let mut fits = false;
        if let Some(window) = self.window {
            let count = supply.left().min(self.make_room() * block);
            let no_outliers = &mut Outliers::none();
            done = self.run::<S, Values, BATCH, VECTORS, false>(
                simd,
                supply,
                count,
                &window,
                no_outliers,
            );
            fits = done == count;
        }
        self.sifting_failed = false;
        self.stretch = if fits {
            0
        } else if done < WORTHWHILE_BLOCKS * block {
            (2 * self.stretch).clamp(1, MAX_STRETCH)
        } else {
            1
        };
    }

    /// Sifts up to `blocks` blocks of a supply with the window in force, up to the first one with too many
    /// outliers. Returns how many were added. Not inlined, so that no other frame has to hold the outliers.
    #[inline(never)]
    fn sift<S: Simd, Values: Supply<S, BATCH>, const BATCH: usize, const VECTORS: usize>(
        &mut self,
        simd: S,
        supply: &mut Values,
        blocks: usize,
    ) -> usize {
        let block = const { block::<S, Q, VECTORS>() };
        let mut added = 0;
        while let Some(window) = self.window
            && added < blocks
        {
            let room = self.make_room().min(blocks - added);
            let count = supply.left().min(room * block);
            let mut room = Outliers::ROOM;
            let mut outliers = Outliers::new(&mut room);
            let done = self.run::<S, Values, BATCH, VECTORS, true>(
                simd,
                supply,
                count,
                &window,
                &mut outliers,
            );
            self.add_outliers(&outliers);
            if done == 0 {
                break;
            }
            added += done.div_ceil(block);
        }
        added
    }

    /// Lets the kernel take up to `count` values of a supply, which the totals have room for. Returns how
    /// many it took.
    #[inline(always)]
    fn run<
        S: Simd,
        Values: Supply<S, BATCH>,
        const BATCH: usize,
        const VECTORS: usize,
        const SIFTS: bool,
    >(
        &mut self,
        simd: S,
        supply: &mut Values,
        count: usize,
        window: &Window,
        outliers: &mut Outliers<'_>,
    ) -> usize {
        let start = *supply;
        let mut min_max = (f64::INFINITY, f64::NEG_INFINITY);
        let done = simd.run(Fold::<S, Q, Values, BATCH, VECTORS, SIFTS> {
            simd,
            supply,
            count,
            window,
            totals: &mut self.totals,
            min_max: &mut min_max,
            outliers,
            quantity: PhantomData,
        });
        self.add_extremes(min_max, |x| start.contains(done, x));
        done
    }

    /// Adds one block after finding its span. Not inlined, as kernels need no large frames for it.
    #[inline(never)]
    fn add_block(&mut self, block: &[Unaligned]) -> Way {
        let span = Span::of(self.set, block);
        self.add_extremes(span.min_max, |x| contains(block, x.to_ne_bytes()));
        self.add_spanned(block, span)
    }

    /// Adds the values after the last whole step, filled up with zeros.
    fn add_rest(&mut self, rest: &[Unaligned]) {
        if Q::EXTREMES {
            for &value in rest {
                self.extremes.add(f64::from_ne_bytes(value));
            }
        }
        // Zeros do not change the sums.
        let mut padded = [[0; 8]; MAX_STEP];
        let padded = &mut padded[..self.blocking.step];
        padded[..rest.len()].copy_from_slice(rest);
        if let Some(window) = self.window {
            self.make_room();
            let totals = &mut self.totals;
            if fold::<Q::Sums>(self.set, Depth::Two, padded, &window, totals) > 0 {
                return;
            }
        }
        let span = Span::of(self.set, padded);
        self.add_spanned(padded, span);
    }

    /// Adds a block with this span to the sums and counts.
    fn add_spanned(&mut self, block: &[Unaligned], span: Span) -> Way {
        if span.finite && span.largest() == 0.0 {
            return Way::TwoFolds;
        }
        if let Some(window) = self.fit(span, Depth::Two) {
            self.add_fitting(Depth::Two, block, &window);
            return Way::TwoFolds;
        }
        // After one block with too many outliers the next ones are likely to have too many as well.
        if !self.sifting_failed && self.try_sifting(block) {
            return Way::Sifted;
        }
        self.sifting_failed = true;
        if let Some(window) = self.fit(span, Depth::Three) {
            self.add_fitting(Depth::Three, block, &window);
        } else {
            self.add_wide(block, span.finite);
        }
        Way::Other
    }

    /// Adds a block by [`Self::add_sifted`] with the window in force, or else with a window for the block's
    /// usual magnitudes. Returns `false`, with nothing added, if there are too many outliers for both.
    fn try_sifting(&mut self, block: &[Unaligned]) -> bool {
        if let Some(window) = self.window
            && self.add_sifted(block, &window)
        {
            return true;
        }
        self.typical_window(block).is_some_and(|window| {
            self.deposit_totals();
            self.window = Some(window);
            self.add_sifted(block, &window)
        })
    }

    /// Adds a block that fits the window in force with folds of this depth.
    fn add_fitting(&mut self, depth: Depth, block: &[Unaligned], window: &Window) {
        self.make_room();
        let done = fold::<Q::Sums>(self.set, depth, block, window, &mut self.totals);
        assert_eq!(done, block.len(), "the window holds the block");
    }

    /// Adds a block of which all but a few values fit the window in force; those few are added in another
    /// way. Returns `false`, with nothing added, if they are too many. Not inlined, so that no other frame
    /// has to hold the outliers.
    #[inline(never)]
    fn add_sifted(&mut self, block: &[Unaligned], window: &Window) -> bool {
        self.make_room();
        let mut room = Outliers::ROOM;
        let mut outliers = Outliers::new(&mut room);
        let done = sift::<Q::Sums>(self.set, block, window, &mut self.totals, &mut outliers);
        self.add_outliers(&outliers);
        debug_assert!(done == 0 || done == block.len());
        done > 0
    }

    /// Adds the values that were left out of the folds.
    fn add_outliers(&mut self, outliers: &Outliers<'_>) {
        self.counts.nan += outliers.nans();
        if !outliers.values().is_empty() {
            self.add_wide(outliers.values(), false);
        }
    }

    /// A window for the usual magnitudes of a block, judged by a sample of its values.
    fn typical_window(&self, block: &[Unaligned]) -> Option<Window> {
        const SAMPLES: usize = 32;
        let mut exponents = [i32::MIN; SAMPLES];
        let sample = block.iter().step_by(block.len().div_ceil(SAMPLES));
        for (out, &value) in exponents.iter_mut().zip(sample) {
            let x = f64::from_ne_bytes(value);
            if x.is_finite() && x != 0.0 {
                *out = exponent(x);
            }
        }
        exponents.sort_unstable();
        // Three quarters of the samples are below 2^(upper + 1); the window admits four times that.
        let upper = exponents[SAMPLES * 3 / 4];
        let largest = power_of_two(upper.saturating_add(2));
        if upper == i32::MIN || largest.is_infinite() {
            return None;
        }
        Window::new::<Q>(largest, self.blocking.log2_adds)
    }

    /// Adds one value, finite or not, to the sums and counts.
    fn add_one(&mut self, x: f64) {
        if !x.is_finite() {
            self.counts.add_special(x);
            return;
        }
        if Q::SUM {
            self.sum.get().add(x);
        }
        if Q::SQUARES {
            self.squares.get().add_product(x, x);
        }
    }

    /// The window in force if so many of its folds hold a block with this span, else a window made for the
    /// block if they do.
    fn fit(&mut self, span: Span, depth: Depth) -> Option<Window> {
        if !span.finite {
            return None;
        }
        let (least, largest) = (span.least, span.largest());
        if let Some(window) = self.window
            && window.holds(depth, least, largest)
        {
            return Some(window);
        }
        let own = Window::new::<Q>(largest, self.blocking.log2_adds)?;
        if !own.holds(depth, least, largest) {
            return None;
        }
        self.deposit_totals();
        self.window = Some(own);
        Some(own)
    }

    /// Adds values whose exponents lie too far apart, or too close to the ends of the range, for any window.
    fn add_wide(&mut self, block: &[Unaligned], all_finite: bool) {
        self.wide_values += block.len();
        if self.bins.is_none() && self.wide_values >= MIN_FOR_BINS {
            self.bins = Bins::new();
        }
        let Some(bins) = &mut self.bins else {
            for &value in block {
                self.add_one(f64::from_ne_bytes(value));
            }
            return;
        };
        if bins.room() < block.len() {
            bins.drain(self.sum.get(), self.squares.get());
        }
        if all_finite {
            bins.add::<Q>(block);
            return;
        }
        for run in block.chunk_by(|a, b| is_finite(*a) == is_finite(*b)) {
            if is_finite(run[0]) {
                bins.add::<Q>(run);
            } else {
                for &value in run {
                    self.counts.add_special(f64::from_ne_bytes(value));
                }
            }
        }
    }

    /// Adds the extremes of some values, which float comparison has found, if extremes are gathered.
    /// `contains` tells whether one of them has the bits of a number.
    fn add_extremes(&mut self, (min, max): MinMax, contains: impl Fn(f64) -> bool) {
        if Q::EXTREMES {
            let extremes = &mut self.extremes;
            extremes.add_compared(min, max, contains);
        }
    }

    /// How many blocks the totals have room for, at least one: full totals are deposited first.
    fn make_room(&mut self) -> usize {
        if self.totals.room() == 0 {
            self.deposit_totals();
        }
        self.totals.room()
    }

    /// Moves the totals into the superaccumulators.
    fn deposit_totals(&mut self) {
        if let Some(window) = &self.window
            && self.totals.blocks > 0
        {
            let (sum, squares) = (&mut self.sum, &mut self.squares);
            self.totals.deposit::<Q>(window, sum, squares);
        }
    }
}

fn is_finite(value: Unaligned) -> bool {
    f64::from_ne_bytes(value).is_finite()
}
