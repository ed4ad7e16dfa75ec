//! Plain Rust, for any CPU: pairs of numbers, which compilers map to SSE2 or NEON registers.

use super::{Isa, Kernel, Kernels, ProductKernel, Vector};
use crate::exact::columns::{self, ColumnKernels};
use crate::exact::extract;
use crate::exact::window::MAX_LANES;

#[derive(Clone, Copy)]
struct Pair([f64; 2]);

impl Pair {
    #[inline(always)]
    fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self(self.0.map(f))
    }

    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f64, f64) -> f64) -> Self {
        Self([f(self.0[0], other.0[0]), f(self.0[1], other.0[1])])
    }
}

// SAFETY: needs no CPU feature.
unsafe impl Vector for Pair {
    const LANES: usize = 2;
    type Least = Self;

    #[inline(always)]
    unsafe fn splat(x: f64) -> Self {
        Self([x; 2])
    }
    #[inline(always)]
    unsafe fn load(at: *const f64) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { at.cast::<[f64; 2]>().read_unaligned() })
    }
    #[inline(always)]
    unsafe fn store(self, at: *mut f64) {
        // SAFETY: the caller's promise.
        unsafe { at.cast::<[f64; 2]>().write_unaligned(self.0) };
    }
    #[inline(always)]
    unsafe fn prefetch(_at: *const f64) {
        // The hardware prefetcher keeps up with this path.
    }
    #[inline(always)]
    unsafe fn prefetch_late(_at: *const f64) {}
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }
    #[inline(always)]
    unsafe fn add_aside(self, other: Self, _one: Self) -> Self {
        // SAFETY: needs no CPU feature.
        unsafe { self.add(other) }
    }
    #[inline(always)]
    unsafe fn sub_aside(self, other: Self, _one: Self) -> Self {
        // SAFETY: as above.
        unsafe { self.sub(other) }
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }
    #[inline(always)]
    unsafe fn product_error(self, other: Self, rounded: Self) -> Self {
        // Veltkamp's splitting and Dekker's product (1971): 2^27 + 1 halves the significand. All partial products are
        // multiples of the factors' last bits.
        let split = |x: f64| {
            let scaled = x * 134_217_729.0;
            let high = scaled - (scaled - x);
            (high, x - high)
        };
        Self(std::array::from_fn(|i| {
            let (x, x_low) = split(self.0[i]);
            let (y, y_low) = split(other.0[i]);
            ((x * y - rounded.0[i]) + x * y_low + x_low * y) + x_low * y_low
        }))
    }
    #[inline(always)]
    unsafe fn abs(self) -> Self {
        self.map(f64::abs)
    }
    #[inline(always)]
    unsafe fn or(self, other: Self) -> Self {
        self.zip(other, |a, b| f64::from_bits(a.to_bits() | b.to_bits()))
    }
    #[inline(always)]
    unsafe fn and(self, other: Self) -> Self {
        self.zip(other, |a, b| f64::from_bits(a.to_bits() & b.to_bits()))
    }
    #[inline(always)]
    unsafe fn min(self, other: Self) -> Self {
        self.zip(other, |a, b| if a < b { a } else { b })
    }
    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        self.zip(other, |a, b| if a > b { a } else { b })
    }
    #[inline(always)]
    unsafe fn nearer(self, other: Self) -> Self {
        // SAFETY: needs no CPU feature.
        unsafe { self.abs().min(other) }
    }
    #[inline(always)]
    unsafe fn all_reach(self, limit: f64) -> bool {
        self.0[0] >= limit && self.0[1] >= limit
    }
    #[inline(always)]
    unsafe fn all_below(self, limit: f64) -> bool {
        self.0[0] < limit && self.0[1] < limit
    }
    #[inline(always)]
    unsafe fn is_ordered(self) -> bool {
        !self.0[0].is_nan() && !self.0[1].is_nan()
    }
    #[inline(always)]
    unsafe fn add_bits_since(self, start: Self, totals: &mut [i64; MAX_LANES]) {
        for (i, total) in totals[..2].iter_mut().enumerate() {
            *total += self.0[i].to_bits().cast_signed() - start.0[i].to_bits().cast_signed();
        }
    }
    #[inline(always)]
    unsafe fn reduce_min(self) -> f64 {
        self.0[0].min(self.0[1])
    }
    #[inline(always)]
    unsafe fn reduce_max(self) -> f64 {
        self.0[0].max(self.0[1])
    }

    #[inline(always)]
    unsafe fn no_least() -> Self {
        Self([f64::INFINITY; 2])
    }
    #[inline(always)]
    unsafe fn load_least(at: *const f64) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Self::load(at) }
    }
    #[inline(always)]
    unsafe fn store_least(least: Self, at: *mut f64) {
        // SAFETY: the caller's promise.
        unsafe { least.store(at) }
    }
    #[inline(always)]
    unsafe fn least(least: Self, magnitude: Self) -> Self {
        // Zeros become infinite.
        let nonzero = magnitude.map(|x| if x == 0.0 { f64::INFINITY } else { x });
        nonzero.zip(least, |a, b| if a < b { a } else { b })
    }
    #[inline(always)]
    unsafe fn least_of(a: Self, b: Self) -> Self {
        a.zip(b, |a, b| if a < b { a } else { b })
    }
    #[inline(always)]
    unsafe fn least_reaches(least: Self, limit: f64) -> bool {
        least.0[0] >= limit && least.0[1] >= limit
    }
    #[inline(always)]
    unsafe fn reduce_least(least: Self) -> f64 {
        least.0[0].min(least.0[1])
    }
}

const fn kernel<
    const U: usize,
    const K: u32,
    const SUM: bool,
    const SQUARES: bool,
    const EXTREMES: bool,
    const NARROW: bool,
>() -> Kernel {
    Kernel {
        step: U * Pair::LANES,
        k: K,
        fold: [
            extract::fold::<Pair, U, K, 2, SUM, SQUARES, EXTREMES, NARROW>,
            extract::fold::<Pair, U, K, 3, SUM, SQUARES, EXTREMES, NARROW>,
        ],
        span: extract::span::<Pair>,
    }
}

/// 16 registers hold the folds of two vectors, or of one with squares, without spilling.
pub static KERNELS: Kernels = Kernels {
    isa: Isa::Baseline,
    name: "baseline",
    sum: kernel::<2, 6, true, false, false, false>(),
    squares: kernel::<1, 6, false, true, false, false>(),
    moments: kernel::<1, 6, true, true, false, false>(),
    describe: kernel::<1, 6, true, true, true, false>(),
    narrow_squares: kernel::<1, 6, false, true, false, true>(),
    narrow_moments: kernel::<1, 6, true, true, false, true>(),
    narrow_describe: kernel::<1, 6, true, true, true, true>(),
    products: ProductKernel {
        step: Pair::LANES,
        k: 6,
        fold: [
            extract::fold_products::<Pair, 1, 6, 2>,
            extract::fold_products::<Pair, 1, 6, 3>,
        ],
        span: extract::span::<Pair>,
    },
    columns: ColumnKernels {
        sum: columns::fold::<Pair, true, false, false>,
        squares: columns::fold::<Pair, false, true, false>,
        moments: columns::fold::<Pair, true, true, false>,
        describe: columns::fold::<Pair, true, true, true>,
    },
};
