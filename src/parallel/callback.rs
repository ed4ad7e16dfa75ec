//! Running a function that the caller of the library wrote.

use super::race_detector::Watched;
use super::settings;
use crate::fpenv;

/// Runs a callback in the default floating-point environment. What it changes of that, and what it sets for
/// its thread ([`settings`]), is undone when it returns: the next callback on this thread may be another
/// caller's, and results would depend on which items share a thread.
#[inline]
pub fn run<R>(callback: impl FnOnce() -> R) -> R {
    settings::preserve(|| {
        fpenv::with_default(|| {
            let _watched = Watched::begin();
            callback()
        })
    })
}
