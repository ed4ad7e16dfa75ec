//! AVX2 and FMA: two registers for eight lanes.

use std::arch::x86_64::*;

use super::{FRACTION, Lanes, ONE, SIGN, Tables};

/// See [`Lanes`].
#[derive(Clone, Copy)]
pub struct Avx2;
type U = [__m256i; 2];
type F = [__m256d; 2];

/// The same for both registers. A macro, as a function would not be inlined with the closure, which has the features.
macro_rules! both {
    ($each:expr) => {{
        let each = $each;
        [each(0), each(1)]
    }};
}

// SAFETY: only the instructions named above are used. In each block below: the trait's contract gives the CPU's
// features, and the method's the pointer.
unsafe impl Lanes for Avx2 {
    type U = U;
    type F = F;

    #[inline(always)]
    unsafe fn load(x: &[u64; 8]) -> U {
        // SAFETY: see above.
        both!(|i: usize| unsafe { _mm256_loadu_si256(x.as_ptr().add(4 * i).cast()) })
    }
    #[inline(always)]
    unsafe fn splat(x: f64) -> F {
        // SAFETY: see above.
        unsafe { [_mm256_set1_pd(x); 2] }
    }
    #[inline(always)]
    unsafe fn store(x: F, to: *mut f64) {
        // SAFETY: see above.
        unsafe {
            _mm256_storeu_pd(to, x[0]);
            _mm256_storeu_pd(to.add(4), x[1])
        }
    }
    #[inline(always)]
    unsafe fn add_u(x: U, y: U) -> U {
        // SAFETY: see above.
        both!(|i: usize| unsafe { _mm256_add_epi64(x[i], y[i]) })
    }
    #[inline(always)]
    unsafe fn xor(x: U, y: U) -> U {
        // SAFETY: see above.
        both!(|i: usize| unsafe { _mm256_xor_si256(x[i], y[i]) })
    }
    #[inline(always)]
    unsafe fn xor3(x: U, y: U, z: U) -> U {
        // SAFETY: see above.
        both!(|i: usize| unsafe { _mm256_xor_si256(_mm256_xor_si256(x[i], y[i]), z[i]) })
    }
    #[inline(always)]
    unsafe fn shl<const N: u32>(x: U) -> U {
        // SAFETY: see above.
        both!(|i: usize| unsafe { _mm256_sll_epi64(x[i], _mm_cvtsi32_si128(N as i32)) })
    }
    #[inline(always)]
    unsafe fn rotl<const N: u32, const M: u32>(x: U) -> U {
        // SAFETY: see above.
        both!(|i: usize| unsafe {
            _mm256_or_si256(
                _mm256_sll_epi64(x[i], _mm_cvtsi32_si128(N as i32)),
                _mm256_srl_epi64(x[i], _mm_cvtsi32_si128(M as i32)),
            )
        })
    }
    #[inline(always)]
    unsafe fn add(x: F, y: F) -> F {
        // SAFETY: see above.
        both!(|i: usize| unsafe { _mm256_add_pd(x[i], y[i]) })
    }
    #[inline(always)]
    unsafe fn sub(x: F, y: F) -> F {
        // SAFETY: see above.
        both!(|i: usize| unsafe { _mm256_sub_pd(x[i], y[i]) })
    }
    #[inline(always)]
    unsafe fn mul(x: F, y: F) -> F {
        // SAFETY: see above.
        both!(|i: usize| unsafe { _mm256_mul_pd(x[i], y[i]) })
    }
    #[inline(always)]
    unsafe fn div(x: F, y: F) -> F {
        // SAFETY: see above.
        both!(|i: usize| unsafe { _mm256_div_pd(x[i], y[i]) })
    }
    #[inline(always)]
    unsafe fn min(x: F, y: F) -> F {
        // SAFETY: see above.
        both!(|i: usize| unsafe { _mm256_min_pd(x[i], y[i]) })
    }
    #[inline(always)]
    unsafe fn fma(x: F, y: F, z: F) -> F {
        // SAFETY: see above.
        both!(|i: usize| unsafe { _mm256_fmadd_pd(x[i], y[i], z[i]) })
    }
    #[inline(always)]
    unsafe fn sqrt(x: F) -> F {
        // SAFETY: see above.
        both!(|i: usize| unsafe { _mm256_sqrt_pd(x[i]) })
    }
    #[inline(always)]
    unsafe fn top53(x: U) -> F {
        // 2^84 + high·2^32 and 2^52 + low; the difference and the sum are exact below 2^53.
        // SAFETY: see above.
        both!(|i: usize| unsafe {
            let high = _mm256_or_si256(
                _mm256_srli_epi64::<32>(x[i]),
                _mm256_set1_epi64x(0x4530_0000_0000_0000),
            );
            let low = _mm256_blend_epi32::<0xaa>(
                _mm256_and_si256(x[i], _mm256_set1_epi64x(!0x7ff)),
                _mm256_set1_epi64x(0x4330_0000_0000_0000),
            );
            let offset = _mm256_set1_pd(19342813113834066795298816.0 + 4503599627370496.0);
            _mm256_add_pd(
                _mm256_sub_pd(_mm256_castsi256_pd(high), offset),
                _mm256_castsi256_pd(low),
            )
        })
    }
    #[inline(always)]
    unsafe fn one_to_two(x: U) -> F {
        // SAFETY: see above.
        both!(|i: usize| unsafe {
            _mm256_castsi256_pd(_mm256_or_si256(
                _mm256_and_si256(x[i], _mm256_set1_epi64x(FRACTION as i64)),
                _mm256_set1_epi64x(ONE as i64),
            ))
        })
    }
    #[inline(always)]
    unsafe fn odd_one_to_two(x: U) -> F {
        // SAFETY: see above.
        both!(|i: usize| unsafe {
            _mm256_castsi256_pd(_mm256_or_si256(
                _mm256_and_si256(x[i], _mm256_set1_epi64x(FRACTION as i64)),
                _mm256_set1_epi64x((ONE | 1) as i64),
            ))
        })
    }
    #[inline(always)]
    unsafe fn split(x: F, tables: &Tables) -> (F, F, F, F) {
        // SAFETY: see above.
        unsafe {
            let mut r = [[_mm256_setzero_pd(); 2]; 4];
            for i in 0..2 {
                let b = _mm256_castpd_si256(x[i]);
                r[0][i] = _mm256_castsi256_pd(_mm256_or_si256(
                    _mm256_and_si256(b, _mm256_set1_epi64x(FRACTION as i64)),
                    _mm256_set1_epi64x(0x3fe0_0000_0000_0000),
                ));
                r[1][i] = _mm256_sub_pd(
                    _mm256_castsi256_pd(_mm256_or_si256(
                        _mm256_srli_epi64::<52>(b),
                        _mm256_set1_epi64x(0x4330_0000_0000_0000),
                    )),
                    _mm256_set1_pd(4503599627370496.0 + 1023.0),
                );
                let j = _mm256_and_si256(_mm256_srli_epi64::<48>(b), _mm256_set1_epi64x(15));
                // Lanes 0 and 2, 1 and 3: [r t | r t].
                let (lo, hi) = (_mm256_castsi256_si128(j), _mm256_extracti128_si256::<1>(j));
                let at = |k: i64| _mm_loadu_pd(tables.together.as_ptr().add(k as usize).cast());
                let even = _mm256_set_m128d(at(_mm_cvtsi128_si64(hi)), at(_mm_cvtsi128_si64(lo)));
                let odd = _mm256_set_m128d(
                    at(_mm_extract_epi64::<1>(hi)),
                    at(_mm_extract_epi64::<1>(lo)),
                );
                r[2][i] = _mm256_unpacklo_pd(even, odd);
                r[3][i] = _mm256_unpackhi_pd(even, odd);
            }
            (r[0], r[1], r[2], r[3])
        }
    }
    #[inline(always)]
    unsafe fn flip(x: F, s: U) -> F {
        // SAFETY: see above.
        both!(|i: usize| unsafe {
            _mm256_xor_pd(
                x[i],
                _mm256_castsi256_pd(_mm256_and_si256(s[i], _mm256_set1_epi64x(SIGN as i64))),
            )
        })
    }
    #[inline(always)]
    unsafe fn swap(x: F, y: F, s: U) -> (F, F) {
        // SAFETY: see above.
        let m = both!(|i: usize| unsafe {
            _mm256_castsi256_pd(_mm256_sub_epi64(
                _mm256_setzero_si256(),
                _mm256_and_si256(s[i], _mm256_set1_epi64x(1)),
            ))
        });
        (
            // SAFETY: see above.
            both!(|i: usize| unsafe { _mm256_blendv_pd(x[i], y[i], m[i]) }),
            // SAFETY: see above.
            both!(|i: usize| unsafe { _mm256_blendv_pd(y[i], x[i], m[i]) }),
        )
    }
}
