//! The driver of the tiers: feeds blocks to the kernel, and deals with those it declines.

use std::marker::PhantomData;

use super::accumulate::Accumulate;
use super::bins::Bins;
use super::float::{exponent, power_of_two};
use super::fold::{Blocking, Fold, MAX_STEP, Unrolling, block, fold};
use super::quantity::Quantity;
use super::sieve::{Outliers, Sieve, Sift};
use super::span::Span;
use super::supply::{Memory, Supply};
use super::window::{Depth, Totals, Window};
use super::{Moments, Unaligned};
use crate::simd::{InstructionSet, Kernel, Simd};

/// Values of a block copied at a time to leave outliers out: a multiple of every kernel's step, and 4 KiB of
/// the stack.
const SIFTED: usize = 512;

/// Bins cost microseconds to make and to drain: fewer values than this go one by one.
const WORTH_BINS: usize = 4096;

/// Where many blocks in a row are declined, at most so many are looked over before the next attempt.
const MAX_STRETCH: usize = 64;

/// An exact reduction under way. Quantities that were not asked for stay empty in the result.
pub struct Accumulator<Q> {
    set: InstructionSet,
    blocking: Blocking,
    window: Option<Window>,
    totals: Totals,
    bins: Option<Box<Bins>>,
    /// Blocks to look over before the kernel is trusted again.
    stretch: usize,
    /// In this stretch a block could not be sifted.
    sifting_failed: bool,
    /// Values that no window held.
    wide: usize,
    moments: Moments,
    quantity: PhantomData<Q>,
}

/// Adds values in memory, whole steps, on the instruction set of the accumulator.
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
            wide: 0,
            moments: Moments::default(),
            quantity: PhantomData,
        }
    }

    fn add(&mut self, values: &[Unaligned]) {
        let step = self.blocking.step;
        let (values, rest) = values.split_at(values.len() - values.len() % step);
        self.set.run(AddMemory(self, values));
        if !rest.is_empty() {
            self.moments.counts.all += rest.len() as u64;
            self.add_rest(rest);
        }
    }

    fn merge(&mut self, mut other: Self) {
        other.settle();
        self.moments.merge(&other.moments);
    }

    fn finish(mut self) -> Moments {
        self.settle();
        self.moments
    }
}

impl<Q: Quantity> Accumulator<Q> {
    /// Brings everything into the moments.
    fn settle(&mut self) {
        self.deposit_totals();
        if let Some(bins) = &mut self.bins {
            bins.drain(&mut self.moments.sum, &mut self.moments.squares);
        }
    }

    /// Adds all that a supply has, on the accumulator's instruction set, with lanes for `VECTORS` vectors.
    pub fn add_supply<S: Simd, From: Supply<S, BATCH>, const BATCH: usize, const VECTORS: usize>(
        &mut self,
        simd: S,
        mut supply: From,
    ) {
        self.moments.counts.all += supply.left() as u64;
        let block = const { block::<S, Q, VECTORS>() };
        let mut room = From::room();
        while supply.left() > 0 {
            self.fold::<S, From, BATCH, VECTORS>(simd, &mut supply);
            for _ in 0..self.stretch {
                if self.add_block(supply.block(simd, block, &mut room)) {
                    break;
                }
            }
        }
    }

    /// Lets the kernel take blocks from a supply as long as they fit, and sets the stretch for what follows.
    fn fold<S: Simd, From: Supply<S, BATCH>, const BATCH: usize, const VECTORS: usize>(
        &mut self,
        simd: S,
        supply: &mut From,
    ) {
        let mut done = 0;
        let mut fits = false;
        if let Some(window) = self.window {
            let block = const { block::<S, Q, VECTORS>() };
            let count = supply.left().min(self.room() * block);
            let values = supply.in_memory();
            let mut compared = (f64::INFINITY, f64::NEG_INFINITY);
            done = simd.run(Fold::<S, Q, From, BATCH, VECTORS> {
                simd,
                supply,
                count,
                window: &window,
                totals: &mut self.totals,
                compared: &mut compared,
                quantity: PhantomData,
            });
            fits = done == count;
            self.compare(compared, values.get(..done).unwrap_or_default());
        }
        self.sifting_failed = false;
        self.stretch = if fits {
            0
        } else if done == 0 {
            (2 * self.stretch).clamp(1, MAX_STRETCH)
        } else {
            1
        };
    }

    /// Adds one block after a look at it; was it an ordinary one, that the kernel would take?
    fn add_block(&mut self, block: &[Unaligned]) -> bool {
        if block.is_empty() {
            return true;
        }
        let span = Span::of(self.set, block);
        self.compare(span.compared, block);
        self.add_spanned(block, span)
    }

    /// Adds fewer values than a step.
    fn add_rest(&mut self, rest: &[Unaligned]) {
        if Q::EXTREMES {
            for &value in rest {
                self.moments.extremes.add(f64::from_ne_bytes(value));
            }
        }
        // Zeros change sums by nothing.
        let mut padded = [[0; 8]; MAX_STEP];
        let padded = &mut padded[..self.blocking.step];
        padded[..rest.len()].copy_from_slice(rest);
        let span = Span::of(self.set, padded);
        self.add_spanned(padded, span);
    }

