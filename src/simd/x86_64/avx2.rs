//! AVX2 and fused multiply-add: four lanes.

use std::arch::x86_64::*;

use super::{define_instruction_set, proven};
use crate::simd::vector::{FRACTION, HALF, ONE, SIGN, TRANSPOSED, TWO_52};
use crate::simd::{F32s, F64s, Kernel, LeastNonzero, Simd, Tables, U64s, Wide};

define_instruction_set! {
    /// AVX2, fused multiply-add, and the conversion of binary16, which all CPUs with the former have.
    Avx2: "avx2", "fma", "f16c"
}

/// Four doubles.
#[derive(Clone, Copy)]
pub struct F64x4(__m256d);

/// Four integers.
#[derive(Clone, Copy)]
pub struct U64x4(__m256i);

impl Simd for Avx2 {
    type F64 = F64x4;
    type U64 = U64x4;
    type F32 = F32x8;
    type Least = Least;
    type Eight = Wide<Self>;

    const LANES: usize = 4;
    const REGISTERS: usize = 16;
    const FUSES: bool = true;

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> K::Output {
        proven!(self.enabled(kernel))
    }

    #[inline(always)]
    fn eight(self) -> Wide<Self> {
        Wide(self)
    }

    #[inline(always)]
    fn splat(self, x: f64) -> F64x4 {
        F64x4(proven!(_mm256_set1_pd(x)))
    }

    #[inline(always)]
    unsafe fn load(self, at: *const f64) -> F64x4 {
        // SAFETY: the CPU has the instructions, and the caller promises the memory.
        F64x4(unsafe { _mm256_loadu_pd(at) })
    }

    #[inline(always)]
    unsafe fn load_bits(self, at: *const u64) -> U64x4 {
        // SAFETY: as in `load`.
        U64x4(unsafe { _mm256_loadu_si256(at.cast()) })
    }

    #[inline(always)]
    fn splat_floats(self, x: f32) -> F32x8 {
        F32x8(proven!(_mm256_set1_ps(x)))
    }

    #[inline(always)]
    unsafe fn load_floats(self, at: *const f32) -> F32x8 {
        // SAFETY: as in `load`.
        F32x8(unsafe { _mm256_loadu_ps(at) })
    }

    #[inline(always)]
    unsafe fn load_halves(self, at: *const u16) -> F32x8 {
        // SAFETY: as in `load`.
        let halves = unsafe { _mm_loadu_si128(at.cast()) };
        F32x8(proven!(_mm256_cvtph_ps(halves)))
    }

    #[inline(always)]
    fn no_least(self) -> Least {
        Least(self.splat(f64::INFINITY))
    }

    #[inline(always)]
    unsafe fn load_least(self, at: *const f64) -> Least {
        // SAFETY: the caller's promise.
        Least(unsafe { self.load(at) })
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
        for column in (0..columns).step_by(2) {
            if column.is_multiple_of(TRANSPOSED) {
                for row in ahead {
                    self.prefetch(row.wrapping_add(column).cast());
                }
            }
            for first in (0..TRANSPOSED).step_by(4) {
                // SAFETY: the CPU has the instructions, and the caller promises 8 elements of each row and of
                // each column.
                unsafe {
                    // Two elements of one row in the lower half, and of the second next row in the upper one.
                    let rows = &rows[first..];
                    let even =
                        _mm256_loadu2_m128d(rows[2].add(column).cast(), rows[0].add(column).cast());
                    let odd =
                        _mm256_loadu2_m128d(rows[3].add(column).cast(), rows[1].add(column).cast());
                    let out = out.add(column * pitch + first).cast::<f64>();
                    _mm256_storeu_pd(out, _mm256_unpacklo_pd(even, odd));
                    _mm256_storeu_pd(out.add(pitch), _mm256_unpackhi_pd(even, odd));
                }
            }
        }
    }
}

impl F64s for F64x4 {
    type U64 = U64x4;

    #[inline(always)]
    unsafe fn store(self, at: *mut f64) {
        // SAFETY: the CPU has the instructions, and the caller promises the memory.
        unsafe { _mm256_storeu_pd(at, self.0) }
    }

