//! The block kernel of dot products: like [`super::fold`], for pairs of values.
//!
//! The kernel finds the largest product beside the sums, and the least nonzero magnitude of each factor:
//! products of multiples of 2^a and 2^b are multiples of 2^(a+b), and so are their rounded parts and errors.
//! This test also declines blocks with products that underflow to 0.

use super::Unaligned;
use super::blocking::Blocking;
use super::extract::Running;
use super::supply::{CACHE_LINE, PREFETCH};
use super::window::{Depth, ProductWindow, Totals};
use crate::simd::{F64s, InstructionSet, Kernel, LeastNonzero, Simd, opaque};

/// log2 of the additions that a lane does in a block.
const LOG2_ADDS: u32 = 6;

/// The blocking of [`fold_products`], in pairs.
pub fn blocking(set: InstructionSet) -> Blocking {
    struct ChooseBlocking;
    impl Kernel for ChooseBlocking {
        type Output = Blocking;

        #[inline(always)]
        fn run<S: Simd>(self, _: S) -> Blocking {
            Blocking {
                step: vectors::<S>() * S::LANES,
                log2_adds: LOG2_ADDS,
            }
        }
    }
    set.run(ChooseBlocking)
}

/// How many vectors have lanes of their own: 16 registers hold the folds of one vector of products and of
/// their errors.
pub const fn vectors<S: Simd>() -> usize {
    if S::REGISTERS >= 32 { 2 } else { 1 }
}

/// Adds products of pairs to `totals`, block by block; stops at the first block that does not fit `window`,
/// and returns how many pairs were taken.
///
/// The number of pairs must be a multiple of the step of [`blocking`], and the totals must have room for the
/// blocks.
pub fn fold_products(
    set: InstructionSet,
    depth: Depth,
    xs: &[Unaligned],
    ys: &[Unaligned],
    window: &ProductWindow,
    totals: &mut Totals,
) -> usize {
    match depth {
        Depth::Two => set.run(FoldPairs::<2> {
            xs,
            ys,
            window,
            totals,
        }),
        Depth::Three => set.run(FoldPairs::<3> {
            xs,
            ys,
            window,
            totals,
        }),
    }
}

/// The kernel of [`fold_products`], with `FOLDS` folds.
struct FoldPairs<'a, const FOLDS: usize> {
    xs: &'a [Unaligned],
    ys: &'a [Unaligned],
    window: &'a ProductWindow,
    totals: &'a mut Totals,
}

impl<const FOLDS: usize> Kernel for FoldPairs<'_, FOLDS> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> usize {
        match const { vectors::<S>() } {
            1 => self.unrolled::<S, 1>(simd),
            _ => self.unrolled::<S, 2>(simd),
        }
    }
}

impl<const FOLDS: usize> FoldPairs<'_, FOLDS> {
    #[inline(always)]
    fn unrolled<S: Simd, const VECTORS: usize>(self, simd: S) -> usize {
        let Self {
            xs,
            ys,
            window,
            totals,
        } = self;
        let folds = &window.folds;
        let step = VECTORS * S::LANES;
        assert!(xs.len() == ys.len() && xs.len().is_multiple_of(step));
        let (x_start, y_start): (*const f64, *const f64) = (xs.as_ptr().cast(), ys.as_ptr().cast());
        let one = Some(simd.splat(opaque(1.0)));
        let mut x_least = [simd.no_least(); VECTORS];
        let mut y_least = [simd.no_least(); VECTORS];
        let mut high = [simd.splat(0.0); VECTORS];
        let mut done = 0;
        while done < xs.len() {
            let length = (step << LOG2_ADDS).min(xs.len() - done);
            let mut rounded = Running::<S, VECTORS, FOLDS>::start(simd, &folds.square);
            let mut error = Running::<S, VECTORS, FOLDS>::start(simd, &folds.error);
            let mut i = done;
            while i < done + length {
                for v in 0..VECTORS {
                    let at = i + v * S::LANES;
                    if (v * S::LANES).is_multiple_of(CACHE_LINE) {
                        let ahead = (at + PREFETCH).min(xs.len());
                        simd.prefetch(x_start.wrapping_add(ahead));
                        simd.prefetch(y_start.wrapping_add(ahead));
                    }
                    // SAFETY: both slices have a vector there, as their length is a multiple of the step.
                    let (x, y) =
                        unsafe { (simd.load(x_start.add(at)), simd.load(y_start.add(at))) };
                    x_least[v] = x_least[v].with(x.abs());
                    y_least[v] = y_least[v].with(y.abs());
                    let product = x.mul(y);
                    high[v] = product.abs().max(high[v]);
                    rounded.add(v, product, one);
                    error.add(v, x.product_error(y, product), one);
                }
                i += step;
            }
            // A lane is NaN after a NaN or infinite factor, or after an overflow within `product_error`.
            let (rounded_lanes, error_lanes) = (rounded.first(), error.first());
            let mut witness = rounded_lanes[0].sub(error_lanes[0]);
            let (mut x_smallest, mut y_smallest, mut top) = (x_least[0], y_least[0], high[0]);
            for v in 1..VECTORS {
                witness = witness.add(rounded_lanes[v].sub(error_lanes[v]));
                x_smallest = x_smallest.min(x_least[v]);
                y_smallest = y_smallest.min(y_least[v]);
                top = top.max(high[v]);
            }
            let least = (x_smallest.reduce(), y_smallest.reduce());
            let depth = if FOLDS == 2 { Depth::Two } else { Depth::Three };
            if !(top.all_below(folds.above)
                && witness.none_is_nan()
                && window.reaches(depth, least))
            {
                break;
            }
            rounded.add_to(simd, &folds.square, &mut totals.square);
            error.add_to(simd, &folds.error, &mut totals.error);
            totals.blocks += 1;
            done += length;
        }
        done
    }
}
