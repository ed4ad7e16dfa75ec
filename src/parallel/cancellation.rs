//! `pthread_cancel`: held off while a thread is inside the library.
//!
//! A cancelled thread is unwound from the cancellation point that it comes to next: the library reads files
//! and waits, and callbacks print. That must not go through frames of Rust, where the C library ends the
//! process. So the request stays pending until the thread has left the library. In glibc since 2.35 holding
//! off is a store to the thread's own memory.

use std::ffi::c_int;

/// While it lives, the present thread is not cancelled.
#[derive(Debug)]
pub struct HeldOff {
    previous: c_int,
}

impl HeldOff {
    /// Holds cancellation off from now on.
    #[inline]
    pub fn begin() -> Self {
        let mut previous = PTHREAD_CANCEL_DISABLE;
        // SAFETY: the variable is live. The call fails only for unknown states.
        unsafe { c::pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &mut previous) };
        Self { previous }
    }
}

impl Drop for HeldOff {
    #[inline]
    fn drop(&mut self) {
        if self.previous != PTHREAD_CANCEL_DISABLE {
            // SAFETY: NULL says that the old state is not asked for.
            unsafe { c::pthread_setcancelstate(self.previous, std::ptr::null_mut()) };
        }
    }
}

/// The value in the headers of glibc, musl and the BSDs, and in Apple's.
const PTHREAD_CANCEL_DISABLE: c_int = if cfg!(target_vendor = "apple") { 0 } else { 1 };

/// A declaration that the `libc` crate lacks.
///
/// cbindgen:ignore
mod c {
    use std::ffi::c_int;

    unsafe extern "C" {
        // Every C library takes NULL for the old state, as Linux's manual page says.
        pub fn pthread_setcancelstate(state: c_int, previous: *mut c_int) -> c_int;
    }
}
