//! AVX-512 (F and DQ).

use std::arch::x86_64::*;

use super::{Isa, Kernel, Kernels, Loop, ProductKernel, TRANSPOSED, Vector};
use crate::exact::Unaligned;
use crate::exact::columns::{self, ColumnKernels, Running, Spread};
use crate::exact::extract::{self, Compared, Span};
use crate::exact::window::{MAX_LANES, ProductWindow, Totals, Window};

/// See [`Vector`].
#[derive(Clone, Copy)]
pub struct Avx512(pub __m512d);

// SAFETY: only the instructions named above are used. In each block below: the trait's contract gives the CPU's
// features, and the method's the pointers.
unsafe impl Vector for Avx512 {
    const LANES: usize = 8;
    /// Bits of the magnitude minus one: zero wraps to the largest integer, so that an unsigned minimum skips it.
    type Least = __m512i;

    #[inline(always)]
    unsafe fn splat(x: f64) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm512_set1_pd(x)) }
    }
    #[inline(always)]
    unsafe fn load(at: *const f64) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm512_loadu_pd(at)) }
    }
    #[inline(always)]
    unsafe fn store(self, at: *mut f64) {
        // SAFETY: see above.
        unsafe { _mm512_storeu_pd(at, self.0) }
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
        unsafe { Self(_mm512_add_pd(self.0, other.0)) }
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm512_sub_pd(self.0, other.0)) }
    }
    #[inline(always)]
    unsafe fn add_aside(self, other: Self, one: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm512_fmadd_pd(self.0, one.0, other.0)) }
    }
    #[inline(always)]
    unsafe fn sub_aside(self, other: Self, one: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm512_fnmadd_pd(other.0, one.0, self.0)) }
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm512_mul_pd(self.0, other.0)) }
    }
    #[inline(always)]
    unsafe fn product_error(self, other: Self, rounded: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm512_fmsub_pd(self.0, other.0, rounded.0)) }
    }
    #[inline(always)]
    unsafe fn abs(self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm512_abs_pd(self.0)) }
    }
    #[inline(always)]
    unsafe fn or(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm512_or_pd(self.0, other.0)) }
    }
    #[inline(always)]
    unsafe fn and(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm512_and_pd(self.0, other.0)) }
    }
    #[inline(always)]
    unsafe fn min(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm512_min_pd(self.0, other.0)) }
    }
    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm512_max_pd(self.0, other.0)) }
    }
    #[inline(always)]
    unsafe fn nearer(self, other: Self) -> Self {
        // SAFETY: see above.
        unsafe { Self(_mm512_range_pd::<0b10_10>(self.0, other.0)) }
    }
    #[inline(always)]
    unsafe fn all_reach(self, limit: f64) -> bool {
        // SAFETY: see above.
        unsafe { _mm512_cmp_pd_mask::<_CMP_GE_OQ>(self.0, _mm512_set1_pd(limit)) == 0xff }
    }
    #[inline(always)]
    unsafe fn all_below(self, limit: f64) -> bool {
        // SAFETY: see above.
        unsafe { _mm512_cmp_pd_mask::<_CMP_LT_OQ>(self.0, _mm512_set1_pd(limit)) == 0xff }
    }
    #[inline(always)]
    unsafe fn is_ordered(self) -> bool {
        // SAFETY: see above.
        unsafe { _mm512_cmp_pd_mask::<_CMP_ORD_Q>(self.0, self.0) == 0xff }
    }
    #[inline(always)]
    unsafe fn add_bits_since(self, start: Self, totals: &mut [i64; MAX_LANES]) {
        // SAFETY: see above; the totals are as long as the vector.
        unsafe {
            let moved = _mm512_sub_epi64(_mm512_castpd_si512(self.0), _mm512_castpd_si512(start.0));
            let at = totals.as_mut_ptr().cast();
            _mm512_storeu_si512(at, _mm512_add_epi64(_mm512_loadu_si512(at), moved));
        }
    }
    #[inline(always)]
    unsafe fn reduce_min(self) -> f64 {
        // SAFETY: see above.
        unsafe { _mm512_reduce_min_pd(self.0) }
    }
    #[inline(always)]
    unsafe fn reduce_max(self) -> f64 {
        // SAFETY: see above.
        unsafe { _mm512_reduce_max_pd(self.0) }
    }

    #[inline(always)]
    unsafe fn no_least() -> __m512i {
        // SAFETY: see above.
        unsafe { _mm512_set1_epi64(-1) }
    }
    #[inline(always)]
    unsafe fn load_least(at: *const f64) -> __m512i {
        // SAFETY: see above.
        unsafe { _mm512_add_epi64(_mm512_loadu_si512(at.cast()), _mm512_set1_epi64(-1)) }
    }
    #[inline(always)]
    unsafe fn store_least(least: __m512i, at: *mut f64) {
        // SAFETY: see above.
        unsafe { _mm512_storeu_si512(at.cast(), _mm512_add_epi64(least, _mm512_set1_epi64(1))) }
    }
    #[inline(always)]
    unsafe fn least(least: __m512i, magnitude: Self) -> __m512i {
        // SAFETY: see above.
        unsafe {
            let below = _mm512_add_epi64(_mm512_castpd_si512(magnitude.0), _mm512_set1_epi64(-1));
            _mm512_min_epu64(least, below)
        }
    }
    #[inline(always)]
    unsafe fn least_of(a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: see above.
        unsafe { _mm512_min_epu64(a, b) }
    }
    #[inline(always)]
    unsafe fn least_reaches(least: __m512i, limit: f64) -> bool {
        let limit = limit.to_bits().saturating_sub(1).cast_signed();
        // SAFETY: see above.
        unsafe { _mm512_cmplt_epu64_mask(least, _mm512_set1_epi64(limit)) == 0 }
    }
    #[inline(always)]
    unsafe fn reduce_least(least: __m512i) -> f64 {
        // SAFETY: see above.
        let below = unsafe { _mm512_reduce_min_epu64(least) };
        below.checked_add(1).map_or(f64::INFINITY, f64::from_bits)
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
        step: U * Avx512::LANES,
        k: K,
        fold: [
            fold::<U, K, 2, SUM, SQUARES, EXTREMES, NARROW>,
            fold::<U, K, 3, SUM, SQUARES, EXTREMES, NARROW>,
        ],
        span,
    }
}

