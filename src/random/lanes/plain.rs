//! Plain arrays, for any machine. Without a fused multiply-add instruction `mul_add` is a call that rounds the same.

use std::array::from_fn;

use super::{FRACTION, Lanes, ONE, SIGN, Tables};

/// See [`Lanes`].
#[derive(Clone, Copy)]
pub struct Plain;

// SAFETY: needs no CPU feature.
unsafe impl Lanes for Plain {
    type U = [u64; 8];
    type F = [f64; 8];

    #[inline(always)]
    unsafe fn load(x: &[u64; 8]) -> [u64; 8] {
        *x
    }
    #[inline(always)]
    unsafe fn splat(x: f64) -> [f64; 8] {
        [x; 8]
    }
    #[inline(always)]
    unsafe fn store(x: [f64; 8], to: *mut f64) {
        // SAFETY: the caller's promise.
        unsafe { to.cast::<[f64; 8]>().write_unaligned(x) }
    }
    #[inline(always)]
    unsafe fn add_u(x: [u64; 8], y: [u64; 8]) -> [u64; 8] {
        from_fn(|i| x[i].wrapping_add(y[i]))
    }
    #[inline(always)]
    unsafe fn xor(x: [u64; 8], y: [u64; 8]) -> [u64; 8] {
        from_fn(|i| x[i] ^ y[i])
    }
    #[inline(always)]
    unsafe fn xor3(x: [u64; 8], y: [u64; 8], z: [u64; 8]) -> [u64; 8] {
        from_fn(|i| x[i] ^ y[i] ^ z[i])
    }
    #[inline(always)]
    unsafe fn shl<const N: u32>(x: [u64; 8]) -> [u64; 8] {
        from_fn(|i| x[i] << N)
    }
    #[inline(always)]
    unsafe fn rotl<const N: u32, const M: u32>(x: [u64; 8]) -> [u64; 8] {
        from_fn(|i| x[i] << N | x[i] >> M)
    }
    #[inline(always)]
    unsafe fn add(x: [f64; 8], y: [f64; 8]) -> [f64; 8] {
        from_fn(|i| x[i] + y[i])
    }
    #[inline(always)]
    unsafe fn sub(x: [f64; 8], y: [f64; 8]) -> [f64; 8] {
        from_fn(|i| x[i] - y[i])
    }
    #[inline(always)]
    unsafe fn mul(x: [f64; 8], y: [f64; 8]) -> [f64; 8] {
        from_fn(|i| x[i] * y[i])
    }
    #[inline(always)]
    unsafe fn div(x: [f64; 8], y: [f64; 8]) -> [f64; 8] {
        from_fn(|i| x[i] / y[i])
    }
    #[inline(always)]
    unsafe fn min(x: [f64; 8], y: [f64; 8]) -> [f64; 8] {
        from_fn(|i| if x[i] < y[i] { x[i] } else { y[i] })
    }
    #[inline(always)]
    unsafe fn fma(x: [f64; 8], y: [f64; 8], z: [f64; 8]) -> [f64; 8] {
        from_fn(|i| x[i].mul_add(y[i], z[i]))
    }
    #[inline(always)]
    unsafe fn sqrt(x: [f64; 8]) -> [f64; 8] {
        from_fn(|i| x[i].sqrt())
    }
    #[inline(always)]
    unsafe fn top53(x: [u64; 8]) -> [f64; 8] {
        from_fn(|i| (x[i] >> 11) as f64 * 2048.0)
    }
    #[inline(always)]
    unsafe fn one_to_two(x: [u64; 8]) -> [f64; 8] {
        from_fn(|i| f64::from_bits(x[i] & FRACTION | ONE))
    }
    #[inline(always)]
    unsafe fn odd_one_to_two(x: [u64; 8]) -> [f64; 8] {
        from_fn(|i| f64::from_bits(x[i] & FRACTION | ONE | 1))
    }
    #[inline(always)]
    unsafe fn split(x: [f64; 8], tables: &Tables) -> ([f64; 8], [f64; 8], [f64; 8], [f64; 8]) {
        let b: [u64; 8] = from_fn(|i| x[i].to_bits());
        let m = from_fn(|i| f64::from_bits(b[i] & FRACTION | 0x3fe0_0000_0000_0000));
        // Below 2^52 the bits of an integer are its fraction on top of 2^52.
        let e = from_fn(|i| {
            f64::from_bits(b[i] >> 52 | 0x4330_0000_0000_0000) - (4503599627370496.0 + 1023.0)
        });
        let t = |j: usize| from_fn(|i| tables.together[(b[i] >> 48 & 15) as usize][j]);
        (m, e, t(0), t(1))
    }
    #[inline(always)]
    unsafe fn flip(x: [f64; 8], s: [u64; 8]) -> [f64; 8] {
        from_fn(|i| f64::from_bits(x[i].to_bits() ^ s[i] & SIGN))
    }
    #[inline(always)]
    unsafe fn swap(x: [f64; 8], y: [f64; 8], s: [u64; 8]) -> ([f64; 8], [f64; 8]) {
        // Bit masks, not selects: SSE2 has no blend.
        let d: [u64; 8] =
            from_fn(|i| (x[i].to_bits() ^ y[i].to_bits()) & 0u64.wrapping_sub(s[i] & 1));
        (
            from_fn(|i| f64::from_bits(x[i].to_bits() ^ d[i])),
            from_fn(|i| f64::from_bits(y[i].to_bits() ^ d[i])),
        )
    }
}
