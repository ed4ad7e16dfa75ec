//! Calling what the caller wrote.

use super::settings;
use crate::fpenv;

/// Runs a callback in the default floating-point environment. What it does to that, and what it sets for its
/// thread, ends with it: the next item may be anybody's, and results would depend on the chunks.
#[inline]
pub fn run<R>(callback: impl FnOnce() -> R) -> R {
    settings::preserve(|| fpenv::with_default(callback))
}
