//! Small vectors: exact moments and dot products of values that stay in the nearest cache, in a few words.
//!
//! The accumulators look for a window by trial, and keep what belongs to any values at all. Here the range of
//! all values is found first, and then they are folded under one window, without a test on the way. Values
//! that are not finite, or that two folds do not hold, are left to the accumulators.

use std::marker::PhantomData;

use super::Unaligned;
use super::blocking::{MAX_STEP, Unrolling};
use super::dyadic::Dyadic;
use super::extract::Running;
use super::extremes::Extremes;
use super::fold_products;
use super::moments::Counts;
use super::natural::Natural;
use super::quantity::Quantity;
use super::short::Short;
use super::sums::Sums;
use super::supply::contains;
use super::window::{Depth, ProductWindow, Totals, Window};
use crate::simd::{F64s, InstructionSet, Kernel, LeastNonzero, Simd, opaque};

/// The most values of a small vector: two passes over 32 KiB take no longer than one pass that has to find
/// its window.
pub const MAX_VALUES: usize = 4096;

/// The most additions that a lane does in a block, as a power of two: as many as the accumulators' lanes do,
/// so that the folds reach as far as theirs.
const MAX_LOG2_ADDS: u32 = 6;

/// The exact moments of the values, at most [`MAX_VALUES`], if they are finite and two folds hold them.
pub fn moments<Q: Quantity>(set: InstructionSet, values: &[Unaligned]) -> Option<Short> {
    struct FoldSmall<'a, Q>(&'a [Unaligned], PhantomData<Q>);
    impl<Q: Quantity> Kernel for FoldSmall<'_, Q> {
        type Output = Option<Short>;

        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> Option<Short> {
            match const { Unrolling::of::<S, Q>().vectors } {
                1 => fold::<S, Q, 1>(simd, self.0),
                2 => fold::<S, Q, 2>(simd, self.0),
                _ => fold::<S, Q, 4>(simd, self.0),
            }
        }
    }
    debug_assert!(values.len() <= MAX_VALUES);
    set.run(FoldSmall::<Q>(values, PhantomData))
}

/// The exact dot product of two vectors of equal length, at most [`MAX_VALUES`], if all factors are finite
/// and two folds hold the products.
pub fn dot(set: InstructionSet, x: &[Unaligned], y: &[Unaligned]) -> Option<Dyadic<4>> {
    struct FoldSmall<'a>(&'a [Unaligned], &'a [Unaligned]);
    impl Kernel for FoldSmall<'_> {
        type Output = Option<Dyadic<4>>;

        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> Option<Dyadic<4>> {
            match const { fold_products::vectors::<S>() } {
                1 => fold_pairs::<S, 1>(simd, self.0, self.1),
                _ => fold_pairs::<S, 2>(simd, self.0, self.1),
            }
        }
    }
    debug_assert!(x.len() <= MAX_VALUES && x.len() == y.len());
    if x.is_empty() {
        return Some(Dyadic {
            negative: false,
            magnitude: Natural::from_u128(0, 0),
        });
    }
    set.run(FoldSmall(x, y))
}

/// log2 of the additions that a lane does in a block: the fewer, the further the folds reach.
#[inline(always)]
fn log2_adds(values: usize, step: usize) -> u32 {
    let log2 = values.div_ceil(step).next_power_of_two().trailing_zeros();
    // The bounds of `Totals::short` ask for two at least.
    log2.clamp(2, MAX_LOG2_ADDS)
}

/// The values after the last whole step, filled up with zeros, which change no sum.
#[inline(always)]
fn padded(rest: &[Unaligned]) -> [Unaligned; MAX_STEP] {
    let mut padded = [[0; 8]; MAX_STEP];
    for (place, &value) in padded.iter_mut().zip(rest) {
        *place = value;
    }
    padded
}

/// The vector number `v` of a step.
#[inline(always)]
fn vector<S: Simd>(simd: S, step: &[Unaligned], v: usize) -> S::F64 {
    let lanes = &step[v * S::LANES..][..S::LANES];
    // SAFETY: there are as many values as a vector has lanes.
    unsafe { simd.load(lanes.as_ptr().cast()) }
}

