//! The traits of kernels, of instruction sets and of vectors.

/// The most lanes of any vector.
pub const MAX_LANES: usize = 8;

/// Code that is compiled for every instruction set.
///
/// `run` is to be marked `#[inline(always)]`, and so are the functions that it calls: only what is inlined
/// into the function that enables the instructions may use them. Closures need not be inlined, and are better
/// avoided there.
pub trait Kernel {
    /// The result of the kernel.
    type Output;

    /// Runs the kernel. Kernels that ignore `simd` have loops that the compiler vectorises.
    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

/// An instruction set that this CPU has: only detection makes such values, and only they make vectors.
pub trait Simd: Copy + Send + Sync + 'static {
    /// A vector of doubles.
    type F64: F64s<U64 = Self::U64>;
    /// A vector of as many 64-bit integers.
    type U64: U64s<F64 = Self::F64>;
    /// A vector of twice as many floats.
    type F32: F32s<F64 = Self::F64>;
    /// The least nonzero magnitude of each lane so far.
    type Least: LeastNonzero<Self::F64>;
    /// The instruction set with eight lanes to a vector, in as many registers as they take.
    type Eight: Simd;

    /// How many lanes a vector has, at most [`MAX_LANES`].
    const LANES: usize;
    /// How many vectors the registers hold.
    const REGISTERS: usize;
    /// Is fused multiply-add an instruction, not a call?
    const FUSES: bool;

    /// Runs a kernel that is compiled for this instruction set.
    fn run<K: Kernel>(self, kernel: K) -> K::Output;

    /// The instruction set with eight lanes to a vector.
    fn eight(self) -> Self::Eight;

    /// A vector with x in all lanes.
    fn splat(self, x: f64) -> Self::F64;

    /// Reads [`Self::LANES`] doubles at any alignment.
    ///
    /// # Safety
    /// [`Self::LANES`] doubles may be read at `at`.
    unsafe fn load(self, at: *const f64) -> Self::F64;

    /// Reads [`Self::LANES`] integers at any alignment.
    ///
    /// # Safety
    /// [`Self::LANES`] integers may be read at `at`.
    unsafe fn load_bits(self, at: *const u64) -> Self::U64;

    /// A vector of floats with x in all lanes.
    fn splat_floats(self, x: f32) -> Self::F32;

    /// Reads twice [`Self::LANES`] floats at any alignment.
    ///
    /// # Safety
    /// Twice [`Self::LANES`] floats may be read at `at`.
    unsafe fn load_floats(self, at: *const f32) -> Self::F32;
    /// The binary16 numbers in memory at any alignment as floats, which is exact.
    ///
    /// # Safety
    /// As many numbers as a vector has floats may be read.
    unsafe fn load_halves(self, at: *const u16) -> Self::F32;

    /// The least nonzero magnitudes before any was taken in.
    fn no_least(self) -> Self::Least;

    /// Reads what [`LeastNonzero::store`] wrote.
    ///
    /// # Safety
    /// [`Self::LANES`] doubles may be read at `at`.
    unsafe fn load_least(self, at: *const f64) -> Self::Least;

    /// Prefetches the cache line of an address, which need not be mapped.
    fn prefetch(self, at: *const f64);

    /// Prefetches a cache line into the second-level cache, for data that are used later.
    fn prefetch_to_l2(self, at: *const f64);

    /// Transposes `columns` columns of 8-byte elements, a multiple of [`TRANSPOSED`]: writes column c of the
    /// rows to the 8 elements from `out + c·pitch` on. It prefetches the same columns of the rows `ahead`.
    ///
    /// # Safety
    /// `columns` elements of each row may be read, and the 8 elements of each column written, at any
    /// alignment.
    #[inline(always)]
    unsafe fn transpose(
        self,
        rows: &[*const u64; TRANSPOSED],
        ahead: &[*const u64; TRANSPOSED],
        columns: usize,
        out: *mut u64,
        pitch: usize,
    ) {
        // This version leaves prefetching to the hardware.
        let _ = ahead;
        for column in 0..columns {
            for (i, row) in rows.iter().enumerate() {
                // SAFETY: the caller promises the elements of each row and of each column.
                unsafe {
                    let element = row.add(column).read_unaligned();
                    out.add(column * pitch + i).write_unaligned(element);
                }
            }
        }
    }
}

