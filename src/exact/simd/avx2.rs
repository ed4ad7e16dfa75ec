//! AVX2 and FMA.

use std::arch::x86_64::*;

use super::{Isa, Kernel, Kernels, Loop, ProductKernel, Vector};
use crate::exact::Unaligned;
use crate::exact::columns::{self, ColumnKernels, Running, Spread};
use crate::exact::extract::{self, Compared, Span};
use crate::exact::window::{MAX_LANES, ProductWindow, Totals, Window};

#[derive(Clone, Copy)]
struct Avx2(__m256d);

// SAFETY: only the instructions named above are used. In each block below: the trait's contract gives the CPU's
// features, and the method's the pointers.
unsafe impl Vector for Avx2 {
    const LANES: usize = 4;
    type Least = __m256d;

    #[inline(always)]
    unsafe fn splat(x: f64) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm256_set1_pd(x)) }
    }
    #[inline(always)]
    unsafe fn load(at: *const f64) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm256_loadu_pd(at)) }
    }
    #[inline(always)]
    unsafe fn store(self, at: *mut f64) {
        // SAFETY: see above.
        unsafe { _mm256_storeu_pd(at, self.0) }
    }
    #[inline(always)]
    unsafe fn prefetch(at: *const f64) {
        // SAFETY: see above.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) }
    }
    #[inline(always)]
    unsafe fn prefetch_late(at: *const f64) {
        // SAFETY: see above.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(at.cast()) }
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm256_add_pd(self.0, other.0)) }
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm256_sub_pd(self.0, other.0)) }
    }
    #[inline(always)]
    unsafe fn add_aside(self, other: Self, one: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm256_fmadd_pd(self.0, one.0, other.0)) }
    }
    #[inline(always)]
    unsafe fn sub_aside(self, other: Self, one: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm256_fnmadd_pd(other.0, one.0, self.0)) }
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm256_mul_pd(self.0, other.0)) }
    }
    #[inline(always)]
    unsafe fn product_error(self, other: Self, rounded: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm256_fmsub_pd(self.0, other.0, rounded.0)) }
    }
    #[inline(always)]
    unsafe fn abs(self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm256_andnot_pd(_mm256_set1_pd(-0.0), self.0)) }
    }
    #[inline(always)]
    unsafe fn or(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm256_or_pd(self.0, other.0)) }
    }
    #[inline(always)]
    unsafe fn and(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm256_and_pd(self.0, other.0)) }
    }
    #[inline(always)]
    unsafe fn min(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm256_min_pd(self.0, other.0)) }
    }
    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm256_max_pd(self.0, other.0)) }
    }
    #[inline(always)]
    unsafe fn nearer(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { self.abs().min(other) }
    }
    #[inline(always)]
    unsafe fn all_reach(self, limit: f64) -> bool {
        // SAFETY: see above.
        unsafe { all(_mm256_cmp_pd::<_CMP_GE_OQ>(self.0, _mm256_set1_pd(limit))) }
    }
    #[inline(always)]
    unsafe fn all_below(self, limit: f64) -> bool {
        // SAFETY: see above.
        unsafe { all(_mm256_cmp_pd::<_CMP_LT_OQ>(self.0, _mm256_set1_pd(limit))) }
    }
    #[inline(always)]
    unsafe fn is_ordered(self) -> bool {
        // SAFETY: see above.
        unsafe { all(_mm256_cmp_pd::<_CMP_ORD_Q>(self.0, self.0)) }
    }
    #[inline(always)]
    unsafe fn add_bits_since(self, start: Self, totals: &mut [i64; MAX_LANES]) {
        // SAFETY: see above; the totals are at least as long as the vector.
        unsafe {
            let moved = _mm256_sub_epi64(_mm256_castpd_si256(self.0), _mm256_castpd_si256(start.0));
            let at = totals.as_mut_ptr().cast();
            _mm256_storeu_si256(at, _mm256_add_epi64(_mm256_loadu_si256(at), moved));
        }
    }
    #[inline(always)]
    unsafe fn reduce_min(self) -> f64 {
        // SAFETY: see above.
        unsafe { lanes(self.0) }
            .into_iter()
            .fold(f64::INFINITY, f64::min)
    }
    #[inline(always)]
    unsafe fn reduce_max(self) -> f64 {
        // SAFETY: see above.
        unsafe { lanes(self.0) }
            .into_iter()
            .fold(f64::NEG_INFINITY, f64::max)
    }

    #[inline(always)]
    unsafe fn no_least() -> __m256d {
        // SAFETY: see above.
        unsafe { _mm256_set1_pd(f64::INFINITY) }
    }
    #[inline(always)]
    unsafe fn load_least(at: *const f64) -> __m256d {
        // SAFETY: see above.
        unsafe { _mm256_loadu_pd(at) }
    }
    #[inline(always)]
    unsafe fn store_least(least: __m256d, at: *mut f64) {
        // SAFETY: see above.
        unsafe { _mm256_storeu_pd(at, least) }
    }
    #[inline(always)]
    unsafe fn least(least: __m256d, magnitude: Self) -> __m256d {
        // SAFETY: see above. Zeros become NaN, which the minimum skips.
        unsafe {
            let zero = _mm256_cmp_pd::<_CMP_EQ_OQ>(magnitude.0, _mm256_setzero_pd());
            _mm256_min_pd(_mm256_or_pd(magnitude.0, zero), least)
        }
    }
    #[inline(always)]
    unsafe fn least_of(a: __m256d, b: __m256d) -> __m256d {
        // SAFETY: see above.
        unsafe { _mm256_min_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn least_reaches(least: __m256d, limit: f64) -> bool {
        // SAFETY: see above.
        unsafe { all(_mm256_cmp_pd::<_CMP_GE_OQ>(least, _mm256_set1_pd(limit))) }
    }
    #[inline(always)]
    unsafe fn reduce_least(least: __m256d) -> f64 {
        // SAFETY: see above.
        unsafe { lanes(least) }
            .into_iter()
            .fold(f64::INFINITY, f64::min)
    }
}

/// Is a comparison true in every lane?
///
/// # Safety
/// The CPU has AVX.
#[inline(always)]
unsafe fn all(mask: __m256d) -> bool {
    // SAFETY: as the caller.
    unsafe { _mm256_movemask_pd(mask) == 0b1111 }
}

/// The numbers of a vector.
///
/// # Safety
/// The CPU has AVX.
#[inline(always)]
unsafe fn lanes(x: __m256d) -> [f64; 4] {
    let mut lanes = [0.0; 4];
    // SAFETY: as the caller; the array is as long as the vector.
    unsafe { _mm256_storeu_pd(lanes.as_mut_ptr(), x) };
    lanes
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
        step: U * Avx2::LANES,
        k: K,
        fold: [
            fold::<U, K, 2, SUM, SQUARES, EXTREMES, NARROW>,
            fold::<U, K, 3, SUM, SQUARES, EXTREMES, NARROW>,
        ],
        span,
    }
}

