//! The block kernel: values are added up as they come, in one pass.
//!
//! There is no pass over a block to find the exponent that its window must have: [`fold`] takes the window of
//! the last block, and finds the largest and the least nonzero magnitude beside the sums. A block that does
//! not fit the window, or has a NaN or infinity, is declined: its sums are dropped, and the caller adds it in
//! another way. [`sift`] leaves NaNs and other outliers out instead, and declines blocks that have too many.
//!
//! Values need not come from memory: a [`Supply`] may compute them, and computes a declined block again.

use std::marker::PhantomData;

use super::Unaligned;
use super::blocking::{Unrolling, block};
use super::quantity::Quantity;
use super::range::{MinMax, Range};
use super::sieve::{Marked, Outliers};
use super::sums::Sums;
use super::supply::{Memory, Supply};
use super::window::{Depth, Totals, Window};
use crate::simd::{F64s, InstructionSet, Kernel, Simd, opaque};

/// Adds values to `totals`, block by block; stops at the first block that does not fit `window`, and returns
/// how many values were taken.
///
/// The number of values must be a multiple of the step of [`Blocking::of`](super::blocking::Blocking::of)
/// these quantities, and the totals must have room for the blocks.
pub fn fold<Q: Quantity>(
    set: InstructionSet,
    depth: Depth,
    values: &[Unaligned],
    window: &Window,
    totals: &mut Totals,
) -> usize {
    let outliers = &mut Outliers::none();
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
    outliers: &mut Outliers<'_>,
) -> usize {
    FoldMemory::<Q, 2, true>::run(set, values, window, totals, outliers)
}

/// The kernel of [`fold`] and [`sift`], with `FOLDS` folds.
struct FoldMemory<'a, 'room, Q, const FOLDS: usize, const SIFTS: bool> {
    values: &'a [Unaligned],
    window: &'a Window,
    totals: &'a mut Totals,
    outliers: &'a mut Outliers<'room>,
    quantity: PhantomData<Q>,
}

impl<'a, 'room, Q: Quantity, const FOLDS: usize, const SIFTS: bool>
    FoldMemory<'a, 'room, Q, FOLDS, SIFTS>
{
    fn run(
        set: InstructionSet,
        values: &'a [Unaligned],
        window: &'a Window,
        totals: &'a mut Totals,
        outliers: &'a mut Outliers<'room>,
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
    for FoldMemory<'_, '_, Q, FOLDS, SIFTS>
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

impl<Q: Quantity, const FOLDS: usize, const SIFTS: bool> FoldMemory<'_, '_, Q, FOLDS, SIFTS> {
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
pub struct Fold<
    'a,
    'room,
    S: Simd,
    Q,
    Values,
    const BATCH: usize,
    const VECTORS: usize,
    const SIFTS: bool,
> {
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
    pub outliers: &'a mut Outliers<'room>,
    /// The quantities to gather.
    pub quantity: PhantomData<Q>,
}

impl<S, Q, Values, const BATCH: usize, const VECTORS: usize, const SIFTS: bool> Kernel
    for Fold<'_, '_, S, Q, Values, BATCH, VECTORS, SIFTS>
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
    Fold<'_, '_, S, Q, Values, BATCH, VECTORS, SIFTS>
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
        let mut range = Values::Range::<VECTORS>::new::<Q>(simd);
        let mut room = Marked::ROOM;
        let mut done = 0;
        while done < count {
            let length = block.min(count - done);
            if SIFTS && !outliers.have_room() {
                break;
            }
            let mut here = *supply;
            let range_before = range;
            let mut sums = Sums::<S, Q, VECTORS, FOLDS>::start(simd, window);
            let mut marked = Marked::new(&mut room);
            let mut i = 0;
            while i < length {
                // SAFETY: at least `count` values are left, and `length` is a multiple of a batch.
                let batch = unsafe { here.next(simd) };
                let mut outside = 0;
                for n in 0..BATCH {
                    let mut x = Values::vector(&batch, n);
                    if SIFTS {
                        let kept = x.keep_within(least, above);
                        outside |= x.differs(kept) << (n * S::LANES);
                        x = kept;
                    }
                    sums.add(n % VECTORS, x, one);
                }
                if SIFTS {
                    range.add_extremes::<Q>(&batch);
                    marked.push(i, outside);
                } else {
                    range.add::<Q>(&batch);
                }
                i += BATCH * S::LANES;
            }
            let fits = if SIFTS {
                take_outliers(supply, length, &marked, outliers)
            } else {
                range.fits::<Q>(window.above, least_held) && sums.witness().none_is_nan()
            };
            if !fits {
                range = range_before;
                break;
            }
            sums.add_to(simd, window, totals);
            totals.blocks += 1;
            *supply = here;
            done += length;
        }
        if Q::EXTREMES {
            let (min, max) = range.min_max();
            *min_max = (min_max.0.min(min), min_max.1.max(max));
        }
        done
    }
}

/// Takes the marked values of the next block of a supply, of `length` values. Returns `false`, with nothing
/// taken, if there are too many outliers.
#[inline(never)]
fn take_outliers<S: Simd, Values: Supply<S, BATCH>, const BATCH: usize>(
    supply: &Values,
    length: usize,
    marked: &Marked<'_>,
    outliers: &mut Outliers<'_>,
) -> bool {
    outliers.take(marked, length, |index| supply.value(index))
}
