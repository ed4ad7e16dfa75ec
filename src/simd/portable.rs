//! Plain Rust, for any CPU: vectors of two lanes, which compilers map to registers of SSE2 or NEON.

use std::array::from_fn;

use super::vector::{FRACTION, HALF, ONE, SIGN, TWO_52};
use super::{F32s, F64s, Kernel, LeastNonzero, Simd, Tables, U64s, Wide};

/// The instructions that every CPU of the architecture has, with vectors of two lanes. Kernels unroll by the
/// number of registers; tests set it, so that they run every unrolling.
#[derive(Debug, Clone, Copy)]
pub struct Portable<const REGISTERS: usize = 16>;

/// Two doubles.
#[derive(Clone, Copy)]
pub struct F64x2([f64; 2]);

/// Two integers.
#[derive(Clone, Copy)]
pub struct U64x2([u64; 2]);

impl<const REGISTERS: usize> Simd for Portable<REGISTERS> {
    type F64 = F64x2;
    type U64 = U64x2;
    type F32 = F32x4;
    type Least = Least;
    type Eight = Wide<Wide<Self>>;

    const LANES: usize = 2;
    const REGISTERS: usize = REGISTERS;
    const FUSES: bool = false;

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> K::Output {
        kernel.run(self)
    }

    #[inline(always)]
    fn eight(self) -> Wide<Wide<Self>> {
        Wide(Wide(self))
    }

    #[inline(always)]
    fn splat(self, x: f64) -> F64x2 {
        F64x2([x; 2])
    }

    #[inline(always)]
    unsafe fn load(self, at: *const f64) -> F64x2 {
        // SAFETY: the caller's promise.
        F64x2(unsafe { at.cast::<[f64; 2]>().read_unaligned() })
    }

    #[inline(always)]
    unsafe fn load_bits(self, at: *const u64) -> U64x2 {
        // SAFETY: the caller's promise.
        U64x2(unsafe { at.cast::<[u64; 2]>().read_unaligned() })
    }

    #[inline(always)]
    fn splat_floats(self, x: f32) -> F32x4 {
        F32x4([x; 4])
    }

    #[inline(always)]
    unsafe fn load_floats(self, at: *const f32) -> F32x4 {
        // SAFETY: the caller's promise.
        F32x4(unsafe { at.cast::<[f32; 4]>().read_unaligned() })
    }

    #[inline(always)]
    unsafe fn load_halves(self, at: *const u16) -> F32x4 {
        // SAFETY: the caller's promise.
        F32x4(unsafe { at.cast::<[u16; 4]>().read_unaligned() }.map(widened_half))
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
    fn prefetch(self, _at: *const f64) {
        // The hardware prefetcher keeps up with these kernels.
    }

    #[inline(always)]
    fn prefetch_to_l2(self, _at: *const f64) {}
}

/// The binary16 number with these bits as a float.
///
/// Its fields are put where a float has its own, which makes a float 2^112 times smaller; the product with
/// 2^112 is exact, for subnormals too. Infinities and NaNs get the exponent of floats'. NaNs become quiet.
#[inline(always)]
pub fn widened_half(bits: u16) -> f32 {
    let bits = u32::from(bits);
    let magnitude = f32::from_bits((bits & 0x7fff) << 13) * f32::from_bits((127 + 112) << 23);
    let special = if bits & 0x7c00 != 0x7c00 {
        0
    } else if bits & 0x3ff == 0 {
        0x7f80_0000
    } else {
        0x7fc0_0000
    };
    f32::from_bits(magnitude.to_bits() | special | (bits & 0x8000) << 16)
}

impl F64x2 {
    #[inline(always)]
    fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self(self.0.map(f))
    }

    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f64, f64) -> f64) -> Self {
        Self([f(self.0[0], other.0[0]), f(self.0[1], other.0[1])])
    }

    #[inline(always)]
    fn bits(self) -> [u64; 2] {
        self.0.map(f64::to_bits)
    }
}

impl F64s for F64x2 {
    type U64 = U64x2;

    #[inline(always)]
    unsafe fn store(self, at: *mut f64) {
        // SAFETY: the caller's promise.
        unsafe { at.cast::<[f64; 2]>().write_unaligned(self.0) };
    }