    #[inline(always)]
    fn to_bits(self) -> U64x4 {
        U64x4(proven!(_mm256_castpd_si256(self.0)))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(proven!(_mm256_add_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(proven!(_mm256_sub_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(proven!(_mm256_mul_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        Self(proven!(_mm256_div_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        Self(proven!(_mm256_sqrt_pd(self.0)))
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        Self(proven!(_mm256_fmadd_pd(self.0, factor.0, term.0)))
    }

    #[inline(always)]
    fn product_error(self, other: Self, rounded: Self) -> Self {
        Self(proven!(_mm256_fmsub_pd(self.0, other.0, rounded.0)))
    }

    #[inline(always)]
    fn add_by_fma(self, other: Self, one: Self) -> Self {
        Self(proven!(_mm256_fmadd_pd(self.0, one.0, other.0)))
    }

    #[inline(always)]
    fn sub_by_fma(self, other: Self, one: Self) -> Self {
        Self(proven!(_mm256_fnmadd_pd(other.0, one.0, self.0)))
    }

    #[inline(always)]
    fn abs(self) -> Self {
        Self(proven!(_mm256_andnot_pd(_mm256_set1_pd(-0.0), self.0)))
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Self(proven!(_mm256_or_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Self(proven!(_mm256_and_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn and_not(self, other: Self) -> Self {
        Self(proven!(_mm256_andnot_pd(other.0, self.0)))
    }

    #[inline(always)]
    fn nans(self) -> Self {
        Self(proven!(_mm256_cmp_pd::<_CMP_UNORD_Q>(self.0, self.0)))
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self(proven!(_mm256_min_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(proven!(_mm256_max_pd(self.0, other.0)))
    }

    #[inline(always)]
    fn min_magnitude(self, other: Self) -> Self {
        self.abs().min(other)
    }

    #[inline(always)]
    fn replace_below(self, limit: Self, other: Self) -> Self {
        Self(proven!({
            let below = _mm256_cmp_pd::<_CMP_LT_OQ>(self.abs().0, limit.0);
            _mm256_blendv_pd(self.0, other.0, below)
        }))
    }

    #[inline(always)]
    fn keep_within(self, least: Self, above: Self) -> Self {
        let magnitude = self.abs();
        Self(proven!({
            let reaches = _mm256_cmp_pd::<_CMP_GE_OQ>(magnitude.0, least.0);
            let below = _mm256_cmp_pd::<_CMP_LT_OQ>(magnitude.0, above.0);
            _mm256_and_pd(self.0, _mm256_and_pd(reaches, below))
        }))
    }

    #[inline(always)]
    fn differs(self, other: Self) -> u32 {
        let mask = proven!(_mm256_cmp_pd::<_CMP_NEQ_UQ>(self.0, other.0));
        proven!(_mm256_movemask_pd(mask)).cast_unsigned()
    }

    #[inline(always)]
    fn all_at_least(self, limit: f64) -> bool {
        all(proven!(_mm256_cmp_pd::<_CMP_GE_OQ>(
            self.0,
            _mm256_set1_pd(limit)
        )))
    }

    #[inline(always)]
    fn all_below(self, limit: f64) -> bool {
        all(proven!(_mm256_cmp_pd::<_CMP_LT_OQ>(
            self.0,
            _mm256_set1_pd(limit)
        )))
    }

    #[inline(always)]
    fn none_is_nan(self) -> bool {
        all(proven!(_mm256_cmp_pd::<_CMP_ORD_Q>(self.0, self.0)))
    }

    #[inline(always)]
    fn reduce_min(self) -> f64 {
        self.lanes().into_iter().fold(f64::INFINITY, f64::min)
    }

    #[inline(always)]
    fn reduce_max(self) -> f64 {
        self.lanes().into_iter().fold(f64::NEG_INFINITY, f64::max)
    }

    #[inline(always)]
    fn flip_sign(self, bits: U64x4) -> Self {
        let sign = proven!(_mm256_and_si256(bits.0, _mm256_set1_epi64x(SIGN as i64)));
        Self(proven!(_mm256_xor_pd(self.0, _mm256_castsi256_pd(sign))))
    }

    #[inline(always)]
    fn swap(self, other: Self, bits: U64x4) -> (Self, Self) {
        proven!({
            let lowest = _mm256_and_si256(bits.0, _mm256_set1_epi64x(1));
            let mask = _mm256_castsi256_pd(_mm256_sub_epi64(_mm256_setzero_si256(), lowest));
            (
                Self(_mm256_blendv_pd(self.0, other.0, mask)),
                Self(_mm256_blendv_pd(other.0, self.0, mask)),
            )
        })
    }

    #[inline(always)]
    fn split(self, tables: &Tables) -> [Self; 4] {
        let pair = |index: i64| {
            let at = tables.interleaved[index as usize & 15].as_ptr();
            // SAFETY: an entry has two numbers, and the CPU has the instruction.
            unsafe { _mm_loadu_pd(at) }
        };
        proven!({
            let bits = _mm256_castpd_si256(self.0);
            let fraction = _mm256_and_si256(bits, _mm256_set1_epi64x(FRACTION as i64));
            let significand = _mm256_or_si256(fraction, _mm256_set1_epi64x(HALF as i64));
            let field = _mm256_srli_epi64::<52>(bits);
            let counted = _mm256_or_si256(field, _mm256_set1_epi64x(TWO_52 as i64));
            let offset = _mm256_set1_pd(f64::from_bits(TWO_52) + 1023.0);
            let index = _mm256_and_si256(_mm256_srli_epi64::<48>(bits), _mm256_set1_epi64x(15));
            let (low, high) = (
                _mm256_castsi256_si128(index),
                _mm256_extracti128_si256::<1>(index),
            );
            // Both tables' entries for lanes 0 and 2, and for lanes 1 and 3: [first second | first second].
            let even =
                _mm256_set_m128d(pair(_mm_cvtsi128_si64(high)), pair(_mm_cvtsi128_si64(low)));
            let odd = _mm256_set_m128d(
                pair(_mm_extract_epi64::<1>(high)),
                pair(_mm_extract_epi64::<1>(low)),
            );
            [
                Self(_mm256_castsi256_pd(significand)),
                Self(_mm256_sub_pd(_mm256_castsi256_pd(counted), offset)),
                Self(_mm256_unpacklo_pd(even, odd)),
                Self(_mm256_unpackhi_pd(even, odd)),
            ]
        })
    }
}

impl F64x4 {
    #[inline(always)]
    fn lanes(self) -> [f64; 4] {
        let mut lanes = [0.0; 4];
        // SAFETY: the array is as long as the vector.
        unsafe { self.store(lanes.as_mut_ptr()) };
        lanes
    }
}

/// Is a comparison true in every lane? The mask is the result of comparing vectors, which proves AVX2.
#[inline(always)]
fn all(mask: __m256d) -> bool {
    proven!(_mm256_movemask_pd(mask)) == 0b1111
}

/// The least nonzero magnitudes; infinite in lanes without one.
#[derive(Clone, Copy)]
pub struct Least(F64x4);

impl LeastNonzero<F64x4> for Least {
    #[inline(always)]
    fn with(self, magnitudes: F64x4) -> Self {
        // Zeros become NaN, which the minimum skips.
        Self(F64x4(proven!({
            let zero = _mm256_cmp_pd::<_CMP_EQ_OQ>(magnitudes.0, _mm256_setzero_pd());
            _mm256_min_pd(_mm256_or_pd(magnitudes.0, zero), self.0.0)
        })))
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }

    #[inline(always)]
    fn all_at_least(self, limit: f64) -> bool {
        self.0.all_at_least(limit)
    }

    #[inline(always)]
    fn reduce(self) -> f64 {
        self.0.reduce_min()
    }

    #[inline(always)]
    unsafe fn store(self, at: *mut f64) {
        // SAFETY: the caller's promise.
        unsafe { self.0.store(at) }
    }
}

impl U64s for U64x4 {
    type F64 = F64x4;

    #[inline(always)]
    unsafe fn store(self, at: *mut u64) {
        // SAFETY: the CPU has the instructions, and the caller promises the memory.
        unsafe { _mm256_storeu_si256(at.cast(), self.0) }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(proven!(_mm256_add_epi64(self.0, other.0)))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(proven!(_mm256_sub_epi64(self.0, other.0)))
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(proven!(_mm256_xor_si256(self.0, other.0)))
    }

    #[inline(always)]
    fn xor3(self, b: Self, c: Self) -> Self {
        self.xor(b).xor(c)
    }

    #[inline(always)]
    fn shl<const BITS: u32>(self) -> Self {
        Self(proven!(_mm256_sll_epi64(
            self.0,
            _mm_cvtsi32_si128(BITS as i32)
        )))
    }

    #[inline(always)]
    fn rotl<const LEFT: u32, const RIGHT: u32>(self) -> Self {
        Self(proven!({
            let low = _mm256_srl_epi64(self.0, _mm_cvtsi32_si128(RIGHT as i32));
            let high = _mm256_sll_epi64(self.0, _mm_cvtsi32_si128(LEFT as i32));
            _mm256_or_si256(high, low)
        }))
    }

    #[inline(always)]
    fn top53(self) -> F64x4 {
        // 2^84 + high·2^32 and 2^52 + low; the difference and the sum are exact below 2^53.
        const TWO_84: u64 = 0x4530_0000_0000_0000;
        F64x4(proven!({
            let high = _mm256_srli_epi64::<32>(self.0);
            let high = _mm256_or_si256(high, _mm256_set1_epi64x(TWO_84 as i64));
            let low = _mm256_and_si256(self.0, _mm256_set1_epi64x(!0x7ff));
            let low = _mm256_blend_epi32::<0xaa>(low, _mm256_set1_epi64x(TWO_52 as i64));
            let offset = _mm256_set1_pd(f64::from_bits(TWO_84) + f64::from_bits(TWO_52));
            _mm256_add_pd(
                _mm256_sub_pd(_mm256_castsi256_pd(high), offset),
                _mm256_castsi256_pd(low),
            )
        }))
    }

    #[inline(always)]
    fn one_to_two(self) -> F64x4 {
        self.with_exponent_of(ONE)
    }

    #[inline(always)]
    fn odd_one_to_two(self) -> F64x4 {
        self.with_exponent_of(ONE | 1)
    }
}

impl U64x4 {
    /// The low 52 bits of each lane as a fraction, together with `bits`, which hold the exponent.
    #[inline(always)]
    fn with_exponent_of(self, bits: u64) -> F64x4 {
        F64x4(proven!({
            let fraction = _mm256_and_si256(self.0, _mm256_set1_epi64x(FRACTION as i64));
            _mm256_castsi256_pd(_mm256_or_si256(fraction, _mm256_set1_epi64x(bits as i64)))
        }))
    }
}

/// Eight floats.
#[derive(Clone, Copy)]
pub struct F32x8(__m256);

impl F32x8 {
    /// The bits of the magnitudes.
    #[inline(always)]
    fn magnitude_bits(self) -> __m256i {
        proven!({
            let bits = _mm256_castps_si256(self.0);
            _mm256_and_si256(bits, _mm256_set1_epi32(i32::MAX))
        })
    }
}

impl F32s for F32x8 {
    type F64 = F64x4;

    #[inline(always)]
    unsafe fn store(self, at: *mut f32) {
        // SAFETY: the CPU has the instructions, and the caller promises the memory.
        unsafe { _mm256_storeu_ps(at, self.0) }
    }

    #[inline(always)]
    fn widen(self) -> [F64x4; 2] {
        proven!([
            F64x4(_mm256_cvtps_pd(_mm256_castps256_ps128(self.0))),
            F64x4(_mm256_cvtps_pd(_mm256_extractf128_ps::<1>(self.0))),
        ])
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self(proven!(_mm256_min_ps(self.0, other.0)))
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self(proven!(_mm256_max_ps(self.0, other.0)))
    }

    #[inline(always)]
    fn max_magnitude_bits(self, other: Self) -> Self {
        let own = self.magnitude_bits();
        Self(proven!({
            let other = _mm256_castps_si256(other.0);
            _mm256_castsi256_ps(_mm256_max_epu32(own, other))
        }))
    }

    #[inline(always)]
    fn min_magnitude_bits_less_one(self, other: Self) -> Self {
        let own = self.magnitude_bits();
        Self(proven!({
            let less_one = _mm256_add_epi32(own, _mm256_set1_epi32(-1));
            let other = _mm256_castps_si256(other.0);
            _mm256_castsi256_ps(_mm256_min_epu32(less_one, other))
        }))
    }
}