/// How many rows are transposed together: a column of their 8-byte elements is a cache line.
pub const TRANSPOSED: usize = 8;

/// A vector of doubles.
pub trait F64s: Copy {
    /// A vector of as many 64-bit integers.
    type U64: Copy;

    /// Writes the lanes at any alignment.
    ///
    /// # Safety
    /// As many doubles as there are lanes may be written at `at`.
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
    /// self · other - rounded, exactly, where `rounded` is RN(self · other) and no intermediate result under-
    /// or overflows; NaN if one overflows.
    fn product_error(self, other: Self, rounded: Self) -> Self;

    /// self + other as `self · one + other`, if multiply-add is an instruction: CPUs with adders beside their
    /// multipliers (AMD's since Zen) do more at a time if the multipliers do some of the additions. `one`
    /// must be 1.0 from [`opaque`], or the compiler would make it an addition.
    fn add_by_fma(self, other: Self, one: Self) -> Self;
    /// self - other as `self - one · other`, on the conditions of [`Self::add_by_fma`].
    fn sub_by_fma(self, other: Self, one: Self) -> Self;

    /// |self|.
    fn abs(self) -> Self;
    /// The bitwise or.
    fn or(self, other: Self) -> Self;
    /// The bitwise and.
    fn and(self, other: Self) -> Self;
    /// The bits of self that are not set in `other`.
    fn and_not(self, other: Self) -> Self;
    /// All bits in lanes that are NaN, none in others.
    fn nans(self) -> Self;
    /// The lesser; `other` where self is NaN or the two are equal.
    fn min(self, other: Self) -> Self;
    /// The greater; `other` where self is NaN or the two are equal.
    fn max(self, other: Self) -> Self;
    /// The lesser magnitude of self and other; neither is NaN, and other is not negative.
    fn min_magnitude(self, other: Self) -> Self;
    /// self, replaced by `other` where |self| < limit. NaN is not replaced.
    fn replace_below(self, limit: Self, other: Self) -> Self;
    /// self where least <= |self| < above, +0.0 elsewhere, which includes NaN.
    fn keep_within(self, least: Self, above: Self) -> Self;
    /// A bit for each lane, that of the first lane lowest: is it other than `other`? NaN is, -0.0 and +0.0
    /// are equal.
    fn differs(self, other: Self) -> u32;
    /// Are all lanes >= limit? NaN is not.
    fn all_at_least(self, limit: f64) -> bool;
    /// Are all lanes < limit? NaN is not.
    fn all_below(self, limit: f64) -> bool;
    /// Is no lane NaN?
    fn none_is_nan(self) -> bool;
    /// The least lane. No lane may be NaN.
    fn reduce_min(self) -> f64;
    /// The greatest lane. No lane may be NaN.
    fn reduce_max(self) -> f64;

    /// self with its sign flipped where the top bit of `bits` is set.
    fn flip_sign(self, bits: Self::U64) -> Self;
    /// (self, other), swapped where the lowest bit of `bits` is set.
    fn swap(self, other: Self, bits: Self::U64) -> (Self, Self);
    /// Splits positive normal numbers m·2^(e+1) with m in [½, 1) into m and e, and looks up the top four bits
    /// of m's fraction in both tables: [m, e, entry of the first table, entry of the second].
    fn split(self, tables: &Tables) -> [Self; 4];
}

/// A vector of 64-bit integers.
pub trait U64s: Copy {
    /// A vector of as many doubles.
    type F64: Copy;

    /// Writes the lanes at any alignment.
    ///
    /// # Safety
    /// As many integers as there are lanes may be written at `at`.
    unsafe fn store(self, at: *mut u64);

