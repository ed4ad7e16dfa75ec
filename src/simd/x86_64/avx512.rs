//! AVX-512: eight lanes.

use std::arch::x86_64::*;

use super::{define_instruction_set, proven};
use crate::simd::vector::{FRACTION, ONE, SIGN, TRANSPOSED};
use crate::simd::{F32s, F64s, Kernel, LeastNonzero, Simd, Tables, U64s};

define_instruction_set! {
    /// AVX-512, its foundation and the instructions for doublewords and quadwords.
    Avx512: "avx512f", "avx512dq", "fma"
}

/// Eight doubles.
#[derive(Clone, Copy)]
pub struct F64x8(__m512d);

/// Eight integers.
#[derive(Clone, Copy)]
pub struct U64x8(__m512i);

/// The least nonzero magnitudes, as their bits minus one: 0 wraps to the largest integer, so that an unsigned
/// minimum skips it.
#[derive(Clone, Copy)]
pub struct Least(__m512i);

impl Simd for Avx512 {
    type F64 = F64x8;
    type U64 = U64x8;
    type F32 = F32x16;
    type Least = Least;
    type Eight = Self;

    const LANES: usize = 8;
    const REGISTERS: usize = 32;
    const FUSES: bool = true;

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> K::Output {
        proven!(self.enabled(kernel))
    }

    #[inline(always)]
    fn eight(self) -> Self {
        self
    }

    #[inline(always)]
    fn splat(self, x: f64) -> F64x8 {
        F64x8(proven!(_mm512_set1_pd(x)))
    }

    #[inline(always)]
    unsafe fn load(self, at: *const f64) -> F64x8 {
        // SAFETY: the CPU has the instructions, and the caller promises the memory.
        F64x8(unsafe { _mm512_loadu_pd(at) })
    }

    #[inline(always)]
    unsafe fn load_bits(self, at: *const u64) -> U64x8 {
        // SAFETY: as in `load`.
        U64x8(unsafe { _mm512_loadu_si512(at.cast()) })
    }

    #[inline(always)]
    fn splat_floats(self, x: f32) -> F32x16 {
        F32x16(proven!(_mm512_set1_ps(x)))
    }

    #[inline(always)]
    unsafe fn load_floats(self, at: *const f32) -> F32x16 {
        // SAFETY: as in `load`.
        F32x16(unsafe { _mm512_loadu_ps(at) })
    }

    #[inline(always)]
    unsafe fn load_halves(self, at: *const u16) -> F32x16 {
        // SAFETY: as in `load`.
        let halves = unsafe { _mm256_loadu_si256(at.cast()) };
        F32x16(proven!(_mm512_cvtph_ps(halves)))
    }

    #[inline(always)]
    fn no_least(self) -> Least {
        Least(proven!(_mm512_set1_epi64(-1)))
    }

    #[inline(always)]
    unsafe fn load_least(self, at: *const f64) -> Least {
        // SAFETY: as in `load`.
        let bits = unsafe { _mm512_loadu_si512(at.cast()) };
        Least(proven!(_mm512_add_epi64(bits, _mm512_set1_epi64(-1))))
    }

    #[inline(always)]
    fn prefetch(self, at: *const f64) {
        proven!(_mm_prefetch::<_MM_HINT_T0>(at.cast()));
    }

    #[inline(always)]
    fn prefetch_to_l2(self, at: *const f64) {
        proven!(_mm_prefetch::<_MM_HINT_T1>(at.cast()));
    }

    #[inline(always)]
    unsafe fn transpose(
        self,
        rows: &[*const u64; TRANSPOSED],
        ahead: &[*const u64; TRANSPOSED],
        columns: usize,
        out: *mut u64,
        pitch: usize,
    ) {
        debug_assert!(columns.is_multiple_of(TRANSPOSED));
        for column in (0..columns).step_by(TRANSPOSED) {
            for row in ahead {
                self.prefetch(row.wrapping_add(column).cast());
            }
            // SAFETY: the CPU has the instructions, and the caller promises 8 elements of each row and of
            // each column.
            unsafe {
                let mut square = [_mm512_setzero_pd(); TRANSPOSED];
                for (line, row) in square.iter_mut().zip(rows) {
                    *line = _mm512_loadu_pd(row.add(column).cast());
                }
                for (i, line) in transposed(square).into_iter().enumerate() {
                    _mm512_storeu_pd(out.add((column + i) * pitch).cast(), line);
                }
            }
        }
    }
}

