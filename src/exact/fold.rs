//! The block kernel: values are added up as they come, in one pass.
//!
//! No pass over a block to find the exponent that its window must have: [`fold`] trusts the window of the
//! last block, and finds the largest and the least nonzero magnitude beside the sums. A block that turns out
//! not to fit (or to hold NaN or infinity) is declined with its sums dropped; the caller deals with it.
//!
//! Values need not come from memory: a [`Supply`] may make them, and makes a declined block once more.

use std::marker::PhantomData;

use super::Unaligned;
use super::extract::Running;
use super::quantity::Quantity;
use super::supply::{Memory, Supply};
use super::window::{Depth, Totals, Window};
use crate::simd::{F64s, InstructionSet, Kernel, LeastNonzero, MAX_LANES, Simd, opaque};

/// No kernel's step is longer.
pub const MAX_STEP: usize = 4 * MAX_LANES;

/// No kernel's block is longer.
pub const MAX_BLOCK: usize = 1024;

/// The least and the greatest number seen by float comparison.
pub type Compared = (f64, f64);

/// How a kernel takes values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocking {
    /// Values come in multiples of this: the lanes that a kernel has for each fold.
    pub step: usize,
    /// log2 of the additions that a lane does in a block.
    pub log2_adds: u32,
}

impl Blocking {
    /// Values in a full block.
    pub fn block(self) -> usize {
        self.step << self.log2_adds
    }

    /// That of [`fold`].
    pub fn of<Q: Quantity>(set: InstructionSet) -> Self {
        struct Ask<Q>(PhantomData<Q>);
        impl<Q: Quantity> Kernel for Ask<Q> {
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
        set.run(Ask::<Q>(PhantomData))
    }
}

/// How many vectors are under way at a time, and how often each lane is added to in a block.
pub struct Unrolling {
    /// Vectors that have lanes of their own.
    pub vectors: usize,
    /// log2 of the additions.
    pub log2_adds: u32,
}

/// log2 of the additions that a lane does in a block of any kernel with squares.
pub const LOG2_ADDS_WITH_SQUARES: u32 = 6;

/// Values in a full block of a kernel with lanes for so many vectors.
pub const fn block<S: Simd, Q: Quantity, const VECTORS: usize>() -> usize {
    (VECTORS * S::LANES) << Unrolling::of::<S, Q>().log2_adds
}

impl Unrolling {
    /// Chosen by measurement. 16 registers hold the folds of two vectors, or of one with squares; with 32,
    /// squares keep all ports busy with two.
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

/// Adds values to `totals`, block by block, and their extremes to `compared`, if those are asked for; stops
/// at the first block that does not fit `window`, and returns how many values were taken.
///
/// The number of values is a multiple of the step of [`Blocking::of`] these quantities, and the totals have
/// room.
pub fn fold<Q: Quantity>(
    set: InstructionSet,
    depth: Depth,
    values: &[Unaligned],
    window: &Window,
    totals: &mut Totals,
    compared: &mut Compared,
) -> usize {
    macro_rules! with {
        ($folds:literal) => {
            set.run(FoldMemory::<Q, $folds> {
                values,
                window,
                totals,
                compared,
                quantity: PhantomData,
            })
        };
    }
    match depth {
        Depth::Two => with!(2),
        Depth::Three => with!(3),
    }
}

/// [`fold`] with so many folds.
struct FoldMemory<'a, Q, const FOLDS: usize> {
    values: &'a [Unaligned],
    window: &'a Window,
    totals: &'a mut Totals,
    compared: &'a mut Compared,
    quantity: PhantomData<Q>,
}

impl<Q: Quantity, const FOLDS: usize> Kernel for FoldMemory<'_, Q, FOLDS> {
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

impl<Q: Quantity, const FOLDS: usize> FoldMemory<'_, Q, FOLDS> {
    #[inline(always)]
    fn unrolled<S: Simd, const VECTORS: usize>(self, simd: S) -> usize {
        Fold::<S, Q, Memory, VECTORS, VECTORS> {
            simd,
            supply: &mut Memory(self.values),
            count: self.values.len(),
            window: self.window,
            totals: self.totals,
            compared: self.compared,
            quantity: PhantomData,
        }
        .with_folds::<FOLDS>()
    }
}

/// Adds `count` values of a supply to `totals` with two folds, by blocks of which the last one may be
/// shorter, and their extremes to `compared`; stops at the first block that does not fit `window`, with the
/// supply at its beginning, and returns how many values were taken.
///
/// There are lanes for `VECTORS` vectors, a divisor of `BATCH`. To be run on `simd` alone.
pub struct Fold<'a, S: Simd, Q, From, const BATCH: usize, const VECTORS: usize> {
    /// The instruction set that the supply is made for.
    pub simd: S,
    /// Where the values come from.
    pub supply: &'a mut From,
    /// How many to take, if they fit: a multiple of `BATCH` vectors that the supply has.
    pub count: usize,
    /// What values may be like.
    pub window: &'a Window,
    /// What is added to; it has room for so many blocks.
    pub totals: &'a mut Totals,
    /// The extremes so far.
    pub compared: &'a mut Compared,
    /// What is gathered.
    pub quantity: PhantomData<Q>,
}

impl<S, Q, From, const BATCH: usize, const VECTORS: usize> Kernel
    for Fold<'_, S, Q, From, BATCH, VECTORS>
where
    S: Simd,
    Q: Quantity,
    From: Supply<S, BATCH>,
{
    type Output = usize;

    #[inline(always)]
    fn run<Same: Simd>(self, _: Same) -> usize {
        self.with_folds::<2>()
    }
}