    /// self + other, modulo 2^64.
    fn add(self, other: Self) -> Self;
    /// self - other, modulo 2^64.
    fn sub(self, other: Self) -> Self;
    /// self ^ other.
    fn xor(self, other: Self) -> Self;
    /// self ^ b ^ c.
    fn xor3(self, b: Self, c: Self) -> Self;
    /// self shifted to the left by `BITS`.
    fn shl<const BITS: u32>(self) -> Self;
    /// self rotated to the left by `LEFT`. `RIGHT` must be 64 - `LEFT`, which Rust cannot compute as a
    /// parameter.
    fn rotl<const LEFT: u32, const RIGHT: u32>(self) -> Self;

    /// The integers with their low 11 bits cleared, as doubles, which is exact.
    fn top53(self) -> Self::F64;
    /// 1 + (low 52 bits of self)·2^-52.
    fn one_to_two(self) -> Self::F64;
    /// 1 + (low 52 bits of self | 1)·2^-52.
    fn odd_one_to_two(self) -> Self::F64;
}

/// A vector of floats, twice as many as a vector has doubles.
pub trait F32s: Copy {
    /// A vector of half as many doubles.
    type F64: Copy;

    /// Writes the lanes at any alignment.
    ///
    /// # Safety
    /// As many floats as there are lanes may be written at `at`.
    unsafe fn store(self, at: *mut f32);
    /// The lower and the upper half of the lanes as doubles.
    fn widen(self) -> [Self::F64; 2];
    /// The lesser; `other` where self is NaN or the two are equal.
    fn min(self, other: Self) -> Self;
    /// The greater; `other` where self is NaN or the two are equal.
    fn max(self, other: Self) -> Self;
    /// The greater of the bits of |self| and those of `other`, as integers: NaN exceeds all numbers.
    fn max_magnitude_bits(self, other: Self) -> Self;
    /// The lesser of the bits of |self| less one and those of `other`, as unsigned integers: zeros exceed all
    /// numbers.
    fn min_magnitude_bits_less_one(self, other: Self) -> Self;
}

/// The least nonzero magnitude of each lane so far.
pub trait LeastNonzero<F>: Copy {
    /// Takes magnitudes in; zeros are skipped, NaNs may be.
    fn with(self, magnitudes: F) -> Self;
    /// The lesser magnitude in each lane.
    fn min(self, other: Self) -> Self;
    /// Are all magnitudes >= limit? Lanes without one do not count.
    fn all_at_least(self, limit: f64) -> bool;
    /// The least magnitude of all lanes; infinite (or NaN) if there is none.
    fn reduce(self) -> f64;
    /// Writes the magnitude of each lane; infinite (or 0) if there is none.
    ///
    /// # Safety
    /// As many doubles as a vector has lanes may be written at `at`.
    unsafe fn store(self, at: *mut f64);
}

/// Two tables of sixteen numbers, laid out for permutations and for loads.
pub struct Tables {
    /// The tables one after the other.
    pub planar: [[f64; 16]; 2],
    /// The entries of both tables at each index.
    pub interleaved: [[f64; 2]; 16],
}

/// Bits of 1.0.
pub(super) const ONE: u64 = 0x3ff0_0000_0000_0000;
/// Bits of ½.
pub(super) const HALF: u64 = 0x3fe0_0000_0000_0000;
/// Bits of 2^52, whose unit in the last place is 1.
pub(super) const TWO_52: u64 = 0x4330_0000_0000_0000;
/// Mask of the fraction.
pub(super) const FRACTION: u64 = (1 << 52) - 1;
/// Mask of the sign.
pub(super) const SIGN: u64 = 1 << 63;

/// The number x, as one whose value the compiler does not know.
#[inline(always)]
pub fn opaque(x: f64) -> f64 {
    let mut bits = x.to_bits();
    // SAFETY: the assembly has no instruction.
    unsafe {
        std::arch::asm!("/* {} */", inout(reg) bits, options(pure, nomem, nostack, preserves_flags))
    };
    f64::from_bits(bits)
}
