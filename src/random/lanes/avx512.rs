//! AVX-512 (F and DQ).

use std::arch::x86_64::*;

use super::{FRACTION, Lanes, ONE, SIGN, Tables};
/// See [`Lanes`].
#[derive(Clone, Copy)]
pub struct Avx512;

// SAFETY: only the instructions named above are used. In each block below: the trait's contract gives the CPU's
// features, and the method's the pointer.
unsafe impl Lanes for Avx512 {
    type U = __m512i;
    type F = __m512d;

    #[inline(always)]
    unsafe fn load(x: &[u64; 8]) -> __m512i {
        // SAFETY: see above.
        unsafe { _mm512_loadu_si512(x.as_ptr().cast()) }
    }
    #[inline(always)]
    unsafe fn splat(x: f64) -> __m512d {
        // SAFETY: see above.
        unsafe { _mm512_set1_pd(x) }
    }
    #[inline(always)]
    unsafe fn store(x: __m512d, to: *mut f64) {
        // SAFETY: see above.
        unsafe { _mm512_storeu_pd(to, x) }
    }
    #[inline(always)]
    unsafe fn add_u(x: __m512i, y: __m512i) -> __m512i {
        // SAFETY: see above.
        unsafe { _mm512_add_epi64(x, y) }
    }
    #[inline(always)]
    unsafe fn xor(x: __m512i, y: __m512i) -> __m512i {
        // SAFETY: see above.
        unsafe { _mm512_xor_si512(x, y) }
    }
    #[inline(always)]
    unsafe fn xor3(x: __m512i, y: __m512i, z: __m512i) -> __m512i {
        // SAFETY: see above.
        unsafe { _mm512_ternarylogic_epi64::<0x96>(x, y, z) }
    }
    #[inline(always)]
    unsafe fn shl<const N: u32>(x: __m512i) -> __m512i {
        // SAFETY: see above.
        unsafe { _mm512_slli_epi64::<N>(x) }
    }
    #[inline(always)]
    unsafe fn rotl<const N: u32, const M: u32>(x: __m512i) -> __m512i {
        // SAFETY: see above. One instruction, vprolq.
        unsafe { _mm512_or_si512(_mm512_slli_epi64::<N>(x), _mm512_srli_epi64::<M>(x)) }
    }
    #[inline(always)]
    unsafe fn add(x: __m512d, y: __m512d) -> __m512d {
        // SAFETY: see above.
        unsafe { _mm512_add_pd(x, y) }
    }
    #[inline(always)]
    unsafe fn sub(x: __m512d, y: __m512d) -> __m512d {
        // SAFETY: see above.
        unsafe { _mm512_sub_pd(x, y) }
    }
    #[inline(always)]
    unsafe fn mul(x: __m512d, y: __m512d) -> __m512d {
        // SAFETY: see above.
        unsafe { _mm512_mul_pd(x, y) }
    }
    #[inline(always)]
    unsafe fn div(x: __m512d, y: __m512d) -> __m512d {
        // SAFETY: see above.
        unsafe { _mm512_div_pd(x, y) }
    }
    #[inline(always)]
    unsafe fn min(x: __m512d, y: __m512d) -> __m512d {
        // SAFETY: see above.
        unsafe { _mm512_min_pd(x, y) }
    }
    #[inline(always)]
    unsafe fn fma(x: __m512d, y: __m512d, z: __m512d) -> __m512d {
        // SAFETY: see above.
        unsafe { _mm512_fmadd_pd(x, y, z) }
    }
    #[inline(always)]
    unsafe fn sqrt(x: __m512d) -> __m512d {
        // SAFETY: see above.
        unsafe { _mm512_sqrt_pd(x) }
    }
    #[inline(always)]
    unsafe fn top53(x: __m512i) -> __m512d {
        // SAFETY: see above.
        unsafe { _mm512_cvtepu64_pd(_mm512_and_si512(x, _mm512_set1_epi64(!0x7ff))) }
    }
    #[inline(always)]
    unsafe fn one_to_two(x: __m512i) -> __m512d {
        // ONE | (x & FRACTION)
        // SAFETY: see above.
        unsafe {
            _mm512_castsi512_pd(_mm512_ternarylogic_epi64::<0xf8>(
                _mm512_set1_epi64(ONE as i64),
                x,
                _mm512_set1_epi64(FRACTION as i64),
            ))
        }
    }
    #[inline(always)]
    unsafe fn odd_one_to_two(x: __m512i) -> __m512d {
        // ONE | 1 | (x & FRACTION)
        // SAFETY: see above.
        unsafe {
            _mm512_castsi512_pd(_mm512_ternarylogic_epi64::<0xf8>(
                _mm512_set1_epi64((ONE | 1) as i64),
                x,
                _mm512_set1_epi64(FRACTION as i64),
            ))
        }
    }
    #[inline(always)]
    unsafe fn split(x: __m512d, tables: &Tables) -> (__m512d, __m512d, __m512d, __m512d) {
        // SAFETY: see above.
        unsafe {
            let m = _mm512_getmant_pd::<_MM_MANT_NORM_P5_1, _MM_MANT_SIGN_ZERO>(x);
            let e = _mm512_getexp_pd(x);
            let i = _mm512_srli_epi64::<48>(_mm512_castpd_si512(x));
            let look = |t: &[f64; 16]| {
                _mm512_permutex2var_pd(
                    _mm512_loadu_pd(t.as_ptr()),
                    i,
                    _mm512_loadu_pd(t.as_ptr().add(8)),
                )
            };
            (m, e, look(&tables.apart[0]), look(&tables.apart[1]))
        }
    }
    #[inline(always)]
    unsafe fn flip(x: __m512d, s: __m512i) -> __m512d {
        // x ^ (s & SIGN)
        // SAFETY: see above.
        unsafe {
            _mm512_castsi512_pd(_mm512_ternarylogic_epi64::<0x78>(
                _mm512_castpd_si512(x),
                s,
                _mm512_set1_epi64(SIGN as i64),
            ))
        }
    }
    #[inline(always)]
    unsafe fn swap(x: __m512d, y: __m512d, s: __m512i) -> (__m512d, __m512d) {
        // SAFETY: see above.
        unsafe {
            // Not a mask register: moves to those compete with multiplications.
            let m = _mm512_sub_epi64(
                _mm512_setzero_si512(),
                _mm512_and_si512(s, _mm512_set1_epi64(1)),
            );
            let (x, y) = (_mm512_castpd_si512(x), _mm512_castpd_si512(y));
            (
                _mm512_castsi512_pd(_mm512_ternarylogic_epi64::<0xca>(m, y, x)),
                _mm512_castsi512_pd(_mm512_ternarylogic_epi64::<0xca>(m, x, y)),
            )
        }
    }
}