    /// Adds a block that was looked over, all but its extremes; was it an ordinary one?
    fn add_spanned(&mut self, block: &[Unaligned], span: Span) -> bool {
        if span.finite && span.largest() == 0.0 {
            return true;
        }
        if span.finite
            && let Some((window, depth)) = self.fit(span)
        {
            self.add_fitting(depth, block, &window);
            return depth == Depth::Two;
        }
        // Where one block could not be sifted, the next ones are not likely to be.
        self.sifting_failed = self.sifting_failed || !self.try_sifting(block);
        if self.sifting_failed {
            self.add_wide(block, span.finite);
        }
        false
    }

    /// Sifts a block by the window in force, or else by a window of its own.
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

    /// Adds a block that fits a window of this depth, which is in force.
    fn add_fitting(&mut self, depth: Depth, block: &[Unaligned], window: &Window) {
        self.room();
        let no_extremes = &mut (f64::INFINITY, f64::NEG_INFINITY);
        let totals = &mut self.totals;
        let done = fold::<Q::Sums>(self.set, depth, block, window, totals, no_extremes);
        assert_eq!(done, block.len(), "the window holds the block");
    }

    /// Adds a block whose values fit the window in force but for a few, which go one by one; `false`, and
    /// nothing added, if they are more than a few.
    fn add_sifted(&mut self, block: &[Unaligned], window: &Window) -> bool {
        let sieve = Sieve {
            least: window.least(Depth::Two),
            above: window.above,
        };
        let mut outliers = Outliers::default();
        self.set.run(Sift(&sieve, block, &mut outliers));
        let Some(mut outliers) = outliers.few() else {
            return false;
        };
        for &index in outliers {
            self.add_one(f64::from_ne_bytes(block[usize::from(index)]));
        }
        let mut kept = [[0; 8]; SIFTED];
        for (piece, start) in block.chunks(SIFTED).zip((0..).step_by(SIFTED)) {
            let kept = &mut kept[..piece.len()];
            kept.copy_from_slice(piece);
            while let Some((&index, later)) = outliers.split_first()
                && let Some(outlier) = kept.get_mut(usize::from(index) - start)
            {
                *outlier = [0; 8];
                outliers = later;
            }
            self.add_fitting(Depth::Two, kept, window);
        }
        true
    }

    /// A window for what seem to be the usual magnitudes of a block.
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
        // Above three quarters of the samples, and a little more.
        let upper = exponents[SAMPLES * 3 / 4];
        let largest = power_of_two(upper.saturating_add(2));
        if upper == i32::MIN || largest.is_infinite() {
            return None;
        }
        Window::new::<Q>(largest, self.blocking.log2_adds)
    }

    /// Adds one value of any kind to the sums.
    fn add_one(&mut self, x: f64) {
        if !x.is_finite() {
            self.moments.counts.add_special(x);
            return;
        }
        if Q::SUM {
            self.moments.sum.add(x);
        }
        if Q::SQUARES {
            self.moments.squares.add_product(x, x);
        }
    }

    /// The window and depth for a block: the window in force if it will do, else one of the block's own.
    fn fit(&mut self, span: Span) -> Option<(Window, Depth)> {
        let (least, largest) = (span.least, span.largest());
        let in_force = self
            .window
            .and_then(|window| Some((window, window.depth(least, largest)?)));
        if let Some((_, Depth::Two)) = in_force {
            return in_force;
        }
        let own = Window::new::<Q>(largest, self.blocking.log2_adds)
            .and_then(|window| Some((window, window.depth(least, largest)?)));
        match (in_force, own) {
            (Some(_), None | Some((_, Depth::Three))) => in_force,
            (_, Some((window, _))) => {
                self.deposit_totals();
                self.window = Some(window);
                own
            }
            (None, None) => None,
        }
    }

    /// Adds a block whose exponents lie too far apart, or too close to the ends of the range, for any window.
    fn add_wide(&mut self, block: &[Unaligned], all_finite: bool) {
        self.wide += block.len();
        if self.bins.is_none() && self.wide >= WORTH_BINS {
            self.bins = Bins::new();
        }
        let Some(bins) = &mut self.bins else {
            for &value in block {
                self.add_one(f64::from_ne_bytes(value));
            }
            return;
        };
        if bins.room() < block.len() {
            bins.drain(&mut self.moments.sum, &mut self.moments.squares);
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
                    self.moments.counts.add_special(f64::from_ne_bytes(value));
                }
            }
        }
    }

    fn compare(&mut self, compared: (f64, f64), values: &[Unaligned]) {
        if Q::EXTREMES {
            let extremes = &mut self.moments.extremes;
            extremes.add_compared(compared.0, compared.1, values);
        }
    }

    /// Blocks that the totals have room for, after making some.
    fn room(&mut self) -> usize {
        if self.totals.room() == 0 {
            self.deposit_totals();
        }
        self.totals.room()
    }

    fn deposit_totals(&mut self) {
        if let Some(window) = &self.window {
            let moments = &mut self.moments;
            self.totals
                .deposit::<Q>(window, &mut moments.sum, &mut moments.squares);
        }
    }
}

fn is_finite(value: Unaligned) -> bool {
    f64::from_ne_bytes(value).is_finite()
}