/// The range of some values: with their extremes, or of their magnitudes alone.
struct Range<S: Simd, const VECTORS: usize, const EXTREMES: bool> {
    /// The least nonzero magnitudes.
    least: [S::Least; VECTORS],
    /// The least values, with extremes.
    low: [S::F64; VECTORS],
    /// The greatest values, or else the greatest magnitudes.
    high: [S::F64; VECTORS],
}

impl<S: Simd, const VECTORS: usize, const EXTREMES: bool> Range<S, VECTORS, EXTREMES> {
    #[inline(always)]
    fn new(simd: S) -> Self {
        Self {
            least: [simd.no_least(); VECTORS],
            low: [simd.splat(f64::INFINITY); VECTORS],
            high: [simd.splat(f64::NEG_INFINITY); VECTORS],
        }
    }

    /// Takes in a step of values; NaNs are skipped.
    #[inline(always)]
    fn add(&mut self, simd: S, step: &[Unaligned]) {
        for v in 0..VECTORS {
            let x = vector(simd, step, v);
            let magnitude = x.abs();
            self.least[v] = self.least[v].with(magnitude);
            if EXTREMES {
                self.low[v] = x.min(self.low[v]);
                self.high[v] = x.max(self.high[v]);
            } else {
                self.high[v] = magnitude.max(self.high[v]);
            }
        }
    }

    /// The least nonzero and the largest magnitude; (1, 1) if there is none, so that there is a window.
    #[inline(always)]
    fn magnitudes(&self) -> (f64, f64) {
        let (low, high) = self.min_max();
        let largest = if EXTREMES { high.max(-low) } else { high };
        if largest <= 0.0 {
            return (1.0, 1.0);
        }
        let mut least = self.least[0];
        for v in 1..VECTORS {
            least = least.min(self.least[v]);
        }
        (least.reduce(), largest)
    }

    /// The least value, if extremes are found, and the greatest value or magnitude.
    #[inline(always)]
    fn min_max(&self) -> (f64, f64) {
        let (mut low, mut high) = (self.low[0], self.high[0]);
        for v in 1..VECTORS {
            low = low.min(self.low[v]);
            high = high.max(self.high[v]);
        }
        (low.reduce_min(), high.reduce_max())
    }
}

/// The kernel of [`moments`], with lanes for `VECTORS` vectors.
#[inline(always)]
fn fold<S: Simd, Q: Quantity, const VECTORS: usize>(
    simd: S,
    values: &[Unaligned],
) -> Option<Short> {
    let step = VECTORS * S::LANES;
    let log2_adds = log2_adds(values.len(), step);
    let (whole, rest) = values.split_at(values.len() - values.len() % step);
    let padded = &padded(rest)[..step];
    let mut extremes = Extremes::EMPTY;
    let (least, largest) = if Q::EXTREMES {
        let mut range = Range::<S, VECTORS, true>::new(simd);
        for step in whole.chunks_exact(step) {
            range.add(simd, step);
        }
        // The zeros that fill up the rest are no values.
        let (min, max) = range.min_max();
        extremes.add_compared(min, max, |x| contains(whole, x.to_ne_bytes()));
        for &value in rest {
            extremes.add(f64::from_ne_bytes(value));
        }
        range.add(simd, padded);
        range.magnitudes()
    } else {
        magnitudes::<S, VECTORS>(simd, whole, padded)
    };
    if largest.is_infinite() {
        return None;
    }
    let window = Window::new::<Q>(largest, log2_adds)?;
    if window.depth(least, largest) != Some(Depth::Two) {
        return None;
    }
    let one = Some(simd.splat(opaque(1.0)));
    let mut totals = Totals::default();
    let mut sums = Sums::<S, Q, VECTORS, 2>::start(simd, &window);
    // The first block begins with the rest.
    for v in 0..VECTORS {
        sums.add(v, vector(simd, padded, v), one);
    }
    let mut left = whole;
    loop {
        let (block, later) = left.split_at(left.len().min((step << log2_adds) - step));
        for step in block.chunks_exact(step) {
            for v in 0..VECTORS {
                sums.add(v, vector(simd, step, v), one);
            }
        }
        if !sums.witness().none_is_nan() {
            return None;
        }
        sums.add_to(simd, &window, &mut totals);
        if later.is_empty() {
            break;
        }
        left = later;
        sums = Sums::start(simd, &window);
    }
    let counts = Counts {
        all: values.len() as u64,
        ..Counts::default()
    };
    totals.short::<Q>(&window, counts, extremes)
}