/// Two vectors in flight suffice where squares keep all ports busy; 32 registers hold them.
pub static KERNELS: Kernels = Kernels {
    isa: Isa::Avx512,
    name: "avx512",
    sum: kernel::<4, 5, true, false, false, false>(),
    squares: kernel::<2, 6, false, true, false, false>(),
    moments: kernel::<2, 6, true, true, false, false>(),
    describe: kernel::<2, 6, true, true, true, false>(),
    narrow_squares: kernel::<2, 6, false, true, false, true>(),
    narrow_moments: kernel::<2, 6, true, true, false, true>(),
    narrow_describe: kernel::<2, 6, true, true, true, true>(),
    products: ProductKernel {
        step: 2 * Avx512::LANES,
        k: 6,
        fold: [fold_products::<2, 6, 2>, fold_products::<2, 6, 3>],
        span,
    },
    columns: ColumnKernels {
        sum: columns::<true, false, false>,
        squares: columns::<false, true, false>,
        moments: columns::<true, true, false>,
        describe: columns::<true, true, true>,
    },
};

#[target_feature(enable = "avx512f,avx512dq,fma")]
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
        extract::fold::<Avx512, U, K, D, SUM, SQUARES, EXTREMES, NARROW>(
            values, window, totals, compared,
        )
    }
}

#[target_feature(enable = "avx512f,avx512dq,fma")]
unsafe fn fold_products<const U: usize, const K: u32, const D: usize>(
    xs: &[Unaligned],
    ys: &[Unaligned],
    window: &ProductWindow,
    totals: &mut Totals,
) -> usize {
    // SAFETY: as in `fold`.
    unsafe { extract::fold_products::<Avx512, U, K, D>(xs, ys, window, totals) }
}

#[target_feature(enable = "avx512f,avx512dq,fma")]
unsafe fn columns<const SUM: bool, const SQUARES: bool, const EXTREMES: bool>(
    rows: &[*const f64],
    ahead: &[*const f64],
    columns: usize,
    packs: &mut [Running],
    spreads: &mut [Spread],
) {
    // SAFETY: as in `fold`.
    unsafe { columns::fold::<Avx512, SUM, SQUARES, EXTREMES>(rows, ahead, columns, packs, spreads) }
}

#[target_feature(enable = "avx512f,avx512dq,fma")]
unsafe fn span(values: &[Unaligned]) -> Span {
    // SAFETY: as in `fold`.
    unsafe { extract::span::<Avx512>(values) }
}

/// Runs a loop that is compiled for this instruction set.
///
/// # Safety
/// The CPU has it.
#[target_feature(enable = "avx512f,avx512dq,fma")]
pub fn run(body: impl Loop) {
    body.run();
}

/// # Safety
/// As for [`Kernels::transpose`].
#[target_feature(enable = "avx512f")]
pub unsafe fn transpose(
    rows: &[*const Unaligned; TRANSPOSED],
    ahead: &[*const Unaligned; TRANSPOSED],
    columns: usize,
    out: *mut Unaligned,
    pitch: usize,
) {
    for column in (0..columns).step_by(TRANSPOSED) {
        // SAFETY: 8 elements of each row, by the caller's promise.
        let r = rows.map(|row| unsafe { _mm512_loadu_pd(row.add(column).cast()) });
        for row in ahead {
            // SAFETY: prefetching needs no valid address.
            unsafe { Avx512::prefetch(row.wrapping_add(column).cast()) };
        }
        // Pairs of elements, then pairs of those, then halves.
        let pairs = |a: __m512d, b: __m512d| [_mm512_unpacklo_pd(a, b), _mm512_unpackhi_pd(a, b)];
        let [a, b, c, d] = [0, 2, 4, 6].map(|i| pairs(r[i], r[i + 1]));
        for odd in 0..2 {
            let low = |x, y| _mm512_shuffle_f64x2::<0b10_00_10_00>(x, y);
            let high = |x, y| _mm512_shuffle_f64x2::<0b11_01_11_01>(x, y);
            let (ab, cd) = (
                [low(a[odd], b[odd]), high(a[odd], b[odd])],
                [low(c[odd], d[odd]), high(c[odd], d[odd])],
            );
            for (i, column_of_four) in [
                (0, low(ab[0], cd[0])),
                (4, high(ab[0], cd[0])),
                (2, low(ab[1], cd[1])),
                (6, high(ab[1], cd[1])),
            ] {
                // SAFETY: 8 places of the column, by the caller's promise.
                unsafe {
                    let place = out.add((column + i + odd) * pitch);
                    _mm512_storeu_pd(place.cast(), column_of_four);
                }
            }
        }
    }
}