/// A square of 8 rows, transposed in three steps: of elements, of pairs, and of quadruples.
#[inline(always)]
fn transposed(rows: [__m512d; 8]) -> [__m512d; 8] {
    let mut columns = rows;
    proven!({
        for odd in 0..2 {
            let mut pairs = rows;
            for (i, pair) in pairs[..4].iter_mut().enumerate() {
                let (upper, lower) = (rows[2 * i], rows[2 * i + 1]);
                *pair = if odd == 0 {
                    _mm512_unpacklo_pd(upper, lower)
                } else {
                    _mm512_unpackhi_pd(upper, lower)
                };
            }
            let [a, b, c, d, ..] = pairs;
            let quarters = [
                _mm512_shuffle_f64x2::<0b10_00_10_00>(a, b),
                _mm512_shuffle_f64x2::<0b10_00_10_00>(c, d),
                _mm512_shuffle_f64x2::<0b11_01_11_01>(a, b),
                _mm512_shuffle_f64x2::<0b11_01_11_01>(c, d),
            ];
            for half in 0..2 {
                let (upper, lower) = (quarters[2 * half], quarters[2 * half + 1]);
                columns[2 * half + odd] = _mm512_shuffle_f64x2::<0b10_00_10_00>(upper, lower);
                columns[2 * half + odd + 4] = _mm512_shuffle_f64x2::<0b11_01_11_01>(upper, lower);
            }
        }
    });
    columns
}

impl F64s for F64x8 {
    type U64 = U64x8;

    #[inline(always)]
    unsafe fn store(self, at: *mut f64) {
        // SAFETY: the CPU has the instructions, and the caller promises the memory.
        unsafe { _mm512_storeu_pd(at, self.0) }
    }