impl<S, Q, From, const BATCH: usize, const VECTORS: usize> Fold<'_, S, Q, From, BATCH, VECTORS>
where
    S: Simd,
    Q: Quantity,
    From: Supply<S, BATCH>,
{
    /// Does it with so many folds.
    #[inline(always)]
    fn with_folds<const FOLDS: usize>(self) -> usize {
        let Self {
            simd,
            supply,
            count,
            window,
            totals,
            compared,
            ..
        } = self;
        // The supply has the values, whole batches of them, and so has a block.
        assert!(count <= supply.left() && count.is_multiple_of(BATCH * S::LANES));
        let block = const { block::<S, Q, VECTORS>() };
        let least_held = window.least(if FOLDS == 2 { Depth::Two } else { Depth::Three });
        let one = From::FMA_PORT_FREE.then_some(simd.splat(opaque(1.0)));
        let no_high = if Q::EXTREMES { f64::NEG_INFINITY } else { 0.0 };
        let mut seen = Seen::<S, VECTORS> {
            least: [simd.no_least(); VECTORS],
            innermost: [simd.splat(f64::INFINITY); VECTORS],
            low: [simd.splat(f64::INFINITY); VECTORS],
            high: [simd.splat(no_high); VECTORS],
        };
        let mut done = 0;
        while done < count {
            let length = block.min(count - done);
            let mut here = *supply;
            let (low, high) = (seen.low, seen.high);
            let mut sum = Running::<S, VECTORS, FOLDS>::start(simd, &window.sum);
            let mut square = Running::<S, VECTORS, FOLDS>::start(simd, &window.square);
            let mut error = Running::<S, VECTORS, FOLDS>::start(simd, &window.error);
            let mut i = 0;
            while i < length {
                // SAFETY: `count` values are there, and come by whole batches.
                let vectors = unsafe { here.next(simd) };
                for (n, x) in vectors.into_iter().enumerate() {
                    let v = n % VECTORS;
                    seen.add::<Q>(v, x, From::ZEROS);
                    if Q::SUM {
                        sum.add(v, x, one);
                    }
                    if Q::SQUARES {
                        let product = x.mul(x);
                        square.add(v, product, one);
                        if !Q::NARROW {
                            error.add(v, x.product_error(x, product), one);
                        }
                    }
                }
                i += BATCH * S::LANES;
            }
            // A NaN anywhere leaves NaN in its lane, whatever comparisons made of it.
            let first = if Q::SUM { sum.first() } else { square.first() };
            let mut witness = first[0];
            for lanes in &first[1..] {
                witness = witness.add(*lanes);
            }
            if !(seen.fits::<Q>(window.above, least_held, From::ZEROS) && witness.none_is_nan()) {
                (seen.low, seen.high) = (low, high);
                break;
            }
            if Q::SUM {
                sum.add_to(simd, &window.sum, &mut totals.sum);
            }
            if Q::SQUARES {
                square.add_to(simd, &window.square, &mut totals.square);
                if !Q::NARROW {
                    error.add_to(simd, &window.error, &mut totals.error);
                }
            }
            totals.blocks += 1;
            *supply = here;
            done += length;
        }
        if Q::EXTREMES {
            for v in 0..VECTORS {
                compared.0 = compared.0.min(seen.low[v].reduce_min());
                compared.1 = compared.1.max(seen.high[v].reduce_max());
            }
        }
        done
    }
}

/// What the lanes have seen, for admission and for the extremes.
struct Seen<S: Simd, const VECTORS: usize> {
    /// The least nonzero magnitudes, where zeros are to be expected.
    least: [S::Least; VECTORS],
    /// The least magnitudes, where they are not.
    innermost: [S::F64; VECTORS],
    /// The least values, if extremes are asked for.
    low: [S::F64; VECTORS],
    /// The greatest values, or else the greatest magnitudes.
    high: [S::F64; VECTORS],
}

impl<S: Simd, const VECTORS: usize> Seen<S, VECTORS> {
    #[inline(always)]
    fn add<Q: Quantity>(&mut self, v: usize, x: S::F64, zeros: bool) {
        let magnitude = x.abs();
        if zeros {
            self.least[v] = self.least[v].with(magnitude);
        } else {
            self.innermost[v] = x.min_magnitude(self.innermost[v]);
        }
        if Q::EXTREMES {
            self.low[v] = x.min(self.low[v]);
            self.high[v] = x.max(self.high[v]);
        } else {
            self.high[v] = magnitude.max(self.high[v]);
        }
    }

    /// Are all magnitudes below `above`, and all nonzero ones (all, if zeros were not to be expected) at
    /// least `least`?
    #[inline(always)]
    fn fits<Q: Quantity>(&self, above: f64, least: f64, zeros: bool) -> bool {
        let (mut smallest, mut innermost) = (self.least[0], self.innermost[0]);
        let (mut bottom, mut top) = (self.low[0], self.high[0]);
        for v in 1..VECTORS {
            smallest = smallest.or(self.least[v]);
            innermost = innermost.min(self.innermost[v]);
            bottom = bottom.min(self.low[v]);
            top = top.max(self.high[v]);
        }
        if Q::EXTREMES {
            top = top.abs().max(bottom.abs());
        }
        let reaches = if zeros {
            smallest.all_at_least(least)
        } else {
            innermost.all_at_least(least)
        };
        top.all_below(above) && reaches
    }
}
