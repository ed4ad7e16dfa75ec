//! The status of a call, and the message that goes with a failure.

use std::borrow::Cow;

/// What a fallible call answers: `PAREXACT_OK`, or the reason of its failure.
///
/// The numbers are frozen; new ones are appended.
pub type Status = i32;

/// Success.
pub const PAREXACT_OK: Status = 0;
/// A required pointer is NULL.
pub const PAREXACT_ERROR_NULL_POINTER: Status = 1;
/// An argument lies outside its documented range; the message names it.
pub const PAREXACT_ERROR_INVALID_ARGUMENT: Status = 2;
/// A length or count, times the size of an item, exceeds what memory or the result can hold.
pub const PAREXACT_ERROR_SIZE_OVERFLOW: Status = 3;
/// The system has no memory left, or not as much as the call needs.
pub const PAREXACT_ERROR_NO_MEMORY: Status = 4;
/// A NaN was met under `PAREXACT_NAN_RAISE`.
pub const PAREXACT_ERROR_NAN_FOUND: Status = 5;
/// The words are not a state of this version, or contradict each other.
pub const PAREXACT_ERROR_BAD_STATE: Status = 6;
/// A callback answered something else than 0.
pub const PAREXACT_ERROR_CALLBACK_FAILED: Status = 7;
/// The attached control was cancelled.
pub const PAREXACT_ERROR_CANCELLED: Status = 8;
/// What was waited for did not come about within the given time.
pub const PAREXACT_ERROR_TIMEOUT: Status = 9;
/// The queue is closed.
pub const PAREXACT_ERROR_CLOSED: Status = 10;
/// The lock is not held by this thread.
pub const PAREXACT_ERROR_NOT_OWNER: Status = 11;
/// The wait could never end.
pub const PAREXACT_ERROR_DEADLOCK: Status = 12;
/// The handle was made by the parent of this forked process.
pub const PAREXACT_ERROR_FORKED: Status = 13;
/// What is asked for is valid, but this version cannot do it.
pub const PAREXACT_ERROR_UNSUPPORTED: Status = 14;
/// A defect of the library itself; please report it.
pub const PAREXACT_ERROR_INTERNAL: Status = 15;

/// A failure: its status and a message for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// One of `PAREXACT_ERROR_*`, never `PAREXACT_OK`.
    pub status: Status,
    /// What went wrong, naming the argument; without a NUL byte.
    pub message: Cow<'static, str>,
}

/// The result of a fallible operation of this library.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A failure of the given status.
    pub fn new(status: Status, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }

    /// The failure that `argument` is NULL although it is required.
    pub fn null(argument: &str) -> Self {
        Self::new(
            PAREXACT_ERROR_NULL_POINTER,
            format!("{argument} must not be NULL"),
        )
    }

    /// The failure that an argument is outside its range.
    pub fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(PAREXACT_ERROR_INVALID_ARGUMENT, message)
    }

    /// The failure as that of element `index` of the array `name`, which the message then begins with.
    #[must_use]
    pub fn at(self, name: &str, index: usize) -> Self {
        Self {
            message: format!("{name}[{index}]: {}", self.message).into(),
            ..self
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
