//! The block kernel: values are added up as they come, in one pass.
//!
//! There is no pass over a block to find the exponent that its window must have: [`fold`] takes the window of
//! the last block, and finds the largest and the least nonzero magnitude beside the sums. A block that does
//! not fit the window, or has a NaN or infinity, is declined: its sums are dropped, and the caller adds it in
//! another way.
//!
//! Values need not come from memory: a [`Supply`] may compute them, and computes a declined block again.

use std::marker::PhantomData;

use super::Unaligned;
use super::quantity::Quantity;
use super::sieve::Outliers;
use super::sums::Sums;
use super::supply::{Memory, Supply};
use super::window::{Depth, Totals, Window};
use crate::simd::{F64s, InstructionSet, Kernel, LeastNonzero, MAX_LANES, Simd, opaque};

/// The longest step of any kernel, in values.
pub const MAX_STEP: usize = 4 * MAX_LANES;

/// The longest block of any kernel, in values.
pub const MAX_BLOCK: usize = 1024;

/// The least and the greatest number by float comparison, to which -0.0 and +0.0 are equal; (∞, -∞) of none.
pub type MinMax = (f64, f64);

/// How a kernel divides values into blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocking {
    /// The lanes that a kernel has for each fold: it takes a multiple of so many values.
    pub step: usize,
    /// log2 of the additions that a lane does in a block.
    pub log2_adds: u32,
}

impl Blocking {
    /// How many values a full block has.
    pub fn block(self) -> usize {
        self.step << self.log2_adds
    }

    /// The blocking of [`fold`] for these quantities.
    pub fn of<Q: Quantity>(set: InstructionSet) -> Self {
        struct ChooseBlocking<Q>(PhantomData<Q>);
        impl<Q: Quantity> Kernel for ChooseBlocking<Q> {
            type Output = Blocking;

            #[inline(always)]
            fn run<S: Simd>(self, _: S) -> Blocking {
                let Unrolling { vectors, log2_adds } = const { Unrolling::of::<S, Q>() };
                Blocking {
                    step: vectors * S::LANES,
                    log2_adds,
                }
            }
        }
        set.run(ChooseBlocking::<Q>(PhantomData))
    }
}

/// How many vectors are under way at a time, and how often each lane is added to in a block.
pub struct Unrolling {
    /// How many vectors have lanes of their own.
    pub vectors: usize,
    /// log2 of the additions that a lane does in a block.
    pub log2_adds: u32,
}

/// [`Unrolling::log2_adds`] of every kernel with squares.
pub const LOG2_ADDS_WITH_SQUARES: u32 = 6;

/// How many values a full block of a kernel with lanes for `VECTORS` vectors has.
pub const fn block<S: Simd, Q: Quantity, const VECTORS: usize>() -> usize {
    (VECTORS * S::LANES) << Unrolling::of::<S, Q>().log2_adds
}

impl Unrolling {
    /// The unrolling that was measured to be fastest. 16 registers hold the folds of two vectors, or of one
    /// with squares; with 32 registers, two vectors with squares keep all execution ports busy.
    pub const fn of<S: Simd, Q: Quantity>() -> Self {
        let (vectors, log2_adds) = match (S::REGISTERS >= 32, Q::SQUARES) {
            (true, false) => (4, 5),
            (false, false) => (2, 6),
            (true, true) => (2, LOG2_ADDS_WITH_SQUARES),
            (false, true) => (1, LOG2_ADDS_WITH_SQUARES),
        };
        Self { vectors, log2_adds }
    }
}

/// Adds values to `totals`, block by block; stops at the first block that does not fit `window`, and returns
/// how many values were taken.
///
/// The number of values must be a multiple of the step of [`Blocking::of`] these quantities, and the totals
/// must have room for the blocks.
pub fn fold<Q: Quantity>(
    set: InstructionSet,
    depth: Depth,
    values: &[Unaligned],
    window: &Window,
    totals: &mut Totals,
) -> usize {
    let outliers = &mut Outliers::new();
    match depth {
        Depth::Two => FoldMemory::<Q, 2, false>::run(set, values, window, totals, outliers),
        Depth::Three => FoldMemory::<Q, 3, false>::run(set, values, window, totals, outliers),
    }
}

/// As [`fold`] with two folds, but outliers are left out and added to `outliers`; it stops at the first block
/// that has too many of them.
pub fn sift<Q: Quantity>(
    set: InstructionSet,
    values: &[Unaligned],
    window: &Window,
    totals: &mut Totals,
    outliers: &mut Outliers,
) -> usize {
    FoldMemory::<Q, 2, true>::run(set, values, window, totals, outliers)
}

/// The kernel of [`fold`] and [`sift`], with `FOLDS` folds.
struct FoldMemory<'a, Q, const FOLDS: usize, const SIFTS: bool> {
    values: &'a [Unaligned],
    window: &'a Window,
    totals: &'a mut Totals,
    outliers: &'a mut Outliers,
    quantity: PhantomData<Q>,
}

