//! What ThreadSanitizer is told, if the program that calls this library was built with it.
//!
//! It watches the program's own accesses, and calls of functions such as `malloc` and `memcpy` by anybody. Of
//! this library, which is not built with it, it does not see the atomic operations by which threads hand work
//! to each other. It would report races where there are none: between the caller, who fills an array, and a
//! callback that reads it on a worker, and between pieces of the library itself. So it is told
//!
//! - to look away from threads that are inside the library, callbacks excepted: [`Unwatched`], [`Watched`];
//! - what came before what, where callers may rely on it: [`release`], [`acquire`]. Two callbacks of one map
//!   are left unordered, and a race between them is reported.
//!
//! The functions of ThreadSanitizer are weak symbols. Without it they are NULL, which costs a load and a
//! branch.

use std::ffi::c_void;
use std::ptr::from_ref;

/// The address of a function that may be missing: 0 if it is.
///
/// Rust has no stable way to declare a weak symbol. The name of a function would not do, because the compiler
/// takes its address to be other than 0.
#[cfg(target_arch = "x86_64")]
macro_rules! weak {
    ($name:literal) => {{
        let address: usize;
        // SAFETY: it only loads the address that the linker has noted.
        unsafe {
            std::arch::asm!(
                concat!(".weak ", $name),
                concat!("mov {}, qword ptr [rip + ", $name, "@GOTPCREL]"),
                out(reg) address,
                options(pure, readonly, nostack, preserves_flags)
            );
        }
        address
    }};
}

#[cfg(not(target_arch = "x86_64"))]
macro_rules! weak {
    ($name:literal) => {
        0
    };
}

/// Calls a function of ThreadSanitizer's, if it is there.
macro_rules! call {
    ($name:literal, ($($argument:expr),*): fn($($kind:ty),*)) => {
        let address = weak!($name);
        if address != 0 {
            // SAFETY: ThreadSanitizer's runtime declares the function like this, and it may be called from
            // any thread.
            unsafe {
                std::mem::transmute::<usize, unsafe extern "C" fn($($kind),*)>(address)($($argument),*);
            }
        }
    };
}

/// Whether the program was built with ThreadSanitizer.
#[inline]
pub fn is_there() -> bool {
    weak!("__tsan_release") != 0
}

/// What this thread has done so far comes before what another one does after its [`acquire`] of the same
/// place.
#[inline]
pub fn release<T>(place: &T) {
    call!("__tsan_release", (from_ref(place).cast_mut().cast()): fn(*mut c_void));
}

/// What other threads have done before their [`release`] of this place comes before what this one does from
/// now on.
#[inline]
pub fn acquire<T>(place: &T) {
    call!("__tsan_acquire", (from_ref(place).cast_mut().cast()): fn(*mut c_void));
}

/// While it lives, this thread is inside the library.
#[derive(Debug)]
pub struct Unwatched(());

impl Unwatched {
    /// ThreadSanitizer looks away until the answer is dropped.
    #[inline]
    pub fn begin() -> Self {
        look_away();
        Self(())
    }
}

impl Drop for Unwatched {
    #[inline]
    fn drop(&mut self) {
        look();
    }
}

/// While it lives, this thread is inside a callback.
#[derive(Debug)]
pub struct Watched(());

impl Watched {
    /// ThreadSanitizer looks until the answer is dropped. The thread must be [`Unwatched`] now.
    #[inline]
    pub fn begin() -> Self {
        look();
        Self(())
    }
}

impl Drop for Watched {
    #[inline]
    fn drop(&mut self) {
        look_away();
    }
}

/// From now on ThreadSanitizer looks away from this thread.
pub fn look_away() {
    call!("__tsan_ignore_thread_begin", (): fn());
}

/// From now on it looks again, once it was told so as often as to look away.
pub fn look() {
    call!("__tsan_ignore_thread_end", (): fn());
}
