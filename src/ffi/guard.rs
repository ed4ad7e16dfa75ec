//! The one guard at the boundary. Every export that can fail runs inside it: no panic gets out, the
//! thread is not cancelled, the host's floating-point environment is replaced by the default and
//! restored, and a failure becomes a status and this thread's last message.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{Error, PAREXACT_OK, Result, Status};
use crate::fpenv;
use crate::last_error;
use crate::panics;
use crate::parallel::cancellation;
use crate::parallel::race_detector::Unwatched;

/// Runs the body of an export that answers a status.
#[inline]
pub fn guard(body: impl FnOnce() -> Result<()>) -> Status {
    match protect(body) {
        Ok(()) => PAREXACT_OK,
        Err(error) => fail(error),
    }
}

/// Runs the body of an export that answers something else than a status; its type decides what it answers
/// after a failure.
#[inline]
pub fn guard_value<T: FailureValue>(body: impl FnOnce() -> Result<T>) -> T {
    protect(body).unwrap_or_else(|error| {
        fail(error);
        T::FAILURE
    })
}

/// A type that an export may answer instead of a status.
pub trait FailureValue {
    /// What the export answers when it has failed.
    const FAILURE: Self;
}

impl FailureValue for f64 {
    const FAILURE: Self = f64::NAN;
}

impl FailureValue for usize {
    const FAILURE: Self = 0;
}

impl FailureValue for () {
    const FAILURE: Self = ();
}

impl<T> FailureValue for *mut T {
    const FAILURE: Self = std::ptr::null_mut();
}

#[inline]
fn protect<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    let _unwatched = Unwatched::begin();
    let _inside = panics::Inside::enter();
    let _uncancelled = cancellation::HeldOff::begin();
    // `AssertUnwindSafe`: a panic leaves outputs as they were, since they are written last.
    catch_unwind(AssertUnwindSafe(|| fpenv::with_default(body)))
        .unwrap_or_else(|payload| Err(panics::internal_error(payload)))
}

#[cold]
fn fail(error: Error) -> Status {
    last_error::set(&error);
    error.status
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::PAREXACT_ERROR_INTERNAL;
    use std::ffi::CStr;

    fn message() -> String {
        // SAFETY: a valid string, copied before the next failure.
        let text = unsafe { CStr::from_ptr(last_error::get()) };
        text.to_string_lossy().into_owned()
    }

    #[test]
    fn statuses_and_messages() {
        assert_eq!(guard(|| Err(Error::null("x"))), 1);
        assert_eq!(message(), "x must not be NULL");
        assert_eq!(guard(|| Ok(())), PAREXACT_OK);
        assert_eq!(
            message(),
            "x must not be NULL",
            "success leaves the message"
        );
        assert_eq!(guard(|| panic!("number {}", 7)), PAREXACT_ERROR_INTERNAL);
        assert!(message().ends_with("number 7"), "{}", message());
    }

    #[test]
    fn failure_values() {
        assert!(guard_value(|| -> Result<f64> { panic!("none") }).is_nan());
        assert_eq!(guard_value(|| Err::<usize, _>(Error::invalid("none"))), 0);
        assert!(guard_value(|| Err::<*mut u8, _>(Error::invalid("none"))).is_null());
        assert_eq!(guard_value(|| Ok(2.5)), 2.5);
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn default_environment_inside() {
        let before = fpenv::mxcsr();
        // SAFETY: round towards zero; no floating-point code before it is set back.
        unsafe { fpenv::set_mxcsr(before | 0x6000) };
        let mut inside = 0;
        guard(|| {
            inside = fpenv::mxcsr();
            panic!("restored even so")
        });
        let after = fpenv::mxcsr();
        // SAFETY: the value read at the start.
        unsafe { fpenv::set_mxcsr(before) };
        assert_eq!((inside, after), (fpenv::DEFAULT_MXCSR, before | 0x6000));
    }
}
