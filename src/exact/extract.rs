//! The block kernel: exact sums by error-free extraction, at the speed of memory.
//!
//! # Algorithm
//! Extraction against a large start value splits numbers at a fixed bit (Rump, Ogita, Oishi, "Accurate
//! floating-point summation", 2008; Demmel, Nguyen, "Parallel reproducible summation", 2015). Where those drop what
//! lies below the last fold, we keep it or decline the block, so that the result is exact. Each lane of a fold does
//!
//! ```text
//! a = 1.5·2^m;  for each x:  t = a + x;  q = t - a;  a = t;  r = x - q;
//! ```
//!
//! and the residuals r go to the next fold. At the end of the block `bits(a) - bits(1.5·2^m)` is the lane's sum of q as
//! an integer in units of u = 2^(m-52).
//!
//! # Proof
//! Let a block have 2^k additions a lane, |x| <= 2^(e+1), and m >= e + 2 + k, m >= -1022.
//! - q is x rounded to a multiple of u: |q| <= 2^(e+1), as 2^(e+1) is such a multiple. So all partial sums differ
//!   from 1.5·2^m by at most 2^k·2^(e+1) <= 2^(m-1): the lane stays within [2^m, 2^(m+1)], where doubles are the
//!   multiples of u and bit patterns count them.
//! - q = t - a is exact, being a multiple of u below 2^(m-1). r = x - q is the error of a rounded addition with |a| > |x|,
//!   hence a double (Dekker 1971): no bit is lost.
//! - |r| <= u/2 = 2^(m-53), so the next fold's bound is e' + 1 = m - 53 and its m' = e' + 2 + k = m - 52 + k.
//! - If each x is a multiple of the last fold's unit, so is each r that reaches it, and `b + r` is exact: the last fold
//!   is a single addition. x is such a multiple if |x| >= 2^m of the last fold, or if its unit is 2^-1074.
//!
//! Squares: h = RN(x²) and l = x² - h, exact by a fused multiply-add while |x| >= 2^-485. They have folds of their own:
//! |h| <= 2^(2e+2), |l| <= ulp(h)/2 <= 2^(2e-52).
//!
//! # One pass
//! No pass over the block to find e: [`fold`] trusts the window of the last block, and finds the largest and the least
//! nonzero magnitude beside the sums. A block that turns out not to fit (or to hold NaN or infinity) is declined
//! with its sums dropped; the caller deals with it.
//!
//! Values need not come from memory: a [`Source`] may make them, and makes a declined block once more.

use super::Unaligned;
use super::simd::{Vector, hidden};
use super::window::{Depth, Folds, Lanes, ProductWindow, Totals, Window};

/// Elements ahead of the current one to ask the memory for.
const PREFETCH: usize = 2048;

/// Elements in a cache line.
const LINE: usize = 8;

/// The least and the greatest number seen by float comparison.
pub type Compared = (f64, f64);

/// One fold: returns the residual.
///
/// # Safety
/// The CPU has V's features.
#[inline(always)]
unsafe fn extract<V: Vector>(a: &mut V, x: V, one: Option<V>) -> V {
    // SAFETY: as the caller.
    unsafe {
        let t = a.add(x);
        let q = t.sub(*a);
        *a = t;
        match one {
            Some(one) => x.sub_aside(q, one),
            None => x.sub(q),
        }
    }
}

/// All folds of one quantity for vector `u`; the last one is a single addition.
///
/// # Safety
/// The CPU has V's features.
#[inline(always)]
pub unsafe fn extract_all<V: Vector, const U: usize, const D: usize>(
    folds: &mut [[V; U]; D],
    u: usize,
    x: V,
    one: Option<V>,
) {
    let mut r = x;
    for fold in &mut folds[..D - 1] {
        // SAFETY: as the caller.
        r = unsafe { extract(&mut fold[u], r, one) };
    }
    let last = &mut folds[D - 1][u];
    // SAFETY: as the caller.
    *last = unsafe {
        match one {
            Some(one) => r.add_aside(*last, one),
            None => last.add(r),
        }
    };
}