    #[inline(always)]
    fn to_bits(self) -> U64x2 {
        U64x2(self.bits())
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self.zip(other, |a, b| a / b)
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        self.map(f64::sqrt)
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        // Without a fused multiply-add instruction this is a call, with the same result.
        Self(from_fn(|i| self.0[i].mul_add(factor.0[i], term.0[i])))
    }

    #[inline(always)]
    fn product_error(self, other: Self, rounded: Self) -> Self {
        // Veltkamp's splitting, by 2^27 + 1, and Dekker's product (1971): the partial products are exact.
        let split = |x: f64| {
            let scaled = x * 134_217_729.0;
            let high = scaled - (scaled - x);
            (high, x - high)
        };
        Self(from_fn(|i| {
            let (x, x_low) = split(self.0[i]);
            let (y, y_low) = split(other.0[i]);
            ((x * y - rounded.0[i]) + x * y_low + x_low * y) + x_low * y_low
        }))
    }

    #[inline(always)]
    fn add_by_fma(self, other: Self, _one: Self) -> Self {
        self.add(other)
    }

    #[inline(always)]
    fn sub_by_fma(self, other: Self, _one: Self) -> Self {
        self.sub(other)
    }

    #[inline(always)]
    fn abs(self) -> Self {
        self.map(f64::abs)
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        self.zip(other, |a, b| f64::from_bits(a.to_bits() | b.to_bits()))
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        self.zip(other, |a, b| f64::from_bits(a.to_bits() & b.to_bits()))
    }

    #[inline(always)]
    fn and_not(self, other: Self) -> Self {
        self.zip(other, |a, b| f64::from_bits(a.to_bits() & !b.to_bits()))
    }

