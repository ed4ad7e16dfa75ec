//! Statuses, messages and the version.

use std::ffi::{CStr, c_char};

use crate::error::*;
use crate::last_error;

/// The version of the package.
const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => panic!("a version has no NUL"),
    };

/// Each status with its name.
macro_rules! named {
    ($($status:ident,)*) => {
        &[$((
            $status,
            match CStr::from_bytes_with_nul(concat!(stringify!($status), "\0").as_bytes()) {
                Ok(name) => name,
                Err(_) => panic!("a name has no NUL"),
            },
        ),)*]
    };
}

const NAMES: &[(Status, &CStr)] = named![
    PAREXACT_OK,
    PAREXACT_ERROR_NULL_POINTER,
    PAREXACT_ERROR_INVALID_ARGUMENT,
    PAREXACT_ERROR_SIZE_OVERFLOW,
    PAREXACT_ERROR_NO_MEMORY,
    PAREXACT_ERROR_NAN_FOUND,
    PAREXACT_ERROR_BAD_STATE,
    PAREXACT_ERROR_CALLBACK_FAILED,
    PAREXACT_ERROR_CANCELLED,
    PAREXACT_ERROR_TIMEOUT,
    PAREXACT_ERROR_CLOSED,
    PAREXACT_ERROR_NOT_OWNER,
    PAREXACT_ERROR_DEADLOCK,
    PAREXACT_ERROR_FORKED,
    PAREXACT_ERROR_UNSUPPORTED,
    PAREXACT_ERROR_INTERNAL,
];

/// The name of a status as it is written in this header, for instance
/// "PAREXACT_ERROR_NULL_POINTER"; "unknown status" for any other number.
///
/// Never NULL; the text is static and must not be freed. Any thread may call it at any time.
#[unsafe(no_mangle)]
pub extern "C" fn parexact_status_name(status: Status) -> *const c_char {
    NAMES
        .iter()
        .find(|(known, _)| *known == status)
        .map_or(c"unknown status", |(_, name)| name)
        .as_ptr()
}

/// What went wrong in the last failing call of the calling thread, in words that name the argument.
///
/// Never NULL; an empty string if no call of this thread has failed. The text is valid until this
/// thread's next failing call, or its end; calls that succeed leave it as it is. It must not be freed.
/// It has at most 511 bytes, in UTF-8. A callback on a worker finds no message of callbacks of other calls.
///
/// It must be called in a statement after the failing call: if both are arguments of one printf, C may
/// evaluate this one first.
#[unsafe(no_mangle)]
pub extern "C" fn parexact_last_error() -> *const c_char {
    last_error::get()
}

/// Sets what parexact_last_error answers on the calling thread, for interfaces of other languages, which
/// refuse arguments of their own in the words of their callers.
///
/// `status`: the reason, one of PAREXACT_ERROR_*. For PAREXACT_OK nothing is set.
/// `message`: NUL-terminated; it is copied, and cut off after 511 bytes. NULL is an empty message.
///
/// Returns `status`. Any thread may call it at any time, also after a fork and without memory.
///
/// # Safety
/// `message` is NULL or a NUL-terminated string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn parexact_set_last_error(status: Status, message: *const c_char) -> Status {
    if status != PAREXACT_OK {
        // SAFETY: passed on from the caller.
        let message = (!message.is_null()).then(|| unsafe { CStr::from_ptr(message) });
        last_error::set_bytes(message.map_or(&[], CStr::to_bytes));
    }
    status
}

/// The version of the library that is loaded, for instance "0.1.0".
///
/// Never NULL; the text is static and must not be freed. Any thread may call it at any time.
#[unsafe(no_mangle)]
pub extern "C" fn parexact_version() -> *const c_char {
    VERSION.as_ptr()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::c_enum::tests::constants_of_header;

    fn name(status: Status) -> &'static str {
        // SAFETY: the answer is a static string.
        let name = unsafe { CStr::from_ptr(parexact_status_name(status)) };
        name.to_str().expect("names are ASCII")
    }

    #[test]
    fn every_number_has_its_name() {
        let mut header = constants_of_header("PAREXACT_OK");
        header.extend(constants_of_header("PAREXACT_ERROR_"));
        assert_eq!(header.len(), NAMES.len());
        for (number, (constant, value)) in (0..).zip(header) {
            assert_eq!(number, value, "the numbers are frozen and without gaps");
            assert_eq!(name(number), constant);
        }
        assert_eq!(name(0), "PAREXACT_OK");
        assert_eq!(name(13), "PAREXACT_ERROR_FORKED");
        for unknown in [NAMES.len() as i32, -1, i32::MAX, i32::MIN] {
            assert_eq!(name(unknown), "unknown status");
        }
    }
}
