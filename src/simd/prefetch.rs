//! Memory that is wanted soon, asked for outside of kernels.

/// Asks the memory for the cache line of any address, mapped or not.
#[inline(always)]
pub fn prefetch(at: *const u8) {
    #[cfg(target_arch = "x86_64")]
    super::x86_64::prefetch(at);
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}
