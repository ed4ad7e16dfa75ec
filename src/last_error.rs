//! The message of this thread's last failing call.
//!
//! The message is kept in memory that each thread has from its beginning, so that a failure can be told when
//! the system has no memory left. The variable has no destructor, so that it can be used to the last moment
//! of a thread.

use std::cell::UnsafeCell;
use std::ffi::c_char;

use crate::error::Error;

/// Bytes of the longest message, the terminating NUL included; what is longer is cut off.
const CAPACITY: usize = 512;

thread_local! {
    static MESSAGE: UnsafeCell<[u8; CAPACITY]> = const { UnsafeCell::new([0; CAPACITY]) };
}

/// Keeps the message of `error`, the failure of this thread's last failing call.
pub fn set(error: &Error) {
    set_bytes(error.message.as_bytes());
}

/// Keeps a message, in UTF-8, of which at most whole characters are cut off.
pub fn set_bytes(message: &[u8]) {
    let mut end = message.len().min(CAPACITY - 1);
    // A character's bytes but the first begin with the bits 10.
    while end > 0 && message.get(end).is_some_and(|&byte| byte >> 6 == 0b10) {
        end -= 1;
    }
    let bytes = message[..end].iter().copied();
    let bytes = bytes.filter(|&byte| byte != 0).chain([0]);
    MESSAGE.with(|message| {
        // SAFETY: the variable is this thread's, and no reference to it outlives a function of this module.
        let message = unsafe { &mut *message.get() };
        for (place, byte) in message.iter_mut().zip(bytes) {
            *place = byte;
        }
    });
}

/// Empties the message. A worker does that before each job, whose calls must not find the message of another
/// caller's job.
pub fn forget() {
    // SAFETY: the variable is this thread's, and no reference to it is in use.
    MESSAGE.with(|message| unsafe { (*message.get())[0] = 0 });
}

/// The message, NUL-terminated; empty if no call has failed. It is valid until this thread's next
/// [`set`].
pub fn get() -> *const c_char {
    MESSAGE.with(UnsafeCell::get).cast_const().cast()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CStr;

    fn text() -> String {
        // SAFETY: `get` answers a valid string, used before the next `set`.
        let text = unsafe { CStr::from_ptr(get()) };
        text.to_str().expect("UTF-8").to_owned()
    }

    #[test]
    fn each_thread_has_its_own() {
        assert_eq!(text(), "");
        set(&Error::invalid("first"));
        std::thread::spawn(|| {
            assert_eq!(text(), "");
            set(&Error::invalid("elsewhere"));
        })
        .join()
        .expect("the thread's assertions hold");
        assert_eq!(text(), "first");
        set(&Error::invalid("a\0b"));
        assert_eq!(text(), "ab");
        forget();
        assert_eq!(text(), "");
    }

    #[test]
    fn long_messages_are_cut_between_characters() {
        for (given, expected) in [
            ("x".repeat(CAPACITY - 1), "x".repeat(CAPACITY - 1)),
            ("x".repeat(CAPACITY), "x".repeat(CAPACITY - 1)),
            ("é".repeat(CAPACITY), "é".repeat(CAPACITY / 2 - 1)),
        ] {
            set(&Error::invalid(given));
            assert_eq!(text(), expected);
        }
    }
}
