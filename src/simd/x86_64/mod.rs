//! The instruction sets of x86-64.

mod avx2;
mod avx512;

pub use avx2::Avx2;
pub use avx512::Avx512;

/// Defines the type of an instruction set, which is detected, and enabled for kernels, by one list of CPU
/// features.
macro_rules! define_instruction_set {
    ($(#[$doc:meta])* $Set:ident: $($feature:tt),+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $Set(());

        impl $Set {
            /// The CPU features that the instruction set needs.
            pub const FEATURES: &[&str] = &[$($feature),+];

            /// The instruction set, if this CPU has it.
            #[inline]
            pub fn detect() -> Option<Self> {
                ($(std::arch::is_x86_feature_detected!($feature))&&+).then_some(Self(()))
            }

            /// The instruction set, without detection.
            ///
            /// # Safety
            /// [`Self::detect`] has found the instruction set on this CPU before.
            #[inline]
            pub unsafe fn assume() -> Self {
                Self(())
            }

            /// Runs a kernel that is compiled with these features.
            #[target_feature($(enable = $feature),+)]
            fn enabled<K: Kernel>(self, kernel: K) -> K::Output {
                kernel.run(self)
            }
        }
    };
}

/// Calls intrinsics of an instruction set that a vector or a [`Simd`] value at hand proves this CPU to have.
macro_rules! proven {
    ($call:expr) => {{
        // SAFETY: values of the calling module's types exist only on CPUs that have its instructions.
        unsafe { $call }
    }};
}

use {define_instruction_set, proven};

/// Prefetches the cache line of an address, which need not be mapped. Every x86-64 has the instruction.
#[inline(always)]
pub fn prefetch(at: *const u8) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    // SAFETY: a prefetch may take any address.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) };
}