impl<'a, Q: Quantity, const FOLDS: usize, const SIFTS: bool> FoldMemory<'a, Q, FOLDS, SIFTS> {
    fn run(
        set: InstructionSet,
        values: &'a [Unaligned],
        window: &'a Window,
        totals: &'a mut Totals,
        outliers: &'a mut Outliers,
    ) -> usize {
        set.run(Self {
            values,
            window,
            totals,
            outliers,
            quantity: PhantomData,
        })
    }
}

impl<Q: Quantity, const FOLDS: usize, const SIFTS: bool> Kernel
    for FoldMemory<'_, Q, FOLDS, SIFTS>
{
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> usize {
        match const { Unrolling::of::<S, Q>().vectors } {
            1 => self.unrolled::<S, 1>(simd),
            2 => self.unrolled::<S, 2>(simd),
            _ => self.unrolled::<S, 4>(simd),
        }
    }
}

impl<Q: Quantity, const FOLDS: usize, const SIFTS: bool> FoldMemory<'_, Q, FOLDS, SIFTS> {
    #[inline(always)]
    fn unrolled<S: Simd, const VECTORS: usize>(self, simd: S) -> usize {
        Fold::<S, Q, Memory, VECTORS, VECTORS, SIFTS> {
            simd,
            supply: &mut Memory(self.values),
            count: self.values.len(),
            window: self.window,
            totals: self.totals,
            min_max: &mut (f64::INFINITY, f64::NEG_INFINITY),
            outliers: self.outliers,
            quantity: PhantomData,
        }
        .with_folds::<FOLDS>()
    }
}

/// The kernel that adds `count` values of a supply to `totals` with two folds, and their extremes to
/// `min_max`, block by block; the last block may be shorter. It stops at the first block that does not fit
/// `window`, leaves the supply at the beginning of that block, and returns how many values were taken.
///
/// If it `SIFTS`, outliers go to `outliers` instead of to the totals. It stops at the first block with too
/// many of them, or when there is no room for more.
///
/// There are lanes for `VECTORS` vectors, a divisor of `BATCH`. Only `simd` may run it.
pub struct Fold<'a, S: Simd, Q, Values, const BATCH: usize, const VECTORS: usize, const SIFTS: bool>
{
    /// The instruction set that the supply is made for.
    pub simd: S,
    /// Where the values come from.
    pub supply: &'a mut Values,
    /// How many values to take if they fit: a multiple of `BATCH` vectors, and no more than are left.
    pub count: usize,
    /// The window that blocks must fit.
    pub window: &'a Window,
    /// The totals to add to, which have room for the blocks of `count` values.
    pub totals: &'a mut Totals,
    /// The extremes, to which those of the values are added.
    pub min_max: &'a mut MinMax,
    /// Where outliers go, if the kernel sifts.
    pub outliers: &'a mut Outliers,
    /// The quantities to gather.
    pub quantity: PhantomData<Q>,
}

impl<S, Q, Values, const BATCH: usize, const VECTORS: usize, const SIFTS: bool> Kernel
    for Fold<'_, S, Q, Values, BATCH, VECTORS, SIFTS>
where
    S: Simd,
    Q: Quantity,
    Values: Supply<S, BATCH>,
{
    type Output = usize;

    #[inline(always)]
    fn run<Same: Simd>(self, _: Same) -> usize {
        // The argument is `self.simd`; it has the type that the supply was made for.
        self.with_folds::<2>()
    }
}

impl<S, Q, Values, const BATCH: usize, const VECTORS: usize, const SIFTS: bool>
    Fold<'_, S, Q, Values, BATCH, VECTORS, SIFTS>
