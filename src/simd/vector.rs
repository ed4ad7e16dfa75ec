//! Kernels, and what they can do with vectors.

/// No vector has more lanes.
pub const MAX_LANES: usize = 8;

/// Code that is compiled for every instruction set.
///
/// `run` is to be marked `#[inline(always)]`, and so are the functions that it calls: only what is inlined
/// into the function that enables the instructions may use them. Closures need not be inlined, and are better
/// avoided there.
pub trait Kernel {
    /// What it computes.
    type Output;

    /// Computes it. Loops without vectors are for the compiler to vectorise, and ignore `simd`.
    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

/// An instruction set that this CPU has: only detection makes such values, and only they make vectors.
pub trait Simd: Copy + Send + Sync + 'static {
    /// A vector of doubles.
    type F64: F64s<U64 = Self::U64>;
    /// A vector of as many 64-bit integers.
    type U64: U64s<F64 = Self::F64>;
    /// The least nonzero magnitude of each lane so far.
    type Least: LeastNonzero<Self::F64>;
    /// The same instructions with eight lanes, in as many registers as that takes.
    type Eight: Simd;

    /// How many lanes a vector has, at most [`MAX_LANES`].
    const LANES: usize;
    /// How many vectors the registers hold.
    const REGISTERS: usize;
    /// Is fused multiply-add an instruction, not a call?
    const FUSES: bool;

    /// Runs a kernel that is compiled for this instruction set.
    fn run<K: Kernel>(self, kernel: K) -> K::Output;

    /// The same instructions with eight lanes.
    fn eight(self) -> Self::Eight;

    /// The same number in all lanes.
    fn splat(self, x: f64) -> Self::F64;

    /// Reads [`Self::LANES`] doubles at any alignment.
    ///
    /// # Safety
    /// They may be read.
    unsafe fn load(self, at: *const f64) -> Self::F64;

    /// Reads [`Self::LANES`] integers at any alignment.
    ///
    /// # Safety
    /// They may be read.
    unsafe fn load_bits(self, at: *const u64) -> Self::U64;

    /// No nonzero magnitude yet.
    fn no_least(self) -> Self::Least;

    /// Reads what [`LeastNonzero::store`] wrote.
    ///
    /// # Safety
    /// [`Self::LANES`] doubles may be read.
    unsafe fn load_least(self, at: *const f64) -> Self::Least;

    /// Asks the memory for the cache line of any address, mapped or not.
    fn prefetch(self, at: *const f64);

    /// The same, no closer than the second-level cache: for what is wanted later.
    fn prefetch_to_l2(self, at: *const f64);

    /// Transposes `columns` columns of 8-byte elements, a multiple of [`TRANSPOSED`]: column c of the rows
    /// goes to the 8 places from `out + c·pitch` on. Meanwhile the memory is asked for the same columns of
    /// the rows `ahead`.
    ///
    /// # Safety
    /// The rows may be read at any alignment, and the places written.
    #[inline(always)]
    unsafe fn transpose(
        self,
        rows: &[*const u64; TRANSPOSED],
        ahead: &[*const u64; TRANSPOSED],
        columns: usize,
        out: *mut u64,
        pitch: usize,
    ) {
        // The hardware has to guess what comes next.
        let _ = ahead;
        for column in 0..columns {
            for (i, row) in rows.iter().enumerate() {
                // SAFETY: the caller's promises.
                unsafe {
                    let element = row.add(column).read_unaligned();
                    out.add(column * pitch + i).write_unaligned(element);
                }
            }
        }
    }
}

/// Rows that are transposed together: of 8-byte elements, a cache line of each column.
pub const TRANSPOSED: usize = 8;

/// A vector of doubles.
pub trait F64s: Copy {
    /// A vector of as many 64-bit integers.
    type U64: Copy;

    /// Writes the lanes at any alignment.
    ///
    /// # Safety
    /// There is room for them.
    unsafe fn store(self, at: *mut f64);
    /// The bits of each lane.
    fn to_bits(self) -> Self::U64;

    /// self + other.
    fn add(self, other: Self) -> Self;
    /// self - other.
    fn sub(self, other: Self) -> Self;
    /// self · other.
    fn mul(self, other: Self) -> Self;
    /// self / other.
    fn div(self, other: Self) -> Self;
    /// The square root.
    fn sqrt(self) -> Self;
    /// self · factor + term, rounded once.
    fn mul_add(self, factor: Self, term: Self) -> Self;
    /// self · other - rounded, exactly, where `rounded` is RN(self · other) and no part under- or overflows;
    /// NaN if one overflows.
    fn product_error(self, other: Self, rounded: Self) -> Self;

    /// self + other as `self · one + other`, where multiply-add is fused: CPUs that have adders beside their
    /// multipliers (AMD's since Zen) do more at a time if some additions go to the multipliers. `one` is 1.0
    /// and comes from [`opaque`], or the compiler would make an addition of it.
    fn add_by_fma(self, other: Self, one: Self) -> Self;
    /// self - other, likewise.
    fn sub_by_fma(self, other: Self, one: Self) -> Self;