    #[inline(always)]
    fn nans(self) -> Self {
        self.map(|x| f64::from_bits(0u64.wrapping_sub(x.is_nan().into())))
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        self.zip(other, |a, b| if a < b { a } else { b })
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.zip(other, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn min_magnitude(self, other: Self) -> Self {
        self.abs().min(other)
    }

    #[inline(always)]
    fn replace_below(self, limit: Self, other: Self) -> Self {
        let lane = |i: usize| {
            if self.0[i].abs() < limit.0[i] {
                other.0[i]
            } else {
                self.0[i]
            }
        };
        Self([lane(0), lane(1)])
    }

    #[inline(always)]
    fn keep_within(self, least: Self, above: Self) -> Self {
        Self(from_fn(|i| {
            let magnitude = self.0[i].abs();
            // Without short-circuiting there is no branch.
            let within = (magnitude >= least.0[i]) & (magnitude < above.0[i]);
            f64::from_bits(self.bits()[i] & 0u64.wrapping_sub(within.into()))
        }))
    }

    #[inline(always)]
    fn differs(self, other: Self) -> u32 {
        u32::from(self.0[0] != other.0[0]) | u32::from(self.0[1] != other.0[1]) << 1
    }

    #[inline(always)]
    fn all_at_least(self, limit: f64) -> bool {
        self.0[0] >= limit && self.0[1] >= limit
    }

    #[inline(always)]
    fn all_below(self, limit: f64) -> bool {
        self.0[0] < limit && self.0[1] < limit
    }

    #[inline(always)]
    fn none_is_nan(self) -> bool {
        !self.0[0].is_nan() && !self.0[1].is_nan()
    }

    #[inline(always)]
    fn reduce_min(self) -> f64 {
        self.0[0].min(self.0[1])
    }

    #[inline(always)]
    fn reduce_max(self) -> f64 {
        self.0[0].max(self.0[1])
    }

    #[inline(always)]
    fn flip_sign(self, bits: U64x2) -> Self {
        Self(from_fn(|i| {
            f64::from_bits(self.bits()[i] ^ bits.0[i] & SIGN)
        }))
    }

    #[inline(always)]
    fn swap(self, other: Self, bits: U64x2) -> (Self, Self) {
        // Bit masks are used, as SSE2 has no blend instruction.
        let change: [u64; 2] =
            from_fn(|i| (self.bits()[i] ^ other.bits()[i]) & 0u64.wrapping_sub(bits.0[i] & 1));
        let changed = |x: Self| Self(from_fn(|i| f64::from_bits(x.bits()[i] ^ change[i])));
        (changed(self), changed(other))
    }

    #[inline(always)]
    fn split(self, tables: &Tables) -> [Self; 4] {
        let significand = from_fn(|i| f64::from_bits(self.bits()[i] & FRACTION | HALF));
        // An integer i below 2^52, as the fraction of 2^52, makes 2^52 + i.
        let counted: [f64; 2] = from_fn(|i| f64::from_bits(self.bits()[i] >> 52 | TWO_52));
        let offset = f64::from_bits(TWO_52) + 1023.0;
        let entry = |i: usize| tables.interleaved[(self.bits()[i] >> 48 & 15) as usize];
        [
            Self(significand),
            Self(counted.map(|x| x - offset)),
            Self(from_fn(|i| entry(i)[0])),
            Self(from_fn(|i| entry(i)[1])),
        ]
    }
}

/// The least nonzero magnitudes; infinite in lanes without one.
#[derive(Clone, Copy)]
pub struct Least(F64x2);

impl LeastNonzero<F64x2> for Least {
    #[inline(always)]
    fn with(self, magnitudes: F64x2) -> Self {
        let nonzero = magnitudes.map(|x| if x == 0.0 { f64::INFINITY } else { x });
        Self(nonzero.min(self.0))
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

impl U64x2 {
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(u64, u64) -> u64) -> Self {
        Self([f(self.0[0], other.0[0]), f(self.0[1], other.0[1])])
    }

    /// The low 52 bits of each lane as a fraction, together with `bits`, which hold the exponent.
    #[inline(always)]
    fn with_exponent_of(self, bits: u64) -> F64x2 {
        F64x2(self.0.map(|x| f64::from_bits(x & FRACTION | bits)))
    }
}

impl U64s for U64x2 {
    type F64 = F64x2;

    #[inline(always)]
    unsafe fn store(self, at: *mut u64) {
        // SAFETY: the caller's promise.
        unsafe { at.cast::<[u64; 2]>().write_unaligned(self.0) };
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.zip(other, u64::wrapping_add)
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, u64::wrapping_sub)
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        self.zip(other, |a, b| a ^ b)
    }

    #[inline(always)]
    fn xor3(self, b: Self, c: Self) -> Self {
        self.xor(b).xor(c)
    }

    #[inline(always)]
    fn shl<const BITS: u32>(self) -> Self {
        Self(self.0.map(|x| x << BITS))
    }

    #[inline(always)]
    fn rotl<const LEFT: u32, const RIGHT: u32>(self) -> Self {
        Self(self.0.map(|x| x << LEFT | x >> RIGHT))
    }

    #[inline(always)]
    fn top53(self) -> F64x2 {
        F64x2(self.0.map(|x| (x >> 11) as f64 * 2048.0))
    }

    #[inline(always)]
    fn one_to_two(self) -> F64x2 {
        self.with_exponent_of(ONE)
    }

    #[inline(always)]
    fn odd_one_to_two(self) -> F64x2 {
        self.with_exponent_of(ONE | 1)
    }
}

/// Four floats.
#[derive(Clone, Copy)]
pub struct F32x4([f32; 4]);

impl F32x4 {
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        Self(from_fn(|i| f(self.0[i], other.0[i])))
    }
}

impl F32s for F32x4 {
    type F64 = F64x2;

    #[inline(always)]
    unsafe fn store(self, at: *mut f32) {
        // SAFETY: the caller's promise.
        unsafe { at.cast::<[f32; 4]>().write_unaligned(self.0) };
    }

    #[inline(always)]
    fn widen(self) -> [F64x2; 2] {
        let [a, b, c, d] = self.0.map(f64::from);
        [F64x2([a, b]), F64x2([c, d])]
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        self.zip(other, |a, b| if a < b { a } else { b })
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.zip(other, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn max_magnitude_bits(self, other: Self) -> Self {
        self.zip(other, |a, b| {
            f32::from_bits(a.abs().to_bits().max(b.to_bits()))
        })
    }

    #[inline(always)]
    fn min_magnitude_bits_less_one(self, other: Self) -> Self {
        self.zip(other, |a, b| {
            f32::from_bits(a.abs().to_bits().wrapping_sub(1).min(b.to_bits()))
        })
    }
}
