//! A control: the wish that calls stop, and how far the outermost of them has come.
//!
//! [`settings`](super::settings) attaches it to a thread, and [`governance`](super::governance) is how the
//! calls of that thread obey and report.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::race_detector;
use crate::error::{Error, PAREXACT_ERROR_CANCELLED, Result};

/// The wish that calls stop, and the progress of the outermost of them.
#[derive(Debug, Default)]
pub struct Control {
    cancelled: AtomicBool,
    done: AtomicU64,
    total: AtomicU64,
}

impl Control {
    /// Asks the calls that it governs to stop; they answer CANCELLED until it is reset. This is one atomic
    /// store, fit for signal handlers.
    pub fn cancel(&self) {
        race_detector::release(&self.cancelled);
        self.cancelled.store(true, Ordering::Release);
    }

    /// Whether it was cancelled since the last reset.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }

    /// CANCELLED if it was cancelled since the last reset.
    #[inline]
    pub fn check(&self) -> Result<()> {
        if !self.is_cancelled() {
            return Ok(());
        }
        race_detector::acquire(&self.cancelled);
        Err(Error::new(
            PAREXACT_ERROR_CANCELLED,
            "the attached control was cancelled",
        ))
    }

    /// How many items are done, and how many there are in all, of the present call or else of the last one.
    pub fn progress(&self) -> (u64, u64) {
        // `done` is read before `total`: if a call begins meanwhile, `done` does not exceed its total.
        let done = self.done.load(Ordering::Acquire);
        let total = self.total.load(Ordering::Acquire);
        (done.min(total), total)
    }

    /// Forgets the cancellation and the progress.
    pub fn reset(&self) {
        self.begin(0);
        self.cancelled.store(false, Ordering::Release);
    }

    /// A call of `total` items begins, none of which is done.
    pub(crate) fn begin(&self, total: u64) {
        self.done.store(0, Ordering::Release);
        self.total.store(total, Ordering::Release);
    }

    /// Another `items` of the call are done.
    #[inline]
    pub(crate) fn advance(&self, items: u64) {
        self.done.fetch_add(items, Ordering::AcqRel);
    }
}