    /// Clears the signs.
    fn abs(self) -> Self;
    /// The bits that either has.
    fn or(self, other: Self) -> Self;
    /// The bits that both have.
    fn and(self, other: Self) -> Self;
    /// The lesser; `other` where self is NaN or the two are equal.
    fn min(self, other: Self) -> Self;
    /// The greater; `other` where self is NaN or the two are equal.
    fn max(self, other: Self) -> Self;
    /// The lesser magnitude of self and other; neither is NaN, and other is not negative.
    fn min_magnitude(self, other: Self) -> Self;
    /// self, but `other` where the magnitude of self is below `limit`, and self is not NaN.
    fn replace_below(self, limit: Self, other: Self) -> Self;
    /// Is every lane at least the limit? NaN is not.
    fn all_at_least(self, limit: f64) -> bool;
    /// Is every lane below the limit? NaN is not.
    fn all_below(self, limit: f64) -> bool;
    /// Is no lane NaN?
    fn none_is_nan(self) -> bool;
    /// The least lane; none is NaN.
    fn reduce_min(self) -> f64;
    /// The greatest lane; none is NaN.
    fn reduce_max(self) -> f64;

    /// self with its sign flipped where the top bit of `bits` is set.
    fn flip_sign(self, bits: Self::U64) -> Self;
    /// (self, other), swapped where the lowest bit of `bits` is set.
    fn swap(self, other: Self, bits: Self::U64) -> (Self, Self);
    /// For positive normal numbers m·2^(e+1) with m in [½, 1): m, e, and the entries of both tables at the
    /// top four bits of m's fraction.
    fn split(self, tables: &Tables) -> [Self; 4];
}

/// A vector of 64-bit integers.
pub trait U64s: Copy {
    /// A vector of as many doubles.
    type F64: Copy;

    /// Writes the lanes at any alignment.
    ///
    /// # Safety
    /// There is room for them.
    unsafe fn store(self, at: *mut u64);

    /// self + other, modulo 2^64.
    fn add(self, other: Self) -> Self;
    /// self - other, modulo 2^64.
    fn sub(self, other: Self) -> Self;
    /// self ^ other.
    fn xor(self, other: Self) -> Self;
    /// self ^ b ^ c.
    fn xor3(self, b: Self, c: Self) -> Self;
    /// Shifted to the left by N.
    fn shl<const N: u32>(self) -> Self;
    /// Rotated to the left by N; M is 64 - N.
    fn rotl<const N: u32, const M: u32>(self) -> Self;

    /// The integers with their low 11 bits cleared, exactly.
    fn top53(self) -> Self::F64;
    /// 1 + (low 52 bits)·2^-52.
    fn one_to_two(self) -> Self::F64;
    /// The same with the lowest bit set.
    fn odd_one_to_two(self) -> Self::F64;
}

/// The least nonzero magnitude of each lane so far.
pub trait LeastNonzero<F>: Copy {
    /// Takes magnitudes in; zeros are skipped, NaNs may be.
    fn with(self, magnitudes: F) -> Self;
    /// The lesser of two.
    fn or(self, other: Self) -> Self;
    /// Is every lane's at least the limit, or none there?
    fn all_at_least(self, limit: f64) -> bool;
    /// The least of all lanes, infinite (or NaN) if there is none.
    fn reduce(self) -> f64;
    /// Writes each lane's, infinite (or 0) if there is none.
    ///
    /// # Safety
    /// There is room for as many doubles as a vector has lanes.
    unsafe fn store(self, at: *mut f64);
}

/// Two tables of sixteen numbers, laid out for permutations and for loads.
pub struct Tables {
    /// One after the other.
    pub planar: [[f64; 16]; 2],
    /// In pairs.
    pub interleaved: [[f64; 2]; 16],
}

/// Bits of 1.0.
pub(super) const ONE: u64 = 0x3ff0_0000_0000_0000;
/// Bits of ½.
pub(super) const HALF: u64 = 0x3fe0_0000_0000_0000;
/// Bits of 2^52, whose fraction counts units.
pub(super) const TWO_52: u64 = 0x4330_0000_0000_0000;
/// The bits of a fraction.
pub(super) const FRACTION: u64 = (1 << 52) - 1;
/// The bit of the sign.
pub(super) const SIGN: u64 = 1 << 63;

/// A number whose value the compiler does not know.
#[inline(always)]
pub fn opaque(x: f64) -> f64 {
    let mut bits = x.to_bits();
    // SAFETY: there is no instruction in it.
    unsafe {
        std::arch::asm!("/* {} */", inout(reg) bits, options(pure, nomem, nostack, preserves_flags))
    };
    f64::from_bits(bits)
}