/// The lanes of one quantity at the start of a block.
///
/// # Safety
/// The CPU has V's features.
#[inline(always)]
unsafe fn lanes<V: Vector, const U: usize, const D: usize>(folds: &Folds) -> [[V; U]; D] {
    // SAFETY: as the caller.
    std::array::from_fn(|j| unsafe { [V::splat(folds.start[j]); U] })
}

/// Adds what the lanes of one quantity moved by in a block.
///
/// # Safety
/// The CPU has V's features.
#[inline(always)]
unsafe fn add_lanes<V: Vector, const U: usize, const D: usize>(
    lanes: &[[V; U]; D],
    folds: &Folds,
    totals: &mut Lanes,
) {
    for j in 0..D {
        for lane in lanes[j] {
            // SAFETY: as the caller.
            unsafe { lane.add_bits_since(V::splat(folds.start[j]), &mut totals[j]) };
        }
    }
}

/// Where [`fold_from`] takes vectors from, `N` at a time. A copy goes on from the same place.
///
/// # Safety
/// `next` needs no CPU features but V's.
pub unsafe trait Source<V: Vector, const N: usize>: Copy {
    /// Are the multipliers free for additions?
    const ASIDE: bool;
    /// Are zeros to be expected? If not, a block with one is declined, and there are fewer operations for the others.
    const ZEROS: bool;

    /// The next vectors.
    ///
    /// # Safety
    /// The CPU has V's features, and there are so many.
    unsafe fn next(&mut self) -> [V; N];
}

/// Values in memory, at any alignment.
#[derive(Clone, Copy)]
struct Memory(*const f64);

// SAFETY: no instructions but V's.
unsafe impl<V: Vector, const N: usize> Source<V, N> for Memory {
    const ASIDE: bool = true;
    const ZEROS: bool = true;

    #[inline(always)]
    unsafe fn next(&mut self) -> [V; N] {
        // SAFETY: the caller's promises, and `fold`'s; prefetching needs no valid address.
        unsafe {
            let mut vectors = [V::splat(0.0); N];
            for (n, vector) in vectors.iter_mut().enumerate() {
                let at = self.0.add(n * V::LANES);
                if (n * V::LANES).is_multiple_of(LINE) {
                    V::prefetch(at.wrapping_add(PREFETCH));
                }
                *vector = V::load(at);
            }
            self.0 = self.0.add(N * V::LANES);
            vectors
        }
    }
}

/// [`fold_from`] memory, with lanes for each of `U` vectors in flight.
///
/// # Safety
/// The CPU has V's features. The number of values is a multiple of `U` vectors, and totals have room.
#[inline(always)]
pub unsafe fn fold<
    V: Vector,
    const U: usize,
    const K: u32,
    const D: usize,
    const SUM: bool,
    const SQUARES: bool,
    const EXTREMES: bool,
    const NARROW: bool,
>(
    values: &[Unaligned],
    window: &Window,
    totals: &mut Totals,
    compared: &mut Compared,
) -> usize {
    let mut memory = Memory(values.as_ptr().cast());
    // SAFETY: the caller's promises.
    unsafe {
        fold_from::<V, Memory, U, U, K, D, SUM, SQUARES, EXTREMES, NARROW>(
            &mut memory,
            values.len(),
            window,
            totals,
            compared,
        )
    }
}

/// Adds `count` values to `totals` with `D` folds, block by block, and their extremes to `compared`; stops at the first block
/// that does not fit `window`, with the source at its beginning, and returns how many values were taken.
///
/// Squares of `NARROW` values, of at most 26 bits, are exact without an error part. There are lanes for `U`
/// vectors, a divisor of `N`; a block is `U` vectors 2^`K` times, the last one may be shorter.
///
/// # Safety
/// The CPU has V's features. The source has `count` values, a multiple of `N` vectors, as is a block; totals have room.
#[inline(always)]
pub unsafe fn fold_from<
    V: Vector,
    S: Source<V, N>,
    const N: usize,
    const U: usize,
    const K: u32,
    const D: usize,
    const SUM: bool,
    const SQUARES: bool,
    const EXTREMES: bool,
    const NARROW: bool,
