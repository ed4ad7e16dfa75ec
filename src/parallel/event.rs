//! Something that one thread waits for and another one brings about.
//!
//! `std::thread::park` would not do: it knows the waiting thread by data that is gone while the thread ends,
//! and calls are also made by destructors of thread-specific data and by `atexit` handlers.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::signals;

/// Something that has happened or not.
#[derive(Debug, Default)]
pub struct Event {
    happened: Mutex<bool>,
    changed: Condvar,
}

impl Event {
    /// Makes it happen. It cannot be undone.
    pub fn set(&self) {
        *self.happened.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Waits until it has happened, or for the given time at most.
    ///
    /// Signals are blocked meanwhile: in a child that a handler forked in here, a thread that stayed with the
    /// parent might hold the lock.
    pub fn wait(&self, at_most: Duration) {
        signals::with_asynchronous_blocked(|| {
            let happened = self.happened.lock().unwrap_or_else(PoisonError::into_inner);
            // Whether it was woken or the time is over, the caller looks again at what it waits for.
            let _ = self
                .changed
                .wait_timeout_while(happened, at_most, |happened| !*happened);
        });
    }
}