where
    S: Simd,
    Q: Quantity,
    Values: Supply<S, BATCH>,
{
    /// Runs the kernel with `FOLDS` folds.
    #[inline(always)]
    fn with_folds<const FOLDS: usize>(self) -> usize {
        let Self {
            simd,
            supply,
            count,
            window,
            totals,
            min_max,
            outliers,
            ..
        } = self;
        // Both `count` and the length of a block are multiples of a batch.
        const {
            assert!(block::<S, Q, VECTORS>().is_multiple_of(BATCH * S::LANES));
            assert!(BATCH.is_multiple_of(VECTORS));
        }
        assert!(count <= supply.left() && count.is_multiple_of(BATCH * S::LANES));
        let block = const { block::<S, Q, VECTORS>() };
        let least_held = window.least(if FOLDS == 2 { Depth::Two } else { Depth::Three });
        let (least, above) = (simd.splat(least_held), simd.splat(window.above));
        let one = Values::FMA_PORT_FREE.then_some(simd.splat(opaque(1.0)));
        let no_high = if Q::EXTREMES { f64::NEG_INFINITY } else { 0.0 };
        let mut range = Range::<S, VECTORS> {
            least_nonzero: [simd.no_least(); VECTORS],
            least_magnitude: [simd.splat(f64::INFINITY); VECTORS],
            low: [simd.splat(f64::INFINITY); VECTORS],
            high: [simd.splat(no_high); VECTORS],
        };
        let mut done = 0;
        while done < count {
            let length = block.min(count - done);
            let before = outliers.begin_block(length);
            if SIFTS && before.is_none() {
                break;
            }
            let mut here = *supply;
            let (low, high) = (range.low, range.high);
            let mut sums = Sums::<S, Q, VECTORS, FOLDS>::start(simd, window);
            let mut few_outliers = true;
            let mut i = 0;
            while i < length {
                let at = here;
                // SAFETY: at least `count` values are left, and `length` is a multiple of a batch.
                let vectors = unsafe { here.next(simd) };
                let mut outside = 0;
                for n in 0..BATCH {
                    let (v, x) = (n % VECTORS, vectors[n]);
                    if SIFTS {
                        let kept = x.keep_within(least, above);
                        outside |= x.differs(kept) << (n * S::LANES);
                        range.add_extremes::<Q>(v, x);
                        sums.add(v, kept, one);
                    } else {
                        range.add::<Q>(v, x, Values::EXPECTS_ZEROS);
                        sums.add(v, x, one);
                    }
                }
                if SIFTS && outside != 0 && !take_outliers(&at, outside, outliers) {
                    few_outliers = false;
                    break;
                }
                i += BATCH * S::LANES;
            }
            let fits = if SIFTS {
                few_outliers
            } else {
                range.fits::<Q>(window.above, least_held, Values::EXPECTS_ZEROS)
                    && sums.witness().none_is_nan()
            };
            if !fits {
                (range.low, range.high) = (low, high);
                if let Some(before) = before {
                    outliers.truncate(before);
                }
                break;
            }
            sums.add_to(simd, window, totals);
            totals.blocks += 1;
            *supply = here;
            done += length;
        }
        if Q::EXTREMES {
            for v in 0..VECTORS {
                min_max.0 = min_max.0.min(range.low[v].reduce_min());
                min_max.1 = min_max.1.max(range.high[v].reduce_max());
            }
        }
        done
    }
}

/// Takes the next values of a supply whose bits in `lanes` are set, the first value's the lowest. Returns
/// `false` if the block has too many outliers. Not inlined, as it would take registers from the kernel.
#[cold]
#[inline(never)]
fn take_outliers<S: Simd, Values: Supply<S, BATCH>, const BATCH: usize>(
    supply: &Values,
    mut lanes: u32,
    outliers: &mut Outliers,
) -> bool {
    while lanes != 0 {
        outliers.take(supply.value(lanes.trailing_zeros() as usize));
        lanes &= lanes - 1;
    }
    outliers.are_few()
}

/// The least and greatest values and magnitudes of each lane, for admission and for the extremes.
struct Range<S: Simd, const VECTORS: usize> {
    /// The least nonzero magnitudes, if zeros are expected.
    least_nonzero: [S::Least; VECTORS],
    /// The least magnitudes, if zeros are not expected.
    least_magnitude: [S::F64; VECTORS],
    /// The least values, if extremes are gathered.
    low: [S::F64; VECTORS],
    /// The greatest values if extremes are gathered, else the greatest magnitudes.
    high: [S::F64; VECTORS],
}

impl<S: Simd, const VECTORS: usize> Range<S, VECTORS> {
    /// Takes in x, of the vector number `v`. `zeros` tells whether zeros are expected.
    #[inline(always)]
    fn add<Q: Quantity>(&mut self, v: usize, x: S::F64, zeros: bool) {
        let magnitude = x.abs();
        if zeros {
            self.least_nonzero[v] = self.least_nonzero[v].with(magnitude);
        } else {
            self.least_magnitude[v] = x.min_magnitude(self.least_magnitude[v]);
        }
        if Q::EXTREMES {
            self.add_extremes::<Q>(v, x);
        } else {
            self.high[v] = magnitude.max(self.high[v]);
        }
    }

    /// Takes x in for the extremes alone, if `Q` has them. NaN is skipped.
    #[inline(always)]
    fn add_extremes<Q: Quantity>(&mut self, v: usize, x: S::F64) {
        if Q::EXTREMES {
            self.low[v] = x.min(self.low[v]);
            self.high[v] = x.max(self.high[v]);
        }
    }

    /// Are all magnitudes below `above`, and all nonzero ones at least `least`? Zeros count as nonzero
    /// magnitudes if they are not expected.
    #[inline(always)]
    fn fits<Q: Quantity>(&self, above: f64, least: f64, zeros: bool) -> bool {
        let (mut least_nonzero, mut least_magnitude) =
            (self.least_nonzero[0], self.least_magnitude[0]);
        let (mut bottom, mut top) = (self.low[0], self.high[0]);
        for v in 1..VECTORS {
            least_nonzero = least_nonzero.min(self.least_nonzero[v]);
            least_magnitude = least_magnitude.min(self.least_magnitude[v]);
            bottom = bottom.min(self.low[v]);
            top = top.max(self.high[v]);
        }
        if Q::EXTREMES {
            top = top.abs().max(bottom.abs());
        }
        let reaches = if zeros {
            least_nonzero.all_at_least(least)
        } else {
            least_magnitude.all_at_least(least)
        };
        top.all_below(above) && reaches
    }
}