>(
    source: &mut S,
    count: usize,
    window: &Window,
    totals: &mut Totals,
    compared: &mut Compared,
) -> usize {
    let step = U * V::LANES;
    let least_held = window.least(if D == 2 { Depth::Two } else { Depth::Three });
    let mut done = 0;
    // SAFETY: the caller's promises.
    unsafe {
        let one = S::ASIDE.then_some(V::splat(hidden(1.0)));
        let mut least = [V::no_least(); U];
        let mut nearest = [V::splat(f64::INFINITY); U];
        let mut low = [V::splat(f64::INFINITY); U];
        let mut high = [V::splat(if EXTREMES { f64::NEG_INFINITY } else { 0.0 }); U];
        while done < count {
            let length = (step << K).min(count - done);
            let mut here = *source;
            let so_far = (low, high);
            let mut sum: [[V; U]; D] = lanes(&window.sum);
            let mut square: [[V; U]; D] = lanes(&window.square);
            let mut error: [[V; U]; D] = lanes(&window.error);
            let mut i = 0;
            while i < length {
                for (n, x) in here.next().into_iter().enumerate() {
                    let u = n % U;
                    let magnitude = x.abs();
                    if S::ZEROS {
                        least[u] = V::least(least[u], magnitude);
                    } else {
                        nearest[u] = x.nearer(nearest[u]);
                    }
                    if EXTREMES {
                        low[u] = x.min(low[u]);
                        high[u] = x.max(high[u]);
                    } else {
                        high[u] = magnitude.max(high[u]);
                    }
                    if SUM {
                        extract_all(&mut sum, u, x, one);
                    }
                    if SQUARES {
                        let product = x.mul(x);
                        extract_all(&mut square, u, product, one);
                        if !NARROW {
                            extract_all(&mut error, u, x.product_error(x, product), one);
                        }
                    }
                }
                i += N * V::LANES;
            }
            // A NaN anywhere leaves NaN in its lane, whatever comparisons made of it.
            let folded = if SUM { &sum[0] } else { &square[0] };
            let (mut witness, mut smallest) = (folded[0], least[0]);
            let (mut bottom, mut top, mut innermost) = (low[0], high[0], nearest[0]);
            for u in 1..U {
                witness = witness.add(folded[u]);
                smallest = V::least_of(smallest, least[u]);
                innermost = innermost.min(nearest[u]);
                bottom = bottom.min(low[u]);
                top = top.max(high[u]);
            }
            if EXTREMES {
                top = top.abs().max(bottom.abs());
            }
            if !(top.all_below(window.above)
                && (if S::ZEROS {
                    V::least_reaches(smallest, least_held)
                } else {
                    innermost.all_reach(least_held)
                })
                && witness.is_ordered())
            {
                (low, high) = so_far;
                break;
            }
            if SUM {
                add_lanes(&sum, &window.sum, &mut totals.sum);
            }
            if SQUARES {
                add_lanes(&square, &window.square, &mut totals.square);
                if !NARROW {
                    add_lanes(&error, &window.error, &mut totals.error);
                }
            }
            totals.blocks += 1;
            *source = here;
            done += length;
        }
        if EXTREMES {
            for u in 0..U {
                compared.0 = compared.0.min(low[u].reduce_min());
                compared.1 = compared.1.max(high[u].reduce_max());
            }
        }
    }
    done
}

