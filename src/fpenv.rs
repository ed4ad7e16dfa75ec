//! The floating-point environment of a thread. Programs set flush-to-zero, denormals-are-zero or another
//! rounding mode, and new threads inherit that. Exact sums need the default, and after a call the program
//! must find what it has set.

/// The default: rounding to nearest, ties to even; subnormals kept; every exception masked, no flag raised.
///
/// cbindgen:ignore
#[cfg(target_arch = "x86_64")]
pub const DEFAULT_MXCSR: u32 = 0x1F80;

/// Runs `f` under the default floating-point environment, then restores the caller's exactly,
/// exception flags included, also when `f` unwinds.
///
/// On architectures other than x86-64 it only calls `f`: there the library relies on the program to leave the
/// default in place.
#[inline]
pub fn with_default<R>(f: impl FnOnce() -> R) -> R {
    let _restore = Restore::default_environment();
    fenced(f)
}

/// Runs `f` where the compiler cannot move code out of it. The compiler knows nothing of MXCSR and moves
/// floating-point code across the instructions that write it, but not out of a function that is not inlined.
/// The empty assembly in here keeps it from inferring that the call has no side effect and may itself be
/// moved.
#[inline(never)]
fn fenced<R>(f: impl FnOnce() -> R) -> R {
    // SAFETY: the assembly is empty; it only counts as a side effect.
    unsafe { std::arch::asm!("", options(nostack, preserves_flags)) };
    f()
}

#[cfg(target_arch = "x86_64")]
struct Restore(u32);

#[cfg(target_arch = "x86_64")]
impl Restore {
    #[inline]
    fn default_environment() -> Self {
        // The register is written whatever is in it: reading it costs some 5 ns on current processors and
        // writing it hardly anything, so that asking whether to restore would cost more than restoring.
        let previous = mxcsr();
        // SAFETY: the default value has no reserved bit.
        unsafe { set_mxcsr(DEFAULT_MXCSR) };
        Self(previous)
    }
}

#[cfg(target_arch = "x86_64")]
impl Drop for Restore {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the value was read from the register.
        unsafe { set_mxcsr(self.0) };
    }
}

/// The control and status register of this thread's SSE and AVX arithmetic.
#[cfg(target_arch = "x86_64")]
#[inline]
pub fn mxcsr() -> u32 {
    let mut value = 0u32;
    // SAFETY: stmxcsr stores four bytes at the address of a live u32.
    unsafe {
        std::arch::asm!("stmxcsr [{}]", in(reg) &mut value, options(nostack, preserves_flags));
    }
    value
}

/// Writes the register that [`mxcsr`] reads.
///
/// # Safety
/// A set reserved bit (above 0xFFFF) faults; and until it is back to the default, Rust code on this
/// thread must not depend on floating-point results.
#[cfg(target_arch = "x86_64")]
#[inline]
pub unsafe fn set_mxcsr(value: u32) {
    // SAFETY: ldmxcsr reads four bytes of a live u32; the caller vouches for the bits.
    unsafe { std::arch::asm!("ldmxcsr [{}]", in(reg) &value, options(nostack, preserves_flags)) };
}

#[cfg(not(target_arch = "x86_64"))]
struct Restore;

#[cfg(not(target_arch = "x86_64"))]
impl Restore {
    fn default_environment() -> Self {
        Self
    }
}

/// The x87 control word as the system sets it: rounding to nearest, 64 bits, exceptions masked.
#[cfg(target_arch = "x86_64")]
const DEFAULT_X87: u16 = 0x037f;

/// While it lives, the x87 arithmetic of this thread rounds as by default. Callbacks use it for `long
/// double`; the library itself does not.
#[derive(Debug)]
pub struct X87 {
    #[cfg(target_arch = "x86_64")]
    previous: u16,
}

impl X87 {
    /// Sets the default, to be undone when the answer is dropped.
    pub fn default_environment() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            let (mut previous, default) = (0u16, DEFAULT_X87);
            // SAFETY: the first instruction stores to a live variable, and the second one loads a control
            // word that masks all exceptions.
            unsafe {
                std::arch::asm!(
                    "fnstcw [{previous}]", "fldcw [{default}]",
                    previous = in(reg) &raw mut previous, default = in(reg) &raw const default,
                    options(nostack),
                );
            }
            Self { previous }
        }
        #[cfg(not(target_arch = "x86_64"))]
        Self {}
    }
}

#[cfg(target_arch = "x86_64")]
impl Drop for X87 {
    fn drop(&mut self) {
        // SAFETY: the control word was stored by `default_environment`.
        unsafe {
            let previous = &raw const self.previous;
            std::arch::asm!("fldcw [{previous}]", previous = in(reg) previous, options(nostack));
        }
    }
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;
    use std::hint::black_box;

    /// Flush-to-zero, denormals-are-zero, round towards zero, and the inexact flag raised.
    const HOSTILE: u32 = 0xFFE0;

    /// Restores the test thread's environment even when an assertion fails.
    fn under_hostile_environment(f: impl FnOnce()) {
        let _restore = Restore(mxcsr());
        // SAFETY: no reserved bit.
        unsafe { set_mxcsr(HOSTILE) };
        fenced(f);
    }

    #[test]
    fn default_inside_and_exact_value_back() {
        let mut inside = 0;
        let mut half_subnormal = 0.0;
        let mut after = 0;
        under_hostile_environment(|| {
            with_default(|| {
                inside = mxcsr();
                half_subnormal = black_box(f64::MIN_POSITIVE) / black_box(2.0);
            });
            after = mxcsr();
        });
        assert_eq!(inside, DEFAULT_MXCSR);
        assert_eq!(half_subnormal.to_bits(), 1 << 51);
        assert_eq!(after, HOSTILE);
    }

    #[test]
    fn flags_raised_inside_do_not_get_out() {
        let _restore = Restore(mxcsr());
        // SAFETY: no reserved bit.
        unsafe { set_mxcsr(DEFAULT_MXCSR) };
        let inside = with_default(|| {
            black_box(black_box(1.0) / black_box(3.0));
            mxcsr()
        });
        assert_ne!(inside, DEFAULT_MXCSR);
        assert_eq!(mxcsr(), DEFAULT_MXCSR);
    }

    #[test]
    fn restored_when_unwinding() {
        let mut after = 0;
        under_hostile_environment(|| {
            let caught = std::panic::catch_unwind(|| {
                with_default(|| std::panic::resume_unwind(Box::new(())))
            });
            after = mxcsr();
            assert!(caught.is_err());
        });
        assert_eq!(after, HOSTILE);
    }

    /// The hostile environment does change results; otherwise the tests above show nothing.
    #[test]
    fn hostile_environment_flushes() {
        let mut quotient = 1.0;
        under_hostile_environment(|| quotient = black_box(f64::MIN_POSITIVE) / black_box(2.0));
        assert_eq!(quotient, 0.0);
    }
}
