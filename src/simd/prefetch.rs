//! Prefetching outside of kernels.

/// Prefetches the cache line of an address, which need not be mapped.
#[inline(always)]
pub fn prefetch(at: *const u8) {
    #[cfg(target_arch = "x86_64")]
    super::x86_64::prefetch(at);
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}