/// Adds the products of pairs of values to `totals` with `D` folds: as [`fold`], but nothing is said of extremes.
///
/// The largest product is found beside the sums, and of each factor the least nonzero magnitude: products of values that are
/// multiples of 2^a and 2^b are multiples of 2^(a+b), and so are their rounded parts and errors. That also keeps products
/// out that underflow to 0.
///
/// # Safety
/// As for [`fold`]; both have the same length.
#[inline(always)]
pub unsafe fn fold_products<V: Vector, const U: usize, const K: u32, const D: usize>(
    xs: &[Unaligned],
    ys: &[Unaligned],
    window: &ProductWindow,
    totals: &mut Totals,
) -> usize {
    let step = U * V::LANES;
    let (x_start, y_start): (*const f64, *const f64) = (xs.as_ptr().cast(), ys.as_ptr().cast());
    let mut done = 0;
    // SAFETY: as in `fold`.
    unsafe {
        let one = Some(V::splat(hidden(1.0)));
        let mut x_least = [V::no_least(); U];
        let mut y_least = [V::no_least(); U];
        let mut high = [V::splat(0.0); U];
        while done < xs.len() {
            let length = (step << K).min(xs.len() - done);
            let mut rounded: [[V; U]; D] = lanes(&window.folds.square);
            let mut error: [[V; U]; D] = lanes(&window.folds.error);
            let mut i = done;
            while i < done + length {
                for u in 0..U {
                    let at = i + u * V::LANES;
                    if (u * V::LANES).is_multiple_of(LINE) {
                        V::prefetch(x_start.wrapping_add(at + PREFETCH));
                        V::prefetch(y_start.wrapping_add(at + PREFETCH));
                    }
                    let (x, y) = (V::load(x_start.add(at)), V::load(y_start.add(at)));
                    x_least[u] = V::least(x_least[u], x.abs());
                    y_least[u] = V::least(y_least[u], y.abs());
                    let product = x.mul(y);
                    high[u] = product.abs().max(high[u]);
                    extract_all(&mut rounded, u, product, one);
                    extract_all(&mut error, u, x.product_error(y, product), one);
                }
                i += step;
            }
            // NaN from NaN or infinite factors, or from an overflow within `product_error`.
            let mut witness = rounded[0][0].sub(error[0][0]);
            let (mut x_smallest, mut y_smallest, mut top) = (x_least[0], y_least[0], high[0]);
            for u in 1..U {
                witness = witness.add(rounded[0][u].sub(error[0][u]));
                x_smallest = V::least_of(x_smallest, x_least[u]);
                y_smallest = V::least_of(y_smallest, y_least[u]);
                top = top.max(high[u]);
            }
            let least = (V::reduce_least(x_smallest), V::reduce_least(y_smallest));
            if !(top.all_below(window.folds.above)
                && witness.is_ordered()
                && window.reaches(if D == 2 { Depth::Two } else { Depth::Three }, least))
            {
                break;
            }
            add_lanes(&rounded, &window.folds.square, &mut totals.square);
            add_lanes(&error, &window.folds.error, &mut totals.error);
            totals.blocks += 1;
            done += length;
        }
    }
    done
}

/// What the caller of a declined block needs to know of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// The least and the greatest value by float comparison, NaNs skipped; (∞, -∞) if there are none.
    pub compared: Compared,
    /// The least nonzero magnitude, infinite if there is none.
    pub least: f64,
    /// Neither NaN nor infinity among them.
    pub finite: bool,
}

impl Span {
    /// The largest magnitude.
    pub fn largest(&self) -> f64 {
        self.compared.1.max(-self.compared.0)
    }
}

/// Looks a block over.
///
/// # Safety
/// The CPU has V's features. The number of values is a multiple of V's lanes.
#[inline(always)]
pub unsafe fn span<V: Vector>(values: &[Unaligned]) -> Span {
    debug_assert_eq!(values.len() % V::LANES, 0);
    // SAFETY: V's features are the caller's promise, and every load is within `values`.
    unsafe {
        let mut least = V::no_least();
        let mut low = V::splat(f64::INFINITY);
        let mut high = V::splat(f64::NEG_INFINITY);
        let mut witness = V::splat(0.0);
        for vector in values.chunks_exact(V::LANES) {
            let at: *const f64 = vector.as_ptr().cast();
            V::prefetch(at.wrapping_add(PREFETCH));
            let x = V::load(at);
            least = V::least(least, x.abs());
            low = x.min(low);
            high = x.max(high);
            witness = witness.add(x.sub(x));
        }
        Span {
            compared: (low.reduce_min(), high.reduce_max()),
            least: V::reduce_least(least),
            finite: witness.is_ordered(),
        }
    }
}