/// 16 registers hold the folds of two vectors, or of one with squares, without spilling.
pub static KERNELS: Kernels = Kernels {
    isa: Isa::Avx2,
    name: "avx2",
    sum: kernel::<2, 6, true, false, false, false>(),
    squares: kernel::<1, 6, false, true, false, false>(),
    moments: kernel::<1, 6, true, true, false, false>(),
    describe: kernel::<1, 6, true, true, true, false>(),
    narrow_squares: kernel::<1, 6, false, true, false, true>(),
    narrow_moments: kernel::<1, 6, true, true, false, true>(),
    narrow_describe: kernel::<1, 6, true, true, true, true>(),
    products: ProductKernel {
        step: Avx2::LANES,
        k: 6,
        fold: [fold_products::<1, 6, 2>, fold_products::<1, 6, 3>],
        span,
    },
    columns: ColumnKernels {
        sum: columns::<true, false, false>,
        squares: columns::<false, true, false>,
        moments: columns::<true, true, false>,
        describe: columns::<true, true, true>,
    },
};

#[target_feature(enable = "avx2,fma")]
unsafe fn fold<
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
    // SAFETY: the features are enabled here; the rest is the caller's promise.
    unsafe {
        extract::fold::<Avx2, U, K, D, SUM, SQUARES, EXTREMES, NARROW>(
            values, window, totals, compared,
        )
    }
}

#[target_feature(enable = "avx2,fma")]
unsafe fn fold_products<const U: usize, const K: u32, const D: usize>(
    xs: &[Unaligned],
    ys: &[Unaligned],
    window: &ProductWindow,
    totals: &mut Totals,
) -> usize {
    // SAFETY: as in `fold`.
    unsafe { extract::fold_products::<Avx2, U, K, D>(xs, ys, window, totals) }
}

#[target_feature(enable = "avx2,fma")]
unsafe fn columns<const SUM: bool, const SQUARES: bool, const EXTREMES: bool>(
    rows: &[*const f64],
    ahead: &[*const f64],
    columns: usize,
    packs: &mut [Running],
    spreads: &mut [Spread],
) {
    // SAFETY: as in `fold`.
    unsafe { columns::fold::<Avx2, SUM, SQUARES, EXTREMES>(rows, ahead, columns, packs, spreads) }
}

#[target_feature(enable = "avx2,fma")]
unsafe fn span(values: &[Unaligned]) -> Span {
    // SAFETY: as in `fold`.
    unsafe { extract::span::<Avx2>(values) }
}

#[target_feature(enable = "avx2,fma")]
pub fn run(body: impl Loop) {
    body.run();
}
