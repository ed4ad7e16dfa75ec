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
    /// Holds off from now on.
    #[inline]
    pub fn begin() -> Self {
        let mut previous = PTHREAD_CANCEL_DISABLE;
        // SAFETY: the variable is live. A failure, which is for unknown states alone, leaves it as it is,
        // and nothing to put back.
        unsafe { c::pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &mut previous) };
        Self { previous }
    }
}

impl Drop for HeldOff {
    #[inline]
    fn drop(&mut self) {
        if self.previous != PTHREAD_CANCEL_DISABLE {
            // SAFETY: an old state is not wanted.
            unsafe { c::pthread_setcancelstate(self.previous, std::ptr::null_mut()) };
        }
    }
}

/// As in the headers of glibc, musl and the BSDs.
const PTHREAD_CANCEL_DISABLE: c_int = if cfg!(target_vendor = "apple") { 0 } else { 1 };

/// What the `libc` crate lacks.
///
/// cbindgen:ignore
mod c {
    use std::ffi::c_int;

    unsafe extern "C" {
        // Every C library takes NULL for the old state, as Linux's manual page says.
        pub fn pthread_setcancelstate(state: c_int, previous: *mut c_int) -> c_int;
    }
}
