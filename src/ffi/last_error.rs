//! The message of this thread's last failing call.

use std::cell::RefCell;
use std::ffi::{CString, c_char};

use crate::error::Error;

thread_local! {
    static MESSAGE: RefCell<Option<CString>> = const { RefCell::new(None) };
}

/// Remembers `error` as this thread's last.
pub fn set(error: &Error) {
    let bytes: Vec<u8> = error.message.bytes().filter(|&byte| byte != 0).collect();
    let text = CString::new(bytes).unwrap_or_default();
    // While the thread ends its message is gone already, and nobody is left to ask for it.
    let _ = MESSAGE.try_with(|message| message.replace(Some(text)));
}

/// The message, NUL-terminated; empty if no call has failed. Valid until the next [`set`] here.
pub fn get() -> *const c_char {
    MESSAGE
        .try_with(|message| message.borrow().as_ref().map(|text| text.as_ptr()))
        .unwrap_or(None)
        .unwrap_or(c"".as_ptr())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CStr;

    fn text() -> String {
        // SAFETY: `get` answers a valid string, used before the next `set`.
        let text = unsafe { CStr::from_ptr(get()) };
        text.to_string_lossy().into_owned()
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
    }
}