    #[inline(always)]
    fn to_bits(self) -> U64x8 {
        U64x8(proven!(_mm512_castpd_si512(self.0)))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(proven!(_mm512_add_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(proven!(_mm512_sub_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(proven!(_mm512_mul_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        Self(proven!(_mm512_div_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        Self(proven!(_mm512_sqrt_pd(self.0)))
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        Self(proven!(_mm512_fmadd_pd(self.0, factor.0, term.0)))
    }

    #[inline(always)]
    fn product_error(self, other: Self, rounded: Self) -> Self {
        Self(proven!(_mm512_fmsub_pd(self.0, other.0, rounded.0)))
    }

    #[inline(always)]
    fn add_by_fma(self, other: Self, one: Self) -> Self {
        Self(proven!(_mm512_fmadd_pd(self.0, one.0, other.0)))
    }

    #[inline(always)]
    fn sub_by_fma(self, other: Self, one: Self) -> Self {
        Self(proven!(_mm512_fnmadd_pd(other.0, one.0, self.0)))
    }

    #[inline(always)]
    fn abs(self) -> Self {
        Self(proven!(_mm512_abs_pd(self.0)))
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Self(proven!(_mm512_or_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Self(proven!(_mm512_and_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn and_not(self, other: Self) -> Self {
        Self(proven!(_mm512_andnot_pd(other.0, self.0)))
    }

    #[inline(always)]
    fn nans(self) -> Self {
        Self(proven!({
            let nans = _mm512_cmp_pd_mask::<_CMP_UNORD_Q>(self.0, self.0);
            _mm512_castsi512_pd(_mm512_movm_epi64(nans))
        }))
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self(proven!(_mm512_min_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(proven!(_mm512_max_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn min_magnitude(self, other: Self) -> Self {
        Self(proven!(_mm512_range_pd::<0b10_10>(self.0, other.0)))
    }

    #[inline(always)]
    fn replace_below(self, limit: Self, other: Self) -> Self {
        Self(proven!({
            let below = _mm512_cmp_pd_mask::<_CMP_LT_OQ>(self.abs().0, limit.0);
            _mm512_mask_blend_pd(below, self.0, other.0)
        }))
    }

    #[inline(always)]
    fn keep_within(self, least: Self, above: Self) -> Self {
        let magnitude = self.abs();
        Self(proven!({
            let below = _mm512_cmp_pd_mask::<_CMP_LT_OQ>(magnitude.0, above.0);
            let within = _mm512_mask_cmp_pd_mask::<_CMP_GE_OQ>(below, magnitude.0, least.0);
            _mm512_maskz_mov_pd(within, self.0)
        }))
    }

    #[inline(always)]
    fn differs(self, other: Self) -> u32 {
        proven!(_mm512_cmp_pd_mask::<_CMP_NEQ_UQ>(self.0, other.0)).into()
    }

    #[inline(always)]
    fn all_at_least(self, limit: f64) -> bool {
        proven!(_mm512_cmp_pd_mask::<_CMP_GE_OQ>(
            self.0,
            _mm512_set1_pd(limit)
        )) == 0xff
    }

    #[inline(always)]
    fn all_below(self, limit: f64) -> bool {
        proven!(_mm512_cmp_pd_mask::<_CMP_LT_OQ>(
            self.0,
            _mm512_set1_pd(limit)
        )) == 0xff
    }

    #[inline(always)]
    fn none_is_nan(self) -> bool {
        proven!(_mm512_cmp_pd_mask::<_CMP_ORD_Q>(self.0, self.0)) == 0xff
    }

    #[inline(always)]
    fn reduce_min(self) -> f64 {
        proven!(_mm512_reduce_min_pd(self.0))
    }

    #[inline(always)]
    fn reduce_max(self) -> f64 {
        proven!(_mm512_reduce_max_pd(self.0))
    }

    #[inline(always)]
    fn flip_sign(self, bits: U64x8) -> Self {
        /// a ^ (b & c)
        const XOR_AND: i32 = 0x78;
        Self(proven!({
            let sign = _mm512_set1_epi64(SIGN as i64);
            let own = _mm512_castpd_si512(self.0);
            _mm512_castsi512_pd(_mm512_ternarylogic_epi64::<XOR_AND>(own, bits.0, sign))
        }))
    }

    #[inline(always)]
    fn swap(self, other: Self, bits: U64x8) -> (Self, Self) {
        /// a ? b : c
        const SELECT: i32 = 0xca;
        proven!({
            // The mask is a vector, as moves to mask registers compete with multiplications.
            let lowest = _mm512_and_si512(bits.0, _mm512_set1_epi64(1));
            let mask = _mm512_sub_epi64(_mm512_setzero_si512(), lowest);
            let (own, other) = (_mm512_castpd_si512(self.0), _mm512_castpd_si512(other.0));
            let first = _mm512_ternarylogic_epi64::<SELECT>(mask, other, own);
            let second = _mm512_ternarylogic_epi64::<SELECT>(mask, own, other);
            (
                Self(_mm512_castsi512_pd(first)),
                Self(_mm512_castsi512_pd(second)),
            )
        })
    }

    #[inline(always)]
    fn split(self, tables: &Tables) -> [Self; 4] {
        let [first, second] = &tables.planar;
        // SAFETY: the CPU has the instructions, and each table has 16 numbers.
        unsafe {
            let index = _mm512_srli_epi64::<48>(_mm512_castpd_si512(self.0));
            let (first_low, first_high) = (
                _mm512_loadu_pd(first.as_ptr()),
                _mm512_loadu_pd(first.as_ptr().add(8)),
            );
            let (second_low, second_high) = (
                _mm512_loadu_pd(second.as_ptr()),
                _mm512_loadu_pd(second.as_ptr().add(8)),
            );
            [
                Self(_mm512_getmant_pd::<_MM_MANT_NORM_P5_1, _MM_MANT_SIGN_ZERO>(
                    self.0,
                )),
                Self(_mm512_getexp_pd(self.0)),
                Self(_mm512_permutex2var_pd(first_low, index, first_high)),
                Self(_mm512_permutex2var_pd(second_low, index, second_high)),
            ]
        }
    }
}

impl LeastNonzero<F64x8> for Least {
    #[inline(always)]
    fn with(self, magnitudes: F64x8) -> Self {
        Self(proven!({
            let bits = _mm512_castpd_si512(magnitudes.0);
            let less_one = _mm512_add_epi64(bits, _mm512_set1_epi64(-1));
            _mm512_min_epu64(self.0, less_one)
        }))
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self(proven!(_mm512_min_epu64(self.0, other.0)))
    }

    #[inline(always)]
    fn all_at_least(self, limit: f64) -> bool {
        let less_one = limit.to_bits().saturating_sub(1).cast_signed();
        proven!(_mm512_cmplt_epu64_mask(self.0, _mm512_set1_epi64(less_one))) == 0
    }

    #[inline(always)]
    fn reduce(self) -> f64 {
        let less_one = proven!(_mm512_reduce_min_epu64(self.0));
        less_one
            .checked_add(1)
            .map_or(f64::INFINITY, f64::from_bits)
    }

    #[inline(always)]
    unsafe fn store(self, at: *mut f64) {
        // SAFETY: the CPU has the instructions, and the caller promises the memory.
        unsafe { _mm512_storeu_si512(at.cast(), _mm512_add_epi64(self.0, _mm512_set1_epi64(1))) }
    }
}

impl U64s for U64x8 {
    type F64 = F64x8;

    #[inline(always)]
    unsafe fn store(self, at: *mut u64) {
        // SAFETY: the CPU has the instructions, and the caller promises the memory.
        unsafe { _mm512_storeu_si512(at.cast(), self.0) }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(proven!(_mm512_add_epi64(self.0, other.0)))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(proven!(_mm512_sub_epi64(self.0, other.0)))
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(proven!(_mm512_xor_si512(self.0, other.0)))
    }

    #[inline(always)]
    fn xor3(self, b: Self, c: Self) -> Self {
        /// a ^ b ^ c
        const XOR3: i32 = 0x96;
        Self(proven!(_mm512_ternarylogic_epi64::<XOR3>(self.0, b.0, c.0)))
    }

    #[inline(always)]
    fn shl<const BITS: u32>(self) -> Self {
        Self(proven!(_mm512_slli_epi64::<BITS>(self.0)))
    }

    #[inline(always)]
    fn rotl<const LEFT: u32, const RIGHT: u32>(self) -> Self {
        // The compiler makes these one instruction, vprolq.
        Self(proven!(_mm512_or_si512(
            _mm512_slli_epi64::<LEFT>(self.0),
            _mm512_srli_epi64::<RIGHT>(self.0)
        )))
    }

    #[inline(always)]
    fn top53(self) -> F64x8 {
        F64x8(proven!(_mm512_cvtepu64_pd(_mm512_and_si512(
            self.0,
            _mm512_set1_epi64(!0x7ff)
        ))))
    }

    #[inline(always)]
    fn one_to_two(self) -> F64x8 {
        self.with_exponent_of(ONE)
    }

    #[inline(always)]
    fn odd_one_to_two(self) -> F64x8 {
        self.with_exponent_of(ONE | 1)
    }
}

impl U64x8 {
    /// The low 52 bits of each lane as a fraction, together with `bits`, which hold the exponent.
    #[inline(always)]
    fn with_exponent_of(self, bits: u64) -> F64x8 {
        /// a | (b & c)
        const OR_AND: i32 = 0xf8;
        F64x8(proven!({
            let (bits, fraction) = (
                _mm512_set1_epi64(bits as i64),
                _mm512_set1_epi64(FRACTION as i64),
            );
            _mm512_castsi512_pd(_mm512_ternarylogic_epi64::<OR_AND>(bits, self.0, fraction))
        }))
    }
}

/// Sixteen floats.
#[derive(Clone, Copy)]
pub struct F32x16(__m512);

impl F32x16 {
    /// The bits of the magnitudes.
    #[inline(always)]
    fn magnitude_bits(self) -> __m512i {
        proven!({
            let bits = _mm512_castps_si512(self.0);
            _mm512_and_si512(bits, _mm512_set1_epi32(i32::MAX))
        })
    }
}

impl F32s for F32x16 {
    type F64 = F64x8;

    #[inline(always)]
    unsafe fn store(self, at: *mut f32) {
        // SAFETY: the CPU has the instructions, and the caller promises the memory.
        unsafe { _mm512_storeu_ps(at, self.0) }
    }

    #[inline(always)]
    fn widen(self) -> [F64x8; 2] {
        proven!([
            F64x8(_mm512_cvtps_pd(_mm512_castps512_ps256(self.0))),
            F64x8(_mm512_cvtps_pd(_mm512_extractf32x8_ps::<1>(self.0))),
        ])
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self(proven!(_mm512_min_ps(self.0, other.0)))
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(proven!(_mm512_max_ps(self.0, other.0)))
    }

    #[inline(always)]
    fn max_magnitude_bits(self, other: Self) -> Self {
        let own = self.magnitude_bits();
        Self(proven!({
            let other = _mm512_castps_si512(other.0);
            _mm512_castsi512_ps(_mm512_max_epu32(own, other))
        }))
    }

    #[inline(always)]
    fn min_magnitude_bits_less_one(self, other: Self) -> Self {
        let own = self.magnitude_bits();
        Self(proven!({
            let less_one = _mm512_add_epi32(own, _mm512_set1_epi32(-1));
            let other = _mm512_castps_si512(other.0);
            _mm512_castsi512_ps(_mm512_min_epu32(less_one, other))
        }))
    }
}
