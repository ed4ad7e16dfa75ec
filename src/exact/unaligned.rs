//! Doubles at any address.

/// The bytes of a caller's `f64`, in native order. Callers may pass misaligned pointers: a type of alignment
/// 1 makes every access to their arrays sound.
pub type Unaligned = [u8; 8];

/// The bytes of a slice of `f64`.
pub fn as_unaligned(values: &[f64]) -> &[Unaligned] {
    // SAFETY: [u8; 8] has the size of f64, a smaller alignment, and no invalid bit patterns.
    unsafe { std::slice::from_raw_parts(values.as_ptr().cast(), values.len()) }
}