/// The least nonzero and the largest magnitude: see [`Range::magnitudes`].
#[inline(always)]
fn magnitudes<S: Simd, const VECTORS: usize>(
    simd: S,
    whole: &[Unaligned],
    padded: &[Unaligned],
) -> (f64, f64) {
    let mut range = Range::<S, VECTORS, false>::new(simd);
    range.add(simd, padded);
    for step in whole.chunks_exact(VECTORS * S::LANES) {
        range.add(simd, step);
    }
    range.magnitudes()
}

/// The running sums of rounded products and of their errors.
struct RunningProducts<S: Simd, const VECTORS: usize> {
    rounded: Running<S, VECTORS, 2>,
    errors: Running<S, VECTORS, 2>,
    one: Option<S::F64>,
}

impl<S: Simd, const VECTORS: usize> RunningProducts<S, VECTORS> {
    #[inline(always)]
    fn start(simd: S, window: &ProductWindow) -> Self {
        Self {
            rounded: Running::start(simd, &window.folds.square),
            errors: Running::start(simd, &window.folds.error),
            one: Some(simd.splat(opaque(1.0))),
        }
    }

    /// Adds the products of a step of factors.
    #[inline(always)]
    fn add(&mut self, simd: S, x: &[Unaligned], y: &[Unaligned]) {
        for v in 0..VECTORS {
            let (x, y) = (vector(simd, x, v), vector(simd, y, v));
            let product = x.mul(y);
            self.rounded.add(v, product, self.one);
            self.errors.add(v, x.product_error(y, product), self.one);
        }
    }

    /// Is a lane NaN? It is after a factor that is NaN, or after an overflow within `product_error`.
    #[inline(always)]
    fn has_nan(&self, simd: S) -> bool {
        let mut witness = simd.splat(0.0);
        for v in 0..VECTORS {
            let (rounded, error) = (self.rounded.first()[v], self.errors.first()[v]);
            witness = witness.add(rounded.sub(error));
        }
        !witness.none_is_nan()
    }
}

/// The kernel of [`dot`], with lanes for `VECTORS` vectors.
#[inline(always)]
fn fold_pairs<S: Simd, const VECTORS: usize>(
    simd: S,
    x: &[Unaligned],
    y: &[Unaligned],
) -> Option<Dyadic<4>> {
    let step = VECTORS * S::LANES;
    let len = x.len();
    let log2_adds = log2_adds(len, step);
    let (x, x_rest) = x.split_at(len - len % step);
    let (y, y_rest) = y.split_at(len - len % step);
    let (x_rest, y_rest) = (&padded(x_rest)[..step], &padded(y_rest)[..step]);
    let (x_least, x_largest) = magnitudes::<S, VECTORS>(simd, x, x_rest);
    let (y_least, y_largest) = magnitudes::<S, VECTORS>(simd, y, y_rest);
    if x_largest.is_infinite() || y_largest.is_infinite() {
        return None;
    }
    let window = ProductWindow::new((x_largest, y_largest), log2_adds)?;
    if !window.reaches(Depth::Two, (x_least, y_least)) {
        return None;
    }
    let (square, error) = (&window.folds.square, &window.folds.error);
    let mut totals = Totals::default();
    let mut products = RunningProducts::<S, VECTORS>::start(simd, &window);
    // The first block begins with the rests.
    products.add(simd, x_rest, y_rest);
    let (mut x, mut y) = (x, y);
    loop {
        let block = x.len().min((step << log2_adds) - step);
        let (x_block, x_later) = x.split_at(block);
        let (y_block, y_later) = y.split_at(block);
        for (x, y) in x_block.chunks_exact(step).zip(y_block.chunks_exact(step)) {
            products.add(simd, x, y);
        }
        if products.has_nan(simd) {
            return None;
        }
        products.rounded.add_to(simd, square, &mut totals.square);
        products.errors.add_to(simd, error, &mut totals.error);
        if x_later.is_empty() {
            break;
        }
        (x, y) = (x_later, y_later);
        products = RunningProducts::start(simd, &window);
    }
    totals.products(&window)
}
