//! Eight lanes of 64 bits, the vector that the generators are generic over.
//!
//! Every operation is exact on integers, or one that IEEE 754 defines to the bit, the fused multiply-add included. So all
//! instances agree bit for bit.

#[cfg(target_arch = "x86_64")]
pub mod avx2;
#[cfg(target_arch = "x86_64")]
pub mod avx512;
pub mod plain;

/// How many lanes.
pub const LANES: usize = 8;

/// Bits of 1.0.
pub const ONE: u64 = 0x3ff0_0000_0000_0000;
/// The bits of a fraction.
pub const FRACTION: u64 = (1 << 52) - 1;
/// The bit of the sign.
pub const SIGN: u64 = 1 << 63;

/// Two tables of sixteen numbers, laid out for permutations and for loads.
pub struct Tables {
    /// One after the other.
    pub apart: [[f64; 16]; 2],
    /// In pairs.
    pub together: [[f64; 2]; 16],
}

/// Eight lanes.
///
/// # Safety
/// Every method may be called only on a CPU that has the instance's features, and must be inlined into a function that
/// enables them.
pub unsafe trait Lanes: Copy {
    /// Integers.
    type U: Copy;
    /// Numbers.
    type F: Copy;

    /// # Safety
    /// As the trait, and so for all that follow.
    unsafe fn load(x: &[u64; LANES]) -> Self::U;
    /// # Safety
    /// As the trait.
    unsafe fn splat(x: f64) -> Self::F;
    /// Writes the lanes at any alignment.
    /// # Safety
    /// There is room for them.
    unsafe fn store(x: Self::F, to: *mut f64);

    /// Sums modulo 2^64.
    /// # Safety
    /// As the trait.
    unsafe fn add_u(x: Self::U, y: Self::U) -> Self::U;
    /// # Safety
    /// As the trait.
    unsafe fn xor(x: Self::U, y: Self::U) -> Self::U;
    /// # Safety
    /// As the trait.
    unsafe fn xor3(x: Self::U, y: Self::U, z: Self::U) -> Self::U;
    /// # Safety
    /// As the trait.
    unsafe fn shl<const N: u32>(x: Self::U) -> Self::U;
    /// Rotates to the left by N; M is 64 - N.
    /// # Safety
    /// As the trait.
    unsafe fn rotl<const N: u32, const M: u32>(x: Self::U) -> Self::U;

    /// # Safety
    /// As the trait.
    unsafe fn add(x: Self::F, y: Self::F) -> Self::F;
    /// # Safety
    /// As the trait.
    unsafe fn sub(x: Self::F, y: Self::F) -> Self::F;
    /// # Safety
    /// As the trait.
    unsafe fn mul(x: Self::F, y: Self::F) -> Self::F;
    /// # Safety
    /// As the trait.
    unsafe fn div(x: Self::F, y: Self::F) -> Self::F;
    /// The lesser; y where they are equal.
    /// # Safety
    /// As the trait.
    unsafe fn min(x: Self::F, y: Self::F) -> Self::F;
    /// x·y + z, rounded once.
    /// # Safety
    /// As the trait.
    unsafe fn fma(x: Self::F, y: Self::F, z: Self::F) -> Self::F;
    /// # Safety
    /// As the trait.
    unsafe fn sqrt(x: Self::F) -> Self::F;

    /// The integer whose low 11 bits are cleared, exactly.
    /// # Safety
    /// As the trait.
    unsafe fn top53(x: Self::U) -> Self::F;
    /// 1 + (low 52 bits)·2^-52.
    /// # Safety
    /// As the trait.
    unsafe fn one_to_two(x: Self::U) -> Self::F;
    /// The same with the lowest bit set.
    /// # Safety
    /// As the trait.
    unsafe fn odd_one_to_two(x: Self::U) -> Self::F;
    /// For a positive normal x = m·2^(e+1) with m in [½, 1): m, e, and both tables at the top 4 bits of m's fraction.
    /// # Safety
    /// As the trait.
    unsafe fn split(x: Self::F, tables: &Tables) -> (Self::F, Self::F, Self::F, Self::F);
    /// x with its sign flipped where the top bit of s is set.
    /// # Safety
    /// As the trait.
    unsafe fn flip(x: Self::F, s: Self::U) -> Self::F;
    /// (x, y), swapped where the lowest bit of s is set.
    /// # Safety
    /// As the trait.
    unsafe fn swap(x: Self::F, y: Self::F, s: Self::U) -> (Self::F, Self::F);
}
